"""Keys of the municipality file that have another name now, or are gone: one line each, for as long as old files exist.

A file with such a key is refused, with the new name; `ddconsul migrate-file` rewrites it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Renamed:
    """A key that is no longer.

    Args:
        old: The key as it was, dotted: `mail.server`. In a list, for each of its items: `administrators.mail`.
        new: The key that took its place, in the same list if it was in one; "" when nothing did.
        since: The release in which it changed.
        why: What became of it, as a sentence, for a key that nothing took the place of.
    """

    old: str
    new: str
    since: str
    why: str = ""

    def __str__(self) -> str:
        """Return what became of the key."""
        what = f"is called {self.new}" if self.new else "is gone"
        return f"{what} since ddconsul {self.since}"


RENAMED: tuple[Renamed, ...] = ()
