"""A server that was there before: reached over SSH, and refused in time."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from host import Host, Login
from user import Municipality, Outcome

from ddconsul.operations.reading import RELEASE_FILE
from ddconsul.targets.container import ContainerTarget
from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.trust import host_cas

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from user import Material, Tool

pytestmark = pytest.mark.e2e

SLUG = "over-ssh"
DOMAIN = "over-ssh.example.org"
NAME = "Gemeente Verweg"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, run_id: str) -> tuple[Host, Login]:
    """Give a server: Debian 13, an SSH server, a key that lets root in."""
    target = ContainerTarget(
        f"server-{run_id}", Podman(read_machine()), tmp_path_factory.mktemp("server"), authorities=host_cas
    )
    connection = target.prepare(print)
    assert connection.private_key is not None
    assert connection.known_hosts is not None
    login = Login(connection.user, connection.port, connection.private_key, connection.known_hosts)
    return Host(target.name), login


@pytest.fixture(scope="module")
def host(server: tuple[Host, Login]) -> Host:
    return server[0]


@pytest.fixture(scope="module")
def values(server: tuple[Host, Login], standin: Material) -> dict[str, Any]:
    """Give what the municipality file says."""
    return {
        **standin.settings,
        "municipality.name": NAME,
        "municipality.domain": DOMAIN,
        "target": {**server[1].target, "site": SLUG},
    }


@pytest.fixture(scope="module")
def municipality(
    tool: Tool, server: tuple[Host, Login], values: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Municipality:
    return Municipality(server[1].known_to(tool), tmp_path_factory.mktemp("ssh") / "platform", values)


@pytest.fixture(scope="module")
def untouched(host: Host) -> str:
    return footprint(host)


def footprint(host: Host) -> str:
    """Return what a deploy would have changed."""
    places = "/opt /srv /etc /etc/systemd/system"
    return host.sh(f"dpkg-query --show | sha256sum; cat /etc/passwd; ls -lA --time-style=full-iso {places}")


class TestRefusals:
    """What is wrong is told before anything changes."""

    @pytest.fixture(autouse=True)
    def _nothing_changes(self, host: Host, untouched: str) -> Any:
        yield
        assert footprint(host) == untouched

    def test_a_server_with_another_key_than_before_is_refused(
        self, municipality: Municipality, server: tuple[Host, Login], tmp_path: Path
    ) -> None:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)
        key = (tmp_path / "other.pub").read_text()
        (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{server[1].port} {key}")
        tool = municipality.tool.with_environment(DDCONSUL_KNOWN_HOSTS=str(tmp_path / "known_hosts"))

        done = tool.run("deploy", cwd=municipality.folder)

        assert done.code == 3, done
        assert "another host key than before" in done.err
        assert "ssh-keygen -R" in done.err

    def test_a_server_that_nobody_knows_is_not_accepted_unseen(
        self, municipality: Municipality, tmp_path: Path
    ) -> None:
        (tmp_path / "known_hosts").touch()
        tool = municipality.tool.with_environment(DDCONSUL_KNOWN_HOSTS=str(tmp_path / "known_hosts"))

        done = tool.run("deploy", cwd=municipality.folder)

        assert done.code == 3, done
        assert "does not know the server's host key" in done.err

    def test_a_port_where_nothing_listens(self, municipality: Municipality) -> None:
        done = deploy_with(municipality, {"target.port": 9})

        assert done.code == 3, done
        assert "Nothing answers SSH on port 9" in done.err

    def test_another_release_than_the_source_holds(self, municipality: Municipality) -> None:
        done = deploy_with(municipality, {"consul.version": "2.4.1"})

        assert done.code == 2, done
        assert "holds release 2.5.1, but consul.version is 2.4.1" in done.err

    def test_a_tag_that_is_missing(self, municipality: Municipality, tmp_path: Path) -> None:
        repository = repository_of(tmp_path / "consul", "2.5.1")
        done = deploy_with(municipality, {"consul.source": str(repository), "consul.version": "2.5.2"})

        assert done.code == 2, done
        assert "has no tag 2.5.2" in done.err
        assert "2.5.1" in done.err

    def test_a_source_that_cannot_be_reached(self, municipality: Municipality) -> None:
        done = deploy_with(municipality, {"consul.source": "http://127.0.0.1:9/consul.git"})

        assert done.code == 2, done
        assert "http://127.0.0.1:9/consul.git" in done.err

    def test_a_mirror_that_cannot_be_reached(self, municipality: Municipality, tmp_path: Path) -> None:
        repository = repository_of(tmp_path / "consul", "2.5.1")
        mirrors = {"consul.gems_mirror": "http://127.0.0.1:9/", "consul.npm_mirror": "http://127.0.0.1:9/npm/"}
        done = deploy_with(municipality, {"consul.source": str(repository), **mirrors})

        assert done.code == 4, done
        for url in mirrors.values():
            assert f"{url}: this can't be reached from the host" in done.err

    def test_contents_without_a_site(self, municipality: Municipality) -> None:
        done = municipality.run("deploy", "--contents")
        assert (done.code, "Deploy all of it first" in done.err) == (4, True), done

    def test_check_mode_on_an_empty_server_tells_what_would_change(self, municipality: Municipality) -> None:
        done = municipality.run("deploy", "--check", "--json")

        assert done.code == 0, done
        assert done.json["check"] is True
        assert done.json["changed"] > 5


def deploy_with(municipality: Municipality, values: Mapping[str, Any]) -> Outcome:
    """Deploy with other values in the file, and put the file back."""
    text = municipality.file.read_text(encoding="utf-8")
    municipality.edit(values)
    try:
        return municipality.run("deploy")
    finally:
        municipality.file.write_text(text, encoding="utf-8")


def repository_of(folder: Path, release: str) -> Path:
    """Return a git repository that passes for Consul until it is built."""
    file = folder / RELEASE_FILE
    file.parent.mkdir(parents=True)
    file.write_text(f'{{ release: "{release}" }}\n', encoding="utf-8")
    identity = ["-c", "user.name=e2e", "-c", "user.email=e2e@example.org"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=e2e"], ["tag", release]):
        subprocess.run(["git", *identity, *words], cwd=folder, check=True)
    return folder
