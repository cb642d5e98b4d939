"""Answers questions about the municipality file's shape from the models: what may stand where."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin

from ddconsul.instance.kinds.translated import EVERY
from ddconsul.instance.models import Instance
from ddconsul.instance.section import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from ddconsul.instance.yaml.places import Key

Model = type[Section]

TARGET_TYPES = ("container", "ssh", "local")
INSTRUMENTS = ("debate", "proposals", "poll", "budget", "legislation")
_SAY_LITTLE = ("vraagstuk.", "districts.")
# Sections that are one of several models: the key that tells which, and what may stand there.
CHOOSING = {"target": ("type", TARGET_TYPES), "vraagstuk": ("instrument", INSTRUMENTS)}


def section_types(annotation: Any) -> list[Model]:  # noqa: ANN401 — a type expression
    """Return the models in a type expression: none for a plain value, three for the target."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return [annotation]
    return [kind for argument in get_args(annotation) for kind in section_types(argument)]


def has_short_form(annotation: Any) -> bool:  # noqa: ANN401 — a type expression
    """Tell whether a value may stand where a section may: `polls: on`."""
    kinds = section_types(annotation)
    return not is_mapping(annotation) and any("long_form" in vars(kind) for kind in kinds)


def is_mapping(annotation: Any) -> bool:  # noqa: ANN401 — a type expression
    """Tell whether a type expression stands for sections that have names of the user's own: `pages`."""
    return get_origin(annotation) is dict


def chosen_by(model: Model) -> tuple[str, str] | None:
    """Return the key and the value that choose a model: `type` and `ssh`; None for one that is not chosen so."""
    for key in ("type", "instrument"):
        field = model.model_fields.get(key)
        if field is not None:
            return key, str(get_args(field.annotation)[0])
    return None


def without_tag(location: Key) -> Key:
    """Drop what pydantic adds to a location: the value that chose the model, and a mark that it is a key's."""
    # A text that is given for all languages at once stands at its own key.
    if location and location[-1] in {"[key]", EVERY}:
        return without_tag(location[:-1])
    place = 2 if location[:1] == ("vraagstuk",) else 1
    if len(location) > place and location[place] in CHOOSING.get(str(location[0]), ("", ()))[1]:
        return (*location[:place], *location[place + 1 :])
    return tuple(location)


def models_at(location: Key, model: Model = Instance) -> list[Model]:
    """Return the models that may stand at a location (pydantic's, with or without what chose the model)."""
    if not location:
        return [model]
    head, *rest = location
    if isinstance(head, int):
        return models_at(tuple(rest), model)
    chosen = chosen_by(model)
    if chosen is not None and chosen[1] == head:
        return models_at(tuple(rest), model)
    found = [field for name, field in _fields(model) if name == head]
    return [deep for field in found for deep in _models_in(field, tuple(rest))]


def _models_in(field: FieldInfo, rest: Key) -> list[Model]:
    if is_mapping(field.annotation):
        # A name of the user's own comes first.
        if not rest:
            return []
        rest = rest[1:]
    return [deep for kind in section_types(field.annotation) for deep in models_at(rest, kind)]


@cache
def known_keys(location: Key) -> tuple[str, ...]:
    """Return the keys that may stand at a location."""
    return tuple(dict.fromkeys(name for model in models_at(location) for name, _ in _fields(model)))


def keys_of(model: Model) -> list[str]:
    """Return the keys of a section."""
    return [name for name, _ in _fields(model)]


def field_at(key: Key) -> FieldInfo | None:
    """Return the model's field for a key, if there is one."""
    fields = (field for model in models_at(key[:-1]) for name, field in _fields(model) if name == key[-1])
    return next(fields, None)


def places_of(name: str) -> list[str]:
    """Return where a key belongs, dotted; for a target's, with its type when not every type has it."""
    every = [place for place in _every_key() if place.rpartition(".")[2] == name]
    # Of a vraagstuk's many keys, most have a name that others have too.
    found = [place for place in every if not place.startswith(_SAY_LITTLE)] or every
    of_target = [place for place in found if place.startswith("target (")]
    if len(of_target) == len(TARGET_TYPES):
        return [f"target.{name}", *(place for place in found if place not in of_target)]
    return found


def attribute(section: str) -> str:
    """Return the attribute of an Instance that holds a section."""
    return next((name for name, field in Instance.model_fields.items() if field.alias == section), section)


@cache
def is_section(name: str) -> bool:
    """Tell whether keys may stand below a key of this name, wherever it stands."""
    pattern = re.compile(rf"(?:^|\.){re.escape(name)}(?: \([^)]*\))?\.")
    return any(pattern.search(place) for place in _every_key())


def _fields(model: Model) -> list[tuple[str, FieldInfo]]:
    return [(field.alias or name, field) for name, field in model.model_fields.items()]


@cache
def _every_key() -> tuple[str, ...]:
    return tuple(dict.fromkeys(_dotted_keys(Instance, "")))


def _dotted_keys(model: Model, prefix: str) -> Iterator[str]:
    for name, field in _fields(model):
        yield f"{prefix}{name}"
        # A setting belongs nowhere but where it is; and `link` or `title` says little by itself.
        if name == "settings":
            continue
        for kind in section_types(field.annotation):
            chosen = chosen_by(kind) if name == "target" else None
            inner = f"{prefix}{name}.NAME." if is_mapping(field.annotation) else f"{prefix}{name}."
            yield from _dotted_keys(kind, f"{prefix}{name} ({' '.join(chosen)})." if chosen else inner)
