"""Role consul_site: whose its files are, and the order of its steps, which decides what half a deploy leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from programs import passes, tool
from rendering import ROLES, evaluate, render

if TYPE_CHECKING:
    from pathlib import Path

ROLE = ROLES / "consul_site"


@pytest.mark.parametrize("before", [True, False], ids=["written by an older ddconsul", "new"])
def test_the_web_server_in_front_reads_what_consul_writes_for_visitors_and_nobody_else_does(
    tmp_path: Path, *, before: bool
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives a file to another group")
    for above in (tmp_path, *tmp_path.parents):
        above.chmod(above.stat().st_mode | 0o055)
    root = tmp_path / "zee"
    names = {"consul_site_root": str(root), "consul_site_user": "daemon", "consul_site_proxy_group": "www-data"}
    text = render("consul_site", "tmpfiles.conf.j2", **names)
    # This machine's own stays as it is.
    (tmp_path / "tmpfiles.conf").write_text(text.replace("d /srv/ddconsul ", "# "))
    map_of_the_site = root / "shared/public/sitemap.xml"

    def write() -> None:
        # With the site's UMask.
        command = [
            "setpriv",
            "--reuid=daemon",
            "--regid=daemon",
            "--clear-groups",
            "sh",
            "-c",
            f"echo x >{map_of_the_site}",
        ]
        subprocess.run(command, umask=0o027, check=True)

    if before:
        map_of_the_site.parent.mkdir(parents=True, mode=0o755)
        shutil.chown(map_of_the_site.parent, "daemon", "daemon")
        write()
    passes(tool("systemd-tmpfiles"), "--create", str(tmp_path / "tmpfiles.conf"))
    write()

    assert map_of_the_site.group() == "www-data"
    assert map_of_the_site.stat().st_mode & 0o777 == 0o640
    for private in ("config", "storage", "log", "tmp"):
        found = root / "shared" / private
        assert (found.group(), found.stat().st_mode & 0o777) == ("daemon", 0o750)


def tasks(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((ROLE / f"tasks/{name}.yml").read_text())
    return loaded


CACHE = "/etc/systemd/system/ddconsul-zandrijk-cache.service"


@pytest.mark.parametrize(
    ("written", "stopped", "check", "started", "restarted"),
    [
        # A site from an older ddconsul gets a cache of its own; a check knows no unit by that name yet.
        ([CACHE, "/x"], ["cache.service"], True, [], []),
        ([CACHE, "/x"], ["cache.service"], False, ["cache.service"], []),
        # Another configuration leaves what is cached alone; another cache does not.
        (["/x"], [], False, [], []),
        ([CACHE], [], False, [], ["cache.service"]),
        (["/x"], ["nightly.timer"], True, ["nightly.timer"], []),
    ],
)
def test_a_cache_is_started_where_there_was_none_and_restarted_only_when_it_is_another(
    written: list[str], stopped: list[str], *, check: bool, started: list[str], restarted: list[str]
) -> None:
    prefix = "ddconsul-zandrijk-"
    seen = {"written": written, "stopped": [prefix + unit for unit in stopped]}
    names = {"consul_site_written": seen, "ansible_check_mode": check}
    (task,) = [task for task in tasks("start") if task["name"] == "Start what of it has stopped"]
    (handler,) = yaml.safe_load((ROLE / "handlers/main.yml").read_text())

    def loop_of(task: dict[str, Any]) -> list[str]:
        units = evaluate(task["loop"].strip().removeprefix("{{").removesuffix("}}"), "consul_site", **names)
        return [unit.removeprefix(prefix) for unit in units]

    assert loop_of(task) == started
    assert loop_of(handler) == [*restarted, "web.service", "worker.service"]


def test_what_is_live_runs_before_consul_may_refuse_what_it_has_to_contain() -> None:
    steps = [(task.get("ansible.builtin.meta"), task.get("ansible.builtin.import_tasks")) for task in tasks("main")]
    assert steps.index(("flush_handlers", None)) < steps.index((None, "contents.yml"))
    # Nothing that comes after it asks for a restart.
    assert [task["name"] for task in tasks("contents") if "notify" in task] == []
