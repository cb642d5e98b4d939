"""Instance → menu and footer: content blocks, and CSS for what Consul's menu cannot do by data."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ddconsul.translate.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ddconsul.instance.models import Instance
    from ddconsul.instance.sections.menu import Link
    from ddconsul.translate.item import Way

# Where Consul shows each module (config/routes).
MODULES = {
    "debates": "/debates",
    "proposals": "/proposals",
    "polls": "/polls",
    "legislation": "/legislation/processes",
    "budgets": "/budgets",
    "sdg": "/sdg/goals",
}
# Where each item of its menu leads: by that a stylesheet finds it.
PATHS = {**MODULES, "help": "/help"}
_PLACES = {"left": "subnavigation_left", "right": "subnavigation_right", "top": "top_links"}
# By this class a stylesheet tells links of one's own on the right from those on the left.
_RIGHT = "own-link-right"
_SOURCE = {"nl": "Broncode van dit platform", "en": "Source code of this platform"}


def content_blocks(instance: Instance) -> Iterator[Item]:
    """Yield the links of one's own in the menu and the footer: a block for each place and language."""
    menu, footer = instance.menu, instance.footer
    for place, name in _PLACES.items():
        links = tuple(link for link in menu.links if link.place == place)
        yield from _blocks(instance, name, links, ("menu", "links"))
    yield from _blocks(instance, "footer", footer.links, ("footer", "links"))
    way: Way = ("footer", "legal_links") if footer.legal_links else ("footer", "source")
    yield from _blocks(instance, "footer_legal", footer.legal_links, way, footer.source)


def _blocks(
    instance: Instance, name: str, links: Sequence[Link], way: Way, source: str | None = None
) -> Iterator[Item]:
    for code in instance.municipality.languages if links or source else ():
        mark = _RIGHT if name == _PLACES["right"] else ""
        body = [_link(link.url, link.text.in_each(instance.municipality.languages)[code], mark) for link in links]
        if source:
            body.append(_link(source, _SOURCE.get(code, _SOURCE["en"])))
        item = Item("content_block", f"{name} {code}", way, {"name": name, "locale": code})
        yield item.set("body", "\n".join(body))


def _link(url: str, text: str, mark: str = "") -> str:
    item = f'<li class="{mark}">' if mark else "<li>"
    return f'{item}<a href="{escape(url)}">{escape(text, quote=False)}</a></li>'


def css(instance: Instance) -> str:
    """Return the rules that hide and order items of Consul's menu; "" when there are none.

    The keyboard follows the order that is seen only where a browser knows `reading-flow`.
    """
    menu = instance.menu
    rules = [f"{_item(name)} {{ display: none; }}" for name in menu.hidden]
    if menu.order:
        rules.append(".subnavigation nav > ul { display: flex; flex-wrap: wrap; reading-flow: flex-visual; }")
        rules.append("@media (max-width: 39.99em) { .subnavigation nav > ul { flex-direction: column; } }")
        # Links of one's own on the left have no order, and so come first.
        named = [*menu.order, *(name for name in PATHS if name not in menu.order)]
        rules += [f"{_item(name)} {{ order: {place}; }}" for place, name in enumerate(named, 1)]
        rules.append(f".subnavigation nav > ul > .{_RIGHT} {{ order: {len(named) + 1}; }}")
    return "\n".join(rules)


def _item(name: str) -> str:
    return f'.subnavigation nav > ul > li:has(> a[href="{PATHS[name]}"])'
