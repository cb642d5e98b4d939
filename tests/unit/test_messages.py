"""The pages that stand in for the site's own: in its colours and languages, complete in themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from files import MINIMAL, write
from rendering import evaluate

from ddconsul.instance.loader import load
from ddconsul.translate.brand.messages import STARTING, message_pages

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("403.html", "404.html", "422.html", "500.html", STARTING)


def pages(tmp_path: Path, more: str = "", **options: bool) -> dict[str, str]:
    return message_pages(load(write(tmp_path, MINIMAL + more)).instance, **options)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_in_the_house_style_and_loads_nothing(tmp_path: Path, name: str) -> None:
    page = pages(tmp_path, 'branding:\n  colours: {brand: "#157c68", header: "#ffd400"}\n')[name]

    assert (
        "header { background: #ffd400; color: #000000;" in page or "header { background: #ffd400; color: #000;" in page
    )
    assert "a { color: #157c68; }" in page
    assert not re.findall(r"(?:src|url|@import|<link)", page)
    assert "$" not in page


@pytest.mark.parametrize("name", NAMES)
def test_each_speaks_the_site_s_languages_the_first_one_first(tmp_path: Path, name: str) -> None:
    text = MINIMAL.replace("municipality:\n", "municipality:\n  languages: [en, nl]\n")
    page = message_pages(load(write(tmp_path, text)).instance)[name]

    assert re.findall(r'lang="(\w+)"', page) == ["en", "en", "nl"]


def test_a_name_with_a_sign_of_html_stays_a_name(tmp_path: Path) -> None:
    instance = load(write(tmp_path, MINIMAL)).instance
    strange = instance.model_copy(
        update={"municipality": instance.municipality.model_copy(update={"name": "A & <b>B</b>"})}
    )
    page = message_pages(strange)["404.html"]

    assert "A &amp; &lt;b&gt;B&lt;/b&gt;" in page
    assert "<b>" not in page


def test_the_stand_in_says_so_on_them(tmp_path: Path) -> None:
    assert "stand-in" in pages(tmp_path, standin=True)["500.html"]
    assert "stand-in" not in pages(tmp_path)["500.html"]


def test_rails_finds_its_own_and_nginx_the_other() -> None:
    given = dict.fromkeys(NAMES, "<p>")
    links = evaluate("consul_site_links", "consul_site", consul_site_messages=given)
    files = evaluate("consul_site_message_files", "consul_site", consul_site_messages=given)

    assert links["public/404.html"] == "messages/404.html"
    assert f"public/{STARTING}" not in links
    assert links["log"] == "log"
    assert [file["path"].rpartition("/")[2] for file in files] == list(NAMES)
    assert "public/404.html" not in evaluate("consul_site_links", "consul_site", consul_site_messages={})
