"""Pages in a house style: nothing is harder to read or to use than in Consul's own, held against WCAG by axe-core.

With DDCONSUL_PICTURES=folder, each page in each style is kept as a picture.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from contract.browser import window
from lifecycle import MODULES, World, deploy_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from user import Material, Tool

PAGES = {"home": "/", "log-in": "/users/sign_in", "pagina": "/privacy"}
# Colours of three kinds: dark, light (so that text on it is black), and two that differ.
STYLES: dict[str, dict[str, str]] = {
    "blauw": {"brand": "#24578f", "footer": "#154273"},
    "geel": {"brand": "#8a6d00", "header": "#ffd400", "focus": "#ffb612"},
    "groen": {"brand": "#157c68", "header": "#ffffff", "link": "#0b5e4f", "heading": "#0b5e4f", "menu": "#eef7f5"},
}
# Of what has colours of its own on the home page, one each.
CONTENTS: dict[str, Any] = {
    "home": {
        "header": {"title": "Praat mee", "description": "Samen beslissen.", "link_text": "Begin", "link": "/proposals"},
        "cards": [{"key": "wijk", "title": "Uw wijk", "label": "Nieuw", "description": "Verdeel.", "link": "/polls"}],
    },
    "banners": [
        {
            "key": "open", "title": "De stembus is open", "description": "Stem mee", "link": "/polls",
            "from": "2020-01-01", "until": "2099-12-31", "background": "#154273", "text": "#ffffff",
        }
    ],
}  # fmt: skip
# All that axe-core can find by itself of WCAG 2.2 AA.
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
Found = dict[str, set[str]]


class Looks:
    """The tests of one platform follow one another."""

    material: str

    def test_no_style_is_harder_to_read_or_use_than_consul_s_own(self, world: World) -> None:
        plain = look(world, "consul", {})
        for name, colours in STYLES.items():
            found = look(world, name, colours)
            assert {page: rules - plain[page] for page, rules in found.items()} == {page: set() for page in PAGES}, name
            assert "color-contrast" not in set().union(*found.values()), name


def look(world: World, name: str, colours: dict[str, str]) -> Found:
    """Deploy a style; return by page which rules axe-core finds broken."""
    world.municipality.edit({**CONTENTS, "branding": {"colours": colours} if colours else {}})
    done = world.municipality.run("deploy", "--contents", "--json")
    assert done.code == 0, done
    found: Found = {}
    with window(world.site(MODULES)) as browser:
        for page, path in PAGES.items():
            tab = browser.new_page()
            tab.goto(path)
            keep(tab, f"{name}-{page}")
            answer: dict[str, Any] = Axe().run(tab, options=RULES).response
            found[page] = {violation["id"] for violation in answer["violations"]}
            tab.close()
    return found


def keep(tab: Any, name: str) -> None:
    """Keep a picture, when somebody asked for it."""
    folder = os.environ.get("DDCONSUL_PICTURES")
    if folder:
        tab.set_viewport_size({"width": 1280, "height": 900})
        tab.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.mark.e2e
class TestStandin(Looks):
    """On the stand-in."""

    material = "standin"


@pytest.mark.real
class TestConsul(Looks):
    """On Consul itself."""

    material = "consul"


@pytest.fixture(scope="class")
def world(
    request: pytest.FixtureRequest, tool: Tool, tmp_path_factory: pytest.TempPathFactory, run_id: str
) -> Iterator[World]:
    material: Material = request.getfixturevalue(request.cls.material)
    folder = tmp_path_factory.mktemp("looks") / "platform"
    world = deploy_first(
        tool, folder, material, f"looks-{'si' if material.standin else 'co'}-{run_id}", from_image=True
    )
    yield world
    world.municipality.run("destroy", "--yes")
