"""Consul's own texts, with a municipality's words in them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

from ddconsul import assets
from ddconsul.operations.reading import read_locales
from ddconsul.translate.address import LANGUAGE, renamings
from ddconsul.translate.texts import vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from ddconsul.instance.models import Instance

# What ddconsul adds to Consul's texts.
OURS = ("consul_build/templates/nl.yml", "consul_build/templates/en.yml")
# In C, as PyYAML's packages have it: two languages take 0.1 s, and in Python 3 s. YAML 1.1, as Rails reads it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def own_words(instance: Instance, archive: Path) -> dict[str, Any]:
    """Return the texts that differ from Consul's by vocabulary or form of address, as a locale file has them.

    They follow from the source at hand, so that a later release's texts get the municipality's words as well.

    Args:
        instance: The checked municipality file.
        archive: Tar of Consul's source.
    """
    municipality = instance.municipality
    address = renamings(municipality.form_of_address)
    if not instance.vocabulary and not address:
        return {}
    words: dict[str, list[tuple[str, str]]] = {}
    for entry in instance.vocabulary:
        words.setdefault(entry.language or municipality.languages[0], []).append((entry.word, entry.becomes))
    forms = {LANGUAGE: address} if LANGUAGE in municipality.languages else {}
    languages = {**words, **forms}
    texts = texts_of(archive, languages)
    found: dict[str, Any] = {}
    for language in languages:
        # One after the other: a word of the municipality's own may stand in a phrase of address.
        addressed = vocabulary(texts.get(language, {}), forms.get(language, ()))
        renamed = vocabulary({**texts.get(language, {}), **addressed}, words.get(language, ()))
        if addressed or renamed:
            found[language] = nested({**addressed, **renamed})
    return found


def texts_of(archive: Path, languages: Collection[str]) -> dict[str, dict[str, str]]:
    """Return Consul's texts by language and key, with what ddconsul adds.

    Args:
        archive: Tar of Consul's source.
        languages: The languages to read; Consul has fifty.
    """
    found: dict[str, dict[str, str]] = {}
    files = [content for name, content in read_locales(archive) if _is_in(name, languages)]
    ours = [(assets.roles() / name).read_bytes() for name in OURS if _is_in(name, languages)]
    for content in (*files, *ours):
        for language, texts in (yaml.load(content, LOADER) or {}).items():  # noqa: S506 — either one is safe
            found.setdefault(str(language), {}).update(_flat(texts or {}))
    return found


def _is_in(name: str, languages: Collection[str]) -> bool:
    """Tell whether a file has texts in one of these languages: by its own name, or a folder's."""
    path = PurePosixPath(name)
    return path.suffix == ".yml" and not {path.stem, *path.parts[:-1]}.isdisjoint(languages)


def nested(texts: Mapping[str, str]) -> dict[str, Any]:
    """Return texts by key as sections within sections."""
    result: dict[str, Any] = {}
    for key, text in texts.items():
        *sections, name = key.split(".")
        section = result
        for part in sections:
            section = section.setdefault(part, {})
        section[name] = text
    return result


def _flat(texts: Mapping[str, Any], way: str = "") -> Iterator[tuple[str, str]]:
    for key, value in texts.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{way}{key}.")
        elif isinstance(value, str):
            yield f"{way}{key}", value
