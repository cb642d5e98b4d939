"""Keeps two runs from changing the same site at once."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ddconsul.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance
    from ddconsul.paths import Paths


@contextmanager
def only_run(instance: Instance, paths: Paths) -> Iterator[None]:
    """Hold the lock of a site while changing it. The kernel frees it, however the run ends.

    Raises:
        UnreachableError: When another run on this machine holds it.
    """
    folder = paths.state / "locks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = instance.target
    address = [target.type, target.host, target.port] if target.type == "ssh" else [target.type]
    mark = hashlib.sha256(json.dumps(address).encode()).hexdigest()[:8]
    with (folder / f"{instance.site}-{mark}").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip()
            raise UnreachableError(
                f"another run is changing this site (process {holder or 'unknown'})",
                instance.site,
                "Wait until it is done; its lock goes with it.",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
