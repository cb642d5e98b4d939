"""A container that is there for one run, and gone afterwards, however the run ends."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ddconsul.paths import state_folder
from ddconsul.targets.container import ContainerTarget
from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

# Named apart, so that none ever takes the place of a municipality's own container.
PREFIX = "smoke-"

_KEPT = "kept"
_LOCK = "lock"
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def throwaway(*, keep: bool) -> Iterator[Path]:
    """Give a folder, named after a site that nobody has; afterwards neither it nor the site's container is there.

    Args:
        keep: Leave them there after all.
    """
    folder = _folder() / f"{PREFIX}{secrets.token_hex(4)}"
    folder.mkdir(parents=True, mode=0o700)
    with _held(folder):
        if keep:
            (folder / _KEPT).touch()
        try:
            yield folder
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


def _folder() -> Path:
    return state_folder() / "smoke"


def _remove(folder: Path) -> None:
    ContainerTarget(folder.name, Podman(read_machine()), state_folder()).remove(lambda _: None)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder as long as this process lives; BlockingIOError tells that another one does."""
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
