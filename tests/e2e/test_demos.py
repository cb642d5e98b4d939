"""Demos, really made: the first, the second that starts from it, two at once, and those that were killed half-way."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from host import Host
from user import Outcome, Tool

from ddconsul.operations.demo_base import left_over
from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.snapshot import Snapshots

pytestmark = pytest.mark.e2e

CERTIFICATE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=ddconsul-demo-test"
)
STANDIN = Path(__file__).parents[1] / "standin"
# What the first demo says while it makes what the others start from, and the second does not.
BUILDING = "Platform bouwen"


@dataclass
class Proeftuin:
    """Somebody who shows demos.

    Args:
        tool: The program, with a home of its own.
        folder: Where the municipality file is.
        run_id: What each name ends with.
    """

    tool: Tool
    folder: Path
    run_id: str

    def name(self, letter: str) -> str:
        """Return the name of a demo that is this run's own."""
        return f"{letter}-{self.run_id}"

    def demo(self, *words: str) -> Outcome:
        """Run a verb of `ddconsul demo`."""
        return self.tool.run("demo", *words, cwd=self.folder)

    def up(self, letter: str, *words: str) -> dict[str, Any]:
        """Start a demo, and return what it tells."""
        done = self.demo("up", self.name(letter), "--file", "gemeente.yml", "--json", *words)
        assert done.code == 0, done
        return done.json

    def listed(self) -> dict[str, dict[str, Any]]:
        """Return the list, by letter."""
        return {listed["name"][0]: listed for listed in self.demo("list", "--json").json["demos"]}

    def host(self, letter: str) -> Host:
        """Return the container of a demo."""
        return Host(f"ddconsul-demo-{self.name(letter)}")

    def begin(self, letter: str) -> subprocess.Popen[str]:
        """Begin to start a demo, in a session of its own."""
        return subprocess.Popen(
            [self.tool.program, "demo", "up", self.name(letter), "--file", "gemeente.yml"],
            cwd=self.folder,
            env=self.tool.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def killed_at(self, letter: str, line: str) -> None:
        """Start a demo, and kill all of the program when it says something."""
        with self.begin(letter) as running:
            said = []
            for each in running.stdout or ():
                said.append(each)
                if line in each:
                    break
            else:
                pytest.fail(f"it never said {line}: {said}")
            os.killpg(running.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def podman() -> Podman:
    return Podman(read_machine())


@pytest.fixture(scope="module")
def proeftuin(tool: Tool, tmp_path_factory: pytest.TempPathFactory, podman: Podman, run_id: str) -> Iterator[Proeftuin]:
    """Have a municipality file that nobody else has, so that the first demo is a first one on any machine."""
    folder = tmp_path_factory.mktemp("proeftuin")
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "network.crt")]
    subprocess.run([*CERTIFICATE.split(), *files], check=True, capture_output=True)
    (folder / "gemeente.yml").write_text(
        "municipality: {name: Proefveen, domain: proefveen.example.org}\n"
        "target: {type: container}\n"
        f"consul: {{source: {STANDIN}}}\n"
        "network: {extra_ca: [network.crt]}\n"
        "administrators: [{name: Beheerder, email: beheer@example.org}]\n"
    )
    before = {image.name for image in Snapshots(podman).all()}
    yield Proeftuin(tool, folder, run_id)
    tool.run("demo", "down", "--all", cwd=folder)
    for image in Snapshots(podman).all():
        if image.name not in before:
            podman.try_("rmi", image.name)


@pytest.fixture(scope="module")
def first(proeftuin: Proeftuin) -> dict[str, Any]:
    """Start the first demo, which was killed once while it made what all of them share."""
    proeftuin.killed_at("a", "Databaseserver inrichten")
    return proeftuin.up("a", "--for", "2d")


@pytest.fixture(scope="module")
def second(proeftuin: Proeftuin, first: dict[str, Any]) -> Outcome:
    assert first
    done = proeftuin.demo("up", proeftuin.name("b"), "--file", "gemeente.yml")
    assert done.code == 0, done
    return done


def answers(url: str) -> bool:
    page = httpx.get(url)
    return page.is_success and "Proefveen" in page.text


def test_a_killed_first_demo_goes_on_and_leaves_nothing_half(
    first: dict[str, Any], podman: Podman, proeftuin: Proeftuin
) -> None:
    assert answers(first["url"])
    assert left_over(podman, proeftuin.tool.state) == []


def test_the_second_one_only_makes_its_site(second: Outcome, proeftuin: Proeftuin, podman: Podman) -> None:
    assert BUILDING not in second.out
    assert answers(proeftuin.listed()["b"]["url"])
    images = [podman.inspect(proeftuin.host(letter).name)["ImageName"] for letter in "ab"]  # type: ignore[index]  # the container is there
    assert images[0] == images[1]
    assert images[0] in {image.name for image in Snapshots(podman).all()}


@pytest.mark.usefixtures("second")
def test_what_comes_out_is_what_a_whole_deploy_makes(proeftuin: Proeftuin) -> None:
    again = proeftuin.up("b")
    assert again["changes"] == []
    assert again["changed"] == 0


@pytest.mark.usefixtures("second")
def test_each_has_keys_an_id_and_secrets_of_its_own(proeftuin: Proeftuin) -> None:
    script = (
        "cat /etc/machine-id; cat /etc/ssh/ssh_host_*_key.pub; cat /root/.ssh/authorized_keys;"
        "grep secret_key_base /srv/ddconsul/*/shared/config/secrets.yml"
    )
    ours, theirs = (proeftuin.host(letter).sh(script).splitlines() for letter in "ab")
    assert len(ours) == len(theirs) == 4
    assert not set(ours) & set(theirs)


def test_nothing_of_a_site_or_a_container_is_in_the_image(
    first: dict[str, Any], second: Outcome, podman: Podman, proeftuin: Proeftuin
) -> None:
    assert second.code == 0
    image = podman.inspect(proeftuin.host("b").name)["ImageName"]  # type: ignore[index]  # the container is there
    name = f"look-{proeftuin.run_id}"
    podman.do("create", "--name", name, "--pull=never", image)
    try:
        root = Path(podman.do("mount", name).strip())
        assert list((root / "srv/ddconsul").iterdir()) == []
        assert list(root.glob("etc/ssh/ssh_host_*")) == []
        assert not (root / "root/.ssh").exists()
        assert (root / "etc/machine-id").read_text() == ""
        password = first["administrator"]["password"]
        assert subprocess.run(["grep", "-rqF", password, root], check=False).returncode == 1
        assert subprocess.run(["grep", "-rqF", "proefveen", root], check=False).returncode == 1
    finally:
        podman.try_("rm", "--force", name)


@pytest.mark.usefixtures("second")
def test_the_list_tells_memory_and_time(proeftuin: Proeftuin) -> None:
    listed = proeftuin.listed()
    assert {listed[letter]["state"] for letter in "ab"} == {"running"}
    assert all(50_000_000 < listed[letter]["memory"] < 2_000_000_000 for letter in "ab")
    assert listed["a"]["expires"] > listed["a"]["made"]
    assert listed["b"]["expires"] is None


def test_the_journal_of_the_site_is_shown_without_its_secrets(first: dict[str, Any], proeftuin: Proeftuin) -> None:
    password = first["administrator"]["password"]
    proeftuin.host("a").sh(f"echo 'password {password}' | systemd-cat --identifier=test")
    unit = f"ddconsul-demo-{proeftuin.name('a')}-test"
    proeftuin.host("a").sh(f"systemd-run --quiet --wait --unit={unit} echo 'password is {password}'")
    done = proeftuin.demo("logs", proeftuin.name("a"))
    assert "Puma starting" in done.out
    assert "password is" in done.out
    assert password not in done.out


@pytest.mark.usefixtures("second")
def test_two_at_once_get_ports_of_their_own(proeftuin: Proeftuin) -> None:
    running = [proeftuin.begin(letter) for letter in "cd"]
    for each in running:
        out, _ = each.communicate(timeout=600)
        assert each.returncode == 0, out
    urls = {letter: listed["url"] for letter, listed in proeftuin.listed().items()}
    assert len(set(urls.values())) == len(urls)
    assert all(answers(url) for url in urls.values())


@pytest.mark.usefixtures("second")
def test_one_that_was_killed_half_way_goes_on_where_it_stopped(proeftuin: Proeftuin) -> None:
    proeftuin.killed_at("e", "Site voorbereiden")
    assert proeftuin.listed()["e"]["state"] == "unfinished"
    assert answers(proeftuin.up("e")["url"])
    assert proeftuin.listed()["e"]["state"] == "running"


@pytest.mark.usefixtures("second")
def test_one_that_was_killed_half_way_can_be_removed(proeftuin: Proeftuin, podman: Podman) -> None:
    proeftuin.killed_at("f", "Container starten")
    assert proeftuin.demo("down", proeftuin.name("f")).code == 0
    assert podman.inspect(proeftuin.host("f").name) is None
    assert "f" not in proeftuin.listed()


@pytest.mark.usefixtures("second")
def test_a_name_that_is_not_there_is_told_in_dutch(proeftuin: Proeftuin) -> None:
    done = proeftuin.demo("open", proeftuin.name("b").replace("-", ""))
    assert done.code == 2
    assert f"Bedoelt u {proeftuin.name('b')}?" in done.err


@pytest.mark.usefixtures("second")
def test_one_shows_another_example_although_people_vote_on_what_it_showed(proeftuin: Proeftuin) -> None:
    for starter in ("peiling", "debat"):
        done = proeftuin.demo("up", proeftuin.name("b"), "--starter", starter, "--source", str(STANDIN), "--json")
        assert done.code == 0, done
    shown = httpx.get(f"{done.json['url']}debat")
    assert shown.is_success
    assert "Hoe ziet het centrum er over tien jaar uit?" in shown.text


@pytest.mark.usefixtures("second")
def test_down_takes_all_of_them(proeftuin: Proeftuin, podman: Podman) -> None:
    names = [proeftuin.host(letter).name for letter in proeftuin.listed()]
    assert proeftuin.demo("down", "--all").code == 0
    assert [name for name in names if podman.inspect(name)] == []
    assert list((proeftuin.tool.state / "containers").iterdir()) == []
    assert proeftuin.demo("list").out.startswith("Er zijn geen demo's.")
