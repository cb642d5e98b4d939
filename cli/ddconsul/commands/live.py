"""Progress on a terminal: what goes on now with its seconds, and how long each thing took."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from ddconsul.commands.plain import short, took

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

# Quicker than this is not worth a number.
WORTH_SAYING = 2


class LiveProgress:
    """Shows one stage at a time as going on, with its task, and then as done.

    Args:
        console: The terminal.
        clock: Tells the time in seconds.
    """

    verbosity = 0

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._live: Live | None = None
        self._spinner = Spinner("line" if console.options.ascii_only else "dots")
        self._line = self._task = ""
        self._begin = 0.0

    def __call__(self, line: str) -> None:
        """Say what goes on from now."""
        self.settle()
        self._line, self._task, self._begin = line, "", self._clock()
        self._live = Live(get_renderable=self.now, console=self._console, refresh_per_second=5, transient=True)
        self._live.start()

    def task(self, name: str) -> None:
        """Name the task that goes on from now."""
        self._task = name

    def ansible(self, text: str) -> None:
        """Leave what Ansible prints to the log."""

    def stopping(self, line: str) -> None:
        """Say that the run is being stopped, in the place of its task."""
        self.task(line)

    def now(self) -> Text:
        """Return the line about what goes on: as wide as the terminal, and no wider."""
        turning = self._spinner.render(self._console.get_time())
        line = Text(self._line)
        if self._task:
            # Its task tells more than the rest of a stage's sentence does.
            line = Text(short(self._line))
            line.truncate(self._console.width // 2, overflow="ellipsis")
            line.append(f" · {self._task}", style="dim")
        line = Text.assemble(turning if isinstance(turning, Text) else "", " ", line, no_wrap=True, end="")
        time_taken = f"  {took(self._clock() - self._begin)}"
        # The last column stays free: some terminals wrap when it is written.
        line.truncate(self._console.width - 1 - len(time_taken), overflow="ellipsis")
        return line.append(time_taken, style="cyan")

    def settle(self, *, failed: bool = False) -> None:
        """Turn what went on into a line that stays; asking a question begins with this."""
        if self._live is None:
            return
        self._live.stop()
        self._live = None
        mark, style = ("✗", "red") if failed else ("✓", "green")
        if self._console.options.ascii_only:
            mark = "x" if failed else "+"
        seconds = self._clock() - self._begin
        time_taken = f"  {took(seconds)}" if seconds >= WORTH_SAYING else ""
        line = Text(self._line)
        if failed and self._task:
            line.append(f" · {self._task}")
        line.truncate(self._console.width - 3 - len(time_taken), overflow="ellipsis")
        self._console.print(Text.assemble((mark, style), " ", line, (time_taken, "dim")), no_wrap=True)

    def fail(self, error: BaseException) -> None:  # noqa: ARG002 — the command shows it
        """Mark what went on as gone wrong."""
        self.settle(failed=True)
