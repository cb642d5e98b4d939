"""A container target, really made: reached like any server, trusting what this machine trusts, gone afterwards."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from ddconsul.targets.container import ContainerTarget
from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.process import Command, Outcome, run
from ddconsul.targets.ssh import qualify, ssh_argv
from ddconsul.targets.trust import authorities, certificates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ddconsul.targets.base import Connection

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def podman() -> Podman:
    return Podman(read_machine())


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the certificate of an authority that nobody knows."""
    folder = tmp_path_factory.mktemp("authority")
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=ddconsul-test"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "net.crt")]
    subprocess.run([*words.split(), *files], check=True, capture_output=True)
    return folder / "net.crt"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def target(podman: Podman, authority: Path, state: Path, run_id: str) -> Iterator[ContainerTarget]:
    site = f"target-{run_id}"
    target = ContainerTarget(site, podman, state, lambda: authorities([(authority, certificates(authority))]))
    yield target
    target.remove(print)


@pytest.fixture(scope="module")
def connection(target: ContainerTarget) -> Connection:
    return target.prepare(print)


def inside(connection: Connection, script: str) -> Outcome:
    return run(Command(ssh_argv(connection, script)))


def test_it_qualifies_as_a_server(connection: Connection) -> None:
    probe = 'echo "uid=$(id -u)"; . /etc/os-release; echo "os=$ID $VERSION_ID"; command -v python3 && echo python=yes'
    done = inside(connection, probe)
    assert done.ok, done
    qualify(done.out, where="the container", user="root", sudo=False)


def test_its_host_key_is_checked(connection: Connection, tmp_path: Path) -> None:
    other = tmp_path / "known_hosts"
    other.touch()
    done = inside(replace(connection, known_hosts=other), "true")
    assert "Host key verification failed" in done.err


def test_it_lets_no_password_in(connection: Connection) -> None:
    done = inside(connection, "sshd -T")
    assert "passwordauthentication no" in done.out
    assert "hostkey /etc/ssh/ssh_host_ed25519_key" in done.out
    assert "ssh_host_rsa_key" not in done.out


def test_it_trusts_the_extra_authority(connection: Connection) -> None:
    script = (
        "import ssl; print([dict(x[0] for x in ca['subject']) for ca in ssl.create_default_context().get_ca_certs()])"
    )
    assert "ddconsul-test" in inside(connection, f'python3 -c "{script}"').out


def test_its_packages_come_with_updates_and_security(connection: Connection) -> None:
    listed = "apt-get indextargets --format '$(CODENAME) $(COMPONENT)' 'Created-By: Packages' | sort -u"
    assert inside(connection, f"apt-get update >/dev/null && {listed}").out.splitlines() == [
        "trixie main",
        "trixie-security main",
        "trixie-updates main",
    ]
    assert inside(connection, "ls -A /var/cache/apt/archives/*.deb").code != 0


def test_it_asks_for_no_more_than_the_machine_has(connection: Connection, podman: Podman) -> None:
    limits = inside(connection, "grep 'Max open files' /proc/1/limits").out.split()
    assert int(limits[4]) == podman.machine.limits.nofile


def test_nothing_in_it_failed(connection: Connection) -> None:
    assert inside(connection, "systemctl --failed --plain --no-legend").out == ""
    assert inside(connection, "journalctl --boot --priority=err --quiet --no-pager").out == ""


def test_a_second_prepare_does_nothing(target: ContainerTarget, connection: Connection) -> None:
    booted = inside(connection, "cat /proc/sys/kernel/random/boot_id; stat -c %Y /proc/1 /etc/ssh/*")
    said: list[str] = []
    assert target.prepare(said.append) == connection
    assert said == []
    assert inside(connection, "cat /proc/sys/kernel/random/boot_id; stat -c %Y /proc/1 /etc/ssh/*") == booted


def test_it_comes_back_after_a_stop_with_what_was_in_it(
    target: ContainerTarget, connection: Connection, podman: Podman
) -> None:
    inside(connection, "echo kept > /srv/kept")
    podman.do("stop", "--time", "5", target.name)
    assert target.prepare(print) == connection
    assert inside(connection, "cat /srv/kept").out == "kept\n"


def test_it_is_reached_again_when_its_keys_were_lost(target: ContainerTarget, connection: Connection) -> None:
    target.keys.remove()
    assert target.prepare(print) == connection
    assert inside(connection, "cat /srv/kept").out == "kept\n"


def test_containers_that_begin_at_the_same_time_are_each_found_at_their_port(
    podman: Podman, state: Path, run_id: str
) -> None:
    targets = [ContainerTarget(f"twin{number}-{run_id}", podman, state) for number in range(3)]
    try:
        with ThreadPoolExecutor() as pool:
            connections = list(pool.map(lambda target: target.prepare(print), targets))
        for each, target in zip(connections, targets, strict=True):
            inside(each, f"cd $(mktemp -d); echo {target.site} > who; systemd-run python3 -m http.server 80 -d $PWD")
        urls = [f"http://{target.public_host('')}/who" for target in targets]
        told = [httpx.Client(transport=httpx.HTTPTransport(retries=5)).get(url).text.strip() for url in urls]
        assert told == [target.site for target in targets]
    finally:
        for target in targets:
            target.remove(print)


def test_remove_leaves_nothing(target: ContainerTarget, connection: Connection, podman: Podman, state: Path) -> None:
    volumes = podman.do("volume", "ls", "--quiet")
    target.remove(print)
    assert podman.inspect(target.name) is None
    assert podman.do("volume", "ls", "--quiet") == volumes
    assert not list((state / "containers").iterdir())
    assert connection.private_key is not None
    assert not connection.private_key.exists()
