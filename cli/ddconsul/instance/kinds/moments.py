"""Moments and days: as somebody writes them, in the municipality's time zone."""

# Pydantic reads these annotations at run time, so they are not postponed.
import calendar
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from ddconsul.instance.kinds.values import Kind, wrong
from ddconsul.instance.section import Contradiction, Section

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance

LAST = time(23, 59, 59)
"""The time of day at which something ends of which only the day is told."""
_DUTCH_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december",
)  # fmt: skip
# Another year is a slip of the pen; and at the calendar's edge no zone can tell what time it is elsewhere.
_YEARS = range(2000, 2100)
_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)", re.ASCII)
_TODAY = re.compile(r"today(?: ?(?P<sign>[+-]) ?(?P<count>\d{1,4})(?: days?)?)?", re.ASCII)
_TIME = re.compile(r"(?P<hour>\d\d?)[:.](?P<minute>\d\d)(?::(?P<second>\d\d))?(?: uur)?", re.ASCII)
_COUNTED_FROM: ContextVar[date | None] = ContextVar("counted from", default=None)
_WRITTEN = "%Y-%m-%d %H:%M:%S"
_EXAMPLE = "Write year, month and day, and maybe a time, such as 2027-03-31 20:00."


@dataclass(frozen=True)
class Moment:
    """A moment, or a day.

    Args:
        at: The moment on the municipality's clocks.
        whole: Whether only the day was told.
        relative: Whether it was told as so many days from today.
    """

    at: datetime
    whole: bool = False
    relative: bool = False

    @property
    def day(self) -> date:
        """Return its day."""
        return self.at.date()

    def __str__(self) -> str:
        """Return it as it stands in a municipality file."""
        if self.whole:
            return self.day.isoformat()
        return self.at.strftime(_WRITTEN if self.at.second else _WRITTEN[:-3])

    def utc(self, zone: str) -> str:
        """Return it as the desired-state document has it.

        Args:
            zone: The municipality's time zone.
        """
        from zoneinfo import ZoneInfo  # noqa: PLC0415 — few files have moments

        there = self.at.replace(tzinfo=ZoneInfo(zone))
        return there.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def today() -> date:
    """Return the day from which relative ones are counted: this machine's, unless `counted_from` says another."""
    # The zone is not known yet; in a demo a night more or less is no matter.
    return _COUNTED_FROM.get() or date.today()  # noqa: DTZ011 — see above


@contextmanager
def counted_from(day: date | None) -> Iterator[None]:
    """Count relative days from another day than this one.

    Args:
        day: The day; None for this one.
    """
    before = _COUNTED_FROM.set(day)
    try:
        yield
    finally:
        _COUNTED_FROM.reset(before)


def _moment(value: object, *, clock: time | None) -> object:
    """Read a moment.

    Args:
        value: What stands in the file.
        clock: The time of day that goes with a day alone; None where only days are known.
    """
    if isinstance(value, Moment):
        return value
    if isinstance(value, date):
        value = value.strftime(_WRITTEN) if isinstance(value, datetime) else value.isoformat()
    text = re.sub(r"\s+", " ", str(value).strip())
    head, _, tail = (
        re.sub(r"(?<=\d)T(?=\d)", " ", text, count=1).partition(" ") if text[:1].isdigit() else _split_relative(text)
    )
    day = _day(head, text)
    relative = head.startswith("today")
    if not tail:
        return Moment(datetime.combine(day, clock or time.min), whole=True, relative=relative)
    if clock is None:
        raise wrong("has a time of day", f"Give the day alone: {head}.")
    return Moment(datetime.combine(day, _time(tail, day)), relative=relative)


def _split_relative(text: str) -> tuple[str, str, str]:
    """Return the day and the time of `today + 28 days 20:00`."""
    found = _TODAY.match(text)
    return (found[0], " ", text[found.end() :].strip()) if found else (text, "", "")


def _day(head: str, text: str) -> date:
    relative = _TODAY.fullmatch(head)
    if relative:
        days = int(relative["count"] or 0)
        there = today() + timedelta(days=-days if relative["sign"] == "-" else days)
        return on_the_calendar(there.year, there.month, there.day)
    found = _DAY.fullmatch(head)
    if not found:
        raise wrong("is not a date", f"{_meant(text)}{_EXAMPLE}")
    return on_the_calendar(int(found["year"]), int(found["month"]), int(found["day"]))


def on_the_calendar(year: int, month: int, day: int) -> date:
    """Return a day.

    Args:
        year: The year.
        month: The month.
        day: The day of the month.

    Raises:
        PydanticCustomError: When there is no such day, or it is not of this century.
    """
    try:
        found = date(year, month, day)
    except ValueError as error:
        last = calendar.monthrange(year, month)[1] if year and month in range(1, 13) else 0
        todo = f"That month ends on {year}-{month:02}-{last}." if day > last > 0 else ""
        raise wrong("is not in the calendar", todo or "Look at the number of the day and the month.") from error
    if year not in _YEARS:
        raise wrong("is of another century", f"Look at the year: it is one from {_YEARS[0]} to {_YEARS[-1]}.")
    return found


def _meant(text: str) -> str:
    """Say which date was meant, likely."""
    digits = re.match(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b", text, re.ASCII)
    turned = re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b", text, re.ASCII)
    words = re.match(rf"(\d{{1,2}}) ({'|'.join(_DUTCH_MONTHS)}) (\d{{4}})\b", text.lower(), re.ASCII)
    if digits:
        day, month, year = digits.groups()
    elif turned:
        year, month, day = turned.groups()
    elif words:
        day, month, year = words[1], str(_DUTCH_MONTHS.index(words[2]) + 1), words[3]
    else:
        return ""
    try:
        return f"Did you mean {on_the_calendar(int(year), int(month), int(day))}? "
    except PydanticCustomError:
        return ""


def _time(text: str, day: date) -> time:
    if re.search(r"(Z|UTC|GMT|CES?T|[+-]\d\d(:?\d\d)?)$", text):
        raise wrong("has a time zone of its own", "Write it as the clocks say in municipality.time_zone.")
    found = _TIME.fullmatch(text)
    if not found:
        raise wrong("is not a time of day", f"Write hours and minutes, such as {day} 20:00.")
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    try:
        return time(hour, minute, second)
    except ValueError as error:
        todo = f"Give the day alone, or {day + timedelta(days=1)} 00:00." if hour == 24 else ""  # noqa: PLR2004 — the hour that is no hour
        raise wrong("is not a time of day", todo or "A day has 24 hours, from 00:00 to 23:59.") from error


_KIND = Kind("moment: year-month-day, and maybe hours:minutes")
_SCHEMA = WithJsonSchema({"type": "string", "minLength": 5})
Opening = Annotated[Moment, BeforeValidator(partial(_moment, clock=time.min)), PlainSerializer(str), _KIND, _SCHEMA]
Closing = Annotated[Moment, BeforeValidator(partial(_moment, clock=LAST)), PlainSerializer(str), _KIND, _SCHEMA]
Day = Annotated[
    Moment,
    BeforeValidator(partial(_moment, clock=None)),
    PlainSerializer(str),
    Kind("date: year-month-day"),
    _SCHEMA,
]


def moments(section: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Moment]]:  # noqa: ANN401 — any section, or what it holds
    """Yield every moment in a section, with its key."""
    if isinstance(section, Moment):
        yield way, section
    elif isinstance(section, Section):
        for name, field in type(section).model_fields.items():
            yield from moments(getattr(section, name, None), (*way, field.alias or name))
    elif isinstance(section, tuple):
        for index, item in enumerate(section):
            yield from moments(item, (*way, index))


def contradictions(instance: "Instance") -> Iterator[Contradiction]:
    """Yield moments that the municipality's clocks do not show, or show twice, and those that would move every day."""
    for way, moment in moments(instance.vraagstuk, ("vraagstuk",)):
        if moment.relative and instance.public:
            message = "counts from today, so that it would be another day at each deploy"
            yield Contradiction(way, message, "Write the date, such as 2027-03-31.")
        else:
            yield from _about_clock(way, moment, instance.municipality.time_zone)


def _about_clock(way: tuple[str | int, ...], moment: Moment, zone: str) -> Iterator[Contradiction]:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 — few files have moments

    first = moment.at.replace(tzinfo=ZoneInfo(zone))
    second = first.replace(fold=1)
    back = first.astimezone(UTC).astimezone(first.tzinfo).replace(tzinfo=None)
    if back != moment.at:
        message = f"does not exist: that night the clock goes past {moment.at:%H:%M} in {zone}"
        other = second.astimezone(UTC).astimezone(first.tzinfo).replace(tzinfo=None)
        yield Contradiction(way, message, f"Write {other:%Y-%m-%d %H:%M} or {back:%Y-%m-%d %H:%M}.")
    elif first.utcoffset() != second.utcoffset():
        message = f"is there twice: that night the clock goes back over {moment.at:%H:%M} in {zone}"
        hour = timedelta(hours=1)
        earlier, later = moment.at - hour, moment.at + hour
        yield Contradiction(way, message, f"Write {earlier:%Y-%m-%d %H:%M} or {later:%Y-%m-%d %H:%M}.")
