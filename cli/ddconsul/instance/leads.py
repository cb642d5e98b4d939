"""Where links on the site lead: to a part of it that is off, or to a page that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.instance.section import Contradiction
from ddconsul.instance.sections.pages import LEGAL, TAKEN, slug_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance

_Way = tuple[str | int, ...]
# The first part of an address (config/routes): the module that it is of.
_MODULES = {name: name for name in ("debates", "proposals", "polls", "budgets", "legislation", "sdg")}
# Pages that a new Consul has by itself (db/pages, config/routes).
_CONSULS_PAGES = {*LEGAL, "faq", "welcome", "consul.json", "robots.txt"}


def contradictions(instance: Instance) -> Iterator[Contradiction]:
    """Yield links to a module that is off: who follows one gets an error."""
    for way, place in _own_links(instance):
        module = _MODULES.get(place)
        if module is not None and not getattr(instance.modules, module):
            todo = f"Set modules.{module} to on, or let it lead elsewhere."
            yield Contradiction(way, f"leads to /{place}, but module {module} is off", todo)


def nowhere(instance: Instance) -> Iterator[tuple[_Way, str]]:
    """Yield links to a page that the file does not tell of, with its address: it may have been made on the site."""
    known = {slug_of(name).lower() for name in instance.pages} | {one.key for one in instance.vraagstuk}
    for way, place in _own_links(instance):
        if place and place.lower() not in known | TAKEN | _CONSULS_PAGES:
            yield way, place


def _own_links(instance: Instance) -> Iterator[tuple[_Way, str]]:
    """Yield the links to the site itself, each with the first part of its address."""
    for way, link in _links(instance):
        if isinstance(link, str) and link.startswith("/"):
            yield way, link[1:].partition("?")[0].partition("#")[0].partition("/")[0]


def _links(instance: Instance) -> Iterator[tuple[_Way, object]]:
    yield ("home", "header", "link"), getattr(getattr(instance.home, "header", None), "link", None)
    lists: tuple[tuple[_Way, tuple[object, ...], str], ...] = (
        (("home", "cards"), getattr(instance.home, "cards", ()), "link"),
        (("banners",), getattr(instance, "banners", ()), "link"),
        (("menu", "links"), getattr(instance.menu, "links", ()), "url"),
        (("footer", "links"), getattr(instance.footer, "links", ()), "url"),
        (("footer", "legal_links"), getattr(instance.footer, "legal_links", ()), "url"),
    )
    for way, items, name in lists:
        for index, item in enumerate(items):
            yield (*way, index, name), getattr(item, name, None)
