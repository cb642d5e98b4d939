"""A municipality's own words stand wherever Consul says another one, and nothing else is stored."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from files import MINIMAL, instance, write

from ddconsul.instance.loader import inspect
from ddconsul.operations.vocabulary import own_words

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "config/locales/nl/general.yml": "nl: {proposals: {title: Voorstellen, new: Nieuw voorstel, no: Nee}, years: [a]}",
    "config/locales/nl/mailers.yml": "nl: {mailers: {hi: 'Beste %{voorstel}, je voorstel staat online'}}",
    "config/locales/en/general.yml": "en: {proposals: {title: Proposals, one: A proposal}}",
    "config/locales/nl/notes.txt": "no texts",
    # Of a language that the site has no words in; Consul has fifty, and each takes seconds to read.
    "config/locales/de/general.yml": "de: {this is: [no YAML",
    "app/models/proposal.rb": "class Proposal; end",
}
WORDS = """\
vocabulary:
  - {word: voorstel, becomes: initiatief}
  - {word: voorstellen, becomes: initiatieven}
  - {word: proposal, becomes: initiative, language: en}
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "consul.tar"
    with tarfile.open(path, "w") as archive:
        for name, text in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def own(folder: Path, archive: Path, more: str) -> dict[str, Any]:
    return own_words(instance(folder, MINIMAL + more), archive)


def test_only_what_differs_is_kept_in_each_language(tmp_path: Path, archive: Path) -> None:
    found = own(tmp_path, archive, WORDS)

    assert found["nl"]["proposals"] == {"title": "Initiatieven", "new": "Nieuw initiatief"}
    assert found["nl"]["mailers"]["hi"] == "Beste %{voorstel}, je initiatief staat online"
    assert found["en"] == {"proposals": {"one": "A initiative"}}


def test_the_texts_that_ddconsul_adds_get_them_too(tmp_path: Path, archive: Path) -> None:
    found = own(tmp_path, archive, WORDS)
    assert found["nl"]["management"]["menu"]["print_proposals"] == "Initiatieven printen"


def test_without_words_of_ones_own_the_source_is_not_opened(tmp_path: Path) -> None:
    assert own(tmp_path, tmp_path / "not there.tar", "") == {}


@pytest.mark.parametrize(
    ("form", "text", "other"),
    [
        ("u", "Kun je jouw voorstel delen? Je kunt je stem zien.", "Kunt u uw voorstel delen? U kunt uw stem zien."),
        ("u", "Als je wilt, heb je je account.", "Als u wilt, hebt u uw account."),
        ("je", "U heeft uw voorstel. Kunt u dit?", "Je hebt je voorstel. Kun je dit?"),
        ("je", "Dank u, %{u}", "Dank je, %{u}"),
    ],
)  # fmt: skip
def test_a_form_of_address_holds_everywhere(tmp_path: Path, form: str, text: str, other: str) -> None:
    path = tmp_path / "consul.tar"
    with tarfile.open(path, "w") as archive:
        data = f"nl: {{a: {{b: '{text}'}}}}".encode()
        member = tarfile.TarInfo("config/locales/nl/a.yml")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    file = MINIMAL.replace("municipality:\n", f"municipality:\n  form_of_address: {form}\n")
    assert own_words(instance(tmp_path, file), path)["nl"]["a"] == {"b": other}


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("{word: vorslag, becomes: útstel, language: fy}", "vocabulary[0].language fy is not a language of this site"),
        ("{word: a, becomes: b}\n  - {word: A, becomes: c}", '"A" is the word of vocabulary[0] as well'),
    ],
)
def test_a_word_belongs_to_a_language_of_the_site_once(tmp_path: Path, entry: str, sentence: str) -> None:
    (problem,) = inspect(write(tmp_path, f"{MINIMAL}vocabulary:\n  - {entry}\n")).problems
    assert sentence in problem.sentence
