"""Every key of every section: said otherwise, planned as just that, applied, and read back as a visitor does.

Nothing is picked by hand: what is changed follows from the file that has all sections (tests/unit/full).
"""

from __future__ import annotations

import html
import re
import shutil
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from contract.site import Mailbox, Site
from contract.visitor import Visitor
from ruamel.yaml import YAML
from unit.varied import leaves, read, varied
from user import CHECKOUT, Municipality

from ddconsul.instance.loader import load
from ddconsul.operations.adopt import values
from ddconsul.translate.clock import now
from ddconsul.translate.state import state_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from user import Material, Tool

FULL = CHECKOUT / "tests/unit/full"
DATA = read(FULL / "gemeente.yml")
WAYS = list(leaves(DATA))
SECTIONS = tuple(dict.fromkeys(str(way[0]) for way in WAYS))
# What a visitor reads on a page: the page's own, or the home page.
SEEN = {
    *((kind, name) for kind in ("page", "card", "banner") for name in ("title", "subtitle", "content", "description")),
    ("card", "label"), ("card", "link_text"), ("card", "link_url"), ("banner", "target_url"), ("content_block", "body"),
}  # fmt: skip

Fields = dict[tuple[str, str], str | None]


@dataclass
class Platform:
    """A deployed platform with every section.

    Args:
        municipality: Its file.
        material: What is deployed.
        base: What stands in the file at first.
        url: Where a browser finds it.
        left: What left the file and stayed in Consul, since it was there before (docs/state.md: withdrawn).
    """

    municipality: Municipality
    material: Material
    base: dict[str, Any]
    url: str = ""
    left: Fields = field(default_factory=dict)

    @property
    def site(self) -> Site:
        """The site as a visitor finds it."""
        return Site(self.url, "", ("", ""), {}, Mailbox((), ""), standin=self.material.standin)

    @property
    def folder(self) -> Path:
        return self.municipality.folder

    def write(self, data: dict[str, Any]) -> None:
        with self.municipality.file.open("w", encoding="utf-8") as stream:
            YAML().dump(data, stream)

    def document(self) -> dict[str, Any]:
        """Return what its file asks for."""
        return state_document(load(self.municipality.file).instance)


def told(outcome: dict[str, Any]) -> Fields:
    """Return what of Consul's contents a plan or a deploy names, by object and field."""
    changes = [change for change in outcome["changes"] if change["kind"] == "content"]
    gone = {"removed", "withdrawn"}
    return {
        (change["object"], change["field"]): None if change["action"] in gone else change["new"] for change in changes
    }


def withdrawn(outcome: dict[str, Any]) -> Fields:
    """Return the values that a deploy left in Consul, although they left the file."""
    return {
        (change["object"], change["field"]): change["old"]
        for change in outcome["changes"]
        if change["action"] == "withdrawn" and change["field"]
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> Fields:
    """Return what a later document asks for otherwise, as a plan tells it.

    What leaves it goes as a whole, and what has no fields comes as a whole: a topic is its name.
    """
    moment = now()
    old, new = values(before, moment), values(after, moment)
    had, has = ({item["key"]: item for item in document["objects"]} for document in (before, after))
    gone = had.keys() - has.keys()
    come = {key: has[key]["identity"]["name"] for key in has.keys() - had.keys() if not has[key]["fields"]}
    fields = {name: new.get(name) for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    return {
        **{name: value for name, value in fields.items() if name[0] not in gone},
        **{(name, ""): None for name in gone},
        **{(name, ""): called for name, called in come.items()},
    }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "section" in metafunc.fixturenames:
        metafunc.parametrize("section", metafunc.cls.sections)


class Sections:
    """The tests of one platform follow one another."""

    material: str
    sections: tuple[str, ...]

    def test_a_plan_right_after_is_empty(self, platform: Platform) -> None:
        again = platform.municipality.run("plan", "--json", "--exit-code")
        assert (again.code, again.json["changes"], again.json["kept"], again.json["conflicts"]) == (0, [], [], [])

    def test_what_is_said_otherwise_is_planned_done_and_read_back(self, platform: Platform, section: str) -> None:
        # What the test before this one changed goes back, which is a change like any other.
        before = platform.document()
        ways = [way for way in WAYS if section in (way[0], "all of them")]
        platform.write(varied(platform.base, ways, platform.folder))
        differing = {
            name: value
            for name, value in differences(before, platform.document()).items()
            # What it finds as it left it is no change.
            if value is None or platform.left.pop(name, None) != value
        }

        planned = platform.municipality.run("plan", "--json").json
        done = platform.municipality.run("deploy", "--yes", "--json").json
        again = platform.municipality.run("plan", "--json", "--exit-code")
        platform.left |= withdrawn(done)

        assert told(planned) == differing
        assert told(done) == differing
        assert (again.code, again.json["changes"]) == (0, []), again.json["changes"]
        assert unread(platform, differing) == {}


def unread(platform: Platform, fields: Fields) -> Fields:
    """Return the words that a visitor doesn't find where they should be."""
    items = {item["key"]: item for item in platform.document()["objects"]}
    visitor = Visitor(platform.site)
    missing = {}
    for (name, part), value in fields.items():
        item = items.get(name, {"kind": "", "fields": {}})
        attribute, _, locale = part.partition(".")
        if value is None or (item["kind"], attribute) not in SEEN or item["fields"].get("status") == "draft":
            continue
        place = f"/{item['identity']['slug']}" if item["kind"] == "page" else "/"
        answer = visitor.get(f"{place}?locale={locale or item['identity'].get('locale', 'nl')}")
        if value not in answer.text and words(value) not in " ".join(answer.page.plain.split()):
            missing[name, part] = value
    return missing


def words(text: str) -> str:
    """Return what somebody reads of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture(scope="class")
def platform(
    request: pytest.FixtureRequest, tool: Tool, tmp_path_factory: pytest.TempPathFactory, run_id: str
) -> Iterator[Platform]:
    material: Material = request.getfixturevalue(request.cls.material)
    folder = tmp_path_factory.mktemp("sections") / "platform"
    slug = f"delen-{'si' if material.standin else 'co'}-{run_id}"
    municipality = Municipality(tool, folder, {})
    shutil.copytree(FULL, folder, dirs_exist_ok=True)
    municipality.edit({**material.settings, "target.site": slug})
    data = read(municipality.file)
    # Today, so that it is seen.
    data["banners"][0] |= {"from": date(2020, 1, 1), "until": date(2099, 12, 30)}
    platform = Platform(municipality, material, data)
    platform.write(data)
    municipality.set_secret("oidc_client_secret", "zeer-geheim")
    municipality.start_from_image()
    done = municipality.run("deploy", "--yes", "--json")
    assert done.code == 0, done
    platform.url = done.json["url"]
    yield platform
    municipality.run("destroy", "--yes")


@pytest.mark.e2e
class TestStandin(Sections):
    """On the stand-in, all at once."""

    material = "standin"
    sections = ("all of them",)


@pytest.mark.real
class TestConsul(Sections):
    """On Consul itself."""

    material = "consul"
    sections = SECTIONS
