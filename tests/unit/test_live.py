"""On a terminal each stage is shown as going on, and stays as done or failed; nothing wraps."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from ddconsul.commands.live import LiveProgress


class Screen:
    def __init__(self, width: int = 80) -> None:
        self.text = io.StringIO()
        self.seconds = 0.0
        console = Console(file=self.text, force_terminal=False, width=width)
        self.progress = LiveProgress(console, lambda: self.seconds)


def test_each_stage_stays_with_how_long_it_took() -> None:
    screen = Screen()
    screen.progress("Preparing [the host]")
    screen.seconds = 1
    screen.progress("Building")
    screen.progress.task("Compile")
    screen.seconds = 186
    screen.progress.settle()
    screen.progress.settle()
    assert screen.text.getvalue() == "✓ Preparing [the host]\n✓ Building  3 min 05 s\n"


def test_what_went_wrong_is_marked_with_its_step() -> None:
    screen = Screen()
    screen.progress("Building")
    screen.progress.task("Compile the assets")
    screen.progress.fail(RuntimeError())
    assert screen.text.getvalue() == "✗ Building · Compile the assets\n"


def test_what_goes_on_now_has_its_stage_its_task_and_its_seconds() -> None:
    screen = Screen()
    screen.progress("Setting up the site")
    screen.progress.task("Write the settings [1]")
    screen.seconds = 12
    assert screen.progress.now().plain[2:] == "Setting up the site · Write the settings [1]  12 s"
    screen.progress("Setting up the site: database, settings (all of them)")
    screen.progress.task("Write")
    assert screen.progress.now().plain[2:] == "Setting up the site · Write  0 s"
    screen.progress("Next")
    assert "Write" not in screen.progress.now().plain
    screen.progress.settle()


@pytest.mark.parametrize("width", [20, 40, 80])
def test_nothing_wraps(width: int) -> None:
    screen = Screen(width)
    screen.progress("Setting up the site: database, settings, services, and all the rest of what there is to do here")
    screen.progress.task("A task whose sentence is long as well, so that both together fit on no terminal at all")
    screen.seconds = 3599
    now = screen.progress.now().plain
    assert len(now) <= width - 1
    assert now.endswith("…  59 min 59 s")
    screen.progress.settle()
    (line,) = screen.text.getvalue().splitlines()
    assert len(line) <= width - 1
    assert line.endswith("…  59 min 59 s")


def test_a_terminal_that_is_narrower_than_a_time_is_no_fault() -> None:
    for width in range(1, 12):
        screen = Screen(width)
        screen.progress("Setting up the site: database")
        screen.progress.task("A task")
        screen.seconds = 3599
        assert screen.progress.now().plain
        screen.progress.settle()


def test_a_terminal_without_signs_gets_letters() -> None:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding="ascii", write_through=True), width=80)
    progress = LiveProgress(console)
    progress("Building")
    progress.settle()
    assert raw.getvalue() == b"+ Building\n"


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = io.StringIO()
    progress = LiveProgress(Console(file=text, force_terminal=True, width=80))
    progress("Building")
    progress.settle()
    assert "\x1b[3" not in text.getvalue()
