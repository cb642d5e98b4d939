"""Removes a site: its pages, database, files and services. Other sites on the host stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.operations import playbook
from ddconsul.operations.lock import only_run
from ddconsul.targets.factory import target_for
from ddconsul.translate.vars import site_variables

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddconsul.instance.models import Instance
    from ddconsul.paths import Paths


def destroy(instance: Instance, paths: Paths, report: Callable[[str], None]) -> int:
    """Remove a site; on this machine the municipality file and its secrets stay.

    Args:
        instance: The checked municipality file.
        paths: Files and folders of the run.
        report: Takes a line for the user to read.

    Returns:
        How many changes there were: 0 when there was no site.

    Raises:
        DdconsulError: When it failed.
    """
    with only_run(instance, paths, "destroy"):
        return _destroy(instance, paths, report)


def _destroy(instance: Instance, paths: Paths, report: Callable[[str], None]) -> int:
    target = target_for(instance, paths.state)
    if instance.target.type == "container":
        # The site is all that its container holds; what removes nothing says nothing.
        said: list[str] = []

        def note(line: str) -> None:
            said.append(line)
            report(line)

        target.remove(note)
        return len(said)
    connection = target.prepare(report)
    report(f"Removing site {instance.site}")
    variables = site_variables(instance, target.public_host(instance.municipality.domain))
    changed = playbook.run("destroy", instance, paths, connection, variables, report).changed
    target.remove(report)
    return changed
