"""A host with everything wrong at once: all of it is told, with what mends it, and nothing of it is changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from host import Host, Login
from test_server import repository_of
from user import Municipality, Outcome

from ddconsul.targets.container import ContainerTarget
from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.trust import host_cas

if TYPE_CHECKING:
    from user import Material, Tool

pytestmark = pytest.mark.e2e

DOMAIN = "praatmee.example.org"
MIRROR = "http://127.0.0.1:9/"

BREAK = f"""
    set -e
    systemd-run --quiet --unit=squatter --service-type=exec python3 -m http.server 80
    rmdir /opt && ln -s /dev/shm /opt
    mkdir -p /etc/nginx/sites-enabled /etc/postgresql/15/main
    echo 'server {{ listen 80; server_name {DOMAIN}; }}' > /etc/nginx/sites-enabled/ddconsul-neighbour
    echo 'port = 5432' > /etc/postgresql/15/main/postgresql.conf
    printf '#!/bin/sh\\n' > /usr/local/bin/ruby && chmod +x /usr/local/bin/ruby
    touch /run/ddconsul
    printf 'import time\\ntime.time = lambda real=time.time: real() + 600\\n' > /etc/python3.13/sitecustomize.py
"""
FOLDER = "/run/ddconsul: this is no folder"
# Where each is, and what mends it.
EXPECTED = {
    "port 80: python3 ": "sudo systemctl disable --now squatter.service",
    "/dev/shm: ": "sudo du -xh --max-depth=2 /dev/shm | sort -h | tail",
    "/opt: this is mounted noexec": "sudo mount -o remount,exec /dev/shm",
    f"/srv/ddconsul/neighbour: {DOMAIN} is already the domain of site neighbour": "",
    "/etc/postgresql/15/main: cluster 15/main has port 5432": "sudo pg_conftool 15 main set port 5433",
    "/usr/local/bin/ruby: ": "sudo mv /usr/local/bin/ruby /usr/local/bin/ruby.old",
    FOLDER: "sudo mv /run/ddconsul /run/ddconsul.old",
    "clock: the clock is 6": "sudo timedatectl set-ntp true",
    f"{MIRROR}: this can't be reached from the host: connection refused": f"urlopen('{MIRROR}')",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, run_id: str) -> tuple[Host, Login]:
    target = ContainerTarget(
        f"preflight-{run_id}", Podman(read_machine()), tmp_path_factory.mktemp("server"), authorities=host_cas
    )
    connection = target.prepare(print)
    assert connection.private_key is not None
    assert connection.known_hosts is not None
    return Host(target.name), Login(connection.user, connection.port, connection.private_key, connection.known_hosts)


@pytest.fixture(scope="module")
def host(server: tuple[Host, Login]) -> Host:
    return server[0]


@pytest.fixture(scope="module")
def municipality(
    tool: Tool, server: tuple[Host, Login], standin: Material, tmp_path_factory: pytest.TempPathFactory
) -> Municipality:
    values = {
        **standin.settings,
        "municipality.domain": DOMAIN,
        "target": {**server[1].target, "site": "zandrijk"},
    }
    return Municipality(server[1].known_to(tool), tmp_path_factory.mktemp("preflight") / "platform", values)


def footprint(host: Host) -> str:
    """Return what there is on the host, as far as a deploy would change it."""
    places = "/etc /opt/ /srv /usr/local /var/lib/dpkg /run/ddconsul"
    return host.sh(
        f"find {places} -printf '%p %y %s %m %u %T@ %l\\n' | sort; dpkg-query --show; "
        "systemctl list-unit-files --no-legend --no-pager"
    )


def refused(municipality: Municipality, host: Host, *words: str) -> Outcome:
    """Deploy, and see that it is refused and changes nothing."""
    before = footprint(host)
    done = municipality.run("deploy", *words)
    assert done.code == 4, done
    assert footprint(host) == before
    return done


@pytest.fixture(scope="module")
def broken(municipality: Municipality, host: Host, tmp_path_factory: pytest.TempPathFactory) -> None:
    # A host in order first: what is told below comes from what is broken here.
    assert municipality.run("deploy", "--check").code == 0
    host.sh(BREAK)
    source = repository_of(tmp_path_factory.mktemp("source") / "consul", "2.5.1")
    municipality.edit({"consul.source": str(source), "consul.gems_mirror": MIRROR})


@pytest.mark.usefixtures("broken")
class TestAllAtOnce:
    @pytest.mark.parametrize("words", [(), ("--check",)], ids=["deploy", "check"])
    def test_each_is_told_with_what_mends_it_and_nothing_changes(
        self, municipality: Municipality, host: Host, words: tuple[str, ...]
    ) -> None:
        said = refused(municipality, host, *words).err
        gaps = re.split(r"^ *\d+\. ", said, flags=re.MULTILINE)[1:]

        assert f"{len(EXPECTED)} things stand in the way. Nothing was changed." in said
        assert len(gaps) == len(EXPECTED), said
        for where, fix in EXPECTED.items():
            (gap,) = [text for text in gaps if " ".join(text.split()).startswith(where)]
            assert fix in gap

    def test_a_program_is_told_the_same(self, municipality: Municipality, host: Host) -> None:
        told = refused(municipality, host, "--json").json

        assert told["exit_code"] == 4
        assert f"{len(EXPECTED)} things stand in the way" in told["error"]
        assert [gap["fix"] for gap in told["gaps"] if gap["where"] == "/run/ddconsul"] == [EXPECTED[FOLDER]]
        assert len(told["gaps"]) == len(EXPECTED)

    def test_what_it_says_to_do_helps(self, municipality: Municipality, host: Host) -> None:
        said = refused(municipality, host).err
        for sign in ("squatter", "/usr/local/bin/ruby", "/run/ddconsul"):
            (command,) = re.findall(rf"^ *\$ sudo (.*{sign}.*)$", said, re.MULTILINE)
            host.sh(command)

        again = refused(municipality, host).err
        assert f"{len(EXPECTED) - 3} things stand in the way" in again
        assert "squatter" not in again


class TestLogin:
    """What has to be there before anything else can be looked at."""

    def test_no_python_is_no_connection_problem(self, municipality: Municipality, host: Host) -> None:
        host.sh("mv /usr/bin/python3 /usr/bin/python3.away")
        try:
            done = refused(municipality, host)
        finally:
            host.sh("mv /usr/bin/python3.away /usr/bin/python3")

        assert "python3" in done.err
        assert "apt-get install --no-install-recommends python3" in done.err
