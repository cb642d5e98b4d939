"""`ddconsul validate`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ddconsul.commands.shared import json_errors, json_option
from ddconsul.errors import ExitCode, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddconsul.instance.loader import Inspected
    from ddconsul.instance.problems import Problem


@click.command
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, metavar="[FILE]...")
@json_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "junit"]),
    default="text",
    help="How to tell it: to a person, or to CI. json is what --json gives.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to this file.")
def validate(files: tuple[Path, ...], *, as_json: bool, form: str, output: Path | None) -> None:
    """Check each FILE (default: gemeente.yml), and say every problem with its place.

    A FILE may be a folder: then the municipality files in it are checked. Several files are also held against each
    other: no two of them may be for the same site.
    """
    from ddconsul.instance.several import files_in, inspect_all

    form = "json" if as_json else form
    chosen = files or (Path("gemeente.yml"),)
    with json_errors(form == "json"):
        found = inspect_all(files_in(chosen))
        report = _report(found, form, alone=len(found) == 1 and not chosen[0].is_dir())
        if output is not None:
            _write(output, report)
    if output is None and report:
        click.echo(report, nl=False)
    _tell(found, quiet=form != "text")
    if any(one.problems for one in found):
        sys.exit(ExitCode.USAGE)


def _tell(found: Sequence[Inspected], *, quiet: bool) -> None:
    """Say what is wrong on standard error, where a report does not get in its way."""
    from ddconsul.instance.problems import told_once

    for one in found:
        for warning in () if quiet else one.warnings:
            click.echo("warning: " + _text(warning, "yellow"), err=True)
        for problem, others in told_once(one.problems):
            click.echo("\n".join([_text(problem, "red"), *others]), err=True)
    count, wrong = sum(len(one.problems) for one in found), [one for one in found if one.problems]
    if count > 1:
        where = wrong[0].document.file if len(wrong) == 1 else f"{len(wrong)} of {len(found)} files"
        click.echo(f"{count} problems in {where}", err=True)


def _text(problem: Problem, colour: str) -> str:
    """Return a problem as a person reads it, in colour on a terminal that has it."""
    if os.environ.get("NO_COLOR") or not sys.stderr.isatty():
        return str(problem)
    excerpt = problem.excerpt()
    lines = [click.style(f"{problem.place}: ", bold=True) + click.style(problem.sentence, fg=colour, bold=True)]
    if excerpt:
        lines += [excerpt[0], click.style(excerpt[1], fg=colour, bold=True)]
    return "\n".join([*lines, f"  {problem.todo}"] if problem.todo else lines)


def _report(found: Sequence[Inspected], form: str, *, alone: bool) -> str:
    """Return what goes to standard output, or into the file."""
    if form == "text":
        return "".join(f"{_right(one)}\n" for one in found if not one.problems)
    if form == "json":
        document: dict[str, Any] = _as_dict(found[0]) if alone else _summary(found)
        return _json({**document, "files": [_as_dict(one) for one in found]})
    from ddconsul.instance.reports import junit, sarif

    return junit(found) if form == "junit" else _json(sarif(found))


def _right(one: Inspected) -> str:
    instance = one.known
    assert instance is not None  # noqa: S101 — for mypy: a file without problems
    place = f"site {instance.site} of {instance.municipality.name}, {instance.municipality.domain}"
    from ddconsul.instance.sections.participation import sentence

    lines = [f"{one.document.file} is right: {place}"]
    if "verification" in instance.participation.model_fields_set:
        lines.append(click.wrap_text(sentence(instance.participation.verification), 78, "  ", "  "))
    return "\n".join(lines)


def _as_dict(one: Inspected) -> dict[str, Any]:
    """Return what was found in one file, as `--json` shows it."""
    warnings = [warning.as_dict() for warning in one.warnings]
    if one.problems:
        from ddconsul.instance.problems import InvalidFileError

        return {"file": one.document.file, "valid": False, **InvalidFileError(one.problems).as_dict()}
    known = one.known
    assert known is not None  # noqa: S101 — for mypy: a file without problems
    from ddconsul.instance.sections.participation import sentence

    participation = sentence(known.participation.verification)
    about = {"site": known.site, "participation": participation, "warnings": warnings}
    return {"file": one.document.file, "valid": True, **about}


def _summary(found: Sequence[Inspected]) -> dict[str, Any]:
    valid = not any(one.problems for one in found)
    return {"valid": valid, "exit_code": int(ExitCode.OK if valid else ExitCode.USAGE)}


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n"


def _write(output: Path, report: str) -> None:
    try:
        output.write_text(report, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", str(output), "Choose another place.") from error
