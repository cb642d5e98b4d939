"""`validate` over several files and folders, and in the forms that CI reads."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result
from files import MINIMAL, PAGES, SERVER, write
from jsonschema import Draft202012Validator
from nobody import as_nobody

from ddconsul.commands import main
from ddconsul.instance.loader import inspect
from ddconsul.instance.problems import RULES, Problem, nearest, without_secrets

SSH = PAGES + MINIMAL.replace("type: container", "type: ssh\n  host: server1.example.org")
WRONG = MINIMAL.replace("domain:", "domein:").replace("type: container", "type: docker")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["validate", *map(str, arguments)])


def put(folder: Path, **texts: str) -> Path:
    write(folder)
    (folder / "gemeente.yml").unlink()
    for name, text in texts.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def other(text: str, name: str = "Ander") -> str:
    """Another municipality: with a name and domain of its own."""
    return text.replace("Voorbeeldgemeente", name).replace("participatie.", f"{name.lower()}.")


# --- several files


def test_each_of_several_files_is_checked(tmp_path: Path) -> None:
    put(tmp_path, a=MINIMAL, b=WRONG, c=other(MINIMAL, "Derde"))
    result = call(tmp_path / "a.yml", tmp_path / "b.yml", tmp_path / "c.yml")
    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        f"{tmp_path}/a.yml is right: site voorbeeldgemeente of Voorbeeldgemeente, participatie.example.org",
        f"{tmp_path}/c.yml is right: site derde of Derde, derde.example.org",
    ]
    assert f"{tmp_path}/b.yml:3:3: municipality.domein" in result.stderr
    assert f"2 problems in {tmp_path}/b.yml" in result.stderr


def test_a_folder_stands_for_the_municipality_files_in_it(tmp_path: Path) -> None:
    put(tmp_path, **{"gemeente-a": MINIMAL, "zee": other(MINIMAL, "Zee"), "playbook": "- hosts: all\n"})
    (tmp_path / "gemeente.secrets.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n")
    (tmp_path / "gemeente.txt").write_text("niets")
    result = call(tmp_path)
    assert result.exit_code == 0, result.stderr
    assert [line.partition(" ")[0] for line in result.stdout.splitlines()] == [
        f"{tmp_path}/gemeente-a.yml", f"{tmp_path}/zee.yml"
    ]  # fmt: skip


def test_a_file_called_gemeente_is_checked_whatever_stands_in_it(tmp_path: Path) -> None:
    put(tmp_path, gemeente="", zee=MINIMAL)
    assert f"{tmp_path}/gemeente.yml:1:1: is empty" in call(tmp_path).stderr


def test_a_folder_without_a_municipality_file(tmp_path: Path) -> None:
    assert "holds no municipality file" in call(tmp_path).stderr
    (tmp_path / "zee").mkdir()
    write(tmp_path / "zee")
    result = call(tmp_path)
    assert result.exit_code == 2
    assert f"{tmp_path}/zee/gemeente.yml" in result.stderr


@pytest.mark.parametrize(
    ("one", "two", "key"),
    [
        (SSH, SSH.replace("Voorbeeldgemeente", "Ander"), "municipality.domain"),
        (SSH, SSH.replace("server1", "server2").replace("Voorbeeldgemeente", "Ander"), "municipality.domain"),
        (SSH, SSH.replace("participatie.", "ander."), "municipality.name"),
        (MINIMAL, MINIMAL.replace("participatie.", "ander."), "municipality.name"),
        (SSH + "  # x\n", other(SSH).replace("server1", "SERVER1") + "tls: {mode: off}\n", ""),
        (
            SSH,
            other(SSH).replace("server1.example.org", "server1.example.org\n  site: voorbeeldgemeente"),
            "target.site",
        ),
        (SSH, MINIMAL, ""),
        (SSH, other(SSH), ""),
        (SSH, SSH.replace("server1", "server2").replace("participatie.", "ander."), ""),
    ],
    ids=["domain on one server", "domain on two servers", "site on one server", "site as a container", "names differ",
         "site by name", "trial in a container", "two on one server", "one on each of two servers"],
)  # fmt: skip
def test_two_files_for_the_same_site_are_a_mistake(tmp_path: Path, one: str, two: str, key: str) -> None:
    put(tmp_path, a=one, b=two)
    shown = json.loads(call(tmp_path / "a.yml", tmp_path / "b.yml", "--json").stdout)
    found = [problem for file in shown["files"] for problem in file.get("problems", ())]
    assert [(problem["file"], problem["key"]) for problem in found] == ([(f"{tmp_path}/b.yml", key)] if key else [])
    assert all("a.yml" in problem["message"] and problem["rule"] == "clash" for problem in found)


def test_a_clash_is_told_beside_other_mistakes_in_both_files(tmp_path: Path) -> None:
    put(tmp_path, a=SSH.replace("email:", "mail:"), b=SSH + "modules: {polls: x}\n")
    shown = call(tmp_path / "a.yml", tmp_path / "b.yml").stderr
    assert "is the domain in" in shown
    assert "modules.polls" in shown
    assert "administrators[0].mail" in shown


def test_the_same_file_twice_is_no_clash(tmp_path: Path) -> None:
    file = write(tmp_path)
    assert call(file, file, tmp_path / "." / "gemeente.yml", tmp_path).exit_code == 0


def test_several_files_in_json(tmp_path: Path) -> None:
    put(tmp_path, a=MINIMAL, b=WRONG)
    shown = json.loads(call(tmp_path / "a.yml", tmp_path / "b.yml", "--json").stdout)
    assert (shown["valid"], shown["exit_code"]) == (False, 2)
    assert [file["valid"] for file in shown["files"]] == [True, False]
    good = json.loads(call(tmp_path / "a.yml", "--json").stdout)
    assert good["files"] == [{key: good[key] for key in ("file", "valid", "site", "participation", "warnings")}]


# --- for CI


def test_sarif(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, a=WRONG, b=other(SSH))
    monkeypatch.chdir(tmp_path)
    result = call("a.yml", "b.yml", "weg.yml", "--format", "sarif")
    assert result.exit_code == 2
    log = json.loads(result.stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "a.yml"}, "region": {"startLine": 3, "startColumn": 3, "endColumn": 9}
    }  # fmt: skip
    assert {one["level"] for one in run["results"]} == {"error", "warning"}
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
    Draft202012Validator(SARIF).validate(log)


# The part of the specification (SARIF 2.1.0, sections 3.13 to 3.30) that a reader of our log relies on.
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "runs": {
            "items": {
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "tool": {"properties": {"driver": {"required": ["name"]}}, "required": ["driver"]},
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {
                        "items": {
                            "required": ["message", "ruleId", "level", "locations"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"required": ["text"], "properties": {"text": {"type": "string"}}},
                                "locations": {
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "properties": {
                                                    "artifactLocation": {"properties": {"uri": {"format": "uri"}}},
                                                    "region": {
                                                        "additionalProperties": {"type": "integer", "minimum": 1}
                                                    },
                                                }
                                            }
                                        }
                                    }
                                },
                            },
                        }
                    },
                },
            }
        }
    },
}


def test_junit(tmp_path: Path) -> None:
    put(tmp_path, a=WRONG, b=other(SSH))
    result = call(tmp_path / "a.yml", tmp_path / "b.yml", "--format", "junit")
    assert result.exit_code == 2
    root = ET.fromstring(result.stdout.encode())  # noqa: S314 — our own
    assert root.tag == "testsuites"
    bad, good = root
    assert (bad.get("name"), bad.get("tests"), bad.get("failures")) == (f"{tmp_path}/a.yml", "2", "2")
    failures = [case.find("failure") for case in bad.findall("testcase")]
    assert all(failure is not None and failure.text and "a.yml:" in failure.text for failure in failures)
    assert [case.get("line") for case in bad] == ["3", "5"]
    assert (good.get("failures"), len(good.findall("testcase"))) == ("0", 1)
    assert "unencrypted" in (good.findtext("system-out") or "")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit"])
def test_a_report_goes_to_a_file_and_people_read_the_mistakes_all_the_same(tmp_path: Path, form: str) -> None:
    file, report = write(tmp_path, WRONG), tmp_path / "report"
    result = call(file, "--format", form, "--output", report)
    assert result.exit_code == 2
    assert not result.stdout
    assert "municipality.domein" in result.stderr
    assert form == "text" or "municipality.domein" in report.read_text()


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    result = call(write(tmp_path), "--format", "junit", "--output", tmp_path / "weg" / "report")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


# --- how it looks


def test_the_line_is_shown_with_carets_under_what_is_wrong(tmp_path: Path) -> None:
    shown = call(write(tmp_path, WRONG)).stderr.splitlines()
    assert shown[-5:-1] == [
        f'{tmp_path}/gemeente.yml:5:9: target.type "docker" is not a type of target',
        "   5 |   type: docker",
        "     |         ^^^^^^",
        "  Choose container (on this machine), ssh (a server) or local (this machine itself).",
    ]


@pytest.mark.parametrize(
    ("source", "column", "width", "carets"),
    [
        ("a: b", 4, 1, "   ^"),
        ("\ta: b", 5, 1, "\t   ^"),
        ("日本: x", 5, 1, "      ^"),
        ("e\u0301: x", 5, 1, "   ^"),
        ("a: " + "x" * 10, 4, 10, "   " + "^" * 10),
    ],
)
def test_carets_stand_under_it_on_a_terminal(source: str, column: int, width: int, carets: str) -> None:
    excerpt = Problem("f", 1, column, "", "m", width=width, source=source).excerpt()
    assert excerpt is not None
    assert excerpt[1] == f"     | {carets}"


def test_a_long_line_is_cut_to_what_matters() -> None:
    source = "x" * 5000 + "HERE" + "x" * 5000
    excerpt = Problem("f", 1, 5001, "", "m", width=4, source=source).excerpt()
    assert excerpt is not None
    line, carets = excerpt
    assert len(line) < 120
    assert line[carets.index("^") : carets.rindex("^") + 1] == "HERE"


def on_a_terminal(file: Path, **environment: str) -> str:
    """Return what a person sees on a terminal."""
    reading, writing = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run(
        [sys.executable, "-m", "ddconsul", "validate", file],
        stdout=writing, stderr=writing, env={**kept, "TERM": "xterm", **environment}, check=False,
    )  # fmt: skip
    os.close(writing)
    shown = b""
    try:
        while part := os.read(reading, 10_000):
            shown += part
    except OSError:
        # The other end is closed: that is how a terminal ends.
        pass
    os.close(reading)
    return shown.decode()


def test_what_stands_in_a_file_cannot_steer_the_terminal(tmp_path: Path) -> None:
    escape = r'"\e[31m\u202e"'
    text = (
        MINIMAL.replace("Voorbeeldgemeente", escape)
        + f"{escape}: x\nmodules: {escape}\nnetwork: {{extra_ca: {escape}}}\n"
    )
    said = call(write(tmp_path, text)).output
    assert "municipality.name" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_colour_is_for_terminals_that_want_it(tmp_path: Path) -> None:
    file = write(tmp_path, WRONG)
    assert "\x1b[31m" in on_a_terminal(file)
    assert "\x1b" not in on_a_terminal(file, NO_COLOR="1")
    assert "\x1b" not in call(file).output


# --- files that are not what they seem


@pytest.mark.parametrize(
    ("there", "asked", "words"),
    [
        ("gemeente.yml.txt", "gemeente.yml", "There is a gemeente.yml.txt: rename it"),
        ("Gemeente.yml", "gemeente.yml", "Did you mean Gemeente.yml?"),
        ("gemeente.yaml", "gemeente.yml", "Did you mean gemeente.yaml?"),
        ("gemente.yml", "gemeente.yml", "Did you mean gemente.yml?"),
        ("gemeente.yml", "map\\gemeente.yml", "Folders are separated by /"),
        ("gemeente.yml", "weg/gemeente.yml", "Its folder does not exist either"),
        ("anders.txt", "gemeente.yml", "ddconsul init"),
    ],
)
def test_a_file_that_is_not_there(tmp_path: Path, there: str, asked: str, words: str) -> None:
    write(tmp_path).rename(tmp_path / there)
    result = call(f"{tmp_path}/{asked}")
    assert result.exit_code == 2
    assert f"{asked}: does not exist" in result.stderr
    assert words in result.stderr


def test_files_that_may_not_be_read(tmp_path: Path) -> None:
    for name in ("earlier", "m"):
        (tmp_path / name).mkdir(mode=0o755)
    inspect(write(tmp_path / "earlier", SERVER))
    file = write(tmp_path / "m", SERVER)
    (file.parent / "site.key").chmod(0)
    (file.parent / "ca.pem").chmod(0)
    write_protected = file.parent / "dicht.yml"
    write_protected.write_text(MINIMAL)
    write_protected.chmod(0)

    with as_nobody(file):
        said = [problem.sentence for problem in inspect(file).problems]
        (problem,) = inspect(write_protected).problems
    assert said == [
        'tls.key "site.key" cannot be read: Permission denied',
        'network.extra_ca[0] "ca.pem" cannot be read: Permission denied',
    ]
    assert str(problem).startswith(f"{write_protected}: cannot be read: Permission denied")


def test_a_pipe_can_be_checked(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ddconsul", "validate", "/dev/stdin"],
        input=write(tmp_path).read_text(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


# --- small parts


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    assert nearest("europe/amsterdam", ["Europe/Amsterdam", "Europe/Paris"]) == "Europe/Amsterdam"
    assert nearest("xyz", ["abc"]) is None
    assert nearest(None, ["abc"]) is None


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  smtp_password: geheim", "  smtp_password: ***"),
        ('{"wachtwoord": "x y"}', '{"wachtwoord": ***'),
        ("proxy: http://user:pa@s:s@proxy:1/", "proxy: http://user:***@proxy:1/"),
        ("name: Geheimen van de zee", "name: Geheimen van de zee"),
    ],
)
def test_a_line_is_shown_without_its_secret(line: str, shown: str) -> None:
    assert without_secrets(line) == shown
