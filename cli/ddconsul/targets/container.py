"""A container on this machine that is a server in all but name: systemd, sshd, a key of its own."""

from __future__ import annotations

import io
import re
import socket
import tarfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ddconsul.targets.base import Connection, Report, TargetError
from ddconsul.targets.image import BaseImage, one_at_a_time
from ddconsul.targets.keys import Keys, public
from ddconsul.targets.machine import Attempt, attempts, check, ulimit_flags
from ddconsul.targets.process import Command, Outcome, Run, argv, run
from ddconsul.targets.ssh import ssh_argv

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from ddconsul.targets.machine import Limits
    from ddconsul.targets.podman import Podman
    from ddconsul.targets.trust import Authority

LABEL = "org.ddconsul.site"
LABEL_STATE = "org.ddconsul.state"
LABEL_SSH = "org.ddconsul.ssh-port"
LABEL_HTTP = "org.ddconsul.http-port"
LABEL_HTTPS = "org.ddconsul.https-port"

_UP_SECONDS = 90
_ANSWER_SECONDS = 20
_NO_ANSWER = "nothing answers"
_CONNECT_SECONDS = 3
_SSH_FAILED = 255
_STOP_SECONDS = "3"
_PORT_TAKEN = "address already in use"
# A port a person can remember, as long as one is free.
_HTTP_PORTS = range(8080, 8100)
_PORT_TRIES = 5
_LONG = 240

_REMEDIES = (
    ("/dev/net/tun", "Let users have a network of their own: sudo modprobe tun; sudo chmod 666 /dev/net/tun"),
    (
        "systemd stopped at once",
        (
            "It may write no cgroup here. Without root, that takes a log-in session of your own: log in over SSH or at "
            "the console (su and sudo give none), or run ddconsul as root."
        ),
    ),
    ("no space left", "Make room where podman keeps its images: podman system df"),
)


@dataclass(frozen=True)
class Ports:
    """The ports on 127.0.0.1 under which the container is reached."""

    ssh: int
    http: int
    https: int


@dataclass(frozen=True)
class Making:
    """How a new container differs from an ordinary one.

    Attributes:
        image: Gives the image it is made from; None for the base image.
        ready: Whether the image has all that a host needs, so that there is nothing to wait for: it trusts the
            authorities, and what its services need at their start is there.
        memory: The most memory it gets, in MiB; 0 for all there is.
    """

    image: Callable[[Report], str] | None = None
    ready: bool = False
    memory: int = 0


@dataclass(frozen=True)
class Browser:
    """How a browser comes to the site.

    Attributes:
        port: The port on this machine, when the user chose one.
        tls: Whether it comes over https.
    """

    port: int | None = None
    tls: bool = False


def container_name(site: str) -> str:
    """Return the name of a site's container."""
    return f"ddconsul-{site}"


def labels(site: str, state_dir: Path, ports: Ports) -> dict[str, str]:
    """Return what a container remembers about itself."""
    return {
        LABEL: site,
        LABEL_STATE: str(state_dir),
        LABEL_SSH: str(ports.ssh),
        LABEL_HTTP: str(ports.http),
        LABEL_HTTPS: str(ports.https),
    }


def create_argv(
    image: str, ports: Ports, network: str, limits: Limits, marks: Mapping[str, str], memory: int = 0
) -> tuple[str, ...]:
    """Return podman's arguments that make the container.

    Args:
        image: The base image.
        ports: The ports on this machine.
        network: The kind of network.
        limits: The most to ask for.
        marks: Its labels; the site's name is among them.
        memory: The most memory it gets, in MiB; 0 for all there is.
    """
    site = marks[LABEL]
    return argv(
        ("create", "--name", container_name(site), "--hostname", site, "--systemd=always", f"--network={network}"),
        ("--publish", f"127.0.0.1:{ports.ssh}:22"),
        ("--publish", f"127.0.0.1:{ports.http}:80"),
        ("--publish", f"127.0.0.1:{ports.https}:443"),
        *(("--label", f"{key}={value}") for key, value in marks.items()),
        # The image is made here or pulled on purpose, never looked for elsewhere.
        "--pull=never",
        ulimit_flags(limits),
        ("--memory", f"{memory}m") if memory else (),
        image,
    )


def contents(keys: Keys, authorities: list[Authority]) -> bytes:
    """Return a tar archive of what goes into a new container: its keys, and whom it trusts."""
    files = [
        ("etc/ssh/ssh_host_ed25519_key", keys.host.read_bytes(), 0o600),
        ("etc/ssh/ssh_host_ed25519_key.pub", public(keys.host).read_bytes(), 0o644),
        ("root/.ssh/authorized_keys", public(keys.login).read_bytes(), 0o600),
        *(
            (f"usr/local/share/ca-certificates/{authority['name']}.crt", authority["pem"].encode(), 0o644)
            for authority in authorities
        ),
    ]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        folder = tarfile.TarInfo("root/.ssh")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o700
        archive.addfile(folder)
        for name, data, mode in files:
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), mode
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def brief(words: str) -> str:
    """Return the part of podman's words that says what went wrong."""
    plain = re.sub(r'^Error: |unable to start container "[0-9a-f]+": ', "", words)
    first = plain.split("\\n", 1)[0].strip()
    return first if len(first) <= _LONG else f"{first[:_LONG]} …"


def remedy(words: str) -> str:
    """Return what to do about a refusal that is known ("" when it is not)."""
    return next((todo for sign, todo in _REMEDIES if sign in words), "")


def free_port(wanted: range = range(0), taken: Collection[int] = ()) -> int:
    """Return a port on 127.0.0.1 that nothing listens on: one of those wanted and not taken, else any."""
    for port in (*(port for port in wanted if port not in taken), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise TargetError("No port is free on 127.0.0.1.", "this machine", "Stop something that listens, and try again.")


class ContainerTarget:
    """A container for one site.

    Args:
        site: The site's short name.
        podman: Podman on this machine.
        state_dir: Where ddconsul remembers things.
        authorities: Gives the certificate authorities the container must trust; asked only for a new container.
        browser: How a browser comes to the site.
        making: How a new container differs from an ordinary one.
        run: Runs a command.
    """

    def __init__(  # noqa: PLR0913 — what differs has a default
        self,
        site: str,
        podman: Podman,
        state_dir: Path,
        authorities: Callable[[], list[Authority]] = list,
        browser: Browser = Browser(),
        *,
        making: Making = Making(),
        run: Run = run,
    ) -> None:
        self.site = site
        self.name = container_name(site)
        self.keys = Keys(state_dir / "containers" / site)
        self._podman = podman
        self._state_dir = state_dir
        self._image = making.image or BaseImage(podman, state_dir, run).ensure
        self._making = making
        self._authorities = authorities
        self._browser = browser
        self._run = run
        # Podman takes a twentieth of a second for each question.
        self._known: Ports | None = None

    def prepare(self, report: Report) -> Connection:
        """Make the container, or start it again, and wait until it can be used."""
        check(self._podman.machine)
        found = self._podman.inspect(self.name)
        if found is None:
            ports = self._make(report)
            up = self._making.ready
        else:
            ports = self._ports(found)
            up = _has_been_up(found) and self.keys.complete()
            self._wake(found, ports, report)
            self.keys.know(ports.ssh)
        self._known = ports
        return self._connection(ports) if up else self._reach(ports)

    def public_host(self, domain: str) -> str:  # noqa: ARG002 — a container has no name in the DNS
        """Return localhost and the container's port; before there is a container, the port that was asked for."""
        found = None if self._known else self._podman.inspect(self.name)
        ports = self._ports(found) if found else self._known
        port = self._browser_port(ports) if ports else self._browser.port
        return f"localhost:{port}" if port else "localhost"

    def remove(self, report: Report) -> None:
        """Remove the container, its volumes and its keys."""
        found = self._podman.inspect(self.name) if self._podman.machine.podman else None
        if found is not None:
            self._ports(found)  # refuses a container that is not ours
            report(f"Removing container {self.name}")
            self._discard()
        self.keys.remove()
        self._known = None

    def exists(self) -> bool:
        """Tell whether the container is there, running or not."""
        return self._podman.inspect(self.name) is not None

    def running(self) -> bool:
        """Tell whether the container is there and running."""
        found = self._podman.inspect(self.name)
        return found is not None and _is_running(found)

    def _make(self, report: Report) -> Ports:
        image = self._image(report)
        report(f"Starting container {self.name}")
        authorities = self._authorities()
        self.keys.make(self._run)
        try:
            return self._start_new(image, contents(self.keys, authorities))
        except BaseException:
            self.remove(lambda _: None)
            raise

    def _start_new(self, image: str, archive: bytes) -> Ports:
        """Try the ways there are until the container starts."""
        failures: dict[str, list[Attempt]] = {}
        dead_ends: set[str] = set()
        for attempt in attempts(self._podman.machine):
            if attempt.network in dead_ends:
                continue
            for _ in range(_PORT_TRIES):
                ports, failure = self._create(image, attempt)
                failure = failure or self._start(archive, ports, attempt)
                if not failure:
                    return ports
                self._discard()
                if _PORT_TAKEN not in failure:
                    break
                self._refuse_taken_port()
            failures.setdefault(brief(failure), []).append(attempt)
            if failure.startswith(_NO_ANSWER):
                dead_ends.add(attempt.network)
        raise TargetError(
            "The container does not start: " + "; ".join(_tell(*failure) for failure in failures.items()),
            self.name,
            remedy(" ".join(failures)) or f"Try by hand: podman run --rm {image} true",
        )

    def _choose_ports(self) -> Ports:
        browser = self._browser.port or free_port(_HTTP_PORTS, self._promised())
        other = free_port()
        return Ports(free_port(), *((other, browser) if self._browser.tls else (browser, other)))

    def _promised(self) -> set[int]:
        """Return the ports of our containers, which one that is switched off wants back when it starts again."""
        marks = [container["Labels"] for container in self._podman.containers(LABEL)]
        return {int(mark[label]) for mark in marks for label in (LABEL_HTTP, LABEL_HTTPS) if label in mark}

    def _browser_port(self, ports: Ports) -> int:
        return ports.https if self._browser.tls else ports.http

    def _refuse_taken_port(self) -> None:
        if self._browser.port:
            raise TargetError(
                f"Something else listens on port {self._browser.port}.",
                "target.http_port",
                "Choose another port, or leave it out: ddconsul then finds a free one.",
            )

    def _create(self, image: str, attempt: Attempt) -> tuple[Ports, str]:
        """Make the container, and return its ports and why that failed ("" when it did not).

        One at a time: a container promises its ports from here on. Two that begin with the same port, of which one is
        refused it, may both lose it: what is cleared away of the one is the other's too.
        """
        machine = self._podman.machine
        memory = self._making.memory if machine.limits_memory else 0
        with one_at_a_time("ports"):
            ports = self._choose_ports()
            marks = labels(self.site, self._state_dir, ports)
            words = create_argv(image, ports, attempt.network, machine.limits, marks, memory)
            outcome = self._podman.try_(*words, runtime=attempt.runtime)
        return ports, "" if outcome.ok else outcome.last_words

    def _start(self, archive: bytes, ports: Ports, attempt: Attempt) -> str:
        """Start the container that was made, and return why that failed ("" when it did not)."""
        for words, stdin in ((("cp", "-", f"{self.name}:/"), archive), (("start", self.name), b"")):
            outcome = self._podman.try_(*words, runtime=attempt.runtime, stdin=stdin)
            if not outcome.ok:
                return outcome.last_words
        return self._trust() or self._answer(ports)

    def _trust(self) -> str:
        """Let the container trust the authorities that were put into it, and return why that failed."""
        outcome = self._podman.try_("exec", self.name, "true" if self._making.ready else "update-ca-certificates")
        if outcome.ok:
            return ""
        # Systemd gives up at once when it has no cgroup that it may write.
        return outcome.last_words if self.running() else f"systemd stopped at once: {self._last_words()}"

    def _answer(self, ports: Ports) -> str:
        """Return why nothing answers on the container's port: a network may come up and lead nowhere."""
        self.keys.know(ports.ssh)
        outcome = self._log_in(ports, "true", _ANSWER_SECONDS)
        return f"{_NO_ANSWER}: {outcome.last_words}" if outcome.code == _SSH_FAILED else ""

    def _wake(self, found: dict[str, Any], ports: Ports, report: Report) -> None:
        """Start a container that is there but does not run, and furnish one that was left half-way."""
        if not _is_running(found):
            report(f"Starting container {self.name} again")
            outcome = self._podman.try_("start", self.name)
            if not outcome.ok:
                raise self._not_again(outcome, ports)
        if not self.keys.complete():
            self.keys.make(self._run)
            self._podman.do("cp", "-", f"{self.name}:/", stdin=contents(self.keys, self._authorities()))
            failure = self._trust()
            if failure:
                raise TargetError(
                    f"The container is broken: {failure}", self.name, f"Look inside: podman logs {self.name}"
                )
            self._podman.do("exec", self.name, "systemctl", "restart", "ssh")

    def _not_again(self, outcome: Outcome, ports: Ports) -> TargetError:
        if _PORT_TAKEN in outcome.err:
            return TargetError(
                f"Something else now listens on a port of this container: {ports.ssh}, {ports.http} or {ports.https}.",
                self.name,
                "See what listens with: ss -ltnp — stop it, and try again.",
            )
        return TargetError(
            f"The container does not start again: {outcome.last_words}",
            self.name,
            f"Try by hand: podman start {self.name}",
        )

    def _ports(self, found: dict[str, Any]) -> Ports:
        marks = found["Config"].get("Labels") or {}
        if marks.get(LABEL) != self.site:
            raise TargetError(
                "A container of this name is there, and ddconsul did not make it.",
                self.name,
                f"Give the site another name (target.site), or remove that container: podman rm --force {self.name}",
            )
        if marks.get(LABEL_STATE, str(self._state_dir)) != str(self._state_dir):
            raise TargetError(
                f"This container belongs to a ddconsul that keeps its state in {marks[LABEL_STATE]}.",
                self.name,
                "Give the site another name (target.site), or go there (HOME and XDG_STATE_HOME decide where that is).",
            )
        return Ports(*(int(marks[label]) for label in (LABEL_SSH, LABEL_HTTP, LABEL_HTTPS)))

    def _reach(self, ports: Ports) -> Connection:
        """Log in as soon as sshd answers, and wait until systemd has started what belongs to it."""
        outcome = self._log_in(ports, "systemctl is-system-running --wait", _UP_SECONDS)
        # Degraded: a unit failed, which a container may have; what a deploy needs is checked by the deploy.
        if outcome.out.strip() not in {"running", "degraded"}:
            what = outcome.last_words if self.running() else self._last_words()
            raise TargetError(
                f"The container does not come up: {what}",
                self.name,
                f"Look inside: podman logs {self.name} — or remove it (podman rm --force {self.name}) and start anew.",
            )
        return self._connection(ports)

    def _connection(self, ports: Ports) -> Connection:
        return Connection("127.0.0.1", ports.ssh, "root", self.keys.login, self.keys.known_hosts)

    def _log_in(self, ports: Ports, script: str, seconds: float) -> Outcome:
        """Run a script in the container, as soon as its sshd answers."""
        command = Command(ssh_argv(self._connection(ports), script, seconds=_CONNECT_SECONDS), timeout=_UP_SECONDS)
        deadline = time.monotonic() + seconds
        outcome = self._run(command)
        while outcome.code == _SSH_FAILED and self.running() and time.monotonic() < deadline:
            time.sleep(0.1)
            outcome = self._run(command)
        return outcome

    def _last_words(self) -> str:
        logs = self._podman.try_("logs", "--tail", "5", self.name)
        return logs.last_words if logs.out or logs.err else "it said nothing"

    def _discard(self) -> None:
        words = ("rm", "--force", "--volumes", "--time", _STOP_SECONDS, self.name)
        # Podman fails over a container that ends just while it is stopped; the next time there is nothing to stop.
        if not self._podman.try_(*words).ok:
            self._podman.do(*words)


def _tell(failure: str, tried: list[Attempt]) -> str:
    ways = ", ".join(f"{attempt.runtime or 'podman'} on {attempt.network}" for attempt in tried)
    return f"{failure} ({ways})"


def _is_running(found: dict[str, Any]) -> bool:
    return bool(found["State"]["Running"])


def _has_been_up(found: dict[str, Any]) -> bool:
    """Tell whether a container has run for so long that there is nothing to wait for."""
    started = found["State"].get("StartedAt")
    if not started or not _is_running(found):
        return False
    return datetime.now(UTC) - datetime.fromisoformat(started) > timedelta(seconds=_UP_SECONDS)
