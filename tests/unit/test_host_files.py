"""Module host_files, on folders made for the test."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from modules import FakeModule, load

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


@pytest.fixture
def unit(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = load("files", "host_files")
    monkeypatch.setattr(module, "read_at", lambda *_: 1_000_000.0)
    return module


@pytest.mark.parametrize(("written", "outdated"), [(999_990, False), (1_000_010, True)])
def test_a_unit_is_outdated_when_a_file_is_younger(
    unit: ModuleType, tmp_path: Path, written: int, *, outdated: bool
) -> None:
    file = tmp_path / "secrets.yml"
    file.write_text("")
    os.utime(file, (written, written))
    assert unit.is_outdated("web.service", [file, tmp_path / "absent"]) is outdated


def test_of_a_folder_what_is_in_it_is_looked_at_too(unit: ModuleType, tmp_path: Path) -> None:
    folder, link = tmp_path / "sites-enabled", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    (folder / "other-site").write_text("")
    os.utime(folder, (1, 1))
    assert unit.is_outdated("nginx.service", [folder]), "somebody wrote into a file that was there"
    os.utime(folder / "other-site", (1, 1))
    assert not unit.is_outdated("nginx.service", [folder])
    os.utime(link, (1, 1), follow_symlinks=False)
    (folder / "other-site").touch()
    assert not unit.is_outdated("nginx.service", [link]), "of a link only when it was put there"


@pytest.mark.parametrize(("made", "older"), [(None, True), (5, True), (20, False)])
def test_what_is_made_of_files_is_told_when_it_is_older(
    unit: ModuleType, tmp_path: Path, made: int | None, *, older: bool
) -> None:
    bundle, authority = tmp_path / "bundle.crt", tmp_path / "authority.crt"
    authority.write_text("")
    os.utime(authority, (10, 10))
    if made is not None:
        bundle.write_text("")
        os.utime(bundle, (made, made))
    assert unit.is_older(str(bundle), [authority, tmp_path / "absent"]) is older
    assert not unit.is_older("", [authority]), "nothing is made of them"
    assert not unit.is_older(str(bundle), [tmp_path / "absent"]), "a check has not written them"


@pytest.mark.parametrize("at_boot", [False, True])
def test_a_unit_that_does_not_run_is_told_and_one_that_will_not_at_boot_where_that_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, at_boot: bool
) -> None:
    module = load("files", "host_files")
    states = {"a": "active enabled", "b": "failed enabled", "c": "activating enabled", "d": "active disabled"}
    paragraphs = ["ActiveState={}\nUnitFileState={}\n".format(*state.split()) for state in states.values()]
    # As systemd answers about a unit that it does not know.
    paragraphs.append("ActiveState=inactive\nUnitFileState=\n")
    answer = tmp_path / "answer"
    answer.write_text("\n".join(paragraphs))
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(f"#!/bin/sh\ncat {answer}\n")
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    found = module.stopped([*states, "unknown"], at_boot=at_boot)
    assert found == (["b", "d", "unknown"] if at_boot else ["b", "unknown"])
    assert module.stopped([]) == []


class Judge(FakeModule):
    """A module that can run commands."""

    def __init__(self, tmpdir: Path, **params: Any) -> None:
        super().__init__(**params)
        self.tmpdir = str(tmpdir)

    def run_command(self, command: str) -> tuple[int, str, str]:
        done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr


def test_what_is_refused_by_who_reads_it_is_not_written(tmp_path: Path) -> None:
    module = load("files", "host_files")
    path = tmp_path / "site.conf"
    path.write_text("server on\n")
    owner = path.owner()
    file = {"path": str(path), "content": "gone\n", "mode": "0644", "owner": owner, "group": path.group()}
    judge = Judge(tmp_path, files=[{**file, "validate": "grep --quiet server %s"}], folders=[])
    with pytest.raises(AssertionError, match=r"site\.conf is not written.*it ended with 1"):
        module.write_files(judge)
    assert path.read_text() == "server on\n"
    judge.params["files"][0]["content"] = "server off\n"
    assert module.write_files(judge)[0] == [str(path)]
    assert path.read_text() == "server off\n"
    assert module.write_files(judge) == ([], []), "a second time there is nothing to do"


def test_a_folder_is_made_once_and_gets_its_rights_back(tmp_path: Path) -> None:
    module = load("files", "host_files")
    me, folder = tmp_path.stat(), tmp_path / "srv" / "ddconsul"
    new = {"mode": 0o755, "owner": me.st_uid, "group": me.st_gid}
    assert module.have_folder(folder, new, check=True)
    assert not folder.exists()
    assert module.have_folder(folder, new, check=False)
    assert not module.have_folder(folder, new, check=False)
    folder.chmod(0o700)
    assert module.have_folder(folder, new, check=False)
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_release_that_became_live_without_a_restart_is_noticed(unit: ModuleType, tmp_path: Path) -> None:
    current = tmp_path / "current"
    current.symlink_to("releases/2")
    assert unit.is_outdated("web.service", [current]), "the link is younger than the process, wherever it points"


def test_a_file_is_replaced_whole_and_with_its_rights(tmp_path: Path) -> None:
    module = load("files", "host_files")
    me = tmp_path.stat()
    path = tmp_path / "puma.rb"
    path.write_text("old, and longer than the new one")
    new = {"content": "new\n", "mode": 0o640, "owner": me.st_uid, "group": me.st_gid}
    module.replace(path, new)
    assert module.current(path) == new
    assert list(tmp_path.iterdir()) == [path]
