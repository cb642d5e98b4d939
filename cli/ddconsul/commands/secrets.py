"""`ddconsul secrets`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import json_errors, json_option, show_json

if TYPE_CHECKING:
    from ddconsul.secrets import SecretFiles

file_option = click.option(
    "--file",
    type=click.Path(path_type=Path),
    default="gemeente.yml",
    show_default=True,
    help="The municipality file that the secrets belong to.",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group
def secrets() -> None:
    """Show and change the passwords and keys beside the municipality file.

    They are encrypted by ansible-vault. Its password comes from, in this order: the command in
    DDCONSUL_VAULT_PASSWORD_COMMAND; the file (or program) that DDCONSUL_VAULT_PASSWORD_FILE names; the file (or
    program) beside the municipality file, such as gemeente.vault-password; a question on the terminal.
    """


@secrets.command
@click.argument("name", required=False)
@click.option("--reveal", is_flag=True, help="Show all values.")
@file_option
@json_option
def show(name: str | None, file: Path, *, reveal: bool, as_json: bool) -> None:
    """List the secrets by name, or show the value of NAME."""
    from ddconsul.operations.secrets import listed, shown

    with json_errors(as_json):
        files = _files(file)
        found = [shown(files, name)] if name else listed(files)
    reveal = reveal or name is not None
    if as_json:
        show_json({"file": str(files.file), "secrets": [secret.as_dict(reveal=reveal) for secret in found]})
        return
    if reveal and sys.stdout.isatty():
        click.echo("warning: this is on your screen now; clear it when you are done", err=True)
    if name:
        click.echo(found[0].value)
        return
    for secret in found:
        state = "not set" if not secret.value else "made by ddconsul" if secret.generated else "set"
        click.echo(f"{secret.name:<24}{secret.value if reveal and secret.value else state}")
    if not reveal:
        click.echo("Show a value with: ddconsul secrets show NAME")


@secrets.command("set")
@click.argument("name")
@click.argument("too_much", nargs=-1, metavar="")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the value from standard input.")
@file_option
@json_option
def set_(name: str, too_much: tuple[str, ...], file: Path, *, from_stdin: bool, as_json: bool) -> None:
    """Give NAME a value: it is asked for, unseen, and never an argument."""
    from ddconsul.operations.secrets import EFFECTS, check_name, store

    with json_errors(as_json):
        if too_much or "=" in name:
            raise click.UsageError(
                "A value is no argument: it stands in the shell's history now, so choose another one. "
                "Give only the name; the value is asked for, or read with --stdin."
            )
        check_name(name)
        files = _files(file)
        files.unlock()
        store(files, name, _piped() if from_stdin else _asked(f"Value of {name}", "--stdin"))
    if as_json:
        show_json({"file": str(files.file), "set": name, "effect": EFFECTS[name]})
        return
    click.echo(f"{name} is set: {EFFECTS[name]}.")


@secrets.command
@click.argument("names", nargs=-1, metavar="[NAME]...")
@yes_option
@file_option
@json_option
def rotate(names: tuple[str, ...], file: Path, *, yes: bool, as_json: bool) -> None:
    """Make new values for NAME... (default: for all that ddconsul makes itself)."""
    from ddconsul.operations.secrets import EFFECTS, rotatable
    from ddconsul.operations.secrets import rotate as renew

    with json_errors(as_json):
        wanted = rotatable(names)
        files = _files(file)
        effects = {name: EFFECTS[name] for name in wanted}
        if not yes:
            _agree(effects)
        renew(files, wanted)
    if as_json:
        show_json({"file": str(files.file), "rotated": effects})
        return
    for name, effect in effects.items():
        click.echo(f"{name} is new: {effect}." if yes else f"{name} is new.")
    click.echo("The platform gets them with: ddconsul deploy")


@secrets.command
@click.option("--ask", is_flag=True, help="Ask for the new password, unseen.")
@click.option(
    "--new-password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Take the new password from a file.",
)
@file_option
@json_option
def rekey(file: Path, new_password_file: Path | None, *, ask: bool, as_json: bool) -> None:
    """Encrypt the secrets with a new vault password (default: a generated one).

    The secrets themselves stay as they are. When the vault password may be known to others, rotate them as well:
    copies and earlier versions of the file still open with the old password.
    """
    from ddconsul.operations.secrets import password_in
    from ddconsul.operations.secrets import rekey as renew

    if ask and new_password_file:
        raise click.UsageError("Give --ask or --new-password-file, not both.")
    with json_errors(as_json):
        files = _files(file)
        files.unlock()
        kept = files.password.stored
        given = password_in(new_password_file) if new_password_file else None
        renew(files, _asked("New vault password", "--new-password-file") if ask else given)
    place = files.password.file if kept else None
    if as_json:
        show_json({"file": str(files.file), "password_file": place})
        return
    click.echo(f"{_short(files.file)} has a new password" + (f", kept in {_short(place)}." if place else "."))
    if place is None:
        click.echo("Change it where the old one came from: a password manager, say.")
    click.echo("Earlier versions of it, such as those in git, still open with the old one.")


def _files(file: Path) -> SecretFiles:
    from ddconsul.errors import InputError
    from ddconsul.paths import Paths

    if not file.is_file():
        raise InputError("does not exist", str(file), "Name the municipality file with --file.")
    return Paths.of_user(file).secrets


def _piped() -> str:
    if sys.stdin.isatty():
        raise click.UsageError("--stdin reads a pipe or a file. Leave it out to be asked, unseen.")
    try:
        return sys.stdin.buffer.read().decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise click.UsageError("What is on standard input is no text in UTF-8.") from None


def _asked(question: str, otherwise: str) -> str:
    if not sys.stdin.isatty():
        raise click.UsageError(f"This is no terminal to ask it on. Use {otherwise}.")
    answer: str = click.prompt(question, hide_input=True, confirmation_prompt=True, err=True)
    return answer


def _agree(effects: dict[str, str]) -> None:
    """Let the user see what new values mean, and agree: the old ones do not come back."""
    if not sys.stdin.isatty():
        raise click.UsageError("The old values do not come back. Off a terminal, agree to that with --yes.")
    for name, effect in effects.items():
        click.echo(f"{name}: {effect}.", err=True)
    if not click.confirm("Make new values? The old ones do not come back.", err=True):
        raise click.Abort


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
