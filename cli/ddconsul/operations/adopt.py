"""Writes what was edited in the admin pages back into the municipality file."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddconsul.instance.loader import load
from ddconsul.instance.problems import InvalidFileError
from ddconsul.instance.yaml import places
from ddconsul.operations.editing import comments, dumped, round_trip, section_at, write_anew
from ddconsul.translate.clock import at, now
from ddconsul.translate.origins import origins
from ddconsul.translate.settings import FEEDS
from ddconsul.translate.state import state_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ddconsul.instance.loader import Loaded
    from ddconsul.instance.yaml.places import Key
    from ddconsul.operations.changes import Change

# What follows from another key until it has one of its own.
OWN_KEYS: dict[str, Key] = {
    "setting mailer_from_name": ("mail", "name"),
    "setting mailer_from_address": ("mail", "from"),
    **{f"setting homepage.widgets.feeds.{feed}": ("home", "feeds", feed) for feed in FEEDS},
}
Name = tuple[str, str]
"""An object's key, and one of its fields."""


@dataclass(frozen=True)
class Adopted:
    """A value of the admin pages that the file has now.

    Args:
        object: What it belongs to, as a plan names it.
        field: Which part of that.
        key: Where it stands in the file, such as `municipality.name`.
        value: The value, as text.
    """

    object: str
    field: str
    key: str
    value: str | None


@dataclass(frozen=True)
class Adoption:
    """What becomes of a file.

    Args:
        file: The file.
        before: Its text.
        after: Its text with the values of the admin pages.
        adopted: What is different.
        left: What the file can't say so; each has to be written by hand, or undone.
    """

    file: Path
    before: str
    after: str
    adopted: tuple[Adopted, ...] = ()
    left: tuple[Change, ...] = ()


def plan_adoption(loaded: Loaded, edits: Iterable[Change]) -> Adoption:
    """Tell what `adopt` would write.

    A value is written where the file says it, and kept when the file then asks for exactly what is on the site.

    Args:
        loaded: The municipality file, as the edits were found with it.
        edits: What was edited in the admin pages: changes that are kept, or that are a conflict.
    """
    text = loaded.path.read_bytes().decode("utf-8-sig")
    adoption = Adoption(loaded.path, text, text)
    for edit in edits:
        adoption = _with(adoption, edit)
    return adoption


def adopt(adoption: Adoption) -> None:
    """Write the file.

    Args:
        adoption: What `plan_adoption` returned.

    Raises:
        InputError: When the file changed since, or cannot be written.
    """
    if adoption.after != adoption.before:
        write_anew(adoption.file, adoption.before, adoption.after)


def values(document: Mapping[str, Any], moment: str | None = None) -> dict[Name, str | None]:
    """Return all that a document asks for, by object and field, as a plan tells it.

    Of settings that is what Consul keeps: a flag that is on is "t".

    Args:
        document: A desired-state document.
        moment: When; what changes with time is what it is then. Without one it is all that it will ever be.
    """
    settings = {(f"setting {key}", "value"): _stored(value) for key, value in document["settings"].items()}
    objects = {
        (item["key"], field): str(value).lower() if isinstance(value, bool) else _stored(value)
        for item in document.get("objects", ())
        for field, lasting in item["fields"].items()
        for value in [at(lasting, moment) if moment else lasting]
    }
    return {**settings, **objects}


def _stored(value: object) -> str | None:
    if isinstance(value, bool):
        return "t" if value else None
    return str(value) if value not in (None, "") else None


def _with(adoption: Adoption, edit: Change) -> Adoption:
    """Return an adoption with one more edit in it, or with the edit among those that are left."""
    known, now = _read(adoption.file, adoption.after)
    for way in _ways(known, edit):
        for value in _candidates(edit.old):
            text = _written(adoption.after, way, value)
            if text is not None and _is_right(adoption.file, text, edit, known, now):
                done = Adopted(edit.object, edit.field, places.dotted(way), edit.old)
                return replace(adoption, after=text, adopted=(*adoption.adopted, done))
    return replace(adoption, left=(*adoption.left, edit))


def _read(file: Path, text: str) -> tuple[dict[str, Key], dict[Name, str | None]]:
    """Return where the things that a file asks for stand in it, and all that it asks for.

    Raises:
        InvalidFileError: When a file with this text is not right.
    """
    # Beside the file: what it points at is looked up from there.
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", suffix=".yml") as candidate:
        Path(candidate.name).write_text(text, encoding="utf-8", newline="")
        instance = load(Path(candidate.name), finished=False).instance
    return origins(instance), values(state_document(instance), now())


def _ways(known: Mapping[str, Key], edit: Change) -> Iterator[Key]:
    """Give the places in the file where the value may stand, likeliest first."""
    if edit.object in OWN_KEYS:
        yield OWN_KEYS[edit.object]
    for name in (f"{edit.object} {edit.field}", edit.object):
        if name in known:
            yield known[name]
    kind, _, key = edit.object.partition(" ")
    if kind == "setting":
        yield ("settings", key)


def _candidates(value: str | None) -> Iterator[Any]:
    """Give the ways in which a file may say a value that Consul keeps as text."""
    if value in {None, "t", "true", "false"}:
        yield value in {"t", "true"}
    if value is not None:
        yield value
        if value.lstrip("-").isdecimal():
            yield int(value)
        yield value.split()
        yield [part.strip() for part in value.split(",")]


def _written(text: str, way: Key, value: Any) -> str | None:  # noqa: ANN401 — any value that YAML knows
    """Return the text with a value in it; None where that would lose a comment, or where it has no place."""
    try:
        yaml, root = round_trip(text)
        section_at(root, way[:-1])[way[-1]] = value
        changed = dumped(yaml, root, text)
    except (AssertionError, KeyError, IndexError, TypeError):
        return None
    return changed if set(comments(text)) <= set(comments(changed)) else None


def _is_right(file: Path, text: str, edit: Change, known: Mapping[str, Key], before: Mapping[Name, str | None]) -> bool:
    """Tell whether a file with this text asks for what is on the site, and for nothing else that is new.

    What follows from a key may change with the first thing that it governs: the name in the mails with the
    municipality's name, and not the other way round.
    """
    try:
        after = _read(file, text)[1]
    except InvalidFileError:
        return False
    edited = (edit.object, edit.field)
    differing = [name for name in after if after[name] != before.get(name)]
    ways = [known.get(f"{name} {field}") or known.get(name) for name, field in (edited, *differing)]
    # A page is made of a whole section: it follows from each of its keys.
    is_one = all(way == ways[0] or (way and ways[0] and way == ways[0][: len(way)]) for way in ways)
    return after.get(edited) == edit.old and set(after) == set(before) and differing[:1] == [edited] and is_one
