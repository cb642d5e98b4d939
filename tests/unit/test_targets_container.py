"""A container: what podman is asked, in which order, and what happens when it refuses."""

from __future__ import annotations

import io
import json
import socket
import tarfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ddconsul.instance.models import Instance
from ddconsul.targets import container
from ddconsul.targets.base import TargetError
from ddconsul.targets.container import (
    LABEL_HTTP,
    Browser,
    ContainerTarget,
    Making,
    Ports,
    contents,
    create_argv,
    free_port,
    labels,
)
from ddconsul.targets.factory import target_for
from ddconsul.targets.keys import Keys
from ddconsul.targets.local import LocalTarget
from ddconsul.targets.machine import Limits, Machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.process import NOT_FOUND, Command, Outcome, argv, run
from ddconsul.targets.ssh import SshTarget
from ddconsul.targets.trust import Authority

if TYPE_CHECKING:
    from collections.abc import Callable

MACHINE = Machine(
    user="root",
    root=True,
    debian=True,
    podman=(4, 3, 1),
    cgroups="hybrid",
    runtimes=("crun", "runc"),
    helpers=("slirp4netns",),
    limits=Limits(4000, 300),
)
AUTHORITY = Authority(name="net-1a2b3c4d", pem="-----BEGIN CERTIFICATE-----\n")


def quiet(_: str) -> None:
    """Say nothing."""


class Engine:
    """Stands in for podman, ssh and ssh-keygen: keeps one container, and refuses what it is told to refuse."""

    def __init__(self, refuse: Callable[[str], str] = lambda _: "") -> None:
        self.lines: list[str] = []
        self.container: dict[str, Any] | None = None
        self.others: list[dict[str, Any]] = []
        self.refuse = refuse

    def __call__(self, command: Command) -> Outcome:
        line = " ".join(command.argv)
        self.lines.append(line)
        refusal = self.refuse(line)
        if refusal:
            return Outcome(125, err=f"Error: {refusal}")
        if command.argv[0] == "ssh":
            return Outcome(0, "running\n")
        if command.argv[0] == "ssh-keygen":
            return run(command)
        return self._podman([word for word in command.argv[1:] if word not in {"--runtime", "runc", "crun"}])

    def _podman(self, words: list[str]) -> Outcome:
        match words:
            case ["container", "inspect", _]:
                return Outcome(0, json.dumps([self.container])) if self.container else Outcome(125)
            case ["create", *rest]:
                labels = dict(rest[at + 1].split("=", 1) for at, word in enumerate(rest) if word == "--label")
                self.container = {"Config": {"Labels": labels}, "State": {"Running": False}}
            case ["start", _] if self.container:
                self.container["State"]["Running"] = True
            case ["rm", *_]:
                self.container = None
            case ["images", *_]:
                return Outcome(0, "[]")
            case ["ps", *_]:
                return Outcome(0, json.dumps(self.others))
        return Outcome(0)

    def verbs(self) -> list[str]:
        """Return what was asked, in short."""
        short = [line.replace("--runtime runc ", "").replace("--runtime crun ", "") for line in self.lines]
        return [
            " ".join(line.split()[:3]) if line.startswith("podman exec") else " ".join(line.split()[:2])
            for line in short
        ]

    def asked(self, part: str) -> list[str]:
        return [line for line in self.lines if part in line]


def target(engine: Engine, state: Path, browser: Browser | None = None) -> ContainerTarget:
    return ContainerTarget(
        "demo", Podman(MACHINE, engine), state, lambda: [AUTHORITY], browser or Browser(), run=engine
    )


def test_a_container_that_stops_by_itself_while_it_is_stopped_goes_all_the_same(tmp_path: Path) -> None:
    said = iter(["cannot remove container as it could not be stopped: container state improper: stopped"])
    engine = Engine(lambda line: next(said, "") if " rm --force" in line else "")
    site = target(engine, tmp_path)
    site.prepare(quiet)

    site.remove(quiet)

    assert engine.container is None


def test_a_container_that_does_not_go_is_told(tmp_path: Path) -> None:
    engine = Engine(lambda line: "device or resource busy" if " rm --force" in line else "")
    site = target(engine, tmp_path)
    site.prepare(quiet)

    with pytest.raises(TargetError, match="resource busy"):
        site.remove(quiet)


def test_create_command() -> None:
    ports = Ports(2201, 8080, 8443)
    marks = labels("demo", Path("/state"), ports)
    assert create_argv("localhost/base:1", ports, "bridge", Limits(4000, 300), marks) == (
        "create",
        "--name", "ddconsul-demo",
        "--hostname", "demo",
        "--systemd=always",
        "--network=bridge",
        "--publish", "127.0.0.1:2201:22",
        "--publish", "127.0.0.1:8080:80",
        "--publish", "127.0.0.1:8443:443",
        "--label", "org.ddconsul.site=demo",
        "--label", "org.ddconsul.state=/state",
        "--label", "org.ddconsul.ssh-port=2201",
        "--label", "org.ddconsul.http-port=8080",
        "--label", "org.ddconsul.https-port=8443",
        "--pull=never",
        "--ulimit", "nofile=4000:4000",
        "--ulimit", "nproc=300:300",
        "localhost/base:1",
    )  # fmt: skip


def test_what_goes_into_a_container(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    keys.make()
    with tarfile.open(fileobj=io.BytesIO(contents(keys, [AUTHORITY]))) as archive:
        modes = {member.name: member.mode for member in archive}
    assert modes == {
        "root/.ssh": 0o700,
        "root/.ssh/authorized_keys": 0o600,
        "etc/ssh/ssh_host_ed25519_key": 0o600,
        "etc/ssh/ssh_host_ed25519_key.pub": 0o644,
        "usr/local/share/ca-certificates/net-1a2b3c4d.crt": 0o644,
    }


def test_a_new_container(tmp_path: Path) -> None:
    engine = Engine()
    connection = target(engine, tmp_path).prepare(quiet)
    assert [verb for verb in engine.verbs() if verb not in {"podman container", "ssh-keygen -q"}] == [
        "podman image",
        "podman ps",
        "podman create",
        "podman cp",
        "podman start",
        "podman exec ddconsul-demo",
        "ssh -o",
        "ssh -o",
    ]
    assert engine.asked("update-ca-certificates")
    assert connection.host == "127.0.0.1"
    assert connection.private_key == tmp_path / "containers/demo/id_ed25519"
    assert connection.known_hosts is not None
    assert connection.known_hosts.read_text().startswith(f"[127.0.0.1]:{connection.port} ssh-ed25519 ")
    assert connection.private_key.parent.stat().st_mode & 0o077 == 0


def test_a_second_prepare_changes_nothing(tmp_path: Path) -> None:
    engine = Engine()
    first = target(engine, tmp_path).prepare(quiet)
    engine.lines.clear()
    said: list[str] = []
    assert target(engine, tmp_path).prepare(said.append) == first
    assert engine.verbs() == ["podman container", "ssh -o"]
    assert said == []


@pytest.mark.parametrize(("hours", "asked"), [(2, 0), (0, 1)])
def test_a_container_that_has_run_for_long_is_not_waited_for(tmp_path: Path, hours: int, asked: int) -> None:
    engine = Engine()
    first = target(engine, tmp_path).prepare(quiet)
    assert engine.container is not None
    # As podman writes it.
    started = datetime.now(UTC) - timedelta(hours=hours)
    engine.container["State"]["StartedAt"] = f"{started:%Y-%m-%dT%H:%M:%S.%f}930Z"
    engine.lines.clear()

    assert target(engine, tmp_path).prepare(quiet) == first
    assert len(engine.asked("is-system-running")) == asked


def test_a_stopped_container_is_started_again(tmp_path: Path) -> None:
    engine = Engine()
    target(engine, tmp_path).prepare(quiet)
    assert engine.container is not None
    engine.container["State"]["Running"] = False
    assert not target(engine, tmp_path).running()
    target(engine, tmp_path).prepare(quiet)
    assert target(engine, tmp_path).running()
    assert len(engine.asked(" create ")) == 1


def test_a_container_whose_keys_are_gone_gets_new_ones(tmp_path: Path) -> None:
    engine = Engine()
    target(engine, tmp_path).prepare(quiet)
    target(engine, tmp_path).keys.remove()
    target(engine, tmp_path).prepare(quiet)
    assert target(engine, tmp_path).keys.complete()
    assert engine.asked("systemctl restart ssh")
    assert len(engine.asked(" create ")) == 1


def test_another_way_is_tried_when_one_is_refused(tmp_path: Path) -> None:
    def refuse(line: str) -> str:
        if "--network=bridge" in line:
            return "netavark: no bridges here"
        return "crun: no" if "--runtime crun start" in line else ""

    engine = Engine(refuse)
    target(engine, tmp_path).prepare(quiet)
    assert [line.split("--network=")[1].split()[0] for line in engine.asked(" create ")] == [
        "bridge",
        "bridge",
        "slirp4netns",
    ]


def test_a_network_that_leads_nowhere_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_ANSWER_SECONDS", 0)

    class Deaf(Engine):
        def __call__(self, command: Command) -> Outcome:
            bridge = self.asked(" create ")[-1:] and "--network=bridge" in self.asked(" create ")[-1]
            if command.argv[0] == "ssh" and bridge:
                return Outcome(255, err="ssh: connect to host 127.0.0.1 port 2201: Connection timed out")
            return super().__call__(command)

    engine = Deaf()
    target(engine, tmp_path).prepare(quiet)
    assert ["bridge" in line for line in engine.asked(" create ")] == [True, False], "one runtime was enough to know"


def test_when_no_way_works_each_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    engine = Engine(lambda line: "operation not permitted" if " start " in line else "")
    with pytest.raises(TargetError) as caught:
        target(engine, tmp_path).prepare(quiet)
    assert caught.value.what == (
        "The container does not start: operation not permitted "
        "(runc on bridge, crun on bridge, runc on slirp4netns, crun on slirp4netns)"
    )
    assert engine.container is None
    assert not (tmp_path / "containers/demo").exists()


def test_podman_is_quoted_briefly() -> None:
    words = (
        'Error: unable to start container "18ff": /usr/bin/slirp4netns failed: "open(\\"/dev/net/tun\\"): '
        'Permission denied\\nWARNING: Support for seccomp is experimental\\n"'
    )
    assert container.brief(words) == '/usr/bin/slirp4netns failed: "open(\\"/dev/net/tun\\"): Permission denied'
    assert "chmod 666 /dev/net/tun" in container.remedy(words)
    assert "log-in session" in container.remedy("systemd stopped at once: x")
    assert container.remedy("odd") == ""
    assert len(container.brief("x" * 1000)) < 300


def test_a_taken_port_is_chosen_anew(tmp_path: Path) -> None:
    failures = ["address already in use"]
    engine = Engine(lambda line: failures.pop() if failures and " start " in line else "")
    target(engine, tmp_path).prepare(quiet)
    assert len(engine.asked(" create ")) == 2


def test_a_port_that_a_container_wants_back_is_left_to_it(tmp_path: Path) -> None:
    engine = Engine()
    engine.others = [{"Labels": {LABEL_HTTP: str(port)}} for port in range(8080, 8099)]
    target(engine, tmp_path).prepare(quiet)
    assert engine.container is not None
    assert int(engine.container["Config"]["Labels"][LABEL_HTTP]) not in range(8080, 8099)


def test_a_container_that_is_made_from_another_image(tmp_path: Path) -> None:
    engine = Engine()
    making = Making(lambda _: "localhost/ready:1", ready=True, memory=2048)
    machine = replace(MACHINE, limits_memory=True)
    ContainerTarget("demo", Podman(machine, engine), tmp_path, making=making, run=engine).prepare(quiet)
    (created,) = engine.asked(" create ")
    assert created.endswith(" --memory 2048m localhost/ready:1")
    assert not engine.asked("update-ca-certificates"), "that takes a second, and its image had it"
    assert not engine.asked("is-system-running"), "its services start while the deploy begins"


def test_a_limit_to_memory_that_the_machine_cannot_give_is_not_asked(tmp_path: Path) -> None:
    engine = Engine()
    making = Making(lambda _: "localhost/ready:1", memory=2048)
    ContainerTarget("demo", Podman(MACHINE, engine), tmp_path, making=making, run=engine).prepare(quiet)
    assert not engine.asked("--memory")


def test_a_taken_port_that_the_user_chose_is_an_error(tmp_path: Path) -> None:
    engine = Engine(lambda line: "address already in use" if " start " in line else "")
    with pytest.raises(TargetError, match="listens on port 8099") as caught:
        target(engine, tmp_path, Browser(8099)).prepare(quiet)
    assert caught.value.where == "target.http_port"


def test_a_port_that_is_taken_after_a_reboot(tmp_path: Path) -> None:
    engine = Engine()
    target(engine, tmp_path).prepare(quiet)
    assert engine.container is not None
    engine.container["State"]["Running"] = False
    engine.refuse = lambda line: "bind: address already in use" if " start " in line else ""
    with pytest.raises(TargetError, match="Something else now listens"):
        target(engine, tmp_path).prepare(quiet)
    assert engine.container is not None, "it holds a site: it is never removed on the way"


def test_a_container_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    engine = Engine()
    engine.container = {"Config": {"Labels": None}, "State": {"Running": True}}
    with pytest.raises(TargetError, match="ddconsul did not make it"):
        target(engine, tmp_path).prepare(quiet)
    with pytest.raises(TargetError, match="ddconsul did not make it"):
        target(engine, tmp_path).remove(quiet)
    assert set(engine.verbs()) == {"podman container"}


def test_a_container_of_another_user_of_ddconsul_is_left_alone(tmp_path: Path) -> None:
    engine = Engine()
    target(engine, tmp_path / "mine").prepare(quiet)
    for action in ("prepare", "remove"):
        with pytest.raises(TargetError, match=f"keeps its state in {tmp_path}/mine"):
            getattr(target(engine, tmp_path / "yours"), action)(quiet)
    assert engine.container is not None


def test_a_container_that_is_interrupted_is_not_left_half(tmp_path: Path) -> None:
    def interrupt(line: str) -> str:
        if " start " in line:
            raise KeyboardInterrupt
        return ""

    engine = Engine(interrupt)
    with pytest.raises(KeyboardInterrupt):
        target(engine, tmp_path).prepare(quiet)
    assert engine.container is None


def test_the_browser_finds_the_container(tmp_path: Path) -> None:
    engine = Engine()
    assert target(engine, tmp_path).public_host("a.example.org") == "localhost"
    assert target(engine, tmp_path, Browser(8099)).public_host("a.example.org") == "localhost:8099"
    target(engine, tmp_path, Browser(8099)).prepare(quiet)
    assert target(engine, tmp_path).public_host("a.example.org") == "localhost:8099"
    assert engine.container is not None
    https = engine.container["Config"]["Labels"]["org.ddconsul.https-port"]
    assert target(engine, tmp_path, Browser(tls=True)).public_host("a.example.org") == f"localhost:{https}"


def test_remove_takes_all_of_it(tmp_path: Path) -> None:
    engine = Engine()
    target(engine, tmp_path).prepare(quiet)
    said: list[str] = []
    target(engine, tmp_path).remove(said.append)
    assert "podman rm --force --volumes --time 3 ddconsul-demo" in engine.lines
    assert not list((tmp_path / "containers").iterdir())
    assert said == ["Removing container ddconsul-demo"]
    target(engine, tmp_path).remove(said.append)
    assert len(said) == 1


def test_a_free_port_is_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(range(port, port + 1)) != port


def test_podman_says_why(tmp_path: Path) -> None:
    podman = Podman(MACHINE, lambda _: Outcome(125, err="Error: no space left\n"))
    with pytest.raises(TargetError, match="podman import failed: Error: no space left"):
        podman.do("import", str(tmp_path))


def test_a_program_that_is_not_there_or_too_slow() -> None:
    assert run(Command(("ddconsul-no-such-program",))).code == NOT_FOUND
    slow = run(Command(("sleep", "5"), timeout=0.05))
    assert not slow.ok
    assert "took longer" in slow.last_words
    assert argv("a", ("b", "c")) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        ({"type": "container"}, ContainerTarget),
        ({"type": "ssh", "host": "server1.example.org"}, SshTarget),
        ({"type": "local"}, LocalTarget),
    ],
)
def test_the_file_chooses_the_target(wanted: dict[str, str], kind: type, tmp_path: Path) -> None:
    instance = Instance.model_validate(
        {
            "municipality": {"name": "Voorbeeld", "domain": "a.example.org"},
            "target": wanted,
            "administrators": [{"name": "B", "email": "b@example.org"}],
        }
    )
    assert isinstance(target_for(instance, tmp_path), kind)


def test_names() -> None:
    assert container.container_name("demo") == "ddconsul-demo"
