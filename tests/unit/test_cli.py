"""The command line: exit codes, JSON, no tracebacks, and a quick start."""

from __future__ import annotations

import errno
import json
import os
import pwd
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from files import MINIMAL, PAGES, SERVER, write

import ddconsul
from ddconsul import assets
from ddconsul.account import user_name
from ddconsul.commands import VERBS, main
from ddconsul.counting import counted
from ddconsul.errors import ExitCode, PreflightError, StepFailedError, UnreachableError
from ddconsul.operations.lock import Owner
from ddconsul.targets.machine import read_machine
from ddconsul.targets.process import Outcome as Ended

FOLDERS = ("XDG_STATE_HOME", "XDG_CACHE_HOME")
HEAVY = {"ansible", "ansible_runner", "pydantic", "ruamel", "rich", "coloraide", "jinja2", "yaml", "cryptography"}


def call(*arguments: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=text)


def loaded_after(*arguments: str | Path) -> set[str]:
    """Return the packages that a command has loaded when it ends."""
    code = "import sys; from ddconsul.commands import main\ntry: main(sys.argv[1:])\nexcept SystemExit: pass\n"
    code += "print('MODULES', *{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], check=True, capture_output=True, text=True
    )
    return set(done.stdout.rpartition("MODULES")[2].split())


def test_help_loads_nothing_heavy() -> None:
    assert not loaded_after("--help") & HEAVY


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"demo"}))
def test_help_of_a_verb_loads_nothing_heavy(verb: str) -> None:
    assert not loaded_after(verb, "--help") & HEAVY


def test_validate_loads_no_ansible(tmp_path: Path) -> None:
    assert not loaded_after("validate", write(tmp_path)) & (HEAVY - {"pydantic", "ruamel"})


def test_no_plugin_that_is_installed_beside_it_sees_what_a_file_says(tmp_path: Path) -> None:
    beside = tmp_path / "site-packages"
    (beside / "onlooker-1.0.dist-info").mkdir(parents=True)
    (beside / "onlooker-1.0.dist-info/METADATA").write_text("Name: onlooker\nVersion: 1.0\n")
    (beside / "onlooker-1.0.dist-info/entry_points.txt").write_text("[pydantic]\nonlooker = onlooker:plugin\n")
    (beside / "onlooker.py").write_text("import sys\nsys.exit('An onlooker was let in.')\n")

    done = subprocess.run(
        [sys.executable, "-m", "ddconsul", "validate", write(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(beside), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_version() -> None:
    assert call("--version").output == f"ddconsul, version {ddconsul.__version__}\n"


def test_the_list_of_verbs_is_what_the_verbs_say_themselves() -> None:
    for verb, (_, text) in VERBS.items():
        if verb == "demo":
            continue
        command = main.get_command(click.Context(main), verb)
        assert command is not None
        assert command.name == verb
        assert text.rstrip(".").split()[0] == (command.help or "").split()[0]


def test_every_exit_code_is_in_the_help() -> None:
    shown = call("--help").output
    for code in ExitCode:
        assert f"  {int(code)} " in shown


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["validate", "weg.yml"], 2), (["frob"], 2), (["validate", "--frob"], 2), (["--help"], 0), (["deploy", "/"], 2)],
)
def test_exit_codes_without_a_target(arguments: list[str], code: int) -> None:
    result = call(*arguments)
    assert result.exit_code == code
    assert "Traceback" not in result.output


def test_validate_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    file = write(tmp_path, MINIMAL.replace("domain", "domein"))
    result = call("validate", file)
    assert result.exit_code == ExitCode.USAGE
    assert f"{file}:3:3: municipality.domein" in result.stderr
    assert not result.stdout


def test_a_plan_that_tells_of_changes_by_its_exit_code_does_not_call_a_wrong_file_a_change(tmp_path: Path) -> None:
    file = write(tmp_path, MINIMAL.replace("domain", "domein"))
    assert call("plan", file).exit_code == 2
    assert call("plan", file, "--exit-code").exit_code == 1
    assert call("plan", tmp_path / "weg.yml", "--exit-code").exit_code == 1
    told = call("plan", file, "--exit-code", "--json")
    assert told.exit_code == json.loads(told.stdout)["exit_code"] == 1


def test_validate_in_json(tmp_path: Path) -> None:
    good = json.loads(call("validate", write(tmp_path, SERVER), "--json").stdout)
    assert (good["valid"], good["site"], len(good["warnings"])) == (True, "zee", 0)
    result = call("validate", write(tmp_path, MINIMAL.replace("domain", "domein")), "--json")
    bad = json.loads(result.stdout)
    assert result.exit_code == bad["exit_code"] == ExitCode.USAGE
    assert {problem["key"] for problem in bad["problems"]} == {"municipality.domein"}


def test_schema_is_json() -> None:
    assert json.loads(call("schema").stdout)["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize(
    ("error", "code"),
    [(UnreachableError("x"), 3), (PreflightError("x"), 4), (StepFailedError("x"), 5), (RuntimeError("x"), 1),
     (KeyboardInterrupt(), 130)],
)  # fmt: skip
def test_each_way_to_fail_has_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("ddconsul.operations.deploy.deploy", fail)
    result = call("deploy", write(tmp_path))
    assert result.exit_code == code
    assert "Traceback" not in result.output
    assert result.stderr.strip()


def test_a_failed_deploy_in_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StepFailedError("the step failed", "zee", "The log: x")

    monkeypatch.setattr("ddconsul.operations.deploy.deploy", fail)
    result = call("deploy", write(tmp_path), "--json")
    assert json.loads(result.stdout) == {
        "error": "the step failed", "where": "zee", "todo": "The log: x", "exit_code": 5
    }  # fmt: skip


def test_destroy_wants_the_sites_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    monkeypatch.setattr("ddconsul.operations.destroy.destroy", lambda found, *_: gone.append(found.site) or 1)
    assert call("destroy", write(tmp_path), text="no\n").exit_code == ExitCode.USAGE
    assert not gone
    assert call("destroy", write(tmp_path), text="voorbeeldgemeente\n").exit_code == 0
    assert call("destroy", write(tmp_path), "--yes").exit_code == 0
    assert gone == ["voorbeeldgemeente"] * 2


@pytest.mark.parametrize(("held", "code", "runs"), [((), 0, 2), (("question plein/wat",), 4, 1)])
def test_what_people_are_voting_on_is_not_asked_about_but_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: tuple[str, ...], code: int, runs: int
) -> None:
    from ddconsul.commands import deploy as command
    from ddconsul.operations import deploy as operation
    from ddconsul.operations.changes import Change
    from ddconsul.operations.source import Source

    asked: list[bool] = []

    def run(*_: object, check: bool, **__: object) -> operation.DeployResult:
        asked.append(check)
        source = Source(tmp_path, "0" * 12, "here", "2.5.1")
        change = Change("content", "question plein/wat", "changed", "title.nl", "Oud", "Nieuw")
        return operation.DeployResult(
            "zee", "http://zee/", "zee", "b@example.org", source, 1, 1.0, tmp_path / "log", (change,), held=held
        )

    monkeypatch.setattr(operation, "deploy", run)
    monkeypatch.setattr(command, "somebody_there", lambda: True)
    done = call("deploy", write(tmp_path, MINIMAL), text="y\n")

    assert (done.exit_code, asked) == (code, [True, False][:runs]), done.output
    assert not held or "question plein/wat" in done.output + done.stderr
    assert not held or "Do this?" not in done.output


@pytest.fixture
def nameless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be an account that has a number, and no entry in /etc/passwd."""

    def unknown(*_: object) -> None:
        raise KeyError("getpwuid(): uid not found: 4242")

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME", "HOME", *FOLDERS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr(os, "getuid", lambda: 4242)


@pytest.mark.usefixtures("nameless")
def test_an_account_without_a_name_is_its_number() -> None:
    assert user_name() == Owner().user == "4242"


@pytest.mark.usefixtures("nameless")
@pytest.mark.parametrize("words", [["status", "gemeente.yml"], ["demo", "list", "--json"], ["demo", "up"]])
def test_an_account_without_a_home_is_told_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    done = call(*words)
    assert (done.exit_code, "HOME" in done.output) == (ExitCode.USAGE, True), done.output
    assert "fault in ddconsul" not in done.output


@pytest.mark.usefixtures("nameless")
def test_a_machine_is_read_by_an_account_without_a_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    assert read_machine(lambda _: Ended(127)).user == "4242"


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        *((variable, words) for variable in FOLDERS for words in (["demo", "up", "zee"], ["deploy", "--yes"])),
        *((variable, [*words, "--json"]) for variable in FOLDERS for words in (["demo", "up", "zee"], ["deploy"])),
        ("XDG_STATE_HOME", ["smoke"]),
    ],
)
def test_a_file_in_the_place_of_a_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, words: list[str]
) -> None:
    write(tmp_path, f"{MINIMAL}consul: {{source: {assets.standin()}}}\n{PAGES}")
    for name in FOLDERS:
        monkeypatch.setenv(name, str(tmp_path / name))
    (tmp_path / variable).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ddconsul.operations.demo.reachable", lambda _: False)
    done = call(*words)
    assert (done.exit_code, str(tmp_path / variable) in done.output) == (ExitCode.USAGE, True), done.output
    assert "fault in ddconsul" not in done.output


def test_a_full_disk_is_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/var/x")

    monkeypatch.setattr("ddconsul.operations.deploy.deploy", full)
    done = call("deploy", write(tmp_path, MINIMAL + PAGES), "--yes")
    assert done.output.splitlines()[-2:] == [
        "/var/x: cannot be used: No space left on device",
        "  Make room there, and try again.",
    ]


@pytest.mark.parametrize(
    ("words", "code"), [([], ExitCode.USAGE), (["--yes"], ExitCode.OK), (["--check"], ExitCode.OK)]
)
def test_deploy_in_json_does_nothing_unasked_for_who_sits_at_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int
) -> None:
    from ddconsul.commands import deploy as command

    class Done:
        def as_dict(self) -> dict[str, str]:
            return {"done": "it"}

    ran: list[bool] = []
    monkeypatch.setattr(command, "_run", lambda *_, check, **__: ran.append(check) or Done())
    monkeypatch.setattr(command, "somebody_types", lambda: True)
    done = call("deploy", write(tmp_path, MINIMAL + PAGES), "--json", *words)
    assert (done.exit_code, len(ran)) == (code, int(code == ExitCode.OK))
    assert "--yes" in json.loads(done.stdout)["todo"] if code else json.loads(done.stdout) == {"done": "it"}
    monkeypatch.setattr(command, "somebody_types", lambda: False)
    assert call("deploy", tmp_path / "gemeente.yml", "--json").exit_code == 0, "CI goes on as before"


@pytest.mark.parametrize("number", [1, 2])
def test_one_is_one_and_more_are_more(number: int) -> None:
    assert counted(number, "change") == ("1 change" if number == 1 else "2 changes")
    assert counted(1.4, "seconde", "seconden") == "1 seconde"
    assert counted(0, "person", "people") == "0 people"


# A number, and a noun in the plural, in a text for the user: such a text is right for all numbers but one.
PLURAL = re.compile(
    r"\{[^{}]*\} (changes|steps|seconds|minutes|days|problems|files|letters|codes|addresses|packages|people|seconden)\b"
)
ALWAYS_MORE = {
    "accounts.py",  # more than the five that there may be
    "problems.py",  # beside "1 problem"
    "validate.py",  # when there are several
    "brand_preview.py",  # a limit of many
    "citizen.py",  # a limit of many
    "git.py",  # a limit of many
    "process.py",  # a limit of many
}


def test_no_text_counts_one_in_the_plural() -> None:
    found = {}
    for path in Path(ddconsul.__file__).parent.rglob("*.py"):
        texts = [line.strip() for line in path.read_text().splitlines() if re.search(r"\bf[\"']", line)]
        wrong = [text for text in texts if PLURAL.search(text)]
        if wrong and path.name not in ALWAYS_MORE:
            found[path.name] = wrong
    assert found == {}
