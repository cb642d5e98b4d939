"""Tries several municipality files at a time, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING

from ddconsul.errors import ExitCode, InterruptedRunError
from ddconsul.operations.checks.result import SmokeResult
from ddconsul.operations.throwaway import stoppable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from ddconsul.operations.smoke import Plan

    Report = Callable[[str], None]
    Work = Callable[[Plan, Report], SmokeResult]

# What a site takes while it is built, with its database and web server.
_GIGABYTES_OF_CONSUL = 3.0
_GIGABYTES_OF_STANDIN = 1.0
_SECONDS_TO_CLEAN_UP = 60
# This process has no threads, so a copy of it is a sound one, and there at once.
_PROCESSES = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class _Running:
    plan: Plan
    process: BaseProcess
    pipe: Connection


def room(plans: Sequence[Plan]) -> int:
    """Return how many files this machine can try at a time: by its processors, and by the memory that is free."""
    real = any(not plan.choice.standin for plan in plans)
    memory = int(_free_gigabytes() / (_GIGABYTES_OF_CONSUL if real else _GIGABYTES_OF_STANDIN))
    return max(1, min(len(plans), os.cpu_count() or 1, memory))


def side_by_side(plans: Sequence[Plan], jobs: int, work: Work, report: Report) -> Iterator[SmokeResult]:
    """Try files, and give the result of each as soon as it is there.

    Args:
        plans: What to try.
        jobs: How many at a time.
        work: Tries one.
        report: Takes a line for the user to read; it begins with the file's name.

    Raises:
        InterruptedRunError: The user stopped it; by then each process has cleaned up.
    """
    waiting = deque(plans)
    running: list[_Running] = []
    try:
        with stoppable():
            while waiting or running:
                while waiting and len(running) < jobs:
                    running.append(_start(waiting.popleft(), work))
                ready = wait([entry.pipe for entry in running])
                for entry in [entry for entry in running if entry.pipe in ready]:
                    result = _receive(entry, report)
                    if result is not None:
                        running.remove(entry)
                        yield result
    except KeyboardInterrupt as stop:
        raise InterruptedRunError("Stopped; what was made is gone.") from stop
    finally:
        _end([entry.process for entry in running])


def _start(plan: Plan, work: Work) -> _Running:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = _PROCESSES.Process(target=_child, args=(plan, work, theirs))
    process.start()
    theirs.close()
    return _Running(plan, process, ours)


def _child(plan: Plan, work: Work, pipe: Connection) -> None:
    # Ctrl-C in the terminal is for the parent, who passes it on once.
    os.setsid()
    try:
        pipe.send(work(plan, pipe.send))
    except InterruptedRunError:
        sys.exit(ExitCode.INTERRUPTED)


def _receive(entry: _Running, report: Report) -> SmokeResult | None:
    """Return the result, when that is what came."""
    try:
        message = entry.pipe.recv()
    except EOFError:
        entry.process.join()
        error = RuntimeError(f"its process ended with code {entry.process.exitcode}")
        return SmokeResult(entry.plan.file).stopped(error, "deploy")
    if isinstance(message, SmokeResult):
        entry.process.join()
        return message
    report(f"{entry.plan.file}: {message.strip()}")
    return None


def _end(processes: list[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(_SECONDS_TO_CLEAN_UP)


def _free_gigabytes() -> float:
    with suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        available = next(line for line in lines if line.startswith("MemAvailable:"))
        return int(available.split()[1]) / 1024**2
    return 0
