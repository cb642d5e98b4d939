"""The one place that calls podman."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ddconsul.targets.base import TargetError
from ddconsul.targets.machine import Machine, check, environment, global_flags
from ddconsul.targets.process import Command, Outcome, Run, argv, run

if TYPE_CHECKING:
    from collections.abc import Iterator


class Podman:
    """Podman on this machine.

    Args:
        machine: What this machine is.
        run: Runs a command.
    """

    def __init__(self, machine: Machine, run: Run = run) -> None:
        self.machine = machine
        self._run = run

    def command(self, *words: str, runtime: str = "", stdin: bytes = b"", timeout: float = 60) -> Command:
        """Build a call of podman."""
        chosen = ("--runtime", runtime) if runtime else ()
        flags = argv(global_flags(self.machine), chosen)
        return Command(("podman", *flags, *words), timeout=timeout, stdin=stdin, env=environment(self.machine))

    def try_(self, *words: str, runtime: str = "", stdin: bytes = b"", timeout: float = 60) -> Outcome:
        """Call podman and return how it ended."""
        return self._run(self.command(*words, runtime=runtime, stdin=stdin, timeout=timeout))

    def do(self, *words: str, runtime: str = "", stdin: bytes = b"", timeout: float = 60) -> str:
        """Call podman and return what it printed.

        Raises:
            TargetError: It failed; podman's own last words are in it.
        """
        outcome = self.try_(*words, runtime=runtime, stdin=stdin, timeout=timeout)
        if not outcome.ok:
            check(self.machine)
            raise TargetError(
                f"podman {words[0]} failed: {outcome.last_words}",
                "this machine",
                f"Try it by hand: podman {' '.join(words)}",
            )
        return outcome.out

    def exists(self, image: str) -> bool:
        """Tell whether an image is here."""
        return self.try_("image", "exists", image).ok

    def inspect(self, container: str) -> dict[str, Any] | None:
        """Return what podman knows about a container, or None when it is not there."""
        outcome = self.try_("container", "inspect", container)
        if not outcome.ok:
            return None
        found: list[dict[str, Any]] = json.loads(outcome.out)
        return found[0]

    def made(self, container: str) -> datetime | None:
        """Return when a container was made, or None when it is not there."""
        found = self.inspect(container)
        return datetime.fromisoformat(found["Created"]) if found else None

    def follow(self, *words: str) -> Iterator[str]:
        """Call podman and yield the lines it prints while it runs; whoever stops reading, stops it."""
        command = self.command(*words)
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command.argv, env={**os.environ, **command.env}, stdout=pipe, stderr=subprocess.STDOUT
        ) as child:
            try:
                for line in child.stdout or ():
                    yield line.decode(errors="replace").rstrip("\n")
            finally:
                child.terminate()

    def containers(self, label: str) -> list[dict[str, Any]]:
        """Return the containers that have a label, running or not."""
        found: list[dict[str, Any]] = json.loads(
            self.do("ps", "--all", "--filter", f"label={label}", "--format", "json")
        )
        return found
