"""What the municipality file asks for → the desired-state document, and the way back to the line that asked for it."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from files import MINIMAL, instance
from rendering import REPOSITORY
from test_translate import matches

from ddconsul.instance.loader import load
from ddconsul.instance.shape import models_at
from ddconsul.instance.yaml import places
from ddconsul.translate import menu
from ddconsul.translate.origins import origins
from ddconsul.translate.state import settings, state_document
from ddconsul.translate.texts import formatted, vocabulary
from ddconsul.translate.vars import Material, deploy_variables

if TYPE_CHECKING:
    from pathlib import Path

FULL = REPOSITORY / "tests/unit/full/gemeente.yml"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return state_document(load(FULL).instance)


def one(document: dict[str, Any], key: str) -> dict[str, Any]:
    (found,) = (item["fields"] for item in document["objects"] if item["key"] == key)
    return found


def made(folder: Path, more: str, text: str = MINIMAL) -> dict[str, Any]:
    return state_document(instance(folder, text + more))


def test_the_full_example_comes_to_this(document: dict[str, Any]) -> None:
    # To the byte, a logo's images depend on the library that draws them.
    drawn = {item["fields"]["file"] for item in document["objects"] if item["kind"] == "image"}
    lasting = {
        **document,
        "objects": [item for item in document["objects"] if item["kind"] != "image"],
        "files": {checksum: file for checksum, file in document["files"].items() if checksum not in drawn},
    }
    assert drawn == document["files"].keys() - lasting["files"].keys()
    matches("full.state", lasting, FULL.parent)


def test_every_section_that_says_what_the_site_contains_is_in_the_full_example() -> None:
    given = set(places.read(FULL, "full").value)
    (whole,) = models_at(())
    # These say how and where it runs.
    assert set(whole.model_fields) - {"consul", "tls"} == given


def test_every_object_and_field_has_a_place_in_the_file(document: dict[str, Any]) -> None:
    found = origins(load(FULL).instance)
    wanted = {f"setting {key}" for key in document["settings"]}
    wanted |= {item["key"] for item in document["objects"]}
    wanted |= {f"{item['key']} {name}" for item in document["objects"] for name in item["fields"]}
    assert wanted <= set(found)


def test_places_lead_to_what_stands_there() -> None:
    found, read = origins(load(FULL).instance), places.read(FULL, "full")

    def line(key: str) -> str:
        return read.line(read.place(found[key])).strip()

    assert line("page accessibility title.en").startswith("title: {nl: Voor iedereen")
    assert line("card home wijken columns") == "columns: 6"
    assert line("banner stembus post_ended_at") == "until: 2027-03-31"
    assert line("setting map.zoom") == "map.zoom: 12"
    assert line("setting facebook_handle").startswith("social:")
    assert line("account sam@duinbeek.example moderator").startswith("moderators:")
    assert line("text layouts.header.debates value.nl").startswith("debates: {enabled: on")
    assert line("content_block footer en").startswith("links:")


def test_objects_have_names_of_their_own_and_parents_come_first(document: dict[str, Any]) -> None:
    keys = [item["key"] for item in document["objects"]]
    assert len(keys) == len(set(keys))
    for place, item in enumerate(document["objects"]):
        assert item["key"].startswith(f"{item['kind']} ")
        assert item.get("parent") is None or item["parent"] in keys[:place]


def test_someone_with_several_roles_gets_one_account(document: dict[str, Any]) -> None:
    accounts = [item for item in document["objects"] if item["kind"] == "account"]
    assert [item["identity"]["email"] for item in accounts] == [
        "noor@duinbeek.example", "sam@duinbeek.example", "balie@duinbeek.example",
    ]  # fmt: skip
    assert one(document, "account noor@duinbeek.example") == {
        "username": "Noor", "administrator": True, "moderator": False, "manager": False, "valuator": True,
    }  # fmt: skip


def test_a_page_has_its_text_in_each_language_with_the_municipalitys_own_words(document: dict[str, Any]) -> None:
    page = one(document, "page privacy")
    assert page["title.nl"] == "Privacy bij Gemeente Duinbeek"
    assert page["title.en"] == "Privacy at Gemeente Duinbeek"
    assert "<p>Mail naar info@duinbeek.example of bel 14 012.</p>" in page["content.nl"]
    assert "<strong>weinig</strong>" in page["content.nl"]
    assert one(document, "page conditions")["status"] == "draft"
    assert "page over-dit-platform" in {item["key"] for item in document["objects"]}


def test_a_text_for_all_languages_is_not_passed_off_as_a_translation(document: dict[str, Any]) -> None:
    header = one(document, "card home header")
    assert (header["title.en"], "description.en" in header) == ("Have your say", False)
    # Consul looks no further than one language for these.
    assert one(document, "text layouts.header.proposals") == {"value.nl": "Initiatieven", "value.en": "Initiatieven"}


def test_what_consul_wants_in_every_language_is_there_in_each(document: dict[str, Any]) -> None:
    banner = one(document, "banner stembus")
    assert banner["title.en"] == "You can vote now"
    assert banner["description.en"] == banner["description.nl"]


def test_a_percentage_does_not_break_the_page(document: dict[str, Any]) -> None:
    assert one(document, "text proposals.index.title")["value.nl"] == "Voor 100%% van Duinbeek"
    assert formatted("%{count} is 5% of 10%%") == "%{count} is 5%% of 10%%"


def test_settings_of_ones_own_go_before_what_ddconsul_chooses(document: dict[str, Any]) -> None:
    found = document["settings"]
    assert (found["feature.google_login"], found["feature.facebook_login"]) == (True, False)
    assert found["meta_title"] == "Praat mee in Duinbeek"
    assert (found["feature.community"], found["map.zoom"], found["map.latitude"]) == (False, "12", "52.5")
    assert found["uploads.images.content_types"] == "image/jpeg image/png"
    assert found["official_level_5_name"] == "Griffier"


def test_a_list_on_the_home_page_that_is_off_is_off(document: dict[str, Any]) -> None:
    found = document["settings"]
    assert found["homepage.widgets.feeds.proposals"] is True
    assert found["homepage.widgets.feeds.debates"] is False
    assert one(document, "feed proposals") == {"limit": 5}


def test_a_link_cannot_carry_html_along(tmp_path: Path) -> None:
    found = made(tmp_path, "menu: {links: [{text: '<b>x</b>', url: '/a?b=\"c\"'}]}\n")
    (body,) = {item["fields"]["body"] for item in found["objects"] if item["kind"] == "content_block"}
    assert body == '<li class="own-link-right"><a href="/a?b=&quot;c&quot;">&lt;b&gt;x&lt;/b&gt;</a></li>'


def test_a_file_is_named_by_its_checksum_and_goes_along_once(document: dict[str, Any]) -> None:
    picture = FULL.parent / "beeld/plein.jpg"
    checksum = base64.b64encode(hashlib.md5(picture.read_bytes(), usedforsecurity=False).digest()).decode()
    assert one(document, "card home header")["image"] == one(document, "card home wijken")["image"] == checksum
    assert document["files"][checksum]["path"].startswith("/srv/ddconsul/duinbeek/shared/content/")
    variables = deploy_variables(load(FULL).instance, Material("a", "b"), "localhost")
    assert variables["consul_site_content"][0] == {
        "src": str(picture), "checksum": checksum, "name": "plein.jpg", "content_type": "image/jpeg"
    }  # fmt: skip
    assert {file["checksum"] for file in variables["consul_site_content"]} == document["files"].keys()
    assert variables["consul_site_admin_networks"] == ["192.0.2.0/24", "2001:db8::1"]


def test_a_site_that_says_nothing_has_an_administrator_and_no_more(tmp_path: Path) -> None:
    found = made(tmp_path, "")
    assert [item["key"] for item in found["objects"]] == ["account beheer@example.org"]
    assert "email_domain_for_officials" not in settings(instance(tmp_path))


def test_what_the_menu_cannot_do_by_data_is_css(tmp_path: Path) -> None:
    assert menu.css(instance(tmp_path)) == ""
    rules = menu.css(load(FULL).instance)
    assert 'li:has(> a[href="/help"]) { display: none; }' in rules
    assert 'li:has(> a[href="/proposals"]) { order: 1; }' in rules
    assert 'li:has(> a[href="/debates"]) { order: 3; }' in rules


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("Alle voorstellen", "Alle initiatieven"),
        ("Voorstellen", "Initiatieven"),
        ("VOORSTELLEN", "INITIATIEVEN"),
        ("Een voorstel: %{voorstel}", "Een initiatief: %{voorstel}"),
        ("voorstelling", None),
        ("niets", None),
    ],
)
def test_a_word_is_renamed_where_it_is_a_word(text: str, renamed: str | None) -> None:
    found = vocabulary({"a.b": text}, [("voorstel", "initiatief"), ("voorstellen", "initiatieven")])
    assert found == ({} if renamed is None else {"a.b": renamed})
