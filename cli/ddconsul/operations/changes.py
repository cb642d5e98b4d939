"""What a run changed, or would change, in the words that a plan and a report share.

A check and the run itself go through the same playbook, but not through the same tasks: what a check can't try, it
foretells. Here both become the same list, so that a plan can be held beside what was done.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ddconsul.ansible.events import Step

# Seconds that pages wait: measured on Consul 2.5.1 with 2 processors, rounded up.
WEB_RESTART = 15
DATABASE_RESTART = 5
MIGRATION = 60

# A field that Consul keeps nothing in, and a flag that is on.
SWITCHED = {None: "off or empty", "t": "on"}
# Longer than this, and a value is told by its size.
LONGEST_VALUE = 200


@dataclass(frozen=True)
class Change:
    """One thing that a run changes.

    Args:
        kind: What sort of thing: package, build, site, database, file, service, release, content; or a step.
        object: Which one: a path, a unit, a setting; or the step, as a sentence.
        action: What becomes of it: installed, made, written, restarted, changed, kept...
        field: The field of an object in Consul, or "".
        old: The field's value before, as text.
        new: The field's value after.
    """

    kind: str
    object: str
    action: str
    field: str = ""
    old: str | None = None
    new: str | None = None

    @property
    def made(self) -> bool:
        """Whether anything happens: an edit made in the admin pages is shown, and stays."""
        return self.action not in {"kept", "conflict"}

    def __str__(self) -> str:
        """Return the change as a sentence."""
        if self.kind == "step":
            return self.object
        if self.kind != "content":
            return f"{_NOUNS.get(self.kind, self.kind)}{self.object} {_VERBS.get(self.action, 'is ' + self.action)}"
        what = self.object if self.field in {"", "value"} else f"{self.object}: {self.field}"
        return what + _OF_CONTENT[self.action].format(old=_shown(self.old), new=_shown(self.new))

    def as_dict(self) -> dict[str, Any]:
        """Return the change as `--json` shows it."""
        return {**asdict(self), "text": str(self)}


_NOUNS = {
    "package": "Debian package ",
    "build": "build ",
    "site": "site ",
    "database": "database ",
    "file": "",
    "service": "",
    "release": "",
}
_VERBS = {"live": "goes live", "migrated": "is migrated"}
# What the program that writes Consul's contents calls a change, and how it is told.
_ACTIONS = {"created": "made", "drift": "kept"}
_OF_CONTENT = {
    "made": " becomes {new}",
    "changed": " becomes {new} (was {old})",
    "removed": " is removed: the file no longer has it, and nobody used it",
    "withdrawn": " is withdrawn, and kept: the file no longer has it",
    "kept": " was changed in the admin pages to {old}, and stays so (the file says {new})",
    "conflict": " was changed in the admin pages to {old}, and in the file to {new}",
}


@dataclass(frozen=True)
class Effect:
    """What people notice of a run.

    Args:
        text: A sentence.
        seconds: How long pages do not answer, about.
    """

    text: str
    seconds: int = 0


def changes_of(steps: Iterable[Step], site: str) -> tuple[Change, ...]:
    """Return what the steps of a run come to, each thing once, in the order in which it comes.

    Args:
        steps: The steps of a deploy or of its check that changed something.
        site: Short name of the site.
    """
    steps = list(steps)
    new = _is_new(steps)
    found: dict[Change, None] = {}
    for step in steps:
        # Of a new site it is enough to say that it is made, and what it contains.
        if new and _sets_up_a_site(step):
            found[Change("site", site, "made")] = None
        else:
            found.update(dict.fromkeys(_changes(step)))
    installed = {change.object for change in found if change.kind == "package"}
    # What was installed a moment ago was also set up and started.
    return tuple(change for change in found if _PACKAGE.get(change.object) not in installed)


def cautions_of(steps: Iterable[Step]) -> tuple[str, ...]:
    """Return what a run ends for inhabitants, as sentences: what somebody has to agree with."""
    return tuple(
        f"{caution['object']}: {caution['text']}" for step in steps for caution in step.result.get("cautions") or []
    )


def held_of(steps: Iterable[Step]) -> tuple[str, ...]:
    """Return which objects change while people vote on them, which is refused without a reason."""
    cautions = (caution for step in steps for caution in step.result.get("cautions") or [])
    return tuple(dict.fromkeys(caution["object"] for caution in cautions if caution.get("held")))


def unified(result: Mapping[str, Any]) -> Iterator[str]:
    """Give what a module answered of its files as unified diffs.

    Args:
        result: The module's answer; a loop has one for each of its items.
    """
    for item in result.get("results") or []:
        yield from unified(item)
    diffs = result.get("diff") or []
    for diff in diffs if isinstance(diffs, list) else [diffs]:
        before, after = str(diff.get("before") or ""), str(diff.get("after") or "")
        old, new = (str(diff.get(f"{side}_header") or side) for side in ("before", "after"))
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), old, new, lineterm="")
        text = "\n".join(lines)
        if text:
            yield text


def effects_of(changes: Iterable[Change]) -> tuple[Effect, ...]:
    """Return what inhabitants notice of these changes."""
    changes = list(changes)
    if any((change.kind, change.action) == ("site", "made") for change in changes):
        return (Effect("The site is new: nobody uses it yet."),)
    effects = [effect for matches, effect in _EFFECTS if any(matches(change) for change in changes)]
    if not effects and any(change.made for change in changes):
        effects.append(Effect("Inhabitants notice nothing of how it is done: nothing is restarted."))
    return tuple(effects)


def _is_new(steps: list[Step]) -> bool:
    """Tell whether the site had no live release before."""
    return any(step.role == "consul_site" and step.result.get("previous") == "" for step in steps)


def _sets_up_a_site(step: Step) -> bool:
    database = step.role == "postgresql" and step.file in _OF_A_DATABASE and "_scratch_" not in step.name
    house_style = (step.role, step.file) == ("nginx", "brand")
    return database or house_style or (step.role == "consul_site" and "booted" not in step.result)


def _changes(step: Step) -> Iterator[Change]:
    reader = _READERS.get(step.role)
    if reader is not None:
        yield from reader(step)


def _of_base(step: Step) -> Iterator[Change]:
    if step.file == "install" and step.name.startswith("Install "):
        yield from (Change("package", name, "installed") for name in step.name.split()[1:])
    elif step.file in {"main", "finish"}:
        yield Change("step", step.name, "done")


def _of_postgresql(step: Step) -> Iterator[Change]:
    if step.file == "main":
        yield Change("service", "the database server", "set up anew")
    database = step.name.rpartition(" ")[2]
    if step.file in _OF_A_DATABASE and "_scratch_" not in database:
        yield Change("database", database, "made")


def _of_build(step: Step) -> Iterator[Change]:
    match = re.match(r"Make build (\S+) of Consul (\S+)", step.name)
    if match:
        yield Change("build", f"{match[1]} of Consul {match[2]}", "made")


def _of_nginx(step: Step) -> Iterator[Change]:
    if step.file == "brand":
        yield Change("step", "Bring the files of the house style", "done")
    else:
        yield Change("service", "the web server in front", "set up anew")


def _of_site(step: Step) -> Iterator[Change]:
    result = step.result
    if "booted" in result:
        yield from map(_content, result.get("changes") or [])
    elif "written" in result:
        yield from (Change("file", path, "written") for path in result["written"])
        if result.get("sessions_end"):
            yield Change("service", "the session of every inhabitant", "ended")
    elif "previous" in result:
        yield Change("release", "a release of the build", "live")
    elif step.name.startswith("Migrate the database"):
        yield Change("database", "of the site", "migrated")
    elif step.file == "handlers" or step.name.startswith("Restart"):
        yield from (Change("service", str(item), "restarted") for item in _changed_items(step))
    elif step.name.startswith("Start "):
        yield from (Change("service", str(item), "started") for item in _changed_items(step))
    else:
        # Its name is a sentence, and the same in a check.
        yield Change("step", step.name, "done")


def _content(change: Mapping[str, Any]) -> Change:
    action = _ACTIONS.get(str(change["kind"]), str(change["kind"]))
    return Change("content", change["object"], action, change["field"], change["old"], change["new"])


def _changed_results(step: Step) -> list[Mapping[str, Any]]:
    results = step.result.get("results")
    if results is None:
        return [step.result]
    return [result for result in results if result.get("changed")]


def _changed_items(step: Step) -> list[Any]:
    return [result.get("item") or result.get("name") for result in _changed_results(step)]


def _shown(value: str | None) -> str:
    if value is None or value in SWITCHED:
        return SWITCHED[value]
    if len(value) > LONGEST_VALUE:
        return f"a text of {len(value)} characters"
    text = " ".join(value.split())
    return f"“{text}”" if len(text) <= 40 else f"“{text[:39]}…”"  # noqa: PLR2004 — a line has room for two


def _of_memcached(_: Step) -> Iterator[Change]:
    yield Change("service", "the cache that sites shared", "stopped")


_READERS: dict[str, Callable[[Step], Iterator[Change]]] = {
    "base": _of_base,
    "postgresql": _of_postgresql,
    "memcached": _of_memcached,
    "nginx": _of_nginx,
    "consul_build": _of_build,
    "consul_site": _of_site,
}

# The files of tasks that make one database.
_OF_A_DATABASE = {"database", "create_database", "schemas"}

# Which package brings a service.
_PACKAGE = {
    "the database server": "postgresql-17",
    "the cache that sites shared": "memcached",
    "the web server in front": "nginx",
}


def _restarts(unit: str) -> Callable[[Change], bool]:
    return lambda change: change.kind == "service" and unit in change.object and change.made


_EFFECTS: list[tuple[Callable[[Change], bool], Effect]] = [
    (
        lambda change: change.action == "ended",
        Effect("Everybody who is logged in has to log in again."),
    ),
    (
        lambda change: (change.kind, change.action) == ("database", "migrated"),
        Effect("The database is migrated: pages may fail meanwhile.", MIGRATION),
    ),
    (
        _restarts("-web.service"),
        Effect("The site's web server restarts: pages wait, and nobody is logged out.", WEB_RESTART),
    ),
    (
        _restarts("the database server"),
        Effect("The database server of all sites on this host restarts: pages may fail.", DATABASE_RESTART),
    ),
]
