"""What `deploy`, `status` and `destroy` share: running their playbook on the site's host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddconsul import assets
from ddconsul.ansible.command import PlaybookRun
from ddconsul.ansible.runner import new_log, run_playbook
from ddconsul.errors import PreflightError, StepFailedError, UnreachableError
from ddconsul.translate.inventory import inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddconsul.ansible.events import Failure, Result
    from ddconsul.errors import DdconsulError
    from ddconsul.instance.models import Instance
    from ddconsul.paths import Paths
    from ddconsul.targets.base import Connection


def run(  # noqa: PLR0913 — one argument for each thing a playbook needs
    verb: str,
    instance: Instance,
    paths: Paths,
    connection: Connection,
    variables: Mapping[str, Any],
    report: Callable[[str], None],
    *,
    secrets: Mapping[str, str] | None = None,
    stages: Mapping[str, str] | None = None,
    check: bool = False,
) -> Result:
    """Run the playbook of a verb.

    Args:
        verb: Name of the playbook.
        instance: The checked municipality file.
        paths: Files and folders of the run.
        connection: How the host is reached.
        variables: Extra variables.
        report: Takes a line for the user to read.
        secrets: The site's secrets, when the playbook needs them.
        stages: What to say when a role begins.
        check: Tell what would change, and change nothing.

    Raises:
        DdconsulError: When it failed; the class tells how far it came.
    """
    files = paths.secrets if secrets is not None else None
    plan = PlaybookRun(
        playbook=assets.playbooks() / f"{verb}.yml",
        roles=assets.roles(),
        inventory=inventory(instance.site, connection),
        variables=variables,
        secrets_file=files.file if files else None,
        vault_password_file=files.password_file if files else None,
        check=check,
    )
    log = new_log(paths.logs, instance.site, verb)
    result = run_playbook(plan, log, report, secrets=(secrets or {}).values(), stages=stages)
    if result.failure is not None:
        raise failure_error(result.failure, result)
    return result


def failure_error(failure: Failure, result: Result) -> DdconsulError:
    """Return the error that tells a user about a failed step."""
    log = f"The log: {result.log}"
    if failure.kind == "unreachable":
        return UnreachableError(f"cannot be reached: {failure.message}", failure.host, f"Is it up? {log}")
    if failure.kind == "preflight":
        return PreflightError(failure.message, failure.host, log)
    return StepFailedError(f"the step “{failure.task}” failed: {failure.message}", failure.host, log)
