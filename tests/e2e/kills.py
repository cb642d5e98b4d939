"""Deploys that are cut off: followed by their log, stopped at a chosen moment in one of several ways."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from host import Host, account

from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from user import Municipality

TASK = re.compile(r"^\S+ (?:TASK|RUNNING HANDLER) \[(.*)\]", re.MULTILINE)
# In the environment of all that a deploy starts on this machine.
MARK = "DDCONSUL_E2E_DEPLOY"
# What a deploy may take to end after it was asked to.
SECONDS_TO_END = 120
SECONDS_TO_DEPLOY = 1800
GLANCE = 0.02


@dataclass(frozen=True)
class Moment:
    """A moment in a deploy, found again by what it had done: the same deploy may be slower the next time.

    Args:
        at: Seconds since the deploy began, when it was measured.
        task: The task that was going on.
        seen: The last task that stood in the log; "" when none did. Ansible names a task when it has a result of it.
        nth: Which one of the tasks of that name.
        after: Seconds since it stood there.
    """

    at: float
    task: str
    seen: str
    nth: int
    after: float

    def __str__(self) -> str:
        return f"in “{self.task}”, {self.after:.2f} s after “{self.seen}”, {self.at:.1f} s of the undisturbed one"


@dataclass(frozen=True)
class Timeline:
    """When the log of an undisturbed deploy named each task, and when that deploy was at its end."""

    named: list[tuple[float, str]]
    end: float

    def draw(self, kills: int, random: Random) -> list[Moment]:
        """Draw moments evenly, in any order; few in what a host keeps without its site, for they cost most."""
        few = kills // 8
        moments = [*self._evenly(few, random, installing=True), *self._evenly(kills - few, random, installing=False)]
        random.shuffle(moments)
        return moments

    def _evenly(self, number: int, random: Random, *, installing: bool) -> Iterator[Moment]:
        """Draw a moment in each of equal parts of the time that the tasks of a kind take together."""
        spans = [
            (place, end - begin, task)
            for place, ((begin, _), (end, task)) in enumerate(pairwise([*self.named, (self.end, "its end")]))
            if installs(task) == installing
        ]
        total = sum(seconds for _, seconds, _ in spans)
        for part in range(number):
            left = (part + random.random()) * total / number
            for place, seconds, task in spans:
                if left < seconds:
                    yield self._moment(place, left, task)
                    break
                left -= seconds

    def _moment(self, place: int, after: float, task: str) -> Moment:
        begin, seen = self.named[place]
        nth = [name for _, name in self.named[: place + 1]].count(seen)
        return Moment(begin + after, task, seen, nth, after)


def installs(task: str) -> bool:
    """Tell whether a task does what a host keeps when its site is destroyed."""
    return task.startswith("base : Install")


class Deploy:
    """A deploy that goes on.

    Args:
        municipality: Whose.
    """

    def __init__(self, municipality: Municipality) -> None:
        tool = municipality.tool
        self._mark = secrets.token_hex(8)
        self._logs = tool.state / "logs"
        self._before = set(self._logs.glob("*.log"))
        # No pipe: what goes on after a kill would hold it open.
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 — it goes away with us
        self._begin = time.monotonic()
        # A group of its own and a Ctrl-C that is heard, as a shell at a terminal gives it.
        self.process = subprocess.Popen(
            ["env", "--default-signal=INT", tool.program, "deploy"],
            cwd=municipality.folder,
            env={**tool.environment, MARK: self._mark},
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def said(self) -> str:
        """What it printed."""
        self._said.seek(0)
        return self._said.read()

    def tasks(self) -> list[str]:
        """Return the tasks that its log names."""
        for log in set(self._logs.glob("*.log")) - self._before:
            return TASK.findall(log.read_text(encoding="utf-8"))
        return []

    def measure(self) -> Timeline:
        """Wait until it is done, and return when each of its tasks was named."""
        named = [(0.0, "")]
        while self.process.poll() is None:
            now = time.monotonic() - self._begin
            named += [(now, task) for task in self.tasks()[len(named) - 1 :]]
            assert now < SECONDS_TO_DEPLOY, self.said
            time.sleep(GLANCE)
        assert self.process.returncode == 0, self.said
        return Timeline(named, time.monotonic() - self._begin)

    def reach(self, moment: Moment) -> bool:
        """Wait for a moment; tell whether the deploy came there."""
        while moment.seen and self.tasks().count(moment.seen) < moment.nth:
            if self.process.poll() is not None:
                return False
            time.sleep(GLANCE)
        time.sleep(moment.after)
        return self.process.poll() is None

    def processes(self) -> dict[int, str]:
        """Return what it has running on this machine, each with its command line."""
        mark = f"{MARK}={self._mark}".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            # It may end while we look.
            with suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().decode(errors="replace")
        return found

    def workspaces(self) -> set[Path]:
        """Return the folders in memory that it uses."""
        lines = "\0".join(self.processes().values())
        return {Path(found) for found in re.findall(r"/(?:dev/shm|tmp)/ddconsul-[^/\0]+", lines)}


def kill(deploy: Deploy, host: Host) -> set[int]:  # noqa: ARG001 — as all ways are
    """Kill the process group, as somebody does who wants to be rid of it; what it started goes on for a while."""
    os.killpg(deploy.process.pid, signal.SIGKILL)
    return {-signal.SIGKILL}


def cut_power(deploy: Deploy, host: Host) -> set[int]:  # noqa: ARG001 — as all ways are
    """End all of it on this machine at once; only the host lives on."""
    while left := deploy.processes():
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deploy.process.poll()
    return {-signal.SIGKILL}


def press_ctrl_c(deploy: Deploy, host: Host) -> set[int]:  # noqa: ARG001 — as all ways are
    """Press Ctrl-C."""
    return _ask(deploy, signal.SIGINT)


def terminate(deploy: Deploy, host: Host) -> set[int]:  # noqa: ARG001 — as all ways are
    """Ask it to end, as a machine that is shut down does."""
    return _ask(deploy, signal.SIGTERM)


def _ask(deploy: Deploy, number: signal.Signals) -> set[int]:
    begun = bool(deploy.tasks())
    os.killpg(deploy.process.pid, number)
    return {130} if begun else {130, -number}


def reset_host(deploy: Deploy, host: Host) -> set[int]:  # noqa: ARG001 — as all ways are
    """Pull the host's plug, and let it start again."""
    podman = Podman(read_machine())
    podman.do("kill", host.name)
    podman.do("start", host.name)
    return {3, 5}


# The order in which they take turns: most of them leave no time to tidy up.
WAYS: list[Callable[[Deploy, Host], set[int]]] = [
    kill, cut_power, kill, press_ctrl_c, cut_power, kill, terminate, cut_power, reset_host, cut_power,
]  # fmt: skip


@dataclass(frozen=True)
class Cut:
    """A deploy that was cut off.

    Args:
        deploy: The deploy.
        seen: The last task in its log.
        workspaces: The folders in memory that it used.
    """

    deploy: Deploy
    seen: str
    workspaces: set[Path]


def cut(deploy: Deploy, host: Host, way: Callable[[Deploy, Host], set[int]]) -> Cut:
    """Cut a deploy off, and see that it ends as it should."""
    workspaces = deploy.workspaces()
    seen = (deploy.tasks() or ["nothing"])[-1]
    codes = way(deploy, host)
    code = deploy.process.wait(SECONDS_TO_END)
    assert code in codes, f"it ended with {code} after “{seen}”: {deploy.said}"
    assert "Traceback" not in deploy.said
    return Cut(deploy, seen, workspaces)


def half_done(host: Host, site: str) -> list[str]:
    """Return what is on a host that a deploy which converged does not leave, or that is not there once."""
    script = r"""
        cd /opt/ddconsul/builds && builds=$(ls -A) && [ "$(echo "$builds" | wc -l)" = 1 ] && [ -f "$builds/BUILD" ] ||
          echo "builds:" $builds
        [ -e /opt/ddconsul/scratch ] && echo "scratch:" $(ls -A /opt/ddconsul/scratch)
        all="SELECT datname FROM pg_database WHERE datname ~ 'ddconsul' ORDER BY 1"
        databases=$(runuser -u postgres -- psql -qAtc "$all")
        [ "$(echo $databases)" = "$2 ddconsul_template_$builds" ] || echo "databases:" $databases
        units=$(systemctl list-units --all --plain --no-legend 'ddconsul_build-*' 'ddconsul-*-upgrade*')
        [ -z "$units" ] || echo "units: $units"
        systemctl list-units --failed --plain --no-legend 'ddconsul*' nginx.service 'postgresql*'
        find /proc -maxdepth 1 -user ddconsul_build -printf 'a process of a build: %p\n'
        [ "$(ls -A /srv/ddconsul)" = "$1" ] || echo "sites:" $(ls -A /srv/ddconsul)
        cd "/srv/ddconsul/$1"
        [ "$(echo $(ls -A))" = "current releases shared" ] || echo "the site's folder:" $(ls -A)
        [ "$(ls -A releases)" = 1 ] && [ "$(cat current/BUILD)" = "$builds" ] || echo "releases:" $(ls -A releases)
        [ "$(ls /etc/systemd/system/ | grep -c '^ddconsul-.*\.target$')" = 1 ] || echo "more targets than one"
        flock --nonblock /run/ddconsul.lock true || echo "the lock is held"
        [ -s /run/ddconsul.lock ] && echo "the lock names:" $(cat /run/ddconsul.lock)
        dpkg --audit
        true
    """
    return [line for line in host.sh(script, site, account(site)).splitlines() if line.strip()]


def leftovers(done: Cut) -> list[str]:
    """Return what a deploy that was cut off left on this machine."""
    processes = [f"process {pid}: {line[:200]}" for pid, line in done.deploy.processes().items()]
    return processes + [f"folder {folder}" for folder in done.workspaces if folder.exists()]
