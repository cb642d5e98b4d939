"""`smoke`: what is tried and with what, side by side, reported, and always taken away."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import click
import httpx
import pytest
from click.testing import CliRunner, Result
from files import MINIMAL, SERVER, with_others, write
from programs import packages_of
from rendering import REPOSITORY
from ruamel.yaml import YAML

from ddconsul import assets
from ddconsul.commands import main
from ddconsul.errors import ExitCode, InterruptedRunError, StepFailedError
from ddconsul.instance.loader import load
from ddconsul.instance.models import UPSTREAM
from ddconsul.instance.several import files_in
from ddconsul.operations import side_by_side as beside
from ddconsul.operations import smoke as operation
from ddconsul.operations import throwaway as away
from ddconsul.operations.checks import administrator
from ddconsul.operations.checks.check import Finding, Outcome, run_checks
from ddconsul.operations.checks.result import SmokeResult, worst
from ddconsul.operations.checks.visitor import Page
from ddconsul.operations.demo_notes import Choice
from ddconsul.operations.deploy import complete_secrets
from ddconsul.operations.junit import junit
from ddconsul.operations.others import of_others
from ddconsul.operations.side_by_side import room, side_by_side
from ddconsul.operations.smoke import Plan, adapt, plan, smoke, whose_else
from ddconsul.operations.throwaway import sweep, throwaway
from ddconsul.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Callable

STANDIN = Choice(str(assets.standin()), standin=True, unreachable=UPSTREAM)
REAL = Choice(UPSTREAM, standin=False)
GOOD = Finding("home", "it answers", "status 200", Outcome.PASSED, 0.2)
BAD = Finding("job", "it is done", "it was not\x00 done ]]> <&", Outcome.FAILED, 3)
LEFT = Finding("painted", "it is blue", "no browser", Outcome.SKIPPED)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


# --- what is tried ---


def test_consul_itself_where_it_can_be_reached_and_otherwise_the_stand_in(tmp_path: Path) -> None:
    file = write(tmp_path)
    assert plan(file, lambda _: True).choice == REAL
    assert plan(file, lambda _: False).choice == STANDIN
    found = operation.choose("https://noor:geheim@git.example.org/consul.git", lambda _: False)
    assert "geheim" not in found.unreachable + operation.first_line(standin=True, unreachable=found.unreachable)
    assert "geheim" not in operation.first_line(standin=False, source="https://noor:geheim@git.example.org/consul.git")


def test_a_source_on_this_machine_is_taken_as_it_is(tmp_path: Path) -> None:
    def never(_: str) -> bool:
        raise AssertionError

    file = write(tmp_path, f"{MINIMAL}consul: {{source: {assets.standin()}}}\n")
    assert plan(file, never).choice == Choice(str(assets.standin()), standin=True)


def test_the_file_is_tried_as_it_is_but_for_where_it_runs(tmp_path: Path) -> None:
    own = load(write(tmp_path, SERVER)).instance
    tried = adapt(own, "smoke-1", REAL)
    assert (tried.target.type, tried.site) == ("container", "smoke-1")
    assert (tried.mail.sender, tried.mail.name, tried.mail.smtp) == ("noreply@mail.example.org", "Gemeente Zee", None)
    assert tried.tls.mode == "internal", "what comes over TLS is tried over TLS"
    assert tried.consul == own.consul.model_copy(update={"source": UPSTREAM})
    for section in ("municipality", "branding", "modules", "administrators", "network"):
        assert getattr(tried, section) == getattr(own, section)
    assert adapt(own, "smoke-1", STANDIN).consul.version == "2.5.1", "the stand-in has one release"


@pytest.mark.usefixtures("removed")
def test_what_others_gave_a_secret_for_is_left_out_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DDCONSUL_VAULT_PASSWORD_FILE", str(tmp_path / "not-in-ci"))
    file = write(tmp_path, with_others(tmp_path))

    def deploys(wanted: Plan, paths: Paths, *_: object, **__: object) -> Any:
        tried = adapt(wanted.instance, paths.file.parent.name, wanted.choice)
        paths.file.write_text(operation.to_yaml(tried))
        tried = load(paths.file).instance
        assert complete_secrets(tried, paths).keys() == {"administrator_password", "secret_key_base"}
        assert of_others(tried) == ()
        assert tried.participation.verification == "letters", "the rest of the section stays"
        raise StepFailedError("enough seen")

    monkeypatch.setattr(operation, "_deploy", deploys)
    said: list[str] = []
    assert "enough seen" in smoke(plan(file, lambda _: True), said.append).error
    (line,) = (line for line in said if line.startswith("Left out"))
    assert line.endswith("participation.log_in.oidc, participation.log_in.saml, participation.codes")
    smoke(planned(tmp_path), said.append)
    assert len([line for line in said if line.startswith("Left out")]) == 1, "nothing is said where nothing is left out"


def test_every_inventory_is_right_and_can_be_tried() -> None:
    folders = sorted(path for path in (REPOSITORY / "inventories").iterdir() if path.is_dir())
    files = files_in(folders)
    assert len(files) >= 4
    for file in files:
        loaded = load(file)
        assert loaded.warnings == ()
        assert operation.to_yaml(adapt(loaded.instance, "smoke-1", STANDIN))
    readme = (REPOSITORY / "inventories/README.md").read_text()
    assert all(f"({folder.name}" in readme for folder in folders)


# --- one file ---


class Recorder:
    """Stands in for the container."""

    removed: list[str]

    def __init__(self, site: str, *_: object) -> None:
        self.site = site

    def remove(self, _: object) -> None:
        self.removed.append(self.site)


@pytest.fixture
def removed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(away, "ContainerTarget", Recorder)
    monkeypatch.setattr(away, "read_machine", lambda: None)
    Recorder.removed = []
    return Recorder.removed


def planned(tmp_path: Path) -> Plan:
    return Plan("gemeente.yml", load(write(tmp_path)).instance, STANDIN)


@pytest.mark.parametrize(("error", "code"), [(StepFailedError("the step failed", "h", "log"), 5), (ValueError("x"), 1)])
def test_what_goes_wrong_is_in_the_result_and_the_container_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, removed: list[str], error: Exception, code: int
) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise error

    monkeypatch.setattr(operation, "_deploy", fail)
    result = smoke(planned(tmp_path), print)
    assert (result.exit_code, result.stage) == (code, "deploy")
    assert str(error) in result.error
    assert len(removed) == 1
    assert list((tmp_path / "state/ddconsul/smoke").iterdir()) == []


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whoever_stops_it_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, removed: list[str], number: int, keep: bool
) -> None:
    def wait(*_: object, **__: object) -> Any:
        os.kill(os.getpid(), number)
        signal.pause()

    monkeypatch.setattr(operation, "_deploy", wait)
    with pytest.raises(InterruptedRunError):
        smoke(planned(tmp_path), print, keep=keep)
    assert len(removed) == 1
    assert list((tmp_path / "state/ddconsul/smoke").iterdir()) == []


def test_what_is_kept_stays_and_what_a_killed_run_left_goes(removed: list[str]) -> None:
    with throwaway(keep=True) as kept:
        pass
    with throwaway(keep=False) as running:
        left = kept.with_name("smoke-left")
        left.mkdir()
        sweep()
        assert removed == ["smoke-left"]
        assert (kept.is_dir(), running.is_dir(), left.is_dir()) == (True, True, False)
    assert removed == ["smoke-left", running.name]


# --- several files ---


def try_it(wanted: Plan, report: Callable[[str], None]) -> SmokeResult:
    report("busy")
    if wanted.file == "dies":
        os._exit(7)
    return SmokeResult(wanted.file)


def many(tmp_path: Path, *names: str) -> list[Plan]:
    instance = load(write(tmp_path)).instance
    return [Plan(name, instance, STANDIN) for name in names]


def test_files_are_tried_side_by_side_and_no_more_than_was_asked(tmp_path: Path) -> None:
    said: list[str] = []
    at_once: list[int] = []
    both = tmp_path / "both are busy"

    def wait_for_another(wanted: Plan, report: Callable[[str], None]) -> SmokeResult:
        report("busy")
        until = time.monotonic() + 120
        while not both.exists() and time.monotonic() < until:
            time.sleep(0.01)
        return SmokeResult(wanted.file)

    def hear(line: str) -> None:
        said.append(line)
        # All that may go on at a time has been started before anything is heard.
        at_once.append(len(active_children()))
        if len(said) == 2:
            both.touch()

    results = list(side_by_side(many(tmp_path, "a", "b", "c"), 2, wait_for_another, hear))
    assert {result.file for result in results} == {"a", "b", "c"}
    assert sorted(said) == ["a: busy", "b: busy", "c: busy"]
    assert max(at_once) == 2


def test_a_process_that_dies_takes_no_other_along(tmp_path: Path) -> None:
    results = {result.file: result for result in side_by_side(many(tmp_path, "dies", "a"), 1, try_it, print)}
    assert results["dies"].exit_code == ExitCode.UNEXPECTED
    assert "ended with code 7" in results["dies"].error
    assert results["a"].exit_code == ExitCode.OK


def test_room_goes_by_processors_memory_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = many(tmp_path, *"abcdefgh")
    monkeypatch.setattr(beside.os, "cpu_count", lambda: 4)
    monkeypatch.setattr(beside, "_free_gigabytes", lambda: 3.5)
    assert room(plans) == 3
    assert room(plans[:2]) == 2
    assert room([Plan("a", plans[0].instance, REAL), *plans]) == 1
    monkeypatch.setattr(beside, "_free_gigabytes", lambda: 0.2)
    assert room(plans) == 1


STOPPED = """
import sys, time
from pathlib import Path
from ddconsul.errors import InterruptedRunError
from ddconsul.operations.checks.result import SmokeResult
from ddconsul.operations.side_by_side import side_by_side
from ddconsul.operations.smoke import Plan
from ddconsul.operations.throwaway import stoppable

def work(plan, report):
    place = Path(sys.argv[1])
    try:
        with stoppable():
            (place / plan.file).write_text("begun")
            while True:
                time.sleep(0.1)
    except KeyboardInterrupt:
        time.sleep(0.5)
        (place / plan.file).write_text("cleaned up")
        raise InterruptedRunError("Stopped.")

try:
    list(side_by_side([Plan(name, None, None) for name in "ab"], 2, work, print))
except InterruptedRunError:
    sys.exit(130)
"""


@pytest.mark.parametrize(("number", "to"), [(signal.SIGINT, os.killpg), (signal.SIGTERM, os.kill)])
def test_who_is_stopped_waits_until_all_have_cleaned_up(
    tmp_path: Path, number: int, to: Callable[[int, int], None]
) -> None:
    run = subprocess.Popen([sys.executable, "-c", STOPPED, tmp_path], start_new_session=True)
    until = time.monotonic() + 120
    while not all((tmp_path / name).exists() for name in "ab"):
        assert time.monotonic() < until
        time.sleep(0.05)
    to(run.pid, number)  # a terminal sends Ctrl-C to all processes of the group
    assert run.wait(120) == 130
    assert [(tmp_path / name).read_text() for name in "ab"] == ["cleaned up", "cleaned up"]


# --- the report ---

# What Jenkins' schema, which GitHub's and GitLab's readers follow, knows of each element.
SHAPE = {
    "testsuites": ({"name", "time", "tests", "failures", "disabled", "errors"}, {"testsuite"}),
    "testsuite": (
        {
            "name",
            "tests",
            "failures",
            "errors",
            "time",
            "disabled",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
        },
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": (
        {"name", "assertions", "time", "classname", "status"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
}


def read(report: str) -> ET.Element:
    root = ET.fromstring(report.encode())  # noqa: S314 — written by ourselves
    for element in root.iter():
        attributes, children = SHAPE[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
    return root


def parsed(*results: SmokeResult) -> ET.Element:
    return read(junit(results))


def test_the_report_has_a_suite_per_file_and_a_case_per_check() -> None:
    first = SmokeResult("a.yml", "a", standin=True, release="2.5.1", digest="d").found(GOOD, BAD, LEFT)
    root = parsed(first, SmokeResult("b\x1b.yml").found(GOOD))
    suite, second = root
    assert (suite.get("name"), second.get("name")) == ("a.yml", "b\N{REPLACEMENT CHARACTER}.yml")
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["3", "1", "0", "1"]
    assert (root.get("tests"), root.get("failures")) == ("4", "1")
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert properties == {"standin": "true", "release": "2.5.1", "digest": "d", "url": ""}
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert [[child.tag for child in cases[name]] for name in ("home", "job", "painted")] == [
        [],
        ["failure"],
        ["skipped"],
    ]
    (failure,) = cases["job"]
    assert failure.get("message") == "it was not\N{REPLACEMENT CHARACTER} done ]]> <&"
    assert "expected: it is done" in (failure.text or "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp", ""))


def test_a_file_that_is_not_deployed_is_an_error_in_the_report() -> None:
    (suite,) = parsed(SmokeResult("a.yml", "a").stopped(StepFailedError("the step failed", "h", "log"), "deploy"))
    assert [suite.get(name) for name in ("tests", "failures", "errors")] == ["1", "0", "1"]
    (case,) = suite.iter("testcase")
    assert (case.get("name"), case[0].tag, case[0].get("type")) == ("deploy", "error", "DEPLOY_FAILED")


def test_a_skipped_check_is_no_failure_and_no_pass() -> None:
    result = SmokeResult("a.yml").found(LEFT)
    assert (result.exit_code, result.count(Outcome.PASSED), result.count(Outcome.SKIPPED)) == (0, 0, 1)


def test_the_file_that_went_worst_decides() -> None:
    def ended(code: int) -> SmokeResult:
        return SmokeResult("f", exit_code=ExitCode(code))

    assert worst([]) == 0
    assert worst([ended(0), ended(9)]) == 9
    assert worst([ended(9), ended(5), ended(0)]) == 5
    assert worst([ended(5), ended(2), ended(3)]) == 2


# --- the command ---


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["smoke", *map(str, arguments)])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be deployed or reached."""

    def run(wanted: Plan, _: object, **__: object) -> SmokeResult:
        red = "Rood" in wanted.instance.municipality.name
        return SmokeResult(wanted.file, standin=wanted.choice.standin).found(GOOD, *([BAD] if red else []))

    monkeypatch.setattr(operation, "smoke", run)
    monkeypatch.setattr("ddconsul.operations.demo.reachable", lambda _: False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "platforms"
    place.mkdir()
    (place / "green.yml").write_text(MINIMAL)
    (place / "red.yml").write_text(MINIMAL.replace("Voorbeeldgemeente", "Rood"))
    (place / "notes.yml").write_text("a: 1\n")
    return place


@pytest.mark.usefixtures("quick")
def test_the_first_line_says_loudly_that_it_is_the_stand_in(folder: Path) -> None:
    done = call(folder / "green.yml")
    assert done.output.startswith("STAND-IN, not Consul Democracy itself")
    assert done.exit_code == 0
    assert done.output.splitlines()[-1].startswith(
        f"{folder / 'green.yml'}: passed on the stand-in: 1 passed, 0 failed"
    )


@pytest.mark.usefixtures("quick")
def test_the_stand_in_is_named_before_anything_else(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "consul").mkdir()
    (folder / "a.yml").write_text(f"{MINIMAL}consul: {{source: {tmp_path / 'consul'}}}\n")
    first, second, *_ = call(folder).output.splitlines()
    assert first.startswith("STAND-IN")
    assert second.startswith("Consul Democracy itself")


@pytest.mark.usefixtures("quick")
def test_a_folder_as_json_and_as_junit(folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "reports" / "smoke.xml"
    done = call(folder, "--json", "--junit", report)
    document = json.loads(done.stdout)
    assert done.stderr.startswith("STAND-IN")
    assert done.exit_code == document["exit_code"] == 9
    seen = {Path(file["file"]).name: file for file in document["files"]}
    assert {name: file["exit_code"] for name, file in seen.items()} == {"green.yml": 0, "red.yml": 9}
    assert seen["red.yml"]["standin"] is True
    assert [check["outcome"] for check in seen["red.yml"]["checks"]] == ["passed", "failed"]
    suites = read(report.read_text())
    assert {Path(suite.get("name", "")).name: suite.get("failures") for suite in suites} == {
        "green.yml": "0",
        "red.yml": "1",
    }


@pytest.mark.usefixtures("quick")
def test_a_file_that_is_not_right_stops_no_other_and_is_in_the_report(folder: Path, tmp_path: Path) -> None:
    (folder / "wrong.yml").write_text(MINIMAL.replace("domain:", "domein:"))
    done = call(folder, "--json", "--junit", tmp_path / "smoke.xml")
    document = json.loads(done.stdout)
    assert done.exit_code == 2
    wrong = next(file for file in document["files"] if file["file"].endswith("wrong.yml"))
    assert (wrong["stage"], wrong["exit_code"]) == ("file", 2)
    assert "municipality.domein" in wrong["error"]
    assert len(document["files"]) == 3
    assert read((tmp_path / "smoke.xml").read_text()).get("errors") == "1"


@pytest.mark.parametrize(
    "words",
    [["--write"], ["--log-in"], ["--against", "https://a.example", "--keep"],
     ["--against", "https://a.example", "--jobs", "2"],
     ["--against", "a.example"], ["--jobs", "0"]],
)  # fmt: skip
def test_contradictions_are_refused(folder: Path, words: list[str]) -> None:
    assert call(folder / "green.yml", *words).exit_code == 2


def test_against_is_about_one_site(folder: Path) -> None:
    assert call(folder, "--against", "https://a.example").exit_code == 2


def test_against_an_address_where_nothing_answers(folder: Path, tmp_path: Path) -> None:
    done = call(folder / "green.yml", "--against", "http://localhost:9/", "--json", "--junit", tmp_path / "x.xml")
    assert done.exit_code == 3
    assert "does not answer" in json.loads(done.stdout)["files"][0]["error"]
    assert read((tmp_path / "x.xml").read_text()).get("errors") == "1"


@pytest.mark.parametrize(
    ("url", "more", "reason"),
    [
        ("https://participatie.example.org/", "tls: {mode: files, certificate: site.pem, key: site.key}", ""),
        ("https://Participatie.Example.org:8443/", "tls: {mode: off}", ""),
        ("http://participatie.example.org/", "tls: {mode: off}", ""),
        ("http://localhost:8080/", "tls: {mode: internal}", ""),
        ("https://[::1]:8080/", "tls: {mode: internal}", ""),
        ("https://participatie.example.org/", "tls: {mode: internal}\nnetwork: {extra_ca: [ca.pem]}", ""),
        ("https://participatie.example.org/", "tls: {mode: internal}", "vouches"),
        ("https://127.example.net/", "tls: {mode: off}", "not for 127.example.net"),
        (
            "https://participatie.example.org.example.net/",
            "tls: {mode: off}",
            "not for participatie.example.org.example.net",
        ),
        ("https://participatie.example.org@example.net/", "tls: {mode: off}", "not for example.net"),
        ("http://participatie.example.org/", "tls: {mode: files, certificate: site.pem, key: site.key}", "unencrypted"),
    ],
)
def test_the_password_goes_to_whom_the_file_names_and_nobody_else(
    tmp_path: Path, url: str, more: str, reason: str
) -> None:
    found = whose_else(load(write(tmp_path, f"{MINIMAL}{more}\n"), finished=False).instance, url)
    assert (reason in found) if reason else not found
    assert ("--log-in" in found) is bool(reason)


@pytest.mark.parametrize(("more", "logs_in"), [([], False), (["--log-in"], True)])
def test_elsewhere_the_checks_that_log_in_are_skipped_unless_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, more: list[str], logs_in: bool
) -> None:
    Paths.of_user(folder / "green.yml").secrets.complete()
    monkeypatch.setattr(operation, "identify", lambda _: (True, ""))
    seen: list[Any] = []

    def check(site: Any, _: object) -> tuple[Finding, ...]:
        seen.append(site)
        return run_checks([each for each in administrator.checks(site) if each.name == "administrator"], seen.append)

    monkeypatch.setattr(operation, "check_site", check)
    answer = httpx.Response(200, text="/users/sign_out", request=httpx.Request("POST", "https://elders.example.net/"))
    monkeypatch.setattr(administrator.Visitor, "log_in", lambda *_: Page(answer))
    done = call(folder / "green.yml", "--against", "https://elders.example.net/", "--json", *more)
    (finding,) = json.loads(done.stdout)["files"][0]["checks"]
    assert bool(seen[0].password) is logs_in
    assert finding["outcome"] == ("passed" if logs_in else "skipped")
    assert logs_in or "not for elders.example.net" in finding["seen"]


def test_secrets_without_their_password_leave_out_the_administrator(folder: Path) -> None:
    (folder / "green.secrets.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n00\n")
    done = call(folder / "green.yml", "--against", "http://localhost:9/")
    assert "Nobody logs in as the administrator" in done.output
    assert done.exit_code == 3


def test_a_report_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = call(folder / "green.yml", "--against", "http://localhost:9/", "--junit", tmp_path / "file" / "x.xml")
    assert (done.exit_code, "cannot be written to" in done.stderr) == (2, True)


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from ddconsul.commands import main\ntry: main(['smoke', '--help'])\nexcept SystemExit: pass\n"
    code += "print('MODULES', *{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not {"httpx", "selectolax", "playwright", "pydantic"} & set(done.stdout.rpartition("MODULES")[2].split())


# --- the examples ---

EXAMPLES = REPOSITORY / "docs/examples"
COMMAND = re.compile(r"(?:^|[ /])ddconsul(?P<words>(?: [^\s\"';&|]+)+)$", re.MULTILINE)


def scripts(name: str) -> list[str]:
    document = YAML(typ="safe").load(EXAMPLES / name)
    if name.startswith("github"):
        return [step["run"] for job in document["jobs"].values() for step in job["steps"] if "run" in step]
    return [line for part in ("before_script", "script") for line in document["smoke"][part]]


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_the_examples_call_what_there_is(name: str) -> None:
    called = [match["words"].split() for script in scripts(name) for match in COMMAND.finditer(script)]
    verbs = {words[0] for words in called}
    assert verbs == {"validate", "smoke"}
    for verb, *words in called:
        command = main.get_command(click.Context(main), verb)
        assert command is not None
        command.make_context(verb, words)
    junit_files = [words[words.index("--junit") + 1] for words in called if "--junit" in words]
    assert all((EXAMPLES / name).read_text().count(file) >= 2 for file in junit_files), "the report is handed over"


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_the_examples_install_what_a_demo_needs(name: str) -> None:
    words = " ".join(scripts(name)).replace("\\\n", " ").split()
    assert packages_of("demo") - set(words) == set()


def test_the_reading_about_ci_names_each_check() -> None:
    text = (REPOSITORY / "docs/ci.md").read_text()
    source = "\n".join(path.read_text() for path in Path(operation.__file__).parent.glob("checks/*.py"))
    names = set(re.findall(r'(?:Check\(\s*|^        \()"([a-z-]+)"', source, re.MULTILINE)) | {"answers", "deploy"}
    assert len(names) > 15
    assert {name for name in names if f"`{name}`" not in text} == set()
