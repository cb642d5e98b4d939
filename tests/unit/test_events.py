"""Events of a run become progress, a log and a result."""

from __future__ import annotations

from typing import Any

import pytest

from ddconsul.ansible.events import STATUS_TASK, STATUS_VARIABLE, EventReader, Stage, failure_message
from ddconsul.ansible.redact import Redactor


class Told:
    def __init__(self, stages: dict[str, str] | None = None) -> None:
        self.progress: list[str] = []
        self.log: list[str] = []
        self.reader = EventReader(self.progress.append, self.log.append, stages)

    def tell(self, kind: str, **data: Any) -> None:
        self.reader.read({"event": kind, "event_data": data, "stdout": data.pop("stdout", "")})


def test_a_stage_is_told_once_when_its_role_begins() -> None:
    told = Told({"base": "Preparing", "site": "Setting up", "site:verify": "Checking"})
    for role, file in [("base", "precheck"), ("base", "main"), ("other", "main"), ("base", "main"), ("site", "main"),
                       ("site", "verify"), ("site", "verify"), ("site", "main")]:  # fmt: skip
        told.tell("playbook_on_task_start", role=role, task="t", task_path=f"/roles/{role}/tasks/{file}.yml:3")
    assert told.progress == ["Looking at the host", "Preparing", "Setting up", "Checking"]


def test_each_stage_has_its_time_and_its_changes() -> None:
    now = [0.0]
    reader = EventReader(print, print, {"base": "Preparing", "site": "Setting up"}, clock=lambda: now[0])
    for seconds, role in [(2, "base"), (3, "base"), (7.5, "site"), (9, "base")]:
        now[0] = seconds
        reader.read({"event": "playbook_on_task_start", "event_data": {"role": role, "task": "t"}})
        reader.read({"event": "runner_on_ok", "event_data": {"task": f"{role} {seconds}", "res": {"changed": True}}})
    now[0] = 10
    assert reader.stages == (
        Stage("Looking at the host", 2, ()),
        Stage("Preparing", 5.5, ("base 2", "base 3")),
        Stage("Setting up", 2.5, ("site 7.5", "base 9")),
    )


class Ears:
    verbosity = 1

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def __call__(self, line: str) -> None:
        self.heard.append(("stage", line))

    def task(self, name: str) -> None:
        self.heard.append(("task", name))

    def ansible(self, text: str) -> None:
        self.heard.append(("ansible", text))

    def stopping(self, line: str) -> None:
        self.heard.append(("stopping", line))


def test_a_listener_to_stages_hears_them_with_their_tasks() -> None:
    ears = Ears()
    ears.verbosity = 0
    reader = EventReader(ears, print, {"base": "Preparing"})
    reader.read({"event": "playbook_on_task_start", "event_data": {"role": "base", "task": "Write"}})
    check = {"role": "base", "task": "Validating arguments", "task_action": "ansible.builtin.validate_argument_spec"}
    reader.read({"event": "playbook_on_task_start", "event_data": check})
    assert ears.heard == [("stage", "Looking at the host"), ("stage", "Preparing"), ("task", "Write")]


def test_a_listener_hears_tasks_and_what_ansible_prints_without_secrets() -> None:
    ears = Ears()
    log: list[str] = []
    reader = EventReader(ears, log.append, {"base": "Preparing"}, redact=Redactor(["geheim123"]))
    data = {"role": "base", "task": "Write geheim123"}
    reader.read({"event": "playbook_on_task_start", "event_data": data, "stdout": "TASK [Write geheim123]"})
    assert ears.heard == [
        ("task", "Write ********"),
        ("ansible", "TASK [Write ********]"),
    ]
    reader.read({"event": "runner_on_ok", "event_data": {**data, "res": {"changed": True}}})
    status = {"a": ["geheim123", 7, {"b": None}]}
    reader.read({"event": "runner_on_ok", "event_data": {
        "task": "Report the state of the site", "res": {"consul_site_status": status}}})  # fmt: skip
    reader.read(
        {"event": "runner_on_failed", "event_data": {**data, "res": {"msg": "geheim123: Read-only file system"}}}
    )
    failure = reader.failure
    assert failure is not None
    assert failure.meaning is not None
    for told in (log, reader.changes, reader.status, failure, reader.stages):
        assert "geheim123" not in repr(told)


def test_what_a_step_said_is_translated_but_not_a_sentence_of_our_own() -> None:
    said = {"msg": "non-zero return code", "stderr": "tar: write error: No space left on device"}
    for action, known in [("ansible.builtin.command", True), ("ansible.builtin.assert", False), ("fail", False)]:
        told = Told()
        told.tell("runner_on_failed", host="zee", task="Do", task_action=action, res=said)
        assert told.reader.failure is not None
        assert (told.reader.failure.meaning is not None) is known


def test_the_item_that_failed_is_translated() -> None:
    told = Told()
    items = [{"msg": "ok", "stdout": "Hash Sum mismatch"}, {"failed": True, "msg": "E: dpkg was interrupted, you must"}]
    told.tell("runner_on_failed", host="zee", task="Do", res={"msg": "One or more items failed", "results": items})
    assert told.reader.failure is not None
    assert told.reader.failure.meaning is not None
    assert "dpkg" in told.reader.failure.meaning.todo


def test_changes_and_numbers_are_counted() -> None:
    told = Told()
    told.tell("runner_on_ok", task="Write", host="zee", res={"changed": True})
    told.tell("runner_on_ok", task="Look", host="zee", res={"changed": False})
    told.tell("playbook_on_stats", ok={"zee": 2}, changed={"zee": 1}, failures={}, dark={}, processed={"zee": 1})
    assert told.reader.changes == ["Write"]
    assert told.reader.hosts["zee"].changed == 1
    assert told.reader.failure is None


def test_the_state_of_the_site_is_read_from_its_task() -> None:
    told = Told()
    told.tell("runner_on_ok", task="Other", res={"consul_site_status": {"no": 1}})
    told.tell("runner_on_ok", task="Report the state of the site", res={"consul_site_status": {"answers": True}})
    assert told.reader.status == {"answers": True}


@pytest.mark.parametrize(
    ("event", "data", "kind"),
    [
        ("runner_on_unreachable", {}, "unreachable"),
        ("runner_on_failed", {"task_path": "/r/tasks/precheck_build.yml:9"}, "preflight"),
        ("runner_on_failed", {"task_action": "ansible.builtin.validate_argument_spec"}, "preflight"),
        ("runner_on_failed", {"task_path": "/r/tasks/main.yml:9", "task_action": "ansible.builtin.command"}, "task"),
    ],
)
def test_how_far_it_came_is_known(event: str, data: dict[str, Any], kind: str) -> None:
    told = Told()
    told.tell(event, host="zee", task="Do", res={"msg": "No."}, **data)
    told.tell("runner_on_failed", host="zee", task="Later", res={"msg": "Follows from it."})
    failure = told.reader.failure
    assert failure is not None
    assert (failure.kind, failure.task, failure.message) == (kind, "Do", "No.")


def test_what_a_preflight_finds_is_told_one_by_one_and_without_secrets() -> None:
    found = {"check": "swap", "what": "there is no room, says geheim", "where": "/opt", "fix": "Make some"}
    told = Told()
    told.reader = EventReader(print, print, redact=lambda text: text.replace("geheim", "***"))
    told.tell("runner_on_ok", task="Look", res={"notices": [found]})
    told.tell("runner_on_failed", task="Look", task_path="/r/tasks/precheck.yml:9", res={"msg": "No.", "gaps": [found]})
    assert [notice.what for notice in told.reader.notices] == ["there is no room, says ***"]
    failure = told.reader.failure
    assert failure is not None
    assert list(failure.gaps) == told.reader.notices


def test_a_failure_that_the_playbook_expects_is_none() -> None:
    told = Told()
    told.tell("runner_on_failed", host="zee", task="Try", ignore_errors=True, res={"msg": "No."})
    assert told.reader.failure is None


def test_what_ansible_says_outside_its_tasks_is_kept() -> None:
    told = Told()
    told.tell("verbose", stdout="ERROR! the playbook could not be found")
    assert told.reader.noise == ["ERROR! the playbook could not be found"]
    assert told.log == ["ERROR! the playbook could not be found"]


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({"msg": "Debian 12 is too old."}, "Debian 12 is too old."),
        ({"msg": "non-zero return code", "stderr": "boom", "stdout": ""}, "non-zero return code\nboom"),
        ({"msg": "", "module_stderr": "no python"}, "no python"),
        ({"msg": ["one", "two"]}, "one\ntwo"),
        ({"msg": "All items completed", "results": [{"msg": "a"}, {"failed": True, "msg": "b"}]}, "b"),
        ({}, "It gave no reason."),
    ],
)
def test_the_reason_is_found_where_a_module_put_it(result: dict[str, Any], message: str) -> None:
    assert failure_message(result) == message


def test_a_long_reason_shows_its_end() -> None:
    lines = failure_message({"msg": "", "stderr": "\n".join(map(str, range(100)))}).splitlines()
    assert lines[0] == "…"
    assert lines[-1] == "99"
    assert len(lines) == 16


def test_secrets_go_also_inside_json_and_one_another() -> None:
    redact = Redactor(['pass"word', "password-longer", "password", "abc"])
    assert redact('x pass"word y') == "x ******** y"
    assert redact('{"a": "pass\\"word"}') == '{"a": "********"}'
    assert redact("password-longer") == "********"
    assert redact("abc stays") == "abc stays"


def test_what_a_playbook_reports_stands_under_the_name_by_which_it_is_read() -> None:
    from pathlib import Path

    import yaml

    tasks = Path(__file__).parents[2] / "roles/consul_site/tasks"
    reporting = [
        task["name"]
        for file in tasks.glob("*.yml")
        for task in yaml.safe_load(file.read_text()) or []
        if STATUS_VARIABLE in (task.get("vars") or {})
    ]
    assert set(reporting) == {STATUS_TASK}
