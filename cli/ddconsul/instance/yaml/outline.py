"""The lines of a text as whoever wrote it saw them: what begins a key, what goes on inside quotes, brackets or a text.

The parser takes everything for a part of quotes that are not closed. Here they end where the next key begins.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# A key where a key may be; what stands behind it is of no importance.
KEY_LINE = re.compile(r"(?P<indent> *(?:- +)*)(?P<key>\"[\w .'/-]+\"|'[\w .\"/-]+'|[^\W\d][\w.'/-]*)[ \t]*:(?:\s|$)")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$")
_SPACE = ("", " ", "\t")
_CLOSES = {"]": "[", "}": "{"}


class Row(NamedTuple):
    """A line.

    Args:
        start: How many letters stand before it.
        end: How many stand before what ends it.
        depth: How many spaces it begins with.
        kind: `plain`, `blank` (a comment as well), `inside` (of quotes or brackets), or `text` (of more lines).
        text: What stands on it.
    """

    start: int
    end: int
    depth: int
    kind: str
    text: str


class Opened(NamedTuple):
    """Quotes or a bracket that are not closed.

    Args:
        start: How many letters stand before the sign.
        sign: The sign.
        first: The number of its row.
        last: The number of the last row that would be inside.
        closes: What closes all that is open there.
    """

    start: int
    sign: str
    first: int
    last: int
    closes: str


class Outline:
    """The rows of a text, and what is opened in it and not closed.

    Args:
        text: The text.
        line: The number of its first line in the file.
    """

    def __init__(self, text: str, line: int = 1) -> None:
        self.text, self.line = text, line
        self.rows: list[Row] = []
        self.opened: list[Opened] = []
        self._quote = ""
        self._brackets: list[str] = []
        self._from, self._first, self._sign = 0, 0, ""
        # The column of the key that a text of more lines hangs from.
        self._block: int | None = None
        # Where a line begins with what closes a bracket.
        self._closing = [(match.end(), match[1]) for match in re.finditer(r"^[ \t]*([]}])", text, re.MULTILINE)]
        self._spread = False
        for match in re.finditer(r"([^\r\n]*)(\r\n|\r|\n|$)", text):
            if match[0] or not self.rows:
                self._add(match.start(), match[1])
        if self._open:
            self._give_up()

    @property
    def _open(self) -> bool:
        return bool(self._quote or self._brackets)

    def row_at(self, index: int) -> int:
        """Return the number of the row that a letter stands on."""
        found = 0
        for number, row in enumerate(self.rows):
            if row.start > index:
                break
            found = number
        return found

    def content_before(self, number: int) -> int | None:
        """Return the number of the last row before one, on which something stands; None when there is none."""
        return next((other for other in range(number - 1, -1, -1) if self.rows[other].kind != "blank"), None)

    def below(self, number: int) -> int:
        """Return the number of the last row that hangs from one: what is further in, or inside of what it opens."""
        last, depth = number, self.rows[number].depth
        for other in range(number + 1, len(self.rows)):
            row = self.rows[other]
            if row.kind == "plain" and row.depth <= depth:
                break
            if row.kind != "blank":
                last = other
        return last

    def _add(self, start: int, line: str) -> None:
        depth = len(line) - len(line.lstrip(" "))
        kind = self._kind(line, depth)
        self.rows.append(Row(start, start + len(line), depth, kind, line))
        if kind in {"plain", "inside"}:
            self._scan(start, line, depth if kind == "plain" else 0)

    def _kind(self, line: str, depth: int) -> str:
        says = line.strip()
        if self._block is not None:
            if not says or depth > self._block:
                return "text"
            self._block = None
        if self._open and not self._spread and KEY_LINE.match(line) and depth <= self._column():
            self._give_up()
        if self._quote:
            return "inside"
        if not says or says.startswith("#"):
            return "blank"
        return "inside" if self._brackets else "plain"

    def _column(self) -> int:
        """Return the column of the key in which something is open."""
        row = self.rows[self._first]
        head = KEY_LINE.match(row.text)
        return len(head["indent"]) if head else row.depth

    def _give_up(self) -> None:
        """Note what is open, and go on as if it was closed."""
        closes = self._quote + "".join("]" if sign == "[" else "}" for sign in reversed(self._brackets))
        self.opened.append(Opened(self._from, self._sign, self._first, len(self.rows) - 1, closes))
        self._quote, self._brackets, self._spread = "", [], False

    def _scan(self, start: int, line: str, column: int) -> None:
        """Follow quotes and brackets over a line."""
        # Whether a key or value may begin here, and where the last key or hyphen stands.
        begins, index, first = True, column, column
        while index < len(line):
            if self._quote:
                index, begins = self._past_quotes(line, index), False
                continue
            letter, alone = line[index], line[index + 1 : index + 2] in _SPACE
            if letter == "#" and line[index - 1 : index] in _SPACE:
                return
            if begins and not self._brackets and _BLOCK.match(line, index):
                self._block = first
                return
            if letter in "\"'[]{}," and (begins or self._brackets):
                begins = self._follow(letter, start + index, begins=begins)
            elif letter == ":" and alone:
                begins = True
            elif begins and letter in "-?" and alone and not self._brackets:
                first = index
            elif begins and letter in "&!":
                index += len(line[index:].split(None, 1)[0]) - 1
            elif begins and letter not in _SPACE:
                first, begins = (first if self._brackets else index), False
            index += 1

    def _follow(self, letter: str, index: int, *, begins: bool) -> bool:
        """Note a sign that opens or closes something; return whether a key or value may begin behind it."""
        if letter in "\"'":
            if begins:
                self._opens(index, letter)
                self._quote = letter
            return False
        if letter in "[{":
            self._opens(index, letter)
            if not self._brackets:
                self._spread = self._is_spread(index, letter)
            self._brackets.append(letter)
        elif letter in "]}" and self._brackets[-1:] == [_CLOSES[letter]]:
            self._brackets.pop()
            self._spread = self._spread and bool(self._brackets)
            return False
        return True

    def _is_spread(self, index: int, sign: str) -> bool:
        """Tell whether a bracket ends its line, and what closes it begins another: keys may stand between."""
        alone = self.rows[-1].text[index + 1 - self.rows[-1].start :].split("#", 1)[0].strip() == ""
        return alone and any(end > index and _CLOSES[letter] == sign for end, letter in self._closing)

    def _opens(self, index: int, sign: str) -> None:
        if not self._open:
            self._from, self._sign, self._first = index, sign, len(self.rows) - 1

    def _past_quotes(self, line: str, index: int) -> int:
        """Return where in a line the open quotes end; its length when they do not."""
        pattern = r"(?:[^\"\\]|\\.)*" if self._quote == '"' else r"(?:[^']|'')*"
        found = re.compile(pattern).match(line, index)
        end = found.end() if found else index
        if line[end : end + 1] != self._quote:
            return len(line)
        self._quote = ""
        return end + 1
