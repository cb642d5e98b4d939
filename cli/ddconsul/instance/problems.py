"""Problems in a municipality file: each has a place, the value, and what is allowed."""

from __future__ import annotations

import difflib
import re
import textwrap
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ddconsul.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_WIDEST = 100
# The same said of more places than this is said once: between fifty lines with a tab, nobody finds the other mistake.
_MOST_ALIKE = 3
_COLUMNS = 80
# Each word is looked at once, from its start and without going back in it: a line may be very long.
_SECRET = re.compile(
    r"""(?ix) ( (?! \b tokens ["']? \s* : ) # a package of design tokens is no secret
                (?<! [\w-] ) (?= [\w-]* (?: pas+w | wacht?woord | passphrase | secret | geheim | token | api_?key ) )
                [\w-]++ ["']?+ \s*+ [:=] \s*+ ) (\S.*)
    | ( ://[^/\s:@]* : ) ( [^/\s]+ ) (?=@)"""
)


@dataclass(frozen=True)
class Problem:
    """One thing to put right in a file.

    Args:
        file: The file, as the user named it.
        line: Line, from 1; 0 when the problem is the file itself.
        column: Column, from 1.
        key: Where in the file's structure, such as `target.host`.
        message: What is wrong.
        todo: What is allowed, or what to do.
        rule: What kind of problem it is: see RULES.
        width: How many letters of the line it is about.
        source: The line.
    """

    file: str
    line: int
    column: int
    key: str
    message: str
    todo: str = ""
    rule: str = "value"
    width: int = 1
    source: str = ""

    @property
    def place(self) -> str:
        """Return `file:line:column`."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    @property
    def sentence(self) -> str:
        """Return the key and what is wrong with it."""
        return f"{self.key} {self.message}" if self.key else self.message

    def excerpt(self) -> tuple[str, str] | None:
        """Return the line and, under it, carets; without a secret that stands there."""
        if not self.line or not self.source.strip():
            return None
        source, start, width = _window(without_secrets(self.source), self.column - 1, self.width)
        number = f"{self.line:4} | "
        margin = "".join("\t" if letter == "\t" else " " * _cells(letter) for letter in source[:start])
        carets = "^" * max(1, sum(map(_cells, source[start : start + width])))
        return number + printable(source), f"{'| ':>{len(number)}}{margin}{carets}"

    def __str__(self) -> str:
        """Return the problem as `file:line:column: key message`, the line itself, and what to do."""
        parts = [f"{self.place}: {self.sentence}", *(self.excerpt() or ())]
        return "\n".join([*parts, f"  {self.todo}"] if self.todo else parts)

    def as_dict(self) -> dict[str, object]:
        """Return the problem as `--json` shows it."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end_column": self.column + self.width if self.line else 0,
            "key": self.key,
            "message": self.message,
            "todo": self.todo,
            "rule": self.rule,
            "source": without_secrets(self.source),
        }


RULES = {
    "file": "The file can be read.",
    "encoding": "The file is UTF-8, and holds no character that YAML does not allow.",
    "syntax": "The file is YAML, of the plain kind.",
    "unknown-key": "Each key is one that ddconsul knows.",
    "duplicate-key": "A key stands in its section once.",
    "retired-key": "A key has the name that it has now.",
    "missing": "What is required is there.",
    "value": "Each value is of the kind that its key asks for.",
    "contradiction": "What stands in one place agrees with what stands in another.",
    "contrast": "Colours can be told apart as WCAG 2.2 AA asks.",
    "unfinished": "What inhabitants will read on a public site is finished, and the municipality's own.",
    "clash": "Two files do not describe the same site.",
    "advice": "Allowed, but worth a word.",
}
"""The kinds of problem, each with what holds when there is none."""


class InvalidFileError(InputError):
    """A municipality file with problems: all of them at once.

    Args:
        problems: At least one problem, in the order of the file.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        super().__init__(f"{count} in {self.problems[0].file}")

    def __str__(self) -> str:
        """Return every problem, and when there are several, how many."""
        count = [self.what] if len(self.problems) > 1 else []
        told = ("\n".join([str(problem), *others]) for problem, others in told_once(self.problems))
        return "\n".join([*told, *count])

    def as_dict(self) -> dict[str, object]:
        """Return the error as `--json` shows it."""
        return {**super().as_dict(), "problems": [problem.as_dict() for problem in self.problems]}


def told_once(problems: Iterable[Problem]) -> Iterator[tuple[Problem, list[str]]]:
    """Yield problems as a person reads them: what is wrong with many lines alike once, and then where else.

    Args:
        problems: Problems, in the order in which they are told.

    Yields:
        The problem, and the lines of text that come after it: mostly none.
    """
    problems = list(problems)
    alike: defaultdict[tuple[str, ...], list[Problem]] = defaultdict(list)
    for problem in problems:
        alike[_said(problem)].append(problem)
    for problem in problems:
        first, *others = alike[_said(problem)]
        if len(others) < _MOST_ALIKE:
            yield problem, []
        elif problem is first:
            lines = list(dict.fromkeys(other.line for other in others))
            text = f"The same in {len(others)} more places, on line{'s' if len(lines) > 1 else ''} {spans(lines)}."
            yield problem, textwrap.wrap(text, _COLUMNS, initial_indent="  ", subsequent_indent="  ")


def _said(problem: Problem) -> tuple[str, ...]:
    return problem.file, problem.key, problem.message, problem.todo


def spans(numbers: Sequence[int]) -> str:
    """Return rising numbers as a person writes them: 1-3, 5."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(f"{span[0]}-{span[-1]}" if len(span) > 1 else str(span[0]) for span in found)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in the order of the file, each once."""
    return sorted(dict.fromkeys(problems), key=lambda problem: (problem.line, problem.column))


def shown(value: object, limit: int = 60) -> str:
    """Return a value as a message shows it: quoted, on one line, not too long."""
    if value is None:
        return "(empty)"
    if isinstance(value, Path):
        value = str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    text = printable(without_secrets(text))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def nearest(name: object, known: Iterable[str]) -> str | None:
    """Return the known name that somebody who wrote another one is likeliest to have meant."""
    if not isinstance(name, str):
        return None
    plain = {other.lower(): other for other in known}
    close = difflib.get_close_matches(name.strip().lower()[:100], plain, n=1, cutoff=0.6)
    return plain[close[0]] if close else None


@lru_cache(maxsize=8)
def without_secrets(text: str) -> str:
    """Return a line without the password that somebody wrote in it by mistake."""
    return _SECRET.sub(lambda match: (match[1] or match[3]) + "***", text)


def _window(source: str, start: int, width: int) -> tuple[str, int, int]:
    """Cut a very long line to what is around the place."""
    if len(source) <= _WIDEST:
        return source, start, width
    begin = max(0, min(start - 30, len(source) - _WIDEST))
    before, after = ("…" if begin else ""), ("…" if begin + _WIDEST < len(source) else "")
    cut = source[begin : begin + _WIDEST]
    start = min(start - begin, len(cut))
    return before + cut + after, start + len(before), min(width, len(cut) - start)


def _cells(letter: str) -> int:
    """Return how many columns of a terminal a letter takes."""
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def printable(text: str) -> str:
    """Return a text that a terminal shows as it is: nothing in it moves the cursor, or hides."""
    return "".join(letter if letter.isprintable() or letter == "\t" else "\N{REPLACEMENT CHARACTER}" for letter in text)
