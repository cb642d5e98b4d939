"""Tells how each vraagstuk is doing: what goes on now, until when, and how many took part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ddconsul.operations.looking import look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ddconsul.instance.kinds.moments import Moment
    from ddconsul.instance.models import Instance
    from ddconsul.instance.sections.vraagstuk import AnyVraagstuk
    from ddconsul.paths import Paths

# The object in Consul that takes people's contributions; of proposals there is none of the vraagstuk's own.
_OBJECTS = {"poll": "poll", "budget": "budget", "legislation": "process", "debate": "debate"}


@dataclass(frozen=True)
class VraagstukStatus:
    """How one vraagstuk is doing.

    Args:
        key: Its key.
        title: Its title, in the site's first language.
        instrument: How it is asked.
        phase: before, open or closed; of a budget that is open: its phase. Of legislation, its phases with commas.
        until: The end of that, on the municipality's clocks; None once it is closed.
        days_left: Whole days until then.
        participants: How many people took part; None when it can't be told.
        contributions: How often they did.
        feedback_by: Last day of the promised feedback, ISO 8601.
        overdue: Whether that day has passed without a text.
    """

    key: str
    title: str
    instrument: str
    phase: str
    until: datetime | None
    days_left: int | None
    participants: int | None
    contributions: int | None
    feedback_by: str
    overdue: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        return {**vars(self), "until": self.until.isoformat() if self.until else None}


def vraagstuk_status(instance: Instance, paths: Paths, report: Callable[[str], None]) -> list[VraagstukStatus]:
    """Look at each vraagstuk of a site; nothing is changed, and no container is made for it.

    Args:
        instance: The checked municipality file.
        paths: Files and folders of the run.
        report: Takes a line for the user to read.

    Raises:
        DdconsulError: When the site's host cannot be reached or looked at.
    """
    found = look("participants", instance, paths, report) or {}
    counts = {one["object"]: one for one in found.get("vraagstukken", [])}
    now = datetime.now(ZoneInfo(instance.municipality.time_zone))
    return [at_moment(one, instance, now, counts) for one in instance.vraagstuk]


def at_moment(
    one: AnyVraagstuk, instance: Instance, now: datetime, counts: Mapping[str, Mapping[str, int]]
) -> VraagstukStatus:
    """Return how a vraagstuk is doing at a moment.

    Args:
        one: The vraagstuk.
        instance: The checked municipality file.
        now: The moment, with the municipality's time zone.
        counts: `participants` and `contributions` by the key of the object in Consul.
    """
    phase, until = _phase(one, now)
    counted = counts.get(f"{_OBJECTS.get(one.instrument)} {one.key}", {})
    language = instance.municipality.languages[0]
    return VraagstukStatus(
        key=one.key,
        title=one.title.given((language,))[language],
        instrument=one.instrument,
        phase=phase,
        until=until,
        days_left=(until - now).days if until else None,
        participants=counted.get("participants"),
        contributions=counted.get("contributions"),
        feedback_by=one.feedback.by.day.isoformat(),
        overdue=one.feedback.text is None and now.date() > one.feedback.by.day,
    )


def _phase(one: AnyVraagstuk, now: datetime) -> tuple[str, datetime | None]:
    opens, closes = _there(one.opens, now), _there(one.closes, now)
    if now < opens:
        return "before", opens
    if now >= closes:
        return "closed", None
    timetable = getattr(one, "timetable", None)
    if timetable is not None:
        begins = [(name, _there(begin, now)) for name, begin in timetable]
        running = [name for name, begin in begins if begin <= now]
        coming = [begin for _, begin in begins if begin > now]
        return (running or ["open"])[-1], min(coming, default=closes)
    days = list(_running(one, now))
    return ", ".join(name for name, _ in days) or "open", min((end for _, end in days), default=closes)


def _running(one: AnyVraagstuk, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the phases of legislation that go on now, each with its end."""
    for phase in getattr(one, "phases", ()):
        if phase.from_.day <= now.date() <= phase.until.day:
            yield phase.phase, _there(phase.until, now).replace(hour=23, minute=59, second=59)


def _there(moment: Moment, now: datetime) -> datetime:
    return moment.at.replace(tzinfo=now.tzinfo)
