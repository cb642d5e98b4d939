"""Makes demos: sites in containers on this machine, to be looked at and thrown away.

Who uses it is no programmer: what it says, it says in Dutch.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddconsul import assets
from ddconsul.ansible.runner import new_log
from ddconsul.errors import InputError
from ddconsul.instance.kinds.moments import counted_from
from ddconsul.instance.kinds.values import is_url
from ddconsul.instance.loader import load
from ddconsul.instance.models import UPSTREAM, Consul, ContainerTarget, Instance, Tls
from ddconsul.operations import playbook
from ddconsul.operations.day_one import day_one
from ddconsul.operations.demo_base import DemoBase
from ddconsul.operations.demo_notes import (
    Choice,
    DemoError,
    Notes,
    check_name,
    folder_of,
    folders,
    iso,
    nearest,
    now,
    period,
    read_notes,
    write_notes,
)
from ddconsul.operations.deploy import STAGES, Choices, DeployResult, complete_secrets, deploy, gather, outcome
from ddconsul.operations.git import git
from ddconsul.operations.init import FILE, PAGES, render
from ddconsul.operations.lock import only_run
from ddconsul.operations.others import of_others, without_others
from ddconsul.operations.source import STANDIN_MARK, resolve
from ddconsul.paths import Paths, cache_folder, state_folder
from ddconsul.secrets import ADMINISTRATOR_PASSWORD, write_private
from ddconsul.targets.container import ContainerTarget as Container
from ddconsul.targets.container import Making
from ddconsul.targets.machine import check, read_machine
from ddconsul.targets.podman import Podman
from ddconsul.translate.vars import deploy_variables

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from ddconsul.operations.demo_notes import Clock

DEFAULT_NAME = "voorbeeld"
# The site of a demo is named apart, so that no demo ever takes the place of a municipality's own container.
PREFIX = "demo-"
# In MiB: one that runs wild must not take the machine along; what one takes otherwise is well below.
MEMORY = 3072

# Of the host there is nothing left to do, and so nothing to say.
SITE_STAGES = {step: line for step, line in STAGES.items() if step.startswith(("consul_site", "nginx"))}
_SECONDS_TO_REACH = 5
_HEADER = "# Gemaakt door: ddconsul demo up. Dit bestand verdwijnt met: ddconsul demo down\n"


@dataclass(frozen=True)
class Demo:
    """A demo that can be started.

    Args:
        name: Its name.
        notes: What is remembered about it.
        paths: Its files.
        instance: What its municipality file says.
        left_out: Keys of the file that a demo has nobody for.
    """

    name: str
    notes: Notes
    paths: Paths
    instance: Instance
    left_out: tuple[str, ...] = ()

    @property
    def choice(self) -> Choice:
        """Which Consul it runs."""
        return self.notes.choice

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.paths.file.parent


@dataclass(frozen=True)
class Started:
    """A demo that answers.

    Args:
        demo: The demo.
        result: What the deploy gave.
        password: The administrator's password.
    """

    demo: Demo
    result: DeployResult
    password: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        deployed = self.result.as_dict()
        return {
            "name": self.demo.name,
            "url": self.result.url,
            "administrator": {"email": self.result.administrator, "password": self.password},
            "consul": {**deployed["consul"], "unreachable": self.demo.choice.unreachable},
            "municipality": self.demo.instance.municipality.name,
            "file": str(self.demo.paths.file),
            "made": self.demo.notes.made.isoformat(),
            "expires": iso(self.demo.notes.expires),
            "changed": deployed["changed"],
            "changes": deployed["changes"],
            "seconds": deployed["seconds"],
            "log": deployed["log"],
            "stop": f"ddconsul demo down {self.demo.name}",
        }


def plan(
    name: str | None = None,
    *,
    source: str | None = None,
    file: Path | None = None,
    starter: str | None = None,
    lasts: str | None = None,
    clock: Clock = now,
) -> Demo:
    """Write the municipality file of a demo, and choose its Consul.

    A demo that is there keeps its file, its Consul and its time, unless told otherwise.

    Args:
        name: Name of the demo; None for the starter's, or the example's.
        source: Git URL or path of Consul; None to choose.
        file: Municipality file to show; None for the starter or the example.
        starter: Which of the ready-made municipality files to show.
        lasts: How long the demo may stay, as a person writes it: `2d`.
        clock: Tells the time.

    Raises:
        DemoError: When the name is not right, or the demo already runs another Consul.
        InputError: When the file is not right.
    """
    name = name or starter or DEFAULT_NAME
    check_name(name, folders())
    stays = period(lasts) if lasts else None
    folder = folder_of(name)
    before = read_notes(folder)
    # What is asked for once more has begun already.
    with counted_from(day_one(PREFIX + name) if before else None):
        wishes = _wishes(name, file, starter)
    choice = _choose(before.choice if before else None, source, wishes)
    if before is not None and before.choice.standin != choice.standin:
        running = "de stand-in" if before.choice.standin else "Consul zelf"
        raise DemoError(
            f"draait al met {running}, en gegevens gaan niet mee naar de andere",
            f"demo {name}",
            f"Haal hem eerst weg: ddconsul demo down {name} — of kies een andere naam.",
        )
    notes = _renewed(before, choice, stays, clock())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / FILE
    write_private(path, (_HEADER + to_yaml(adapt(wishes, name, choice))).encode())
    write_notes(folder, notes)
    return Demo(name, notes, Paths.of_user(path), load(path).instance, of_others(wishes))


def start(demo: Demo, report: Callable[[str], None]) -> Started:
    """Make a demo, or deploy the one that is there once more.

    Raises:
        DdconsulError: When it failed.
    """
    podman = Podman(read_machine())
    there = Container(demo.instance.site, podman, demo.paths.state).exists()
    # It is a demo: nobody is in the middle of anything, and no vote counts.
    result = (
        deploy(demo.instance, demo.paths, report, choices=Choices(confirmed=True, override="Het is een demo."))
        if there
        else _make(demo, podman, report)
    )
    write_notes(demo.folder, replace(demo.notes, ready=True))
    return Started(demo, result, demo.paths.secrets.load()[ADMINISTRATOR_PASSWORD])


def keep_english(text: str) -> Path:
    """Keep an error, as it was told in English, in a log; return where."""
    log = new_log(state_folder() / "logs", "demo", "error")
    write_private(log, text.encode())
    return log


def choose(reachable: Callable[[str], bool]) -> Choice:
    """Return Consul itself when its source can be reached, and otherwise the stand-in."""
    if reachable(UPSTREAM):
        return Choice(UPSTREAM, standin=False)
    return Choice(str(assets.standin()), standin=True, unreachable=UPSTREAM)


def reachable(url: str) -> bool:
    """Tell whether a git repository answers within a few seconds."""
    try:
        git("ls-remote", "--exit-code", "--tags", "--", url, where=url, limit=_SECONDS_TO_REACH)
    except InputError:
        return False
    return True


def starters() -> dict[str, Path]:
    """Return the municipality files that a demo can show, by name."""
    return {path.stem: path for path in sorted((assets.templates() / "starters").glob("*.yml"))}


def adapt(instance: Instance, name: str, choice: Choice) -> Instance:
    """Return the instance as a demo: in a container of its own, without what only works in the real place.

    A demo sends no mail to inhabitants, has no certificate for the municipality's domain, and nobody logs in through
    a provider of the municipality's.
    """
    consul = Consul(source=choice.source) if choice.standin else _with_source(instance.consul, choice.source)
    target = ContainerTarget(type="container", site=PREFIX + name)
    return without_others(instance).model_copy(update={"target": target, "consul": consul, "tls": Tls()})


def to_yaml(instance: Instance) -> str:
    """Return the instance as a municipality file; paths in it are absolute."""
    from io import StringIO  # noqa: PLC0415 — with the next one: only who writes a file pays for them

    from ruamel.yaml import YAML  # noqa: PLC0415 — keeps `--help` fast

    yaml = YAML(typ="rt", pure=True)
    stream = StringIO()
    yaml.dump(instance.model_dump(mode="json", by_alias=True, exclude_defaults=True), stream)
    return stream.getvalue()


def _make(demo: Demo, podman: Podman, report: Callable[[str], None]) -> DeployResult:
    """Make a demo that is not there: a container of the image that all its likes start from, and a site in it."""
    instance, paths = demo.instance, demo.paths
    with only_run(instance, paths):
        begin = time.monotonic()
        check(podman.machine)
        found = resolve(instance.consul.source, instance.consul.version, paths.sources, report)
        material = gather(instance, found, paths.sources)
        secrets = complete_secrets(instance, paths)
        base = DemoBase(instance, paths, material, found.standin)
        making = Making(lambda say: base.ensure(podman, say), ready=True, memory=MEMORY)
        container = Container(instance.site, podman, paths.state, lambda: base.authorities, making=making)
        connection = container.prepare(report)
        public_host = container.public_host(instance.municipality.domain)
        variables = deploy_variables(instance, material, public_host)
        done = playbook.run("demo", instance, paths, connection, variables, report, secrets=secrets, stages=SITE_STAGES)
        return outcome(instance, public_host, found, done, begin)


def _wishes(name: str, file: Path | None, starter: str | None) -> Instance:
    """Return what the demo has to show: a file, a starter, what it showed before, or the example."""
    if file is not None and starter is not None:
        raise DemoError("gaan niet samen", "--file en --starter", "Geef er een van de twee.")
    if starter is not None:
        return _starter(name, starter)
    kept = folder_of(name) / FILE
    wanted = file or (kept if kept.is_file() else None)
    return load(wanted).instance if wanted else _example(name)


def _starter(name: str, starter: str) -> Instance:
    there = starters()
    if starter not in there:
        hint = f"{nearest(starter, there)} Er zijn: {', '.join(there)}.".strip()
        raise DemoError("is geen voorbeeld dat klaarligt", repr(starter), hint)
    instance = load(there[starter]).instance
    if name in {starter, DEFAULT_NAME}:
        return instance
    named = instance.municipality.model_copy(update={"name": _title(name), "domain": _domain(name)})
    return instance.model_copy(update={"municipality": named})


def _choose(before: Choice | None, source: str | None, wishes: Instance) -> Choice:
    wanted = source or (wishes.consul.source if wishes.consul.source != UPSTREAM else None)
    # The stand-in moves along with ddconsul itself.
    if before is not None and before.standin and source is None and wanted in {None, before.source}:
        return replace(before, source=str(assets.standin()))
    if wanted is not None:
        place = wanted if is_url(wanted) else str(Path(wanted).expanduser().absolute())
        return Choice(place, standin=(Path(place) / STANDIN_MARK).is_file())
    return before or choose(reachable)


def _renewed(before: Notes | None, choice: Choice, stays: timedelta | None, at: datetime) -> Notes:
    """Return the notes of a demo that is asked for (once more): who asks for it after its time, wants it to stay."""
    notes = before or Notes(choice, made=at)
    over = notes.expired(at)
    return replace(notes, choice=choice, expires=at + stays if stays else None if over else notes.expires)


def _with_source(consul: Consul, source: str) -> Consul:
    return consul.model_copy(update={"source": source})


def _example(name: str) -> Instance:
    answers = {"name": _title(name), "domain": _domain(name), "email": "beheer@example.org"}
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="demo-", dir=cache_folder()) as scratch:
        file = Path(scratch) / FILE
        file.write_text(render(answers, str(assets.templates() / PAGES)), encoding="utf-8")
        # The texts to start from are not finished, and a demo has nobody to finish them.
        return load(file).instance.model_copy(update={"pages": {}})


def _title(name: str) -> str:
    return "Voorbeeldgemeente" if name == DEFAULT_NAME else name.replace("-", " ").title()


def _domain(name: str) -> str:
    return f"{name.strip('-')}.example.org"
