"""`ddconsul status`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import (
    file_argument,
    json_errors,
    json_option,
    load_file,
    show_json,
    showing,
    verbose_option,
)
from ddconsul.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from ddconsul.operations.status import SiteStatus


@click.command
@file_argument
@verbose_option
@json_option
def status(file: Path, *, verbose: int, as_json: bool) -> None:
    """Tell how the platform of FILE (default: gemeente.yml) is; ends with 6 when it does not answer as it should."""
    from ddconsul.operations.status import status as look  # noqa: PLC0415 — keeps `--help` fast
    from ddconsul.paths import Paths  # noqa: PLC0415 — keeps `--help` fast

    with json_errors(as_json):
        loaded = load_file(file, quiet=True, finished=False)
        with showing(as_json=as_json, verbose=verbose) as report:
            found = look(loaded.instance, Paths.of_user(loaded.path), report)
    if as_json:
        show_json(found.as_dict())
    else:
        _show(found)
    sys.exit(ExitCode.OK if found.well else ExitCode.NOT_ANSWERING)


def _show(found: SiteStatus) -> None:
    state = "is well" if found.well else "needs attention" if found.installed else "is not there"
    click.echo(f"Site {found.site} {state}: {found.url}")
    details = found.details
    if details.get("release"):
        click.echo(f"  Release   Consul Democracy {details['release']} (build {details.get('build') or '?'})")
    services = details.get("services")
    if isinstance(services, dict):
        listed = ", ".join(f"{name} {state}" for name, state in sorted(services.items()))
        click.echo(f"  Services  {listed}")
    problems = details.get("problems")
    for problem in problems if isinstance(problems, list) else ():
        click.echo(f"  Problem   {problem}")
