"""A playbook runs with the host's lock where it changes something, and ends in an error that a user understands."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from files import instance

from ddconsul.ansible.events import Failure, Result
from ddconsul.errors import InterruptedRunError, LockedError, StepFailedError, UnreachableError
from ddconsul.operations import playbook
from ddconsul.paths import Paths
from ddconsul.targets.base import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ddconsul.ansible.command import PlaybookRun


class Lease:
    gone = False

    def lost(self) -> bool:
        return self.gone


class World:
    """What surrounds a playbook: its host's lock, and Ansible."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.paths = Paths(folder / "gemeente.yml", folder / "cache", folder / "state")
        self.plan: PlaybookRun | None = None
        self.held: list[str] = []
        self.lease = Lease()
        self.hidden: list[str] = []
        self.error: Exception | None = None
        self.failure: Failure | None = None
        monkeypatch.setattr(playbook, "host_lock", self.host_lock)
        monkeypatch.setattr(playbook, "run_playbook", self.run_playbook)

    @contextmanager
    def host_lock(self, connection: Connection, owner: Any, _: Any) -> Iterator[Lease]:
        self.held.append(f"{owner.verb} {owner.site} on {connection.host}")
        yield self.lease

    def run_playbook(self, plan: PlaybookRun, log: Path, _: Any, **more: Any) -> Result:
        self.plan, self.hidden = plan, list(more["secrets"])
        if plan.vault_password_file is not None:
            assert plan.vault_password_file.is_file()
        assert not more["stop"]()
        if self.error is not None:
            self.lease.gone = isinstance(self.error, LockedError)
            raise InterruptedRunError("Stopped.")
        return Result(ok=self.failure is None, log=log, failure=self.failure)

    def run(self, verb: str = "deploy", **more: Any) -> Result:
        site = instance(self.folder)
        return playbook.run(verb, site, self.paths, Connection("zee"), {"a": 1}, print, **more)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("verb", "more", "locks"),
    [("deploy", {}, True), ("destroy", {}, True), ("deploy", {"check": True}, False), ("status", {}, False),
     ("status", {"changes": True}, True), ("backup", {"changes": False}, False)],
)  # fmt: skip
def test_who_changes_a_host_holds_its_lock(world: World, verb: str, more: dict[str, bool], locks: bool) -> None:
    world.run(verb, **more)
    assert world.held == ([f"{verb} voorbeeldgemeente on zee"] if locks else [])


def test_what_runs_on_the_host_is_marked_as_ours(world: World) -> None:
    world.run()
    assert world.plan is not None
    assert world.plan.variables["a"] == 1
    assert len(world.plan.variables["ddconsul_run"]) == 32


def test_secrets_go_as_files_and_are_hidden_with_the_password_that_opens_them(world: World) -> None:
    secrets = world.paths.secrets.complete()
    world.run(secrets=secrets)
    assert world.plan is not None
    assert world.plan.secrets_file == world.paths.secrets.file
    password = world.paths.secrets.password_file.read_text().strip()
    assert {*secrets.values(), password} <= set(world.hidden)
    assert not [value for value in world.hidden if value in repr(world.plan)]


def test_a_failed_step_is_an_error(world: World) -> None:
    world.failure = Failure("task", "zee", "Write", "No.")
    with pytest.raises(StepFailedError, match="the step “Write” failed: No"):
        world.run()


def test_a_run_that_lost_its_host_says_so_and_one_that_was_stopped_too(world: World) -> None:
    world.error = LockedError("lost")
    with pytest.raises(UnreachableError, match="the connection that holds its lock broke off"):
        world.run()
    world.lease.gone, world.error = False, RuntimeError()
    with pytest.raises(InterruptedRunError):
        world.run()
