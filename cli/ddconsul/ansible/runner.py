"""Runs a playbook through ansible-runner, in a private folder that goes away afterwards."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddconsul.ansible.command import PlaybookRun, Workspace, playbook_argv, playbook_environment, without_strays
from ddconsul.ansible.events import EventReader, Failure, Result
from ddconsul.ansible.literal import literal
from ddconsul.ansible.redact import Redactor
from ddconsul.errors import InterruptedRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

OWNER_ONLY = 0o600
# Logs of the last runs that are kept.
LOGS_KEPT = 50
# Seconds after which Ctrl-C is noticed, at most.
PATIENCE = 1


def run_playbook(
    run: PlaybookRun,
    log: Path,
    report: Callable[[str], None],
    *,
    secrets: Iterable[str] = (),
    stages: Mapping[str, str] | None = None,
) -> Result:
    """Run a playbook.

    Args:
        run: What to run.
        log: File for the log.
        report: Takes a line for the user to read.
        secrets: Values that neither the log nor the user may see.
        stages: What to say when a role begins, by the role's name.

    Raises:
        InterruptedRunError: The user stopped it.
    """
    redact = Redactor(secrets)
    with _workspace() as workspace, _log_file(log) as write:
        write_inputs(run, workspace)
        reader = EventReader(lambda line: report(redact(line)), lambda text: write(redact(text)), stages)
        status, code = _execute(run, workspace, reader)
    if status == "canceled":
        raise InterruptedRunError("Stopped.", todo=f"Run it again to go on where it stopped. The log: {log}")
    return _result(reader, code == 0, log, redact)


def new_log(folder: Path, site: str, verb: str) -> Path:
    """Return the path of a new log, and remove the oldest ones."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in sorted(folder.glob("*.log"), key=lambda path: path.name.rpartition("-")[2])[:-LOGS_KEPT]:
        old.unlink(missing_ok=True)
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    return folder / f"{site}-{verb}-{now}.log"


def write_inputs(run: PlaybookRun, workspace: Workspace) -> None:
    """Write what Ansible reads into the workspace, for the owner's eyes only."""
    for folder in (workspace.home, workspace.sockets):
        folder.mkdir(mode=0o700)
    _write(workspace.inventory, literal(run.inventory) + "\n")
    _write(workspace.variables, literal(run.variables) + "\n")
    _write(workspace.config, "")


def _write(path: Path, text: str) -> None:
    path.touch(mode=OWNER_ONLY)
    path.write_text(text, encoding="utf-8")


@contextmanager
def _workspace() -> Iterator[Workspace]:
    # Under /tmp rather than TMPDIR: the path of ssh's control socket must stay short.
    base = "/tmp" if os.access("/tmp", os.W_OK) else None  # noqa: S108 — mkdtemp makes it private
    root = Path(tempfile.mkdtemp(prefix="ddconsul-", dir=base))
    workspace = Workspace(root)
    try:
        yield workspace
    finally:
        _close_connections(workspace)
        shutil.rmtree(root, ignore_errors=True)


def _close_connections(workspace: Workspace) -> None:
    """End the ssh processes that wait in the background for a next task."""
    for socket in workspace.sockets.glob("*") if workspace.sockets.is_dir() else ():
        subprocess.run(
            ["ssh", "-o", f"ControlPath={socket}", "-O", "exit", "unused"],
            check=False,
            capture_output=True,
            timeout=10,
        )


@contextmanager
def _log_file(path: Path) -> Iterator[Callable[[str], None]]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_ONLY)
    with os.fdopen(descriptor, "a", encoding="utf-8") as stream:

        def write(text: str) -> None:
            now = datetime.now(UTC).strftime("%H:%M:%S")
            stream.writelines(f"{now} {line}\n" for line in text.splitlines())
            stream.flush()

        yield write


def _execute(run: PlaybookRun, workspace: Workspace, reader: EventReader) -> tuple[str, int]:
    from ansible_runner import Runner, RunnerConfig  # noqa: PLC0415 — slow to import

    ours = playbook_environment(run, workspace)
    config = RunnerConfig(
        private_data_dir=str(workspace.root),
        envvars=ours,
        settings={"pexpect_timeout": PATIENCE},
        quiet=True,
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

    with _interruptible() as stopped:

        def cancelled() -> bool:
            if stopped():
                end_tasks(workspace)
            return stopped()

        status, code = Runner(config=config, event_handler=handle, cancel_callback=cancelled).run()
    return str(status), int(code or 0)


def program(name: str) -> str:
    """Return the path of a program that came with ddconsul; its folder need not be on PATH (pipx)."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else name


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Turn Ctrl-C and a request to end into a question that the runner asks: stop now?"""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop.is_set
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stop.set()) for number in signals]
    try:
        yield stop.is_set
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def end_tasks(workspace: Workspace) -> None:
    """End the tasks of a run. Ansible's workers are sessions of their own: ending Ansible does not end them."""
    processes = _processes()
    ours = {pid for pid, (_, argv) in processes.items() if str(workspace.variables).encode() in argv}
    family = set(ours)
    while grown := {pid for pid, (parent, _) in processes.items() if parent in family} - family:
        family |= grown
    for pid in family - ours:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)


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


def _result(reader: EventReader, succeeded: bool, log: Path, redact: Redactor) -> Result:  # noqa: FBT001 — private
    failure = reader.failure
    if not succeeded and failure is None:
        failure = Failure("task", "", "Start Ansible", "\n".join(reader.noise[-5:]) or "It gave no reason.")
    if failure is not None:
        failure = Failure(failure.kind, failure.host, failure.task, redact(failure.message))
    return Result(
        ok=succeeded,
        log=log,
        hosts=reader.hosts,
        failure=None if succeeded else failure,
        changes=tuple(reader.changes),
        status=reader.status,
    )
