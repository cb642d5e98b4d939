"""Two runs never change the same site or host at once, and who is gone holds no lock."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from files import MINIMAL, PAGES, instance

from ddconsul.errors import ExitCode, LockedError, UnreachableError
from ddconsul.operations import lock
from ddconsul.operations.lock import Owner, host_lock, keeper_argv, only_run
from ddconsul.paths import Paths
from ddconsul.targets.base import Connection

HERE = Connection("localhost", local=True)
# What has to happen happens at once; on a machine with much else to do that is a while.
PATIENCE = 120


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "gemeente.yml", tmp_path / "cache", tmp_path / "state")


def eventually(test: object, seconds: float = PATIENCE) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if test():
            return True
        time.sleep(0.1)
    return False


def test_a_second_run_is_refused_and_a_later_one_is_not(tmp_path: Path, paths: Paths) -> None:
    site = instance(tmp_path)
    other = instance(tmp_path, MINIMAL.replace("container", "local") + PAGES)
    with only_run(site, paths, "upgrade") as owner:
        with pytest.raises(LockedError) as caught, only_run(site, paths):
            pass
        with only_run(other, paths):
            pass
    assert caught.value.exit_code == ExitCode.LOCKED
    assert f"{owner.user} on {owner.host} (process {os.getpid()}, upgrade), for " in caught.value.what
    assert f"kill {os.getpid()}" in caught.value.todo
    with only_run(site, paths):
        pass


def test_the_lock_of_a_killed_run_is_free(tmp_path: Path, paths: Paths) -> None:
    site = instance(tmp_path)
    hold = (
        "import signal, sys; from pathlib import Path; from ddconsul.instance.loader import load\n"
        "from ddconsul.operations.lock import only_run; from ddconsul.paths import Paths\n"
        f"with only_run(load(Path({str(tmp_path / 'gemeente.yml')!r})).instance, Paths(*map(Path, sys.argv[1:]))):\n"
        "    print('held', flush=True); signal.pause()\n"
    )
    argv = [sys.executable, "-c", hold, str(paths.file), str(paths.cache), str(paths.state)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=f"process {process.pid}"), only_run(site, paths):
            pass
        process.kill()
    with only_run(site, paths):
        pass


@pytest.mark.parametrize("text", ["", "4711", "[]", "{", '{"pid": 1, "colour": "red"}'])
def test_a_lock_that_names_nobody_we_know_is_still_a_sentence(text: str) -> None:
    error = lock.locked("site zee", Owner.read(text))
    assert "being" in error.what or "changing" in error.what


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0 seconds"), (59, "59 seconds"), (61, "1 min"), (3600, "1 h 0 min"), (7265, "2 h 1 min")],
)
def test_an_age_is_told_for_a_person(seconds: float, words: str) -> None:
    assert lock.duration(seconds) == words


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Hold the host's lock in a folder of the test, and let nobody stop this machine's own services."""
    monkeypatch.setattr(lock, "PLACE", str(tmp_path / "lock"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "systemctl").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return tmp_path / "lock"


def step(owner: Owner, program: str = "sleep") -> subprocess.Popen[bytes]:
    """Start what a run does on its host."""
    return subprocess.Popen([program, "600"], env={**os.environ, "DDCONSUL_RUN": owner.run})


@pytest.mark.usefixtures("place")
def test_a_host_takes_one_run_at_a_time_whatever_machine_it_comes_from() -> None:
    first, second = Owner("deploy", "zee", "noor", "laptop", 11), Owner("deploy", "bos", "jan", "desk", 22)
    with host_lock(HERE, first, print):
        with pytest.raises(LockedError) as caught, host_lock(HERE, second, print):
            pass
        assert "is being changed for site zee by noor on laptop (process 11, deploy)" in caught.value.what
        assert "on laptop: kill 11" in caught.value.todo
    with host_lock(HERE, second, print):
        pass


@pytest.mark.usefixtures("place")
def test_a_run_that_is_done_leaves_its_processes_alone() -> None:
    owner = Owner("deploy", "zee")
    with step(owner) as process:
        with host_lock(HERE, owner, print):
            pass
        assert process.poll() is None
        process.kill()


@pytest.mark.usefixtures("place")
def test_a_run_that_is_stopped_ends_its_steps_on_the_host() -> None:
    owner, other = Owner("deploy", "zee"), Owner("deploy", "bos")
    with step(owner) as process, step(other) as stranger:
        with pytest.raises(KeyboardInterrupt), host_lock(HERE, owner, print):
            raise KeyboardInterrupt
        assert process.wait(PATIENCE) == -signal.SIGTERM
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.usefixtures("place")
def test_a_killed_run_loses_the_lock_of_its_host_and_its_steps() -> None:
    owner = Owner("deploy", "zee")
    hold = (
        "import signal, subprocess, sys\n"
        "keeper = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True)\n"
        "signal.pause()\n"
    )
    argv = [sys.executable, "-c", hold, *keeper_argv(HERE, owner)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process, step(owner) as remote:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(LockedError), host_lock(HERE, Owner("deploy", "zee"), print):
            pass
        process.kill()
        said: list[str] = []
        with host_lock(HERE, Owner("deploy", "zee"), said.append):
            assert remote.wait(PATIENCE) == -signal.SIGTERM


def test_a_run_that_falls_silent_loses_the_lock(place: Path) -> None:
    argv = keeper_argv(HERE, Owner("deploy", "zee"), str(place), 0.5)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as silent:
        assert silent.stdout is not None
        assert silent.stdout.readline() == b"held\n"
        assert silent.wait(PATIENCE) == 0


@pytest.mark.usefixtures("place")
def test_packages_are_installed_to_the_end_and_the_next_run_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dpkg = tmp_path / "dpkg"
    shutil.copy(shutil.which("sleep") or "", dpkg)
    owner = Owner("deploy", "zee")
    said: list[str] = []
    monkeypatch.setattr(lock, "SECONDS_TO_END", 1)
    with step(owner, str(dpkg)) as installing:
        with pytest.raises(KeyboardInterrupt), host_lock(HERE, owner, print):
            raise KeyboardInterrupt
        assert installing.poll() is None

        def report(line: str) -> None:
            said.append(line)
            installing.kill()

        with host_lock(HERE, Owner("deploy", "zee"), report):
            pass
    assert said == ["Waiting until localhost has ended what a run left there that was stopped"]


@pytest.mark.usefixtures("place")
def test_a_lost_connection_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = lock._ask
    monkeypatch.setattr(lock, "_ask", lambda argv: (asked := real(argv), started.append(asked[0]))[0])
    with host_lock(HERE, Owner("deploy", "zee"), print) as lease:
        assert not lease.lost()
        started[0].kill()
        assert eventually(lease.lost)


def test_a_host_that_cannot_give_its_lock_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "keeper_argv", lambda *_: ["sh", "-c", "echo 'sudo: a password is required' >&2; exit 1"])
    with pytest.raises(UnreachableError, match="sudo: a password is required"), host_lock(HERE, Owner(), print):
        pass


def test_over_ssh_no_shell_reads_the_owner() -> None:
    owner = Owner("deploy", "zee", user="'; reboot #")
    remote = keeper_argv(Connection("server1", user="beheer", become=True), owner)[-1]
    out = subprocess.run(
        ["sh", "-c", remote.replace("sudo -n python3 -c", "printf '%s\\n' ", 1)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert owner.to_json() in out
