"""What each key of the municipality file means, from the models: for `explain` and for the reference page."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from pydantic_core import PydanticUndefined

from ddconsul.instance.kinds.values import Kind
from ddconsul.instance.models import Instance
from ddconsul.instance.shape import CHOOSING, chosen_by, is_mapping, section_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from ddconsul.instance.section import Section


@dataclass(frozen=True)
class Entry:
    """A key of the municipality file.

    Args:
        key: The key, dotted; items of a list are `[]`: `administrators[].email`.
        meaning: What it is for.
        kind: What may be given.
        allowed: The values to choose from, when there are few enough to name.
        required: Whether it must be there, where its section is.
        default: What holds when it is left out; None when its meaning says that, or nothing holds.
        example: A value.
        targets: For a key of the target or of a vraagstuk: the types, or the instruments, that have it.
    """

    key: str
    meaning: str
    kind: str
    allowed: tuple[str, ...] = ()
    required: bool = False
    default: Any = None
    example: Any = None
    targets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the last part of the key."""
        return _parts(self.key)[-1]

    @property
    def section(self) -> str:
        """Return the key of the section that it stands in; "" at the top."""
        return ".".join(_parts(self.key)[:-1]).removesuffix("[]").removesuffix(".NAME")

    @property
    def is_section(self) -> bool:
        """Tell whether other keys stand in it."""
        return "section" in self.kind

    @property
    def choosing(self) -> str:
        """Return the key that chooses among `targets`; "" where there is nothing to choose."""
        return CHOOSING.get(plain(_parts(self.key)[0]), ("", ()))[0]

    @property
    def special(self) -> str:
        """Return what has to be chosen for it to be there: `target.type ssh`; "" when it is always there."""
        section = plain(_parts(self.key)[0])
        if not self.targets or self.name == self.choosing or len(self.targets) == len(CHOOSING[section][1]):
            return ""
        return f"{section}.{self.choosing} {' or '.join(self.targets)}"

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as `--json` shows it."""
        return {**asdict(self), "section": self.section}

    def in_yaml(self) -> str:
        """Return the key with its example as it stands in a file."""
        *way, name = _parts(self.key)
        lines, depth, dash = [], 0, ""
        for part in way:
            lines.append(f"{'  ' * depth}{dash}{part.removesuffix('[]')}:")
            depth += 2 if dash else 1
            # One vraagstuk needs no list.
            dash = "- " if part.endswith("[]") and plain(part) not in CHOOSING else ""
        lines.append(f"{'  ' * depth}{dash}{name}: {yaml_value(self.example)}")
        if self.targets and name != self.choosing:
            lines.append(f"  {self.choosing}: {self.targets[0]}")
        return "\n".join(lines)


def entries() -> list[Entry]:
    """Return all keys, in the order of the file."""
    found: dict[str, Entry] = {}
    for entry in _entries(Instance, "", None):
        same = found.get(entry.key)
        found[entry.key] = _merged(same, entry) if same else entry
    return list(found.values())


def find(key: str) -> list[Entry]:
    """Return the entries that somebody means by a key: the one, or those whose last part it is.

    Args:
        key: As it stands in a message, such as `administrators[0].email`, or the last part alone.
    """
    wanted = re.sub(r"\[\d*\]", "", key.strip().strip(".:")).lower()
    # A page has a name of the user's own; its keys are the same for all.
    of_page = re.sub(r"^pages\.[\w-]+", "pages.name", wanted)
    every = {plain(entry.key).lower(): entry for entry in entries()}
    exact = every.get(wanted) or every.get(of_page)
    return [exact] if exact else [entry for name, entry in every.items() if name.endswith(f".{wanted}")]


def _parts(key: str) -> list[str]:
    """Return the names on the way to a key. Those of Consul's settings have dots of their own."""
    section, _, name = key.partition(".")
    return [section, name] if section == "settings" and name else key.split(".")


def plain(key: str) -> str:
    """Return a key without the marks of lists."""
    return key.replace("[]", "")


def yaml_value(value: Any) -> str:  # noqa: ANN401 — any kind of value
    """Return a value as it is written in a municipality file."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(yaml_value, value))}]"
    if isinstance(value, str) and not re.fullmatch(r"[A-Za-z~/][\w./@:~ -]*", value):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _entries(model: type[Section], prefix: str, outer: str | None) -> Iterator[Entry]:
    chosen = chosen_by(model)
    target = chosen[1] if chosen else outer
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        yield _entry(key, field, target)
        inner = f"{key}[]." if get_origin(field.annotation) is tuple else f"{key}."
        inner = f"{key}.NAME." if is_mapping(field.annotation) else inner
        for kind in section_types(field.annotation):
            yield from _entries(kind, inner, target)


def _entry(key: str, field: FieldInfo, target: str | None) -> Entry:
    kind = _kind(field)
    default = None if "section" in kind.name or field.is_required() else field.get_default(call_default_factory=False)
    # An empty list is the same as none; and where the meaning tells what holds, that is more than a value can say.
    if default is PydanticUndefined or default == () or "Default:" in (field.description or ""):
        default = None
    allowed = kind.allowed
    example = next(iter(field.examples or ()), None)
    if example is None:
        example = default if default is not None else next(iter(allowed), None)
    return Entry(
        key=key,
        meaning=field.description or "",
        kind=kind.name,
        allowed=allowed,
        required=field.is_required(),
        default=default,
        example=example,
        targets=(target,) if target else (),
    )


def _merged(one: Entry, other: Entry) -> Entry:
    """Return the entry of a key that several types of target, or several instruments, have."""
    allowed = tuple(dict.fromkeys([*one.allowed, *other.allowed]))
    kind = f"one of {', '.join(allowed)}" if one.kind.startswith("one of") else one.kind
    return replace(one, kind=kind, allowed=allowed, targets=tuple(dict.fromkeys([*one.targets, *other.targets])))


def _kind(field: FieldInfo) -> Kind:
    marked = next((item for item in field.metadata if isinstance(item, Kind)), None)
    return marked or _kind_of(field.annotation)


def _kind_of_many(origin: Any, item: Kind) -> Kind:  # noqa: ANN401 — a type
    if origin is dict:
        return Kind("section with names of your own" if item.name == "section" else f"by key, {item.name}")
    return Kind("list of sections" if item.name == "section" else f"list; of each item the {item.name}", item.allowed)


def _kind_of(annotation: Any) -> Kind:  # noqa: ANN401 — a type expression
    """Return what a person calls a type."""
    arguments = get_args(annotation)
    marked = next((item for item in arguments if isinstance(item, Kind)), None)
    origin = get_origin(annotation)
    if marked:
        return marked
    if origin is Literal:
        return Kind(f"one of {', '.join(arguments)}", arguments)
    if origin in {dict, tuple}:
        return _kind_of_many(origin, _kind_of(arguments[-1 if origin is dict else 0]))
    if section_types(annotation):
        return Kind("section")
    if origin in {Union, UnionType}:
        return _kind_of(next(argument for argument in arguments if argument is not type(None)))
    # What is left inside an `Annotated`.
    return _kind_of(arguments[0]) if arguments else Kind("whole number" if annotation is int else "text")
