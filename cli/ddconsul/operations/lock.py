"""Keeps two runs from changing the same site, or the same host, at once; the lock of who is gone is free."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import select
import shlex
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from ddconsul.account import user_name
from ddconsul.counting import counted
from ddconsul.errors import LockedError, UnreachableError
from ddconsul.targets.ssh import ssh_argv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddconsul.instance.models import Instance
    from ddconsul.paths import Paths
    from ddconsul.targets.base import Connection

KEEPER = Path(__file__).with_name("keeper.py")
# One for a host, not for a site: runs share its packages, its web server and the place where builds are made.
PLACE = "/run/ddconsul.lock"
# How often a run tells its host that it is there, and how long the host waits for that.
HEARTBEAT = 10
PATIENCE = 60
# How long the host may take to answer, and to end the steps of a run that was stopped.
SECONDS_TO_ANSWER = 60
SECONDS_TO_END = 10
# How long to wait for a host that ends the steps of a run that was killed.
SECONDS_FOR_LEFTOVERS = 600


@dataclass(frozen=True)
class Owner:
    """Who holds a lock.

    Args:
        verb: What it does.
        site: For which site.
        user: The user who started it.
        host: The machine it runs on.
        pid: Its process there.
        since: When it began, in seconds since 1970.
        run: A name for this run alone.
        ending: Whether it is gone, and only its last step goes on.
    """

    verb: str = ""
    site: str = ""
    user: str = field(default_factory=user_name)
    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    since: float = field(default_factory=time.time)
    run: str = field(default_factory=lambda: uuid.uuid4().hex)
    ending: bool = False

    @classmethod
    def read(cls, text: str) -> Owner | None:
        """Return the owner that a lock names; None when it names none."""
        try:
            document = json.loads(text)
            known = {each.name for each in fields(cls)}
            return cls(**{name: value for name, value in document.items() if name in known})
        except (ValueError, TypeError, AttributeError):
            return None

    def to_json(self) -> str:
        """Return the owner as a lock names it."""
        return json.dumps(asdict(self))

    def is_gone(self) -> bool:
        """Tell whether it was stopped, so that its lock will be free in a while."""
        return self.ending or (self.host == socket.gethostname() and not Path(f"/proc/{self.pid}").exists())

    def __str__(self) -> str:
        """Return who it is, for a person."""
        age = duration(time.time() - self.since)
        return f"{self.user} on {self.host} (process {self.pid}, {self.verb or 'a run'}), for {age}"


def duration(seconds: float) -> str:
    """Return how long something takes, for a person."""
    minutes = round(max(0, seconds)) // 60
    if minutes < 1:
        return counted(max(0, seconds), "second")
    hours = minutes // 60
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


@contextmanager
def only_run(instance: Instance, paths: Paths, verb: str = "deploy") -> Iterator[Owner]:
    """Hold the lock of a site on this machine while changing it. The kernel frees it, however the run ends.

    Args:
        instance: The checked municipality file.
        paths: Files and folders of the run.
        verb: What is done, for who finds the lock.

    Raises:
        LockedError: When another run on this machine holds it.
    """
    folder = paths.state / "locks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = instance.target
    address = [target.type, target.host, target.port] if target.type == "ssh" else [target.type]
    mark = hashlib.sha256(json.dumps(address).encode()).hexdigest()[:8]
    owner = Owner(verb, instance.site)
    with (folder / f"{instance.site}-{mark}").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise locked(f"site {instance.site}", Owner.read(lock.read())) from None
        lock.truncate(0)
        lock.write(owner.to_json())
        lock.flush()
        yield owner


def locked(what: str, holder: Owner | None) -> LockedError:
    """Return the error that names who holds a lock, and tells what to do about it."""
    if holder is None:
        return LockedError("another run is changing it", what, "Wait until it is done; its lock goes with it.")
    other = f" for site {holder.site}" if holder.site and holder.site not in what else ""
    return LockedError(
        f"is being changed{other} by {holder}",
        what,
        "Wait until that is done; its lock goes with it. "
        f"Does it hang? Then stop it, on {holder.host}: kill {holder.pid}",
    )


class Lease:
    """The lock of a host, for as long as the connection to its keeper lasts.

    Args:
        process: The connection: what is written to it keeps the lock.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()

    def lost(self) -> bool:
        """Tell whether the connection broke, so that the host may be changed by others."""
        return not self._over.is_set() and self._process.poll() is not None

    def _beat(self) -> None:
        while not self._over.wait(HEARTBEAT):
            if not self._tell(b"\n"):
                return

    def _tell(self, word: bytes) -> bool:
        pipe = self._process.stdin
        try:
            if pipe is not None:
                pipe.write(word)
                pipe.flush()
        except (OSError, ValueError):
            return False
        return True

    def end(self, *, done: bool) -> None:
        """Give the lock back. Of a run that is not done, the host ends the steps that still go on."""
        self._over.set()
        if done:
            self._tell(b"done\n")
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        # After that the keeper goes on by itself until the host is quiet.
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS_TO_END)


@contextmanager
def host_lock(connection: Connection, owner: Owner, report: Callable[[str], None]) -> Iterator[Lease]:
    """Hold the lock of a host while changing it, against runs from other machines too.

    Args:
        connection: How the host is reached.
        owner: Who wants it.
        report: Takes a line for the user to read.

    Raises:
        LockedError: When another run holds it.
        UnreachableError: When the host does not give it.
    """
    lease = _take(connection, owner, report)
    try:
        yield lease
    except BaseException:
        lease.end(done=False)
        raise
    lease.end(done=True)


def _take(connection: Connection, owner: Owner, report: Callable[[str], None]) -> Lease:
    begin = time.monotonic()
    while True:
        process, answer, words = _ask(keeper_argv(connection, owner))
        if answer == "held":
            return Lease(process)
        process.kill()
        process.wait()
        if not answer.startswith("busy"):
            raise UnreachableError(f"does not give its lock: {words or 'it gave no reason'}", connection.host, "")
        holder = Owner.read(answer.removeprefix("busy"))
        if holder is None or not holder.is_gone() or time.monotonic() - begin > SECONDS_FOR_LEFTOVERS:
            raise locked(connection.host, holder)
        report(f"Waiting until {connection.host} has ended what a run left there that was stopped")
        time.sleep(2)


def keeper_argv(connection: Connection, owner: Owner, place: str = "", patience: float = PATIENCE) -> list[str]:
    """Return the command that holds the lock on a host."""
    argv = ["python3", "-c", KEEPER.read_text(encoding="utf-8"), owner.to_json(), place or PLACE, str(patience)]
    if connection.become:
        argv = ["sudo", "-n", *argv]
    if connection.local:
        return argv
    ssh, *rest = ssh_argv(connection, shlex.join(argv))
    return [ssh, "-o", "ServerAliveInterval=15", *rest]


def _ask(argv: list[str]) -> tuple[subprocess.Popen[bytes], str, str]:
    """Start a keeper; return it with its answer and with what it says went wrong."""
    with tempfile.TemporaryFile() as errors:
        # A session of its own: Ctrl-C is for us, and we tell the keeper.
        process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
        answer = ""
        if process.stdout is not None and select.select([process.stdout], [], [], SECONDS_TO_ANSWER)[0]:
            answer = process.stdout.readline().decode(errors="replace").strip()
        errors.seek(0)
        lines = errors.read().decode(errors="replace").strip().splitlines()
    return process, answer, lines[-1] if lines else ""
