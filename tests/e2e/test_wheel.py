"""ddconsul as a user installs it: a wheel, an empty folder, no checkout."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from contract.site import Mailbox, Site
from contract.visitor import Visitor
from user import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

    from user import Tool

pytestmark = pytest.mark.e2e

# Whoever runs this on the open Internet must get the stand-in as well: git finds every https address closed.
NO_WAY_OUT = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "url.http://127.0.0.1:9/.insteadOf",
    "GIT_CONFIG_VALUE_0": "https://",
}


@pytest.fixture(scope="module")
def offline(wheel_tool: Tool) -> Tool:
    return wheel_tool.with_environment(**NO_WAY_OUT)


def test_it_runs_from_its_own_files_only(wheel_tool: Tool, tmp_path: Path) -> None:
    python = wheel_tool.program.with_name("python")
    show = (
        "from ddconsul import assets; print(assets.playbooks(), assets.roles(), assets.templates(), assets.standin())"
    )
    done = subprocess.run(
        [python, "-I", "-c", show], cwd=tmp_path, env=wheel_tool.environment, capture_output=True, text=True, check=True
    )

    places = done.stdout.split()
    venv = str(wheel_tool.program.parents[1])
    assert len(places) == 4
    assert [place for place in places if not place.startswith(venv) or not os.path.isdir(place)] == []  # noqa: PTH112 — plain strings, as sys.path has them
    assert str(CHECKOUT) not in subprocess.run(
        ["grep", "-rlF", str(CHECKOUT), f"{venv}/lib", "--include=*.pth", "--include=*.py"],
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip


def test_a_demo_comes_up_in_an_empty_folder_and_goes_away(offline: Tool, tmp_path: Path, run_id: str) -> None:
    name = f"e2e-{run_id}"
    up = offline.run("demo", "up", name, "--json", cwd=tmp_path)
    assert up.code == 0, up
    told = up.json
    try:
        assert told["consul"]["standin"] is True
        assert told["consul"]["unreachable"]
        assert "stand-in" in up.err.splitlines()[0]
        site = Site(
            url=told["url"],
            name=told["municipality"],
            administrator=(told["administrator"]["email"], told["administrator"]["password"]),
            modules={},
            mails=Mailbox([], ""),
            standin=True,
        )
        home = Visitor(site).get("/")
        assert home.page.language == "nl"
        assert site.name in home.page.title
        assert "ddconsul stand-in" in home.text
        assert Visitor(site).log_in(*site.administrator).logged_in
        assert f"{name} " in offline.run("demo", "list", cwd=tmp_path).out
    finally:
        down = offline.run("demo", "down", name, cwd=tmp_path)

    assert down.code == 0, down
    assert name not in offline.run("demo", "list", cwd=tmp_path).out
    assert list(tmp_path.iterdir()) == []
