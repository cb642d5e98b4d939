"""The starters: municipality files that lie ready for a demo."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from ddconsul.instance.kinds import moments
from ddconsul.instance.loader import load
from ddconsul.operations import demo as operation
from ddconsul.operations import demos
from ddconsul.operations.demo_notes import DemoError, check_name
from ddconsul.translate.settings import PROCESSES
from ddconsul.translate.state import settings

if TYPE_CHECKING:
    from pathlib import Path

STARTERS = operation.starters()
# What each is for: the one module that it shows.
SHOWS = {
    "ideeen": "proposals",
    "debat": "debates",
    "wijkbudget": "budgets",
    "peiling": "polls",
    "inspraak": "legislation",
}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(operation, "reachable", lambda _: False)
    monkeypatch.setattr(demos, "_containers", dict)


def test_those_that_the_handbook_names() -> None:
    assert set(STARTERS) == set(SHOWS)


@pytest.mark.parametrize(("name", "module"), SHOWS.items())
def test_a_starter_is_right_and_shows_its_module(name: str, module: str) -> None:
    loaded = load(STARTERS[name])
    wanted = settings(loaded.instance)
    assert not loaded.warnings
    assert [process for process in PROCESSES if wanted[f"process.{process}"]] == [module]
    assert loaded.instance.site == name
    check_name(name)


def test_each_looks_different() -> None:
    looks = [load(path).instance for path in STARTERS.values()]
    assert len({instance.branding.colours.brand for instance in looks}) == len(looks)
    assert len({instance.municipality.name for instance in looks}) == len(looks)


def test_a_demo_of_a_starter_has_its_name_and_looks() -> None:
    planned = operation.plan(starter="debat")
    own = load(STARTERS["debat"]).instance
    assert (planned.name, planned.instance.site) == ("debat", "demo-debat")
    assert planned.instance.municipality == own.municipality
    assert planned.instance.modules == own.modules
    assert planned.instance.branding == own.branding


def test_a_name_of_ones_own_becomes_the_municipality() -> None:
    planned = operation.plan("west-betuwe", starter="debat")
    assert planned.instance.municipality.name == "West Betuwe"
    assert planned.instance.municipality.domain == "west-betuwe.example.org"
    assert planned.instance.modules.debates


def test_asked_for_again_on_another_day_it_keeps_the_days_it_began_with(monkeypatch: pytest.MonkeyPatch) -> None:
    first = operation.plan(starter="peiling").instance.vraagstuk
    made = date.today()  # noqa: DTZ011 — the days of a demo are this machine's
    monkeypatch.setattr(operation, "day_one", lambda site: made if site == "demo-peiling" else None)

    class Later(date):
        @classmethod
        def today(cls) -> date:
            return made + timedelta(days=3)

    monkeypatch.setattr(moments, "date", Later)
    assert operation.plan(starter="peiling").instance.vraagstuk == first
    assert operation.plan("ander", starter="peiling").instance.vraagstuk[0].opens.day == Later.today()


def test_an_unknown_starter_names_the_nearest_and_all() -> None:
    with pytest.raises(DemoError) as caught:
        operation.plan(starter="debatten")
    assert caught.value.todo == "Bedoelt u debat? Er zijn: debat, ideeen, inspraak, peiling, wijkbudget."


def test_a_starter_and_a_file_are_too_much(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="gaan niet samen"):
        operation.plan("x", starter="debat", file=tmp_path / "gemeente.yml")
