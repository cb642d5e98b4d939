"""Rows that do not stand in line with the others: told as such, and read where they were meant to stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ddconsul.instance import shape
from ddconsul.instance.kinds.values import FLAGS
from ddconsul.instance.yaml.draft import Edit, Remedy
from ddconsul.instance.yaml.outline import KEY_LINE, Outline
from ddconsul.instance.yaml.text import Flaw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.yaml.outline import Row

_SAME_COLUMN = "Let the keys of one section begin in the same column."
_SAME_FOR_SECTIONS = "Let all sections begin in the same column."
_BLOCK_HEAD = re.compile(r"(?:^|.*[ \t])(?P<style>[|>])[-+0-9]*[ \t]*(?:#.*)?$")


def aligned(text: str) -> list[Remedy]:
    """Return the sections that do not begin in the same column as the others.

    YAML takes what stands further left than the first section for the end of the file.

    Args:
        text: The text.
    """
    rows = Outline(text).rows
    sections = [number for number, row in enumerate(rows) if row.kind == "plain" and key_of(row) is not None]
    first = next((number for number, row in enumerate(rows) if row.kind == "plain"), None)
    if first is None or first not in sections:
        return []
    base = rows[first].depth
    left = [number for number in sections if rows[number].depth < base]
    if not left:
        return []
    least = min(rows[number].depth for number in left)
    named = [number for number in sections if key_of(rows[number]) in shape.known_keys(())] or sections
    before = [number for number in named if number < left[0] and rows[number].depth == base]
    if sum(rows[number].depth == least for number in named) > len(before):
        flaw = _flaw(rows[first], "stands further in than the sections below it", _SAME_FOR_SECTIONS)
        return [Remedy(flaw, tuple(_moved(rows[: left[0]], least - base)))]
    return _further_left(rows, left, base)


def _further_left(rows: list[Row], left: list[int], base: int) -> list[Remedy]:
    found, done = [], 0
    for number in left:
        if number < done:
            continue
        row = rows[number]
        ends = (
            other
            for other in range(number + 1, len(rows))
            if rows[other].kind == "plain" and rows[other].depth == base and key_of(rows[other]) in shape.known_keys(())
        )
        done = next(ends, len(rows))
        more = sum(number < other < done for other in left)
        also = f", and so do {more} more below it" if more else ""
        message = f"stands further left than the sections above it{also}"
        flaw = _flaw(row, message, _SAME_FOR_SECTIONS)
        found.append(Remedy(flaw, tuple(_moved(rows[number:done], base - row.depth))))
    return found


def outside_text(outline: Outline, number: int) -> Iterator[list[Remedy]]:
    """Yield a row that was meant to belong to a text of more lines, and does not stand far enough in for it.

    Args:
        outline: The rows.
        number: The row that the parser stumbles over.
    """
    rows = outline.rows
    heads = (other for other in range(number - 1, -1, -1) if rows[other].kind == "plain")
    above = next(heads, None)
    head = _BLOCK_HEAD.match(rows[above].text) if above is not None else None
    if above is None or head is None:
        return
    said = [row for row in rows[above + 1 : number + 1] if row.text.strip()]
    if rows[number].kind == "text" and said:
        depth = said[0].depth
        end = next((other for other in range(number, len(rows)) if rows[other].kind != "text"), len(rows))
    elif len(said) == 1 and rows[number].kind == "plain":
        depth = rows[above].depth + 2
        end = next((other for other in range(number + 1, len(rows)) if key_of(rows[other])), len(rows))
    else:
        return
    short = [row for row in rows[number:end] if row.text.strip() and row.depth < depth]
    if short:
        message = f"does not stand under the text that begins on line {outline.line + above} with {head['style']}"
        todo = "Begin each line of that text in the same column, further in than its key."
        flaw = _flaw(short[0], message, todo)
        yield [Remedy(flaw, tuple(Edit(row.start, row.start, " " * (depth - row.depth)) for row in short))]


def slipped(indent: str, value: str) -> bool:
    """Tell whether what stands below a key with a value slipped to the right, rather than belongs to it."""
    return bool(indent) and value not in FLAGS


def realigned(outline: Outline, number: int) -> Iterator[list[Remedy]]:
    """Yield where a row that does not stand in line with those above it may have been meant to stand.

    Args:
        outline: The rows.
        number: The row.
    """
    row = outline.rows[number]
    columns = _columns(outline.rows[:number])
    item = bool(re.match(r" *-(?: |$)", row.text))
    if row.kind != "plain" or not columns or columns.get(row.depth, not item) == item:
        return
    fitting = [column for column, hyphen in columns.items() if hyphen == item]
    # The nearest on either side; and for what is a section, that of the sections.
    left, right = ([column for column in fitting if (column < row.depth) == less] for less in (True, False))
    if right and left and left[-1] == min(columns) and key_of(row) not in shape.known_keys(()):
        left = []
    base = min(columns) if key_of(row) in shape.known_keys(()) else None
    fitting = [*left[-1:], *right[:1], *([] if base is None or base in left[-1:] else [base])]
    meant = sorted(fitting, key=lambda column: (column != base, abs(column - row.depth), -column))
    above = outline.content_before(number)
    run = _run(outline, number)
    for column in meant:
        if row.depth > max(columns) and above is not None and key_of(outline.rows[above]):
            message = f"stands further in than {key_of(outline.rows[above])} above it, which has a value"
            todo = f"{_SAME_COLUMN} A text of more lines with a colon goes in quotes."
            flaw = Flaw(row.start + row.depth, row.start + row.depth + 1, message, todo)
        elif column == base:
            flaw = _flaw(row, "stands too far in", f"Sections begin in one column: begin this in column {column + 1}.")
        elif row.depth in columns:
            what = "is an item of a list among keys" if item else "is a key among the items of a list"
            where = "among those keys" if item else "to the item above it"
            flaw = _flaw(row, what, f"Begin it in column {column + 1}, when it belongs {where}.")
        else:
            others = " or ".join(f"column {other + 1}" for other in sorted(meant))
            what = f"begins in column {row.depth + 1}, where nothing above it begins"
            flaw = _flaw(row, what, f"{_SAME_COLUMN} Begin this in {others}.")
        yield [Remedy(flaw, tuple(_moved(run, column - row.depth)))]


def _run(outline: Outline, number: int) -> list[Row]:
    """Return the row and what follows it, as far as that stands no further left."""
    rows, depth = outline.rows, outline.rows[number].depth
    ends = (
        other for other in range(number + 1, len(rows)) if rows[other].kind == "plain" and rows[other].depth < depth
    )
    return rows[number : next(ends, len(rows))]


def _columns(rows: list[Row]) -> dict[int, bool]:
    """Return the columns in which something begins that is still open, and whether that is a hyphen."""
    open_: dict[int, bool] = {}
    for row in rows:
        if row.kind != "plain":
            continue
        open_ = {column: hyphen for column, hyphen in open_.items() if column <= row.depth}
        place = row.depth
        while re.match(r"-(?: +\S|$| *$)", row.text[place:]):
            open_[place] = True
            place += len(row.text[place:]) - len(row.text[place + 1 :].lstrip(" "))
        open_.setdefault(place, False)
    return open_


def _moved(rows: list[Row], by: int) -> Iterator[Edit]:
    """Yield the edits that move rows; a section's name alone, where its keys stand right already."""
    plain, names = [row for row in rows if row.kind == "plain"], shape.known_keys(())
    if by < 0 and len(plain) > 1 and key_of(plain[0]) in names and plain[1].depth == plain[0].depth:
        rows = rows if key_of(plain[1]) in names else plain[:1]
    for row in rows:
        if row.text.strip():
            gone = min(row.depth, max(0, -by))
            yield Edit(row.start, row.start + gone, " " * max(0, by))


def stands_left(outline: Outline, number: int, name: str) -> Iterator[list[Remedy]]:
    """Yield a key that stands further left than the others of its section.

    Args:
        outline: The rows of a section.
        number: The row of the key that comes after it.
        name: The name of the section.
    """
    above = outline.content_before(number)
    row = outline.rows[above] if above else None
    head = next((other for other in outline.rows if other.kind == "plain"), None)
    if row is None or head is None or row == head or row.depth != head.depth or row.kind != "plain":
        return
    if belongs(key_of(row), name) and belongs(key_of(outline.rows[number]), name):
        column = outline.rows[number].depth
        flaw = _flaw(row, f"stands further left than the other keys of {name}", f"Begin it in column {column + 1}.")
        yield [Remedy(flaw, tuple(_moved([row], column - row.depth)))]


def belongs(key: str | None, section: str | None) -> bool:
    """Tell whether a key has its place in a section, and is no section itself.

    Args:
        key: The key.
        section: The name of the section.
    """
    return bool(section) and key in shape.known_keys((str(section),)) and key not in shape.known_keys(())


def key_of(row: Row) -> str | None:
    """Return the key that a row begins with, when it is no item of a list.

    Args:
        row: The row.
    """
    match = KEY_LINE.match(row.text)
    return match["key"].strip("\"'") if match and "-" not in match["indent"] else None


def _flaw(row: Row, message: str, todo: str) -> Flaw:
    said = row.text.strip()
    key = KEY_LINE.match(row.text)
    width = key.end("key") - row.depth if key else len(said)
    return Flaw(row.start + row.depth, row.start + row.depth + max(1, width), message, todo)
