"""Role consul_build: what the code of gems and packages, which runs while a build is made, can do to the host."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from rendering import ROLES, evaluate

from ddconsul.operations import keeper

ROLE = ROLES / "consul_build"
WRITE = ROLE / "files/write_files.py"
# Nobody has it: what is done as this account, or ended with it, concerns no other program of this machine.
BUILDER = 54321


def tasks() -> list[dict[str, Any]]:
    """All tasks that run between the first file of a build and its seal."""
    files = ("begin", "overlay", "mirror", "npm", "compile", "seed")
    return [task for name in files for task in yaml.safe_load((ROLE / f"tasks/{name}.yml").read_text())]


def test_root_itself_writes_nothing_where_the_builds_own_code_runs() -> None:
    writers = {"copy", "template", "file", "unarchive", "get_url", "assemble", "blockinfile"}
    places = [
        options.get("dest") or options.get("path")
        for task in tasks()
        for module, options in task.items()
        if module.removeprefix("ansible.builtin.") in writers
    ]
    named = yaml.safe_load((ROLE / "vars/main.yml").read_text())
    places = [named.get(str(place).strip("{ }"), place) for place in places]
    assert places
    assert [place for place in places if not place.startswith("{{ consul_build_scratch_root }}/")] == []


def write(folder: Path, *files: dict[str, Any]) -> None:
    argv = [sys.executable, "-I", "-c", WRITE.read_text(), str(folder)]
    subprocess.run(argv, input=json.dumps(files), text=True, check=True, umask=0o077)


def test_a_file_is_written_in_the_place_of_a_link_and_not_where_it_leads(tmp_path: Path) -> None:
    target, source = tmp_path / "target", tmp_path / "source"
    target.write_text("theirs")
    (source / "config").mkdir(parents=True)
    (source / "config/secrets.yml").symlink_to(target)

    write(source, {"path": "config/secrets.yml", "content": "ours"}, {"path": "a/b/c.rb", "content": "new"})

    assert target.read_text() == "theirs"
    assert (source / "config/secrets.yml").read_text() == "ours"
    # Everybody may read a build, whatever the umask.
    assert (source / "a/b/c.rb").stat().st_mode & 0o777 == 0o644


def test_a_view_of_the_municipalitys_own_wins(tmp_path: Path) -> None:
    (tmp_path / "new.html.erb").write_text("theirs")
    write(tmp_path, {"path": "new.html.erb", "content": "ours", "unless_there": True})
    assert (tmp_path / "new.html.erb").read_text() == "theirs"


def test_each_file_that_the_role_brings_is_in_the_name_of_the_build() -> None:
    # Those of one build only are not: what they say is what else is in the name.
    asked = {"stdout_lines": ["3.3", "3.3", "libsass"]}
    files = evaluate("consul_build_files", "consul_build", consul_build_ruby=asked)
    named = (ROLE / "vars/main.yml").read_text()
    written = set(re.findall(r"template', '([\w.]+)'", named))
    counted = set(re.findall(r"/templates/([\w.]+)'", named))
    assert len(files) == len(written)
    assert written - counted == {"ruby_version.j2", "database.yml.j2", "secrets.yml.j2"}


# --- sealing ----------------------------------------------------------------------------------------------


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build that is made but not sealed, of an account that only the test has."""
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    for above in (tmp_path, *tmp_path.parents):
        above.chmod(above.stat().st_mode | 0o055)
    tools, build = tmp_path / "tools", tmp_path / "build"
    tools.mkdir()
    # As runuser, for an account that has a number and no name.
    (tools / "runuser").write_text('#!/bin/sh\nshift 3\nexec setpriv --reuid %d --clear-groups -- "$@"\n' % BUILDER)  # noqa: UP031 — braces are the shell's
    (tools / "runuser").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    for folder in ("config", "public/assets", "log", "bin"):
        (build / folder).mkdir(parents=True)
    (build / "config/database.yml").write_text("production: {}")
    (build / "bin/rails").write_text("#!/bin/sh")
    (build / "bin/rails").chmod(0o700)
    for path in (build, *build.rglob("*")):
        os.chown(path, BUILDER, BUILDER)
    return build


def seal(scratch: Path) -> subprocess.CompletedProcess[str]:
    argv = ["sh", str(ROLE / "files/seal.sh"), str(scratch), "0123456789abcdef", str(BUILDER)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def test_a_sealed_build_is_roots_and_everybody_reads_it(scratch: Path) -> None:
    done = seal(scratch)
    assert (done.returncode, done.stderr) == (0, "")
    assert (scratch / "BUILD").read_text() == "0123456789abcdef\n"
    assert {path.lstat().st_uid for path in (scratch, *scratch.rglob("*"))} == {0}
    assert scratch.stat().st_mode & 0o777 == 0o755
    assert (scratch / "bin/rails").stat().st_mode & 0o777 == 0o755
    assert not (scratch / "log").exists()
    assert not (scratch / "config/database.yml").exists()


def test_links_that_a_gem_left_lead_the_seal_nowhere(scratch: Path, tmp_path: Path) -> None:
    etc, mark = tmp_path / "etc", tmp_path / "mark"
    (etc / "system").mkdir(parents=True)
    (etc / "database.yml").write_text("another program's")
    mark.write_text("another program's")
    mark.chmod(0o600)
    (scratch / "config/database.yml").unlink()
    (scratch / "config").rmdir()
    (scratch / "public/assets").rmdir()
    (scratch / "public").rmdir()
    for name, target in (("config", etc), ("public", etc), ("BUILD", mark), ("lib", etc)):
        (scratch / name).symlink_to(target)
        os.chown(scratch / name, BUILDER, BUILDER, follow_symlinks=False)

    seal(scratch)

    assert (etc / "system").is_dir()
    assert (etc / "database.yml").read_text() == mark.read_text() == "another program's"
    assert mark.stat().st_mode & 0o777 == 0o600


def test_a_file_from_elsewhere_that_is_linked_into_a_build_is_not_given_to_everybody(
    scratch: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "shadow"
    secret.write_text("a secret")
    secret.chmod(0o600)
    os.link(secret, scratch / "innocent.txt")

    done = seal(scratch)

    assert done.returncode == 1
    assert "./innocent.txt" in done.stderr
    assert secret.stat().st_mode & 0o777 == 0o600


def test_a_program_that_a_gem_left_running_is_ended(scratch: Path) -> None:
    left = subprocess.Popen(["sleep", "1000"], user=BUILDER, cwd=scratch)
    # A program that ended is there until somebody asks for it, as init does on a host.
    threading.Thread(target=left.wait, daemon=True).start()
    try:
        assert seal(scratch).returncode == 0
        with pytest.raises(ProcessLookupError):
            os.kill(left.pid, 0)
    finally:
        left.kill()


# --- taking away ------------------------------------------------------------------------------------------


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What PostgreSQL and systemd are asked, in the order of the questions; there are no databases."""
    tools, asked = tmp_path / "tools", tmp_path / "asked"
    tools.mkdir()
    (tools / "runuser").write_text(f'#!/bin/sh\nfor last; do :; done; echo "$last" >>{asked}\n')
    (tools / "systemctl").write_text(f'#!/bin/sh\necho "systemctl $*" >>{asked}\n')
    (tools / "psql").write_text("#!/bin/sh\n")
    for tool in tools.iterdir():
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return asked


def take_away(builds: Path, scratch: Path, sites: Path) -> list[str]:
    """Take away what no site uses; return what went."""
    argv = ["sh", str(ROLE / "files/remove_unused_builds.sh"), str(builds), str(scratch), str(sites)]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()


def test_what_a_killed_deploy_had_begun_goes_though_its_build_is_there(tmp_path: Path, asked: Path) -> None:
    builds, sites, scratch = tmp_path / "builds", tmp_path / "srv", tmp_path / "scratch"
    for folder in (builds / "aaaa", sites / "noord/releases/1", scratch / "gems"):
        folder.mkdir(parents=True)
    (sites / "noord/releases/1/BUILD").write_text("aaaa\n")
    (scratch / "environment").write_text("BUNDLE_HTTPS_PROXY=http://name:password@proxy.example.org")

    assert take_away(builds, scratch, sites) == [str(scratch)]

    assert not scratch.exists()
    assert (builds / "aaaa").is_dir()
    # Before its files go: it would write new ones.
    assert asked.read_text().splitlines()[0] == "systemctl stop ddconsul_build-*.service"
    assert take_away(builds, scratch, sites) == []


def test_builds_that_a_site_has_a_release_of_stay_and_others_go(tmp_path: Path, asked: Path) -> None:
    builds, sites = tmp_path / "builds", tmp_path / "srv"
    for name in ("aaaa", "bbbb", "cccc", "dddd"):
        (builds / name).mkdir(parents=True)
        (builds / name / "BUILD").write_text(f"{name}\n")
    # Of one site's live release, of another's former one on another file system, and of a site at another place.
    for release in (sites / "zee/releases/2", sites / "noord/releases/1", tmp_path / "elsewhere/releases/1"):
        release.mkdir(parents=True)
    os.link(builds / "aaaa/BUILD", sites / "zee/releases/2/BUILD")
    (sites / "noord/releases/1/BUILD").write_text("bbbb\n")
    os.link(builds / "dddd/BUILD", tmp_path / "elsewhere/releases/1/BUILD")

    assert take_away(builds, tmp_path / "scratch", sites) == ["cccc"]

    assert sorted(path.name for path in builds.iterdir()) == ["aaaa", "bbbb", "dddd"]
    assert re.findall(r"DROP DATABASE \S+ \S+ (\S+)", asked.read_text()) == ["ddconsul_template_cccc"]


def test_builds_go_only_after_a_deploy_that_succeeded() -> None:
    (play,) = yaml.safe_load((ROLES.parent / "playbooks/deploy.yml").read_text())
    verify, clear = play["post_tasks"]
    assert verify["ansible.builtin.import_role"]["tasks_from"] == "verify"
    assert clear["ansible.builtin.include_role"] == {"name": "consul_build", "tasks_from": "destroy"}
    assert evaluate("consul_site_releases_kept", "consul_site") == 2  # the live one, and the one to go back to


# --- names on the host ------------------------------------------------------------------------------------


@pytest.mark.parametrize("site", ["build", "build-x", "buildings", "upgrade", "x-upgrade", "zee"])
def test_what_ends_the_making_of_a_build_ends_no_site(site: str) -> None:
    script = (ROLE / "files/clear_scratch.sh").read_text()
    patterns = [*re.findall(r"systemctl stop '([^']+)'", script), *keeper.UNITS]
    assert len(patterns) > len(keeper.UNITS)
    units = evaluate("consul_site_units + consul_site_clock_units", "consul_site", consul_site_name=site)
    names = [Path(unit["path"]).name for unit in units]
    assert [name for name in names for pattern in patterns if fnmatch.fnmatchcase(name, pattern)] == []


def test_what_ends_the_making_of_a_build_knows_its_steps() -> None:
    script = (ROLE / "files/clear_scratch.sh").read_text()
    named = evaluate("consul_build_unit | format('gems')", "consul_build", ddconsul_run="0123456789")
    unit = named.removeprefix("--unit=")
    for patterns in (re.findall(r"systemctl stop '([^']+)'", script), keeper.UNITS):
        assert any(fnmatch.fnmatchcase(f"{unit}.service", pattern) for pattern in patterns)


@pytest.mark.parametrize("file", ["files/remove_unused_builds.sh", "tasks/seed.yml"])
def test_the_database_of_no_site_is_taken_for_a_builds(file: str) -> None:
    (pattern,) = re.findall(r"datname ~ '([^']+)'", (ROLE / file).read_text())
    pattern = pattern.replace("\\$", "$")
    assert re.search(pattern, "ddconsul_template_0123456789abcdef")
    assert re.search(pattern, "ddconsul_scratch_0123456789abcdef")
    for site in ("template-noord", "scratch-2", "template-abcdef"):
        assert not re.search(pattern, evaluate("consul_site_user", "consul_site", consul_site_name=site))
