"""Makes, lists and removes demos: sites in containers on this machine, to be looked at and thrown away."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddconsul import assets
from ddconsul.errors import InputError
from ddconsul.instance.loader import load
from ddconsul.instance.models import UPSTREAM, Consul, ContainerTarget, Instance, Mail, Tls
from ddconsul.instance.values import is_url
from ddconsul.operations.deploy import deploy
from ddconsul.operations.git import git
from ddconsul.operations.init import FILE, render
from ddconsul.operations.source import STANDIN_MARK
from ddconsul.paths import Paths, cache_folder, state_folder
from ddconsul.secrets import ADMINISTRATOR_PASSWORD, write_private
from ddconsul.targets.container import LABEL, LABEL_HTTP, LABEL_STATE
from ddconsul.targets.container import ContainerTarget as Container
from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddconsul.operations.deploy import DeployResult

DEFAULT_NAME = "voorbeeld"
# The site of a demo is named apart, so that no demo ever takes the place of a municipality's own container.
PREFIX = "demo-"
NAME = re.compile(r"[a-z][a-z0-9-]{0,14}")

_NOTES = "demo.json"
_SECONDS_TO_REACH = 5
_HEADER = "# Gemaakt door: ddconsul demo up. Dit bestand verdwijnt met: ddconsul demo down\n"


@dataclass(frozen=True)
class Choice:
    """Which Consul a demo runs.

    Args:
        source: Git URL or path.
        standin: Whether it is the stand-in.
        unreachable: The address that could not be reached, when that is why it is the stand-in.
    """

    source: str
    standin: bool
    unreachable: str = ""


@dataclass(frozen=True)
class Demo:
    """A demo that can be started.

    Args:
        name: Its name.
        choice: Which Consul it runs.
        paths: Its files.
        instance: What its municipality file says.
    """

    name: str
    choice: Choice
    paths: Paths
    instance: Instance


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
            "seconds": deployed["seconds"],
            "stop": f"ddconsul demo down {self.demo.name}",
        }


@dataclass(frozen=True)
class Listed:
    """A demo in the list.

    Args:
        name: Its name.
        url: Where a browser finds it, or "" when there is no container.
        running: Whether its container runs.
        standin: Whether it runs the stand-in; None when that is not known.
    """

    name: str
    url: str
    running: bool
    standin: bool | None


def plan(name: str, *, source: str | None = None, file: Path | None = None) -> Demo:
    """Write the municipality file of a demo, and choose its Consul.

    A demo that is there keeps its file and its Consul, unless told otherwise.

    Args:
        name: Name of the demo.
        source: Git URL or path of Consul; None to choose.
        file: Municipality file to show; None for the example.

    Raises:
        InputError: When the name or the file is not right, or the demo already runs another Consul.
    """
    check_name(name)
    folder = _folder(name)
    before = _notes(folder)
    choice = _choose(before, source)
    if before is not None and before.standin != choice.standin:
        running = "the stand-in" if before.standin else "Consul itself"
        raise InputError(
            f"already runs {running}, and its data does not fit the other",
            f"demo {name}",
            f"Remove it first: ddconsul demo down {name} — or choose another name.",
        )
    wanted = file or (folder / FILE if (folder / FILE).is_file() else None)
    wishes = load(wanted).instance if wanted else _example(name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / FILE
    write_private(path, (_HEADER + to_yaml(adapt(wishes, name, choice))).encode())
    write_private(folder / _NOTES, json.dumps(asdict(choice)).encode())
    return Demo(name, choice, Paths.of_user(path), load(path).instance)


def start(demo: Demo, report: Callable[[str], None]) -> Started:
    """Deploy a demo.

    Raises:
        DdconsulError: When it failed.
    """
    result = deploy(demo.instance, demo.paths, report)
    return Started(demo, result, demo.paths.secrets.load()[ADMINISTRATOR_PASSWORD])


def demos() -> list[Listed]:
    """Return the demos on this machine."""
    containers = _containers()
    folders = state_folder() / "demos"
    names = {path.name for path in folders.glob("*") if path.is_dir()} | set(containers)
    return [_listed(name, containers.get(name)) for name in sorted(names)]


def remove(name: str, report: Callable[[str], None]) -> None:
    """Remove a demo: its container, its files and its secrets.

    Raises:
        InputError: When there is no such demo.
    """
    check_name(name)
    there = [demo.name for demo in demos()]
    if name not in there:
        others = f"There are: {', '.join(there)}." if there else "There are no demos."
        raise InputError("does not exist", f"demo {name}", others)
    Container(PREFIX + name, Podman(read_machine()), state_folder()).remove(report)
    shutil.rmtree(_folder(name), ignore_errors=True)


def check_name(name: str) -> None:
    """Refuse a name that cannot be a container's, a user's and a folder's.

    Raises:
        InputError: With what is allowed.
    """
    if not NAME.fullmatch(name):
        raise InputError(
            "is not a name for a demo",
            repr(name),
            "Use up to 15 lower-case letters, digits and hyphens; a letter first.",
        )


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


def adapt(instance: Instance, name: str, choice: Choice) -> Instance:
    """Return the instance as a demo: in a container of its own, without what only works in the real place.

    A demo sends no mail to inhabitants, and has no certificate for the municipality's domain.
    """
    consul = Consul(source=choice.source) if choice.standin else _with_source(instance.consul, choice.source)
    mail = Mail.model_validate({**instance.mail.model_dump(by_alias=True), "smtp": None})
    target = ContainerTarget(type="container", site=PREFIX + name)
    return instance.model_copy(update={"target": target, "consul": consul, "mail": mail, "tls": Tls()})


def _with_source(consul: Consul, source: str) -> Consul:
    return consul.model_copy(update={"source": source})


def to_yaml(instance: Instance) -> str:
    """Return the instance as a municipality file; paths in it are absolute."""
    from io import StringIO  # noqa: PLC0415 — with the next one: only who writes a file pays for them

    from ruamel.yaml import YAML  # noqa: PLC0415

    yaml = YAML(typ="rt", pure=True)
    stream = StringIO()
    yaml.dump(instance.model_dump(mode="json", by_alias=True, exclude_defaults=True), stream)
    return stream.getvalue()


def _choose(before: Choice | None, source: str | None) -> Choice:
    if source is not None:
        place = source if is_url(source) else str(Path(source).expanduser().absolute())
        return Choice(place, standin=(Path(place) / STANDIN_MARK).is_file())
    if before is None:
        return choose(reachable)
    # The stand-in moves along with ddconsul itself.
    return Choice(str(assets.standin()), standin=True, unreachable=before.unreachable) if before.standin else before


def _example(name: str) -> Instance:
    title = "Voorbeeldgemeente" if name == DEFAULT_NAME else name.replace("-", " ").title()
    answers = {"name": title, "domain": f"{name.strip('-')}.example.org", "email": "beheer@example.org"}
    scratch = cache_folder() / f"demo-{name}.yml"
    scratch.parent.mkdir(parents=True, exist_ok=True)
    scratch.write_text(render(answers), encoding="utf-8")
    try:
        return load(scratch).instance
    finally:
        scratch.unlink()


def _folder(name: str) -> Path:
    return state_folder() / "demos" / name


def _notes(folder: Path) -> Choice | None:
    try:
        return Choice(**json.loads((folder / _NOTES).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _containers() -> dict[str, dict[str, Any]]:
    """Return the containers of demos, by the demo's name."""
    machine = read_machine()
    if not machine.podman:
        return {}
    # Those of this user's own state: another one's demos are none of our business.
    found = Podman(machine).containers(f"{LABEL_STATE}={state_folder()}")
    sites = ((entry["Labels"].get(LABEL, ""), entry) for entry in found)
    return {site.removeprefix(PREFIX): entry for site, entry in sites if site.startswith(PREFIX)}


def _listed(name: str, container: dict[str, Any] | None) -> Listed:
    notes = _notes(_folder(name))
    port = container["Labels"].get(LABEL_HTTP) if container else None
    return Listed(
        name,
        url=f"http://localhost:{port}/" if port else "",
        running=container is not None and container["State"] == "running",
        standin=None if notes is None else notes.standin,
    )
