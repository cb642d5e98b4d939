"""On a terminal each line is shown as going on, and stays as done or failed."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from ddconsul.commands import live
from ddconsul.commands.live import LiveProgress, live_progress


def console(text: io.StringIO) -> Console:
    return Console(file=text, force_terminal=False, width=200)


def test_each_line_stays_with_how_long_it_took() -> None:
    text, times = io.StringIO(), iter([0.0, 1.0, 1.0, 61.4])
    progress = LiveProgress(console(text), lambda: next(times))
    progress("Preparing [the host]")
    progress("Building")
    progress.settle()
    progress.settle()
    assert text.getvalue() == "✓ Preparing [the host]\n✓ Building 60 s\n"


def test_what_went_wrong_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO()
    monkeypatch.setattr(live, "Console", lambda: console(text))

    def fail() -> None:
        with live_progress() as report:
            report("Preparing")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert text.getvalue() == "✗ Preparing\n"
