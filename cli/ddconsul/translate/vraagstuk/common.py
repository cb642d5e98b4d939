"""What the records of a vraagstuk have in common."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ddconsul.instance.contents import values
from ddconsul.instance.kinds.translated import Translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddconsul.instance.models import Instance
    from ddconsul.translate.item import Item, Value, Way

EARLIEST = "1970-01-01T00:00:00Z"
"""Stands at the beginning of a schedule: what holds before the first of its moments."""


def schedule(*steps: tuple[str, Value]) -> Value:
    """Return a value that changes with time: each value with the moment from which it holds."""
    return {"schedule": [list(step) for step in steps]}


def way(index: int, *rest: str | int) -> Way:
    """Return the keys on the way to something in a vraagstuk."""
    return ("vraagstuk", index, *rest)


def known(instance: Instance) -> dict[str, str]:
    """Return what goes in the place of `{{ name }}` in a text."""
    return {name: value for name, value in values(instance).items() if value is not None}


def paragraphs(text: str) -> str:
    """Return plain text as HTML: an empty line begins a paragraph."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return "".join(f"<p>{escape(part, quote=False)}</p>" for part in parts if part)


def as_html(texts: Mapping[str, str] | None) -> Translated | None:
    """Return plain texts by language as HTML."""
    return None if texts is None else Translated({code: paragraphs(text) for code, text in texts.items()})


def markdown_html(files: Mapping[str, Any] | None, instance: Instance) -> Translated | None:
    """Return Markdown files by language as HTML, without their titles."""
    if files is None:
        return None
    return Translated({code: text.html(known(instance)) for code, text in files.items()})


def markdown_source(files: Mapping[str, Any] | None, instance: Instance) -> Translated | None:
    """Return Markdown files by language as they are, without their titles: Consul itself reads Markdown here."""
    if files is None:
        return None
    return Translated({code: text.source(known(instance)) for code, text in files.items()})


def image(item: Item, one: Any) -> Item:  # noqa: ANN401 — a vraagstuk that has an image
    """Give an item the image of its vraagstuk."""
    return item if one.image is None else item.set("image", one.image.checksum, "image")


def if_given(section: Any, name: str) -> tuple[str, ...]:  # noqa: ANN401 — any section
    """Return the way to a key where the file has it; what is left out stands where its section does."""
    return (name,) if name in section.model_fields_set else ()
