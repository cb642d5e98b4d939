"""Makes a site match its municipality file."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddconsul.errors import InputError
from ddconsul.instance.sections.participation import sentence
from ddconsul.operations import playbook, source
from ddconsul.operations.brand import make_brand
from ddconsul.operations.changes import cautions_of, changes_of, effects_of, held_of, unified
from ddconsul.operations.lock import only_run
from ddconsul.operations.vocabulary import own_words
from ddconsul.secrets import LETTERS_KEY, OIDC_CLIENT_SECRET, SMTP_PASSWORD
from ddconsul.targets.factory import target_for
from ddconsul.targets.trust import authorities, certificates
from ddconsul.translate.vars import Material, deploy_variables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ddconsul.ansible.events import Finding, Result, Stage
    from ddconsul.instance.models import Instance
    from ddconsul.operations.changes import Change, Effect
    from ddconsul.operations.source import Source
    from ddconsul.paths import Paths

# What to say when a role (or one file of its tasks) begins.
STAGES = {
    "base": "Preparing the host",
    "ruby": "Installing Ruby",
    "postgresql": "Setting up the database server",
    "memcached": "Setting up the cache",
    "consul_build:begin": "Beginning a build of Consul (minutes, once per build and host)",
    "consul_build:compile": "Making the build: gems, assets, a seeded database",
    "nginx": "Setting up the web server",
    "consul_site:prepare": "Preparing the site: account, database, configuration",
    "consul_build:finish": "Finishing the build",
    "consul_site:start": "Starting the site: release, services",
    "consul_site:contents": "Writing what Consul contains",
    "consul_site:verify": "Checking that the site answers",
}


@dataclass(frozen=True)
class Choices:
    """What somebody decided about this run.

    Args:
        enforce: What takes the file's value although it was edited in the admin pages: objects, or "*" for all of it.
        confirmed: Whether somebody agreed with what it ends for inhabitants.
        contents: Leave everything else as it is: how the site runs, and on what.
        override: Why it changes what people are voting on; "" to leave that alone.
    """

    enforce: Sequence[str] = ()
    confirmed: bool = False
    contents: bool = False
    override: str = ""

    def as_variables(self) -> dict[str, Any]:
        """Return them as variables of the roles."""
        return {
            "consul_site_enforce": list(self.enforce),
            "consul_site_confirmed": self.confirmed,
            "consul_site_override": self.override,
        }


NOTHING_CHOSEN = Choices()


@dataclass(frozen=True)
class DeployResult:
    """A site that matches its file; or with `check`, what would make it so.

    Args:
        site: Its short name.
        url: Where inhabitants find it.
        domain: The domain name in the municipality file.
        administrator: E-mail address to log in with.
        source: Which Consul runs.
        changed: How many steps changed something.
        seconds: How long it took.
        log: The log.
        changes: What changed, and what was edited in the admin pages and kept.
        steps: Names of the steps that changed something.
        stages: The parts of the run.
        command: A line for a shell that does the same by hand.
        diffs: What changes in files, as unified diffs.
        notices: What the preflight found that stops nothing.
        cautions: What it ends for inhabitants: a module that goes off while something in it is open.
        held: What people are voting on, and would change under them: refused without a reason.
        participation: Who may take part, with what that proves and what it doesn't.
        check: Whether this only tells what would change.
    """

    site: str
    url: str
    domain: str
    administrator: str
    source: Source
    changed: int
    seconds: float
    log: Path
    changes: tuple[Change, ...] = ()
    steps: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    command: str = ""
    diffs: tuple[str, ...] = ()
    notices: tuple[Finding, ...] = ()
    cautions: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    participation: str = ""
    check: bool = False

    @property
    def made(self) -> tuple[Change, ...]:
        """What really changes."""
        return tuple(change for change in self.changes if change.made)

    @property
    def kept(self) -> tuple[Change, ...]:
        """What was edited in the admin pages, and stays."""
        return tuple(change for change in self.changes if change.action == "kept")

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """What was changed in the admin pages and in the file too: nothing is done without a choice."""
        return tuple(change for change in self.changes if change.action == "conflict")

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What inhabitants notice."""
        return effects_of(self.changes)

    def as_dict(self) -> dict[str, Any]:
        """Return the result as `--json` shows it."""
        return {
            "site": self.site,
            "url": self.url,
            "domain": self.domain,
            "administrator": self.administrator,
            "consul": {
                "version": self.source.version,
                "source": self.source.origin,
                "digest": self.source.digest,
                "standin": self.source.standin,
            },
            "changed": self.changed,
            "changes": [change.as_dict() for change in self.made],
            "kept": [change.as_dict() for change in self.kept],
            "conflicts": [change.as_dict() for change in self.conflicts],
            "effects": [{"text": effect.text, "seconds": effect.seconds} for effect in self.effects],
            "steps": list(self.steps),
            "notices": [notice.as_dict() for notice in self.notices],
            "cautions": list(self.cautions),
            "held": list(self.held),
            "participation": self.participation,
            "seconds": round(self.seconds, 1),
            "command": self.command,
            "log": str(self.log),
            "check": self.check,
        }


def deploy(
    instance: Instance,
    paths: Paths,
    report: Callable[[str], None],
    *,
    check: bool = False,
    choices: Choices = NOTHING_CHOSEN,
    smtp_password: Callable[[], str | None] = lambda: None,
) -> DeployResult:
    """Make a site match its municipality file.

    All that can be wrong on this machine is found before a host is touched.

    Args:
        instance: The checked municipality file.
        paths: Files and folders of the run.
        report: Takes a line for the user to read.
        check: Tell what would change, and change nothing on the host.
        choices: What somebody decided about this run.
        smtp_password: Asked for the mail server's password when the secrets lack it.

    Raises:
        DdconsulError: When it failed; the class tells how far it came.
    """
    with only_run(instance, paths):
        return _deploy(instance, paths, report, check=check, choices=choices, smtp_password=smtp_password)


def _deploy(
    instance: Instance,
    paths: Paths,
    report: Callable[[str], None],
    *,
    check: bool,
    choices: Choices,
    smtp_password: Callable[[], str | None],
) -> DeployResult:
    begin = time.monotonic()
    found = source.resolve(instance.consul.source, instance.consul.version, paths.sources, report)
    report(str(found))
    secrets = complete_secrets(instance, paths, smtp_password)
    material = gather(instance, found, paths.sources)
    target = target_for(instance, paths.state)
    connection = target.prepare(report)
    # Only now: a new container has a port from here on.
    public_host = target.public_host(instance.municipality.domain)
    result = playbook.run(
        "contents" if choices.contents else "deploy",
        instance,
        paths,
        connection,
        {**deploy_variables(instance, material, public_host), **choices.as_variables()},
        report,
        secrets=secrets,
        stages=STAGES,
        check=check,
        diff=check,
    )
    return outcome(instance, public_host, found, result, begin, check=check)


def outcome(
    instance: Instance, public_host: str, found: Source, result: Result, begin: float, *, check: bool = False
) -> DeployResult:
    """Return what a run came to.

    Args:
        instance: The checked municipality file.
        public_host: Host (and port) under which a browser finds the site.
        found: Which Consul runs.
        result: What the playbook did.
        begin: When the whole of it began, by the monotonic clock.
        check: Whether this only tells what would change.
    """
    return DeployResult(
        site=instance.site,
        url=f"{instance.scheme}://{public_host}/",
        domain=instance.municipality.domain,
        administrator=instance.administrators[0].email,
        source=found,
        changed=result.changed,
        seconds=time.monotonic() - begin,
        log=result.log,
        changes=changes_of(result.steps, instance.site),
        steps=result.changes,
        stages=result.stages,
        command=result.command,
        diffs=tuple(diff for step in result.steps for diff in unified(step.result)),
        notices=result.notices,
        cautions=cautions_of(result.steps),
        held=held_of(result.steps),
        participation=sentence(instance.participation.verification),
        check=check,
    )


def gather(instance: Instance, found: Source, cache: Path) -> Material:
    """Pack and read what the playbook sends along: custom code, a mirror of gems, certificates."""
    overlay, overlay_digest = "", ""
    if instance.consul.overlay is not None:
        archive, overlay_digest = source.overlay(instance.consul.overlay, cache)
        overlay = str(archive)
    mirror = instance.consul.gems_mirror
    gems = source.gems_archive(Path(mirror), cache) if mirror and "://" not in mirror else ""
    named = [(path, certificates(path)) for path in instance.network.extra_ca]
    return Material(
        archive=str(found.archive),
        archive_digest=found.digest,
        gems=found.gems,
        packages=found.packages,
        standin=found.standin,
        overlay=overlay,
        overlay_digest=overlay_digest,
        gems_archive=str(gems),
        registries={} if found.standin else source.registries(found.archive),
        brand=str(make_brand(instance, cache.parent / "brand")),
        words=own_words(instance, found.archive),
        extra_ca=tuple((authority["name"], authority["pem"]) for authority in authorities(named)),
    )


def complete_secrets(
    instance: Instance, paths: Paths, smtp_password: Callable[[], str | None] = lambda: None
) -> dict[str, str]:
    """Return the site's secrets; make those that are missing.

    Raises:
        InputError: When the mail server asks for a password that nobody gave, or a secret of participation is missing.
    """
    _secrets_of_participation(instance, paths)
    smtp = instance.mail.smtp
    if smtp is None or smtp.user is None or paths.secrets.load().get(SMTP_PASSWORD):
        return paths.secrets.complete()
    password = smtp_password()
    if not password:
        raise InputError(
            "has no smtp_password, and mail.smtp.user is given",
            str(paths.secrets.file),
            "Run deploy in a terminal: it asks for the password. Or set DDCONSUL_SMTP_PASSWORD for one run.",
        )
    return paths.secrets.complete({SMTP_PASSWORD: password})


def _secrets_of_participation(instance: Instance, paths: Paths) -> None:
    section = instance.participation
    needed = {
        OIDC_CLIENT_SECRET: (section.log_in.oidc, "log_in.oidc", f"ddconsul secrets set {OIDC_CLIENT_SECRET}"),
        LETTERS_KEY: (section.codes, "codes", "Restore the secrets that the codes of the letters were made with."),
    }
    present = paths.secrets.load() if any(value for value, _, _ in needed.values()) else {}
    for name, (value, where, todo) in needed.items():
        if value is not None and not present.get(name):
            raise InputError(f"has no {name}, and participation.{where} is given", str(paths.secrets.file), todo)
