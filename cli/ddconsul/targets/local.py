"""This machine itself as the host."""

from __future__ import annotations

from ddconsul.account import user_name
from ddconsul.targets.base import Connection, Report
from ddconsul.targets.process import Command, Run, run
from ddconsul.targets.ssh import PROBE, qualify


class LocalTarget:
    """This machine.

    Args:
        run: Runs a command.
    """

    def __init__(self, run: Run = run) -> None:
        self._run = run

    def prepare(self, report: Report) -> Connection:
        """Check that this machine qualifies."""
        report("Looking at this machine")
        outcome = self._run(Command(("sh", "-c", PROBE)))
        user = user_name()
        qualify(outcome.out, where="this machine", user=user, sudo=True)
        return Connection("localhost", user=user, become="uid=0\n" not in outcome.out, local=True)

    def public_host(self, domain: str) -> str:
        """Return the domain: this machine answers to its own name."""
        return domain

    def remove(self, report: Report) -> None:
        """Leave this machine alone."""
