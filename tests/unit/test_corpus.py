"""Files that are broken, each in its own way, and what `validate` says of them to the letter.

What is said stands beside each file in tests/corpus. With DDCONSUL_WRITE_EXPECTED=1 this test writes it anew: read the
difference before it goes into version control.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from files import write
from rendering import REPOSITORY

from ddconsul.commands import main
from ddconsul.instance.problems import RULES

CORPUS = REPOSITORY / "tests/corpus"
BROKEN = sorted(CORPUS.glob("*.broken"))

PAGES = {
    "html.md": "# Regels\n\nEen\n<b>twee</b>\n\n> drie\n\n#### vier\n",
    "vraagt.md": "# {{ municipality.nmae }}\n",
    "mist.md": "# Regels\n\nBel {{ footer.phone }}.\n",
    "kaal.md": "Zonder titel.\n",
    "open.md": "# Privacy\n\nBel [invullen: nummer].\n",
}


def named(path: Path) -> str:
    return path.stem


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the files point at, which is the current one."""
    write(tmp_path)
    (tmp_path / "leeg.pem").touch()
    for name, text in PAGES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("broken", BROKEN, ids=named)
def test_a_broken_file_is_told_to_the_letter(beside: Path, broken: Path) -> None:
    Path("gemeente.yml").write_bytes(broken.read_bytes())
    result = CliRunner().invoke(main, ["validate"])
    said = result.stderr.replace(f"{beside}/", "")

    assert result.exit_code == 2
    assert not result.stdout
    assert "Traceback" not in said
    assert "A fault in ddconsul" not in said
    expected = broken.with_suffix(".expected")
    if os.environ.get("DDCONSUL_WRITE_EXPECTED"):
        expected.write_text(said, encoding="utf-8", newline="")
    assert said == expected.read_bytes().decode()


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize("broken", BROKEN, ids=named)
def test_every_problem_has_a_place_in_the_file_and_says_what_to_do(broken: Path) -> None:
    Path("gemeente.yml").write_bytes(broken.read_bytes())
    shown = json.loads(CliRunner().invoke(main, ["validate", "--json"]).stdout)

    assert shown["exit_code"] == 2
    places = [(problem["line"], problem["column"]) for problem in shown["problems"]]
    assert places == sorted(places)
    for problem in shown["problems"]:
        assert problem["rule"] in RULES
        assert problem["message"]
        assert problem["todo"]
        if problem["line"]:
            assert 1 <= problem["column"] <= max(1, len(problem["source"]) + 1)
            assert problem["end_column"] > problem["column"]


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 45
    assert {path.stem for path in CORPUS.glob("*.expected")} == {path.stem for path in BROKEN}


@pytest.mark.usefixtures("beside")
def test_a_password_that_stands_in_the_file_by_mistake_is_not_shown() -> None:
    Path("gemeente.yml").write_bytes((CORPUS / "password-in-the-file.broken").read_bytes())
    for form in ("text", "json", "sarif", "junit"):
        result = CliRunner().invoke(main, ["validate", "--format", form])
        assert "Welkom01" not in result.output
