"""A text that is not finished keeps a site from being deployed, and nothing else from being done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from ddconsul.commands import main
from ddconsul.instance.loader import load
from ddconsul.instance.problems import InvalidFileError

if TYPE_CHECKING:
    from pathlib import Path

SERVER = ["--defaults", "--target", "ssh", "--host", "127.0.0.1", "--port", "1"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = CliRunner().invoke(main, ["init", *SERVER, str(tmp_path / "m")])
    assert made.exit_code == 0, made.output
    return tmp_path / "m" / "gemeente.yml"


@pytest.mark.parametrize("verb", [["deploy", "--yes"], ["plan"], ["validate"]])
def test_it_is_not_deployed(file: Path, verb: list[str]) -> None:
    done = CliRunner().invoke(main, [*verb, str(file)])
    assert done.exit_code == 2
    assert "is not finished: pages/privacy.md has [invullen: …]" in done.stderr


@pytest.mark.parametrize("verb", [["status"], ["destroy", "--yes"]])
def test_it_can_be_looked_at_and_taken_away(file: Path, verb: list[str]) -> None:
    done = CliRunner().invoke(main, [*verb, str(file)])
    assert done.exit_code == 3, "nothing listens there; that it came so far is enough"


def test_all_else_that_is_wrong_is_told_all_the_same(file: Path) -> None:
    file.write_text(file.read_text() + "modles: {}\n")
    with pytest.raises(InvalidFileError, match="modles"):
        load(file, finished=False)
