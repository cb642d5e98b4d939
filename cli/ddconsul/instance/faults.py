"""Finds where a fault in YAML began: the parser only stumbles further on, over what that made of the lines below."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.tokens import ScalarToken

from ddconsul.instance.text import Lines, Place
from ddconsul.instance.values import FLAGS

# A key, alone or as the first one of an item, and what stands behind it.
_LINE = re.compile(
    r"(?P<indent> *(?:- +)?)(?P<key>[A-Za-z_][\w-]*)(?P<colon>:)?(?:[ \t]+(?P<value>[^#\s].*?))?\s*(?:#.*)?"
)


class Origin(NamedTuple):
    """Where a fault began.

    Args:
        start: How many letters stand before it.
        end: How many stand before what comes after it.
        message: What is wrong.
        todo: What to do.
        without: The text without it, to read on in; None where that makes no sense.
    """

    start: int
    end: int
    message: str
    todo: str
    without: str | None


def origin(text: str, index: int) -> Origin | None:
    """Return where a fault began; None when that is where the parser stumbles.

    Args:
        text: The text.
        index: How many letters stand before the place where the parser stumbles.
    """
    return _text_before(text, index) or _head(text, index)


def without_line(text: str, number: int) -> str | None:
    """Blank a line that has `key: value` and nothing that hangs from it; None when it is of another kind."""
    lines = Lines(text)
    line, start = lines.line(number), lines.start(Place(number, 1))
    rest = text[start + len(line) :]
    after = next(filter(_says_something, rest.splitlines()), "")
    if not re.match(r"\s+[\w-]+:\s+[^\s\[{|>]", line) or _depth(after) > _depth(line):
        return None
    return text[:start] + " " * len(line) + rest


def _text_before(text: str, index: int) -> Origin | None:
    """Return what is wrong with the text right before a place, when that runs on over lines."""
    last = None
    # What the parser could not make sense of, the scanner may not either.
    with suppress(MarkedYAMLError):
        for token in YAML(typ="safe", pure=True).scan(text):
            if token.start_mark.index >= index:
                break
            last = token
    if not isinstance(last, ScalarToken) or last.plain or last.start_mark.line == last.end_mark.line:
        return None
    start, number = last.start_mark.index, last.start_mark.line + 1
    if last.style in {"|", ">"}:
        return _outside(text, index, number, last)
    close = last.end_mark.line + 1
    # A text of more lines may well stand in quotes; then nothing follows them on their line.
    if Lines(text).place(index).line != close:
        return None
    message = f"opens quotes that close only on line {close}"
    return Origin(start, start + 1, message, "Close them where the text ends.", without_line(text, number))


def _outside(text: str, index: int, number: int, block: ScalarToken) -> Origin | None:
    """Return a line that was meant to belong to a text of more lines, and does not stand far enough in for it."""
    lines = Lines(text)
    # Of a text that has no line at all, the next one was meant.
    below = lines.place(index).line if block.value.strip() else number + 1
    here = lines.line(below)
    if block.value.strip() and _depth(here) <= _depth(lines.line(number)):
        return None
    start = lines.start(Place(below, 1)) + _depth(here)
    message = f"does not stand under the text that begins on line {number} with {block.style}"
    todo = "Begin each line of that text in the same column, further in than its key."
    return Origin(start, start + len(here.strip()), message, todo, None)


def _head(text: str, index: int) -> Origin | None:
    """Return what is wrong with the line above, when the one where the parser stumbles hangs from it."""
    lines = Lines(text)
    number = lines.place(index).line
    below = lines.line(number)
    above = (other for other in range(number - 1, 0, -1) if _says_something(lines.line(other)))
    head_number = next(above, 0)
    head = _LINE.fullmatch(lines.line(head_number))
    if head is None or len(head["indent"]) >= _depth(below):
        return None
    start, key = lines.start(Place(head_number, 1)), head["key"]
    if head["colon"] is None and head["value"] is None:
        todo = f"Behind a key goes a colon: {key}:"
        return Origin(start + head.start("key"), start + head.end("key"), "has no colon behind the key", todo, None)
    if head["colon"] is None or head["value"] is None or head["value"][0] in "|>[{":
        return None
    if head["indent"] and head["value"] not in FLAGS:
        start = lines.start(Place(number, 1)) + _depth(below)
        message = f"stands further in than {key} above it, which has a value"
        todo = "Let the keys of one section begin in the same column. A text of more lines with a colon goes in quotes."
        return Origin(start, start + 1, message, todo, None)
    start, end = start + head.start("value"), start + head.end("value")
    without = text[:start] + " " * (end - start) + text[end:]
    message = f"gives {key} a value, and has keys below it as well"
    return Origin(start, end, message, "Remove the value, or the lines that hang from it.", without)


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
