"""`ddconsul vraagstuk close`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import file_argument, json_errors, json_option, load_file, show_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command
@click.argument("key")
@file_argument
@click.option("--thanks", help="What its page says to who took part.")
@json_option
def close(key: str, file: Path, *, thanks: str | None, as_json: bool) -> None:
    """Prepare the end of vraagstuk KEY in FILE: its outcome and what was done with it, as texts to fill in.

    Nothing that is there is changed, and nothing is shown before it is filled in and deployed.
    """
    from ddconsul.operations.vraagstuk_close import close_vraagstuk

    with json_errors(as_json):
        done = close_vraagstuk(load_file(file, quiet=True, finished=False), key, thanks=thanks)
    if as_json:
        show_json({"added": list(done.added), "written": [str(path) for path in done.written], "closes": done.closes})
        return
    if not done.added:
        click.echo(f"{file} has all of it already; {key} closes {done.closes}.")
    for name in done.added:
        click.echo(f"{file} has {name} now.")
    for path in done.written:
        click.echo(f"Fill in: {path}")
    if done.added:
        click.echo(f"Its page shows them from {done.closes} on. Then: ddconsul deploy --contents")
