"""What ddconsul remembers about a demo, and what a person may call it: in Dutch, for who is no programmer."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ddconsul.errors import InputError
from ddconsul.instance.models import BUILDER, slug
from ddconsul.paths import state_folder
from ddconsul.secrets import write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    Clock = Callable[[], datetime]

NAME = re.compile(r"[a-z][a-z0-9-]{0,14}")
LONGEST = 15
_FILE = "demo.json"
_UNITS = {"u": timedelta(hours=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class DemoError(InputError):
    """What was asked of a demo cannot be: told in Dutch already."""


def now() -> datetime:
    """Return the time, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Choice:
    """Which Consul a demo runs.

    Args:
        source: Git URL or path.
        standin: Whether it is the stand-in.
        unreachable: The address that could not be reached, when that is why it is the stand-in.
    """

    source: str
    standin: bool
    unreachable: str = ""


@dataclass(frozen=True)
class Notes:
    """What is remembered about a demo.

    Args:
        choice: Which Consul it runs.
        made: When it was first asked for.
        expires: When it may be removed; None for never.
        ready: Whether it ever came to answer.
    """

    choice: Choice
    made: datetime
    expires: datetime | None = None
    ready: bool = False

    def expired(self, at: datetime) -> bool:
        """Tell whether its time was over at a moment."""
        return self.expires is not None and self.expires <= at


def read_notes(folder: Path) -> Notes | None:
    """Return the notes in a demo's folder, or None when there are none that can be read."""
    try:
        text = (folder / _FILE).read_text(encoding="utf-8")
        changed = datetime.fromtimestamp((folder / _FILE).stat().st_mtime, UTC).replace(microsecond=0)
        return _notes(json.loads(text), changed)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_notes(folder: Path, notes: Notes) -> None:
    """Write the notes into a demo's folder."""
    choice = notes.choice
    document = {
        "source": choice.source,
        "standin": choice.standin,
        "unreachable": choice.unreachable,
        "made": notes.made.isoformat(),
        "expires": notes.expires.isoformat() if notes.expires else None,
        "ready": notes.ready,
    }
    write_private(folder / _FILE, json.dumps(document).encode())


def _notes(found: dict[str, Any], changed: datetime) -> Notes:
    expires = found.get("expires")
    return Notes(
        Choice(found["source"], found["standin"], found.get("unreachable", "")),
        made=datetime.fromisoformat(found["made"]) if "made" in found else changed,
        expires=datetime.fromisoformat(expires) if expires else None,
        ready=bool(found.get("ready", True)),
    )


def period(text: str) -> timedelta:
    """Return how long `2d`, `12u`, `12h` or `1w` is.

    Raises:
        DemoError: It is none of these.
    """
    match = re.fullmatch(r"\s*([1-9]\d{0,3})\s*([uhdw])\s*", text, re.IGNORECASE)
    if match is None:
        raise DemoError(
            "is geen tijdsduur",
            repr(text),
            "Schrijf een getal met u (uur), d (dag) of w (week) erachter: 12u, 2d of 1w.",
        )
    return int(match[1]) * _UNITS[match[2].lower()]


def check_name(name: str, there: Collection[str] = ()) -> None:
    """Refuse a name that cannot be a container's, a user's and a folder's.

    Args:
        name: The name.
        there: The demos that there are.

    Raises:
        DemoError: With what is allowed, and which demo may be meant.
    """
    if name == BUILDER:
        raise DemoError("is geen naam voor een demo", repr(name), "Zo heet al het account dat Consul bouwt.")
    if NAME.fullmatch(name):
        return
    proposal = slug(name)[:LONGEST].rstrip("-")
    hint = nearest(name, there) or (f"Bijvoorbeeld: {proposal}." if proposal else "")
    raise DemoError(
        "is geen naam voor een demo",
        repr(name),
        f"Gebruik hoogstens {LONGEST} kleine letters, cijfers en streepjes, met een letter voorop. {hint}".strip(),
    )


def must_be_there(name: str, there: Collection[str]) -> None:
    """Refuse the name of a demo that is not there.

    Raises:
        DemoError: With those that are there, and the one that may be meant.
    """
    check_name(name, there)
    if name in there:
        return
    others = f"Er zijn: {', '.join(sorted(there))}." if there else "Er zijn geen demo's. Begin met: ddconsul demo up"
    raise DemoError("bestaat niet", f"demo {name}", f"{nearest(name, there)} {others}".strip())


def nearest(name: str, there: Collection[str]) -> str:
    """Return the question whether a demo that is there is meant, or ""."""
    by_ease = {each.replace("-", ""): each for each in sorted(there)}
    found = difflib.get_close_matches(re.sub(r"[^a-z0-9]", "", name.lower()), by_ease, n=1)
    return f"Bedoelt u {by_ease[found[0]]}?" if found else ""


def iso(moment: datetime | None) -> str | None:
    """Return a moment as JSON has it."""
    return moment.isoformat() if moment else None


def folders() -> set[str]:
    """Return the names of the demos that have files."""
    return {path.name for path in (state_folder() / "demos").glob("*") if path.is_dir()}


def folder_of(name: str) -> Path:
    """Return the folder with the files of a demo."""
    return state_folder() / "demos" / name
