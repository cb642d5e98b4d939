"""Reads misspelt keys, and sections of a kind that is not known, as what was meant: after a word about that."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, cast

from ddconsul.instance import shape, words
from ddconsul.instance.problems import nearest
from ddconsul.instance.yaml import lost

if TYPE_CHECKING:
    from ddconsul.instance.yaml.places import Document, Key


def settle(document: Document) -> set[Key]:
    """Note keys and kinds of section that are not known, and go on with what was meant.

    Args:
        document: The file; its value and places change.

    Returns:
        The sections of which the kind is no more than likely.
    """
    guessed: set[Key] = set()
    _lift(document)
    _sink(document)
    _settle(document, document.value, (), guessed)
    return guessed


def likely(document: Document, key: Key) -> bool:
    """Tell whether a key that is missing is what another one beside it was likely meant to be.

    Args:
        document: The file.
        key: The key.
    """
    value: Any = document.value
    for part in key[:-1]:
        value = cast("Any", value)[part] if isinstance(value, dict | list) else None
    known = shape.known_keys(key[:-1])
    names = [name for name in value if name not in known] if isinstance(value, dict) else []
    return any(nearest(name, known) == key[-1] for name in names)


def _lift(document: Document) -> None:
    """Note sections that stand inside of another one, and take them out of it."""
    sections = shape.known_keys(())
    for outer, section in list(document.value.items()):
        known = shape.known_keys((outer,))
        for name in list(section) if isinstance(section, dict) and known else ():
            if name in sections and name not in known and name not in document.value and outer in sections:
                column = document.place((outer,), of_key=True).column
                todo = f"It belongs beside {outer}, not in it: begin it in column {column}, and its keys further in."
                here = (outer, name)
                document.add(document.place(here, of_key=True), here, "stands too far in", todo, "unknown-key")
                after = list(section)[list(section).index(name) + 1 :]
                document.value[name] = section.pop(name)
                document.rename(here, (name,))
                if document.value[name] is None:
                    _lift_keys(document, outer, name, after)


def _lift_keys(document: Document, outer: str, name: str, after: list[str]) -> None:
    """Take the keys that stand right below a section's name, and no further in, along with it."""
    section, known = document.value[outer], shape.known_keys((name,))
    for key in itertools.takewhile(lambda key: key in known and key not in shape.known_keys((outer,)), after):
        document.value[name] = {**(document.value[name] or {}), key: section.pop(key)}
        document.rename((outer, key), (name, key))


def _sink(document: Document) -> None:
    """Note keys that stand beside their section, and put them into it."""
    sections, name = shape.known_keys(()), ""
    for key in list(document.value):
        if key in sections:
            name = key
            continue
        inside = document.value.get(name)
        taken = inside if isinstance(inside, dict) else {}
        if (
            not name
            or key in taken
            or key not in shape.known_keys((name,))
            or not (inside is None or isinstance(inside, dict))
        ):
            continue
        columns = [place.column for other, place in document.keys.items() if other[:-1] == (name,)]
        column = min(columns, default=document.place((name,), of_key=True).column + 2)
        todo = f"It belongs to {name}: begin it in column {column}."
        document.add(document.place((key,), of_key=True), (key,), "stands too far left", todo, "unknown-key")
        document.value[name] = {**taken, key: document.value.pop(key)}
        document.rename((key,), (name, key))


def _settle(document: Document, section: Any, key: Key, guessed: set[Key]) -> None:  # noqa: ANN401 — whatever stands there
    if isinstance(section, list):
        for index, item in enumerate(section):
            _settle(document, item, (*key, index), guessed)
    if not isinstance(section, dict):
        return
    way = tuple(part for part in key if isinstance(part, str))
    choosing = shape.CHOOSING.get(way[0]) if len(way) == 1 else None
    models = shape.models_at(key)
    if choosing is not None:
        _rename(document, section, key, [choosing[0]])
        kind = _choose(document, section, key, guessed)
        models = [model for model in models if shape.chosen_by(model) == (choosing[0], kind)]
    known = [name for model in models for name in shape.keys_of(model)]
    # A setting is one of hundreds: which was meant is never certain.
    if way != ("settings",):
        _rename(document, section, key, known)
    for name, value in list(section.items()):
        _settle(document, value, (*key, name), guessed)


def _rename(document: Document, section: dict[str, Any], key: Key, known: list[str]) -> None:
    """Note keys that are certainly others misspelt, and give them the name that was meant."""
    names = {name: name for name in section}
    for name in section:
        meant = words.certainly(name, known) if name not in known else None
        if meant and meant not in names.values():
            here = (*key, name)
            said = words.about_unknown(name, key)
            document.add(document.place(here, of_key=True), here, *said, "unknown-key")
            names[name] = meant
            document.rename(here, (*key, meant))
    items = [(names[name], value) for name, value in section.items()]
    section.clear()
    section.update(items)


def _choose(document: Document, section: dict[str, Any], key: Key, guessed: set[Key]) -> str:
    """Return the kind of a section: the one that stands there, that was misspelt there, or that fits its keys."""
    name, (choosing, allowed) = str(key[0]), shape.CHOOSING[str(key[0])]
    written, here = section.get(choosing), (*key, choosing)
    if isinstance(written, str) and written in allowed:
        return written
    if choosing in section:
        if not lost.is_lost(document, document.place(here)):
            document.add(document.place(here), here, *words.about_choice(name, written))
    elif not lost.may_be_lost(document, here):
        document.add(document.place(key, of_key=True), key, *words.without_choice(name), "missing")
    meant = words.meant_choice(name, written)
    if meant is None:
        meant = _likeliest(section, key, choosing, allowed)
        guessed.add(document.as_written(key))
    section[choosing] = meant
    return meant


def _likeliest(section: dict[str, Any], key: Key, choosing: str, allowed: tuple[str, ...]) -> str:
    """Return the kind that most of a section's own keys go with; keys of other kinds are taken away."""
    models = ((shape.chosen_by(model), shape.keys_of(model)) for model in shape.models_at(key))
    kinds = {chosen[1]: set(names) for chosen, names in models if chosen is not None}
    every = set.intersection(*kinds.values())
    best = max(allowed, key=lambda kind: len(kinds[kind] & set(section) - every))
    others = set.union(*kinds.values()) - kinds[best]
    for name in others & set(section) - {choosing}:
        del section[name]
    return best
