"""Deploys that are cut off at random moments: the next one converges, every time.

DDCONSUL_KILLS says how many; DDCONSUL_KILL_SEED draws the moments of an earlier run again.
"""

from __future__ import annotations

import os
import random
import secrets
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from contract.site import Mailbox, Site
from contract.visitor import Visitor
from host import Host, Login
from kills import WAYS, Cut, Deploy, Moment, cut, half_done, installs, leftovers
from user import Municipality

from ddconsul.targets.container import ContainerTarget
from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.trust import host_cas

if TYPE_CHECKING:
    from pathlib import Path

    from user import Material, Tool

SLUG = "afgebroken"
DOMAIN = "afgebroken.example.org"
NAME = "Gemeente Afgebroken"


@dataclass
class Ground:
    """Where deploys are cut off: a server, a municipality's folder, and the moments that were drawn."""

    municipality: Municipality
    target: ContainerTarget
    host: Host
    moments: list[Moment]

    def clear(self, *, empty: bool) -> None:
        """Give the next deploy much to do: on a server that has its packages, or that has nothing."""
        if empty:
            self.target.remove(print)
            self.municipality.edit({"target": {**login_of(self.target).target, "site": SLUG}})
        else:
            done = self.municipality.run("destroy", "--yes")
            assert done.code == 0, done
            # As a deploy leaves it that was killed before its build was there, and that wanted another build.
            self.host.sh(
                "[ ! -d /etc/postgresql/17/main ] || "
                "(systemctl start postgresql@17-main && "
                "runuser -u postgres -- createdb ddconsul_template_0123456789abcdef)"
            )

    def cut_off(self, number: int) -> Cut:
        """Start a deploy and cut it off, in the way whose turn it is."""
        moment = self.moments[number]
        # What a host that had a site need not do at all is done by one that is empty; and what was measured on a busy
        # machine may be over sooner now.
        sooner = replace(moment, after=moment.after / 4)
        for empty, wanted in [*([] if installs(moment.task) else [(False, moment)]), (True, moment), (True, sooner)]:
            self.clear(empty=empty)
            deploy = Deploy(self.municipality)
            if deploy.reach(wanted):
                return cut(deploy, self.host, WAYS[number % len(WAYS)])
            assert deploy.process.wait() == 0, deploy.said
        pytest.fail(f"No deploy came to the moment {moment}.")


def login_of(target: ContainerTarget) -> Login:
    """Start a server, or let it be; return how it is reached."""
    connection = target.prepare(print)
    assert connection.private_key is not None
    assert connection.known_hosts is not None
    return Login(connection.user, connection.port, connection.private_key, connection.known_hosts)


def prepare(tool: Tool, folder: Path, material: Material, name: str, kills: int) -> Ground:
    """Measure an undisturbed deploy to an empty server, and draw moments of it."""
    target = ContainerTarget(name, Podman(read_machine()), folder / "server", authorities=host_cas)
    login = login_of(target)
    values: dict[str, Any] = {
        **material.settings,
        "municipality.name": NAME,
        "municipality.domain": DOMAIN,
        "target": {**login.target, "site": SLUG},
    }
    municipality = Municipality(login.known_to(tool), folder / "platform", values)
    timeline = Deploy(municipality).measure()
    seed = os.environ.get("DDCONSUL_KILL_SEED") or secrets.token_hex(4)
    moments = timeline.draw(kills, random.Random(seed))  # noqa: S311 — to be drawn again
    print(f"\nUndisturbed it takes {timeline.end:.0f} s. To draw these moments again: DDCONSUL_KILL_SEED={seed}")
    return Ground(municipality, target, Host(target.name), moments)


def kills_wanted(default: int) -> int:
    """Return how many deploys are cut off."""
    return int(os.environ.get("DDCONSUL_KILLS") or default)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "number" in metafunc.fixturenames:
        metafunc.parametrize("number", range(metafunc.cls.kills))


class Kills:
    """What comes after a deploy that was cut off."""

    kills = 0

    def test_the_next_deploy_converges(self, ground: Ground, number: int) -> None:
        begin = time.monotonic()
        done = ground.cut_off(number)
        way, moment = WAYS[number % len(WAYS)].__name__, ground.moments[number]
        print(f"\n{number + 1}. {way} {moment}; now after “{done.seen}”")

        again = ground.municipality.deploy()

        assert half_done(ground.host, SLUG) == []
        assert leftovers(done) == []
        assert serves(ground)
        told = ground.municipality.run("status", "--json").json
        assert (told["well"], set(told["services"].values())) == (True, {"active"}), told
        assert ground.municipality.deploy().json["changed"] == 0
        print(f"The next deploy took {again.seconds:.0f} s, all of this {time.monotonic() - begin:.0f} s")

    def test_destroy_leaves_nothing_of_the_only_site(self, ground: Ground) -> None:
        host = ground.host
        assert host.traces(SLUG)

        done = ground.municipality.run("destroy", "--yes")

        assert done.code == 0, done
        assert host.traces(SLUG) == []
        assert host.builds() == []
        assert host.sh("nginx -t 2>&1 && systemctl is-active nginx").endswith("active")
        again = ground.municipality.run("destroy", "--yes")
        assert (again.code, again.out.splitlines()[-1]) == (0, f"There was no site {SLUG}.")


class TestKills(Kills):
    """With the stand-in."""

    pytestmark = pytest.mark.e2e
    kills = kills_wanted(1)

    @pytest.fixture(scope="class")
    @classmethod
    def ground(cls, tool: Tool, tmp_path_factory: pytest.TempPathFactory, standin: Material, run_id: str) -> Ground:
        return prepare(tool, tmp_path_factory.mktemp("kills"), standin, f"kills-{run_id}", cls.kills)


class TestKillsReal(Kills):
    """With Consul itself."""

    pytestmark = pytest.mark.real
    kills = kills_wanted(3)

    @pytest.fixture(scope="class")
    @classmethod
    def ground(
        cls, wheel_tool: Tool, tmp_path_factory: pytest.TempPathFactory, consul: Material, run_id: str
    ) -> Ground:
        return prepare(wheel_tool, tmp_path_factory.mktemp("kills"), consul, f"kills-real-{run_id}", cls.kills)


def serves(ground: Ground) -> bool:
    """Tell whether the site answers under its own name."""
    site = Site(
        url=f"http://{DOMAIN}/",
        name=NAME,
        administrator=("", ""),
        modules={},
        mails=Mailbox((), ""),
        standin=True,
        connect=f"127.0.0.1:{ground.host.port('http')}",
    )
    return Visitor(site).get("/consul.json").status == 200 and NAME in Visitor(site).get("/").page.title
