"""Problems in a municipality file: each has a place, the value, and what is allowed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ddconsul.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    """

    file: str
    line: int
    column: int
    key: str
    message: str
    todo: str = ""

    def __str__(self) -> str:
        """Return the problem as `file:line:column: key message`, and what to do on a line of its own."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        text = f"{place}: {self.key} {self.message}" if self.key else f"{place}: {self.message}"
        return f"{text}\n  {self.todo}" if self.todo else text

    def as_dict(self) -> dict[str, object]:
        """Return the problem as `--json` shows it."""
        return asdict(self)


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
        return "\n".join([*map(str, self.problems), *count])

    def as_dict(self) -> dict[str, object]:
        """Return the error as `--json` shows it."""
        return {**super().as_dict(), "problems": [problem.as_dict() for problem in self.problems]}


def shown(value: object, limit: int = 60) -> str:
    """Return a value as a message shows it: quoted, on one line, not too long."""
    if value is None:
        return "(empty)"
    if isinstance(value, Path):
        value = str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
