"""`ddconsul init`."""

from __future__ import annotations

from pathlib import Path

import click

DEFAULTS = {"name": "Voorbeeldgemeente", "domain": "participatie.example.org", "email": "beheer@example.org"}
QUESTIONS = {
    "name": "Name of the municipality",
    "domain": "Domain name of the platform, without https://",
    "email": "E-mail address of the administrator",
}


@click.command
@click.option("--defaults", is_flag=True, help="Ask nothing: write an example that can be deployed as it is.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".", metavar="[DIR]")
def init(folder: Path, *, defaults: bool) -> None:
    """Write a municipality file to start from, with its secrets, into DIR (default: here).

    Nothing that is there already is overwritten.
    """
    from ddconsul.operations.init import FILE, unprotected  # noqa: PLC0415 — keeps `--help` fast
    from ddconsul.operations.init import init as write  # noqa: PLC0415

    answers = DEFAULTS if defaults else {key: _ask(key) for key in QUESTIONS}
    for path in write(folder, answers):
        click.echo(f"Wrote {_short(path)}")
    if unprotected(folder.expanduser()):
        click.echo(
            "warning: add the line *.vault-password to .gitignore: it keeps the secrets' password out of git", err=True
        )
    place = "" if folder == Path() else f" {folder / FILE}"
    click.echo(f"Read {_short(folder / FILE)}, change what you like, then: ddconsul deploy{place}")


def _ask(key: str) -> str:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 — keeps `--help` fast

    from ddconsul.instance.values import Domain, Email, Line  # noqa: PLC0415

    adapter: TypeAdapter[str] = TypeAdapter({"name": Line, "domain": Domain, "email": Email}[key])

    def checked(text: str) -> str:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            context = error.errors()[0]["ctx"]
            raise click.UsageError(f"{text} {context['message']}. {context['todo']}") from None

    answer: str = click.prompt(QUESTIONS[key], default=DEFAULTS[key], value_proc=checked)
    return answer


def _short(path: Path) -> str:
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
