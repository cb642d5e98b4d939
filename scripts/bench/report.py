"""What was measured → a JSON document, and tables to read."""

from __future__ import annotations

import json
import os
import platform
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from bare import Step

TASK = re.compile(r"TASK \[(?P<name>.*?)\]")
WAITING = "FAILED - RETRYING"
DAY = 24 * 3600
# Shorter tasks of a deploy are told together.
WORTH_A_LINE = 2


# Steps that a deploy gives a unit of its own, and the same steps by hand.
UNITS = {
    "ddconsul_build-gems": ("bundle install",),
    "ddconsul_build-packages": ("npm ci",),
    "ddconsul_build-assets": ("assets:precompile",),
    "ddconsul_build-seed": ("db:migrate", "db:seed"),
}


@dataclass
class Round:
    """One deploy beside one installation by hand.

    Args:
        order: Which came first.
        deploy: Seconds that the deploy took.
        tasks: Its tasks, with their seconds.
        units: Its heavy steps, by unit, with their seconds; some ran beside others.
        bare: The steps by hand.
    """

    order: str
    deploy: float
    tasks: list[tuple[str, float]]
    units: dict[str, float]
    bare: list[Step]

    @property
    def pairs(self) -> list[tuple[str, float, float]]:
        """The heavy steps: their names, their seconds by hand, their seconds in a deploy."""
        by_hand = {step.name: step.seconds for step in self.bare}
        return [
            (" + ".join(names), sum(by_hand[name] for name in names), self.units[unit])
            for unit, names in UNITS.items()
            if unit in self.units and set(names) <= set(by_hand)
        ]

    @property
    def by_hand(self) -> float:
        """Seconds that the steps by hand took together."""
        return sum(step.seconds for step in self.bare)

    @property
    def ratio(self) -> float:
        """How long the deploy took, in installations by hand."""
        return self.deploy / self.by_hand


@dataclass
class Measured:
    """All that was measured in one run."""

    consul: str
    commit: str
    rounds: list[Round] = field(default_factory=list)
    second_deploys: list[float] = field(default_factory=list)
    second_sites: list[float] = field(default_factory=list)
    starts: dict[str, list[float]] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return median(each.ratio for each in self.rounds)


def tasks_of(log: str, seconds: float) -> list[tuple[str, float]]:
    """Return a deploy's tasks and how long each took, longest first; the log tells time by the second.

    A task's name reaches the log with its first result, so a task took from the last line before it to its own last.
    What it says while it waits comes even before its name.
    """
    tasks: list[tuple[str, float]] = []
    last = None
    for at, text in (
        line.split(" ", 1) for line in log.splitlines() if line[9:].strip() and not line[9:].startswith(WAITING)
    ):
        now = _clock(at)
        task = TASK.match(text)
        if task:
            tasks.append((task["name"], 0.0))
        if tasks and last is not None:
            tasks[-1] = (tasks[-1][0], tasks[-1][1] + (now - last) % DAY)
        last = now
    long = sorted((task for task in tasks if task[1] >= WORTH_A_LINE), key=lambda task: -task[1])
    rest = seconds - sum(took for _, took in long)
    return [*long, (f"the other {len(tasks) - len(long)} tasks, and what goes on beside Ansible", rest)]


def units_of(journal: str) -> dict[str, float]:
    """Return how long each of a deploy's heavy steps took, from what systemd wrote about their units."""
    moments: dict[str, list[float]] = {}
    for line in journal.splitlines():
        entry = json.loads(line)
        # Its name ends with the run's.
        unit = re.sub(r"(-[0-9a-f]{8})?\.service$", "", str(entry.get("UNIT", "")))
        moments.setdefault(unit, []).append(int(entry["__REALTIME_TIMESTAMP"]) / 1e6)
    return {unit: max(at) - min(at) for unit, at in moments.items() if unit in UNITS}


def write(measured: Measured, folder: Path, name: str) -> tuple[Path, Path]:
    """Write the JSON document and the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    document = folder / f"{name}.json"
    document.write_text(json.dumps(as_dict(measured), indent=2) + "\n", encoding="utf-8")
    tables = folder / f"{name}.md"
    tables.write_text(as_tables(measured), encoding="utf-8")
    return document, tables


def as_dict(measured: Measured) -> dict[str, Any]:
    """Return all numbers."""
    return {
        "consul": measured.consul,
        "commit": measured.commit,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "ratio": round(measured.ratio, 3),
        "rounds": [
            {
                "order": each.order,
                "deploy_seconds": round(each.deploy, 1),
                "by_hand_seconds": round(each.by_hand, 1),
                "ratio": round(each.ratio, 3),
                "steps": [
                    {"name": name, "by_hand_seconds": round(hand, 1), "deploy_seconds": round(took, 1)}
                    for name, hand, took in each.pairs
                ],
                "deploy_tasks": [{"name": name, "seconds": round(took, 1)} for name, took in each.tasks],
                "by_hand": [{**asdict(step), "seconds": round(step.seconds, 1)} for step in each.bare],
            }
            for each in measured.rounds
        ],
        "second_deploy_seconds": [round(took, 1) for took in measured.second_deploys],
        "second_site_seconds": [round(took, 1) for took in measured.second_sites],
        "start_seconds": {name: [round(took, 3) for took in times] for name, times in measured.starts.items()},
    }


def machine() -> dict[str, Any]:
    """Return what numbers like these depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"processors": os.cpu_count(), "memory_gib": round(memory), "python": platform.python_version()}


def as_tables(measured: Measured) -> str:
    """Return the tables, in Markdown."""
    told = machine()
    head = f"""\
# {measured.consul}: a deploy beside the same steps by hand

Made by `make bench` at commit {measured.commit} on {datetime.now(UTC).date()}, with {told["processors"]} processors and
{told["memory_gib"]} GiB. Both sides start from the same empty Debian 13 container, in one run, one after the other.
Absolute times say something about this machine only; read the ratio.
"""
    parts = [head, _summary(measured)]
    for number, each in enumerate(measured.rounds, 1):
        title = f"## Round {number}: {each.order}\n"
        parts += [
            title,
            _pairs(each.pairs),
            _table("by hand", [(step.name, step.seconds) for step in each.bare], each.by_hand),
        ]
        parts.append(_table("`ddconsul deploy`, by task", each.tasks, each.deploy))
    return "\n".join(parts)


def _summary(measured: Measured) -> str:
    rows = [("first deploy ÷ by hand (median)", f"**{measured.ratio:.2f}**")]
    rows += [("second deploy, nothing changed", _all(measured.second_deploys))] if measured.second_deploys else []
    rows += [("second site on the same host", _all(measured.second_sites))] if measured.second_sites else []
    rows += [
        (f"`ddconsul {name}` (median of {len(times)})", f"{median(times):.2f} s")
        for name, times in measured.starts.items()
    ]
    return "| | |\n|---|---:|\n" + "".join(f"| {name} | {value} |\n" for name, value in rows)


def _pairs(pairs: list[tuple[str, float, float]]) -> str:
    lines = [f"| {name} | {hand:.1f} | {took:.1f} | {took / hand:.2f} |" for name, hand, took in pairs]
    head = ["| step | by hand | in the deploy, some side by side | ratio |", "|---|---:|---:|---:|"]
    return "\n".join([*head, *lines, ""])


def _all(times: list[float]) -> str:
    return " · ".join(f"{took:.1f} s" for took in times)


def _table(title: str, rows: list[tuple[str, float]], total: float) -> str:
    lines = [f"| {name} | {took:.1f} |" for name, took in rows]
    return "\n".join([f"| {title} | seconds |", "|---|---:|", *lines, f"| **sum** | **{total:.1f}** |", ""])


def _clock(text: str) -> int:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + seconds
