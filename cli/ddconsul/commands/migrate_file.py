"""`ddconsul migrate-file`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import file_argument, json_errors, json_option, show_json
from ddconsul.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ddconsul.operations.migrate_file import Migration


@click.command("migrate-file")
@file_argument
@click.option("--check", is_flag=True, help="Write nothing: show what would change; exit code 2 when something would.")
@json_option
def migrate_file(file: Path, *, check: bool, as_json: bool) -> None:
    """Rewrite keys in FILE (default: gemeente.yml) that have another name in this version of ddconsul.

    Comments, order and everything else stay as they are.
    """
    from ddconsul.operations.migrate_file import migrate, plan_migration

    with json_errors(as_json):
        migration = plan_migration(file)
        if migration.changes and not check:
            migrate(migration)
    if as_json:
        changes = [{"line": change.line, "old": change.old, "new": change.new} for change in migration.changes]
        left = [problem.as_dict() for problem in migration.left]
        written = bool(changes) and not check
        show_json({"file": str(file), "written": written, "changes": changes, "left": left})
    else:
        click.echo("\n".join(_told(migration, check=check)))
    if migration.left or (check and migration.changes):
        sys.exit(ExitCode.USAGE)


def _told(migration: Migration, *, check: bool) -> Iterator[str]:
    """Yield what was done, or would be."""
    would = "would be" if check else "is now"
    for change in migration.changes:
        yield f"{migration.file}:{change.line}: {change.old} {would} {change.new}"
    yield from map(str, migration.left)
    if not migration.changes and not migration.left:
        yield f"{migration.file}: there is nothing to do."
    if check and migration.changes:
        yield from _difference(migration)


def _difference(migration: Migration) -> Iterator[str]:
    import difflib

    from ddconsul.instance.problems import without_secrets

    name = str(migration.file)
    before, after = (without_secrets(text).splitlines() for text in (migration.before, migration.after))
    yield from difflib.unified_diff(before, after, name, name, lineterm="")
