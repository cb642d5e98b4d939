"""What Consul refuses is told at the line of the municipality file that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from files import MINIMAL, write

from ddconsul.ansible.events import Failure, Result
from ddconsul.instance.loader import load
from ddconsul.operations.playbook import failure_error, place_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("about", "line"),
    [
        (("setting votes_for_proposal_success", "value"), "  votes_for_proposal_success: 5"),
        (("setting org_name", "value"), "  name:"),
        (("", ""), None),
        (("page of-nobody", "title.nl"), None),
    ],
)
def test_the_line_is_named(tmp_path: Path, about: tuple[str, str], line: str | None) -> None:
    file = write(tmp_path, f"{MINIMAL}settings:\n  votes_for_proposal_success: 5\n")
    place = place_of(about, load(file).instance, file)
    if line is None:
        assert place == ""
    else:
        name, _, number = place.partition(":")
        assert name == "gemeente.yml"
        assert file.read_text().splitlines()[int(number) - 1].startswith(line)


def test_it_stands_before_what_consul_said(tmp_path: Path) -> None:
    failure = Failure("task", "zee", "Write", "Consul refused page x: Title is too short", about=("page x", "title.nl"))
    error = failure_error(failure, Result(ok=False, log=tmp_path / "log"), "gemeente.yml:12")
    assert str(error).startswith("gemeente.yml:12: Consul refused page x")
    assert int(error.exit_code) == 5
