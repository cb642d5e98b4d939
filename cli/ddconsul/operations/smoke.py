"""Proves that a municipality file deploys: into a throwaway container, looked at from all sides, and gone again."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from ddconsul import assets
from ddconsul.addresses import masked
from ddconsul.errors import InputError, InterruptedRunError, UnreachableError
from ddconsul.instance.kinds.values import is_url
from ddconsul.instance.loader import load
from ddconsul.instance.models import Consul, ContainerTarget, Tls, slug
from ddconsul.operations.checks import administrator, host, public
from ddconsul.operations.checks.browser import Browser
from ddconsul.operations.checks.check import Finding, Outcome, run_checks
from ddconsul.operations.checks.citizen import Citizen
from ddconsul.operations.checks.host import Host
from ddconsul.operations.checks.result import SmokeResult
from ddconsul.operations.checks.site import Site
from ddconsul.operations.checks.visitor import Visitor
from ddconsul.operations.demo import to_yaml
from ddconsul.operations.demo_notes import Choice
from ddconsul.operations.deploy import deploy
from ddconsul.operations.init import FILE
from ddconsul.operations.others import of_others, without_others
from ddconsul.operations.source import STANDIN_MARK
from ddconsul.operations.throwaway import start_from_image, stoppable, throwaway
from ddconsul.paths import Paths
from ddconsul.secrets import ADMINISTRATOR_PASSWORD, write_private
from ddconsul.targets.container import ContainerTarget as Container
from ddconsul.targets.factory import target_for
from ddconsul.targets.trust import certificates

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddconsul.instance.models import Instance
    from ddconsul.operations.source import Source

    Report = Callable[[str], None]

_MARKS = {Outcome.PASSED: "ok      ", Outcome.FAILED: "FAILED  ", Outcome.SKIPPED: "skipped "}


@dataclass(frozen=True)
class Plan:
    """A municipality file that is about to be tried.

    Args:
        file: The file, as the user named it.
        instance: What it says.
        choice: Which Consul it is tried with.
    """

    file: str
    instance: Instance
    choice: Choice


def plan(file: Path, reachable: Callable[[str], bool]) -> Plan:
    """Read a municipality file, and choose the Consul that it is tried with.

    Args:
        file: The file.
        reachable: Tells whether a git repository answers.

    Raises:
        InputError: When the file is not right.
    """
    # Nobody reads what stands in a throwaway container.
    instance = load(file, finished=False).instance
    return Plan(str(file), instance, choose(instance.consul.source, reachable))


def choose(source: str, reachable: Callable[[str], bool]) -> Choice:
    """Return the Consul of the file when it is here or can be reached, and otherwise the stand-in."""
    if not is_url(source):
        return Choice(source, standin=(Path(source) / STANDIN_MARK).is_file())
    if reachable(source):
        return Choice(source, standin=False)
    return Choice(str(assets.standin()), standin=True, unreachable=masked(source))


def adapt(instance: Instance, site: str, choice: Choice) -> Instance:
    """Return the instance as it is tried: in a container, needing nobody, with a certificate of the container's own."""
    if choice.standin:
        # Custom code for Consul does not fit the stand-in, and it has one release.
        consul = Consul(source=choice.source)
    else:
        consul = instance.consul.model_copy(update={"source": choice.source})
    return without_others(instance).model_copy(
        update={
            "target": ContainerTarget(type="container", site=site),
            "consul": consul,
            "tls": Tls(mode="off" if instance.tls.mode == "off" else "internal"),
        }
    )


def smoke(wanted: Plan, report: Report, *, keep: bool = False, one_of_many: bool = False) -> SmokeResult:
    """Deploy a file into a throwaway container, check the site, and take it away again.

    What goes wrong is in the result; only a wish to stop comes out of here, after the container is gone.

    Args:
        wanted: What to try.
        report: Takes a line for the user to read.
        keep: Leave the container there, to look at it.
        one_of_many: Whether other files of the run may want the same Consul, so that one build serves them all.

    Raises:
        InterruptedRunError: The user stopped it.
    """
    begin = time.monotonic()
    choice = wanted.choice
    if missing := of_others(wanted.instance):
        report(f"Left out, because a throwaway container has no secrets of theirs: {', '.join(missing)}")
    result = _blank(wanted, standin=choice.standin, unreachable=choice.unreachable)
    try:
        with stoppable(), throwaway(keep=keep) as folder:
            paths = Paths.of_user(folder / FILE)
            result = replace(result, kept=str(paths.file) if keep else "")
            site, deployed = _deploy(wanted, paths, report, one_of_many=one_of_many)
            result = replace(
                result, url=site.url, release=deployed.version, digest=deployed.digest, standin=deployed.standin
            ).found(Finding("deploy", "the file deploys", str(deployed), Outcome.PASSED, time.monotonic() - begin))
            result = result.found(*check_site(site, report))
    except (KeyboardInterrupt, InterruptedRunError) as stop:
        raise InterruptedRunError("Stopped; what was made for it is gone.", wanted.file) from stop
    except Exception as error:  # noqa: BLE001 — the other files of the run go on, and the report has all of them
        result = result.stopped(error, "checks" if result.findings else "deploy")
    return replace(result, seconds=time.monotonic() - begin)


def look(wanted: Plan, url: str, report: Report, *, write: bool = False, log_in: bool = False) -> SmokeResult:
    """Check a site that is there already.

    Args:
        wanted: Its municipality file.
        url: Where it is.
        report: Takes a line for the user to read.
        write: Whether the checks may change it, and look inside it by way of the file's target.
        log_in: Whether the administrator's password goes there, whosever site it may be.

    Raises:
        InterruptedRunError: The user stopped it.
    """
    begin = time.monotonic()
    result = _blank(wanted, url=url)
    try:
        with stoppable():
            paths = Paths.of_user(Path(wanted.file))
            stranger = "" if log_in else whose_else(wanted.instance, url)
            password = "" if stranger else _password(paths, report)
            site = replace(_site_at(wanted, url, password, write=write), stranger=stranger)
            standin, release = identify(site)
            result = replace(result, standin=standin, release=release)
            report(first_line(standin=standin))
            if write:
                site = replace(site, host=_host(wanted.instance, paths, url, report))
            result = result.found(*check_site(site, report))
    except (KeyboardInterrupt, InterruptedRunError) as stop:
        raise InterruptedRunError("Stopped.", wanted.file) from stop
    except Exception as error:  # noqa: BLE001 — the report tells it
        result = result.stopped(error, "checks")
    return replace(result, seconds=time.monotonic() - begin)


def check_site(site: Site, report: Report) -> tuple[Finding, ...]:
    """Look at a site from all sides.

    Args:
        site: The site.
        report: Takes a line for the user to read.
    """
    citizen = Citizen(site)
    checks = [
        *public.checks(site),
        *Browser(site).checks(),
        *administrator.checks(site),
        citizen.registration(),
        # In between: it tells whether the worker works that sends the mail.
        *host.checks(site),
        *citizen.checks(),
    ]
    return run_checks(checks, lambda finding: report(line(finding)))


def identify(site: Site) -> tuple[bool, str]:
    """Return whether a site says that it is the stand-in, and which release it names.

    Raises:
        UnreachableError: When nothing answers there.
    """
    try:
        with Visitor(site) as visitor:
            return visitor.get("/").standin, str(visitor.get("/consul.json").told.get("release", ""))
    except httpx.HTTPError as error:
        todo = "Is the address right, is the site up, and does this machine or network.extra_ca trust its certificate?"
        raise UnreachableError(f"does not answer: {error}", site.url, todo) from error


def first_line(*, standin: bool, unreachable: str = "", source: str = "") -> str:
    """Return what is tried: the first thing to know about all that follows."""
    if not standin:
        return f"Consul Democracy itself{', from ' if source else ''}{masked(source)}."
    because = f": {unreachable} cannot be reached from this machine" if unreachable else ""
    return f"STAND-IN, not Consul Democracy itself{because}."


def line(finding: Finding) -> str:
    """Return a finding as a line for a person."""
    seen = f"expected: {finding.expected}; seen: {finding.seen}" if finding.outcome is Outcome.FAILED else finding.seen
    return f"  {_MARKS[finding.outcome]} {finding.name}: {seen}"


def _blank(wanted: Plan, **values: Any) -> SmokeResult:  # noqa: ANN401 — fields of the result
    return SmokeResult(wanted.file, slug(wanted.instance.municipality.name) or wanted.instance.site, **values)


def _deploy(wanted: Plan, paths: Paths, report: Report, *, one_of_many: bool) -> tuple[Site, Source]:
    """Deploy a file in a container, and return what there is to look at."""
    instance = adapt(wanted.instance, paths.file.parent.name, wanted.choice)
    write_private(paths.file, to_yaml(instance).encode())
    start_from_image(instance, paths, report, make=one_of_many)
    since = int(time.time())
    deployed = deploy(instance, paths, report)
    connection = target_for(instance, paths.state).prepare(report)
    site = Site(
        url=deployed.url,
        instance=instance,
        password=paths.secrets.load()[ADMINISTRATOR_PASSWORD],
        host=Host(instance, paths, connection, urlsplit(deployed.url).netloc, since),
        write=True,
    )
    return site, deployed.source


def whose_else(instance: Instance, url: str) -> str:
    """Return why an address may be somebody else's, who is not to have the administrator's password; "" if it is not.

    Args:
        instance: The checked municipality file.
        url: The address.
    """
    address, domain = urlsplit(url), instance.municipality.domain.lower()
    anyway = "to log in there all the same: --log-in"
    if _on_this_machine(address.hostname):
        return ""
    if address.hostname != domain:
        return f"the password of {domain} is not for {address.hostname}; {anyway}"
    if address.scheme != "https" and instance.tls.mode != "off":
        return f"the password would cross the network unencrypted; {anyway}"
    if address.scheme == "https" and not _vouched_for(instance):
        return f"nobody vouches for a certificate of the host's own (tls.mode, network.extra_ca); {anyway}"
    return ""


def _vouched_for(instance: Instance) -> bool:
    """Tell whether the site's certificate can be one that somebody vouches for."""
    return instance.tls.mode != "internal" or bool(instance.network.extra_ca)


def _on_this_machine(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _site_at(wanted: Plan, url: str, password: str, *, write: bool) -> Site:
    instance = wanted.instance
    # The site of this machine, or of a host that makes its own certificate, has none that others trust.
    trusted = _vouched_for(instance) and not _on_this_machine(urlsplit(url).hostname)
    pems = tuple(pem for path in instance.network.extra_ca for pem in certificates(path)) if trusted else ()
    return Site(url, instance, password, write=write, trusted=trusted, authorities=pems)


def _password(paths: Paths, report: Report) -> str:
    """Return the administrator's password; "" where it is not at hand, as in CI that was not given the vault's."""
    try:
        return paths.secrets.load().get(ADMINISTRATOR_PASSWORD, "")
    except InputError as error:
        report(f"Nobody logs in as the administrator: {error}")
        return ""


def _host(instance: Instance, paths: Paths, url: str, report: Report) -> Host:
    """Return the inside of a site; no container is made for it."""
    target = target_for(instance, paths.state)
    if isinstance(target, Container) and not target.running():
        raise UnreachableError(
            "does not run, so nobody can look inside", target.name, "Name the file of the site, or leave out --write."
        )
    return Host(instance, paths, target.prepare(report), urlsplit(url).netloc)
