"""Holds the lock of a host while a run changes it. This runs on the host, and is sent there as text.

It takes the owner of the run as JSON, and answers `held`, or `busy` with the owner who holds the lock. From then on
each byte on its input prolongs the lock. When the run is done it says so; when it is cut off, killed or silent, what it
left running on the host is ended first. The kernel frees the lock with this process.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

# Nobody ends these half-way: what they leave has to be mended by hand.
UNTOUCHABLE = {"apt-get", "dpkg"}
# Steps that systemd started for a run.
UNITS = ("ddconsul_build-*.service", "ddconsul-*-upgrade.service")
SECONDS_TO_END = 5
SECONDS_TO_WAIT = 600


def main(owner: dict[str, object], lock: Path, patience: float) -> None:
    """Hold the lock until the run is over."""
    with lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            print("busy", file.read().strip() or "{}", flush=True)
            return
        write(file, owner)
        print("held", flush=True)
        if not told_when_done(patience):
            write(file, {**owner, "ending": True})
            end_steps(f"DDCONSUL_RUN={owner['run']}".encode())
        file.truncate(0)


def write(file: TextIO, owner: dict[str, object]) -> None:
    """Write down who holds the lock."""
    file.truncate(0)
    file.write(json.dumps(owner))
    file.flush()


def told_when_done(patience: float) -> bool:
    """Wait for the end; tell whether the run said that it is done."""
    while select.select([0], [], [], patience)[0]:
        heard = os.read(0, 4096)
        if b"done" in heard:
            return True
        if not heard:
            return False
    return False


def end_steps(mark: bytes) -> None:
    """End the processes of a run, and wait for those that must not be ended."""
    subprocess.run(["systemctl", "--no-block", "stop", *UNITS], capture_output=True, check=False)
    begin = time.monotonic()
    while time.monotonic() - begin < SECONDS_TO_WAIT and (left := marked(mark)):
        patient = time.monotonic() - begin < SECONDS_TO_END
        for pid in left - spared(left):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM if patient else signal.SIGKILL)
        time.sleep(0.5)


def marked(mark: bytes) -> set[int]:
    """Return the processes that have a variable in their environment."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.add(int(folder.name))
        except OSError:
            # It ended while we looked.
            continue
    return found - {os.getpid()}


def spared(pids: set[int]) -> set[int]:
    """Return those that install packages, with what started them and what they started."""
    parents = {pid: parent(pid) for pid in pids}
    installing = {pid for pid in pids if name(pid) in UNTOUCHABLE}
    above = set(installing)
    for pid in installing:
        while (pid := parents.get(pid, 0)) in pids:
            above.add(pid)
    below = set(installing)
    while grown := {pid for pid in pids if parents[pid] in below} - below:
        below |= grown
    return above | below


def parent(pid: int) -> int:
    """Return the parent of a process; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def name(pid: int) -> str:
    """Return the name of a process's program."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
    except OSError:
        return ""


if __name__ == "__main__":
    # Whoever asked may be gone; what is to be done is done all the same.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    main(json.loads(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
