"""What a municipality file points at: whatever stands there, it is looked at in no time and told in a sentence."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from files import MINIMAL, write

from ddconsul.instance.loader import inspect

if TYPE_CHECKING:
    from pathlib import Path

KEYS = {
    "area": ("districts[0].area", "districts: [{key: noord, name: Noord, area: PATH}]\n"),
    "logo": ("branding.logo", "branding: {logo: PATH}\n"),
    "css": ("branding.css", "branding: {css: PATH}\n"),
    "font": ("branding.fonts[0].file", "branding: {fonts: [{file: PATH, licence: OFL-1.1}]}\n"),
    "page": ("pages.regels.file", "pages: {regels: PATH}\n"),
    "image": ("home.header.image", "home: {header: {title: Welkom, image: PATH}}\n"),
    "codes": ("participation.codes", "participation: {verification: letters, codes: PATH}\n"),
    "authority": ("network.extra_ca[0]", "network: {extra_ca: [PATH]}\n"),
    "source": ("consul.source", "consul: {source: PATH}\n"),
}
# A repository or archive may be as large as it is; a folder may be one.
FILES = [name for name in KEYS if name != "source"]


def told(folder: Path, name: str, path: str) -> str:
    key, text = KEYS[name]
    (problem,) = inspect(write(folder, MINIMAL + text.replace("PATH", path))).problems
    assert problem.key == key
    assert problem.source[problem.column - 1 :].startswith(path)
    return problem.sentence


@pytest.mark.parametrize("name", KEYS)
def test_what_never_ends_or_never_answers_is_not_read(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pijp")
    wanted = "neither a file nor a folder" if name == "source" else "is not a file"
    assert wanted in told(tmp_path, name, "pijp")
    assert wanted in told(tmp_path, name, "/dev/zero")


@pytest.mark.parametrize("name", KEYS)
def test_links_that_lead_nowhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "rond").symlink_to("rond")
    assert "Too many levels of symbolic links" in told(tmp_path, name, "rond")


@pytest.mark.parametrize("name", FILES)
def test_a_link_to_nothing_is_not_called_what_it_was_meant_as(tmp_path: Path, name: str) -> None:
    (tmp_path / "weg").symlink_to("nergens")
    assert told(tmp_path, name, "weg").endswith('"weg" is a link to what does not exist')


@pytest.mark.parametrize("name", FILES)
def test_a_film_is_not_read_to_its_end(tmp_path: Path, name: str) -> None:
    with (tmp_path / "film").open("wb") as file:
        # It takes no room on the disk.
        file.truncate(50_000_000_000)
    said = told(tmp_path, name, "film")
    assert "has more than" in said
    assert said.endswith(("MB", "kB"))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ('"a\\0b"', "is not a path"),
        ("https://example.org/logo.svg", "is an address, not a path"),
        (".", "is not a file"),
    ],
)
def test_what_is_no_path_of_a_file(tmp_path: Path, name: str, path: str, said: str) -> None:
    assert said in told(tmp_path, name, path)


@pytest.mark.parametrize("name", KEYS)
def test_half_a_letter_in_a_path_is_told_once(tmp_path: Path, name: str) -> None:
    file = write(tmp_path, MINIMAL + KEYS[name][1].replace("PATH", '"a\\ud800b"'))
    assert [problem.message for problem in inspect(file).problems] == ["has half a letter in it"]


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"packages":' * 50_000, b"\xff", b"[]", None])
def test_a_lock_file_that_is_anything_else_is_told(tmp_path: Path, content: bytes | None) -> None:
    lock = tmp_path / "brand.lock.json"
    if content is None:
        lock.symlink_to("/dev/zero")
    else:
        lock.write_bytes(content)
    (problem,) = inspect(write(tmp_path, MINIMAL + 'branding: {tokens: "@a/b@1.0.0"}\n')).problems
    assert "cannot be looked up: brand.lock.json is not as" in problem.message
