"""`explain` and the reference page tell of every key what the models say, and examples that are right."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from files import CERTIFICATE, PRIVATE_KEY, write
from PIL import Image
from pydantic.fields import FieldInfo
from rendering import REPOSITORY

from ddconsul.commands import main
from ddconsul.instance import shape
from ddconsul.instance.loader import inspect
from ddconsul.instance.reference import Entry, entries, plain
from ddconsul.instance.sections.participation import written
from ddconsul.operations.letter_codes import sealed

SCRIPT = REPOSITORY / "scripts/reference.py"
PAGE = REPOSITORY / "docs/reference/gemeente.md"
KEYS = [entry for entry in entries() if not entry.is_section]
FULL = REPOSITORY / "tests/unit/full"
# What examples of a vraagstuk point at: what the full example has of that kind.
VRAAGSTUK_FILES = {
    "gebieden/noord.geojson": "gebieden/noord.geojson",
    "vraagstuk/uitleg.md": "vraagstuk/plein.md",
    "vraagstuk/plan.md": "vraagstuk/ontwerp.md",
    "vraagstuk/antwoord.md": "vraagstuk/antwoord.md",
    "vraagstuk/terugkoppeling.md": "vraagstuk/terugkoppeling.md",
    "stukken/nota.pdf": "stukken/nota.pdf",
}


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments])


def key(entry: Entry) -> str:
    return plain(entry.key)


def fields(*way: str) -> Iterator[tuple[str, FieldInfo]]:
    for kind in shape.models_at(way):
        for name, field in kind.model_fields.items():
            here = (*way, field.alias or name)
            yield ".".join(here), field
            yield from fields(*here, *(["NAME"] if shape.is_mapping(field.annotation) else []))


def test_every_field_of_the_models_has_a_description_and_is_an_entry() -> None:
    found = dict(fields())
    assert "mail.smtp.starttls" in found
    assert set(found) == {key(entry) for entry in entries()}
    assert [name for name, field in found.items() if not (field.description or "").endswith(".")] == []


def test_no_entry_says_only_that_it_is_a_text() -> None:
    assert [key(entry) for entry in entries() if entry.kind == "text"] == []


@pytest.mark.parametrize("entry", [entry for entry in KEYS if entry.example is not None], ids=key)
def test_the_example_of_a_key_is_right_where_it_stands(tmp_path: Path, entry: Entry) -> None:
    for name in ("certificaat.pem", "certificaat.key", "netwerk.crt"):
        (tmp_path / name).write_text(PRIVATE_KEY if name.endswith("key") else CERTIFICATE)
    for name in ("eigen-code", "pages", "beeld", "lettertype"):
        (tmp_path / name).mkdir()
    (tmp_path / "pages/privacy.md").write_text("# Privacy\n")
    Image.new("RGB", (900, 600)).save(tmp_path / "beeld/plein.jpg")
    svg = b'<svg viewBox="0 0 9 9"/>'
    for name, content in {"logo.svg": svg, "icoon.svg": svg, "eigen.css": b"a { b: c }"}.items():
        (tmp_path / name).write_bytes(content)
    for name, example in VRAAGSTUK_FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(FULL / example, tmp_path / name)
    codes = sealed(tmp_path / "gemeente.codes.yml", {"CDEFGHJKMNPQ": "9712AB"}, (), "a key")
    codes.path.write_text(written(codes))
    (tmp_path / "lettertype/Zee-Regular.ttf").write_bytes(b"OTTO" + bytes(60))
    problems = inspect(write(tmp_path, entry.in_yaml() + "\n")).problems
    about = [problem for problem in problems if problem.rule not in {"missing", "contradiction"}]
    # The key to log in with is the reader's own.
    assert [str(problem) for problem in about if problem.key != "target.key"] == []


def test_a_key_is_explained_with_what_may_be_given_and_an_example() -> None:
    shown = call("target.host").stdout
    assert "Host name or IP address of the server." in shown
    assert "target.type ssh" in shown
    assert "      host: server1.example.org" in shown


def test_a_key_is_understood_as_a_message_names_it() -> None:
    assert call("administrators[0].email").stdout == call("administrators.email").stdout
    assert "administrators.email" in call("administrators[12].email").stdout


def test_a_section_is_explained_with_its_keys() -> None:
    shown = call("mail.smtp").stdout
    assert all(f"  {name}" in shown for name in ("host", "port", "user", "starttls"))


def test_the_last_part_alone_is_enough_when_only_one_key_has_it() -> None:
    assert call("overlay").stdout.startswith("consul.overlay\n")
    assert "target.host\n" in call("host").stdout
    assert "mail.smtp.host\n" in call("host").stdout


@pytest.mark.parametrize(
    ("wrong", "meant"), [("tagret.host", "target.host"), ("mail.smpt", "mail.smtp"), ("overlayy", "consul.overlay")]
)
def test_an_unknown_key_gets_the_nearest_one(wrong: str, meant: str) -> None:
    result = call(wrong)
    assert result.exit_code == 2
    assert f"Did you mean {meant}?" in result.stderr


def test_without_a_key_all_of_them_are_shown() -> None:
    shown = call().stdout
    assert all(entry.meaning in shown for entry in entries())


def test_in_json() -> None:
    one = json.loads(call("tls.mode", "--json").stdout)
    assert (one["key"], one["allowed"], one["default"]) == ("tls.mode", ["off", "internal", "files"], "off")
    assert len(json.loads(call("--json").stdout)["keys"]) == len(entries())
    assert json.loads(call("tls.mod", "--json").stdout)["exit_code"] == 2


def test_the_reference_page_is_up_to_date() -> None:
    answer = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, f"stale: run scripts/reference.py\n{answer.stdout}{answer.stderr}"


def test_the_reference_page_names_every_key() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for entry in entries():
        whole = entry.is_section or not entry.section
        assert f"## `{plain(entry.key)}`" in page if whole else f"| `{plain(entry.name)}` |" in page
