"""What people and their software write instead of YAML: told as such, and read as it was meant.

So that one tab does not hide all other mistakes in a file.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddconsul.instance.yaml.draft import Edit, Remedy
from ddconsul.instance.yaml.outline import KEY_LINE
from ddconsul.instance.yaml.text import UNSEEN, Flaw, unseen_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.yaml.outline import Outline, Row

# So many spaces a tab may have been meant for.
TABS = (2, 4, 8, 1)

_UNSEEN = UNSEEN.pattern
_START = rf"(?:[ \t]|{_UNSEEN})*"
_KEY = r"[^\W\d]\w*"


@dataclass(frozen=True)
class Habit:
    """A way of writing that is no YAML.

    Args:
        pattern: Where on a line it is; its group `odd` is what is wrong.
        message: What is wrong; `{odd}` is the name of the first letter.
        todo: What to write.
        meant: What was meant; None for what is meant as white space.
        sure: Whether it is wrong whatever else is wrong.
    """

    pattern: re.Pattern[str]
    message: str
    todo: str
    meant: str | None = None
    sure: bool = True


_HABITS = (
    Habit(
        re.compile(rf" *(?P<odd>\t(?:[ \t]|{_UNSEEN})*)(?=[^\s#])"),
        "is indented with a tab",
        "Indent with spaces, not with tabs.",
    ),
    Habit(
        re.compile(rf" *(?P<odd>{_UNSEEN}(?:[ \t]|{_UNSEEN})*)(?=[^\s#])"),
        "is indented with {odd}, which looks like a space or like nothing",
        "Indent with ordinary spaces: type them anew.",
    ),
    Habit(
        re.compile(rf"{_START}(?P<odd>[\u2013\u2014\u2022])(?= |{_UNSEEN})"),
        "begins an item of a list with {odd}",
        "Use an ordinary hyphen: Word makes it longer.",
        "-",
    ),
    Habit(
        re.compile(rf"{_START}-[ \t]*(?P<odd>{_UNSEEN}(?:[ \t]|{_UNSEEN})*)(?=\S)"),
        "has {odd} after the hyphen, which looks like a space or like nothing",
        "Type the space after the hyphen anew.",
    ),
    Habit(
        re.compile(rf"{_START}(?P<odd>[*+] +|[0-9]+[.)] +)(?={_KEY}:(?: |$))"),
        "begins an item of a list with something else than a hyphen",
        "Begin each item with a hyphen and a space.",
        "- ",
        sure=False,
    ),
    Habit(
        re.compile(r"(?P<odd>`{3,}.*|~{3,}.*)"),
        "is a mark of Markdown's, which means nothing in YAML",
        "Remove it.",
        "",
        sure=False,
    ),
    Habit(
        re.compile(rf"(?P<odd>\[{_KEY}\][ \t]*)$"),
        "begins a section as another kind of file does",
        "A section begins with its name and a colon; its keys stand below that, and further in.",
        "",
        sure=False,
    ),
    Habit(
        re.compile(rf"{_START}(?P<odd>//.*)"),
        "begins with //, which means nothing in YAML",
        "A comment begins with a #.",
        "",
        sure=False,
    ),
    Habit(
        re.compile(rf"{_START}(?P<odd>-)(?=[^\W\d])"),
        "has no space after the hyphen",
        "A space goes after the hyphen that begins an item of a list.",
        "- ",
        sure=False,
    ),
    Habit(
        re.compile(rf"{_START}(?:- +)?{_KEY}(?P<odd>:?[{{\[])[ \t]*$"),
        "has a bracket behind the key",
        "Behind the name of a section goes a colon alone; its keys stand below that.",
        ":",
        sure=False,
    ),
    Habit(
        re.compile(rf"{_START}(?:- +)?{_KEY}(?P<odd> *:(?=[^\s:/]))"),
        "has no space after the colon",
        "A space goes after the colon behind a key.",
        ": ",
        sure=False,
    ),
    Habit(
        re.compile(rf"{_START}(?:- +)?{_KEY}(?P<odd> *(?:[=;\uff1a]|->|=>|:=) *)(?=\S|$)"),
        "has no ordinary colon behind the key",
        "Behind a key go a colon and a space.",
        ": ",
        sure=False,
    ),
    Habit(
        re.compile(rf"{_START}(?:- +)?{_KEY}:(?P<odd>{_UNSEEN}+)"),
        "has {odd} after the colon, which looks like a space or like nothing",
        "Type the space after the colon anew.",
        " ",
    ),
)


def habits(outline: Outline, tab: int) -> list[Remedy]:
    """Return what is written in no YAML's way, whatever else is wrong.

    Args:
        outline: The rows of the text.
        tab: How many spaces a tab stands for.
    """
    rows = [row for row in outline.rows if row.kind == "plain"]
    return [remedy for row in rows for remedy in habits_of(row, tab, sure=True)]


def habits_of(row: Row, tab: int = 1, *, sure: bool) -> Iterator[Remedy]:
    """Yield what of a row is written in no YAML's way.

    Args:
        row: The row.
        tab: How many spaces a tab stands for.
        sure: Whether it is wrong whatever else is wrong, or only where something does not fit.
    """
    for habit in _HABITS:
        match = habit.pattern.match(row.text) if habit.sure == sure else None
        if match is None:
            continue
        start, end = (row.start + place for place in match.span("odd"))
        odd = match["odd"]
        plain = habit.meant if habit.meant is not None else "".join(_space(letter, tab) for letter in odd)
        flaw = Flaw(start, end, habit.message.format(odd=unseen_name(odd[0])), habit.todo)
        yield Remedy(flaw, (Edit(start, end, plain),))


def _space(letter: str, tab: int) -> str:
    """Return what was meant by a letter that is white space to whoever wrote it."""
    if letter == "\t":
        return " " * tab
    return " " if unicodedata.category(letter) == "Zs" else ""


def oddly_indented(outline: Outline) -> bool:
    """Tell whether a key or item begins with what means nothing to YAML, which takes it for a part of the key."""
    return any(
        match is not None and re.match(r"[\w\"']+:|- |[ ]", row.text[match.end() :][:80])
        for row in outline.rows
        for match in (habit.pattern.match(row.text) for habit in _HABITS[1:4])
        if row.kind == "plain"
    )


# Where a tab does no harm: behind a key or hyphen, at the end of a line, and before a comment.
_BEHIND = re.compile(r" *(?:-[ \t]+)*(?:[\w.'\"/-]+[ \t]*:[ \t]+)?")
_TRAILING = re.compile(r"\t+[ \t]*$")


def harmless_tabs(outline: Outline) -> list[Edit]:
    """Return the edits for tabs that YAML allows, and its parser here does not."""
    return [edit for row in outline.rows if "\t" in row.text for edit in _harmless(row)]


def _harmless(row: Row) -> Iterator[Edit]:
    says = row.text.strip()
    if row.kind == "blank" or not says:
        yield Edit(row.start, row.end, row.text.replace("\t", " "))
    elif row.kind == "plain" and not row.text.lstrip(" ").startswith("\t"):
        head = _BEHIND.match(row.text)
        done = head.end() if head else 0
        rest = row.text[done:]
        # Where quotes are, a # may belong to a text.
        if not re.search("[\"']", rest):
            rest = re.sub(r"[ \t](?=[ \t]*#)", " ", rest)
        text = row.text[:done].replace("\t", " ") + rest
        text = text.rstrip(" \t").ljust(len(text))
        if text != row.text:
            yield Edit(row.start, row.end, text)


_DOCUMENT = re.compile(r"(?:---|\.\.\.)(?=[ \t]|$)")
_ANOTHER = "is not valid YAML: a second document begins"
_ONE_DOCUMENT = "Remove this line: a municipality file holds one document, and what stands below it belongs to that."
_GIT = re.compile(r"(<{7}|={7}|>{7}|\|{7})(?=[ \t]|$)")
_GIT_TODO = "Keep one of the two versions, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>."

_GIT_ALONE = (
    "is a mark that git leaves between two versions of the same lines",
    "Remove it, and look whether the lines around it stand there twice.",
)


def documents(outline: Outline) -> Iterator[Remedy]:
    """Yield where a document begins below another one.

    Args:
        outline: The rows of the text.
    """
    rows = outline.rows
    between: list[Row] = []
    above = False
    for row in rows:
        if _DOCUMENT.match(row.text):
            between.append(row)
        elif row.kind != "blank" and not row.text.startswith("%"):
            # The line that ends a document is no fault, until something comes after it.
            if (above and between) or sum(mark.text[0] == "-" for mark in between) > 1:
                yield _document(rows, between)
            between, above = [], True
    # An empty document is one as well.
    if above and any(row.text[0] == "-" for row in between):
        yield _document(rows, between)


def _document(rows: list[Row], between: list[Row]) -> Remedy:
    """Return what makes one document of two; of a section that stands in both, the first is read."""
    mark = next((row for row in reversed(between) if row.text[0] == "-"), between[0])
    above, below = (_sections(rows, after=side, mark=mark) for side in (False, True))
    edits = [Edit(row.start, row.start + 3, "   ") for row in between]
    twice = [name for name in below if name in above]
    for name in twice:
        edits += [Edit(row.start, row.end, " " * len(row.text)) for row in below[name]]
    todo = _ONE_DOCUMENT
    if twice:
        todo = f"A municipality file holds one document: of {', '.join(twice)}, which stand above and below, keep one."
    return Remedy(Flaw(mark.start, mark.start + 3, _ANOTHER, todo), tuple(sorted(edits)))


def _sections(rows: list[Row], mark: Row, *, after: bool) -> dict[str, list[Row]]:
    """Return the rows of each section above a mark, or below it as far as the next one."""
    found: dict[str, list[Row]] = {}
    name = ""
    for row in rows:
        if (row.start > mark.start) != after or row == mark:
            continue
        if _DOCUMENT.match(row.text):
            if after:
                break
            continue
        key = KEY_LINE.match(row.text) if row.kind == "plain" and row.depth == 0 else None
        name = key["key"] if key else name
        if name:
            found.setdefault(name, []).append(row)
    return found


def merges(outline: Outline) -> Iterator[Remedy]:
    """Yield where git left two versions: the first of them is read on in.

    Args:
        outline: The rows of the text.
    """
    rows = outline.rows
    number = 0
    while number < len(rows):
        found = _GIT.match(rows[number].text)
        if found and rows[number].kind != "text":
            last, edits = _merge(rows, number)
            row = rows[number]
            what = f"is a mark of git's: as far as line {last + 1}, two versions stand below each other"
            said = (what, _GIT_TODO) if last > number else _GIT_ALONE
            yield Remedy(Flaw(row.start, row.start + 7, *said), tuple(edits))
            number = last
        number += 1


def _merge(rows: list[Row], number: int) -> tuple[int, list[Edit]]:
    """Return the last row of a merge, and the edits that leave its first version."""
    signs = {}
    for other in range(number, len(rows)):
        found = _GIT.match(rows[other].text)
        if found and found[1][0] == "<" and other > number:
            break
        if found:
            signs[found[1][0]] = other
            if found[1][0] == ">":
                break
    whole = list(signs)[:1] == ["<"] and {"<", "=", ">"} <= set(signs)
    middle = min(signs.get("|", len(rows)), signs.get("=", len(rows)))
    gone = [number, *range(middle, signs[">"] + 1)] if whole else [number]
    return gone[-1], [Edit(rows[row].start, rows[row].end, " " * len(rows[row].text)) for row in gone]
