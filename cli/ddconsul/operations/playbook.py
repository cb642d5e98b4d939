"""What `deploy`, `status` and `destroy` share: running their playbook on the site's host."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ddconsul import assets
from ddconsul.ansible.command import PlaybookRun
from ddconsul.ansible.runner import new_log, run_playbook
from ddconsul.errors import InterruptedRunError, PreflightError, StepFailedError, UnreachableError
from ddconsul.operations.lock import Owner, host_lock
from ddconsul.translate.inventory import inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ddconsul.ansible.events import Failure, Result
    from ddconsul.errors import DdconsulError
    from ddconsul.instance.models import Instance
    from ddconsul.operations.lock import Lease
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
    diff: bool = False,
    changes: bool | None = None,
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
        diff: Tell what changes in files.
        changes: Whether it may change the host, and so needs its lock; by default all do that are no check,
            except `status`.

    Raises:
        DdconsulError: When it failed; the class tells how far it came.
    """
    owner = Owner(verb, instance.site)
    log = new_log(paths.logs, instance.site, verb)
    alone = changes if changes is not None else not check and verb != "status"
    hidden = list((secrets or {}).values())
    with ExitStack() as during:
        plan = PlaybookRun(
            playbook=assets.playbooks() / f"{verb}.yml",
            roles=assets.roles(),
            inventory=inventory(instance.site, connection),
            variables={**variables, "ddconsul_run": owner.run},
            check=check,
            diff=diff,
        )
        if secrets is not None:
            files = paths.secrets
            plan = replace(
                plan,
                secrets_file=files.file,
                vault_password_file=during.enter_context(files.password_for_ansible()),
                password_passes=not files.password.stored,
            )
            hidden.append(files.password.get().decode(errors="replace"))
        lease = during.enter_context(host_lock(connection, owner, report)) if alone else None
        result = _run_while(lease, plan, log, report, secrets=hidden, stages=stages)
        if result.failure is not None:
            raise failure_error(result.failure, result, place_of(result.failure.about, instance, paths.file))
    return result


def _run_while(
    lease: Lease | None,
    plan: PlaybookRun,
    log: Path,
    report: Callable[[str], None],
    **more: Any,  # noqa: ANN401 — pydantic's or a user's own, of any type
) -> Result:
    """Run a playbook for as long as the host's lock is ours."""
    lost = lease.lost if lease is not None else bool
    try:
        return run_playbook(plan, log, report, stop=lost, **more)
    except InterruptedRunError:
        if not lost():
            raise
        (host,) = plan.inventory["consul"]["hosts"]
        raise UnreachableError(
            "the connection that holds its lock broke off, so that the run stopped",
            host,
            f"Look whether it is up, and run it again. The log: {log}",
        ) from None


def place_of(about: tuple[str, str], instance: Instance, file: Path) -> str:
    """Return where in the municipality file an object is asked for, as file:line; "" when that is nowhere.

    Args:
        about: The object and its field, as a plan names them.
        instance: The checked municipality file.
        file: The file.
    """
    name, field = about
    if not name:
        return ""
    from ddconsul.instance.yaml import places  # noqa: PLC0415 — with the next one: only what was refused is looked up
    from ddconsul.translate.origins import origins  # noqa: PLC0415 — keeps `--help` fast

    known = origins(instance)
    way = known.get(f"{name} {field}") or known.get(name)
    return f"{file.name}:{places.read(file, str(file)).place(way).line}" if way else ""


def failure_error(failure: Failure, result: Result, place: str = "") -> DdconsulError:
    """Return the error that tells a user about a failed step: which one, what it means, what to do.

    Args:
        failure: The step.
        result: The run that it was a part of.
        place: Where in the municipality file that is asked for which failed, if it is known.
    """
    what, todo = failure.message, [f"The log: {result.log}"]
    if failure.meaning is not None:
        what = failure.meaning.what
        todo = [failure.meaning.todo, f"It said: {failure.meaning.quote}", *todo]
    if place:
        return StepFailedError(what, place, _lines(todo))
    if failure.kind == "unreachable":
        if failure.meaning is None:
            todo.insert(0, "Look whether it is up.")
        return UnreachableError(f"cannot be reached: {what}", failure.host, _lines(todo))
    if failure.kind == "preflight":
        return PreflightError(what, failure.host, _lines(todo), [gap.as_dict() for gap in failure.gaps])
    return StepFailedError(f"the step “{failure.task}” failed: {what}", failure.host, _lines(todo))


def _lines(todo: list[str]) -> str:
    return "\n  ".join(todo)
