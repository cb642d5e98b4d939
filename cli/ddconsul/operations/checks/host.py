"""The inside of a site: its services, its queue, its journal and the mails that it keeps as files."""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ddconsul.operations import playbook
from ddconsul.operations.checks.check import Check, NotSoError, SkippedCheckError
from ddconsul.operations.checks.public import ANSWERS
from ddconsul.targets.process import Command, Outcome, Run, run
from ddconsul.targets.ssh import ssh_argv
from ddconsul.translate.vars import site_variables

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance
    from ddconsul.operations.checks.site import Site
    from ddconsul.paths import Paths
    from ddconsul.targets.base import Connection

FROM_OUTSIDE = "cannot be seen from outside, and putting a job in the queue changes the site: give --write"
LOGGED = "logged as an error: "
# What a job says that failed: the checks of the mail and the queue tell about it.
_FAILED_JOB = "[Worker("
_LISTED = 3


@dataclass(frozen=True)
class Host:
    """The host of a site, reached as a deploy reaches it.

    Args:
        instance: The checked municipality file.
        paths: Files and folders of the run.
        connection: How the host is reached.
        public_host: Host (and port) under which a browser finds the site.
        since: From when on an error counts, in seconds since 1970.
        run: Runs a command.
    """

    instance: Instance
    paths: Paths
    connection: Connection
    public_host: str
    since: int = field(default_factory=lambda: int(time.time()))
    run: Run = run

    @cached_property
    def status(self) -> dict[str, Any]:
        """What the host tells: services, whether a job is done, problems. It is asked once."""
        variables = {**site_variables(self.instance, self.public_host), "consul_site_since": self.since}
        found = playbook.run("status", self.instance, self.paths, self.connection, variables, lambda _: None)
        return dict(found.status or {})

    def unit(self, part: str) -> str:
        """Return the name of one of the site's units."""
        return f"ddconsul-{self.instance.site}-{part}"

    def mail_to(self, recipient: str, seconds: float) -> str:
        """Return the mail to a recipient, which may still have to come; "" when it does not."""
        file = f"/srv/ddconsul/{self.instance.site}/shared/tmp/mails/{recipient}"
        # One log-in waits for it, and a mail that is being written gets the time to be whole.
        waiting = f"for _ in $(seq {int(seconds)}); do [ -s {file} ] && sleep 1 && exec cat {file}; sleep 1; done"
        return self._sh(waiting, seconds + 30).out

    def failed_job(self) -> str:
        """Return why the last job in the queue failed; "" when none did."""
        user = site_variables(self.instance, self.public_host)["consul_site_user"]
        query = "SELECT last_error FROM delayed_jobs WHERE last_error IS NOT NULL ORDER BY updated_at DESC LIMIT 1"
        psql = f"cd / && runuser -u {user} -- psql --no-psqlrc -qAt --dbname {user} --command {shlex.quote(query)}"
        return self._sh(psql, 30).out.partition("\n")[0].strip()

    def _sh(self, script: str, seconds: float) -> Outcome:
        """Run a shell script as root."""
        if self.connection.local:
            return self.run(Command(("sh", "-c", script), timeout=seconds))
        wanted = f"sudo -n sh -c {shlex.quote(script)}" if self.connection.become else script
        return self.run(Command(ssh_argv(self.connection, wanted), timeout=seconds))


def checks(site: Site) -> list[Check]:
    """Return what to look at from the inside."""
    return [
        Check("services", "the web server and the nightly tasks are active", lambda: services(_host(site))),
        Check("job", "a job that is put in the queue is done", lambda: job(_host(site)), needs=(ANSWERS,)),
        Check("journal", "nothing was logged as an error meanwhile", lambda: journal(_host(site))),
    ]


def services(host: Host) -> str:
    """See whether the services are active; the worker's own check is that it works."""
    states = {unit: state for unit, state in _services(host).items() if "-worker." not in unit}
    if set(states.values()) != {"active"}:
        raise NotSoError(", ".join(f"{unit} is {state}" for unit, state in states.items()) or "there are none")
    return ", ".join(sorted(states))


def job(host: Host) -> str:
    """See whether the worker works."""
    if not host.status.get("job_processed"):
        worker = f"{host.unit('worker')}.service"
        raise NotSoError(f"it was not done; {worker} is {_services(host).get(worker, 'not there')}")
    return "done"


def journal(host: Host) -> str:
    """Read what the site's units logged as errors."""
    problems = [str(problem) for problem in host.status.get("problems") or ()]
    errors = [problem.removeprefix(LOGGED) for problem in problems if problem.startswith(LOGGED)]
    errors = [error for error in errors if _FAILED_JOB not in error]
    if errors:
        raise NotSoError("; ".join(errors[:_LISTED]))
    return "no errors"


def _host(site: Site) -> Host:
    if site.host is None:
        raise SkippedCheckError(FROM_OUTSIDE)
    return site.host


def _services(host: Host) -> dict[str, str]:
    found = host.status.get("services")
    return {str(unit): str(state) for unit, state in found.items()} if isinstance(found, dict) else {}
