"""What a value that changes with time is at a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ddconsul.translate.item import Value


def now() -> str:
    """Return this moment as documents write moments: in UTC, so that texts sort as moments do."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def at(value: Value, moment: str) -> Value:
    """Return what a field is at a moment: of a schedule the last value whose moment has come, or else the first."""
    if not isinstance(value, dict):
        return value
    steps = value["schedule"]
    come: list[Value] = [then for begin, then in steps if begin <= moment]
    return come[-1] if come else steps[0][1]
