"""Runs a playbook through ansible-runner, in a private folder that goes away afterwards."""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddconsul.ansible.command import (
    Kept,
    PlaybookRun,
    Workspace,
    by_hand,
    playbook_argv,
    playbook_configuration,
    playbook_environment,
    without_strays,
)
from ddconsul.ansible.events import EventReader, Failure, Result, listener
from ddconsul.ansible.literal import literal
from ddconsul.ansible.meanings import explain
from ddconsul.ansible.redact import Redactor
from ddconsul.errors import InterruptedRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ddconsul.ansible.command import Inputs
    from ddconsul.ansible.events import Listener

OWNER_ONLY = 0o600
# Logs of the last runs that are kept.
LOGS_KEPT = 50
# Seconds after which Ctrl-C is noticed, at most.
PATIENCE = 1
PREFIX = "ddconsul-"
LEFT_OUT = "# A password in an address is left out: put it back to do this by hand.\n"
STOPPING = "Stopping; Ctrl-C again does not wait"
DAY = 86400


def run_playbook(
    run: PlaybookRun,
    log: Path,
    report: Callable[[str], None],
    *,
    secrets: Iterable[str] = (),
    stages: Mapping[str, str] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Result:
    """Run a playbook.

    Args:
        run: What to run.
        log: File for the log; what Ansible reads is kept beside it.
        report: Takes a line for the user to read; a `Listener` hears more.
        secrets: Values that neither the log nor the user may see.
        stages: What to say when a role begins, by the role's name.
        stop: Tells whether the run must stop.

    Raises:
        InterruptedRunError: The user stopped it, or `stop` did.
    """
    redact = Redactor(secrets)
    user = listener(report)
    kept = Kept(log)
    command = redact(by_hand(run, kept, program("ansible-playbook")))
    run = replace(run, verbosity=max(0, user.verbosity - 1))
    with _workspace() as workspace, _log_file(log, report) as write:
        write_inputs(run, workspace)
        _write_inputs(run, kept, redact)
        write(f"By hand: {command}")
        user.ansible(command)
        reader = EventReader(user, write, stages, redact=redact)
        status, code = _execute(run, workspace, reader, stop, user)
    if status == "canceled":
        raise InterruptedRunError("Stopped.", todo=f"Run it again to go on where it stopped. The log: {log}")
    return _result(reader, code == 0, log, command)


def new_log(folder: Path, site: str, verb: str) -> Path:
    """Return the path of a new log, and remove the oldest ones with what was kept beside them."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in sorted(folder.glob("*.log"), key=lambda path: path.name.rpartition("-")[2])[:-LOGS_KEPT]:
        for path in (old, Kept(old).inventory, Kept(old).variables):
            path.unlink(missing_ok=True)
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    return folder / f"{site}-{verb}-{now}.log"


def write_inputs(run: PlaybookRun, workspace: Workspace) -> None:
    """Write what Ansible reads into the workspace, for the owner's eyes only."""
    for folder in (workspace.home, workspace.sockets):
        folder.mkdir(mode=0o700)
    _write_inputs(run, workspace)


def _write_inputs(run: PlaybookRun, inputs: Inputs, redact: Callable[[str], str] = str) -> None:
    for place, values in ((inputs.inventory, run.inventory), (inputs.variables, run.variables)):
        text = literal(values)
        shown = redact(text)
        _write(place, f"{LEFT_OUT if shown != text else ''}{shown}\n")
    _write(inputs.config, playbook_configuration())


def _write(path: Path, text: str) -> None:
    path.touch(mode=OWNER_ONLY)
    path.write_text(text, encoding="utf-8")


def _scratch() -> Path | None:
    """Return where workspaces are made: in memory, since Ansible writes files there before it sends them.

    Not under TMPDIR: the path of ssh's control socket must stay short.
    """
    places = (Path("/dev/shm"), Path("/tmp"))  # noqa: S108 — mkdtemp makes them private
    return next((place for place in places if os.access(place, os.W_OK)), None)


@contextmanager
def _workspace() -> Iterator[Workspace]:
    base = _scratch()
    if base is not None:
        clear_leftovers(base)
    root = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    workspace = Workspace(root)
    try:
        with _held(root):
            yield workspace
    finally:
        _close_connections(workspace)
        # How the run ended matters more; the next one clears away what is left.
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold a folder as its owner does; tells whether nobody else holds it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def clear_leftovers(base: Path) -> None:
    """End and remove what runs left behind that were killed: Ansible goes on for a while without its owner."""
    for root in base.glob(f"{PREFIX}*"):
        # Another run may remove its workspace while we look.
        with suppress(OSError):
            # The sockets come after its owner holds the workspace: without them it may just have been made.
            about, begun = root.stat(), Workspace(root).sockets.is_dir()
            if about.st_uid != os.geteuid() or not (begun or time.time() - about.st_mtime > DAY):
                continue
            with _held(root) as abandoned:
                if abandoned:
                    end_tasks(Workspace(root), all_of_it=True)
                    _close_connections(Workspace(root))
                    # What can't go now is no reason not to run.
                    shutil.rmtree(root, ignore_errors=True)


def _close_connections(workspace: Workspace) -> None:
    """End the ssh processes that wait in the background for a next task."""
    for socket in workspace.sockets.glob("*") if workspace.sockets.is_dir() else ():
        # One that hangs ends by itself, a minute after its last task; how the run ended matters more.
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                ["ssh", "-o", f"ControlPath={socket}", "-O", "exit", "unused"],
                check=False,
                capture_output=True,
                timeout=10,
            )


@contextmanager
def _log_file(path: Path, report: Callable[[str], None]) -> Iterator[Callable[[str], None]]:
    """Give what writes into the log. A disk that fills up meanwhile stops no run half-way: it goes on without."""
    # Unbuffered, so that what could not be written does not come back when the file is closed.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_ONLY), "ab", buffering=0) as stream:
        lost = False

        def write(text: str) -> None:
            nonlocal lost
            now = datetime.now(UTC).strftime("%H:%M:%S")
            lines = "".join(f"{now} {line}\n" for line in text.splitlines())
            try:
                stream.write(lines.encode(errors="replace"))
            except OSError as error:
                if not lost:
                    report(f"The log misses lines from here on: {error.strerror} ({path})")
                lost = True

        yield write


def _execute(
    run: PlaybookRun,
    workspace: Workspace,
    reader: EventReader,
    stop: Callable[[], bool],
    user: Listener,
) -> tuple[str, int]:
    from ansible_runner import Runner, RunnerConfig  # noqa: PLC0415 — slow to import

    ours = playbook_environment(run, workspace)
    config = RunnerConfig(
        private_data_dir=str(workspace.root),
        envvars=ours,
        settings={"pexpect_timeout": PATIENCE},
        quiet=True,
        # What Ansible prints has secrets in it: only the redacted log is written.
        suppress_output_file=True,
        fact_cache_type="memory",
    )
    # ansible-runner runs the argv in the file `args` as it is.
    _write(workspace.root / "args", shlex.join(playbook_argv(run, workspace, program("ansible-playbook"))))
    config.prepare()
    set_by_runner = {name: value for name, value in config.env.items() if name not in os.environ}
    for name in ("ANSIBLE_CALLBACK_PLUGINS", "ANSIBLE_STDOUT_CALLBACK"):
        set_by_runner[name] = config.env[name]
    config.env = without_strays(config.env, {**set_by_runner, **ours})

    def handle(event: dict[str, Any]) -> bool:
        reader.read(event)
        return False

    with _interruptible() as interrupted:
        said = threading.Event()

        def cancelled() -> bool:
            if not said.is_set() and (interrupted() or stop()):
                said.set()
                user.stopping(STOPPING)
            if not said.is_set():
                return False
            end_tasks(workspace)
            return True

        try:
            status, code = Runner(config=config, event_handler=handle, cancel_callback=cancelled).run()
        finally:
            if interrupted() or said.is_set():
                end_tasks(workspace, all_of_it=True)
    return str(status), int(code or 0)


def program(name: str) -> str:
    """Return the path of a program that came with ddconsul; its folder need not be on PATH (pipx)."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else name


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Turn Ctrl-C and a request to end into a question that the runner asks: stop now? The second one does not wait."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop.is_set
        return

    def ask(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = [(number, signal.signal(number, ask)) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    try:
        yield stop.is_set
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def end_tasks(workspace: Workspace, *, all_of_it: bool = False) -> None:
    """End the tasks of a run. Ansible's workers are sessions of their own: ending Ansible does not end them.

    Args:
        workspace: The run's.
        all_of_it: End Ansible and its workers too, and at once.
    """
    processes = _processes()
    ours = {pid for pid, (_, argv) in processes.items() if str(workspace.variables).encode() in argv}
    family = set(ours)
    while grown := {pid for pid, (parent, _) in processes.items() if parent in family} - family:
        family |= grown
    for pid in family if all_of_it else family - ours:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL if all_of_it else signal.SIGTERM)


def _processes() -> dict[int, tuple[int, bytes]]:
    """Return parent and argv of each process."""
    found: dict[int, tuple[int, bytes]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        # A process may end while we look.
        with suppress(OSError):
            # Its name, in parentheses, may hold anything; the parent is the second field after it.
            fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            found[int(folder.name)] = (int(fields[1]), (folder / "cmdline").read_bytes())
    return found


def _result(reader: EventReader, succeeded: bool, log: Path, command: str) -> Result:  # noqa: FBT001 — private
    failure = reader.failure
    if not succeeded and failure is None:
        words = "\n".join(reader.noise)
        last = "\n".join(reader.noise[-5:]) or "It gave no reason."
        failure = Failure("task", "", "Start Ansible", last, explain(words))
    return Result(
        ok=succeeded,
        log=log,
        hosts=reader.hosts,
        failure=None if succeeded else failure,
        changes=tuple(reader.changes),
        steps=tuple(reader.steps),
        status=reader.status,
        stages=reader.stages,
        command=command,
        notices=tuple(reader.notices),
    )
