"""Kills a piece of work at every moment that it touches a folder, to see what it leaves."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def killed_at(moment: int, folder: Path, work: Callable[[], object]) -> bool:
    """Do the work in a process that is killed the n-th time it touches the folder; tell whether it was."""
    child = os.fork()
    if not child:
        left = iter(range(moment, -1, -1))

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            touches = event == "open" or event.startswith(("os.", "tempfile.", "shutil.", "fcntl."))
            if touches and str(folder) in str(arguments) and next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            work()
        except BaseException:  # noqa: BLE001 — a copy of the tests ends here, whatever it met
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)
