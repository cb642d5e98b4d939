"""A container that is there for one run, and gone afterwards, however the run ends."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ddconsul.errors import InterruptedRunError
from ddconsul.operations.demo_base import LOCK, DemoBase
from ddconsul.operations.demo_base import PREFIX as BASE_PREFIX
from ddconsul.operations.deploy import gather
from ddconsul.operations.source import resolve
from ddconsul.paths import state_folder
from ddconsul.targets.container import LABEL, LABEL_STATE, Browser, ContainerTarget, Making
from ddconsul.targets.image import one_at_a_time
from ddconsul.targets.machine import check, read_machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.snapshot import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

    from ddconsul.instance.models import Instance
    from ddconsul.paths import Paths

# Named apart, so that none ever takes the place of a municipality's own container.
PREFIX = "smoke-"

_KEPT = "kept"
_HOLD = "lock"
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def throwaway(*, keep: bool) -> Iterator[Path]:
    """Give a folder, named after a site that nobody has; afterwards neither it nor the site's container is there.

    Args:
        keep: Leave them there after all, unless the user stops the run.
    """
    folder = _folder() / f"{PREFIX}{secrets.token_hex(4)}"
    folder.mkdir(parents=True, mode=0o700)
    with _held(folder):
        if keep:
            (folder / _KEPT).touch()
        try:
            yield folder
        except (KeyboardInterrupt, InterruptedRunError):
            keep = False
            raise
        finally:
            if not keep:
                with _handling(signal.SIG_IGN):  # a second Ctrl-C cuts no cleaning up short
                    _remove(folder)


def sweep() -> None:
    """Take away what runs left that were killed without a chance to do so themselves."""
    for folder in _folder().glob(f"{PREFIX}*"):
        if not (folder / _KEPT).exists():
            with suppress(BlockingIOError, FileNotFoundError), _held(folder):
                _remove(folder)


@contextmanager
def stoppable() -> Iterator[None]:
    """Let a request to end (CI's, a closed terminal's) do what Ctrl-C does: stop, and clean up."""

    def stop(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handling(stop):
        yield


def start_from_image(instance: Instance, paths: Paths, report: Callable[[str], None], *, make: bool) -> None:
    """Start the container from the image that demos start from too; the deploy then finds the build of Consul there.

    Args:
        instance: The checked municipality file.
        paths: Files and folders of the run.
        report: Takes a line for the user to read.
        make: Make the image when it is not there: worth it when more sites of the same Consul will follow.

    Raises:
        DdconsulError: When it cannot be made.
    """
    podman = Podman(read_machine())
    check(podman.machine)
    found = resolve(instance.consul.source, instance.consul.version, paths.sources, report)
    base = DemoBase(instance, paths, gather(instance, found, paths.sources), found.standin)
    if not make and not Snapshots(podman).has(base.image):
        return
    making = Making(lambda say: _image(base, podman, say), ready=True)
    browser = Browser(tls=instance.scheme == "https")
    ContainerTarget(instance.site, podman, paths.state, lambda: base.authorities, browser, making=making).prepare(
        report
    )


def _image(base: DemoBase, podman: Podman, report: Callable[[str], None]) -> str:
    try:
        return base.ensure(podman, report)
    except (KeyboardInterrupt, InterruptedRunError):
        # It is made in a container, which would wait there for a next run. Whoever else makes it now goes on.
        with _handling(signal.SIG_IGN), suppress(BlockingIOError), one_at_a_time(LOCK, _give_way):
            prefix = f"{BASE_PREFIX}{base.image.rpartition(':')[2]}-"
            for container in podman.containers(f"{LABEL_STATE}={base.paths.state}"):
                site = container["Labels"].get(LABEL, "")
                if site.startswith(prefix):
                    ContainerTarget(site, podman, base.paths.state).remove(lambda _: None)
        raise


def _give_way() -> None:
    raise BlockingIOError


def _folder() -> Path:
    return state_folder() / "smoke"


def _remove(folder: Path) -> None:
    ContainerTarget(folder.name, Podman(read_machine()), state_folder()).remove(lambda _: None)
    shutil.rmtree(folder, ignore_errors=True)  # the next run sweeps what is left


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder as long as this process lives; BlockingIOError tells that another one does."""
    descriptor = os.open(folder / _HOLD, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _handling(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in _STOPPING}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
