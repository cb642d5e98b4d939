"""`ddconsul status`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import file_argument, json_option, look_at, say, show_json, verbose_option
from ddconsul.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from ddconsul.operations.status import SiteStatus


@click.command
@file_argument
@verbose_option
@json_option
def status(file: Path, *, verbose: int, as_json: bool) -> None:
    """Tell how the platform of FILE (default: gemeente.yml) is; ends with 6 when it does not answer as it should.

    It changes nothing that people see. It puts a job of its own in the queue, to see whether the worker takes it.
    """
    from ddconsul.operations.status import status as look

    found = look_at(file, look, as_json=as_json, verbose=verbose)
    if as_json:
        show_json(found.as_dict())
    else:
        _show(found)
    sys.exit(ExitCode.OK if found.well else ExitCode.NOT_ANSWERING)


def _show(found: SiteStatus) -> None:
    state = "is well" if found.well else "needs attention" if found.installed else "is not there"
    say(f"Site {found.site} {state}: {found.url}")
    details = found.details
    if details.get("release"):
        say(f"  Release   Consul Democracy {details['release']} (build {details.get('build') or '?'})")
    services = details.get("services")
    if isinstance(services, dict):
        listed = ", ".join(f"{name} {state}" for name, state in sorted(services.items()))
        say(f"  Services  {listed}")
    problems = details.get("problems")
    for problem in problems if isinstance(problems, list) else ():
        say(f"  Problem   {problem}")
