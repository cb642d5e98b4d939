"""Events of a run → progress lines, log lines, and the result."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from ddconsul.ansible.meanings import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from ddconsul.ansible.meanings import Meaning

Event = dict[str, Any]
FailureKind = Literal["unreachable", "preflight", "task"]

STATUS_TASK = "Report the state of the site"
STATUS_VARIABLE = "consul_site_status"
MESSAGE_LINES = 15
ARGUMENTS = "validate_argument_spec"
# Where a module puts what its program said.
OUTPUT = ("stderr", "module_stderr", "stdout", "module_stdout")
# What comes before the first stage: Ansible starts, and looks whether the host qualifies.
BEGINNING = "Looking at the host"


class Listener(Protocol):
    """What follows a run closely: a `report` that has these too hears more than the lines for the user."""

    verbosity: int
    """0 for stages; 1 for what Ansible prints, and more for as many of its own `-v` less one."""

    def __call__(self, line: str) -> None:
        """Take a line for the user to read: the stage that begins."""

    def task(self, name: str) -> None:
        """Take the name of the task that begins."""

    def ansible(self, text: str) -> None:
        """Take what Ansible prints."""

    def stopping(self, line: str) -> None:
        """Take a line that says that the run is being stopped, in the middle of a stage."""


class Quiet:
    """A listener that hears the lines only.

    Args:
        report: Takes a line for the user to read.
    """

    verbosity = 0

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report

    def __call__(self, line: str) -> None:
        """Pass the line on."""
        self._report(line)

    def task(self, name: str) -> None:
        """Leave it."""

    def ansible(self, text: str) -> None:
        """Leave it."""

    def stopping(self, line: str) -> None:
        """Pass the line on."""
        self._report(line)


def listener(report: Callable[[str], None]) -> Listener:
    """Return a report as a listener, whether it hears more than lines or not."""
    return cast("Listener", report) if hasattr(report, "ansible") else Quiet(report)


@dataclass(frozen=True)
class HostStats:
    """What a run did on one host."""

    ok: int = 0
    changed: int = 0
    failed: int = 0
    unreachable: int = 0


@dataclass(frozen=True)
class Stage:
    """A part of a run, as the user saw it go by.

    Args:
        name: What was said when it began.
        seconds: How long it took.
        changes: Names of its tasks that changed something.
    """

    name: str
    seconds: float = 0.0
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A task that changed something, or would.

    Args:
        role: The role that it belongs to, or "".
        file: The file of tasks that it stands in, without its suffix.
        name: Its name.
        result: What its module answered, without secrets.
    """

    role: str
    file: str
    name: str
    result: Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """What a preflight found on a host.

    Args:
        check: What was looked at.
        what: What is the matter, as a sentence.
        where: The host, or the part of it.
        fix: What mends it, as a command where there is one.
    """

    check: str
    what: str
    where: str
    fix: str

    def as_dict(self) -> dict[str, str]:
        """Return it as `--json` shows it."""
        return asdict(self)


@dataclass(frozen=True)
class Failure:
    """The step that failed.

    Args:
        kind: Whether the host was not reached, did not qualify, or a task went wrong.
        host: The host.
        task: Name of the task.
        message: What it said.
        meaning: What that means, when it is a known error.
        gaps: All that a preflight found, each with what mends it.
        about: What Consul refused, as a plan names it: an object and one of its fields, or "".
    """

    kind: FailureKind
    host: str
    task: str
    message: str
    meaning: Meaning | None = None
    gaps: tuple[Finding, ...] = ()
    about: tuple[str, str] = ("", "")


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
        stages: Its parts, in order.
        steps: Its tasks that changed something, or told of more than they did.
        command: A line for a shell that does the same by hand.
        notices: What a preflight found that stops nothing, and may be meant so.
    """

    ok: bool
    log: Path
    hosts: Mapping[str, HostStats] = field(default_factory=dict)
    failure: Failure | None = None
    changes: tuple[str, ...] = ()
    status: Mapping[str, Any] | None = None
    stages: tuple[Stage, ...] = ()
    steps: tuple[Step, ...] = ()
    command: str = ""
    notices: tuple[Finding, ...] = ()

    @property
    def changed(self) -> int:
        """How many changes there were, on all hosts together."""
        return sum(stats.changed for stats in self.hosts.values())


class EventReader:
    """Follows a run by its events.

    Args:
        report: Takes a line for the user to read; may be a `Listener`.
        log: Takes a line for the log.
        stages: What to say when a role begins, by `role` or `role:file of tasks`; others begin in silence.
        redact: Takes the secrets out of a text; nothing that this gives or tells goes without.
        clock: Tells the time in seconds.
    """

    def __init__(
        self,
        report: Callable[[str], None],
        log: Callable[[str], None],
        stages: Mapping[str, str] | None = None,
        *,
        redact: Callable[[str], str] = str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._listener = listener(report)
        self._write = log
        self._redact = redact
        self._names = stages or {}
        self._clock = clock
        self._begin = clock()
        self._stages = [Stage(BEGINNING)]
        self._said: set[str] = set()
        self.hosts: dict[str, HostStats] = {}
        self.failure: Failure | None = None
        self.changes: list[str] = []
        self.steps: list[Step] = []
        self.notices: list[Finding] = []
        self.status: Mapping[str, Any] | None = None
        self.noise: list[str] = []
        """What Ansible says outside its tasks, such as that a file cannot be read."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages until now; the last one may go on."""
        *done, last = self._stages
        return (*done, replace(last, seconds=self._clock() - self._begin))

    def read(self, event: Event) -> None:
        """Take one event of ansible-runner."""
        kind = event.get("event", "")
        data = event.get("event_data") or {}
        handler = getattr(self, f"_on_{kind}", None)
        if handler is not None:
            handler(data)
        text = self._redact(str(event.get("stdout") or ""))
        if text.strip():
            self._write(text)
            self._listener.ansible(text)
            if kind == "verbose":
                self.noise.append(text.strip())

    def _on_playbook_on_task_start(self, data: Event) -> None:
        # A precheck looks at all roles before the first one begins.
        if not self._said and self._names:
            self._say(BEGINNING)
        if not _is_precheck(data):
            self._find_stage(data)
        # That a role's arguments are checked is nobody's news.
        if not str(data.get("task_action")).endswith(ARGUMENTS):
            self._listener.task(self._task(data))

    def _find_stage(self, data: Event) -> None:
        role = str(data.get("role") or "")
        stage = next((stage for stage in (f"{role}:{_task_file(data)}", role) if stage in self._names), None)
        if stage is None or stage in self._said:
            return
        now = self._clock()
        self._stages[-1] = replace(self._stages[-1], seconds=now - self._begin)
        self._begin = now
        self._stages.append(Stage(self._names[stage]))
        self._say(stage)

    def _say(self, stage: str) -> None:
        self._said.add(stage)
        # Ansible's own output has its own order.
        if not self._listener.verbosity:
            self._listener(self._names.get(stage, stage))

    def _task(self, data: Event) -> str:
        return self._redact(str(data.get("task") or ""))

    def _on_runner_on_ok(self, data: Event) -> None:
        result = data.get("res") or {}
        if result.get("changed"):
            name = self._task(data)
            self.changes.append(name)
            self._stages[-1] = replace(self._stages[-1], changes=(*self._stages[-1].changes, name))
        # What was edited in the admin pages is told and kept: no change, and worth knowing.
        if result.get("changed") or result.get("changes"):
            self.steps.append(
                Step(str(data.get("role") or ""), _task_file(data), self._task(data), self._without_secrets(result))
            )
        self.notices.extend(self._findings(result, "notices"))
        if data.get("task") == STATUS_TASK and isinstance(result.get(STATUS_VARIABLE), dict):
            self.status = self._without_secrets(result[STATUS_VARIABLE])

    def _on_runner_on_failed(self, data: Event) -> None:
        if data.get("ignore_errors"):
            return
        result = data.get("res") or {}
        details = {"task": data.get("task"), "path": data.get("task_path"), "result": result}
        self._write(self._redact(json.dumps(details, indent=2)))
        self._fail("preflight" if _is_precheck(data) else "task", data, result)

    def _on_runner_on_unreachable(self, data: Event) -> None:
        self._fail("unreachable", data, data.get("res") or {})

    def _without_secrets(self, value: Any) -> Any:  # noqa: ANN401 — any value that JSON knows
        if isinstance(value, dict):
            return {name: self._without_secrets(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._without_secrets(item) for item in value]
        return self._redact(value) if isinstance(value, str) else value

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

    def _fail(self, kind: FailureKind, data: Event, result: Mapping[str, Any]) -> None:
        # What comes after the first failure follows from it.
        if self.failure is not None:
            return
        # A sentence of our own needs no translation.
        own = kind == "preflight" or str(data.get("task_action")).rpartition(".")[2] in {"assert", "fail"}
        meaning = None if own else explain(self._redact(all_words(result)))
        # A preflight tells all gaps, with what mends each.
        message = self._redact(failure_message(result, whole=kind == "preflight"))
        gaps = tuple(self._findings(result, "gaps"))
        about = (str(result.get("object") or ""), str(result.get("field") or ""))
        self.failure = Failure(kind, str(data.get("host") or ""), self._task(data), message, meaning, gaps, about)

    def _findings(self, result: Mapping[str, Any], name: str) -> Iterator[Finding]:
        yield from (Finding(**finding) for finding in self._without_secrets(result.get(name) or []))


def failure_message(result: Mapping[str, Any], *, whole: bool = False) -> str:
    """Return what a failed task says for a person: its message, or the end of what its program said.

    Args:
        result: What the task's module answered.
        whole: Leave out nothing, however long it is.
    """
    failed = [item for item in result.get("results") or [] if isinstance(item, dict) and item.get("failed")]
    if failed:
        return failure_message(failed[0], whole=whole)
    parts = [_text(result.get("msg"))]
    if not parts[0] or "non-zero return code" in parts[0]:
        parts += [_text(result.get(name)) for name in OUTPUT]
    lines = [line for part in parts for line in part.splitlines() if line.strip()]
    if len(lines) > MESSAGE_LINES and not whole:
        lines = ["…", *lines[-MESSAGE_LINES:]]
    return "\n".join(lines) or "It gave no reason."


def all_words(result: Mapping[str, Any]) -> str:
    """Return all that a failed task said, of each of its failed items."""
    failed = [item for item in result.get("results") or [] if isinstance(item, dict) and item.get("failed")]
    parts = [_text(result.get(name)) for name in ("msg", *OUTPUT)]
    return "\n".join([*filter(None, parts), *map(all_words, failed)])


def _text(value: Any) -> str:  # noqa: ANN401 — a module answers what it likes
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def _count(data: Event, key: str, host: str) -> int:
    return int((data.get(key) or {}).get(host, 0))


def _task_file(data: Event) -> str:
    """Return the name of the file that a task stands in, without its suffix: `main`, `verify`."""
    return str(data.get("task_path") or "").rpartition("/")[2].partition(".")[0]


def _is_precheck(data: Event) -> bool:
    """Tell whether a task looks before anything changes: a precheck, or the check of a role's arguments."""
    return _task_file(data).startswith("precheck") or str(data.get("task_action")).endswith(ARGUMENTS)
