"""`ddconsul deploy`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from ddconsul.commands.asking import smtp_password, somebody_there, somebody_types
from ddconsul.commands.shared import (
    contents_option,
    enforce_options,
    enforced,
    file_argument,
    json_errors,
    json_option,
    open_file,
    show_json,
    show_recap,
    showing,
    verbose_option,
)
from ddconsul.counting import counted
from ddconsul.errors import InputError, PreflightError

if TYPE_CHECKING:
    from pathlib import Path

    from ddconsul.instance.models import Instance
    from ddconsul.operations.deploy import Choices, DeployResult
    from ddconsul.paths import Paths


@click.command
@file_argument
@click.option("--check", is_flag=True, help="Tell what would change, and change nothing of the site; as `plan` does.")
@click.option("-y", "--yes", is_flag=True, help="Make no plan first and ask nothing; so it is off a terminal, too.")
@contents_option
@enforce_options
@click.option("--override", metavar="REASON", default="", help="Change what people are voting on; the reason is kept.")
@verbose_option
@json_option
def deploy(  # noqa: PLR0913 — options, by name
    file: Path,
    *,
    check: bool,
    yes: bool,
    contents: bool,
    enforce: bool,
    enforce_only: tuple[str, ...],
    override: str,
    verbose: int,
    as_json: bool,
) -> None:
    """Make the platform match FILE (default: gemeente.yml); safe to run again.

    On a terminal it shows first what would change, and asks; with --json it wants --yes there.
    """
    from ddconsul.commands.planned import show_plan
    from ddconsul.operations.deploy import Choices

    with json_errors(as_json):
        if as_json and not (check or yes) and somebody_types():
            todo = "Add --yes to deploy without a plan and a question, or --check to see what would change."
            raise InputError("asks nothing, so that it changes nothing here", "deploy --json on a terminal", todo)
        loaded, paths = open_file(file)
        overruled = enforced(enforce=enforce, enforce_only=enforce_only)
        choices = Choices(overruled, confirmed=yes, contents=contents, override=override.strip())
        run = partial(_run, loaded.instance, paths, verbose=verbose, as_json=as_json)
        planned = run(choices, check=True) if not (check or yes or as_json) and somebody_there() else None
        if planned is not None and not _agreed(planned):
            click.echo("Nothing was changed.")
            return
        result = run(replace(choices, confirmed=yes or planned is not None), check=check)
    if as_json:
        show_json(result.as_dict())
    elif check:
        show_plan(result)
    else:
        _show(result, planned, file, verbose=verbose)


def _run(
    instance: Instance, paths: Paths, choices: Choices, *, check: bool, verbose: int, as_json: bool
) -> DeployResult:
    from ddconsul.operations.deploy import deploy as run

    with showing(as_json=as_json, verbose=verbose) as report:
        ask = partial(smtp_password, report)
        return run(instance, paths, report, check=check, choices=choices, smtp_password=ask)


def _agreed(planned: DeployResult) -> bool:
    """Show a plan, and ask; a plan without changes needs no answer."""
    from ddconsul.commands.planned import show_plan

    click.echo()
    show_plan(planned)
    click.echo()
    if planned.held:
        raise PreflightError(
            f"people are voting on {', '.join(planned.held)}, so that nothing was changed",
            planned.url,
            'Wait until the vote has ended, or say why not: ddconsul deploy --override "REASON"',
        )
    return not planned.made or click.confirm("Do this?")


def _show(result: DeployResult, planned: DeployResult | None, file: Path, *, verbose: int) -> None:
    from ddconsul.commands.planned import not_planned, show_notices

    click.echo()
    show_recap(result.stages)
    click.echo()
    made = f"{counted(len(result.made), 'change')}, by {counted(result.changed, 'step')}"
    changes = made if result.made else "nothing had to change"
    click.echo(f"Done in {result.seconds:.0f} s: {changes}.")
    differences = not_planned(planned.made, result.made) if planned is not None else []
    for line in ["It is not all as planned:", *differences] if differences else ():
        click.echo(line)
    # Who was asked has seen them in the plan.
    if planned is None:
        show_notices(result)
    click.echo()
    click.echo(f"  Site           {result.url}")
    if result.domain not in result.url:
        click.echo(f"  Domain name    {result.domain} (of the file; a container is reached on this machine only)")
    click.echo(f"  Administrator  {result.administrator}")
    name = "" if str(file) == "gemeente.yml" else f" --file {file}"
    click.echo(f"  Password       ddconsul secrets show administrator_password{name}")
    click.echo(f"  Log            {result.log}")
    if verbose:
        click.echo(f"  By hand        {result.command}")
    if result.source.standin:
        click.echo("This is the stand-in, not Consul Democracy itself.")
