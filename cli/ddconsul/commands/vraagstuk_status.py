"""`ddconsul vraagstuk status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import file_argument, json_option, look_at, show_json, verbose_option
from ddconsul.counting import counted

if TYPE_CHECKING:
    from pathlib import Path

    from ddconsul.operations.vraagstuk_status import VraagstukStatus


@click.command
@file_argument
@verbose_option
@json_option
def status(file: Path, *, verbose: int, as_json: bool) -> None:
    """Tell what goes on in each vraagstuk of FILE now, until when, and how many people took part."""
    from ddconsul.operations.vraagstuk_status import vraagstuk_status

    found = look_at(file, vraagstuk_status, as_json=as_json, verbose=verbose)
    if as_json:
        show_json({"vraagstukken": [one.as_dict() for one in found]})
        return
    if not found:
        click.echo(f"{file} asks nothing yet. To begin: ddconsul vraagstuk new --starter peiling")
    for one in found:
        _show(one)


def _show(one: VraagstukStatus) -> None:
    click.echo(f"{one.title} ({one.key}, {one.instrument})")
    if one.until is None:
        click.echo("  Closed")
    else:
        begins = "Opens" if one.phase == "before" else f"{one.phase.capitalize()} until"
        days = f"{counted(one.days_left, 'day')} left" if one.days_left else "today"
        click.echo(f"  {begins} {one.until:%Y-%m-%d %H:%M} ({days})")
    if one.participants is not None:
        people = counted(one.participants, "person", "people")
        click.echo(f"  {people} took part; contributions: {one.contributions}")
    late = "  overdue: write it, and name it in feedback.text" if one.overdue else ""
    click.echo(f"  Feedback promised by {one.feedback_by}{late}")
