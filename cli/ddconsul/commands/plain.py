"""Progress where there is no terminal: a log of plain lines, folded for the CI systems that can do so."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from ddconsul.errors import DdconsulError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ddconsul.ansible.events import Stage

# Some CI systems end a job that says nothing for long: after so many seconds a task is worth a line.
QUIET = 30
# What a CI system folds shows all tasks: who opens it wants to know.
WIDTH = 80


class PlainProgress:
    """A line for each stage, with the time since the beginning.

    Args:
        say: Prints a line.
        clock: Tells the time in seconds.
    """

    verbosity = 0
    every_task = False

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.say = say
        self.clock = clock
        self._begin = self._said = clock()

    def __call__(self, line: str) -> None:
        """Say what goes on from now."""
        self._line(line)

    def task(self, name: str) -> None:
        """Name the task that begins, when nothing was said for long."""
        if name and (self.every_task or self.clock() - self._said >= QUIET):
            self._line(f"  {name}")

    def ansible(self, text: str) -> None:
        """Leave what Ansible prints to the log."""

    def stopping(self, line: str) -> None:
        """Say that the run is being stopped."""
        self._line(line)

    def settle(self) -> None:
        """Make room for a question, or for the end."""

    def fail(self, error: BaseException) -> None:  # noqa: ARG002 — for who shows it
        """Say that it went wrong; the error itself is shown by the command."""
        self.settle()

    def _line(self, text: str) -> None:
        self._said = self.clock()
        seconds = round(self._said - self._begin)
        self.say(f"[{seconds // 60:2}:{seconds % 60:02}] {text}")


class GitHubProgress(PlainProgress):
    """Folded groups and an annotation, as GitHub Actions shows them."""

    every_task = True
    _open = False

    def __call__(self, line: str) -> None:
        """Open a group for what goes on from now."""
        self.settle()
        self.say(f"::group::{line}")
        self._open = True

    def settle(self) -> None:
        """Close the group."""
        if self._open:
            self.say("::endgroup::")
            self._open = False

    def fail(self, error: BaseException) -> None:
        """Annotate the run with what went wrong."""
        self.settle()
        text = sentence(error).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        self.say(f"::error title=ddconsul::{text}")


class GitLabProgress(PlainProgress):
    """Folded sections, as GitLab CI shows them."""

    every_task = True
    _section = ""
    _number = 0

    def __call__(self, line: str) -> None:
        """Open a section for what goes on from now."""
        self.settle()
        self._number += 1
        self._section = f"ddconsul_{self._number}_{re.sub('[^a-z0-9]+', '_', line.lower())[:40].strip('_')}"
        self.say(f"\x1b[0Ksection_start:{int(time.time())}:{self._section}[collapsed=true]\r\x1b[0K{line}")

    def settle(self) -> None:
        """Close the section."""
        if self._section:
            self.say(f"\x1b[0Ksection_end:{int(time.time())}:{self._section}\r\x1b[0K")
            self._section = ""


class AnsibleProgress(PlainProgress):
    """What Ansible prints, instead of stages.

    Args:
        say: Prints a line.
        verbosity: 1 for what Ansible prints by itself, and more for its own `-v`.
    """

    def __init__(self, say: Callable[[str], None], verbosity: int) -> None:
        super().__init__(say)
        self.verbosity = verbosity

    def task(self, name: str) -> None:
        """Leave it: Ansible names its tasks."""

    def ansible(self, text: str) -> None:
        """Print what Ansible prints."""
        self.say(text)


def progress_for(environment: Mapping[str, str], say: Callable[[str], None]) -> PlainProgress:
    """Return the progress for where we run: a CI system that folds, or any other place."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return GitHubProgress(say)
    if environment.get("GITLAB_CI") == "true":
        return GitLabProgress(say)
    return PlainProgress(say)


def sentence(error: BaseException) -> str:
    """Return what a person reads about an error."""
    if isinstance(error, DdconsulError):
        return str(error)
    return "Stopped." if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}"


def short(stage: str) -> str:
    """Return what a stage's sentence begins with, where there is little room: what comes after is detail."""
    return re.split(r" \(|[:,] ", stage)[0]


def took(seconds: float) -> str:
    """Return a time for a person: `12 s`, `3 min 05 s`."""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60:02} s" if whole >= 60 else f"{whole} s"  # noqa: PLR2004 — a minute


def recap_lines(stages: Sequence[Stage], width: int = WIDTH) -> list[str]:
    """Return what a run did, a line for each of its stages: its time, and how many changes it made."""
    if not stages:
        return []
    rows = [(short(stage.name), took(stage.seconds), len(stage.changes)) for stage in stages]
    rows.append(("All together", took(sum(stage.seconds for stage in stages)), sum(row[2] for row in rows)))
    room = min(max(len(name) for name, _, _ in rows), width - 30)
    lines = []
    for name, time_taken, changes in rows:
        label = name if len(name) <= room else f"{name[: room - 1]}…"
        counted = f"{changes:4} {'change' if changes == 1 else 'changes'}" if changes else "   -"
        lines.append(f"  {label:<{room}}  {time_taken:>11}  {counted}")
    return lines
