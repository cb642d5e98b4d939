"""Instance → what each vraagstuk is in Consul: its page, and the records of its instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.translate.item import Item
from ddconsul.translate.vraagstuk.budget import budget
from ddconsul.translate.vraagstuk.debate import debate
from ddconsul.translate.vraagstuk.districts import districts
from ddconsul.translate.vraagstuk.legislation import legislation
from ddconsul.translate.vraagstuk.page import page
from ddconsul.translate.vraagstuk.poll import poll

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddconsul.instance.kinds.links import Upload
    from ddconsul.instance.models import Instance

_INSTRUMENTS: dict[str, Callable[[Instance, int], Iterator[Item]]] = {
    "debate": debate,
    "poll": poll,
    "budget": budget,
    "legislation": legislation,
}
# Whose topics inhabitants choose from; those of a debate and of legislation are the municipality's own.
_OF_INHABITANTS = {"debate", "proposals", "budget"}


def vraagstukken(instance: Instance) -> Iterator[Item]:
    """Yield districts, topics, and for each vraagstuk its records and its page."""
    yield from districts(instance)
    yield from _categories(instance)
    for index, one in enumerate(instance.vraagstuk):
        make = _INSTRUMENTS.get(one.instrument)
        # Of proposals there is no record: the module is on, and they are the inhabitants' own.
        yield from make(instance, index) if make else ()
        # After what it tells of: an edit in the admin pages is adopted for what the file says first.
        yield page(instance, index)


def _categories(instance: Instance) -> Iterator[Item]:
    seen: set[str] = set()
    for index, one in enumerate(instance.vraagstuk):
        categories = getattr(one, "categories", ()) if one.instrument in _OF_INHABITANTS else ()
        for place, name in enumerate(categories):
            if name.lower() not in seen:
                seen.add(name.lower())
                yield Item("category", name, ("vraagstuk", index, "categories", place), {"name": name})


def uploads(instance: Instance) -> Iterator[Upload]:
    """Yield the images and documents."""
    for one in instance.vraagstuk:
        image = getattr(one, "image", None)
        if image is not None:
            yield image
        yield from (document.file for document in getattr(one, "documents", ()))


__all__ = ["uploads", "vraagstukken"]
