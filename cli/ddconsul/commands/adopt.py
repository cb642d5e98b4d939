"""`ddconsul adopt`."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from ddconsul.commands.asking import smtp_password
from ddconsul.commands.shared import (
    file_argument,
    json_errors,
    json_option,
    open_file,
    show_json,
    showing,
    verbose_option,
)
from ddconsul.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from ddconsul.operations.adopt import Adoption


@click.command
@file_argument
@click.option("--only", metavar="OBJECT", multiple=True, help='Adopt this one alone, such as "setting org_name".')
@click.option("--check", is_flag=True, help="Write nothing: show what would be written.")
@verbose_option
@json_option
def adopt(file: Path, *, only: tuple[str, ...], check: bool, verbose: int, as_json: bool) -> None:
    """Write what was edited in the admin pages into FILE (default: gemeente.yml), which keeps its comments."""
    from ddconsul.operations.adopt import adopt as write
    from ddconsul.operations.adopt import plan_adoption
    from ddconsul.operations.deploy import Choices, deploy

    with json_errors(as_json):
        loaded, paths = open_file(file, quiet=as_json, finished=False)
        with showing(as_json=as_json, verbose=verbose) as report:
            # The admin pages write nowhere else.
            only_contents = Choices(contents=True)
            ask = partial(smtp_password, report)
            found = deploy(loaded.instance, paths, report, check=True, choices=only_contents, smtp_password=ask)
        edits = [edit for edit in (*found.kept, *found.conflicts) if not only or edit.object in only]
        adoption = plan_adoption(loaded, edits)
        if not check:
            write(adoption)
    if as_json:
        show_json(_as_dict(adoption, file))
    else:
        _show(adoption, file, check=check)
    sys.exit(ExitCode.DRIFT if adoption.left else ExitCode.OK)


def _as_dict(adoption: Adoption, file: Path) -> dict[str, object]:
    adopted = [
        {"object": one.object, "field": one.field, "key": one.key, "value": one.value} for one in adoption.adopted
    ]
    return {"file": str(file), "adopted": adopted, "left": [edit.as_dict() for edit in adoption.left]}


def _show(adoption: Adoption, file: Path, *, check: bool) -> None:
    click.echo()
    would = "would have" if check else "has"
    for one in adoption.adopted:
        click.echo(f"{file} {would} it in {one.key}: {one.object}")
    for edit in adoption.left:
        click.echo(f"Not written, since the file can't say just that: {edit}")
        click.echo(f'  Write it by hand, or undo the edit: ddconsul deploy --enforce-only "{edit.object}"')
    if not adoption.adopted and not adoption.left:
        click.echo("Nothing was edited in the admin pages of what the file governs.")
