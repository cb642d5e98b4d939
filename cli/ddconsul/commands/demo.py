"""`ddconsul demo`: in Dutch, for who is no programmer."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from ddconsul.commands.shared import json_errors, json_option, progress, show_json, showing

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddconsul.operations.demo import Choice, Listed, Started

# What deploy says, by how its line begins.
DUTCH = {
    "Building the base image": "Basis voor containers maken (eenmalig, ongeveer een minuut)",
    "Making the base image": "Basis voor containers maken (eenmalig, ongeveer een minuut)",
    "Starting container": "Container starten",
    "Fetching tag": "Broncode van Consul ophalen",
    "Preparing the host": "Container voorbereiden",
    "Installing Ruby": "Ruby installeren",
    "Setting up the database server": "Databaseserver inrichten",
    "Setting up the cache": "Cache inrichten",
    "Beginning a build": "Platform bouwen (eenmalig per container; dit duurt het langst)",
    "Finishing the build": "Platform afbouwen",
    "Setting up the site": "Site inrichten: database, instellingen, diensten",
    "Setting up the web server": "Webserver inrichten",
    "Checking that the site answers": "Kijken of de site antwoordt",
    "Removing container": "Container weghalen",
}

STANDIN = "Let op: dit is een stand-in, niet Consul zelf."


@click.group
def demo() -> None:
    """Demo's op deze computer: maken, bekijken en weer weghalen."""


@demo.command
@click.argument("name", default="voorbeeld", required=False)
@click.option(
    "--source", metavar="PATH|URL", help="Consul zelf: adres van een git-opslag, of pad van een opslag of archief."
)
@click.option(
    "--file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="GEMEENTE.YML",
    help="Uw eigen gemeentebestand; anders een voorbeeld.",
)
@json_option
def up(name: str, *, source: str | None, file: Path | None, as_json: bool) -> None:
    """Start een demo, en zeg waar die te zien is. Nog eens starten mag altijd."""
    from ddconsul.operations.demo import plan, start  # noqa: PLC0415 — keeps `--help` fast

    with json_errors(as_json):
        planned = plan(name, source=source, file=file)
        click.echo(first_line(planned.choice), err=as_json)
        with showing(as_json=as_json) as say:
            started = start(planned, in_dutch(say))
    if as_json:
        show_json(started.as_dict())
    else:
        _show(started)


@demo.command(name="list")
@json_option
def list_(*, as_json: bool) -> None:
    """Toon de demo's op deze computer."""
    from ddconsul.operations.demo import demos  # noqa: PLC0415 — keeps `--help` fast

    with json_errors(as_json):
        found = demos()
    if as_json:
        show_json({"demos": [asdict(listed) for listed in found]})
        return
    for listed in found:
        click.echo(_line(listed))
    if not found:
        click.echo("Er zijn geen demo's. Begin met: ddconsul demo up")


@demo.command
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="Alle demo's.")
@json_option
def down(name: str | None, *, everything: bool, as_json: bool) -> None:
    """Haal een demo weg, met alles wat erin staat."""
    from ddconsul.operations.demo import demos, remove  # noqa: PLC0415 — keeps `--help` fast

    if (name is None) != everything:
        raise click.UsageError("Geef de naam van een demo, of --all.")
    with json_errors(as_json):
        names = [listed.name for listed in demos()] if name is None else [name]
        for each in names:
            remove(each, in_dutch(progress(as_json=as_json)))
            if not as_json:
                click.echo(f"Demo {each} is weg.")
    if as_json:
        show_json({"removed": names})
    elif not names:
        click.echo("Er zijn geen demo's.")


def first_line(choice: Choice) -> str:
    """Return what a demo runs: the first thing to know about it."""
    if choice.unreachable:
        return f"{STANDIN} {urlsplit(choice.unreachable).hostname} is vanaf deze computer niet te bereiken."
    return STANDIN if choice.standin else f"Dit is Consul Democracy zelf, van {choice.source}."


def in_dutch(report: Callable[[str], None]) -> Callable[[str], None]:
    """Return what says deploy's lines in Dutch; what has no Dutch line is for the log."""

    def say(line: str) -> None:
        for beginning, dutch in DUTCH.items():
            if line.startswith(beginning):
                report(dutch)
                return

    return say


def _show(started: Started) -> None:
    result = started.result
    click.echo(f"Klaar in {result.seconds:.0f} seconden.")
    click.echo()
    click.echo(f"  Website     {result.url}")
    click.echo(f"  Beheer      {result.url}admin")
    click.echo(f"  Inloggen    {result.administrator}")
    click.echo(f"  Wachtwoord  {started.password}")
    click.echo()
    click.echo(f"Weghalen kan met: ddconsul demo down {started.demo.name}")


def _line(listed: Listed) -> str:
    kind = {True: "stand-in", False: "Consul", None: ""}[listed.standin]
    if listed.running:
        return f"{listed.name:<15}  draait   {listed.url}  {kind}".rstrip()
    return f"{listed.name:<15}  staat uit  (aan met: ddconsul demo up {listed.name})  {kind}".rstrip()
