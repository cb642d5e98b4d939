"""Progress beside a terminal, in CI, with -v and with --json; and the recap."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from ddconsul.ansible.events import Stage
from ddconsul.commands import plain
from ddconsul.commands.demo import in_dutch
from ddconsul.commands.live import LiveProgress
from ddconsul.commands.plain import AnsibleProgress, GitHubProgress, GitLabProgress, PlainProgress, progress_for
from ddconsul.commands.shared import show_json, show_recap, showing, verbose_option
from ddconsul.errors import StepFailedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITLAB_CI", "TERM"):
        monkeypatch.delenv(name, raising=False)


class Log:
    def __init__(self, make: Callable[..., PlainProgress]) -> None:
        self.lines: list[str] = []
        self.seconds = 0.0
        self.progress = make(self.lines.append, lambda: self.seconds)

    def at(self, seconds: float) -> PlainProgress:
        self.seconds = seconds
        return self.progress


def test_a_log_has_a_line_for_each_stage_with_the_time_since_the_beginning() -> None:
    log = Log(PlainProgress)
    log.at(0)("Reaching the host")
    log.at(1).task("Look at it")
    log.at(75)("Installing Ruby")
    log.at(80).ansible("TASK [x]")
    assert log.lines == ["[ 0:00] Reaching the host", "[ 1:15] Installing Ruby"]


def test_a_stage_that_takes_long_names_its_tasks_so_that_nobody_thinks_it_hangs() -> None:
    log = Log(PlainProgress)
    log.at(0)("Building")
    log.at(29).task("Compile")
    log.at(31).task("Wait")
    log.at(33).task("Seal")
    assert log.lines == ["[ 0:00] Building", "[ 0:31]   Wait"]


def test_github_folds_stages_and_annotates_what_failed() -> None:
    log = Log(GitHubProgress)
    log.at(0)("Building")
    log.at(2).task("Compile")
    log.at(9)("Serving")
    log.progress.fail(StepFailedError("100% full", "zee", "Make room"))
    assert log.lines == [
        "::group::Building",
        "[ 0:02]   Compile",
        "::endgroup::",
        "::group::Serving",
        "::endgroup::",
        "::error title=ddconsul::zee: 100%25 full%0A  Make room",
    ]


def test_gitlab_folds_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain.time, "time", lambda: 1700000000.5)
    log = Log(GitLabProgress)
    log.at(0)("Building: a site")
    log.at(2).task("Compile")
    log.progress.settle()
    log.progress.settle()
    assert log.lines == [
        "\x1b[0Ksection_start:1700000000:ddconsul_1_building_a_site[collapsed=true]\r\x1b[0KBuilding: a site",
        "[ 0:02]   Compile",
        "\x1b[0Ksection_end:1700000000:ddconsul_1_building_a_site\r\x1b[0K",
    ]


@pytest.mark.parametrize(
    ("environment", "kind"),
    [({}, PlainProgress), ({"GITHUB_ACTIONS": "true"}, GitHubProgress), ({"GITLAB_CI": "true"}, GitLabProgress),
     ({"GITLAB_CI": "false"}, PlainProgress)],
)  # fmt: skip
def test_each_ci_system_gets_what_it_folds(environment: dict[str, str], kind: type) -> None:
    assert type(progress_for(environment, print)) is kind


@click.command
@click.option("--json", "as_json", is_flag=True)
@click.option("--fail", is_flag=True)
@verbose_option
def run(*, as_json: bool, fail: bool, verbose: int) -> None:
    with showing(as_json=as_json, verbose=verbose) as report:
        report("Building")
        report.ansible("TASK [Compile]")
        if fail:
            raise StepFailedError("no")
    if as_json:
        show_json({"verbosity": report.verbosity})


@pytest.mark.parametrize("variable", ["NONE", "GITHUB_ACTIONS", "GITLAB_CI"])
@pytest.mark.parametrize("flags", [[], ["-v"]])
def test_json_stands_alone_on_standard_output(monkeypatch, variable: str, flags: list[str]) -> None:
    monkeypatch.setenv(variable, "true")
    done = CliRunner().invoke(run, ["--json", *flags])
    assert json.loads(done.stdout) == {"verbosity": len(flags)}
    assert "Building" in done.stderr
    assert CliRunner().invoke(run, ["--json", "--fail", *flags]).stdout == ""


def test_gitlab_gets_its_marks_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    out = CliRunner().invoke(run, []).stdout
    assert re.match("\x1b\\[0Ksection_start:[0-9]+:ddconsul_1_building\\[collapsed=true\\]\r\x1b\\[0KBuilding\n", out)
    assert re.search("\x1b\\[0Ksection_end:[0-9]+:ddconsul_1_building\r\x1b\\[0K\n$", out)


def test_verbose_shows_what_ansible_prints() -> None:
    assert "TASK [Compile]" in CliRunner().invoke(run, ["-v"]).output
    assert "TASK [Compile]" not in CliRunner().invoke(run, []).output
    assert AnsibleProgress(print, 3).verbosity == 3


@pytest.mark.parametrize(("term", "kind"), [("dumb", PlainProgress), ("xterm", LiveProgress)])
def test_a_terminal_that_moves_no_cursor_gets_plain_lines(monkeypatch, term: str, kind: type) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with showing(as_json=False) as report:
        assert type(report) is kind


UNREAD = """
import sys
from ddconsul.commands import main
from ddconsul.commands.shared import say, show_json, showing
with showing(as_json=False) as report:
    report("Begun")
    sys.stdin.readline()
    for number in range(3):
        report(f"Stage {number}")
say("Done")
show_json({"done": True})
open(sys.argv[1], "w").close()
sys.exit(9)
"""


def test_a_run_goes_on_to_its_end_when_nobody_reads_on(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", UNREAD, str(tmp_path / "end")]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        assert run.stderr is not None
        assert "Begun" in run.stdout.readline()
        run.stdout.close()
        run.stdin.write("\n")
        run.stdin.close()
        assert (run.stderr.read(), run.wait()) == ("", 9)
    assert (tmp_path / "end").exists()


def test_a_report_of_another_kind_still_hears_its_lines() -> None:
    log = Log(PlainProgress)
    in_dutch(log.progress)("Installing Ruby")
    assert log.lines == ["[ 0:00] Ruby installeren"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_stops_like_ctrl_c(number: int) -> None:
    before = signal.getsignal(number)

    def stopped() -> None:
        with showing(as_json=True):
            os.kill(os.getpid(), number)
            signal.pause()

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert signal.getsignal(number) is before


def test_the_recap_fits_on_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    long = Stage("Beginning a build of " + "Consul " * 9, 185, ("b",) * 12)
    show_recap((Stage("Preparing the host: all (of it)", 12.4, ("a",)), long, Stage("Checking", 0.2)))
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "  Preparing the host                                         12 s     1 change",
        "  Beginning a build of Consul Consul Consul Consul …   3 min 05 s    12 changes",
        "  Checking                                                    0 s     -",
        "  All together                                         3 min 18 s    13 changes",
    ]
    assert max(map(len, lines)) < 80


def test_no_stages_no_recap(capsys: pytest.CaptureFixture[str]) -> None:
    show_recap(())
    assert capsys.readouterr().out == ""
