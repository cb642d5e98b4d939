"""`ddconsul settings`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ddconsul.commands.shared import json_errors, json_option, show_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.sections.settings import Setting


@click.group
def settings() -> None:
    """Tell about Consul's own settings, which go under `settings:` of the municipality file."""


def _keys(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the keys that a shell can complete to."""
    from ddconsul.instance.sections.settings import catalogue

    return [key for key in catalogue() if key.startswith(incomplete)]


@settings.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List Consul's settings."""
    from ddconsul.instance.sections.settings import catalogue

    every = catalogue()
    if as_json:
        show_json({"settings": [_as_dict(setting) for setting in every.values()]})
        return
    width = max(map(len, every)) + 2
    for key, setting in every.items():
        by = f" Set by {setting.by}." if setting.by else ""
        click.echo(f"{key:{width}}{setting.text}{by}")


@settings.command
@click.argument("key", shell_complete=_keys)
@json_option
def explain(key: str, *, as_json: bool) -> None:
    """Tell what the setting KEY is for, and what it takes."""
    with json_errors(as_json):
        setting = _find(key)
    if as_json:
        show_json(_as_dict(setting))
    else:
        click.echo("\n".join(_page(setting)))


def _find(key: str) -> Setting:
    from ddconsul.errors import InputError
    from ddconsul.instance.problems import nearest
    from ddconsul.instance.sections.settings import catalogue

    every = catalogue()
    name = key.strip().removeprefix("settings.")
    if name in every:
        return every[name]
    close = nearest(name, every)
    todo = f"Did you mean {close}?" if close else "`ddconsul settings list` shows them all."
    raise InputError("is no setting of Consul's", key, todo)


def _as_dict(setting: Setting) -> dict[str, Any]:
    return {
        "key": setting.key,
        "type": setting.type,
        "kind": setting.kind,
        "default": setting.default,
        "choices": list(setting.choices),
        "set_by": setting.by or None,
        "meaning": setting.text,
    }


def _page(setting: Setting) -> Iterator[str]:
    """Yield what there is to know about a setting."""
    from ddconsul.instance.reference import yaml_value
    from ddconsul.instance.sections.settings import example

    yield click.style(setting.key, bold=True)
    yield f"  {setting.text}"
    yield ""
    yield f"  What:      {setting.kind}"
    if setting.choices:
        yield f"  Allowed:   {', '.join(setting.choices)}"
    yield f"  A new site has: {yaml_value(setting.default) if setting.default != '' else '(empty)'}"
    yield ""
    if setting.by:
        yield f"  It is set by {setting.by}: `ddconsul explain {setting.by}` tells how."
        return
    yield "  In the file:"
    yield "    settings:"
    given = example(setting)
    yield f"      {setting.key}: {yaml_value('...' if given is None else given)}"
