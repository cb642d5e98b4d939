"""What every target can do, and how a host is reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ddconsul.errors import UnreachableError

if TYPE_CHECKING:
    from pathlib import Path

Report = Callable[[str], None]
"""Takes one line about what is going on, for a person to read."""


class TargetError(UnreachableError):
    """A target could not be made or reached.

    Args:
        what: What is wrong, as a sentence.
        where: The host, container or file it is about.
        what_to_do: How to put it right, with the command where there is one.
    """

    def __init__(self, what: str, where: str, what_to_do: str) -> None:
        super().__init__(what, where, what_to_do)


@dataclass(frozen=True)
class Connection:
    """How to reach a host that is ready.

    Attributes:
        host: Host name or address.
        port: Port of its SSH server.
        user: User to log in as.
        private_key: Key to log in with; None leaves the choice to ssh (agent, configuration).
        known_hosts: File that the host's key is checked against; None leaves it to ssh.
        become: Whether the user must become root with sudo.
        local: Whether the host is this machine, without SSH.
    """

    host: str
    port: int = 22
    user: str = "root"
    private_key: Path | None = None
    known_hosts: Path | None = None
    become: bool = False
    local: bool = False


class Target(Protocol):
    """A place where a site runs."""

    def prepare(self, report: Report) -> Connection:
        """Make the host if need be, and check that it can be reached.

        Does nothing to a host that is ready.

        Raises:
            TargetError: It cannot be made or reached.
            PreflightError: It is reached, but does not qualify.
        """

    def public_host(self, domain: str) -> str:
        """Return the host (and port) under which a browser finds the site."""

    def remove(self, report: Report) -> None:
        """Remove what `prepare` made; a server is left alone."""
