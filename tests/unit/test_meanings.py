"""What Ansible and its programs print when something common goes wrong, and what a person reads then."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from ddconsul.ansible.events import Failure, Result
from ddconsul.ansible.meanings import CONTENTS, KNOWN, QUOTE, explain
from ddconsul.errors import PreflightError, StepFailedError, UnreachableError
from ddconsul.operations.playbook import failure_error

ERRORS = YAML(typ="safe").load(Path(__file__).with_name("errors.yml"))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error["said"].strip()[-40:])
def test_what_is_printed_is_explained(error: dict[str, str]) -> None:
    # It stands among other lines, as it does in a log.
    meaning = explain(f"non-zero return code\nsome line before\n{error['said']}\nsome line after")
    assert meaning is not None
    assert error["means"] in meaning.what
    assert error["todo"] in meaning.todo
    assert meaning.quote.strip("…") in error["said"]


def test_every_sign_is_proven_on_a_real_text() -> None:
    unproven = [
        pattern.pattern
        for known in KNOWN
        for pattern in known.patterns
        if not any(pattern.search(error["said"]) for error in ERRORS)
    ]
    assert not unproven


@pytest.mark.parametrize(
    "text",
    ["", "It gave no reason.", "Debian 12 is too old.", "Compiling…\nDone", "rake aborted!\nNoMethodError: undefined",
     "the file says: memory", "npm warn deprecated x", "Killed the old worker"],
)  # fmt: skip
def test_what_is_not_known_is_not_guessed(text: str) -> None:
    assert explain(text) is None


def test_who_is_refused_contents_is_not_told_that_all_is_as_before() -> None:
    # A build, a release and the host's settings come first, and stay.
    for known in CONTENTS:
        assert "Nothing was changed" not in known.what
        assert "the steps before this one are done" in known.what


def test_a_long_line_is_quoted_in_short() -> None:
    meaning = explain("x" * 5000 + " No space left on device " + "y" * 5000)
    assert meaning is not None
    assert "No space left on device" in meaning.quote
    assert len(meaning.quote) <= QUOTE + 2


@pytest.mark.parametrize(
    ("kind", "text", "error", "what"),
    [
        ("task", "No space left on device", StepFailedError, "the step “Do” failed: The disk of the host is full."),
        ("unreachable", "connect to host a port 22: Connection refused", UnreachableError,
         "cannot be reached: Nothing answers SSH on port 22 of a."),
        ("preflight", "Debian 12 is too old.", PreflightError, "Debian 12 is too old."),
        ("task", "odd", StepFailedError, "the step “Do” failed: odd"),
    ],
)  # fmt: skip
def test_the_user_reads_which_step_what_it_means_and_what_to_do(
    tmp_path: Path, kind, text: str, error: type[Exception], what: str
) -> None:
    meaning = explain(text)
    found = failure_error(Failure(kind, "zee", "Do", text, meaning), Result(ok=False, log=tmp_path / "x.log"))
    assert isinstance(found, error)
    assert found.what == what
    assert found.where == "zee"
    lines = found.todo.split("\n  ")
    assert lines[-1] == f"The log: {tmp_path / 'x.log'}"
    if meaning is not None:
        assert lines[:2] == [meaning.todo, f"It said: {text}"]
