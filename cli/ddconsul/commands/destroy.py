"""`ddconsul destroy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import file_argument, load_file, showing, verbose_option

if TYPE_CHECKING:
    from pathlib import Path

    from ddconsul.instance.models import Instance


@click.command
@file_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@verbose_option
def destroy(file: Path, *, yes: bool, verbose: int) -> None:
    """Remove the platform of FILE (default: gemeente.yml) with all that inhabitants wrote on it.

    The municipality file and its secrets stay, and so do other sites on the same host.
    """
    from ddconsul.operations.destroy import destroy as remove
    from ddconsul.paths import Paths

    loaded = load_file(file, quiet=True, finished=False)
    instance = loaded.instance
    if not yes:
        _ask(instance)
    with showing(as_json=False, verbose=verbose) as report:
        changed = remove(instance, Paths.of_user(loaded.path), report)
    click.echo(f"Site {instance.site} is gone." if changed else f"There was no site {instance.site}.")


def _ask(instance: Instance) -> None:
    """Let the user type the site's name: what inhabitants wrote does not come back."""
    host = instance.target.host if instance.target.type == "ssh" else "this machine"
    click.echo(f"This removes site {instance.site} from {host}, with its database and uploads, for good.")
    answer = click.prompt("Type the site's name to go on", default="", show_default=False)
    if answer.strip() != instance.site:
        raise click.UsageError("That is not its name; nothing was removed. --yes skips this question.")
