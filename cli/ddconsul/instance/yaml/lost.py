"""What may stand on the lines of a file that could not be read: of that, nothing is said to be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.instance import shape
from ddconsul.instance.yaml.outline import KEY_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.yaml.places import Document, Key
    from ddconsul.instance.yaml.text import Place


def is_lost(document: Document, place: Place) -> bool:
    """Tell whether a place is on a line that could not be read.

    Args:
        document: The file.
        place: The place.
    """
    return place.line in document.lost


def touches(document: Document, section: Key) -> bool:
    """Tell whether some of a section, or of what begins the file's sections, could not be read.

    Args:
        document: The file.
        section: A section of the file; () for the sections themselves.
    """
    if section:
        return any(True for _ in _lost_in(document, section))
    column = min((place.column for key, place in document.keys.items() if len(key) == 1), default=1)
    return any(len(line) - len(line.lstrip()) < column for line in document.lost.values())


def nothing_read(document: Document, key: Key) -> bool:
    """Tell whether a key has no value because that could not be read.

    Args:
        document: The file.
        key: The key.
    """
    if not document.lost:
        return False
    start = document.place(key, of_key=True).line
    ends = (place.line for place in document.keys.values() if place.line > start)
    end = min(ends, default=start + len(document.lost) + 1)
    return any(start <= line < end for line in document.lost)


def may_be_lost(document: Document, key: Key) -> bool:
    """Tell whether what is missing may stand on a line that could not be read.

    Args:
        document: The file.
        key: What is missing.
    """
    section = key[:-1]
    column = min((place.column for other, place in document.keys.items() if other[:-1] == section), default=None)
    head = document.place(section, of_key=True).line if section else 0
    known = shape.known_keys(section)
    for number, line in _lost_in(document, section):
        match = KEY_LINE.match(line)
        if match is None:
            return True
        name = match["key"].strip("\"'")
        beside = column is None or len(match["indent"]) == column - 1
        if (beside or number == head) and (name == key[-1] or name not in known):
            return True
    return False


def _lost_in(document: Document, section: Key) -> Iterator[tuple[int, str]]:
    """Yield the lines that could not be read, of the part of the file that a section stands in."""
    starts = sorted(place.line for key, place in document.keys.items() if len(key) == 1)
    here = document.place(section[:1], of_key=True).line if section else 0
    end = next((line for line in starts if line > here), None) if section else None
    for number, line in document.lost.items():
        if number >= here and (end is None or number < end):
            yield number, line
