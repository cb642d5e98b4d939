"""`ddconsul brand`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ddconsul.commands.shared import file_argument, json_errors, json_option, progress, show_json
from ddconsul.errors import ExitCode, InputError

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance
    from ddconsul.instance.sections.palette import Pair


@click.group
def brand() -> None:
    """See and fetch the municipality's house style (`branding:` of the municipality file)."""


@brand.command
@file_argument
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("brand.html"),
    show_default=True,
    help="Where the sheet goes.",
)
@click.option("--png", is_flag=True, help="Make a picture of it as well, beside it; that takes a browser (chromium).")
@json_option
def preview(file: Path, *, output: Path, png: bool, as_json: bool) -> None:
    """Write one HTML sheet that shows the house style of FILE, without a server.

    It shows colours that are too hard to tell apart as well, which `validate` refuses.
    """
    from ddconsul.operations.brand_preview import picture, sheet

    with json_errors(as_json):
        html = sheet(_known(file))
        written = [output]
        try:
            output.write_text(html, encoding="utf-8")
            if png:
                written.append(output.with_suffix(".png"))
                picture(output, written[1])
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", str(output), "Choose another place.") from error
    if as_json:
        show_json({"written": [str(path) for path in written]})
    else:
        click.echo("\n".join(f"{path} is written" for path in written))


@brand.command
@file_argument
@json_option
def check(file: Path, *, as_json: bool) -> None:
    """Tell for each pair of colours of FILE how well it can be told apart, by WCAG 2.2 AA.

    Ends with 2 when one can't well enough, and branding.accept_contrast does not let it through.
    """
    from ddconsul.instance.sections.palette import pairs

    with json_errors(as_json):
        branding = _known(file).branding
    found = list(pairs(branding))
    good = branding.accept_contrast is not None or all(pair.passes for pair in found)
    if as_json:
        shown = [_as_dict(pair) for pair in found]
        show_json({"passes": good, "accepted": branding.accept_contrast, "pairs": shown})
    elif not found:
        click.echo("The file gives no colours: the site has Consul's own.")
    else:
        click.echo("\n".join(map(_line, found)))
    if not good:
        sys.exit(ExitCode.USAGE)


def _known(file: Path) -> Instance:
    """Return what a municipality file says; colours that can't be told apart are no reason to refuse it."""
    from ddconsul.instance.loader import inspect
    from ddconsul.instance.problems import InvalidFileError

    found = inspect(file)
    others = [problem for problem in found.problems if problem.rule not in {"contrast", "unfinished"}]
    if others or found.known is None:
        raise InvalidFileError(others)
    return found.known


def _line(pair: Pair) -> str:
    mark = click.style("enough", fg="green") if pair.passes else click.style("too little", fg="red", bold=True)
    where = "" if pair.colour == pair.behind or pair.where == "on it" else f" {pair.where}"
    return f"{pair.what + where:55}{pair.colour} / {pair.behind}  {pair.shown_ratio:>5} of {pair.least:<4g}{mark}"


@brand.command
@file_argument
@json_option
def fetch(file: Path, *, as_json: bool) -> None:
    """Fetch the package of design tokens that FILE names, and write its colours into brand.lock.json beside FILE.

    It comes from the registry that npm is configured for on this machine, or from consul.npm_mirror.
    """
    from ddconsul.operations.brand_fetch import fetch as run

    with json_errors(as_json):
        found = run(file, progress(as_json=as_json))
    if as_json:
        show_json(found.as_dict())
        return
    for role, colour in found.resolved.roles.items():
        click.echo(f"  {role:9}{colour['value']}  {colour['token']}")
    owned = " (its owner's only)" if found.resolved.proprietary else ""
    click.echo(f"Licence: {found.resolved.licence}{owned}")
    click.echo(f"{found.lock} is written")


def _as_dict(pair: Pair) -> dict[str, Any]:
    return {
        "what": pair.what,
        "where": pair.where,
        "key": ".".join(("branding", *pair.way)) if pair.way else None,
        "colour": pair.colour,
        "behind": pair.behind,
        "ratio": float(pair.shown_ratio),
        "least": pair.least,
        "passes": pair.passes,
    }
