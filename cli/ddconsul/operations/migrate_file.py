"""Rewrites keys of a municipality file that have another name now; everything else stays as it is, to the letter."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from ddconsul.errors import InputError
from ddconsul.instance import renamed
from ddconsul.instance.loader import sections_at
from ddconsul.instance.problems import InvalidFileError, Problem, in_order
from ddconsul.instance.yaml import places
from ddconsul.instance.yaml.text import Lines
from ddconsul.operations.editing import comments, dumped, round_trip, section_at, write_anew

if TYPE_CHECKING:
    from pathlib import Path

    from ddconsul.instance.renamed import Renamed
    from ddconsul.instance.yaml.places import Document, Key


@dataclass(frozen=True)
class Change:
    """A key that gets another name.

    Args:
        line: Where it stands.
        old: The key as it is, such as `administrators[1].mail`.
        new: The key as it will be.
    """

    line: int
    old: str
    new: str


@dataclass(frozen=True)
class Migration:
    """What becomes of a file.

    Args:
        file: The file, as the user named it.
        before: Its text.
        after: Its text with the names that keys have now.
        changes: What is different.
        left: Keys that are gone, and that nothing took the place of: their owner decides.
    """

    file: Path
    before: str
    after: str
    changes: tuple[Change, ...]
    left: tuple[Problem, ...]


def plan_migration(file: Path) -> Migration:
    """Tell what `migrate` would change.

    Args:
        file: The municipality file.

    Raises:
        InvalidFileError: When the file cannot be read, or holds a key under its old and its new name.
        InputError: When something would be lost.
    """
    document = places.read(file.expanduser().absolute(), str(file))
    if document.problems:
        raise InvalidFileError(in_order(document.problems))
    _refuse_both(document)
    text, left = document.text, []
    changes: list[Change] = []
    for change in renamed.RENAMED:
        for key in _found(document.value, change):
            place = document.place(key, of_key=True)
            if not change.new:
                left.append(document.problem(place, key, str(change), change.why, "retired-key"))
                continue
            new = _new_key(key, change)
            changes.append(Change(place.line, places.dotted(key), places.dotted(new)))
            text = _changed(text, key, new)
    _refuse_loss(document, text, file)
    return Migration(
        file, document.text, text, tuple(sorted(changes, key=lambda found: found.line)), tuple(in_order(left))
    )


def migrate(migration: Migration) -> None:
    """Write a migrated file in the place of the old one: whole, or not at all.

    Args:
        migration: What `plan_migration` returned.

    Raises:
        InputError: When the file changed since, or cannot be written.
    """
    write_anew(migration.file, migration.before, migration.after)


def _found(value: Any, change: Renamed) -> list[Key]:  # noqa: ANN401 — whatever stands in the file
    *way, name = change.old.split(".")
    return [(*key, name) for section, key in sections_at(value, way) if name in section]


def _new_key(key: Key, change: Renamed) -> Key:
    """Return the new key: in the same item of a list, where the old one stands in a list."""
    new: list[str | int] = []
    indexes = [(name, index) for name, index in itertools.pairwise(key) if isinstance(index, int)]
    for name in change.new.split("."):
        new.append(name)
        new += [index for owner, index in indexes if owner == name]
    return tuple(new)


def _refuse_both(document: Document) -> None:
    """Refuse a file that holds a key under both its names: nobody can tell which one counts."""
    both = [
        document.problem(document.place(key, of_key=True), key, f"stands there, and {change.new} as well", todo)
        for change in renamed.RENAMED
        for key in _found(document.value, change)
        if change.new and _holds(document.value, _new_key(key, change))
        for todo in [f"It {change}: keep one of the two."]
    ]
    if both:
        raise InvalidFileError(in_order(both))


def _holds(value: Any, key: Key) -> bool:  # noqa: ANN401 — whatever stands in the file
    for part in key:
        inside = part in value if isinstance(value, dict) else isinstance(value, list)
        if not inside:
            return False
        value = value[part]
    return True


def _changed(text: str, key: Key, new: Key) -> str:
    """Return the text with one key under its new name."""
    return _renamed(text, key, str(new[-1])) if key[:-1] == new[:-1] else _moved(text, key, new)


def _renamed(text: str, key: Key, name: str) -> str:
    """Put another name in the place of a key: nothing else in the text changes."""
    place = places.parse(text).keys.get(key)
    if place is None:
        # An alias stands for a section whose key has its new name already.
        return text
    start = Lines(text).start(place)
    return text[:start] + name + text[start + place.width :]


def _moved(text: str, key: Key, new: Key) -> str:
    """Move a key to another section."""
    yaml, root = round_trip(text)
    old_section, new_section = section_at(root, key[:-1]), section_at(root, new[:-1])
    comment = _own_comment(old_section, key[-1])
    new_section[new[-1]] = old_section.pop(key[-1])
    if comment:
        new_section.ca.items[new[-1]] = comment
    if not old_section and not old_section.ca.comment and len(key) > 1:
        del section_at(root, key[:-2])[key[-2]]
    return dumped(yaml, root, text)


def _own_comment(section: CommentedMap, name: str | int) -> Any:  # noqa: ANN401 — ruamel's own lists of tokens
    """Take the comment behind a key; ruamel counts the lines after it as a part, and those stay where they are."""
    comment = section.ca.items.pop(name, None)
    names = list(section)
    before = names[names.index(name) - 1] if names.index(name) else None
    token = comment[2] if comment and len(comment) > 2 else None  # noqa: PLR2004 — where ruamel keeps what is behind
    if token is None or before is None or isinstance(section[before], CommentedMap | CommentedSeq):
        return comment
    own, _, after = token.value.partition("\n")
    if after.strip():
        token.value = f"{own}\n"
        kept = section.ca.items.setdefault(before, [None, None, None, None])
        if kept[2] is None:
            kept[2] = type(token)(f"\n{after}", start_mark=token.start_mark)
        else:
            kept[2].value += after
    return comment


def _refuse_loss(before: Document, after: str, file: Path) -> None:
    """Make sure that every comment and every value is still there."""
    lost = set(comments(before.text)) - set(comments(after))
    if lost or _values(places.parse(after).value) != _values(before.value):
        about = f" It is about: {min(lost)}" if lost else ""
        todo = f"Rename the keys by hand.{about}"
        raise InputError("cannot be migrated without losing something; nothing was written", str(file), todo)


def _values(value: Any) -> list[str]:  # noqa: ANN401 — whatever stands in the file
    """Return all plain values of a file, whatever their keys."""
    if isinstance(value, dict | list):
        inside = value.values() if isinstance(value, dict) else value
        return sorted(text for item in inside for text in _values(item))
    return [repr(value)]
