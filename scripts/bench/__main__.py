"""Measures a deploy beside the same steps by hand. Nothing else should run meanwhile.

usage: scripts/bench [--standin] [--rounds N] [--again N] [--name NAME] [--only-starts | --contents]

Consul itself comes from DDCONSUL_E2E_SOURCE (a git repository or tarball) and DDCONSUL_E2E_GEMS (a folder that is a
mirror of gems), as in `make test-real`. Without them, and with --standin, the stand-in is measured.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The same user, and the same look inside a container, as in the tests.
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT / "tests"), str(Path(__file__).parent)]

from bare import BareInstallation, Step  # noqa: E402 — after the path to it is known
from host import Host, Login  # noqa: E402 — after the path to it is known
from report import Measured, Round, tasks_of, units_of, write  # noqa: E402 — after the path to it is known
from user import Material, Municipality, Tool  # noqa: E402 — after the path to it is known
from writing import Contents  # noqa: E402 — after the path to it is known

from ddconsul.operations.source import resolve  # noqa: E402 — after the path to it is known
from ddconsul.targets.container import ContainerTarget  # noqa: E402 — after the path to it is known
from ddconsul.targets.image import BaseImage  # noqa: E402 — after the path to it is known
from ddconsul.targets.machine import read_machine  # noqa: E402 — after the path to it is known
from ddconsul.targets.podman import Podman  # noqa: E402 — after the path to it is known
from ddconsul.targets.trust import host_cas  # noqa: E402 — after the path to it is known

VERSION = "2.5.1"
STARTS = 10
AGAIN = 3


class Bench:
    """One run.

    Args:
        material: What is installed.
        folder: A folder of its own, for as long as it takes.
        measured: Takes the numbers.
    """

    def __init__(self, material: Material, folder: Path, measured: Measured) -> None:
        self.material = material
        self.folder = folder
        self.measured = measured
        self._tool = Tool(Path(sys.executable).with_name("ddconsul"), folder / "home")
        self._targets: list[ContainerTarget] = []

    def starts(self) -> None:
        """Measure how long it takes before ddconsul says anything."""
        municipality = Municipality(self._tool, self.folder / "starts", {})
        for words in (("--help",), ("validate",)):
            took = [municipality.run(*words).seconds for _ in range(STARTS)]
            self.measured.starts[" ".join(words)] = took

    def round(self, number: int, *, by_hand_first: bool) -> None:
        """Install it in both ways; whichever comes second finds the network's caches warm."""
        ours, bare = self._container(f"bench-ours-{number}"), self._container(f"bench-hand-{number}")
        before = manual_packages(ours[0])
        order = "by hand first" if by_hand_first else "deploy first"
        say(f"Round {number}: {order}")
        if by_hand_first:
            # Which packages a deploy asks for is seen from one: the round before this.
            steps = self._by_hand(bare[0], self._packages)
            seconds, log = self._deploy(ours[1], f"ours-{number}")
        else:
            seconds, log = self._deploy(ours[1], f"ours-{number}")
            self._packages = sorted(manual_packages(ours[0]) - before)
            steps = self._by_hand(bare[0], self._packages)
        journal = ours[0].sh('journalctl --quiet --output=json _PID=1 | grep \'"UNIT":"ddconsul_build-\'')
        self.measured.rounds.append(Round(order, seconds, tasks_of(log, seconds), units_of(journal), steps))
        say(f"  deploy {seconds:.0f} s, by hand {self.measured.rounds[-1].by_hand:.0f} s")
        self._remove(bare[0].name)

    def again(self, times: int) -> None:
        """Measure what comes after a first deploy: nothing to do, and another site on the same host."""
        for _ in range(times):
            done = self._first.deploy()
            if done.json["changed"]:
                sys.exit(f"A second deploy changed something: {done.json['changes']}")
            self.measured.second_deploys.append(done.seconds)
        for number in range(times):
            second = self._municipality(self._login, f"second-{number}")
            self.measured.second_sites.append(second.deploy().seconds)

    def contents(self, times: int) -> Contents:
        """Measure planning and writing what Consul contains, on a site of its own."""
        host, login = self._container("bench-contents")
        self._deploy(login, "inhoud")
        found = Contents(self.measured.consul, self.measured.commit)
        found.measure(self._first, host, "inhoud", times)
        return found

    def remove(self) -> None:
        """Take away the containers."""
        for target in self._targets:
            target.remove(lambda _: None)

    def _container(self, name: str) -> tuple[Host, Login]:
        target = ContainerTarget(name, Podman(read_machine()), self.folder / "state", authorities=host_cas)
        self._targets.append(target)
        connection = target.prepare(say)
        if connection.private_key is None or connection.known_hosts is None:
            sys.exit("A container without a key of its own?")
        return Host(target.name), Login(
            connection.user, connection.port, connection.private_key, connection.known_hosts
        )

    def _remove(self, container: str) -> None:
        for target in self._targets:
            if target.name == container:
                target.remove(say)

    def _municipality(self, login: Login, site: str) -> Municipality:
        values = {
            **self.material.settings,
            "municipality.name": f"Gemeente {site}",
            "municipality.domain": f"{site}.example.org",
            "target": {**login.target, "site": site},
        }
        return Municipality(login.known_to(self._tool), self.folder / site, values)

    def _deploy(self, login: Login, site: str) -> tuple[float, str]:
        self._first, self._login = self._municipality(login, site), login
        done = self._first.deploy()
        return done.seconds, done.log

    def _by_hand(self, host: Host, packages: list[str]) -> list[Step]:
        archive = resolve(str(self.material.source), VERSION, self.folder / "sources").archive
        gems = Path(self.material.gems) if self.material.gems else None
        bare = BareInstallation(host, archive, packages, gems)
        bare.prepare()
        steps = []
        for step in bare.run():
            say(f"  by hand: {step.name} {step.seconds:.1f} s")
            steps.append(step)
        return steps


def manual_packages(host: Host) -> set[str]:
    """Return the packages that somebody asked for."""
    return set(host.sh("apt-mark showmanual").split())


def say(line: str) -> None:
    """Show progress."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


def material_of(*, standin: bool) -> Material:
    """Return what is measured."""
    if standin:
        return Material(ROOT / "tests" / "standin", standin=True)
    source, gems = os.environ.get("DDCONSUL_E2E_SOURCE"), os.environ.get("DDCONSUL_E2E_GEMS")
    if not source or not gems:
        sys.exit("DDCONSUL_E2E_SOURCE and DDCONSUL_E2E_GEMS name no Consul and no gems; --standin does without.")
    if not Path(gems).is_dir():
        sys.exit("DDCONSUL_E2E_GEMS must be a folder here: both sides are served from it.")
    return Material(source, gems=gems)


def commit() -> str:
    """Return the commit that is measured."""
    show = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    return subprocess.run(show, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def main() -> None:
    """Measure, write, and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--standin", action="store_true", help="measure the stand-in")
    parser.add_argument("--rounds", type=int, default=1, help="how often both sides are done, in turns (default: 1)")
    parser.add_argument("--again", type=int, default=AGAIN, help="how often what comes later is done (default: 3)")
    parser.add_argument("--name", help="name of the files in docs/benchmarks")
    parser.add_argument("--only-starts", action="store_true", help="measure how fast ddconsul starts, no more")
    parser.add_argument("--contents", action="store_true", help="measure how long contents take, no more")
    given = parser.parse_args()
    material = material_of(standin=given.standin or given.only_starts)
    consul = "The stand-in" if material.standin else f"Consul Democracy {VERSION}"
    measured = Measured(consul, commit())
    with tempfile.TemporaryDirectory(prefix="ddconsul-bench-") as place:
        bench = Bench(material, Path(place), measured)
        try:
            bench.starts()
            if given.only_starts:
                say(str({name: f"{sorted(times)[len(times) // 2]:.2f} s" for name, times in measured.starts.items()}))
                return
            BaseImage(Podman(read_machine()), Path(place) / "state").ensure(say)
            if given.contents:
                for path in bench.contents(given.again).write(ROOT / "docs" / "benchmarks"):
                    say(f"Wrote {path.relative_to(ROOT)}")
                return
            for number in range(given.rounds):
                bench.round(number + 1, by_hand_first=bool(number % 2))
            bench.again(given.again)
        finally:
            bench.remove()
    for path in write(
        measured, ROOT / "docs" / "benchmarks", given.name or ("standin" if material.standin else "deploy")
    ):
        say(f"Wrote {path.relative_to(ROOT)}")
    sys.stdout.write(f"{measured.ratio:.2f} (first deploy ÷ the same steps by hand)\n")


if __name__ == "__main__":
    main()
