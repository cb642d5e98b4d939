"""`smoke` as CI runs it: it passes what is right, names what is broken, and leaves nothing."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from host import Host, account, wait_until
from user import CHECKOUT, Outcome, Tool

from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman

if TYPE_CHECKING:
    from collections.abc import Iterator

    from user import Material

pytestmark = pytest.mark.e2e

FILE = """\
municipality: {{name: "Gemeente 's-Éénhoven", domain: praatmee.example.org, languages: [nl, en]}}
target: {{type: container}}
consul: {{source: {source}{gems}}}
branding: {{colours: {{brand: "#6a1b9a", header: "#004a83"}}}}
modules: {{debates: off, proposals: on, polls: on, budgets: off, legislation: on, sdg: off}}
administrators: [{{name: Beheer, email: beheer@example.org}}]
"""
# Whoever runs this on the open Internet must get the stand-in as well: git finds every https address closed.
NO_WAY_OUT = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "url.http://127.0.0.1:9/.insteadOf",
    "GIT_CONFIG_VALUE_0": "https://",
}


@dataclass(frozen=True)
class Run:
    """What a run of smoke told, in both forms."""

    done: Outcome
    report: ET.Element

    @property
    def file(self) -> dict[str, Any]:
        (file,) = self.done.json["files"]
        return file

    def named(self, outcome: str) -> set[str]:
        """Return the checks that ended like this; both forms must agree."""
        tag = {"failed": "failure", "skipped": "skipped"}[outcome]
        found = {check["name"] for check in self.file["checks"] if check["outcome"] == outcome}
        assert {case.get("name") for case in self.report.iter("testcase") if case.find(tag) is not None} == found
        return found

    def seen(self, name: str) -> str:
        return next(check["seen"] for check in self.file["checks"] if check["name"] == name)


@dataclass(frozen=True)
class Kept:
    """The site of a throwaway container that was kept, to be broken."""

    tool: Tool
    first: Run
    folder: Path

    @property
    def site(self) -> str:
        found = re.search(r"smoke-[0-9a-f]+", self.first.file["kept"])
        assert found
        return found[0]

    @property
    def host(self) -> Host:
        return Host(f"ddconsul-{self.site}")

    def sql(self, query: str) -> str:
        user = account(self.site)
        return self.host.sh(f"cd / && runuser -u {user} -- psql -qAt --dbname {user}", stdin=query.encode())

    def again(self) -> Run:
        return smoke(self.tool, self.folder, self.first.file["kept"], "--against", self.first.file["url"], "--write")


def smoke(tool: Tool, folder: Path, *words: str | Path) -> Run:
    report = folder / "smoke.xml"
    report.unlink(missing_ok=True)
    done = tool.run("smoke", *words, "--json", "--junit", report, cwd=folder)
    assert report.is_file(), done
    return Run(done, ET.fromstring(report.read_bytes()))  # noqa: S314 — written by ourselves


@pytest.fixture(scope="module")
def kept(tool: Tool, standin: Material, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("smoke")
    file = folder / "gemeente.yml"
    file.write_text(municipality_file(standin), encoding="utf-8")
    first = smoke(tool, folder, file, "--keep")
    assert first.file["kept"], first
    yield Kept(tool, first, folder)
    done = tool.run("destroy", "--yes", first.file["kept"], cwd=folder)
    assert done.code == 0, done


def test_a_site_that_is_right_passes_every_check(kept: Kept) -> None:
    first = kept.first

    assert (first.named("failed"), first.named("skipped")) == (set(), set())
    assert first.done.code == 0, first
    assert first.done.err.startswith("STAND-IN")
    assert first.file["standin"] is True
    assert {"deploy", "painted", "console", "confirmation", "job", "journal"} <= {
        check["name"] for check in first.file["checks"]
    }
    (suite,) = first.report
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert (properties["standin"], properties["release"]) == ("true", "2.5.1")
    assert properties["digest"] == first.file["digest"] != ""
    assert not [path for path in kept.folder.iterdir() if "secrets" in path.name or "vault" in path.name]


def test_from_outside_it_changes_nothing_and_says_what_it_left_out(kept: Kept) -> None:
    count = "SELECT count(*) FROM users"
    before = kept.sql(count)
    run = smoke(kept.tool, kept.folder, kept.first.file["kept"], "--against", kept.first.file["url"])

    assert (run.done.code, run.named("failed")) == (0, set())
    assert run.named("skipped") == {"registration", "services", "job", "journal", "mail", "confirmation"}
    assert kept.sql(count) == before


def setting(key: str, value: str) -> str:
    return f"UPDATE settings SET value = {value} WHERE key = '{key}'"  # noqa: S608 — of this file's own words


HEAD, BODY = "html.per_page_code_head", "html.per_page_code_body"
# Done twice, it is undone.
OTHER_PASSWORD = """
UPDATE users SET encrypted_password = left(encrypted_password, 56) || reverse(right(encrypted_password, 4))
WHERE email = 'beheer@example.org'
"""
ASSETS = "/srv/ddconsul/{site}/current/public/assets"
MAILS = "/srv/ddconsul/{site}/shared/tmp/mails"
# How the site is broken and mended (in a shell or in its database), what must fail, and what is then left out.
BREAKS = {
    "the worker stands still": (
        "systemctl stop ddconsul-{site}-worker",
        "systemctl start ddconsul-{site}-worker",
        {"job"},
        {"mail", "confirmation"},
    ),
    "a colour is another one": (
        setting(HEAD, "replace(value, '#6a1b9a', '#6a1b9b')"),
        setting(HEAD, "replace(value, '#6a1b9b', '#6a1b9a')"),
        {"colours"},
        {"painted"},
    ),
    "a module is on that should be off": (
        setting("process.debates", "'t'"),
        setting("process.debates", "NULL"),
        {"module-debates"},
        set(),
    ),
    "the administrator has another password": (OTHER_PASSWORD, OTHER_PASSWORD, {"administrator"}, {"admin-pages"}),
    "a script complains": (
        setting(BODY, "'<script>console.error(\"stuk\")</script>'"),
        setting(BODY, "NULL"),
        {"console"},
        set(),
    ),
    "a picture comes from elsewhere": (
        setting(BODY, '\'<img src="https://tracker.example/p.png" alt="">\''),
        setting(BODY, "NULL"),
        {"third-parties"},
        set(),
    ),
    "nginx does not find the style sheets": (
        f"mv {ASSETS} {ASSETS}.away",
        f"mv {ASSETS}.away {ASSETS}",
        {"assets"},
        {"console", "painted"},
    ),
    "no mail can be written": (f"chmod 0 {MAILS}", f"chmod 750 {MAILS}", {"mail"}, {"confirmation"}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_is_what_fails(kept: Kept, name: str) -> None:
    damage, repair, failed, skipped = BREAKS[name]

    def do(words: str) -> str:
        words = words.replace("{site}", kept.site)
        return kept.sql(words) if words.lstrip().startswith("UPDATE") else kept.host.sh(words)

    do(damage)
    try:
        run = kept.again()
    finally:
        do(repair)

    assert (run.named("failed"), run.named("skipped")) == (failed, skipped), run.file["checks"]
    assert (run.done.code, run.done.json["exit_code"]) == (9, 9)


def test_mended_it_passes_again(kept: Kept) -> None:
    run = kept.again()

    assert (run.done.code, run.named("failed"), run.named("skipped")) == (0, set(), set()), run.file["checks"]


def test_starters_and_inventories_side_by_side(tool: Tool, tmp_path: Path) -> None:
    """All of them in one run: one build serves them all, two sites at a time."""
    starters = sorted((CHECKOUT / "templates/starters").glob("*.yml"))
    inventories = sorted(path for path in (CHECKOUT / "inventories").iterdir() if path.is_dir())
    given = [*inventories, *starters]
    before = containers(tool)
    run = smoke(tool.with_environment(**NO_WAY_OUT), tmp_path, *given, "--jobs", "2")

    assert run.done.code == 0, run.done.err
    files = run.done.json["files"]
    assert len(files) == sum(len(list(path.glob("*.yml"))) if path.is_dir() else 1 for path in given)
    assert all(file["standin"] and file["unreachable"] for file in files)
    assert {check["outcome"] for file in files for check in file["checks"]} <= {"passed", "skipped"}
    assert run.done.err.count("Beginning a build") <= 1
    assert [int(suite.get("failures", "1")) for suite in run.report] == [0] * len(files)
    assert sum(file["seconds"] for file in files) > run.done.seconds, "they did not run side by side"
    assert containers(tool) == before


def test_who_ends_it_finds_no_container_left(tool: Tool, standin: Material, tmp_path: Path) -> None:
    for name in ("een.yml", "twee.yml"):
        (tmp_path / name).write_text(municipality_file(standin), encoding="utf-8")
    before = containers(tool)
    run = tool.start("smoke", tmp_path, "--jobs", "2", cwd=tmp_path)
    try:
        wait_until(lambda: len(containers(tool) - before) == 2, "both containers are there", 600)
        time.sleep(3)
        run.terminate()
        out, _ = run.communicate(timeout=600)
    finally:
        run.kill()

    assert run.returncode == 130, out
    assert "Traceback" not in out
    assert containers(tool) == before
    assert not [path for path in (tool.state / "smoke").iterdir() if not (path / "kept").exists()]


@pytest.mark.real
def test_consul_itself_passes_every_check(tool: Tool, consul: Material, tmp_path: Path) -> None:
    (tmp_path / "gemeente.yml").write_text(municipality_file(consul), encoding="utf-8")
    run = smoke(tool, tmp_path, "gemeente.yml")

    assert (run.named("failed"), run.named("skipped")) == (set(), set()), run.file["checks"]
    assert run.done.err.startswith("Consul Democracy itself")
    assert (run.done.code, run.file["standin"]) == (0, False)


@pytest.mark.real
def test_the_starters_on_consul_itself(tool: Tool, consul: Material, tmp_path: Path) -> None:
    """As they are, but for where Consul comes from; what Consul shows of them is what was meant."""
    templates = tmp_path / "templates"
    shutil.copytree(CHECKOUT / "templates", templates)
    starters = sorted((templates / "starters").glob("*.yml"))
    for file in starters:
        text = file.read_text(encoding="utf-8")
        assert text.count("\nconsul:\n") == 1, file
        place = f"\nconsul:\n  source: {consul.source}\n  gems_mirror: {consul.gems}\n"
        file.write_text(text.replace("\nconsul:\n", place), encoding="utf-8")
    run = smoke(tool, tmp_path, *starters, "--jobs", "2")

    files = run.done.json["files"]
    assert [file["standin"] for file in files] == [False] * 5
    outcomes = {(file["file"], check["name"]): check["outcome"] for file in files for check in file["checks"]}
    assert not {key: outcome for key, outcome in outcomes.items() if outcome != "passed"}, run.done
    assert run.done.code == 0, run.done.err


def municipality_file(material: Material) -> str:
    return FILE.format(source=material.source, gems=f", gems_mirror: {material.gems}" if material.gems else "")


def containers(tool: Tool) -> set[str]:
    """Return the containers of this user of ddconsul."""
    found = Podman(read_machine()).containers(f"org.ddconsul.state={tool.state}")
    return {container["Id"] for container in found}
