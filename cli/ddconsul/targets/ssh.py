"""A Debian 13 server that is reached over SSH."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddconsul.errors import PreflightError
from ddconsul.targets.base import Connection, Report, TargetError
from ddconsul.targets.process import TIMED_OUT, Command, Outcome, Run, argv, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# One round trip tells all that is missing; a plain shell, since Python may be what is missing.
PROBE = (
    'echo "uid=$(id -u)"; (. /etc/os-release && echo "os=$ID $VERSION_ID"); '
    "command -v python3 >/dev/null && echo python=yes; sudo -n true 2>/dev/null && echo sudo=yes; true"
)
RELEASE = "debian 13"

_SECONDS = 30


@dataclass(frozen=True)
class Login:
    """Where and how to log in, as the user gave it; None leaves the choice to ssh and its configuration."""

    host: str
    port: int = 22
    user: str = "root"
    key: Path | None = None
    known_hosts: Path | None = None

    def command(self) -> str:
        """Return the ssh command a person types for this login."""
        key = f"-i {self.key} " if self.key else ""
        return f"ssh {key}-p {self.port} {self.user}@{self.host}"

    def known_as(self) -> str:
        """Return the name under which known_hosts files know the host."""
        return self.host if self.port == 22 else f"[{self.host}]:{self.port}"  # noqa: PLR2004 — SSH's own port


def ssh_argv(connection: Connection, script: str, *, seconds: int = 10) -> tuple[str, ...]:
    """Return the ssh command that runs a shell script on the host, without ever asking a question."""
    key = ("-i", str(connection.private_key), "-o", "IdentitiesOnly=yes") if connection.private_key else ()
    known = ("-o", f"UserKnownHostsFile={connection.known_hosts}") if connection.known_hosts else ()
    return argv(
        "ssh",
        ("-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", f"ConnectTimeout={seconds}"),
        known,
        key,
        ("-p", str(connection.port), "-l", connection.user, "--", connection.host, script),
    )


class SshTarget:
    """A server.

    Args:
        login: Where and how to log in.
        sudo: Whether the user becomes root with sudo.
        run: Runs a command.
    """

    def __init__(self, login: Login, *, sudo: bool = False, run: Run = run) -> None:
        self._login = login
        self._sudo = sudo
        self._run = run

    def prepare(self, report: Report) -> Connection:
        """Check that the server can be reached and qualifies."""
        login = self._login
        _check_key(login)
        report(f"Reaching {login.user}@{login.host}")
        connection = Connection(login.host, login.port, login.user, login.key, login.known_hosts, become=self._sudo)
        outcome = self._run(Command(ssh_argv(connection, PROBE), timeout=_SECONDS))
        if not outcome.ok:
            raise explain(outcome, login)
        qualify(outcome.out, where=login.host, user=login.user, sudo=self._sudo)
        return connection

    def public_host(self, domain: str) -> str:
        """Return the domain: a server answers to its own name."""
        return domain

    def remove(self, report: Report) -> None:
        """Leave the server alone: ddconsul did not make it."""


def _check_key(login: Login) -> None:
    if login.key is None:
        return
    if not login.key.is_file():
        raise TargetError("The private key is not there.", str(login.key), "Correct target.key, or put the key there.")
    if login.key.stat().st_mode & 0o077:
        raise TargetError(
            "Others can read the private key, and ssh refuses such a key.",
            str(login.key),
            f"Run: chmod 600 {login.key}",
        )


def explain(outcome: Outcome, login: Login) -> TargetError:
    """Turn ssh's words into what is wrong, where, and what to do about it."""
    words = outcome.err
    for sign, make in _SIGNS:
        if sign in words or (sign == "timed out" and outcome.code == TIMED_OUT):
            what, todo = make(login)
            return TargetError(what, f"{login.host}:{login.port}", todo)
    return TargetError(
        f"ssh failed: {outcome.last_words}", f"{login.host}:{login.port}", f"Try it by hand: {login.command()}"
    )


def _unknown_key(login: Login) -> tuple[str, str]:
    return (
        "This machine does not know the server's host key yet, and ddconsul never accepts one unseen.",
        (
            f"Run once: ssh -p {login.port} -o StrictHostKeyChecking=ask {login.user}@{login.host} — and compare the "
            "fingerprint it shows with what the server's own console prints for: "
            "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"
        ),
    )


def _changed_key(login: Login) -> tuple[str, str]:
    return (
        "The server shows another host key than before: it was installed anew, or something stands in between.",
        (
            f"Find out which. Only if it was installed anew, run: ssh-keygen -R '{login.known_as()}' — and then: "
            f"ssh -p {login.port} -o StrictHostKeyChecking=ask {login.user}@{login.host}"
        ),
    )


def _refused_key(login: Login) -> tuple[str, str]:
    key = f"-i {login.key}.pub " if login.key else ""
    return (
        f"The server does not let {login.user} in with this key.",
        (
            f"Put the key on the server: ssh-copy-id {key}-p {login.port} {login.user}@{login.host} — and if "
            "the key has a passphrase, load it first with ssh-add."
        ),
    )


def _no_such_name(_: Login) -> tuple[str, str]:
    return "No such host name is known.", "Correct target.host, or check the network's name server."


def _refused(login: Login) -> tuple[str, str]:
    return (
        f"Nothing answers SSH on port {login.port}.",
        "On the server's console: apt-get install openssh-server — or correct target.port.",
    )


def _no_answer(login: Login) -> tuple[str, str]:
    return (
        "The server does not answer.",
        f"Check that it is on, and that firewalls let this machine through to port {login.port}.",
    )


_SIGNS: tuple[tuple[str, Callable[[Login], tuple[str, str]]], ...] = (
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", _changed_key),
    ("Host key verification failed", _unknown_key),
    ("Permission denied", _refused_key),
    ("Too many authentication failures", _refused_key),
    ("Could not resolve hostname", _no_such_name),
    ("Connection refused", _refused),
    ("timed out", _no_answer),
    ("No route to host", _no_answer),
    ("Network is unreachable", _no_answer),
)


def qualify(answer: str, *, where: str, user: str, sudo: bool) -> None:
    """Check the probe's answer, and name all that is missing at once.

    Raises:
        PreflightError: The host is not what a deploy needs.
    """
    facts = dict(line.split("=", 1) for line in answer.splitlines() if "=" in line)
    gaps: list[tuple[str, str]] = []
    release = facts.get("os", "unknown")
    if release != RELEASE:
        gaps.append((f"it runs {release}, and only Debian 13 is supported", "Install Debian 13 on it."))
    if "python" not in facts:
        gaps.append(("python3 is missing", "On the host, as root: apt-get install --no-install-recommends python3"))
    if facts.get("uid") != "0":
        if not sudo:
            gaps.append((f"{user} is not root", "Log in as root, or set target.sudo to on."))
        elif "sudo" not in facts:
            line = f"{user} ALL=(ALL) NOPASSWD: ALL"
            gaps.append(
                (
                    f"{user} cannot use sudo without a password",
                    f"On the host, as root: apt-get install sudo && echo '{line}' > /etc/sudoers.d/{user}",
                )
            )
    if gaps:
        what = "; ".join(gap for gap, _ in gaps)
        raise PreflightError(f"The host does not qualify: {what}.", where, "\n  ".join(todo for _, todo in gaps))
