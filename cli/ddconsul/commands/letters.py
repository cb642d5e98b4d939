"""`ddconsul letters`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import (
    file_argument,
    json_errors,
    json_option,
    look_at,
    open_file,
    progress,
    show_json,
    verbose_option,
)
from ddconsul.counting import counted
from ddconsul.errors import InputError

if TYPE_CHECKING:
    from ddconsul.operations.letters import Used

_path = click.Path(path_type=Path, dir_okay=False)


@click.group
def letters() -> None:
    """Make letters with a code, for who may take part (participation.verification: letters)."""


@letters.command
@file_argument
@click.option("--addresses", type=_path, required=True, help="CSV file with an address on each line.")
@click.option("--out", type=_path, default=Path("brieven.pdf"), show_default=True, help="Where the letters go.")
@click.option("--template", type=_path, help="Your own text for the letters; `ddconsul letters template` writes ours.")
@json_option
def make(file: Path, *, addresses: Path, out: Path, template: Path | None, as_json: bool) -> None:
    """Make a letter with a code for each address, as a PDF to print.

    The codes go encrypted into a file beside FILE, and with the next deploy to the site. In clear they stand in the
    letters only: print those, and remove them.

    The first line of the addresses names the columns: postcode, plaats, straat, huisnummer, huisletter, toevoeging (or
    adres for those four), and maybe naam.
    """
    from ddconsul.operations.letters import make as run

    with json_errors(as_json):
        loaded, paths = open_file(file, quiet=True)
        made = run(loaded, paths, addresses, out, template, progress(as_json=as_json))
    if as_json:
        show_json(made.as_dict())
        return
    click.echo(f"{made.letters}: {counted(made.count, 'letter')}, with each its code in it: print it, and remove it.")
    click.echo(f"{made.codes}: {counted(made.total, 'code')}, encrypted. Keep it with {file}.")
    if made.file:
        click.echo(f"{file}: participation.codes was added.")
    click.echo(f"They work after: ddconsul deploy {file}")


@letters.command
@file_argument
@verbose_option
@json_option
def status(file: Path, *, verbose: int, as_json: bool) -> None:
    """Tell how many codes of letters have been used on the site of FILE; shows no code."""
    from ddconsul.operations.letters import status as look

    found = look_at(file, look, as_json=as_json, verbose=verbose)
    if as_json:
        show_json(found.as_dict())
    else:
        _show(found)


def _show(found: Used) -> None:
    click.echo(f"Letters made: {found.letters}.")
    if found.known is None:
        click.echo("The site is not there.")
    else:
        click.echo(f"The site knows {found.known} of their codes. Used: {found.used}.")


@letters.command
@click.option("--out", type=_path, default=Path("brief.html"), show_default=True, help="Where it goes.")
def template(out: Path) -> None:
    """Write the text of the letters (HTML), to change it and give it to `make --template`."""
    from ddconsul import assets
    from ddconsul.operations.letter_sheets import TEMPLATE

    try:
        with out.open("x", encoding="utf-8") as file:
            file.write((assets.templates() / TEMPLATE).read_text(encoding="utf-8"))
    except FileExistsError:
        raise InputError("is there already", str(out), "Give another name with --out.") from None
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", str(out)) from error
    click.echo(f"{out} is written")
