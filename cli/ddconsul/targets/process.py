"""Runs other programs: an argv list in, what came out of it back."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIMED_OUT = 124
NOT_FOUND = 127


@dataclass(frozen=True)
class Command:
    """A program to run, as data.

    Attributes:
        argv: The program and its arguments.
        timeout: Seconds until it is stopped.
        stdin: What it reads.
        env: Variables added to our own environment.
    """

    argv: tuple[str, ...]
    timeout: float = 60
    stdin: bytes = b""
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a program ended."""

    code: int
    out: str = ""
    err: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether it succeeded."""
        return self.code == 0

    @property
    def last_words(self) -> str:
        """Return the last line that says something, for an error message."""
        lines = [line.strip() for line in (self.err or self.out).splitlines() if line.strip()]
        return lines[-1] if lines else f"it ended with code {self.code}"


class Run(Protocol):
    """Runs a command; tests put their own in its place."""

    def __call__(self, command: Command) -> Outcome:
        """Run the command and return how it ended; never raises for a command that fails."""


def run(command: Command) -> Outcome:
    """Run the command and return how it ended.

    A program that is not there, or that takes too long, ends with the codes a shell and `timeout` give it.
    """
    try:
        done = subprocess.run(
            command.argv,
            input=command.stdin,
            capture_output=True,
            timeout=command.timeout,
            env={**os.environ, **command.env},
            check=False,
        )
    except FileNotFoundError:
        return Outcome(NOT_FOUND, err=f"{command.argv[0]}: command not found")
    except subprocess.TimeoutExpired:
        return Outcome(TIMED_OUT, err=f"{command.argv[0]} took longer than {command.timeout:.0f} seconds")
    return Outcome(done.returncode, _text(done.stdout), _text(done.stderr))


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")


def argv(*words: str | Sequence[str]) -> tuple[str, ...]:
    """Put words and lists of words one after the other."""
    return tuple(part for word in words for part in ((word,) if isinstance(word, str) else word))
