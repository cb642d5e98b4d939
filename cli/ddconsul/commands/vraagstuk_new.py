"""`ddconsul vraagstuk new`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import file_argument, json_errors, json_option, load_file, show_json

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def _starters(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the names that a shell can complete to."""
    from ddconsul.operations.vraagstuk_new import starters

    return [name for name in starters() if name.startswith(begun)]


@click.command
@file_argument
@click.option(
    "--starter",
    required=True,
    metavar="NAME",
    shell_complete=_starters,
    help="What to start from: wijkbudget, peiling, ideeen, inspraak or debat.",
)
@click.option("--key", help="Its name for good, and the address of its page. Default: the starter's, with the year.")
@click.option(
    "--opens",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Day on which it opens; the other days follow. Default: a Monday four weeks ahead.",
)
@json_option
def new(file: Path, *, starter: str, key: str | None, opens: datetime | None, as_json: bool) -> None:
    """Write a vraagstuk to start from into FILE, and its texts beside it.

    Comments and order of FILE stay as they are, and nothing that is there is overwritten. All dates lie ahead; read them, and the texts, before you deploy.
    """  # noqa: E501 — click folds it
    from ddconsul.operations.vraagstuk_new import new_vraagstuk

    with json_errors(as_json):
        loaded = load_file(file, quiet=True, finished=False)
        made = new_vraagstuk(loaded, starter, key=key, opens=opens.date() if opens else None)
    if as_json:
        texts = [str(path) for path in made.texts]
        show_json({"key": made.key, "opens": made.opens.isoformat(), "texts": texts, "module": made.module or None})
        return
    click.echo(f"{file} asks {made.key} now: it opens on {made.opens}.")
    if made.module:
        click.echo(f"Module {made.module} is on for it.")
    for path in made.texts:
        click.echo(f"Make it your own: {path}")
    click.echo("Read what was added, change what you like, then: ddconsul plan")
