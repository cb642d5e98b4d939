"""`ddconsul explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ddconsul.commands.completion import remembered
from ddconsul.commands.shared import json_errors, json_option, show_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ddconsul.instance.reference import Entry


def _keys(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the keys that a shell can complete to."""
    return [key for key in remembered("keys", _all_keys) if key.startswith(incomplete)]


def _all_keys() -> list[str]:
    from ddconsul.instance.reference import entries, plain

    return [plain(entry.key) for entry in entries()]


@click.command
@click.argument("key", required=False, shell_complete=_keys)
@json_option
def explain(key: str | None, *, as_json: bool) -> None:
    """Tell what KEY of the municipality file means, such as target.host; without KEY: which keys there are."""
    from ddconsul.instance.reference import entries, plain

    with json_errors(as_json):
        found = _find(key) if key else []
    every = entries()
    if as_json:
        shown = [{**entry.as_dict(), "keys": [inner.as_dict() for inner in _inside(entry, every)]} for entry in found]
        show_json(shown[0] if len(shown) == 1 else {"keys": shown or [entry.as_dict() for entry in every]})
    elif key is None:
        click.echo("\n".join(_tree(every)))
    elif len(found) > 1:
        click.echo("\n".join(f"{plain(entry.key)}\n  {entry.meaning}" for entry in found))
    else:
        click.echo("\n".join(_page(found[0], _inside(found[0], every))))


def _find(key: str) -> list[Entry]:
    from ddconsul.errors import InputError
    from ddconsul.instance.problems import nearest
    from ddconsul.instance.reference import entries, find, plain

    found = find(key)
    if found:
        return found
    every = [plain(entry.key) for entry in entries()]
    last = {name.rpartition(".")[2]: name for name in reversed(every)}
    close = nearest(key, every) or last.get(nearest(key.rpartition(".")[2], last) or "")
    todo = f"Did you mean {close}?" if close else "`ddconsul explain` shows all keys."
    raise InputError("is not a key of the municipality file", key, todo)


def _inside(section: Entry, every: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in every if entry.section == section.key] if section.is_section else []


def _tree(every: Sequence[Entry]) -> Iterator[str]:
    """Yield a line for each key, with what is in a section under it."""
    names = {entry.key: "  " * entry.key.count(".") + entry.name for entry in every}
    width = max(map(len, names.values())) + 2
    for entry in every:
        required = " Required." if entry.required else ""
        yield f"{names[entry.key]:{width}}{entry.meaning}{required}"
    yield ""
    yield "`ddconsul explain KEY` tells more, such as `ddconsul explain target.host`."


def _page(entry: Entry, inside: Sequence[Entry]) -> Iterator[str]:
    """Yield what there is to know about a key."""
    from ddconsul.instance.reference import plain, yaml_value

    yield click.style(plain(entry.key), bold=True)
    yield f"  {entry.meaning}"
    yield ""
    yield f"  What:      {entry.kind}"
    if entry.allowed and not entry.kind.startswith("one of") and entry.kind != "on or off":
        yield f"  Allowed:   {', '.join(entry.allowed)}"
    if entry.special:
        yield f"  With:      {entry.special}"
    yield f"  Required:  {'yes' if entry.required else 'no'}"
    if entry.default is not None:
        yield f"  Default:   {yaml_value(entry.default)}"
    if inside:
        yield ""
        width = max(len(inner.name) for inner in inside) + 2
        yield from (f"  {inner.name:{width}}{inner.meaning}" for inner in inside)
    elif entry.example is not None:
        yield ""
        yield "  In the file:"
        yield from (f"    {line}" for line in entry.in_yaml().splitlines())
