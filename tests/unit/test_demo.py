"""Demos: which Consul they run, what is in their file, and what a person reads about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from ddconsul import assets
from ddconsul.commands.demo import DUTCH, demo, first_line, in_dutch
from ddconsul.errors import InputError
from ddconsul.instance.loader import load
from ddconsul.instance.models import UPSTREAM
from ddconsul.operations import demo as operation
from ddconsul.operations.demo import Choice, Listed
from ddconsul.operations.deploy import STAGES, DeployResult
from ddconsul.operations.source import Source

if TYPE_CHECKING:
    from ddconsul.operations.demo import Demo

STANDIN = Choice(str(assets.standin()), standin=True, unreachable=UPSTREAM)
FILE = """\
municipality: {name: "'s-Hertogenbosch", domain: denkmee.example.org, code: "0796"}
target: {type: ssh, host: server1.example.org}
consul: {version: "2.5.1", overlay: own}
branding: {colours: {brand: "#004a83"}}
modules: {debates: on}
mail: {from: noreply@example.org, name: Bosch, smtp: {host: mail.example.org, user: bosch}}
tls: {mode: internal}
administrators: [{name: Noor, email: noor@example.org}]
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(operation, "reachable", lambda _: False)
    monkeypatch.setattr(operation, "_containers", dict)
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


def test_again_keeps_the_file_and_the_consul(own_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = operation.plan("bosch", file=own_file)
    monkeypatch.setattr(operation, "reachable", lambda _: True)
    assert operation.plan("bosch") == first


def test_a_demo_does_not_change_from_stand_in_to_consul() -> None:
    operation.plan("voorbeeld")
    with pytest.raises(InputError, match="already runs the stand-in"):
        operation.plan("voorbeeld", source="https://git.example.org/consul.git")


@pytest.mark.parametrize("name", ["", "A", "1a", "a b", "../x", "a" * 16, "-a", "a_b"])
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="is not a name"):
        operation.plan(name)


def container(name: str, state: str) -> dict[str, dict[str, Any]]:
    return {name: {"Labels": {"org.ddconsul.http-port": "8080"}, "State": state}}


def test_the_list_knows_files_and_containers(monkeypatch: pytest.MonkeyPatch) -> None:
    operation.plan("voorbeeld")
    monkeypatch.setattr(
        operation, "_containers", lambda: container("oud", "exited") | container("voorbeeld", "running")
    )
    assert operation.demos() == [
        Listed("oud", "http://localhost:8080/", running=False, standin=None),
        Listed("voorbeeld", "http://localhost:8080/", running=True, standin=True),
    ]
    out = CliRunner().invoke(demo, ["list"]).output
    assert out.splitlines()[0].split()[:2] == ["oud", "staat"]
    assert out.splitlines()[1].split() == ["voorbeeld", "draait", "http://localhost:8080/", "stand-in"]


def test_removing_what_is_not_there_names_what_is() -> None:
    operation.plan("voorbeeld")
    with pytest.raises(InputError) as caught:
        operation.remove("anders", print)
    assert caught.value.todo == "There are: voorbeeld."


def test_down_wants_a_name_or_all() -> None:
    assert CliRunner().invoke(demo, ["down"]).exit_code == 2
    assert CliRunner().invoke(demo, ["down", "a", "--all"]).exit_code == 2


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
    assert said[0] in DUTCH.values()


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
def test_up_as_json() -> None:
    done = CliRunner().invoke(demo, ["up", "bosch", "--json"])
    document = json.loads(done.stdout)
    assert document["name"] == "bosch"
    assert document["consul"]["standin"] is True
    assert document["consul"]["unreachable"] == UPSTREAM
    assert document["administrator"] == {"email": "beheer@example.org", "password": "geheim"}
    assert done.stderr.startswith("Let op: dit is een stand-in")
