"""`ddconsul deploy`."""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import file_argument, json_errors, json_option, load_file, settle, show_json, showing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ddconsul.operations.deploy import DeployResult
    from ddconsul.secrets import SecretFiles


@click.command
@file_argument
@click.option("--check", is_flag=True, help="Tell what would change, and change nothing on the host.")
@json_option
def deploy(file: Path, *, check: bool, as_json: bool) -> None:
    """Make the platform match FILE (default: gemeente.yml); safe to run again."""
    from ddconsul.operations.deploy import deploy as run  # noqa: PLC0415 — keeps `--help` fast
    from ddconsul.paths import Paths  # noqa: PLC0415

    with json_errors(as_json):
        loaded = load_file(file)
        paths = Paths.of_user(loaded.path)
        with showing(as_json=as_json) as report:
            ask = partial(_smtp_password, report)
            result = run(loaded.instance, paths, report, check=check, smtp_password=ask)
    if as_json:
        show_json(result.as_dict())
    else:
        _show(result, paths.secrets)


def _smtp_password(report: Callable[[str], None]) -> str | None:
    """Return the mail server's password: from the environment, or from whoever sits at the terminal."""
    given = os.environ.get("DDCONSUL_SMTP_PASSWORD")
    if given or not sys.stdin.isatty():
        return given
    settle(report)
    answer: str = click.prompt("Password of the mail server", hide_input=True, err=True)
    return answer


def _show(result: DeployResult, secrets: SecretFiles) -> None:
    from ddconsul.ansible.runner import program  # noqa: PLC0415 — keeps `--help` fast

    if result.check:
        for change in result.changes:
            click.echo(f"  would change: {change}")
        click.echo(f"{result.changed} changes would be made (log: {result.log})")
        return
    changes = "nothing had to change" if not result.changed else f"{result.changed} changes"
    click.echo(f"Done in {result.seconds:.0f} s: {changes}.")
    click.echo()
    click.echo(f"  Site           {result.url}")
    if result.domain not in result.url:
        click.echo(f"  Domain name    {result.domain} (of the file; a container is reached on this machine only)")
    click.echo(f"  Administrator  {result.administrator}")
    # Installed with pipx, ddconsul is on PATH and Ansible is not.
    vault = "ansible-vault" if shutil.which("ansible-vault") else program("ansible-vault")
    click.echo(f"  Password       {vault} view --vault-password-file {secrets.password_file} {secrets.file}")
    click.echo(f"  Log            {result.log}")
    if result.source.standin:
        click.echo("This is the stand-in, not Consul Democracy itself.")
