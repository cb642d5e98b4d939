"""`ddconsul schema`."""

from __future__ import annotations

import click

from ddconsul.commands.shared import show_json


@click.command
def schema() -> None:
    """Print the JSON Schema of the municipality file, for editors and other tools."""
    from ddconsul.instance.schema import json_schema

    show_json(json_schema())
