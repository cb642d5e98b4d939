"""Moments: as somebody writes them, on the municipality's clocks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from files import MINIMAL, PAGES, write
from pydantic import TypeAdapter, ValidationError
from vraagstukken import POLL

from ddconsul.instance.kinds import moments
from ddconsul.instance.kinds.moments import Closing, Day, Opening
from ddconsul.instance.loader import inspect, load
from ddconsul.operations.demo import to_yaml
from ddconsul.translate.state import state_document

if TYPE_CHECKING:
    from pathlib import Path

OPENING, CLOSING, DAY = (TypeAdapter(kind) for kind in (Opening, Closing, Day))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2027-03-01 09:00", "2027-03-01T09:00:00"),
        ("2027-03-01T09:00", "2027-03-01T09:00:00"),
        ("2027-03-01  9.05 uur", "2027-03-01T09:05:00"),
        ("2027-03-01", "2027-03-01T00:00:00"),
        ("2027-03-01 23:59:59", "2027-03-01T23:59:59"),
        (date(2027, 3, 1), "2027-03-01T00:00:00"),
    ],
)
def test_a_moment_is_read_as_it_was_meant(written: object, meant: str) -> None:
    assert OPENING.validate_python(written).at.isoformat() == meant


def test_a_day_alone_is_its_beginning_or_its_end() -> None:
    assert OPENING.validate_python("2027-03-01").at.isoformat() == "2027-03-01T00:00:00"
    assert CLOSING.validate_python("2027-03-01").at.isoformat() == "2027-03-01T23:59:59"


@pytest.mark.parametrize("written", ["2027-03-01", "2027-03-01 09:00", "2027-03-01 23:59:59"])
def test_a_moment_is_written_as_it_was_read(written: str) -> None:
    assert CLOSING.dump_python(CLOSING.validate_python(written)) == written


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("31-03-2027", "Did you mean 2027-03-31?"),
        ("31 maart 2027 20:00", "Did you mean 2027-03-31?"),
        ("2027-02-30", "is not in the calendar That month ends on 2027-02-28."),
        ("2027-02-29 20:00", "That month ends on 2027-02-28."),
        ("2027-13-01", "the day and the month"),
        ("0000-01-01", "the day and the month"),
        ("0001-01-01", "another century"),
        ("9999-12-31 24:00", "another century"),
        ("1927-03-01", "from 2000 to 2099"),
        ("\u0662\u0660\u0662\u0667-03-01", "is not a date"),
        ("2027/03/31", "Did you mean 2027-03-31?"),
        ("31.3.2027", "Did you mean 2027-03-31?"),
        ("31-02-2027", "is not a date Write year"),
        ("2027-03-01 09:00 CET", "municipality.time_zone"),
        (float("inf"), "is not a date"),
        ("2027-03-01 25:00", "24 hours"),
        ("2027-03-01 24:00", "2027-03-02 00:00"),
        ("2027-03-01 09:00+01:00", "municipality.time_zone"),
        ("2027-03-01T08:00:00Z", "municipality.time_zone"),
        ("2027-03-01 's avonds", "hours and minutes"),
        ("binnenkort", "year, month and day"),
        (12, "year, month and day"),
    ],
)
def test_what_is_no_moment_is_refused_with_what_to_write(written: object, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        OPENING.validate_python(written)
    context = caught.value.errors()[0]["ctx"]
    assert said in f"{context['message']} {context['todo']}"


def test_so_many_days_ago_is_of_this_century_too() -> None:
    with moments.counted_from(date(2027, 1, 1)), pytest.raises(ValidationError, match="another century"):
        OPENING.validate_python("today - 9999 days")


def test_where_only_days_are_known_a_time_is_too_much() -> None:
    with pytest.raises(ValidationError, match="time of day"):
        DAY.validate_python("2027-03-01 09:00")


@pytest.mark.parametrize(
    ("written", "days", "clock"),
    [
        ("today", 0, "00:00"),
        ("today + 28 days 20:00", 28, "20:00"),
        ("today+1 09:30", 1, "09:30"),
        ("today - 7", -7, "00:00"),
    ],
)
def test_a_demo_counts_from_today(written: str, days: int, clock: str) -> None:
    found = OPENING.validate_python(written)
    assert (found.day, f"{found.at:%H:%M}", found.relative) == (moments.today() + timedelta(days=days), clock, True)


@pytest.mark.parametrize(
    ("zone", "written", "utc"),
    [
        ("Europe/Amsterdam", "2027-03-01 09:00", "2027-03-01T08:00:00Z"),
        ("Europe/Amsterdam", "2027-07-01 09:00", "2027-07-01T07:00:00Z"),
        # The night in which summer time begins, and the one in which it ends.
        ("Europe/Amsterdam", "2027-03-28 01:59", "2027-03-28T00:59:00Z"),
        ("Europe/Amsterdam", "2027-03-28 03:00", "2027-03-28T01:00:00Z"),
        ("Europe/Amsterdam", "2027-10-31 01:59", "2027-10-30T23:59:00Z"),
        ("Europe/Amsterdam", "2027-10-31 03:00", "2027-10-31T02:00:00Z"),
        ("America/Kralendijk", "2027-07-01 09:00", "2027-07-01T13:00:00Z"),
    ],
)
def test_a_moment_is_on_the_municipalitys_clocks(zone: str, written: str, utc: str) -> None:
    assert OPENING.validate_python(written).utc(zone) == utc


def told(folder: Path, opens: str, text: str = MINIMAL) -> list[str]:
    file = write(folder, text + POLL.replace("2027-03-01 09:00", opens).replace("2027-04-14 20:00", "2027-12-01"))
    with moments.counted_from(date(2027, 1, 1)):
        return [str(problem) for problem in inspect(file).problems]


@pytest.mark.parametrize("opens", ["2027-03-28 02:00", "2027-03-28 02:59"])
def test_an_hour_that_does_not_exist_is_refused(tmp_path: Path, opens: str) -> None:
    (problem,) = told(tmp_path, opens)
    assert "vraagstuk.opens does not exist" in problem
    assert "Write 2027-03-28 01:" in problem or "Write 2027-03-28 03:" in problem
    assert told(tmp_path, "2027-03-28 03:00") == []


@pytest.mark.parametrize("opens", ["2027-10-31 02:00", "2027-10-31 02:59"])
def test_an_hour_that_is_there_twice_is_refused(tmp_path: Path, opens: str) -> None:
    (problem,) = told(tmp_path, opens)
    assert "is there twice" in problem
    assert "Write 2027-10-31 01:" in problem
    assert told(tmp_path, "2027-10-31 03:00") == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "9999-12-31 23:59"])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_the_edges_of_the_calendar_are_told_at_their_place(tmp_path: Path, day: str, zone: str) -> None:
    text = MINIMAL.replace("  domain:", f"  time_zone: {zone}\n  domain:")
    told_of = told(tmp_path, day, text)
    assert any(f'vraagstuk.opens "{day}" is of another century' in problem for problem in told_of)


def test_days_that_move_with_the_clock_are_for_demos_only(tmp_path: Path) -> None:
    assert told(tmp_path, "today") == []
    server = MINIMAL.replace("type: container", "type: local") + PAGES
    (problem,) = told(tmp_path, "today", server)
    assert "vraagstuk.opens counts from today" in problem


def test_a_file_written_out_has_dates(tmp_path: Path) -> None:
    file = write(tmp_path, MINIMAL + POLL.replace("2027-03-01 09:00", "today").replace("2027-04-14 20:00", "today + 9"))
    with moments.counted_from(date(2027, 1, 1)):
        made = load(file).instance
    text = to_yaml(made)
    assert "today" not in text
    assert "2027-01-10" in text
    again = tmp_path / "again.yml"
    again.write_text(text)
    assert state_document(load(again).instance) == state_document(made)
