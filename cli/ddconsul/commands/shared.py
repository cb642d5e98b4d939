"""What the verbs share: options, progress, and reading the municipality file."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ddconsul.errors import DdconsulError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ddconsul.instance.loader import Loaded

file_argument = click.argument("file", type=click.Path(path_type=Path), default="gemeente.yml", required=False)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")


def load_file(file: Path, *, quiet: bool = False) -> Loaded:
    """Read a municipality file, and say its warnings on standard error."""
    from ddconsul.instance.loader import load  # noqa: PLC0415 — keeps `--help` fast

    loaded = load(file)
    for warning in () if quiet else loaded.warnings:
        click.echo(f"warning: {warning}", err=True)
    return loaded


def progress(*, as_json: bool) -> Callable[[str], None]:
    """Return what shows progress: on standard output, or beside the JSON document."""

    def report(line: str) -> None:
        click.echo(line, err=as_json)

    return report


@contextmanager
def showing(*, as_json: bool) -> Iterator[Callable[[str], None]]:
    """Give what shows progress: live on a terminal, and as a log of plain lines elsewhere."""
    if as_json or not sys.stdout.isatty():
        yield progress(as_json=as_json)
        return
    from ddconsul.commands.live import live_progress  # noqa: PLC0415 — only a terminal pays for it

    with live_progress() as live:
        yield live


def settle(report: Callable[[str], None]) -> None:
    """Make room on the terminal for a question."""
    stop = getattr(report, "settle", None)
    if stop is not None:
        stop()


def show_json(document: Mapping[str, Any]) -> None:
    """Print a JSON document."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))


def end_with_json(error: DdconsulError) -> None:
    """Print an error as a JSON document, and end with its exit code."""
    show_json(error.as_dict())
    click.echo(str(error), err=True)
    sys.exit(error.exit_code)


class json_errors:  # noqa: N801 — reads as a statement: `with json_errors(as_json):`
    """With --json, an error is a JSON document too.

    Args:
        wanted: Whether --json was given.
    """

    def __init__(self, wanted: bool) -> None:  # noqa: FBT001 — the only argument
        self._wanted = wanted

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Turn an error of ours into JSON."""
        if self._wanted and isinstance(error, DdconsulError):
            end_with_json(error)
