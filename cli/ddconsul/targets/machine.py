"""What this machine is, as far as running containers goes, and what podman must be told because of it.

Everything is read, nothing is changed: podman gets flags, /etc stays as it is.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ddconsul.account import home_folder, user_name
from ddconsul.targets.base import TargetError
from ddconsul.targets.process import Command, Run, run

Cgroups = Literal["v1", "hybrid", "v2"]

PODMAN_CEILING = 1048576
"""What podman asks for by itself, for both limits; less is what a machine may allow."""

PACKAGES = (
    *("podman", "runc", "crun", "netavark", "aardvark-dns", "iptables", "nftables", "uidmap", "slirp4netns", "passt"),
    *("mmdebstrap", "debian-archive-keyring", "gpgv", "ca-certificates", "tar", "xz-utils", "openssh-client"),
)
"""Debian's packages by which containers are made and run, each named: what a package only recommends is not installed.

The same ones are in scripts/system-packages, which works before any Python package is there.
"""

_BRIDGE_NETWORK = 10 << 24 | 88 << 16
_BRIDGE_MASK = 0xFFFF0000
_BRIDGES = ("podman", "cni-podman")

_HELPERS = ("slirp4netns", "pasta")
_PASTA_SINCE = (4, 4)
_PASTA_FIRST_SINCE = (5, 0)


@dataclass(frozen=True)
class Limits:
    """The hardest limits a process may ask for."""

    nofile: int
    nproc: int


@dataclass(frozen=True)
class Machine:
    """Facts about this machine.

    Attributes:
        user: Name of the user we are.
        root: Whether that is root.
        debian: Whether apt-get installs what is missing.
        podman: Version of podman, or () when it is not there.
        cgroups: How control groups are mounted.
        runtimes: OCI runtimes that are installed.
        helpers: Programs that give a container a network without a bridge.
        limits: The machine's hard limits.
        subordinate_ids: Whether the user has the ids that a rootless container needs.
        bridge_taken: Whether a network of the machine has the addresses of podman's bridge.
        own_storage: Folder for images and containers, where podman's own cannot be used; else "".
        limits_memory: Whether a container can be given a limit to its memory.
    """

    user: str
    root: bool
    debian: bool
    podman: tuple[int, ...]
    cgroups: Cgroups
    runtimes: tuple[str, ...]
    helpers: tuple[str, ...]
    limits: Limits
    subordinate_ids: bool = True
    own_storage: str = ""
    bridge_taken: bool = False
    limits_memory: bool = False

    def install(self, *packages: str) -> str:
        """Return what to do about packages that are missing."""
        if not self.debian:
            return f"Install {', '.join(packages)} (Debian's package names), and try again."
        sudo = "" if self.root else "sudo "
        return f"Run: {sudo}apt-get install --no-install-recommends {' '.join(packages)}"


@dataclass(frozen=True)
class Attempt:
    """One way to start a container; a runtime of "" is podman's own choice."""

    runtime: str
    network: str


def cgroup_layout(mountinfo: str) -> Cgroups:
    """Tell how control groups are mounted, from the text of /proc/self/mountinfo."""
    kinds: dict[str, str] = {}
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        if separator:
            # A later mount hides an earlier one at the same place.
            kinds[before.split()[4]] = after.split()[0]
    if kinds.get("/sys/fs/cgroup") == "cgroup2":
        return "v2"
    below = {kind for place, kind in kinds.items() if place.startswith("/sys/fs/cgroup/")}
    return "hybrid" if "cgroup2" in below else "v1"


def limits_memory(mountinfo: str, controllers: str, *, root: bool) -> bool:
    """Tell whether a container can be given a limit to its memory.

    Args:
        mountinfo: Text of /proc/self/mountinfo.
        controllers: The controllers that the user has of control groups version 2.
        root: Whether the user is root; version 1 limits nobody else's containers.
    """
    return "memory" in controllers.split() or (root and " /sys/fs/cgroup/memory " in mountinfo)


def memory_used(pid: int, root: Path = Path("/")) -> int | None:
    """Return the bytes that a container's processes use; what is kept of files they read is not among them.

    Args:
        pid: Its first process.
        root: The root of the file system.

    Returns:
        The bytes, or None when the machine does not tell.
    """
    # Systemd, which a container runs first, has put itself in a group below the container's own.
    lines = [line.split(":", 2) for line in _read(str(root / f"proc/{pid}/cgroup")).splitlines()]
    groups = {controllers: place.removesuffix("/init.scope").lstrip("/") for _, controllers, place in lines}
    # Of both versions: the memory of processes, and what they share.
    for controllers, folder, counts in (
        ("memory", "memory", ("total_rss", "total_shmem")),
        ("", "", ("anon", "shmem")),
    ):
        place = root / "sys/fs/cgroup" / folder / groups.get(controllers, "-")
        found = dict(line.split(" ", 1) for line in _read(str(place / "memory.stat")).splitlines())
        if found.keys() >= set(counts):
            return sum(int(found[count]) for count in counts)
    return None


def file_system(mountinfo: str, path: str) -> str:
    """Return the type of the file system that holds an absolute path."""
    best, kind = "", ""
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        place = before.split()[4] if separator else ""
        holds = path == place or path.startswith(place.rstrip("/") + "/")
        if place and holds and len(place) >= len(best):
            best, kind = place, after.split()[0]
    return kind


def takes_bridge(routes: str) -> bool:
    """Tell whether a network has the addresses of podman's bridge, from the text of /proc/net/route.

    So it is inside another container, and in a network that happens to use them.
    """
    for line in routes.splitlines()[1:]:
        interface, destination, *_, mask, _, _, _ = line.split()
        network, bits = _address(destination), _address(mask)
        if not interface.startswith(_BRIDGES) and bits >= _BRIDGE_MASK and network & _BRIDGE_MASK == _BRIDGE_NETWORK:
            return True
    return False


def _address(text: str) -> int:
    """Return an address as the kernel writes it: hexadecimal, in the machine's byte order."""
    return int.from_bytes(int(text, 16).to_bytes(4, sys.byteorder), "big")


def hard_limits(limits: str, nr_open: str, pid_max: str) -> Limits:
    """Return the limits to ask for, from /proc/self/limits, /proc/sys/fs/nr_open and /proc/sys/kernel/pid_max.

    Podman lowers its own nproc to pid_max when it starts, and a process without CAP_SYS_RESOURCE cannot go back up.
    """

    def hard(name: str) -> int:
        match = re.search(rf"^{name}\s+\S+\s+(\S+)", limits, re.MULTILINE)
        return number(match[1] if match else "")

    def number(text: str) -> int:
        return int(text) if text.strip().isdigit() else PODMAN_CEILING

    return Limits(
        nofile=min(hard("Max open files"), number(nr_open), PODMAN_CEILING),
        nproc=min(hard("Max processes"), number(pid_max), PODMAN_CEILING),
    )


def has_subordinate_ids(text: str, user: str, uid: int) -> bool:
    """Tell whether the user has a range of 65536 ids or more in the text of /etc/subuid or /etc/subgid."""
    entries = [line.split(":") for line in text.splitlines() if line.count(":") == 2]  # noqa: PLR2004 — user:first:count
    return any(owner in {user, str(uid)} and count.isdigit() and int(count) >= 1 << 16 for owner, _, count in entries)


def podman_version(text: str) -> tuple[int, ...]:
    """Return the version from what `podman --version` prints."""
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(part) for part in match.groups()) if match else ()


def read_machine(run: Run = run) -> Machine:
    """Look at this machine."""
    uid = os.geteuid()
    user = "root" if uid == 0 else user_name()
    mountinfo = _read("/proc/self/mountinfo")
    version = run(Command(("podman", "--version"), timeout=20))
    storage = "/var/lib/containers/storage" if uid == 0 else str(home_folder() / ".local/share/containers/storage")
    usable = file_system(mountinfo, storage) != "overlay" or run(Command(("podman", "info"), timeout=20)).ok
    return Machine(
        user=user,
        root=uid == 0,
        debian=shutil.which("apt-get") is not None,
        podman=podman_version(version.out) if version.ok else (),
        cgroups=cgroup_layout(mountinfo),
        runtimes=tuple(name for name in ("crun", "runc") if _program(name)),
        helpers=tuple(name for name in _HELPERS if _program(name)),
        limits=hard_limits(
            _read("/proc/self/limits"), _read("/proc/sys/fs/nr_open"), _read("/proc/sys/kernel/pid_max")
        ),
        subordinate_ids=_program("newuidmap")
        and all(has_subordinate_ids(_read(path), user, uid) for path in ("/etc/subuid", "/etc/subgid")),
        bridge_taken=takes_bridge(_read("/proc/net/route")),
        own_storage="" if usable else f"{storage}-ddconsul",
        limits_memory=limits_memory(mountinfo, _read(_controllers(uid)), root=uid == 0),
    )


def _controllers(uid: int) -> str:
    """Return the file that names the controllers of control groups version 2 that a user has."""
    own = f"user.slice/user-{uid}.slice/user@{uid}.service/" if uid else ""
    return f"/sys/fs/cgroup/{own}cgroup.controllers"


def check(machine: Machine) -> None:
    """Fail when this machine cannot run a container at all.

    Raises:
        TargetError: With what is missing, and how to get it.
    """
    if not machine.podman:
        raise TargetError("Podman is not installed.", "this machine", machine.install(*PACKAGES))
    if not machine.root and not machine.subordinate_ids:
        raise TargetError(
            f"{machine.user} has no subordinate ids, which a container without root needs.",
            "/etc/subuid and /etc/subgid",
            f"Run: sudo apt-get install uidmap && sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
            f"{machine.user} — or run ddconsul as root.",
        )
    if machine.cgroups == "hybrid" and "runc" not in machine.runtimes:
        raise TargetError(
            "The machine mixes cgroup versions 1 and 2, and crun refuses that.", "this machine", machine.install("runc")
        )


def attempts(machine: Machine) -> tuple[Attempt, ...]:
    """Return the ways to start a container here, the likeliest first.

    What a kernel or a sandbox forbids shows only when a container starts, so there is a way left after the first.
    """
    return tuple(Attempt(runtime, network) for network in networks(machine) for runtime in runtimes(machine))


def runtimes(machine: Machine) -> tuple[str, ...]:
    """Return the OCI runtimes to try. Crun refuses hybrid cgroups that have a controller on both sides."""
    order = ("runc", "crun") if machine.cgroups == "hybrid" else ("crun", "runc")
    return tuple(name for name in order if name in machine.runtimes) or ("",)


def networks(machine: Machine) -> tuple[str, ...]:
    """Return the kinds of network to try."""
    pasta_first = machine.podman >= _PASTA_FIRST_SINCE
    known = [name for name in machine.helpers if name != "pasta" or machine.podman >= _PASTA_SINCE]
    helpers = tuple(sorted(known, key="pasta".__eq__, reverse=pasta_first))
    if machine.root:
        # Pasta is for who is not root.
        others = tuple(name for name in helpers if name != "pasta")
        return (*others, "bridge") if machine.bridge_taken else ("bridge", *others)
    if not helpers:
        name = "passt" if pasta_first else "slirp4netns"
        raise TargetError(
            "A container without root has no way to the network here.", "this machine", machine.install(name)
        )
    return helpers


def ulimit_flags(limits: Limits) -> tuple[str, ...]:
    """Return the flags that ask for no more than the machine has; podman itself asks for a million of each."""
    return (
        "--ulimit",
        f"nofile={limits.nofile}:{limits.nofile}",
        "--ulimit",
        f"nproc={limits.nproc}:{limits.nproc}",
    )


def global_flags(machine: Machine) -> tuple[str, ...]:
    """Return podman's flags for where and how images are kept.

    On an overlay file system (podman inside a container) the kernel refuses a second overlay on top. Podman then needs
    another driver, and a place of its own for it: it ties a place to the driver it was first tried with.
    """
    place = machine.own_storage
    return ("--root", place, "--runroot", f"{place}/run", "--storage-driver", "vfs") if place else ()


def environment(machine: Machine) -> dict[str, str]:
    """Return the variables podman needs here."""
    return {} if machine.cgroups == "v2" else {"PODMAN_IGNORE_CGROUPSV1_WARNING": "1"}


def _program(name: str) -> bool:
    # runc and iptables live where an ordinary user's PATH does not look.
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))) is not None


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
