"""Looks at a site: a playbook that changes nothing that people see, and for which no container is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddconsul.operations import playbook
from ddconsul.targets.container import ContainerTarget
from ddconsul.targets.factory import target_for
from ddconsul.translate.vars import site_variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddconsul.instance.models import Instance
    from ddconsul.paths import Paths


def look(verb: str, instance: Instance, paths: Paths, report: Callable[[str], None]) -> Mapping[str, Any] | None:
    """Return what a playbook found on a site's host; None when the site's container does not run.

    Args:
        verb: Name of the playbook.
        instance: The checked municipality file.
        paths: Files and folders of the run.
        report: Takes a line for the user to read.

    Raises:
        DdconsulError: When the site's host cannot be reached or looked at.
    """
    target = target_for(instance, paths.state)
    if isinstance(target, ContainerTarget) and not target.running():
        return None
    variables = site_variables(instance, target.public_host(instance.municipality.domain))
    connection = target.prepare(report)
    return playbook.run(verb, instance, paths, connection, variables, report, changes=False).status or {}


def url_of(instance: Instance, paths: Paths) -> str:
    """Return where visitors find a site."""
    return f"{instance.scheme}://{target_for(instance, paths.state).public_host(instance.municipality.domain)}/"
