"""What goes on in a vraagstuk at a moment, and how its end is prepared."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from rendering import REPOSITORY

from ddconsul.errors import InputError
from ddconsul.instance.loader import load
from ddconsul.operations.editing import comments
from ddconsul.operations.vraagstuk_close import close_vraagstuk
from ddconsul.operations.vraagstuk_status import at_moment

if TYPE_CHECKING:
    from pathlib import Path

    from ddconsul.operations.vraagstuk_status import VraagstukStatus

FULL = REPOSITORY / "tests/unit/full"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def found(key: str, moment: str) -> VraagstukStatus:
    instance = load(FULL / "gemeente.yml").instance
    one = next(one for one in instance.vraagstuk if one.key == key)
    counts = {"poll plein": {"participants": 41, "contributions": 60}}
    return at_moment(one, instance, datetime.fromisoformat(moment).replace(tzinfo=AMSTERDAM), counts)


@pytest.mark.parametrize(
    ("key", "moment", "phase", "until", "days"),
    [
        ("plein", "2027-02-27T09:00", "before", "2027-03-01T09:00", 2),
        ("plein", "2027-03-01T09:00", "open", "2027-04-14T20:00", 44),
        # The clocks go forward in between: what counts is the moment.
        ("plein", "2027-03-27T20:30", "open", "2027-04-14T20:00", 17),
        ("plein", "2027-04-14T20:00", "closed", None, None),
        ("wijkbudget-2027", "2027-02-10T00:00", "informing", "2027-03-01T00:00", 19),
        ("wijkbudget-2027", "2027-09-30T12:00", "balloting", "2027-10-01T00:00", 0),
        ("wijkbudget-2027", "2027-10-05T12:00", "finished", "2027-10-10T23:59:59", 5),
        ("omgevingsplan", "2027-03-12T12:00", "debate, proposals", "2027-03-20T23:59:59", 8),
        ("omgevingsplan", "2027-05-18T12:00", "open", "2027-05-20T23:59:59", 2),
    ],
)
def test_the_phase_its_end_and_the_days_left_are_those_of_the_file(
    key: str, moment: str, phase: str, until: str | None, days: int | None
) -> None:
    status = found(key, moment)

    assert status.phase == phase
    assert (status.until.replace(tzinfo=None).isoformat() if status.until else None) == (
        datetime.fromisoformat(until).isoformat() if until else None
    )
    assert status.days_left == days


def test_it_tells_how_many_took_part_where_that_is_known() -> None:
    assert (found("plein", "2027-03-02").participants, found("plein", "2027-03-02").contributions) == (41, 60)
    assert found("uw-idee", "2027-03-02").participants is None


def test_feedback_that_was_promised_and_is_not_there_is_overdue() -> None:
    assert not found("wijkbudget-2027", "2027-12-01T12:00").overdue
    assert found("wijkbudget-2027", "2027-12-02T12:00").overdue
    # This one has its text.
    assert not found("plein", "2028-01-01").overdue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FULL, tmp_path / "full")
    return tmp_path / "full"


def test_the_end_is_prepared_with_texts_to_fill_in_and_the_rest_of_the_file_stays(folder: Path) -> None:
    file = folder / "gemeente.yml"
    before, loaded = file.read_text(), load(file)

    done = close_vraagstuk(loaded, "omgevingsplan", thanks="Dank voor uw reactie.")

    assert set(done.added) == {"closing.answer", "feedback.text", "closing.thanks"}
    for path in done.written:
        assert "[invullen" in path.read_text()
    after = load(file, finished=False).instance
    one = next(one for one in after.vraagstuk if one.key == "omgevingsplan")
    assert one.closing.thanks is not None
    assert one.closing.answer is not None
    assert one.feedback.text is not None
    assert comments(before) == comments(file.read_text())
    was, now = ([one for one in each.vraagstuk if one.key != "omgevingsplan"] for each in (loaded.instance, after))
    assert now == was


def test_what_is_there_is_left_as_it_is(folder: Path) -> None:
    file = folder / "gemeente.yml"
    before = file.read_text()
    own = folder / "vraagstuk/omgevingsplan-antwoord.md"
    own.write_text("Ons eigen antwoord.\n")

    assert close_vraagstuk(load(file), "plein").added == ()
    assert file.read_text() == before
    done = close_vraagstuk(load(file), "omgevingsplan")
    assert [path.name for path in done.written] == ["omgevingsplan-terugkoppeling.md"]
    assert own.read_text() == "Ons eigen antwoord.\n"


def test_a_key_that_is_not_there_is_told_with_the_nearest(folder: Path) -> None:
    with pytest.raises(InputError, match="no vraagstuk plien") as refused:
        close_vraagstuk(load(folder / "gemeente.yml"), "plien")
    assert "plein" in refused.value.todo
