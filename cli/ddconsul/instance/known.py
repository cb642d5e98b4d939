"""What is known of a municipality file with mistakes: enough to look for contradictions in the rest of it.

Pydantic looks at a whole only when all its parts are right. So that somebody hears about everything at once, the parts
that are right are put together here all the same, and the models' own rules look at them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, get_origin

from pydantic import TypeAdapter, ValidationError

from ddconsul.instance.models import Instance
from ddconsul.instance.section import Section
from ddconsul.instance.shape import chosen_by, is_mapping, section_types

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic.fields import FieldInfo

    from ddconsul.instance.section import Contradiction
    from ddconsul.instance.yaml.places import Key


def known(value: dict[str, Any], base: Path) -> Instance:
    """Return an Instance in which what is not right, or not there, is no attribute at all.

    Args:
        value: What stands in the municipality file.
        base: The folder of the file.
    """
    instance = _section(Instance, value, {"base": base})
    assert isinstance(instance, Instance)  # noqa: S101 — for mypy
    return instance


def contradictions(section: Section, key: Key = ()) -> Iterator[tuple[Key, Contradiction]]:
    """Yield what contradicts what, as far as is known, with the key of the section it is about."""
    chosen = chosen_by(type(section))
    # Of which kind a section is may be no more than likely; then its rules may not be those that go for it.
    rules = type(section).rules() if chosen is None or hasattr(section, chosen[0]) else []
    for rule in rules:
        try:
            yield from [(key, found) for found in rule(section)]
        except AttributeError:
            # The rule asks for what is not known.
            continue
    for name, field in type(section).model_fields.items():
        inner = getattr(section, name, None)
        for place, part in _sections(inner, (*key, field.alias or name)):
            yield from contradictions(part, place)


def _sections(value: object, key: Key) -> Iterator[tuple[Key, Section]]:
    if isinstance(value, Section):
        yield key, value
    elif isinstance(value, tuple | dict):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        yield from (((*key, name), item) for name, item in inside if isinstance(item, Section))


def _section(model: type[Section], value: dict[str, Any], context: dict[str, Any]) -> Section:
    fields: dict[str, Any] = {}
    unknown = set()
    for name, field in model.model_fields.items():
        written = field.alias or name
        try:
            fields[name] = _value(model, name, value, context) if written in value else _default(field)
        except (ValidationError, LookupError):
            unknown.add(name)
    given = {name for name, field in model.model_fields.items() if (field.alias or name) in value}
    section = model.model_construct(_fields_set=given, **fields)
    for name in unknown:
        # `model_construct` fills in defaults where nothing is given.
        section.__dict__.pop(name, None)
    return section


def _default(field: FieldInfo) -> Any:  # noqa: ANN401 — any kind of value
    if field.is_required():
        raise LookupError
    return field.get_default(call_default_factory=True, validated_data={})


def _value(model: type[Section], name: str, value: dict[str, Any], context: dict[str, Any]) -> Any:  # noqa: ANN401 — as the file has it
    field = model.model_fields[name]
    given = value[field.alias or name]
    kinds = section_types(field.annotation)
    if is_mapping(field.annotation) and kinds and isinstance(given, dict):
        return {key: _section(kinds[0], item, context) for key, item in _long_forms(kinds[0], given)}
    if kinds and isinstance(given, dict):
        found = _section(_kind(kinds, given), given, context)
        # One section may stand for a list of one.
        return (found,) if get_origin(field.annotation) is tuple else found
    if kinds and isinstance(given, list):
        # An item that is no section at all keeps its place, so that those behind it keep theirs.
        items = given if len(kinds) == 1 else [item for item in given if isinstance(item, dict)]
        every = (item if isinstance(item, dict) else {} for item in items)
        return tuple(_section(_kind(kinds, item), item, context) for item in every)
    return _adapter(model, name).validate_python(given, context=context)


def _long_forms(kind: type[Section], given: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield sections by name, also those for which one value stands."""
    for key, item in given.items():
        long = kind.long_form(item)
        if isinstance(long, dict):
            yield key, long


def _kind(kinds: list[type[Section]], value: dict[str, Any]) -> type[Section]:
    """Return the model of a section: of several, the one that a key of the section chooses."""
    if len(kinds) == 1:
        return kinds[0]
    for kind in kinds:
        chosen = chosen_by(kind)
        if chosen is not None and value.get(chosen[0]) == chosen[1]:
            return kind
    raise LookupError


@cache
def _adapter(model: type[Section], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    # `Annotated` asks for a second argument; a name says nothing to pydantic.
    return TypeAdapter(Annotated[(field.annotation, name, *field.metadata)])  # type: ignore[arg-type]  # pydantic knows the type only at run time
