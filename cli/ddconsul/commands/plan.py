"""`ddconsul plan`."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from ddconsul.commands.asking import smtp_password
from ddconsul.commands.shared import (
    contents_option,
    enforce_options,
    enforced,
    file_argument,
    json_errors,
    json_option,
    open_file,
    show_json,
    showing,
    verbose_option,
)
from ddconsul.errors import DdconsulError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# As terraform has it.
SOMETHING = 2


@click.command
@file_argument
@click.option("--diff", is_flag=True, help="Show what changes in files, too.")
@click.option(
    "--exit-code",
    "tell",
    is_flag=True,
    help="End with 2 when something would change, with 0 when not, and with 1 for a wrong file.",
)
@contents_option
@enforce_options
@verbose_option
@json_option
def plan(  # noqa: PLR0913 — options, by name
    file: Path,
    *,
    diff: bool,
    tell: bool,
    contents: bool,
    enforce: bool,
    enforce_only: tuple[str, ...],
    verbose: int,
    as_json: bool,
) -> None:
    """Tell what deploy would change for FILE (default: gemeente.yml), and change nothing of the site."""
    from ddconsul.commands.planned import show_plan
    from ddconsul.operations.deploy import Choices, deploy

    with json_errors(as_json), _apart_from_changes(tell=tell):
        loaded, paths = open_file(file, quiet=as_json)
        with showing(as_json=as_json, verbose=verbose) as report:
            ask = partial(smtp_password, report)
            choices = Choices(enforced(enforce=enforce, enforce_only=enforce_only), contents=contents)
            result = deploy(loaded.instance, paths, report, check=True, choices=choices, smtp_password=ask)
    if as_json:
        show_json({**result.as_dict(), **({"diffs": list(result.diffs)} if diff else {})})
    else:
        click.echo()
        show_plan(result, diff=diff)
    sys.exit(SOMETHING if tell and result.made else 0)


@contextmanager
def _apart_from_changes(*, tell: bool) -> Iterator[None]:
    """Let a wrong file end with 1, as terraform's `plan -detailed-exitcode` has it: 2 stands for changes."""
    try:
        yield
    except DdconsulError as error:
        if tell and error.exit_code == SOMETHING:
            error.exit_code = ExitCode.UNEXPECTED
        raise
