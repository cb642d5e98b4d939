"""What the verbs share: options, progress, and reading the municipality file."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ddconsul.commands.completion import municipality_files
from ddconsul.errors import DdconsulError, of_this_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ddconsul.ansible.events import Stage
    from ddconsul.commands.live import LiveProgress
    from ddconsul.commands.plain import PlainProgress
    from ddconsul.instance.loader import Loaded
    from ddconsul.instance.models import Instance
    from ddconsul.paths import Paths

Found = TypeVar("Found")

file_argument = click.argument(
    "file",
    type=click.Path(path_type=Path),
    default="gemeente.yml",
    required=False,
    shell_complete=municipality_files,
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")

verbose_option = click.option(
    "-v", "--verbose", count=True, help="Show what Ansible prints instead of the stages; -vv and more: its own -v."
)


def load_file(file: Path, *, quiet: bool = False, finished: bool = True) -> Loaded:
    """Read a municipality file for its site, and say its warnings on standard error.

    Args:
        file: The file.
        quiet: Say no warnings.
        finished: Whether what inhabitants will read has to be finished.
    """
    from ddconsul.operations.day_one import load_for_site

    loaded = load_for_site(file, finished=finished)
    for warning in () if quiet else loaded.warnings:
        click.echo(f"warning: {warning}", err=True)
    return loaded


def open_file(file: Path, *, quiet: bool = False, finished: bool = True) -> tuple[Loaded, Paths]:
    """Read a municipality file for a run on its site, and ask for its secrets' password before anything begins.

    Args:
        file: The file.
        quiet: Say no warnings.
        finished: Whether what inhabitants will read has to be finished.
    """
    from ddconsul.paths import Paths

    loaded = load_file(file, quiet=quiet, finished=finished)
    paths = Paths.of_user(loaded.path)
    paths.secrets.unlock()
    return loaded, paths


def look_at(
    file: Path, look: Callable[[Instance, Paths, Callable[[str], None]], Found], *, as_json: bool, verbose: int
) -> Found:
    """Read a municipality file and return what is seen of its site; the file may be unfinished, and nothing is asked.

    Args:
        file: The file.
        look: Looks at the site.
        as_json: Whether standard output is for a JSON document.
        verbose: How many times -v was given.
    """
    from ddconsul.paths import Paths

    with json_errors(as_json):
        loaded = load_file(file, quiet=True, finished=False)
        with showing(as_json=as_json, verbose=verbose) as report:
            return look(loaded.instance, Paths.of_user(loaded.path), report)


def say(text: str = "", *, err: bool = False, color: bool | None = None) -> None:
    """Print a line; where nobody reads on (`| head`), go on in silence: the run, and how it ends, matter more.

    Args:
        text: The line.
        err: Print it on standard error.
        color: Whether marks for a terminal stay in it; None to let click decide.
    """
    try:
        click.echo(text, err=err, color=color)
    except BrokenPipeError:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, (sys.stderr if err else sys.stdout).fileno())
        os.close(nothing)


def progress(*, as_json: bool) -> Callable[[str], None]:
    """Return what shows progress: on standard output, or beside the JSON document."""

    def report(line: str) -> None:
        # What looks like colour is GitLab's mark of a section; without it there is none to take out.
        say(line, err=as_json, color=True)

    return report


@contextmanager
def showing(*, as_json: bool, verbose: int = 0) -> Iterator[LiveProgress | PlainProgress]:
    """Give what shows progress: live on a terminal, as a log of plain lines elsewhere.

    With --json it stands beside the document, on standard error.

    Args:
        as_json: Whether standard output is for a JSON document.
        verbose: How many times -v was given: from one on, Ansible's own output takes the place of the stages.
    """
    shown = _progress(as_json=as_json, verbose=verbose)
    with _ended_like_ctrl_c():
        try:
            yield shown
        except BaseException as error:
            shown.fail(error)
            raise
    shown.settle()


def _progress(*, as_json: bool, verbose: int) -> LiveProgress | PlainProgress:
    from ddconsul.commands.plain import AnsibleProgress, progress_for

    say = progress(as_json=as_json)
    if verbose:
        return AnsibleProgress(say, verbose)
    stream = sys.stderr if as_json else sys.stdout
    # A terminal that moves no cursor is a log too.
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        return progress_for(os.environ, say)
    from rich.console import Console

    from ddconsul.commands.live import LiveProgress

    return LiveProgress(Console(stderr=as_json))


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """Let a request to end do what Ctrl-C does: stop cleanly, with a sentence."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = [(number, signal.signal(number, stop)) for number in (signal.SIGTERM, signal.SIGHUP)]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


contents_option = click.option(
    "--contents",
    is_flag=True,
    help="Only what Consul contains: settings, pages, people. Quicker, and restarts nothing.",
)


def enforce_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that let the file win over edits in the admin pages."""
    every = click.option("--enforce", is_flag=True, help="Undo all edits in the admin pages of what the file governs.")
    some = click.option(
        "--enforce-only", metavar="OBJECT", multiple=True, help='The same for one thing, such as "setting org_name".'
    )
    return every(some(command))


def enforced(*, enforce: bool, enforce_only: Sequence[str]) -> tuple[str, ...]:
    """Return what the options of `enforce_options` name."""
    return ("*",) if enforce else tuple(enforce_only)


def show_recap(stages: Sequence[Stage], *, err: bool = False) -> None:
    """Print what a run did, a line for each of its stages (`Result.stages`)."""
    from ddconsul.commands.plain import recap_lines

    for line in recap_lines(stages):
        click.echo(line, err=err)


def settle(report: Callable[[str], None]) -> None:
    """Make room on the terminal for a question."""
    stop = getattr(report, "settle", None)
    if stop is not None:
        stop()


def show_json(document: Mapping[str, Any]) -> None:
    """Print a JSON document."""
    say(json.dumps(document, indent=2, ensure_ascii=False, default=str))


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
        """Turn an error of ours, or of this machine, into JSON."""
        told = error if isinstance(error, DdconsulError) else of_this_machine(error)
        if self._wanted and told is not None:
            end_with_json(told)
