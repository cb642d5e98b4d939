"""What goes wrong with a demo is told in Dutch, with what to do; the English is kept for who helps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ddconsul.commands.demo import demo
from ddconsul.commands.dutch import translate
from ddconsul.errors import (
    DdconsulError,
    ExitCode,
    InputError,
    InterruptedRunError,
    LockedError,
    PreflightError,
    StepFailedError,
)
from ddconsul.operations import demo as operation
from ddconsul.operations import demos
from ddconsul.operations.demo_notes import DemoError
from ddconsul.targets.base import TargetError

LOG = "/home/a/logs/demo-a-deploy-1.log"
ENGLISH = re.compile(r"\b(the|is not|there|with the|failed|cannot)\b", re.IGNORECASE)
MEETS = [
    (
        TargetError("Podman is not installed.", "this machine", "Run: apt-get install --no-install-recommends podman"),
        "Podman, het programma voor containers, is niet geïnstalleerd.",
        "Geef de opdracht: apt-get install --no-install-recommends podman",
    ),
    (
        TargetError("podman commit failed: writing blob: no space left on device", "this machine", "Try it by hand: x"),
        "De schijf is vol, of te vol voor een demo.",
        "Maak ruimte",
    ),
    (
        PreflightError("/opt has 300 MB free; making a build takes 4000 MB.", "demo-a", f"The log: {LOG}"),
        "De schijf is vol, of te vol voor een demo.",
        LOG,
    ),
    (
        StepFailedError("the step “Compile” failed: Cannot allocate memory - fork(2)", "demo-a", f"The log: {LOG}"),
        "Er is niet genoeg geheugen voor nog een demo.",
        LOG,
    ),
    (
        TargetError(
            "A container of this name is there, and ddconsul did not make it.", "ddconsul-demo-a", "Give the site ..."
        ),
        "Er is al een container met deze naam, en die is niet van uw ddconsul.",
        "Kies een andere naam",
    ),
    (
        TargetError(
            "Something else now listens on a port of this container: 4001, 8080 or 4002.", "ddconsul-demo-a", "See ..."
        ),
        "Een ander programma gebruikt een poort van deze demo",
        "ss -ltnp",
    ),
    (
        TargetError("The container does not start: runc: operation not permitted", "ddconsul-demo-a", "Try by hand: x"),
        "De container start niet.",
        "begin opnieuw",
    ),
    (
        InputError("git says: unable to access 'https://x/': Could not resolve host: x", "https://x/", "Check ..."),
        "De bron van Consul is niet te bereiken: https://x/",
        "--source",
    ),
    (
        InputError("has no tag 9.9.9", "/srv/consul.git", "It has 2.5.1."),
        "Hier is niet de uitgave van Consul te vinden die het gemeentebestand vraagt: /srv/consul.git",
        "consul.version",
    ),
    (
        LockedError("another run is changing this site (process 4)", "demo-a", "Wait until it is done."),
        "Er is al een andere opdracht met deze demo bezig.",
        "Wacht tot die klaar is.",
    ),
    (
        StepFailedError("the step “Write what Consul contains” failed: odd", "demo-a", f"The log: {LOG}"),
        "Een stap mislukte.",
        LOG,
    ),
    (
        StepFailedError(
            "Consul refused budget geld, name.nl, and what it contains stays as it was: Name has already been taken",
            "/home/a/gemeente.yml:9",
            f"The log: {LOG}",
        ),
        "Consul neemt iets uit het gemeentebestand niet aan: budget geld, name.nl (Name has already been taken).",
        "Verbeter het",
    ),
    (InterruptedRunError("Stopped.", todo=f"Run it again. The log: {LOG}"), "Gestopt.", "gaat verder waar het ophield"),
]


@pytest.mark.parametrize(("error", "what", "todo"), MEETS)
def test_what_a_user_of_demos_can_meet(error: DdconsulError, what: str, todo: str) -> None:
    kept: list[str] = []

    def keep(text: str) -> Path:
        kept.append(text)
        return Path("/kept.log")

    dutch = translate(error, keep)
    assert dutch.what.startswith(what)
    assert todo in dutch.todo
    assert not ENGLISH.search(str(dutch)), str(dutch)
    assert dutch.exit_code == error.exit_code
    assert all(error.what in text for text in kept)
    if error.exit_code not in {ExitCode.USAGE, ExitCode.LOCKED}:
        assert LOG in dutch.todo or kept


def test_mistakes_in_a_file_keep_their_places() -> None:
    english = "gemeente.yml:3:5: modules.debat: unknown key"
    dutch = translate(InputError(english), lambda _: Path())
    assert dutch.what == "Het gemeentebestand of de bron klopt niet."
    assert english in dutch.todo


def test_the_english_is_kept_where_only_its_owner_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(operation, "reachable", lambda _: False)
    monkeypatch.setattr(demos, "_containers", dict)

    def refuse(*_: object) -> None:
        raise TargetError("The container does not start: odd", "ddconsul-demo-a", "Try by hand: podman run")

    monkeypatch.setattr(operation, "start", refuse)
    done = CliRunner().invoke(demo, ["up", "a"], standalone_mode=False)
    assert isinstance(done.exception, DdconsulError)
    found = re.search(r"/\S+\.log", done.exception.todo)
    assert found
    log = Path(found[0])
    assert "The container does not start: odd" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0


def test_what_is_dutch_already_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(demos, "_containers", dict)
    done = CliRunner().invoke(demo, ["open", "Nee!"], standalone_mode=False)
    assert isinstance(done.exception, DemoError)
    assert done.exception.what == "is geen naam voor een demo"


def test_ctrl_c_is_answered_in_dutch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(operation, "plan", stop)
    done = CliRunner().invoke(demo, ["up"], standalone_mode=False)
    assert isinstance(done.exception, DdconsulError)
    assert done.exception.exit_code == ExitCode.INTERRUPTED
    assert str(done.exception).startswith("Gestopt.")
