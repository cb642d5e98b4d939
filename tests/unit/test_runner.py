"""A real run of Ansible on this machine: result, log, secrets, and nothing left behind."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ddconsul.ansible.command import PlaybookRun
from ddconsul.ansible.events import Result
from ddconsul.ansible.runner import new_log, run_playbook
from ddconsul.errors import InterruptedRunError, PreflightError, StepFailedError, UnreachableError
from ddconsul.operations.playbook import failure_error
from ddconsul.secrets import SecretFiles

PLAY = """\
- name: Try it
  hosts: consul
  gather_facts: false
  tasks:
"""
REPORT = """\
    - name: Report the state of the site
      ansible.builtin.debug:
        var: consul_site_status
      vars:
        consul_site_status: {answers: true, name: "{{ name_of_site }}"}
"""
CHANGE = """\
    - name: Say the password
      ansible.builtin.command: {argv: [echo, "it is {{ administrator_password }}"]}
      changed_when: true
"""
FAIL = """\
    - name: Give up
      ansible.builtin.fail: {msg: "no {{ administrator_password }} for you"}
"""


class Tried:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = SecretFiles.beside(folder / "zee.yml")
        self.secrets = self.files.complete()
        self.said: list[str] = []

    def run(self, tasks: str, **variables: str) -> Result:
        playbook = self.folder / "try.yml"
        playbook.write_text(PLAY + tasks)
        here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        plan = PlaybookRun(
            playbook,
            self.folder,
            {"consul": {"hosts": {"zee": here}}},
            variables,
            self.files.file,
            self.files.password_file,
        )
        log = new_log(self.folder / "logs", "zee", "try")
        return run_playbook(plan, log, self.said.append, secrets=self.secrets.values())


@pytest.fixture
def tried(tmp_path: Path) -> Tried:
    return Tried(tmp_path)


def test_a_run_that_goes_well(tried: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_STRATEGY", "no-such-strategy")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    result = tried.run(CHANGE + REPORT, name_of_site="{{ 1 + 1 }}")
    assert result.ok, result.failure
    assert (result.changed, result.changes) == (1, ("Say the password",))
    assert result.status == {"answers": True, "name": "{{ 1 + 1 }}"}
    assert stat.S_IMODE(result.log.stat().st_mode) == 0o600
    assert "Say the password" in result.log.read_text()


def test_a_failure_is_told_without_the_secret(tried: Tried) -> None:
    result = tried.run(CHANGE + FAIL)
    assert result.failure is not None
    assert (result.failure.task, result.failure.message) == ("Give up", "no ******** for you")
    text = result.log.read_text()
    assert "********" in text
    assert not [value for value in tried.secrets.values() if value in text]
    assert isinstance(failure_error(result.failure, result), StepFailedError)


def test_a_playbook_that_ansible_cannot_read(tried: Tried) -> None:
    result = tried.run("    - name: [\n")
    assert result.failure is not None
    assert result.failure.task == "Start Ansible"
    assert "try.yml" in result.failure.message


@pytest.mark.parametrize(
    ("kind", "error"), [("unreachable", UnreachableError), ("preflight", PreflightError), ("task", StepFailedError)]
)
def test_each_kind_of_failure_is_an_error_of_its_own(tmp_path: Path, kind, error: type[Exception]) -> None:
    from ddconsul.ansible.events import Failure

    found = failure_error(Failure(kind, "zee", "Do", "No."), Result(ok=False, log=tmp_path / "log"))
    assert isinstance(found, error)
    assert str(tmp_path / "log") in str(found)


def test_ctrl_c_stops_it_cleanly(tried: Tried) -> None:
    wait = '    - name: Wait\n      ansible.builtin.command: {argv: [sleep, "31.4159"]}\n'
    timer = threading.Timer(4, lambda: os.kill(os.getpid(), 2))
    timer.start()
    with pytest.raises(InterruptedRunError):
        tried.run(wait)
    timer.cancel()
    left = subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True).stdout
    assert "sleep 31.4159" not in left


def test_nothing_is_left_behind(tried: Tried, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from ddconsul.ansible import runner

    made: list[Path] = []
    real = runner.tempfile.mkdtemp
    monkeypatch.setattr(runner.tempfile, "mkdtemp", lambda **k: made.append(Path(real(**k))) or str(made[-1]))
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    assert tried.run(REPORT, name_of_site="x").ok
    assert made
    assert not [path for path in made if path.exists()]
    assert not list(home.iterdir())
