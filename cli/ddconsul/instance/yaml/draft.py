"""A text that is put right step by step, and where each of its letters stood at first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ddconsul.instance.yaml.text import Flaw

if TYPE_CHECKING:
    from collections.abc import Iterable


class Edit(NamedTuple):
    """A stretch of a text with something else in its place."""

    start: int
    end: int
    text: str


class Remedy(NamedTuple):
    """A fault, and what makes the rest of the text readable.

    Args:
        flaw: What is wrong, and where.
        edits: What to write instead, in the order of the text.
        lost: The stretch that says nothing any more: it could not be read.
    """

    flaw: Flaw
    edits: tuple[Edit, ...]
    lost: tuple[int, int] | None = None

    def at(self, start: int) -> Remedy:
        """Return the same remedy for a text of which this one is a part.

        Args:
            start: Where the part begins.
        """
        flaw = self.flaw._replace(start=self.flaw.start + start, end=self.flaw.end + start)
        edits = tuple(Edit(edit.start + start, edit.end + start, edit.text) for edit in self.edits)
        return Remedy(flaw, edits, (self.lost[0] + start, self.lost[1] + start) if self.lost else None)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made.

    Args:
        text: The text.
        edits: What to write instead, in the order of the text.
    """
    parts, done = [], 0
    for start, end, new in edits:
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


def blanked(text: str, start: int, end: int) -> Edit:
    """Return the edit that leaves nothing of a stretch but its lines."""
    return Edit(start, end, re.sub(r"[^\r\n]", " ", text[start:end]))


class Draft:
    """A text on its way to what was meant.

    Args:
        text: The text as it stands in the file.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        # How often the parser stumbled.
        self.stumbles = 0
        # How many letters it went through for that.
        self.looked_at = 0
        self.flaws: list[Flaw] = []
        self.lost: list[tuple[int, int]] = []
        # How many stretches were left out, for want of time.
        self.given_up = 0
        self._origins = list(range(len(text) + 1))

    def original(self, index: int) -> int:
        """Return where a letter stood at first."""
        return self._origins[min(index, len(self.text))]

    def change(self, edits: Iterable[Edit]) -> None:
        """Make edits of which nothing needs to be said."""
        made = sorted(edits)
        origins, done = [], 0
        for start, end, new in made:
            same = len(new) == end - start
            origins += self._origins[done:start]
            origins += self._origins[start:end] if same else [self._origins[start]] * len(new)
            done = end
        self.text = edited(self.text, made)
        self._origins = origins + self._origins[done:]

    def note(self, flaw: Flaw) -> None:
        """Note what is wrong with the text as it is now."""
        start, end = self.original(flaw.start), self.original(max(flaw.start, flaw.end - 1)) + 1
        self.flaws.append(Flaw(start, max(end, start + 1), flaw.message, flaw.todo))

    def mend(self, found: Iterable[Remedy]) -> None:
        """Note faults, and go on without them.

        Args:
            found: What mends each of them, in the text as it is now.
        """
        every = sorted(found, key=lambda remedy: remedy.flaw.start)
        for remedy in every:
            self.note(remedy.flaw)
            if remedy.lost:
                self.lost.append((self.original(remedy.lost[0]), self.original(remedy.lost[1])))
        self.change(edit for remedy in every for edit in remedy.edits)

    def give_up(self, start: int, end: int) -> None:
        """Go on without a stretch of the text; that it was left out is said once."""
        if not self.given_up:
            what = "is where more goes wrong in the YAML than can be told at once"
            self.note(Flaw(start, start + 1, what, "Put right what is told above first."))
        self.given_up += 1
        self.lose(start, end)

    def lose(self, start: int, end: int) -> None:
        """Go on without a stretch of the text."""
        self.lost.append((self.original(start), self.original(end)))
        self.change([blanked(self.text, start, end)])

    def take(self, other: Draft) -> None:
        """Become what another draft became."""
        self.text, self._origins = other.text, other._origins
        self.stumbles, self.looked_at, self.given_up = other.stumbles, other.looked_at, other.given_up
        self.flaws, self.lost = [*other.flaws], [*other.lost]

    def copy(self) -> Draft:
        """Return a draft that goes its own way."""
        other = Draft("")
        other.take(self)
        return other
