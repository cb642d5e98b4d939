"""Demos: which Consul they run, what is in their file, and what a person reads about them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner
from files import with_others, write

from ddconsul import assets
from ddconsul.ansible.events import listener
from ddconsul.ansible.runner import STOPPING
from ddconsul.commands.demo import demo, first_line
from ddconsul.commands.dutch import PROGRESS, in_dutch
from ddconsul.instance.loader import load
from ddconsul.instance.models import UPSTREAM
from ddconsul.operations import demo as operation
from ddconsul.operations import demos
from ddconsul.operations.demo_notes import Choice, DemoError, Notes, check_name, now, period, read_notes, write_notes
from ddconsul.operations.demos import Listed
from ddconsul.operations.deploy import STAGES, DeployResult, complete_secrets
from ddconsul.operations.source import Source
from ddconsul.paths import Paths, state_folder

if TYPE_CHECKING:
    from ddconsul.operations.demo import Demo

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
STANDIN = Choice(str(assets.standin()), standin=True, unreachable=UPSTREAM)
FILE = """\
municipality: {name: "'s-Hertogenbosch", domain: denkmee.example.org, code: "0796"}
target: {type: ssh, host: server1.example.org}
consul: {version: "2.5.1", overlay: own}
branding: {colours: {brand: "#004a83"}}
modules: {debates: on}
mail: {from: noreply@example.org, name: Bosch, smtp: {host: mail.example.org, user: bosch}}
tls: {mode: internal}
pages: {privacy: own/p.md, accessibility: own/p.md, conditions: own/p.md}
administrators: [{name: Noor, email: noor@example.org}]
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(operation, "reachable", lambda _: False)
    monkeypatch.setattr(demos, "_containers", dict)
    monkeypatch.setattr(operation, "day_one", lambda _: None)
    return tmp_path


def test_consul_itself_when_it_can_be_reached() -> None:
    assert operation.choose(lambda _: True) == Choice(UPSTREAM, standin=False)
    assert operation.choose(lambda _: False) == STANDIN


def test_an_address_without_a_git_server_is_not_reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert not operation.reachable("http://127.0.0.1:9/consul.git")


def test_the_example() -> None:
    planned = operation.plan("voorbeeld")
    instance = planned.instance
    assert planned.choice == STANDIN
    assert instance.municipality.name == "Voorbeeldgemeente"
    assert (instance.target.type, instance.site) == ("container", "demo-voorbeeld")
    assert instance.consul.source == str(assets.standin())
    assert planned.paths.file.parent.stat().st_mode & 0o077 == 0
    assert planned.paths.secrets.file.parent == planned.paths.file.parent


def test_a_name_becomes_the_municipality() -> None:
    assert operation.plan("west-betuwe").instance.municipality.name == "West Betuwe"


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/p.md").write_text("# Onze pagina\n")
    (tmp_path / "mine.yml").write_text(FILE)
    return tmp_path / "mine.yml"


def test_a_file_of_ones_own_keeps_its_looks_and_loses_what_belongs_elsewhere(own_file: Path) -> None:
    own = load(own_file).instance
    instance = operation.plan("bosch", file=own_file).instance
    assert instance.municipality == own.municipality
    assert instance.branding == own.branding
    assert instance.modules == own.modules
    assert instance.administrators == own.administrators
    assert (instance.mail.sender, instance.mail.name, instance.mail.smtp) == ("noreply@example.org", "Bosch", None)
    assert instance.tls.mode == "off"
    assert instance.consul.overlay is None, "custom code for Consul does not fit the stand-in"
    assert instance.site == "demo-bosch"


def test_with_consul_itself_custom_code_comes_along(own_file: Path, tmp_path: Path) -> None:
    source = tmp_path / "consul.tar.gz"
    source.touch()
    planned = operation.plan("bosch", file=own_file, source=str(source))
    assert planned.choice == Choice(str(source), standin=False)
    assert planned.instance.consul.overlay == tmp_path / "own"


def test_a_source_in_the_file_is_the_one_that_runs(own_file: Path, tmp_path: Path) -> None:
    source = tmp_path / "consul.tar.gz"
    source.touch()
    own_file.write_text(FILE.replace("overlay: own", f"source: {source}"))
    assert operation.plan("bosch", file=own_file).choice == Choice(str(source), standin=False)
    assert operation.plan("bosch").choice == Choice(str(source), standin=False), "the second time too"


def test_again_keeps_the_file_and_the_consul(own_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = operation.plan("bosch", file=own_file)
    monkeypatch.setattr(operation, "reachable", lambda _: True)
    assert operation.plan("bosch") == first


def test_a_demo_does_not_change_from_stand_in_to_consul() -> None:
    operation.plan("voorbeeld")
    with pytest.raises(DemoError, match="draait al met de stand-in"):
        operation.plan("voorbeeld", source="https://git.example.org/consul.git")


@pytest.mark.parametrize("name", ["", "A", "1a", "a b", "../x", "a" * 16, "-a", "a_b", "build"])
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(DemoError, match="is geen naam"):
        check_name(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Voor Beeld", "Bedoelt u voorbeeld?"),
        ("'s-Hertogenbosch", "Bijvoorbeeld: s-hertogenbosch."),
        ("!", ""),
    ],
)
def test_a_refused_name_comes_with_what_is_allowed_and_a_better_one(name: str, hint: str) -> None:
    with pytest.raises(DemoError) as caught:
        check_name(name, {"voorbeeld", "west-betuwe"})
    allowed = "Gebruik hoogstens 15 kleine letters, cijfers en streepjes, met een letter voorop."
    assert caught.value.todo == f"{allowed} {hint}".strip()


def container(name: str, state: str) -> dict[str, dict[str, Any]]:
    return {name: {"Labels": {"org.ddconsul.http-port": "8080"}, "State": state, "Pid": 7}}


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a demo that runs, one that is switched off, and one whose making was killed."""
    monkeypatch.setattr(demos, "_containers", lambda: container("oud", "exited") | container("voorbeeld", "running"))
    monkeypatch.setattr(demos, "memory_used", lambda _: 340_000_000)
    monkeypatch.setattr(demos, "preparations", list)
    for name in ("voorbeeld", "half"):
        operation.plan(name, lasts="2d" if name == "voorbeeld" else None, clock=lambda: NOON)
    folder = state_folder() / "demos" / "voorbeeld"
    notes = read_notes(folder)
    assert notes is not None
    write_notes(folder, Notes(notes.choice, notes.made, notes.expires, ready=True))


@pytest.mark.usefixtures("three")
def test_the_list_knows_files_and_containers() -> None:
    half, old, example = demos.demos(lambda: NOON)
    assert half == Listed("half", "", "unfinished", standin=True, made=NOON)
    assert old == Listed("oud", "http://localhost:8080/", "stopped")
    assert example == Listed(
        "voorbeeld",
        "http://localhost:8080/",
        "running",
        standin=True,
        made=NOON,
        expires=NOON + timedelta(days=2),
        memory=340_000_000,
    )


@pytest.mark.usefixtures("three")
def test_the_list_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    out = CliRunner().invoke(demo, ["list"]).output
    lines = [line.split() for line in out.splitlines()]
    assert lines[0][:6] == ["half", "niet", "af", "(ddconsul", "demo", "up"]
    assert lines[1][:3] == ["oud", "staat", "uit"]
    assert lines[2][:6] == ["voorbeeld", "draait", "http://localhost:8080/", "stand-in", "340", "MB"]
    assert "Samen 340 MB geheugen." in out


@pytest.mark.usefixtures("three")
def test_the_list_as_json() -> None:
    document = json.loads(CliRunner().invoke(demo, ["list", "--json"]).stdout)
    found = {listed["name"]: listed for listed in document["demos"]}
    assert found["voorbeeld"]["state"] == "running"
    assert found["voorbeeld"]["memory"] == 340_000_000
    assert found["voorbeeld"]["made"] == "2026-03-28T12:00:00+00:00"
    assert found["voorbeeld"]["expires"] == "2026-03-30T12:00:00+00:00"
    assert found["half"]["expires"] is None
    assert document["memory"] == 340_000_000


def test_an_empty_list_says_how_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demos, "preparations", list)
    assert CliRunner().invoke(demo, ["list"]).output == "Er zijn geen demo's. Begin met: ddconsul demo up\n"


@pytest.mark.parametrize(
    ("text", "length"),
    [("12u", timedelta(hours=12)), ("12h", timedelta(hours=12)), ("2d", timedelta(days=2)), (" 1 W ", timedelta(7))],
)
def test_lengths_of_time(text: str, length: timedelta) -> None:
    assert period(text) == length


@pytest.mark.parametrize("text", ["", "2", "d", "0d", "-1d", "2 dagen", "1m", "2d3u", "99999d"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(DemoError, match="is geen tijdsduur"):
        period(text)


def test_a_demo_expires_when_its_time_is_over_and_no_sooner() -> None:
    operation.plan("kort", lasts="12u", clock=lambda: NOON)
    operation.plan("altijd", clock=lambda: NOON)
    assert demos.expired(lambda: NOON + timedelta(hours=12) - timedelta(seconds=1)) == []
    assert demos.expired(lambda: NOON + timedelta(hours=12)) == ["kort"]


def test_again_keeps_the_time_unless_told_otherwise() -> None:
    def expires(lasts: str | None, at: datetime) -> datetime | None:
        return operation.plan("kort", lasts=lasts, clock=lambda: at).notes.expires

    assert expires("2d", NOON) == NOON + timedelta(days=2)
    assert expires(None, NOON + timedelta(days=1)) == NOON + timedelta(days=2)
    assert expires("1w", NOON + timedelta(days=1)) == NOON + timedelta(days=8)
    assert expires(None, NOON + timedelta(days=9)) is None, "who asks for it after its time, wants it to stay"
    assert operation.plan("kort").notes.made == NOON


def test_a_wrong_length_of_time_makes_nothing() -> None:
    with pytest.raises(DemoError):
        operation.plan("kort", lasts="morgen")
    assert demos.demos() == []


def test_notes_of_an_earlier_ddconsul_are_read(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"source": "/x", "standin": true, "unreachable": ""}')
    notes = read_notes(tmp_path)
    assert notes is not None
    assert notes.choice == Choice("/x", standin=True)
    assert (notes.expires, notes.ready) == (None, True)
    (tmp_path / "demo.json").write_text("[")
    assert read_notes(tmp_path) is None


def test_a_shell_completes_names_and_starters() -> None:
    for name in ("bosch", "breda", "assen"):
        operation.plan(name)
    parameters = {
        (command, parameter.name): parameter
        for command in ("up", "open", "logs", "down")
        for parameter in demo.commands[command].params
    }

    def complete(command: str, parameter: str, begun: str) -> list[str]:
        context = click.Context(demo.commands[command])
        return [item.value for item in parameters[command, parameter].shell_complete(context, begun)]

    assert complete("open", "name", "b") == ["bosch", "breda"]
    assert complete("down", "names", "") == ["assen", "bosch", "breda"]
    assert complete("up", "starter", "i") == ["ideeen", "inspraak"]


def test_removing_what_is_not_there_names_what_is() -> None:
    operation.plan("voorbeeld")
    with pytest.raises(DemoError) as caught:
        demos.remove("anders", print)
    assert caught.value.todo == "Er zijn: voorbeeld."
    with pytest.raises(DemoError) as caught:
        demos.remove("voorbeld", print)
    assert caught.value.todo == "Bedoelt u voorbeeld? Er zijn: voorbeeld."


@pytest.mark.parametrize(
    "words", [[], ["a", "--all"], ["--all", "--expired"], ["a", "--older-than", "2d"], ["a", "--cache"]]
)
def test_down_wants_to_know_which(words: list[str]) -> None:
    assert CliRunner().invoke(demo, ["down", *words]).exit_code == 2


@pytest.fixture
def removed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have three demos of different ages, and note which are removed."""
    gone: list[str] = []
    for name, age, lasts in (("oud", 72, None), ("nieuw", 1, None), ("kort", 24, "12u")):
        made = now() - timedelta(hours=age)
        operation.plan(name, lasts=lasts, clock=partial(datetime.fromisoformat, made.isoformat()))
    monkeypatch.setattr(demos, "remove", lambda name, _: gone.append(name))
    monkeypatch.setattr(demos, "remove_preparations", lambda *, images: gone.append(f"images {images}"))
    return gone


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        (["nieuw"], ["nieuw"]),
        (["oud", "nieuw", "oud"], ["oud", "nieuw"]),
        (["--all"], ["kort", "nieuw", "oud", "images False"]),
        (["--all", "--cache"], ["kort", "nieuw", "oud", "images True"]),
        (["--all", "--older-than", "2d"], ["oud"]),
        (["--all", "--older-than", "4d"], []),
        (["--expired"], ["kort"]),
    ],
)
def test_down_removes_what_was_asked_and_no_more(words: list[str], gone: list[str], removed: list[str]) -> None:
    done = CliRunner().invoke(demo, ["down", *words, "--json"])
    assert done.exit_code == 0, done.output
    assert removed == gone
    assert json.loads(done.stdout) == {"removed": [name for name in gone if " " not in name]}


def test_a_mistake_in_one_name_removes_nothing(removed: list[str]) -> None:
    done = CliRunner().invoke(demo, ["down", "oud", "niew"], standalone_mode=False)
    assert isinstance(done.exception, DemoError)
    assert "Bedoelt u nieuw?" in done.exception.todo
    assert removed == []


@pytest.mark.usefixtures("three")
def test_open_prints_the_address_where_there_is_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    done = CliRunner().invoke(demo, ["open"])
    assert done.stdout == "http://localhost:8080/\n"
    assert "geen browser" in done.stderr


@pytest.mark.usefixtures("three")
def test_open_opens_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("webbrowser.open", lambda url: not opened.append(url))  # type: ignore[func-returns-value]  # append returns None, which is what is asked for
    assert CliRunner().invoke(demo, ["open", "voorbeeld"]).exit_code == 0
    assert opened == ["http://localhost:8080/"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(("name", "what"), [("oud", "staat uit"), ("half", "is nog niet af")])
@pytest.mark.parametrize("verb", ["open", "logs"])
def test_what_does_not_run_cannot_be_looked_at(verb: str, name: str, what: str) -> None:
    done = CliRunner().invoke(demo, [verb, name], standalone_mode=False)
    assert isinstance(done.exception, DemoError)
    assert done.exception.what == what
    assert done.exception.todo == f"Start hem met: ddconsul demo up {name}"


@pytest.mark.usefixtures("three")
def test_logs_are_the_site_s_own_and_hold_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Paths.of_user(state_folder() / "demos/voorbeeld/gemeente.yml").secrets.complete()
    asked: list[str] = []

    def follow(_: object, *words: str) -> list[str]:
        asked.extend(words)
        return [f"login with {secret['administrator_password']}", "Started"]

    monkeypatch.setattr("ddconsul.targets.podman.Podman.follow", follow)
    done = CliRunner().invoke(demo, ["logs"])
    first, second = done.stdout.splitlines()
    assert secret["administrator_password"] not in first
    assert first.startswith("login with")
    assert second == "Started"
    assert "--unit=ddconsul-demo-voorbeeld*" in asked
    assert "--follow" not in asked
    CliRunner().invoke(demo, ["logs", "-f"])
    assert "--follow" in asked


def test_the_first_line_says_what_it_is() -> None:
    assert first_line(STANDIN) == (
        "Let op: dit is een stand-in, niet Consul zelf. github.com is vanaf deze computer niet te bereiken."
    )
    assert first_line(Choice("/x", standin=True)) == "Let op: dit is een stand-in, niet Consul zelf."
    assert first_line(Choice(UPSTREAM, standin=False)) == f"Dit is Consul Democracy zelf, van {UPSTREAM}."


@pytest.mark.parametrize("stage", STAGES.values())
def test_each_stage_of_a_deploy_has_a_dutch_line(stage: str) -> None:
    said: list[str] = []
    in_dutch(said.append)(stage)
    assert said
    assert said[0] in PROGRESS.values()


def test_who_stops_a_demo_reads_that_it_stops() -> None:
    said: list[str] = []
    listener(in_dutch(said.append)).stopping(STOPPING)
    assert said == [PROGRESS["Stopping"]]


def test_other_lines_are_for_the_log() -> None:
    said: list[str] = []
    in_dutch(said.append)("Something technical")
    assert said == []


def deployed(planned: Demo) -> DeployResult:
    source = Source(Path("/a"), "d" * 64, planned.choice.source, "2.5.1", standin=planned.choice.standin)
    return DeployResult(
        site=planned.instance.site,
        url="http://localhost:8080/",
        domain="a.example.org",
        administrator="beheer@example.org",
        source=source,
        changes=(),
        changed=0,
        seconds=41.6,
        log=Path("/log"),
    )


@pytest.fixture
def _deploys(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(planned: Demo, report: Any) -> operation.Started:
        report("Preparing the host")
        return operation.Started(planned, deployed(planned), "geheim")

    monkeypatch.setattr(operation, "start", start)


@pytest.mark.usefixtures("_deploys")
def test_up_tells_where_to_look_and_how_to_log_in() -> None:
    done = CliRunner().invoke(demo, ["up"])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0].startswith("Let op: dit is een stand-in")
    assert [line.split()[-1] for line in lines if line.startswith("  ")] == [
        "http://localhost:8080/",
        "http://localhost:8080/admin",
        "beheer@example.org",
        "geheim",
    ]
    assert lines[-1] == "Weghalen kan met: ddconsul demo down voorbeeld"


@pytest.mark.usefixtures("_deploys")
def test_up_leaves_out_what_it_has_no_secrets_for_and_says_so(tmp_path: Path) -> None:
    file = write(tmp_path, with_others(tmp_path))
    done = CliRunner().invoke(demo, ["up", "zee", "--file", str(file)])
    (line,) = (line for line in done.output.splitlines() if line.startswith("Weggelaten"))
    assert "participation.log_in.oidc, participation.log_in.saml, participation.codes" in line
    planned = operation.plan("zee")
    assert complete_secrets(planned.instance, planned.paths)
    assert "Weggelaten" not in CliRunner().invoke(demo, ["up", "voorbeeld"]).output


@pytest.mark.usefixtures("_deploys")
def test_up_says_which_demos_went_because_their_time_was_over(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    monkeypatch.setattr(demos, "remove", lambda name, _: gone.append(name))
    long_ago = now() - timedelta(days=3)
    for name in ("oud", "weer"):
        operation.plan(name, lasts="2d", clock=lambda: long_ago)
    done = CliRunner().invoke(demo, ["up", "weer", "--for", "1w"])
    assert gone == ["oud"], "the one that is asked for stays"
    assert "Weggehaald, want de tijd ervan was om: oud." in done.output
    assert "Blijft tot" in done.output


@pytest.mark.usefixtures("_deploys")
def test_up_as_json() -> None:
    done = CliRunner().invoke(demo, ["up", "bosch", "--json"])
    document = json.loads(done.stdout)
    assert document["name"] == "bosch"
    assert document["consul"]["standin"] is True
    assert document["consul"]["unreachable"] == UPSTREAM
    assert document["administrator"] == {"email": "beheer@example.org", "password": "geheim"}
    assert done.stderr.startswith("Let op: dit is een stand-in")
