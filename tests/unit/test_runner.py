"""A real run of Ansible on this machine: result, log, secrets, and nothing left behind."""

from __future__ import annotations

import base64
import errno
import io
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from ddconsul.ansible import runner
from ddconsul.ansible.command import Kept, PlaybookRun, Workspace
from ddconsul.ansible.events import Result, Stage
from ddconsul.ansible.runner import clear_leftovers, new_log, run_playbook
from ddconsul.commands.plain import AnsibleProgress
from ddconsul.errors import InterruptedRunError, PreflightError, StepFailedError, UnreachableError
from ddconsul.operations.playbook import failure_error
from ddconsul.secrets import SecretFiles

HERE = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
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

    def run(self, tasks: str, report=None, **variables: str) -> Result:
        playbook = self.folder / "try.yml"
        playbook.write_text(PLAY + tasks)
        plan = PlaybookRun(
            playbook,
            self.folder,
            {"consul": {"hosts": {"zee": HERE}}},
            variables,
            self.files.file,
            self.files.password_file,
        )
        log = new_log(self.folder / "logs", "zee", "try")
        return run_playbook(plan, log, report or self.said.append, secrets=self.secrets.values())


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


LEAK = """\
    - name: Leak it in every form that comes to mind
      ansible.builtin.shell:
        cmd: |
          printf '%s\\n' {{ secret | quote }} {{ secret | to_json | quote }} {{ secret | b64encode | quote }}
          printf '%s\\n' {{ secret | urlencode | quote }} {{ ('user:' ~ secret) | b64encode | quote }}
          printf '%s\\n' {{ secret | quote | quote }} >&2
          exit 3
      vars:
        secret: "{{ administrator_password }}"
      changed_when: false
"""


def test_a_secret_reaches_no_file_no_screen_and_no_error_in_any_form(tried: Tried) -> None:
    secret = """Ge'heim "1" & meer/\\én\nnog een lange regel met + erin"""
    tried.secrets = tried.files.complete({"administrator_password": secret})
    screen: list[str] = []
    result = tried.run(LEAK, AnsibleProgress(screen.append, 4))
    assert result.failure is not None
    assert "Leak it" in "".join(screen)
    assert "ESTABLISH LOCAL CONNECTION" in "".join(screen), "it is as talkative as -vvv makes it"
    seen = [*screen, repr(failure_error(result.failure, result).as_dict()), repr(result)]
    seen += [path.read_text() for path in (tried.folder / "logs").iterdir()]
    forms = [secret, *secret.splitlines(), base64.b64encode(secret.encode()).decode()[:24], "Ge%27heim", "nog%20een"]
    forms += [base64.b64encode(f"user:{secret}".encode()).decode()[8:32], "nog een lange", "Ge'heim", "heim \\"]
    assert not [(form, text[max(0, text.find(form) - 80) :][:200]) for text in seen for form in forms if form in text]


def test_the_password_in_an_address_is_in_nothing_that_stays(tried: Tried) -> None:
    result = tried.run(CHANGE, base_proxy="http://noor:ge%40heim@proxy.example.org:3128")
    assert result.ok
    comment, values = Kept(result.log).variables.read_text().splitlines()
    assert ("left out" in comment, "noor" in values) == (True, True)
    assert yaml.safe_load(values)["base_proxy"].endswith("@proxy.example.org:3128")
    assert not [path for path in (tried.folder / "logs").iterdir() if "heim" in path.read_text()]


def test_ansible_s_own_output_is_shown_when_asked_for(tried: Tried) -> None:
    screen: list[str] = []
    result = tried.run(CHANGE, AnsibleProgress(screen.append, 1))
    text = "\n".join(screen)
    assert screen[0] == result.command
    assert "TASK [Say the password]" in text
    assert "changed: [zee]" in text
    assert '"cmd"' not in text, "results are for -vv"
    assert tried.run(CHANGE, AnsibleProgress(screen.append, 2)).ok
    assert '"cmd"' in "\n".join(screen)


def test_the_line_to_do_it_by_hand_works(tried: Tried) -> None:
    result = tried.run(CHANGE, site="it's {{ 1 }}")
    log = result.log.read_text()
    assert result.command in log.splitlines()[0]
    for path in (Kept(result.log).inventory, Kept(result.log).variables, Kept(result.log).config):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert not [value for value in tried.secrets.values() if value in path.read_text()]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tried.folder / "home")}
    for more, expected in [("--list-tasks", "Say the password"), ("--syntax-check", "playbook:"), ("", "changed=1")]:
        argv = ["sh", "-c", f"{result.command} {more}"]
        done = subprocess.run(argv, env=environment, cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert expected in done.stdout


def test_each_stage_is_in_the_result(tried: Tried) -> None:
    (stage,) = tried.run(CHANGE).stages
    assert stage == Stage("Looking at the host", stage.seconds, ("Say the password",))
    assert stage.seconds > 0


# What has to happen happens at once; on a machine with much else to do that is a while.
PATIENCE = 120
# Another run of these tests on this machine waits as well, for a time of its own.
SECONDS = os.environ.setdefault("DDCONSUL_TEST_SECONDS", f"900.{os.getpid()}")
WAIT = f"""\
    - name: Wait
      ansible.builtin.command: {{argv: [sleep, "{SECONDS}"]}}
"""
# A user's own run, in a process of its own: `-c RUN folder`.
RUN = """\
import sys; from pathlib import Path
sys.path.insert(0, %r)
import click; from ddconsul.commands import LazyGroup; from ddconsul.commands.shared import showing
from test_runner import Tried, WAIT
main = LazyGroup("main", invoke_without_command=True)
def call():
    with showing(as_json=False) as report:
        report("Waiting for it")
        Tried(Path(sys.argv[1])).run(WAIT, report)
main.callback = call
main([])
""" % str(Path(__file__).parent)  # noqa: UP031 — braces are Python's here


def waiting() -> bool:
    shown = subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True)
    return f"sleep {SECONDS}" in shown.stdout


def until(wanted: bool, seconds: float = PATIENCE) -> bool:
    end = time.monotonic() + seconds
    while waiting() is not wanted and time.monotonic() < end:
        time.sleep(0.1)
    return waiting() is wanted


@pytest.fixture
def users_run(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert until(True), process.communicate()
            yield process
        finally:
            process.kill()
            until(False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whoever_stops_it_reads_one_sentence_and_nothing_goes_on(users_run, number: int) -> None:
    users_run.send_signal(number)
    out, err = users_run.communicate(timeout=PATIENCE)
    assert users_run.returncode == 130
    assert err.startswith("Stopped.\n  Run it again to go on where it stopped. The log: ")
    assert "Traceback" not in out + err
    assert "Stopping; Ctrl-C again does not wait" in out
    assert until(False)


def test_a_second_ctrl_c_does_not_wait(users_run) -> None:
    users_run.send_signal(signal.SIGSTOP)
    users_run.send_signal(signal.SIGINT)
    users_run.send_signal(signal.SIGTERM)
    users_run.send_signal(signal.SIGCONT)
    out, err = users_run.communicate(timeout=PATIENCE)
    assert (users_run.returncode, err.strip()) == (130, "Stopped.")
    assert "Traceback" not in out
    assert until(False)


def test_what_a_killed_run_left_on_this_machine_is_ended_by_the_next(users_run) -> None:
    users_run.kill()
    users_run.wait()
    assert waiting(), "Ansible goes on without its owner"
    base = runner._scratch()
    assert base is not None
    clear_leftovers(base)
    assert until(False)


def test_the_workspace_of_a_run_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    workspace, fresh = Workspace(tmp_path / "ddconsul-busy"), Workspace(tmp_path / "ddconsul-fresh")
    workspace.sockets.mkdir(parents=True)
    fresh.root.mkdir()
    with runner._held(workspace.root) as held:
        assert held
        clear_leftovers(tmp_path)
        assert workspace.root.exists()
    clear_leftovers(tmp_path)
    assert not workspace.root.exists()
    assert fresh.root.exists(), "its owner is about to hold it"


def test_a_run_stops_when_it_is_told_to(tried: Tried) -> None:
    (tried.folder / "try.yml").write_text(PLAY + WAIT)
    plan = PlaybookRun(tried.folder / "try.yml", tried.folder, {"consul": {"hosts": {"zee": HERE}}}, {})
    with pytest.raises(InterruptedRunError):
        run_playbook(plan, new_log(tried.folder / "logs", "zee", "try"), tried.said.append, stop=waiting)
    assert until(False)


def test_a_disk_that_is_full_loses_lines_of_the_log_and_not_the_run(
    tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    real = os.fdopen

    def fdopen(descriptor: int, mode: str, *more: Any, **also: Any) -> Any:
        if "a" not in mode:
            return real(descriptor, mode, *more, **also)
        os.close(descriptor)
        return Full()

    monkeypatch.setattr(runner.os, "fdopen", fdopen)
    assert tried.run(CHANGE).ok
    assert [line for line in tried.said if "No space left" in line][1:] == [], "it is said once"
    assert "The log misses lines from here on" in "".join(tried.said)


def test_a_connection_that_does_not_close_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path)
    workspace.sockets.mkdir()
    (workspace.sockets / "a").touch()
    (workspace.sockets / "b").touch()
    asked: list[list[str]] = []

    def hang(argv: list[str], **_: object) -> None:
        asked.append(argv)
        raise subprocess.TimeoutExpired(argv, 10)

    monkeypatch.setattr(runner.subprocess, "run", hang)
    runner._close_connections(workspace)
    assert len(asked) == 2, "the other one is closed all the same"


def test_nothing_is_left_behind(tried: Tried, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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
