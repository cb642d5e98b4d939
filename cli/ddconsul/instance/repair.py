"""What people and their software write instead of YAML: told as such, and read as it was meant.

So that one tab does not hide all other mistakes in a file.
"""

from __future__ import annotations

import bisect
import re
import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddconsul.instance.text import UNSEEN, Flaw, unseen_name

if TYPE_CHECKING:
    from collections.abc import Iterable

# So many spaces a tab may have been meant for.
TABS = (2, 4, 8, 1)

_UNSEEN = UNSEEN.pattern
_START = rf"^(?:[ \t]|{_UNSEEN})*"
_KEY = r"[A-Za-z_]\w*"


@dataclass(frozen=True)
class Habit:
    """A way of writing that is no YAML.

    Args:
        pattern: Where it is; its group `odd` is what is wrong.
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
        re.compile(rf"^ *(?P<odd>\t(?:[ \t]|{_UNSEEN})*)(?=[^\s#])", re.MULTILINE),
        "is indented with a tab",
        "Indent with spaces, not with tabs.",
    ),
    Habit(
        re.compile(rf"^ *(?P<odd>{_UNSEEN}(?:[ \t]|{_UNSEEN})*)(?=[^\s#])", re.MULTILINE),
        "is indented with {odd}, which looks like a space or like nothing",
        "Indent with ordinary spaces: type them anew.",
    ),
    Habit(
        re.compile(rf"{_START}(?P<odd>[\u2013\u2014\u2022])(?= |{_UNSEEN})", re.MULTILINE),
        "begins an item of a list with {odd}",
        "Use an ordinary hyphen: Word makes it longer.",
        "-",
    ),
    Habit(
        re.compile(rf"{_START}(?P<odd>-)(?={_KEY}:(?: |$))", re.MULTILINE),
        "has no space after the hyphen",
        "A space goes after the hyphen that begins an item of a list.",
        "- ",
        sure=False,
    ),
    Habit(
        re.compile(rf"{_START}(?:- +)?{_KEY}(?P<odd>:(?=[^\s:/]))", re.MULTILINE),
        "has no space after the colon",
        "A space goes after the colon behind a key.",
        ": ",
        sure=False,
    ),
    Habit(
        re.compile(rf"{_START}(?:- +)?{_KEY}(?P<odd> *[=\uff1a] *)(?=\S)", re.MULTILINE),
        "has no ordinary colon behind the key",
        "Behind a key go a colon and a space.",
        ": ",
        sure=False,
    ),
    Habit(
        re.compile(rf"{_START}(?:- +)?{_KEY}:(?P<odd>{_UNSEEN}+)", re.MULTILINE),
        "has {odd} after the colon, which looks like a space or like nothing",
        "Type the space after the colon anew.",
        " ",
    ),
)


@dataclass(frozen=True)
class Repaired:
    """A text as it was meant.

    Args:
        text: The text.
        flaws: What was written otherwise, in the original.
        shifts: Where, in this text, it is so many letters ahead of the original.
    """

    text: str
    flaws: tuple[Flaw, ...] = ()
    shifts: tuple[tuple[int, int], ...] = ()

    def original(self, index: int) -> int:
        """Return where in the original a letter of this text stands."""
        number = bisect.bisect_right(self.shifts, (index, sys.maxsize))
        return index - self.shifts[number - 1][1] if number else index


def repair(text: str, tab: int, *, sure: bool = False) -> Repaired:
    """Return the text as it was meant.

    Args:
        text: The text.
        tab: How many spaces a tab stands for.
        sure: Whether to leave alone what is wrong in some places only.
    """
    parts: list[str] = []
    flaws: list[Flaw] = []
    shifts: list[tuple[int, int]] = []
    done = ahead = 0
    for start, end, habit in sorted(_found(text, sure=sure), key=lambda found: found[:2]):
        odd = text[start:end]
        plain = habit.meant if habit.meant is not None else "".join(_space(letter, tab) for letter in odd)
        flaws.append(Flaw(start, end, habit.message.format(odd=unseen_name(odd[0])), habit.todo))
        parts += [text[done:start], plain]
        done, ahead = end, ahead + len(plain) - (end - start)
        shifts.append((end + ahead, ahead))
    return Repaired("".join([*parts, text[done:]]), tuple(flaws), tuple(shifts))


def _found(text: str, *, sure: bool) -> Iterable[tuple[int, int, Habit]]:
    for habit in _HABITS:
        if habit.sure or not sure:
            yield from ((*match.span("odd"), habit) for match in habit.pattern.finditer(text))


def _space(letter: str, tab: int) -> str:
    """Return what was meant by a letter that is white space to whoever wrote it."""
    if letter == "\t":
        return " " * tab
    return " " if unicodedata.category(letter) == "Zs" else ""


def oddly_indented(text: str) -> bool:
    """Tell whether a key or item begins with what means nothing to YAML, which takes it for a part of the key."""
    return any(
        re.match(r"[\w\"']+:|- |[ ]", text[match.end() :][:80])
        for habit in _HABITS[1:3]
        for match in habit.pattern.finditer(text)
    )
