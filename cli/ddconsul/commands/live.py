"""Progress on a terminal: what goes on now with a spinner, and how long each thing took."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.status import Status

# Quicker than this is not worth a number.
WORTH_SAYING = 2


class LiveProgress:
    """Shows one line at a time as going on, and then as done.

    Args:
        console: The terminal.
        clock: Tells the time in seconds.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._status: Status | None = None
        self._line = ""
        self._begin = 0.0

    def __call__(self, line: str) -> None:
        """Say what goes on from now."""
        self.settle()
        self._line, self._begin = line, self._clock()
        self._status = self._console.status(_plain(line))
        self._status.start()

    def settle(self, mark: str = "[green]✓[/]") -> None:
        """Turn what went on into a line that stays; asking a question begins with this."""
        if self._status is None:
            return
        self._status.stop()
        self._status = None
        seconds = self._clock() - self._begin
        took = f" [dim]{seconds:.0f} s[/]" if seconds >= WORTH_SAYING else ""
        self._console.print(f"{mark} {_plain(self._line)}{took}", highlight=False)


@contextmanager
def live_progress() -> Iterator[LiveProgress]:
    """Show progress on the terminal until the end, or until something goes wrong."""
    progress = LiveProgress(Console())
    try:
        yield progress
    except BaseException:
        progress.settle("[red]✗[/]")
        raise
    progress.settle()


def _plain(line: str) -> str:
    """Keep brackets in a line from being read as rich's markup."""
    return line.replace("[", r"\[")
