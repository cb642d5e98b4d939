"""`ddconsul validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import file_argument, json_errors, json_option, load_file, show_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command
@file_argument
@json_option
def validate(file: Path, *, as_json: bool) -> None:
    """Check FILE (default: gemeente.yml), and say every problem in it with its place."""
    with json_errors(as_json):
        loaded = load_file(file, quiet=as_json)
    instance = loaded.instance
    if as_json:
        warnings = [warning.as_dict() for warning in loaded.warnings]
        show_json({"file": str(file), "valid": True, "site": instance.site, "warnings": warnings})
        return
    click.echo(f"{file} is right: site {instance.site} of {instance.municipality.name}, {instance.municipality.domain}")
