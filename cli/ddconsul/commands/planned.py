"""How a plan is shown, and how a deploy is held beside it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from ddconsul.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ddconsul.operations.changes import Change
    from ddconsul.operations.deploy import DeployResult

WIDTH = 78
# Many of one kind are one line.
TOGETHER = {"package": "Debian packages to install"}


def show_plan(result: DeployResult, *, diff: bool = False) -> None:
    """Print what a deploy would change, what inhabitants notice of it, and what stays as an administrator made it."""
    if not result.made:
        click.echo("Nothing would change: the site is as the file says.")
    else:
        click.echo(f"{counted(len(result.made), 'change')}:")
        for line in lines_of(result.made):
            click.echo(line)
        click.echo()
        for effect in result.effects:
            wait = f" About {effect.seconds} s." if effect.seconds else ""
            click.echo(f"{effect.text}{wait}")
    if result.participation:
        click.echo(click.wrap_text(result.participation, WIDTH))
    for caution in result.cautions:
        click.echo(click.wrap_text(f"Mind: {caution}", WIDTH))
    show_notices(result)
    show_edits(result)
    for text in result.diffs if diff else ():
        click.echo()
        click.echo(text)


def show_edits(result: DeployResult) -> None:
    """Print what was edited in the admin pages: what stays, and what waits for a choice."""
    groups = {
        "Edited in the admin pages, and kept:": result.kept,
        "Changed in the admin pages and in the file, so that nothing is done:": result.conflicts,
    }
    for title, changes in groups.items():
        if changes:
            click.echo()
            click.echo(title)
            for line in lines_of(changes):
                click.echo(line)
    if result.kept or result.conflicts:
        click.echo("To write it into the file: ddconsul adopt. To have the file's: deploy --enforce.")


def show_notices(result: DeployResult) -> None:
    """Print what the preflight found that stops nothing."""
    if result.notices:
        click.echo()
        click.echo("Worth knowing:")
        for notice in result.notices:
            for line in _wrapped(f"{notice.where}: {notice.what}"):
                click.echo(line)
            # A command stays in one piece, to be pasted.
            click.echo(f"    $ {notice.fix}")


def lines_of(changes: Iterable[Change]) -> Iterator[str]:
    """Give the lines that tell changes, none wider than a terminal where that can be."""
    for kind, group in groupby(changes, key=lambda change: change.kind):
        items = list(group)
        if kind in TOGETHER and len(items) > 1:
            names = ", ".join(change.object for change in items)
            yield from _wrapped(f"{len(items)} {TOGETHER[kind]}: {names}")
        else:
            for line in _sentences(items):
                yield from _wrapped(line)


def _sentences(changes: Iterable[Change]) -> Iterator[str]:
    """Give a sentence for each change; what is new is one, whatever it consists of."""
    for (name, action), group in groupby(changes, key=lambda change: (change.object, change.action)):
        items = list(group)
        if action == "made" and len(items) > 1:
            yield f"{name} is made: {', '.join(change.field for change in items)}"
        else:
            yield from map(str, items)


def not_planned(planned: Sequence[Change], done: Sequence[Change]) -> list[str]:
    """Return how a deploy differed from its plan, as lines; none when it did exactly that."""
    unforeseen = [f"  not planned: {change}" for change in done if change not in planned]
    undone = [f"  planned, and not needed: {change}" for change in planned if change not in done]
    return unforeseen + undone


def _wrapped(text: str) -> list[str]:
    return click.wrap_text(text, WIDTH, initial_indent="  * ", subsequent_indent="    ").splitlines()
