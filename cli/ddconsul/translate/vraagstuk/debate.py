"""Instance → a debate that the municipality begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddconsul.translate.item import Item
from ddconsul.translate.vraagstuk.common import as_html, way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance


def debate(instance: Instance, index: int) -> Iterator[Item]:
    """Yield the debate."""
    one: Any = instance.vraagstuk[index]
    languages = instance.municipality.languages
    item = Item("debate", one.key, way(index))
    item.translate("title", one.title, languages, "title")
    item.translate("description", as_html(one.text), languages, "text").complete(languages[0], "title", "description")
    yield item.set("categories", ", ".join(one.categories), *(("categories",) if one.categories else ()))
