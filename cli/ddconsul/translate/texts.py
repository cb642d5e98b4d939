"""Instance → texts of Consul's in words of one's own."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from ddconsul.instance.contents import MENU_TEXTS
from ddconsul.instance.kinds.translated import Translated
from ddconsul.translate.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ddconsul.instance.models import Instance
    from ddconsul.translate.item import Way


def texts(instance: Instance) -> Iterator[Item]:
    """Yield texts by the keys of Consul's locale files."""
    for key, value in instance.texts.items():
        yield _text(instance, key, value, ("texts", key))
    for module, key in MENU_TEXTS.items():
        label = getattr(instance.modules, module).label
        if label is not None:
            yield _text(instance, key, label, ("modules", module, "label"))
    yield from _footer(instance)


def _text(instance: Instance, key: str, value: Translated, way: Way) -> Item:
    safe = Translated({code: formatted(text) for code, text in value.items()})
    # Consul looks for a text in no other language than the reader's.
    return Item("text", key, way, {"key": key}).translate("value", safe, instance.municipality.languages, each=True)


def formatted(text: str) -> str:
    """Return a text that Consul can fill in.

    It does so with Ruby's `%` (config/initializers/i18n_translation.rb), for which a bare % is an error on every page
    that shows the text.
    """
    return re.sub(r"%%|%(?!\{\w+\})", "%%", text)


def _footer(instance: Instance) -> Iterator[Item]:
    footer, languages = instance.footer, instance.municipality.languages
    if footer.copyright is not None:
        # The year is Consul's to fill in.
        item = Item("text", "layouts.footer.copyright", ("footer", "copyright"), {"key": "layouts.footer.copyright"})
        owners = Translated({code: f"{formatted(text)}, %{{year}}" for code, text in footer.copyright.items()})
        yield item.translate("value", owners, languages, each=True)
    parts = {code: _description(instance, code) for code in languages}
    if any(parts.values()):
        key = "layouts.footer.description"
        item = Item("text", key, ("footer",), {"key": key})
        for code, body in parts.items():
            item.set(f"value.{code}", body)
        yield item
    if footer.source is not None:
        yield _text(instance, "layouts.footer.consul_url", Translated({"*": footer.source}), ("footer", "source"))


def _description(instance: Instance, code: str) -> str:
    """Return what stands in the footer: text, address and contact. Consul keeps simple HTML there."""
    footer, languages = instance.footer, instance.municipality.languages
    lines: list[str] = []
    for part in (footer.text, footer.address):
        if part is not None:
            lines += escape(part.in_each(languages)[code], quote=False).splitlines()
    if footer.phone is not None:
        digits = re.sub(r"[^+\d]", "", footer.phone)
        lines.append(f'<a href="tel:{digits}">{escape(footer.phone, quote=False)}</a>')
    if footer.email is not None:
        lines.append(f'<a href="mailto:{footer.email}">{footer.email}</a>')
    return formatted("<br>".join(lines))


def vocabulary(texts: Mapping[str, str], renames: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the texts in which a word has another one in its place: only those that differ.

    Args:
        texts: Texts of one language by key, as Consul has them.
        renames: Each word with what takes its place, longest first; in small letters, as they stand within a sentence.
    """
    longest = sorted(renames, key=lambda pair: len(pair[0]), reverse=True)
    if not longest:
        return {}
    words = {old.lower(): new for old, new in longest}
    # A word that another one begins or ends with is that other one; a placeholder is no word.
    pattern = re.compile(r"%\{\w+\}|\b(" + "|".join(re.escape(old) for old, _ in longest) + r")\b", re.IGNORECASE)

    def renamed(match: re.Match[str]) -> str:
        return _as_written(match[1], words[match[1].lower()]) if match[1] else match[0]

    found = {key: pattern.sub(renamed, text) for key, text in texts.items()}
    return {key: text for key, text in found.items() if text != texts[key]}


def _as_written(old: str, new: str) -> str:
    """Return the new word with the capitals of the old one."""
    if old.isupper() and len(old) > 1:
        return new.upper()
    return new[:1].upper() + new[1:] if old[:1].isupper() else new
