"""`ddconsul demo`: in Dutch, for who is no programmer."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from ddconsul.addresses import masked
from ddconsul.commands.dutch import dutch_errors, in_dutch
from ddconsul.commands.shared import progress, show_json, showing
from ddconsul.counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ddconsul.operations.demo import Started
    from ddconsul.operations.demo_notes import Choice
    from ddconsul.operations.demos import Listed

STANDIN = "Let op: dit is een stand-in, niet Consul zelf."
NONE = "Er zijn geen demo's."
_BEGIN = f"{NONE} Begin met: ddconsul demo up"
_STATES = {"running": "draait", "stopped": "staat uit", "unfinished": "niet af"}

json_option = click.option("--json", "as_json", is_flag=True, help="Geef één JSON-document, en niets ernaast.")


def _starters(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Complete the name of a starter."""
    from ddconsul.operations.demo import starters

    return [name for name in starters() if name.startswith(begun)]


def _names(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Complete the name of a demo."""
    from ddconsul.paths import state_folder

    return sorted(path.name for path in (state_folder() / "demos").glob(f"{begun}*"))


@click.group
def demo() -> None:
    """Demo's op deze computer: maken, bekijken en weer weghalen."""


@demo.command
@click.argument("name", required=False, metavar="[NAAM]", shell_complete=_names)
@click.option(
    "--starter",
    metavar="VOORBEELD",
    shell_complete=_starters,
    help="Een voorbeeld dat klaarligt: ideeen, debat, peiling, ...",
)
@click.option("--for", "lasts", metavar="TIJD", help="Hoe lang de demo mag blijven staan: 12u, 2d of 1w.")
@click.option(
    "--source", metavar="PAD|URL", help="Consul zelf: adres van een git-opslag, of pad van een opslag of archief."
)
@click.option(
    "--file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="GEMEENTE.YML",
    help="Uw eigen gemeentebestand; anders een voorbeeld.",
)
@json_option
def up(name: str | None, *, as_json: bool, **wishes: Any) -> None:  # noqa: ANN401 — the options of `plan`
    """Start een demo, en zeg waar die te zien is. Nog eens starten mag altijd."""
    from ddconsul.operations.demo import plan, start

    with dutch_errors(as_json=as_json):
        planned = plan(name, **wishes)
        click.echo(first_line(planned.choice), err=as_json)
        if planned.left_out:
            left_out = ", ".join(planned.left_out)
            click.echo(f"Weggelaten, want een demo heeft daar de geheimen niet van: {left_out}.", err=as_json)
        _remove_expired(planned.name, as_json=as_json)
        with showing(as_json=as_json) as say:
            started = start(planned, in_dutch(say))
    if as_json:
        show_json(started.as_dict())
    else:
        _show(started)


@demo.command(name="list")
@json_option
def list_(*, as_json: bool) -> None:
    """Toon de demo's op deze computer, met hun geheugen en hoe lang ze blijven."""
    from ddconsul.operations.demos import demos, preparations

    with dutch_errors(as_json=as_json):
        found, ready = demos(), preparations()
    if as_json:
        disk = sum(image.size for image in ready)
        memory = sum(listed.memory or 0 for listed in found)
        show_json({"demos": [listed.as_dict() for listed in found], "memory": memory, "preparations": disk})
        return
    for line in table(found):
        click.echo(line)
    if len(found) > 1:
        click.echo(f"Samen {_size(sum(listed.memory or 0 for listed in found))} geheugen.")
    if any(listed.expired for listed in found):
        click.echo(
            "Wat verlopen is, gaat weg bij de volgende ddconsul demo up, of nu met: ddconsul demo down --expired"
        )
    if ready:
        click.echo(f"Voor snel starten is {_size(sum(image.size for image in ready))} schijfruimte in gebruik.")


@demo.command(name="open")
@click.argument("name", default="voorbeeld", required=False, metavar="[NAAM]", shell_complete=_names)
def open_(name: str) -> None:
    """Open een demo in de browser; zonder browser staat hier het adres."""
    from ddconsul.operations.demos import find_running

    with dutch_errors(as_json=False):
        url = find_running(name).url
    click.echo(url)
    if not browse(url):
        click.echo("Hier is geen browser. Open dit adres zelf.", err=True)


@demo.command
@click.argument("name", default="voorbeeld", required=False, metavar="[NAAM]", shell_complete=_names)
@click.option("-f", "--follow", is_flag=True, help="Blijf kijken naar wat erbij komt, tot Ctrl-C.")
def logs(name: str, *, follow: bool) -> None:
    """Toon wat de site van een demo in zijn logboek schreef."""
    from ddconsul.operations import demos as operation

    with dutch_errors(as_json=False):
        lines = operation.logs(name, follow=follow)
    # Ctrl-C is how one stops looking.
    with suppress(KeyboardInterrupt):
        for line in lines:
            click.echo(line)


@demo.command
@click.argument("names", nargs=-1, metavar="[NAAM]...", shell_complete=_names)
@click.option("--all", "everything", is_flag=True, help="Alle demo's.")
@click.option("--older-than", "age", metavar="TIJD", help="Met --all: alleen die ouder zijn dan 12u, 2d of 1w.")
@click.option("--expired", "over", is_flag=True, help="Alleen die verlopen zijn (demo up --for).")
@click.option("--cache", is_flag=True, help="Met --all: ook wat bewaard is om snel te starten.")
@json_option
def down(names: tuple[str, ...], *, everything: bool, age: str | None, over: bool, cache: bool, as_json: bool) -> None:
    """Haal demo's weg, met alles wat erin staat."""
    from ddconsul.operations.demos import remove_preparations

    if bool(names) + everything + over != 1:
        raise click.UsageError("Geef de namen van demo's, of --all, of --expired.")
    if (age or cache) and not everything:
        raise click.UsageError("--older-than en --cache horen bij --all.")
    with dutch_errors(as_json=as_json):
        removed = _remove(_chosen(names, age=age, over=over), as_json=as_json)
        if everything and age is None:
            remove_preparations(images=cache)
    if as_json:
        show_json({"removed": removed})
    elif not removed:
        click.echo("Er is geen demo die zo oud is." if age else "Er is geen demo verlopen." if over else NONE)


def first_line(choice: Choice) -> str:
    """Return what a demo runs: the first thing to know about it."""
    if choice.unreachable:
        return f"{STANDIN} {urlsplit(choice.unreachable).hostname} is vanaf deze computer niet te bereiken."
    return STANDIN if choice.standin else f"Dit is Consul Democracy zelf, van {masked(choice.source)}."


def table(found: Sequence[Listed]) -> list[str]:
    """Return the lines of the list."""
    if not found:
        return [_BEGIN]
    rows = [_row(listed) for listed in found]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def browse(url: str) -> bool:
    """Open an address in a browser that shows windows, and tell whether there is one."""
    import os
    import sys
    import webbrowser

    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False


def _remove_expired(spared: str, *, as_json: bool) -> None:
    from ddconsul.operations.demos import expired, remove

    gone = [name for name in expired() if name != spared]
    for name in gone:
        remove(name, lambda _: None)
    if gone:
        click.echo(f"Weggehaald, want de tijd ervan was om: {', '.join(gone)}.", err=as_json)


def _chosen(names: Sequence[str], *, age: str | None, over: bool) -> list[str]:
    from ddconsul.operations import demos as operation

    for name in names:
        # All of them first: a mistake in the last name must not come after the first demo is gone.
        operation.find(name)
    if names:
        return list(dict.fromkeys(names))
    if over:
        return operation.expired()
    return operation.older_than(age) if age else [listed.name for listed in operation.demos()]


def _remove(names: Sequence[str], *, as_json: bool) -> list[str]:
    from ddconsul.operations.demos import remove

    for name in names:
        remove(name, in_dutch(progress(as_json=as_json)))
        click.echo(f"Demo {name} is weg.", err=as_json)
    return list(names)


def _show(started: Started) -> None:
    result, demo = started.result, started.demo
    click.echo(f"Klaar in {counted(result.seconds, 'seconde', 'seconden')}.")
    click.echo()
    click.echo(f"  Website     {result.url}")
    click.echo(f"  Beheer      {result.url}admin")
    click.echo(f"  Inloggen    {result.administrator}")
    click.echo(f"  Wachtwoord  {started.password}")
    if demo.notes.expires:
        click.echo(f"  Blijft tot  {_moment(demo.notes.expires)}")
    click.echo()
    click.echo(f"Weghalen kan met: ddconsul demo down {demo.name}")


def _row(listed: Listed) -> tuple[str, ...]:
    kind = {True: "stand-in", False: "Consul", None: ""}[listed.standin]
    again = f"(ddconsul demo up {listed.name})"
    stays = f"{'verlopen op' if listed.expired else 'tot'} {_moment(listed.expires)}" if listed.expires else ""
    return (
        listed.name,
        _STATES[listed.state],
        listed.url if listed.state == "running" else again,
        kind,
        _size(listed.memory) if listed.memory is not None else "",
        f"van {_moment(listed.made)}" if listed.made else "",
        stays,
    )


def _moment(moment: datetime) -> str:
    """Return a moment as a person here reads it: in the machine's own time zone."""
    return f"{moment.astimezone():%d-%m-%Y %H:%M}"


def _size(count: int) -> str:
    """Return a number of bytes as a person reads it."""
    if count < 10**9:
        return f"{count / 10**6:.0f} MB"
    return f"{count / 10**9:.1f} GB".replace(".", ",")
