"""Events of a run → progress lines, log lines, and the result."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Event = dict[str, Any]
FailureKind = Literal["unreachable", "preflight", "task"]

STATUS_TASK = "Report the state of the site"
STATUS_VARIABLE = "consul_site_status"
MESSAGE_LINES = 15


@dataclass(frozen=True)
class HostStats:
    """What a run did on one host."""

    ok: int = 0
    changed: int = 0
    failed: int = 0
    unreachable: int = 0


@dataclass(frozen=True)
class Failure:
    """The step that failed.

    Args:
        kind: Whether the host was not reached, did not qualify, or a task went wrong.
        host: The host.
        task: Name of the task.
        message: What it said.
    """

    kind: FailureKind
    host: str
    task: str
    message: str


@dataclass(frozen=True)
class Result:
    """How a run ended.

    Args:
        ok: Whether all went well.
        hosts: What it did on each host.
        failure: The first step that failed.
        changes: Names of the tasks that changed something.
        status: The state of the site, when the playbook reports it.
        log: The log of the run.
    """

    ok: bool
    log: Path
    hosts: Mapping[str, HostStats] = field(default_factory=dict)
    failure: Failure | None = None
    changes: tuple[str, ...] = ()
    status: Mapping[str, Any] | None = None

    @property
    def changed(self) -> int:
        """How many changes there were, on all hosts together."""
        return sum(stats.changed for stats in self.hosts.values())


class EventReader:
    """Follows a run by its events.

    Args:
        report: Takes a line for the user to read.
        log: Takes a line for the log.
        stages: What to say when a role begins, by `role` or `role:file of tasks`; others begin in silence.
    """

    def __init__(
        self, report: Callable[[str], None], log: Callable[[str], None], stages: Mapping[str, str] | None = None
    ) -> None:
        self._report = report
        self._log = log
        self._stages = stages or {}
        self._said: set[str] = set()
        self.hosts: dict[str, HostStats] = {}
        self.failure: Failure | None = None
        self.changes: list[str] = []
        self.status: Mapping[str, Any] | None = None
        self.noise: list[str] = []
        """What Ansible says outside its tasks, such as that a file cannot be read."""

    def read(self, event: Event) -> None:
        """Take one event of ansible-runner."""
        kind = event.get("event", "")
        data = event.get("event_data") or {}
        handler = getattr(self, f"_on_{kind}", None)
        if handler is not None:
            handler(data)
        text = str(event.get("stdout") or "")
        if text.strip():
            self._log(text)
            if kind == "verbose":
                self.noise.append(text.strip())

    def _on_playbook_on_task_start(self, data: Event) -> None:
        # A precheck looks at all roles before the first one begins.
        if _is_precheck(data):
            return
        role = str(data.get("role") or "")
        for stage in (f"{role}:{_task_file(data)}", role):
            if stage in self._stages:
                if stage not in self._said:
                    self._said.add(stage)
                    self._report(self._stages[stage])
                return

    def _on_runner_on_ok(self, data: Event) -> None:
        result = data.get("res") or {}
        if result.get("changed"):
            self.changes.append(_task(data))
        if data.get("task") == STATUS_TASK and isinstance(result.get(STATUS_VARIABLE), dict):
            self.status = result[STATUS_VARIABLE]

    def _on_runner_on_failed(self, data: Event) -> None:
        if data.get("ignore_errors"):
            return
        result = data.get("res") or {}
        self._log(json.dumps({"task": _task(data), "path": data.get("task_path"), "result": result}, indent=2))
        self._fail("preflight" if _is_precheck(data) else "task", data, failure_message(result))

    def _on_runner_on_unreachable(self, data: Event) -> None:
        self._fail("unreachable", data, failure_message(data.get("res") or {}))

    def _on_playbook_on_stats(self, data: Event) -> None:
        names = {host for key in ("ok", "changed", "failures", "dark", "processed") for host in data.get(key) or {}}
        self.hosts = {
            name: HostStats(
                ok=_count(data, "ok", name),
                changed=_count(data, "changed", name),
                failed=_count(data, "failures", name),
                unreachable=_count(data, "dark", name),
            )
            for name in sorted(names)
        }

    def _fail(self, kind: FailureKind, data: Event, message: str) -> None:
        # What comes after the first failure follows from it.
        if self.failure is None:
            self.failure = Failure(kind, str(data.get("host") or ""), _task(data), message)


def failure_message(result: Mapping[str, Any]) -> str:
    """Return what a failed task says for a person: its message, or the end of what its program said."""
    failed = [item for item in result.get("results") or [] if isinstance(item, dict) and item.get("failed")]
    if failed:
        return failure_message(failed[0])
    parts = [_text(result.get("msg"))]
    if not parts[0] or "non-zero return code" in parts[0]:
        parts += [_text(result.get(name)) for name in ("stderr", "module_stderr", "stdout", "module_stdout")]
    lines = [line for part in parts for line in part.splitlines() if line.strip()]
    if len(lines) > MESSAGE_LINES:
        lines = ["…", *lines[-MESSAGE_LINES:]]
    return "\n".join(lines) or "It gave no reason."


def _text(value: Any) -> str:  # noqa: ANN401 — a module answers what it likes
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def _task(data: Event) -> str:
    return str(data.get("task") or "")


def _count(data: Event, key: str, host: str) -> int:
    return int((data.get(key) or {}).get(host, 0))


def _task_file(data: Event) -> str:
    """Return the name of the file that a task stands in, without its suffix: `main`, `verify`."""
    return str(data.get("task_path") or "").rpartition("/")[2].partition(".")[0]


def _is_precheck(data: Event) -> bool:
    """Tell whether a task looks before anything changes: a precheck, or the check of a role's arguments."""
    return _task_file(data).startswith("precheck") or str(data.get("task_action")).endswith("validate_argument_spec")
