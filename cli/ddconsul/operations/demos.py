"""Looks after the demos that there are: lists them, shows their journal, removes them."""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from ddconsul.ansible.redact import Redactor
from ddconsul.errors import InputError
from ddconsul.instance.loader import load
from ddconsul.operations import demo_base
from ddconsul.operations.demo import PREFIX
from ddconsul.operations.demo_notes import DemoError, folder_of, folders, iso, must_be_there, now, period, read_notes
from ddconsul.operations.init import FILE
from ddconsul.operations.lock import only_run
from ddconsul.paths import Paths, state_folder
from ddconsul.targets.container import LABEL, LABEL_HTTP, LABEL_STATE, ContainerTarget, container_name
from ddconsul.targets.image import one_at_a_time
from ddconsul.targets.machine import memory_used, read_machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.snapshot import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from ddconsul.operations.demo_notes import Clock
    from ddconsul.targets.snapshot import Snapshot

_LINES_OF_LOG = 200


@dataclass(frozen=True)
class Listed:
    """A demo in the list.

    Args:
        name: Its name.
        url: Where a browser finds it, or "" when there is no container.
        state: Whether it runs, is switched off, or never came to answer.
        standin: Whether it runs the stand-in; None when that is not known.
        made: When it was first asked for; None when that is not known.
        expires: When it may be removed; None for never.
        expired: Whether it may be removed.
        memory: Bytes of memory that its processes use; None when that cannot be seen.
    """

    name: str
    url: str
    state: Literal["running", "stopped", "unfinished"]
    standin: bool | None = None
    made: datetime | None = None
    expires: datetime | None = None
    expired: bool = False
    memory: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        return {**asdict(self), "made": iso(self.made), "expires": iso(self.expires)}


def demos(clock: Clock = now) -> list[Listed]:
    """Return the demos on this machine."""
    containers = _containers()
    return [_listed(name, containers.get(name), clock()) for name in sorted(folders() | set(containers))]


def find(name: str) -> Listed:
    """Return a demo that is there.

    Raises:
        DemoError: There is none of this name.
    """
    there = {demo.name: demo for demo in demos()}
    must_be_there(name, there)
    return there[name]


def find_running(name: str) -> Listed:
    """Return a demo that runs.

    Raises:
        DemoError: There is none of this name, or it does not run.
    """
    found = find(name)
    if found.state != "running":
        what = "staat uit" if found.state == "stopped" else "is nog niet af"
        raise DemoError(what, f"demo {name}", f"Start hem met: ddconsul demo up {name}")
    return found


def logs(name: str, *, follow: bool = False) -> Iterator[str]:
    """Return the lines of a demo's journal, without the site's secrets.

    Args:
        name: Name of the demo.
        follow: Whether to wait for lines to come.

    Raises:
        DemoError: There is no such demo, or it does not run.
    """
    find_running(name)
    redact = Redactor(_secrets(name))
    site = PREFIX + name
    what = (f"--unit=ddconsul-{site}*", f"--lines={_LINES_OF_LOG}", *(("--follow",) if follow else ()))
    journal = ("journalctl", "--quiet", "--no-pager", "--no-hostname", "--output=short-iso", *what)
    return (redact(line) for line in Podman(read_machine()).follow("exec", container_name(site), *journal))


def remove(name: str, report: Callable[[str], None]) -> None:
    """Remove a demo, finished or not: its container, its files and its secrets.

    Raises:
        DemoError: There is no such demo.
        DdconsulError: It is being made at this moment.
    """
    find(name)
    with _alone(name):
        podman = Podman(read_machine())
        ContainerTarget(PREFIX + name, podman, state_folder()).remove(report)
        if folder_of(name).exists():
            shutil.rmtree(folder_of(name))
        if podman.machine.podman:
            Snapshots(podman).prune()


def older_than(age: str, clock: Clock = now) -> list[str]:
    """Return the names of the demos that were made longer ago than that.

    Args:
        age: How long, as a person writes it: `2d`.
        clock: Tells the time.

    Raises:
        DemoError: It is no length of time.
    """
    since = clock() - period(age)
    return [demo.name for demo in demos(clock) if demo.made is not None and demo.made < since]


def expired(clock: Clock = now) -> list[str]:
    """Return the names of the demos whose time is over."""
    return [demo.name for demo in demos(clock) if demo.expired]


def preparations() -> list[Snapshot]:
    """Return the images that the next demo can start from."""
    podman = Podman(read_machine())
    return Snapshots(podman).all() if podman.machine.podman else []


def remove_preparations(*, images: bool) -> None:
    """Remove what a killed `up` left of an image in the making; and the images themselves where that is asked."""
    podman = Podman(read_machine())
    if not podman.machine.podman:
        return
    with suppress(BlockingIOError), one_at_a_time(demo_base.LOCK, _leave):
        for site in demo_base.left_over(podman, state_folder()):
            ContainerTarget(site, podman, state_folder()).remove(lambda _: None)
    if images:
        Snapshots(podman).prune(kept=0)


def _secrets(name: str) -> list[str]:
    try:
        return list(Paths.of_user(folder_of(name) / FILE).secrets.load().values())
    except InputError:
        return []


def _leave() -> None:
    raise BlockingIOError


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Keep a demo from being made while it is removed; one without a file that can be read is made by nobody."""
    file = folder_of(name) / FILE
    try:
        instance = load(file).instance
    except InputError:
        yield
        return
    with only_run(instance, Paths.of_user(file)):
        yield


def _containers() -> dict[str, dict[str, Any]]:
    """Return the containers of demos, by the demo's name."""
    machine = read_machine()
    if not machine.podman:
        return {}
    # Those of this user's own state: another one's demos are none of our business.
    found = Podman(machine).containers(f"{LABEL_STATE}={state_folder()}")
    sites = ((entry["Labels"].get(LABEL, ""), entry) for entry in found)
    return {site.removeprefix(PREFIX): entry for site, entry in sites if site.startswith(PREFIX)}


def _listed(name: str, container: dict[str, Any] | None, at: datetime) -> Listed:
    notes = read_notes(folder_of(name))
    port = container["Labels"].get(LABEL_HTTP) if container else None
    running = container is not None and container["State"] == "running"
    unfinished = container is None or (notes is not None and not notes.ready)
    return Listed(
        name,
        url=f"http://localhost:{port}/" if port else "",
        state="unfinished" if unfinished else "running" if running else "stopped",
        standin=notes.choice.standin if notes else None,
        made=notes.made if notes else None,
        expires=notes.expires if notes else None,
        expired=notes is not None and notes.expired(at),
        memory=memory_used(container["Pid"]) if container is not None and running else None,
    )
