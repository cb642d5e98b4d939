"""`ddconsul smoke`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import json_errors, json_option, progress, say, show_json, showing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ddconsul.operations.checks.result import SmokeResult
    from ddconsul.operations.smoke import Plan

    Report = Callable[[str], None]


@click.command
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, metavar="[FILE]...")
@click.option("--against", metavar="URL", help="Check the site of FILE that is there already; deploy nothing.")
@click.option("--write", is_flag=True, help="With --against: register a citizen, and look inside by FILE's target.")
@click.option(
    "--log-in", is_flag=True, help="With --against: give URL the administrator's password, whosever site it may be."
)
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), metavar="XML", help="Write a JUnit report.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Files at a time; by default what fits here.")
@click.option("--keep", is_flag=True, help="Leave the containers there, to look at them.")
@json_option
def smoke(  # noqa: PLR0913 — one argument for each option
    files: tuple[Path, ...],
    *,
    against: str | None,
    write: bool,
    log_in: bool,
    junit: Path | None,
    jobs: int | None,
    keep: bool,
    as_json: bool,
) -> None:
    """Deploy each FILE (default: gemeente.yml) into a throwaway container and check the site; 9 when a check fails.

    A folder stands for the files in it.
    """
    from ddconsul.operations.checks.result import worst

    files = files or (Path("gemeente.yml"),)
    _refuse_contradictions(against, write=write, log_in=log_in, jobs=jobs, keep=keep)
    with json_errors(as_json):
        results = (
            _look(files, against, write=write, log_in=log_in, as_json=as_json)
            if against
            else _try(files, jobs, keep=keep, as_json=as_json)
        )
        if junit is not None:
            _write_report(results, junit)
    code = worst(results)
    if as_json:
        show_json({"exit_code": int(code), "files": [result.as_dict() for result in results]})
    elif len(results) > 1:
        for result in results:
            say(summary(result))
    sys.exit(code)


def _refuse_contradictions(against: str | None, *, write: bool, log_in: bool, jobs: int | None, keep: bool) -> None:
    if against is None and write:
        raise click.UsageError("--write goes with --against: a throwaway container is always written to.")
    if against is None and log_in:
        raise click.UsageError("--log-in goes with --against: a throwaway container has a password of its own.")
    if against is not None and (keep or jobs):
        raise click.UsageError("--keep and --jobs are about containers; --against makes none.")
    if against is not None and not against.startswith(("http://", "https://")):
        raise click.UsageError(f"--against wants an address, such as https://{against.rstrip('/')}/.")


def _look(files: Sequence[Path], url: str, *, write: bool, log_in: bool, as_json: bool) -> list[SmokeResult]:
    from ddconsul.operations.smoke import look, plan

    if len(files) > 1 or files[0].is_dir():
        raise click.UsageError("--against is about one site: name its municipality file, and no other.")
    # What runs there is seen there, so nobody has to be asked what could be reached.
    wanted = plan(files[0], lambda _: True)
    with showing(as_json=as_json) as report:
        result = look(wanted, f"{url.rstrip('/')}/", report, write=write, log_in=log_in)
    _conclude(result, as_json=as_json)
    return [result]


def _try(files: Sequence[Path], jobs: int | None, *, keep: bool, as_json: bool) -> list[SmokeResult]:
    from ddconsul.instance.several import files_in
    from ddconsul.operations.side_by_side import room, side_by_side
    from ddconsul.operations.smoke import smoke as run
    from ddconsul.operations.throwaway import sweep

    plans, results = _plans(files)
    _announce(plans, as_json=as_json)
    for result in results:
        _conclude(result, as_json=as_json)
    sweep()
    if len(plans) == 1:
        with showing(as_json=as_json) as report:
            results.append(run(plans[0], report, keep=keep))
        _conclude(results[-1], as_json=as_json)
        return results
    work = partial(run, keep=keep, one_of_many=True)
    for result in side_by_side(plans, jobs or room(plans), work, progress(as_json=as_json)):
        _conclude(result, as_json=as_json)
        results.append(result)
    order = {str(file): place for place, file in enumerate(files_in(files))}
    return sorted(results, key=lambda result: order[result.file])


def _plans(files: Sequence[Path]) -> tuple[list[Plan], list[SmokeResult]]:
    """Read the files; those that are not right have their result already."""
    from functools import cache

    from ddconsul.errors import DdconsulError
    from ddconsul.instance.several import files_in
    from ddconsul.operations.checks.result import SmokeResult
    from ddconsul.operations.demo import reachable
    from ddconsul.operations.smoke import plan

    plans, results = [], []
    once = cache(reachable)
    for file in files_in(files):
        try:
            plans.append(plan(file, once))
        except DdconsulError as error:
            results.append(SmokeResult(str(file)).stopped(error, "file"))
    return plans, results


def _announce(plans: Sequence[Plan], *, as_json: bool) -> None:
    from ddconsul.operations.smoke import first_line

    choices = dict.fromkeys(plan.choice for plan in plans)
    # The stand-in first: nobody may miss it.
    for choice in sorted(choices, key=lambda choice: not choice.standin):
        text = first_line(standin=choice.standin, unreachable=choice.unreachable, source=choice.source)
        say(text, err=as_json)


def _conclude(result: SmokeResult, *, as_json: bool) -> None:
    if result.error:
        say(result.error, err=True)
    if result.kept:
        what = result.url or "the container"
        say(f"Kept: {what} — remove it with: ddconsul destroy --yes {result.kept}", err=as_json)
    say(summary(result), err=as_json)


def summary(result: SmokeResult) -> str:
    """Return one line about a file."""
    from ddconsul.operations.checks.check import Outcome

    counts = ", ".join(f"{result.count(outcome)} {outcome}" for outcome in Outcome)
    end = f"stopped ({result.stage})" if result.error else "failed" if result.exit_code else "passed"
    kind = " on the stand-in" if result.standin else ""
    return f"{result.file}: {end}{kind}: {counts}, {result.seconds:.0f} s"


def _write_report(results: Sequence[SmokeResult], file: Path) -> None:
    from ddconsul.errors import InputError
    from ddconsul.operations.junit import junit

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(junit(results), encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written to: {error.strerror}", str(file)) from error
