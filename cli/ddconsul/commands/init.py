"""`ddconsul init`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

TARGETS = ["container", "ssh", "local"]
DEFAULTS = {"name": "Voorbeeldgemeente", "domain": "participatie.example.org", "email": "beheer@example.org"}
# What is asked of everybody, and of who has a server.
QUESTIONS = {
    "name": "Name of the municipality",
    "domain": "Domain name of the platform, without https://",
    "email": "E-mail address of the administrator",
}
SERVER = {"host": "Host name or IP address of the server", "user": "User to log in as (other than root: with sudo)"}


def answer(key: str) -> Callable[[str], str]:
    """Return what takes an answer, from an option or a terminal, or refuses it in the words of `validate`."""

    def text(value: str) -> str:
        from ddconsul.operations.init import complaint

        # With a site and server that are right, so that only this answer can be wrong.
        others = {**DEFAULTS, "site": "demo", "target": "ssh", "host": "server1.example.org"}
        wrong = complaint({**others, key: value})
        if wrong:
            raise click.BadParameter(f"{wrong}.")
        return value

    return text


@click.command
@click.option("--defaults", is_flag=True, help="Ask nothing: write an example that can be deployed as it is.")
@click.option("--name", type=answer("name"), help=f"{QUESTIONS['name']}.")
@click.option("--domain", type=answer("domain"), help=f"{QUESTIONS['domain']}.")
@click.option("--email", type=answer("email"), help=f"{QUESTIONS['email']}.")
@click.option("--code", type=answer("code"), help="Municipality code of CBS, four digits.")
@click.option("--target", type=click.Choice(TARGETS), help="Where it runs. Default: ssh with --host, else container.")
@click.option("--host", type=answer("host"), help=f"{SERVER['host']}.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of its SSH server.")
@click.option("--user", type=answer("user"), help=f"{SERVER['user']}.")
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Private key to log in with. Default: what ssh itself uses.",
)
@click.option("--site", type=answer("site"), help="Short name on the host. Default: made from the name.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".", metavar="[DIR]")
def init(folder: Path, *, defaults: bool, **options: Any) -> None:  # noqa: ANN401 — one for each answer
    """Write a municipality file to start from, with its secrets, into DIR (default: here).

    What no option gives is asked for on a terminal. Nothing that is there already is overwritten.
    """
    from ddconsul.operations.init import FILE, unprotected
    from ddconsul.operations.init import init as write

    given = {key: _text(value) for key, value in options.items() if value is not None}
    for path in write(folder, _answers(given, defaults=defaults)):
        click.echo(f"Wrote {_short(path)}")
    if unprotected(folder.expanduser()):
        click.echo(
            "warning: add the line *.vault-password to .gitignore: it keeps the secrets' password out of git", err=True
        )
    place = "" if folder == Path() else f" {folder / FILE}"
    click.echo(f"Read {_short(folder / FILE)}, change what you like, then: ddconsul deploy{place}")


def _text(value: object) -> str:
    # Where ddconsul is called is not where the file stands.
    return str(value.absolute()) if isinstance(value, Path) else str(value)


def _answers(given: dict[str, str], *, defaults: bool) -> dict[str, str]:
    """Complete the answers that the options gave."""
    of_server = [key for key in ("host", "port", "user", "key") if key in given]
    if of_server and given.setdefault("target", "ssh") != "ssh":
        raise click.UsageError(f"--{of_server[0]} goes with --target ssh, not with --target {given['target']}.")
    answers = {**DEFAULTS, **given} if defaults else given
    if sys.stdin.isatty() and not defaults:
        return _ask(answers)
    missing = [key for key in _needed(answers) if key not in answers]
    if missing:
        options = ", ".join(f"--{key}" for key in missing)
        hint = "" if defaults else " Or give --defaults, for an example."
        raise click.UsageError(f"This is no terminal to ask it on: give {options}.{hint}")
    return answers


def _needed(answers: dict[str, str]) -> list[str]:
    from ddconsul.instance.models import slug

    needed = [*QUESTIONS, *(["host"] if answers.get("target") == "ssh" else [])]
    return needed if slug(answers.get("name", "demo")) else [*needed, "site"]


def _ask(answers: dict[str, str]) -> dict[str, str]:
    """Ask what is not answered yet; a wrong answer is asked again."""
    for key, question in QUESTIONS.items():
        _ask_one(answers, key, question, DEFAULTS[key])
    if "target" not in answers:
        question = "Where it runs: a container here, a server over ssh, or this machine itself (local)"
        answers["target"] = click.prompt(question, type=click.Choice(TARGETS), default="container")
    if answers["target"] == "ssh":
        for key, question in SERVER.items():
            _ask_one(answers, key, question, "root" if key == "user" else None)
    if "site" in _needed(answers):
        _ask_one(answers, "site", "Short name of the platform, in small letters", "demo")
    return answers


def _ask_one(answers: dict[str, str], key: str, question: str, default: str | None) -> None:
    if key not in answers:
        answers[key] = click.prompt(question, value_proc=answer(key), default=default)


def _short(path: Path) -> str:
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
