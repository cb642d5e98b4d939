"""Days that count from today: on the site's first day they stay."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest
from files import MINIMAL, write
from test_targets_container import MACHINE
from vraagstukken import POLL

from ddconsul.instance.kinds.moments import counted_from, today
from ddconsul.instance.loader import load
from ddconsul.operations import day_one as operation
from ddconsul.operations.day_one import load_for_site
from ddconsul.targets.podman import Podman
from ddconsul.targets.process import Command, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPENS, CLOSES, FEEDBACK = "today", "today + 28 days 20:00", "today + 56 days"
WRITTEN = POLL.replace("2027-03-01 09:00", OPENS).replace("2027-04-14 20:00", CLOSES).replace("2027-12-31", FEEDBACK)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Have a container of MINIMAL's site that was made in Amsterdam's night; return the names that podman is asked."""
    names: list[str] = []

    def run(command: Command) -> Outcome:
        names.append(command.argv[-1])
        if command.argv[-1] != "ddconsul-voorbeeldgemeente":
            return Outcome(125)
        return Outcome(0, json.dumps([{"Created": "2026-03-09T23:30:00.243436877Z"}]))

    monkeypatch.setattr(operation, "read_machine", lambda: MACHINE)
    monkeypatch.setattr(operation, "Podman", lambda machine: Podman(machine, run))
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    time.tzset()
    yield names
    monkeypatch.undo()
    time.tzset()


def test_they_count_from_the_day_on_which_the_container_was_made(asked: list[str], tmp_path: Path) -> None:
    (one,) = load_for_site(write(tmp_path, MINIMAL + WRITTEN)).instance.vraagstuk

    assert asked == ["ddconsul-voorbeeldgemeente"]
    assert (str(one.opens), str(one.closes)) == ("2026-03-10", "2026-04-07 20:00")


def test_before_there_is_a_container_they_count_from_this_day(asked: list[str], tmp_path: Path) -> None:
    file = write(tmp_path, MINIMAL.replace("type: container", "type: container\n  site: elders") + WRITTEN)

    (one,) = load_for_site(file).instance.vraagstuk

    assert asked == ["ddconsul-elders"]
    assert one.opens.day == today()


def test_a_file_with_dates_asks_podman_nothing(asked: list[str], tmp_path: Path) -> None:
    file = write(tmp_path, MINIMAL + POLL)

    assert load_for_site(file) == load(file)
    assert asked == []


def test_a_day_is_only_another_one_inside() -> None:
    with counted_from(date(2026, 3, 10)):
        assert today() == date(2026, 3, 10)
        with counted_from(None):
            assert today() != date(2026, 3, 10)
        assert today() == date(2026, 3, 10)
    assert today() != date(2026, 3, 10)
