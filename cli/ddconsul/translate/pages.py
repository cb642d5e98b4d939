"""Instance → pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.instance.contents import values
from ddconsul.instance.kinds.markdown import filled_in
from ddconsul.instance.kinds.translated import Translated
from ddconsul.instance.sections.pages import slug_of
from ddconsul.translate.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance


def pages(instance: Instance) -> Iterator[Item]:
    """Yield the pages: their texts as HTML, with the municipality's own words filled in."""
    known = {name: value for name, value in values(instance).items() if value is not None}
    languages = instance.municipality.languages
    for name, page in instance.pages.items():
        slug = slug_of(name)
        item = Item("page", slug, ("pages", name), {"slug": slug})
        item.set("status", "published" if page.published else "draft", *(("published",) if _says(page) else ()))
        titles = Translated({code: filled_in(text.title, known) for code, text in page.file.items()})
        title = page.title if page.title is not None else titles
        item.translate("title", title, languages, "file" if page.title is None else "title")
        item.translate("subtitle", page.subtitle, languages, "subtitle")
        html = Translated({code: text.html(known) for code, text in page.file.items()})
        yield item.translate("content", html, languages, "file").complete(languages[0], "title")


def _says(page: object) -> bool:
    return "published" in getattr(page, "model_fields_set", ())
