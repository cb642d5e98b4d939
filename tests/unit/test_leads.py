"""Where links lead: to what is off, or to a page that the file does not tell of, is worth a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from files import MINIMAL, write
from vraagstukken import POLL

from ddconsul.instance.loader import inspect

if TYPE_CHECKING:
    from pathlib import Path

PLACES = {
    "home.header.link": "home: {{header: {{title: Welkom, link_text: Lees meer, link: {}}}}}\n",
    "home.cards[0].link": "home: {{cards: [{{key: een, title: Een, link: {}}}]}}\n",
    "banners[0].link": "banners: [{{key: a, title: En, description: J,"
    " link: {}, from: 2027-03-01, until: 2027-03-01}}]\n",
    "menu.links[0].url": "menu: {{links: [{{text: Een, url: {}}}]}}\n",
    "footer.links[0].url": "footer: {{links: [{{text: Een, url: {}}}]}}\n",
    "footer.legal_links[0].url": "footer: {{legal_links: [{{text: Een, url: {}}}]}}\n",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("link", ["/debates", "/debates/new", "/debates?order=new", "/debates#top"])
def test_a_link_to_a_module_that_is_off(tmp_path: Path, place: str, link: str) -> None:
    (problem,) = inspect(write(tmp_path, MINIMAL + PLACES[place].format(f'"{link}"'))).warnings
    assert problem.sentence == f"{place} leads to /debates, but module debates is off"
    assert problem.todo.startswith("Set modules.debates to on")


@pytest.mark.parametrize("place", PLACES)
def test_a_link_to_a_page_that_is_not_in_the_file(tmp_path: Path, place: str) -> None:
    found = inspect(write(tmp_path, MINIMAL + PLACES[place].format("/spelregels")))
    assert not found.problems
    assert [warning.sentence for warning in found.warnings] == [
        f"{place} leads to /spelregels, a page that is not in this file"
    ]


@pytest.mark.parametrize(
    "link",
    ["/", "/proposals", "/plein", "/Regels", "/over-dit-platform", "/privacy", "/help/faq", "https://example.org"],
)
def test_what_is_there_is_right(tmp_path: Path, link: str) -> None:
    pages = "pages: {regels: privacy.md, about: privacy.md}\n"
    found = inspect(write(tmp_path, MINIMAL + POLL + pages + PLACES["menu.links[0].url"].format(link)))
    assert (found.problems, found.warnings) == ((), ())


def test_half_a_middle_of_the_map_is_worth_a_word(tmp_path: Path) -> None:
    found = inspect(write(tmp_path, f"{MINIMAL}settings: {{map.latitude: 53.22}}\n"))
    (warning,) = found.warnings
    assert not found.problems
    assert warning.sentence.startswith("settings.map.latitude is given, but there is no map.longitude")
