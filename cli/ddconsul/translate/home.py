"""Instance → cards, banners and lists of the home page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddconsul.translate.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ddconsul.instance.kinds.links import Picture
    from ddconsul.instance.models import Instance
    from ddconsul.translate.item import Way

_TEXTS = ("label", "title", "description", "link_text")


def cards(instance: Instance) -> Iterator[Item]:
    """Yield the header of the home page, and its cards."""
    home, languages = instance.home, instance.municipality.languages
    if home.header is not None:
        item = Item("card", "home header", ("home", "header")).set("header", value=True)
        yield _card(item, home.header, languages)
    for order, card in enumerate(home.cards, 1):
        item = Item("card", f"home {card.key}", ("home", "cards", order - 1)).set("header", value=False)
        yield _card(item, card, languages).set("columns", card.columns, "columns").set("order", order)


def _card(item: Item, card: Any, languages: Sequence[str]) -> Item:  # noqa: ANN401 — a card or the header
    item.set("link_url", card.link or "", "link")
    for name in _TEXTS:
        item.translate(name, getattr(card, name, None), languages, name)
    item.complete(languages[0], "title")
    return item if card.image is None else item.set("image", card.image.checksum, "image")


def pictures(instance: Instance) -> Iterator[Picture]:
    """Yield the image files of cards."""
    header = (instance.home.header,) if instance.home.header else ()
    yield from (card.image for card in (*header, *instance.home.cards) if card.image is not None)


def banners(instance: Instance) -> Iterator[Item]:
    """Yield the banners."""
    languages = instance.municipality.languages
    for index, banner in enumerate(instance.banners):
        item = Item("banner", banner.key, ("banners", index)).set("target_url", banner.link, "link")
        item.set("post_started_at", banner.from_.isoformat(), "from")
        item.set("post_ended_at", banner.until.isoformat(), "until")
        item.set("background_color", banner.background, "background").set("font_color", banner.text, "text")
        item.translate("title", banner.title, languages, "title")
        item.translate("description", banner.description, languages, "description")
        item.complete(languages[0], "title", "description")
        yield item.set("sections", " ".join(sorted(set(banner.sections))), "sections")


def feeds(instance: Instance) -> Iterator[Item]:
    """Yield how many there are in each list of which the file tells that."""
    for kind in ("proposals", "debates", "processes"):
        count = getattr(instance.home.feeds, kind)
        if count and not isinstance(count, bool):
            way: Way = ("home", "feeds", kind)
            yield Item("feed", kind, way, {"kind": kind}).set("limit", count)
