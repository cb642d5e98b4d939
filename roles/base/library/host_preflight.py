#!/usr/bin/python
"""Ansible module: find all that keeps a host from being deployed to, in one look, and change nothing."""

from __future__ import annotations

import fcntl
import http.client
import ipaddress
import locale
import os
import re
import socket
import ssl
import struct
import subprocess
import textwrap
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.basic import AnsibleModule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

DOCUMENTATION = r"""
module: host_preflight
short_description: Find all that keeps a host from being deployed to
description:
  - Looks at everything at once and changes nothing, so that a host which lacks five things is told five, each with
    the command that mends it. What is looked at stands in C(KINDS), which docs/preflight.md is written from.
  - Fails with the gaps. What may be meant so (a name that leads elsewhere, since a proxy may stand before the host)
    is a notice, which is also given as a warning, and does not fail.
options:
  controller_time: {description: What time it is on the controller, in seconds since 1970, type: float, required: true}
  clock_seconds: {description: How far the clocks may be apart, type: int, default: 60}
  site: {description: 'The site to deploy; "" for none', type: str, default: ''}
  domains: {description: Host names that the site answers to, type: list, elements: str, default: []}
  dns: {description: Whether these have to lead here, type: bool, default: false}
  ports: {description: Ports that nginx listens on, type: list, elements: int, default: []}
  packages: {description: Debian packages that have to be there in the end, type: list, elements: str, default: []}
  room:
    description: Places that have to hold something, each with C(path), C(mb), C(what) and C(inodes).
    type: list
    elements: dict
    default: []
  build: {description: 'What the making of a build takes: memory_mb, ports, registries', type: dict, default: {}}
  proxy: {description: 'The proxy to the internet; "" for none', type: str, default: ''}
  authorities: {description: More certificate authorities as PEM, type: list, elements: str, default: []}
author: the ddconsul contributors
"""

RETURN = r"""
gaps: {description: 'What stands in the way: check, what, where and fix of each', type: list, returned: always}
notices: {description: What may be meant so, in the same form, type: list, returned: always}
runs: {description: 'The build that the site runs, or ""', type: str, returned: success}
ansible_facts:
  description: What setup would tell of memory and processors, which takes it longer than all of this.
  type: dict
  returned: success
  contains:
    ansible_memtotal_mb: {description: Megabytes of memory, type: int, returned: always}
    ansible_processor_vcpus: {description: Processors, type: int, returned: always}
"""

RELEASE = "13"
RUBY = "3.3"
ARCHITECTURES = ("x86_64", "aarch64")
SYSTEMD = 252
POSTGRESQL = "17"
POSTGRESQL_PORT = 5432
# Megabytes that Debian's packages for a site, and their archives, take at most.
PACKAGES_MB = {"/usr": 1000, "/var/cache/apt": 300}
WEB_PORTS = (80, 443)
SECONDS_TO_ANSWER = 15
WIDTH = 79

REGISTRY_FIX = (
    "python3 -c \"from urllib.request import urlopen; urlopen('{url}')\"\n"
    "# Let the firewall through until that works, or set network.proxy or {key}."
)


@dataclass(frozen=True)
class Kind:
    """One thing that can be found: what is said of it, and what mends it.

    Args:
        what: What is wrong.
        fix: Commands to paste, and comments where no command helps.
        notice: Whether it may be meant so, and stops nothing.
    """

    what: str
    fix: str
    notice: bool = False


@dataclass(frozen=True)
class Check:
    """A subject that is looked at.

    Args:
        title: Its name.
        when: On which hosts.
        kinds: What can be found.
    """

    title: str
    when: str
    kinds: dict[str, Kind]


ALWAYS = "always"
PACKAGES_LACK = "when Debian packages have to be installed"
BUILD = "when a build has to be made"

# The one source: what the module says, and docs/preflight.md, come from here.
CHECKS = (
    Check(
        "System",
        ALWAYS,
        {
            "release": Kind(
                "{system} runs here, and Consul needs the Ruby " + RUBY + " of Debian " + RELEASE,
                "# Install Debian 13 (trixie) on this host, or name another one in target.host.",
            ),
            "architecture": Kind(
                "the processor is of type {machine}; Consul's gems are made for " + " and ".join(ARCHITECTURES),
                "# Name a host with such a processor in target.host.",
            ),
            "systemd": Kind(
                "process 1 is {program}, and a site's services are systemd's",
                "sudo apt-get install systemd-sysv && sudo reboot\n"
                "# A container: start it with --systemd=always and /sbin/init.",
            ),
            "systemd-version": Kind(
                "systemd {version} is older than " + str(SYSTEMD), "sudo apt-get install systemd && sudo reboot"
            ),
            "locale": Kind("the locale C.UTF-8 is not there", "sudo apt-get install --reinstall libc-bin"),
            "not-a-folder": Kind("this is no folder, and has to be one", "sudo mv {path} {path}.old"),
            "clock": Kind(
                "the clock is {seconds} s {direction}; no certificate holds then",
                "sudo timedatectl set-ntp true || sudo apt-get install systemd-timesyncd",
            ),
            "controller-clock": Kind(
                "the clock differs {seconds} s from that of the machine which runs ddconsul, and {url} agrees with "
                "the host",
                "sudo timedatectl set-ntp true  # on the machine that runs ddconsul",
                notice=True,
            ),
        },
    ),
    Check(
        "Room",
        ALWAYS + "; room for packages and a build only where they are to come",
        {
            "disk": Kind(
                "{free} MB free, and {need} MB are needed: {purposes}",
                "sudo apt-get clean; sudo journalctl --vacuum-size=100M\n"
                "sudo du -xh --max-depth=2 {mount} | sort -h | tail  # what else can go",
            ),
            "disk-low": Kind(
                "{free} MB free, and {need} MB are advised: {purposes}",
                "sudo du -xh --max-depth=2 {mount} | sort -h | tail  # what can go",
                notice=True,
            ),
            "inodes": Kind(
                "room for {free} more files, and {need} are needed",
                "sudo du --inodes -x --max-depth=2 {mount} | sort -n | tail  # what can go",
            ),
            "read-only": Kind("this is mounted read-only", "sudo mount -o remount,rw {mount}"),
            "noexec": Kind(
                "this is mounted noexec, and Consul's gems hold programs",
                "sudo mount -o remount,exec {mount}  # and take noexec out of /etc/fstab",
            ),
            "memory": Kind(
                "{free} MB of memory and swap are free, and making a build takes {need} MB",
                "sudo fallocate -l {swap}M /swapfile && sudo chmod 600 /swapfile\n"
                "sudo mkswap /swapfile && sudo swapon /swapfile",
            ),
        },
    ),
    Check(
        "Packages",
        PACKAGES_LACK + "; Ruby always",
        {
            "dpkg": Kind(
                "packages are half installed: {packages}; a deploy finishes that first",
                "sudo dpkg --configure -a && sudo apt-get --fix-broken install  # the same by hand",
                notice=True,
            ),
            "apt-locked": Kind(
                "{program} (process {pid}) is installing packages; a deploy waits for it",
                "sudo tail --pid={pid} -f /dev/null  # the same by hand",
                notice=True,
            ),
            "apt-sources": Kind(
                "apt knows no source of packages",
                "printf 'deb http://%s main\\n' 'deb.debian.org/debian trixie' 'deb.debian.org/debian trixie-updates' "
                "'security.debian.org/debian-security trixie-security' | sudo tee /etc/apt/sources.list",
            ),
            "apt-mirror": Kind("apt's source can't be reached from the host: {reason}", "sudo apt-get update"),
            "ruby": Kind(
                "Debian's package ruby is of version {version} here; Consul needs the series " + RUBY,
                "sudo apt-get install ruby=1:" + RUBY + "+b1",
            ),
            "ruby-shadowed": Kind(
                "this stands before Debian's own, which the build needs", "sudo mv {path} {path}.old"
            ),
        },
    ),
    Check(
        "Registries",
        BUILD,
        {
            "registry-name": Kind(
                "the host can't find this name in DNS ({reason})",
                "cat /etc/resolv.conf; getent hosts {host}  # mend the name server\n# Or set network.proxy or {key}.",
            ),
            "registry": Kind("this can't be reached from the host: {reason}", REGISTRY_FIX),
            "registry-proxy": Kind(
                "the proxy {proxy} does not let the host through: {reason}", "# Correct network.proxy, or set {key}."
            ),
            "registry-tls": Kind(
                "TLS is intercepted, or the registry's own authority is not trusted: {reason}; issued by {issuer}",
                "openssl s_client -connect {server} -showcerts </dev/null\n"
                "# Name the file with that authority's certificate in network.extra_ca.",
            ),
        },
    ),
    Check(
        "Ports",
        "80, and 443 with TLS; the ports of a build when one has to be made",
        {
            "port-unit": Kind(
                "{program} (process {pid}) listens on it, and {purpose} has to",
                "sudo systemctl disable --now {unit}",
            ),
            "port": Kind("{program} listens on it, and {purpose} has to", "sudo ss -ltnp 'sport = :{port}'  # stop it"),
        },
    ),
    Check(
        "PostgreSQL",
        "where there is one",
        {
            "postgresql-other": Kind(
                "cluster {version}/{name} has port 5432, which " + POSTGRESQL + "/main needs",
                "sudo pg_conftool {version} {name} set port {free}\nsudo systemctl restart postgresql@{version}-{name}",
            ),
            "postgresql-port": Kind(
                "cluster " + POSTGRESQL + "/main has port {port}, and needs 5432",
                "sudo pg_conftool 17 main set port 5432 && sudo systemctl restart postgresql@17-main",
            ),
            "postgresql-cluster": Kind(
                "PostgreSQL " + POSTGRESQL + " is installed without its cluster main",
                "sudo pg_createcluster 17 main --start",
            ),
            "postgresql-stopped": Kind(
                "cluster " + POSTGRESQL + "/main does not run; a deploy tries to start it",
                "sudo systemctl start postgresql@17-main",
                notice=True,
            ),
        },
    ),
    Check(
        "nginx",
        "where there is one",
        {
            "nginx": Kind("nginx refuses the settings that it has: {reason}", "sudo nginx -t"),
            "nginx-default": Kind(
                "this makes itself the default of port {port}, and so does ddconsul: nginx refuses two",
                "sudo sed -i --follow-symlinks 's/ default_server//' {path} && sudo nginx -t",
            ),
            "nginx-include": Kind(
                "nginx does not read /etc/nginx/sites-enabled",
                "echo 'include /etc/nginx/sites-enabled/*;' | sudo tee /etc/nginx/conf.d/sites.conf",
            ),
        },
    ),
    Check(
        "Domain",
        "always; its address only before a server's first deploy under that name",
        {
            "domain-site": Kind(
                "{domain} is already the domain of site {other}",
                "# Choose another municipality.domain, or run ddconsul destroy on that site's file.",
            ),
            "domain-other": Kind(
                "{domain} is served from here already, by something that ddconsul did not make",
                "# Set it aside, when it may go; moved back, it serves again.\n"
                "sudo mv --no-clobber {path} /etc/nginx/ && sudo systemctl reload nginx",
            ),
            "dns-none": Kind(
                "{domain} is not in DNS (yet): {reason}",
                "getent ahosts {domain}  # add A and AAAA records",
                notice=True,
            ),
            "dns-elsewhere": Kind(
                "{domain} leads to {addresses}, which is not this host; fine where a proxy stands before it",
                "getent ahosts {domain}  # else correct its A and AAAA records",
                notice=True,
            ),
        },
    ),
)
KINDS = {name: kind for check in CHECKS for name, kind in check.kinds.items()}


@dataclass(frozen=True)
class Finding:
    """Something found, of a kind."""

    check: str
    what: str
    where: str
    fix: str

    @property
    def notice(self) -> bool:
        """Whether it stops nothing."""
        return KINDS[self.check].notice

    def as_dict(self) -> dict[str, str]:
        """Return it as the module's result has it."""
        return {"check": self.check, "what": self.what, "where": self.where, "fix": self.fix}


def found(check: str, where: str, **values: object) -> Finding:
    """Return a finding of a kind, with its words filled in."""
    kind = KINDS[check]
    return Finding(check, kind.what.format(**values), where, kind.fix.format(**values))


@dataclass(frozen=True)
class Wanted:
    """What has to be deployed: the module's parameters."""

    controller_time: float
    clock_seconds: int = 60
    site: str = ""
    domains: list[str] = field(default_factory=list)
    dns: bool = False
    ports: list[int] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    room: list[dict[str, Any]] = field(default_factory=list)
    build: dict[str, Any] = field(default_factory=dict)
    proxy: str = ""
    authorities: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Package:
    """What dpkg knows of a package."""

    state: str
    version: str

    @property
    def installed(self) -> bool:
        """Whether it is there, and whole."""
        return self.state in {"install ok installed", "hold ok installed"}

    @property
    def broken(self) -> bool:
        """Whether an installation of it was not finished."""
        _, error, status = (*self.state.split(), "", "", "")[:3]
        return error == "reinstreq" or status in {"half-installed", "unpacked", "half-configured", "triggers-awaited"}


@dataclass(frozen=True)
class Listener:
    """A program that listens on a TCP port."""

    port: int
    program: str = "a program that can't be seen from here"
    pid: int = 0
    unit: str = ""


@dataclass(frozen=True)
class Space:
    """The file system that holds a path."""

    device: int
    mount: str
    free_mb: int
    free_files: int | None
    read_only: bool
    noexec: bool


class Host:
    """The host as files and programs; a test gives it other ones.

    Args:
        root: Folder that passes for the host's root.
    """

    def __init__(self, root: str = "/") -> None:
        self.root = Path(root)
        self.packages = packages(self.read("/var/lib/dpkg/status"))

    def path(self, name: str) -> Path:
        """Return where a path of the host is."""
        return self.root / name.lstrip("/")

    def read(self, name: str) -> str:
        """Return the text of a file; "" when there is none."""
        try:
            return self.path(name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def files(self, pattern: str) -> list[str]:
        """Return the paths that match, as the host knows them."""
        return sorted(f"/{path.relative_to(self.root)}" for path in self.root.glob(pattern.lstrip("/")))

    def installed(self, name: str) -> bool:
        """Tell whether a Debian package is there."""
        return name in self.packages and self.packages[name].installed

    def run(self, *argv: str, given: str = "") -> tuple[int, str]:
        """Return how a program ended and what it said; 127 when it is not there."""
        try:
            done = subprocess.run(
                argv, input=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
            )
        except OSError as error:
            return 127, str(error)
        return done.returncode, done.stdout.strip()

    def space(self, name: str) -> Space:
        """Return the file system that holds a path, or will when it is made."""
        place = self.path(name)
        while not place.exists():
            place = place.parent
        place = place.resolve()
        info = os.statvfs(place)
        device = place.stat().st_dev
        while not place.is_mount() and place != place.parent:
            place = place.parent
        return Space(
            device=device,
            mount=str(place),
            free_mb=info.f_bavail * info.f_frsize >> 20,
            free_files=info.f_favail if info.f_files else None,
            read_only=bool(info.f_flag & os.ST_RDONLY),
            noexec=bool(info.f_flag & os.ST_NOEXEC),
        )

    def now(self) -> float:
        """Return what time it is."""
        return time.time()

    def lock_holder(self, name: str) -> int:
        """Return the process that has locked a file; 0 for none."""
        # struct flock: kind, whence, start, length, process.
        layout, nobody = "hhqqi4x", fcntl.F_UNLCK
        try:
            with self.path(name).open("rb") as file:
                answer = fcntl.fcntl(file, fcntl.F_GETLK, struct.pack(layout, fcntl.F_WRLCK, 0, 0, 0, 0))
        except OSError:
            return 0
        kind, _, _, _, pid = struct.unpack(layout, answer)
        return 0 if kind == nobody else pid

    def listeners(self, ports: Iterable[int]) -> list[Listener]:
        """Return who listens on any of the ports."""
        taken = listening(self.read("/proc/net/tcp") + self.read("/proc/net/tcp6"))
        inodes = {inode: port for port, inode in taken if port in set(ports)}
        owners = self._owners(set(inodes)) if inodes else {}
        return [self._listener(port, owners.get(inode, 0)) for inode, port in inodes.items()]

    def _owners(self, inodes: set[str]) -> dict[str, int]:
        """Return the process of each socket."""
        owners: dict[str, int] = {}
        for link in self.root.glob("proc/[0-9]*/fd/*"):
            try:
                target = os.readlink(link)  # noqa: PTH115 — hosts with Python 3.8 are to be told so too
            except OSError:  # it ended while we looked
                continue
            if target.startswith("socket:[") and target[8:-1] in inodes:
                # The one that was there first: nginx's master, and not a worker.
                pid = int(link.parts[-3])
                owners[target[8:-1]] = min(pid, owners.get(target[8:-1], pid))
        return owners

    def _listener(self, port: int, pid: int) -> Listener:
        if not pid:
            return Listener(port)
        return Listener(port, self.program(pid), pid, unit_of(self.read(f"/proc/{pid}/cgroup")))

    def program(self, pid: int) -> str:
        """Return the name of a process."""
        return self.read(f"/proc/{pid}/comm").strip() or "another program"

    def addresses(self) -> set[str]:
        """Return the host's own addresses."""
        return own_addresses(self.read("/proc/net/fib_trie"), self.read("/proc/net/if_inet6"))


# --- what programs and the kernel write, taken apart -------------------------------------------------------


def settings(text: str) -> dict[str, str]:
    """Return the names and values of a file like /etc/os-release."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def packages(status: str) -> dict[str, Package]:
    """Return what dpkg's status file says of each package."""
    known = {}
    for stanza in status.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Status|Version): (.*)$", stanza, re.MULTILINE))
        if "Package" in fields:
            known[fields["Package"]] = Package(fields.get("Status", ""), fields.get("Version", ""))
    return known


def megabytes(meminfo: str) -> int:
    """Return the memory and swap that are free, from /proc/meminfo."""
    sizes = dict(re.findall(r"^(MemAvailable|SwapFree):\s+(\d+) kB", meminfo, re.MULTILINE))
    return sum(map(int, sizes.values())) >> 10


def left_of_limit(limit: str, used: str, statistics: str) -> int | None:
    """Return the megabytes that a control group may still take, from its files; None without a limit."""
    if not limit.strip().isdigit() or not used.strip().isdigit():
        return None
    cached = re.search(r"^(?:total_)?inactive_file (\d+)", statistics, re.MULTILINE)
    return (int(limit) - int(used) + int(cached[1] if cached else 0)) >> 20


def listening(table: str) -> list[tuple[int, str]]:
    """Return port and inode of each socket that listens, from /proc/net/tcp and tcp6."""
    # sl, local_address, rem_address, st, tx:rx, tr:when, retrnsmt, uid, timeout, inode; 0A is LISTEN.
    rows = re.findall(r"^ *\d+: \S+:(\w+) \S+ 0A(?: +\S+){5} +(\d+)", table, re.MULTILINE)
    return [(int(port, 16), inode) for port, inode in rows]


def unit_of(cgroup: str) -> str:
    """Return the systemd unit of a process, from /proc/PID/cgroup; "" for none."""
    units = re.findall(r"/([^/\s]+\.service)(?=/|$)", cgroup, re.MULTILINE)
    return str(units[-1]) if units else ""


def own_addresses(trie: str, inet6: str) -> set[str]:
    """Return addresses from /proc/net/fib_trie and /proc/net/if_inet6."""
    four = re.findall(r"\|-- (\S+)\n\s+/32 host LOCAL", trie)
    six = (ipaddress.IPv6Address(int(line.split()[0], 16)) for line in inet6.splitlines() if line.strip())
    return {*four, *map(str, six)}


def is_public(address: str) -> bool:
    """Tell whether an address is one of the internet's."""
    return ipaddress.ip_address(address.partition("%")[0]).is_global


def apt_sources(text: str) -> list[str]:
    """Return the URIs of packages in a text of either of apt's formats."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    uris = re.findall(r"^\s*deb\s+(?:\[[^]]*\]\s+)?(\S+)", "\n".join(lines), re.MULTILINE)
    for stanza in re.split(r"\n\s*\n", "\n".join(lines)):
        pairs = re.findall(r"^([\w-]+):[ \t]*(.*)$", stanza, re.MULTILINE)
        fields = {name.lower(): value.split() for name, value in pairs}
        if "deb" in fields.get("types", []) and fields.get("enabled") != ["no"]:
            uris += fields.get("uris", [])
    return uris


def directives(text: str, name: str) -> list[str]:
    """Return what each directive of a name says in a text for nginx."""
    plain = re.sub(r"^\s*#.*$|\s#.*$", "", text, flags=re.MULTILINE)
    return re.findall(rf"(?:^|[;{{}}\s]){name}\s+([^;{{}}]*);", plain)


def default_ports(text: str) -> set[int]:
    """Return the ports of which a text for nginx makes itself the default."""
    words = [value.split() for value in directives(text, "listen")]
    claims = [given[0] for given in words if {"default_server", "default"} & set(given[1:])]
    return {int(claim.rpartition(":")[2]) if claim.rpartition(":")[2].isdigit() else 80 for claim in claims}


def server_names(text: str) -> set[str]:
    """Return the host names in a text for nginx."""
    return {name.lower().strip("\"'") for value in directives(text, "server_name") for name in value.split()}


def cluster_port(text: str) -> int:
    """Return the port in a text of postgresql.conf."""
    ports = re.findall(r"^\s*port\s*=?\s*'?(\d+)", text, re.MULTILINE)
    return int(ports[-1]) if ports else POSTGRESQL_PORT


# --- the checks --------------------------------------------------------------------------------------------


def check_system(host: Host, wanted: Wanted) -> Iterator[Finding]:
    """Look at the system itself."""
    system = settings(host.read("/etc/os-release"))
    if (system.get("ID"), system.get("VERSION_ID")) != ("debian", RELEASE):
        yield found("release", "/etc/os-release", system=system.get("PRETTY_NAME", "an unknown system"))
    machine = os.uname().machine
    if machine not in ARCHITECTURES:
        yield found("architecture", "uname -m", machine=machine)
    first = host.read("/proc/1/comm").strip()
    version = re.match(r"\d+", host.packages["systemd"].version) if "systemd" in host.packages else None
    if first != "systemd":
        yield found("systemd", "/proc/1/comm", program=first or "unknown")
    elif version and int(version[0]) < SYSTEMD:
        yield found("systemd-version", "systemctl --version", version=version[0])
    if not has_utf8():
        yield found("locale", "locale -a")
    places = ["/opt/ddconsul", "/srv/ddconsul", "/run/ddconsul"]
    places += [f"/srv/ddconsul/{wanted.site}", f"/run/ddconsul/{wanted.site}"] if wanted.site else []
    for name in places:
        if host.path(name).exists() and not host.path(name).is_dir():
            yield found("not-a-folder", name, path=name)


def has_utf8() -> bool:
    """Tell whether the host knows C.UTF-8."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "C.UTF-8")
    except locale.Error:
        return False
    locale.setlocale(locale.LC_ALL, before)
    return True


def check_clock(host: Host, wanted: Wanted, dates: dict[str, float]) -> Iterator[Finding]:
    """Compare the clock with the controller's; where they differ, registries that answered tell who is wrong."""
    ahead = host.now() - wanted.controller_time
    if abs(ahead) <= wanted.clock_seconds:
        return
    witnesses = [url for url, date in dates.items() if abs(host.now() - date) <= wanted.clock_seconds]
    seconds = round(abs(ahead))
    if witnesses:
        yield found("controller-clock", "clock", seconds=seconds, url=witnesses[0])
    else:
        yield found("clock", "clock", seconds=seconds, direction="ahead" if ahead > 0 else "behind")


def check_room(host: Host, wanted: Wanted) -> Iterator[Finding]:
    """Look at disks: places on one file system share its room."""
    missing = bool(lacking(host, wanted))
    needs = list(wanted.room) + list(wanted.build.get("room", []))
    if missing:
        needs += [{"path": path, "mb": mb, "what": "Debian packages"} for path, mb in PACKAGES_MB.items()]
    needs += [copied for need in wanted.build.get("room", []) for copied in release_of(host, need)]
    at_rest = not missing and not wanted.build and is_there(host, wanted)
    spaces = {need["path"]: host.space(need["path"]) for need in needs}
    for device, space in {space.device: space for space in spaces.values()}.items():
        here = [need for need in needs if spaces[need["path"]].device == device]
        yield from too_full(space, here, at_rest=at_rest)
    for name in ("/opt", "/srv", "/tmp", "/etc", "/var"):  # noqa: S108 — looked at, not written to
        space = host.space(name)
        if space.read_only:
            yield found("read-only", name, mount=space.mount)
        elif space.noexec and name in {"/opt", "/srv"}:
            yield found("noexec", name, mount=space.mount)


def release_of(host: Host, build: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the room for a release: hard links into its build, or a copy of all but its gems where these lie apart."""
    apart = host.space(build["path"]).device != host.space("/srv").device
    return [{"path": "/srv", "mb": int(build["mb"]) // 4, "what": "a copy of the build"}] if apart else []


def too_full(space: Space, needs: list[dict[str, Any]], *, at_rest: bool) -> Iterator[Finding]:
    """Compare what a file system has with what is needed of it."""
    room = {"mount": space.mount, "purposes": ", ".join(f"{need['mb']} for {need['what']}" for need in needs)}
    needed = sum(int(need["mb"]) for need in needs)
    if space.free_mb < needed:
        # A site that runs has its room; a nearly full disk must not keep a remedy from being deployed.
        yield found("disk-low" if at_rest else "disk", space.mount, free=space.free_mb, need=needed, **room)
    files = sum(int(need.get("inodes") or 0) for need in needs)
    if space.free_files is not None and space.free_files < files:
        yield found("inodes", space.mount, free=space.free_files, need=files, mount=space.mount)


def check_memory(host: Host, wanted: Wanted) -> Iterator[Finding]:
    """Look whether the making of a build fits in memory."""
    needed = int(wanted.build.get("memory_mb", 0))
    limits = [megabytes(host.read("/proc/meminfo"))]
    for limit, used, folder in (
        ("memory.max", "memory.current", "/sys/fs/cgroup"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "/sys/fs/cgroup/memory"),
    ):
        files = [host.read(f"{folder}/{name}") for name in (limit, used, "memory.stat")]
        left = left_of_limit(*files)
        limits += [] if left is None else [left]
    if min(limits) < needed:
        yield found("memory", "/proc/meminfo", free=min(limits), need=needed, swap=max(1024, needed - min(limits)))


def lacking(host: Host, wanted: Wanted) -> list[str]:
    """Return the packages that have to be installed."""
    return [name for name in wanted.packages if not host.installed(name)]


def is_there(host: Host, wanted: Wanted) -> bool:
    """Tell whether the site runs here already."""
    return bool(wanted.site) and host.path(f"/srv/ddconsul/{wanted.site}/current").exists()


def check_packages(host: Host, wanted: Wanted) -> Iterator[Finding]:
    """Look at apt and dpkg, where they are needed, and at Ruby."""
    if lacking(host, wanted):
        yield from apt_trouble(host)
    ruby = host.packages.get("ruby")
    if ruby and ruby.installed and not re.match(rf"(\d+:)?{re.escape(RUBY)}\b", ruby.version):
        yield found("ruby", "dpkg --list ruby", version=ruby.version)
    for name in ("/usr/local/bin/ruby", "/usr/local/bin/bundle") if wanted.build else ():
        if host.path(name).exists():
            yield found("ruby-shadowed", name, path=name)


def apt_trouble(host: Host) -> Iterator[Finding]:
    """Say why nothing can be installed now."""
    if not sources(host):
        yield found("apt-sources", "/etc/apt/sources.list.d")
    for lock in ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", "/var/lib/apt/lists/lock"):
        pid = host.lock_holder(lock)
        if pid:
            yield found("apt-locked", lock, pid=pid, program=host.program(pid))
            return  # what is half installed now, is being installed
    broken = sorted(name for name, package in host.packages.items() if package.broken)
    if broken or host.files("/var/lib/dpkg/updates/[0-9]*"):
        yield found("dpkg", "dpkg --audit", packages=", ".join(broken) or "dpkg was interrupted")


def sources(host: Host) -> list[str]:
    """Return the URIs that apt gets packages from."""
    names = ["/etc/apt/sources.list", *host.files("/etc/apt/sources.list.d/*")]
    texts = [host.read(name) for name in names if name.endswith((".list", ".sources"))]
    return sorted({uri for text in texts for uri in apt_sources(text)})


def check_ports(host: Host, wanted: Wanted) -> Iterator[Finding]:
    """Look who listens where nginx and a build have to."""
    purposes = dict.fromkeys(wanted.build.get("ports", []), "the build")
    purposes.update(dict.fromkeys(wanted.ports, "nginx"))
    if not host.files("/etc/postgresql/*/*/postgresql.conf"):
        purposes[POSTGRESQL_PORT] = "PostgreSQL"
    told = set()
    for listener in host.listeners(purposes):
        if is_ours(host, listener) or listener.port in told:
            continue
        told.add(listener.port)
        values = {"port": listener.port, "program": listener.program, "pid": listener.pid, "unit": listener.unit}
        kind = "port-unit" if listener.unit else "port"
        yield found(kind, f"port {listener.port}", purpose=purposes[listener.port], **values)


def is_ours(host: Host, listener: Listener) -> bool:
    """Tell whether a listener is Debian's nginx, or of a build of ours that goes on or was left."""
    if listener.port in WEB_PORTS and listener.program == "nginx":
        return host.installed("nginx")
    return listener.unit.startswith(("ddconsul-", "ddconsul_build-"))


def check_postgresql(host: Host, _: Wanted) -> Iterator[Finding]:
    """Look at clusters that are there."""
    names = host.files("/etc/postgresql/*/*/postgresql.conf")
    ports = {tuple(name.split("/")[3:5]): cluster_port(host.read(name)) for name in names}
    ours = (POSTGRESQL, "main")
    free = next(port for port in range(POSTGRESQL_PORT + 1, 65536) if port not in ports.values())
    for (version, name), port in ports.items():
        where = f"/etc/postgresql/{version}/{name}"
        if (version, name) != ours and port == POSTGRESQL_PORT:
            yield found("postgresql-other", where, version=version, name=name, free=free)
    where = "/etc/postgresql/" + "/".join(ours)
    if ours not in ports:
        if host.installed(f"postgresql-{POSTGRESQL}"):
            yield found("postgresql-cluster", where)
    elif ports[ours] != POSTGRESQL_PORT:
        yield found("postgresql-port", where, port=ports[ours])
    elif not answers(host.path(f"/run/postgresql/.s.PGSQL.{POSTGRESQL_PORT}")):
        yield found("postgresql-stopped", where)


def answers(path: Path) -> bool:
    """Tell whether somebody listens on a Unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def check_nginx(host: Host, wanted: Wanted) -> Iterator[Finding]:
    """Look at settings of nginx that are there, and not ours."""
    main = host.read("/etc/nginx/nginx.conf")
    if not main:
        return
    if wanted.site and not any("sites-enabled/" in text for text in [main, *nginx_files(host).values()]):
        yield found("nginx-include", "/etc/nginx/nginx.conf")
    duplicates = False
    for name, text in nginx_files(host).items():
        for port in sorted(default_ports(text) & set(wanted.ports)):
            duplicates = True
            yield found("nginx-default", name, path=name, port=port)
    code, said = host.run("nginx", "-t", "-q") if host.installed("nginx") else (0, "")
    # What a deploy of ours left half, the next one makes whole.
    if code not in {0, 127} and "ddconsul" not in said and not duplicates:
        reason = re.sub(r"^.*\[emerg\]( \d+#\d+:)? ", "", said.splitlines()[0] if said else "it gave no reason")
        yield found("nginx", "/etc/nginx", reason=reason)


def nginx_files(host: Host) -> dict[str, str]:
    """Return the texts for nginx that ddconsul did not write, by path."""
    names = host.files("/etc/nginx/sites-enabled/*") + host.files("/etc/nginx/conf.d/*.conf")
    foreign = [name for name in names if not re.search(r"/(ddconsul-[^/]+|default|default-tls)$", name)]
    return {name: host.read(name) for name in foreign}


def check_domain(host: Host, wanted: Wanted) -> Iterator[Finding]:
    """Look whether somebody else on this host answers to the site's name."""
    domains = [domain.lower() for domain in wanted.domains]
    taken = {
        (domain, name.rpartition("/ddconsul-")[2])
        for name in host.files("/etc/nginx/sites-enabled/ddconsul-*")
        for domain in server_names(host.read(name)) & set(domains)
    }
    # A site whose deploy never came to nginx has its name all the same.
    for name in host.files("/srv/ddconsul/*/shared/config/secrets.yml"):
        line = re.search(r'^ +server_name: "(.*)"$', host.read(name), re.MULTILINE)
        if line and line[1].lower() in domains:
            taken.add((line[1].lower(), name.split("/")[3]))
    for domain, other in sorted(taken):
        if other != wanted.site:
            yield found("domain-site", f"/srv/ddconsul/{other}", domain=domain, other=other)
    for name, text in nginx_files(host).items():
        for domain in sorted(server_names(text) & set(domains)):
            yield found("domain-other", name, domain=domain, path=name)


# --- the network -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What became of a question over HTTP: an answer with a date, or a gap."""

    url: str
    date: float | None = None
    gap: Finding | None = None


def trust(authorities: list[str]) -> ssl.SSLContext:
    """Return whom the host trusts, with the authorities that it is about to be told of."""
    context = ssl.create_default_context()
    # Stricter than Ruby and Node are, about authorities that networks make for themselves.
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    for pem in authorities:
        context.load_verify_locations(cadata=pem)
    if not context.cert_store_stats()["x509_ca"] and not Path("/etc/ssl/certs/ca-certificates.crt").exists():
        context = no_questions()  # Debian's own authorities are still to be installed
    return context


def no_questions() -> ssl.SSLContext:
    """Return a context that trusts everybody; only to look."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def ask(url: str, proxy: str, context: ssl.SSLContext) -> float | None:
    """Ask a server whether it is there, and return what time it is there."""
    proxies = {"http": proxy, "https": proxy} if proxy else {}
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=context)
    )
    request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "ddconsul"})  # noqa: S310 — its addresses are http or https
    try:
        with opener.open(request, timeout=SECONDS_TO_ANSWER) as response:
            return date_of(response.headers)
    except urllib.error.HTTPError as error:
        # "Not found" is an answer too; a proxy's refusal is none.
        if error.code == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED or (
            proxy and error.code in {http.HTTPStatus.BAD_GATEWAY, http.HTTPStatus.GATEWAY_TIMEOUT}
        ):
            raise
        return date_of(error.headers)


def date_of(headers: Any) -> float | None:  # noqa: ANN401 — an email.message.Message
    """Return the time in an answer's headers, unless the answer was kept for a while on its way."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 — half a millisecond, and seldom needed

    try:
        return None if headers.get("Age") else parsedate_to_datetime(headers["Date"]).timestamp()
    except (TypeError, ValueError):
        return None


def ask_registry(host: Host, wanted: Wanted, registry: dict[str, str]) -> Answer:
    """Ask a registry, and say why it can't be had."""
    url, key = registry["url"], registry["key"]
    parts = urllib.parse.urlsplit(url)
    try:
        return Answer(url, ask(url, wanted.proxy, trust(wanted.authorities)))
    except (OSError, http.client.HTTPException, ValueError) as error:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
    values: dict[str, Any] = {"url": url, "key": key, "proxy": wanted.proxy, "reason": reason(cause)}
    values.update(host=parts.hostname, server=f"{parts.hostname}:{parts.port or 443}")
    if isinstance(cause, ssl.SSLCertVerificationError):
        values["reason"] = cause.verify_message
        gap = found("registry-tls", url, issuer=issuer(host, url, wanted.proxy), **values)
    elif wanted.proxy:
        gap = found("registry-proxy", url, **values)
    elif isinstance(cause, socket.gaierror):
        gap = found("registry-name", url, **values)
    else:
        gap = found("registry", url, **values)
    return Answer(url, gap=gap)


def reason(error: object) -> str:
    """Return an error in few words."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error) or type(error).__name__


def issuer(host: Host, url: str, proxy: str) -> str:
    """Return who issued the certificate that a server shows."""
    parts = urllib.parse.urlsplit(url)
    server = (parts.hostname or "", parts.port or 443)
    through = urllib.parse.urlsplit(proxy)
    first = (through.hostname or "", through.port or 80) if proxy else server
    connection = http.client.HTTPSConnection(*first, timeout=SECONDS_TO_ANSWER, context=no_questions())
    if proxy:
        connection.set_tunnel(*server)
    try:
        connection.connect()
        certificate = ssl.DER_cert_to_PEM_cert(connection.sock.getpeercert(binary_form=True) or b"")
    except (OSError, http.client.HTTPException, ValueError, TypeError):
        return "someone unknown"
    finally:
        connection.close()
    code, said = host.run("openssl", "x509", "-noout", "-issuer", given=certificate)
    return said.partition("=")[2].strip() if code == 0 else "someone unknown"


def ask_mirror(wanted: Wanted, url: str, proxy: str) -> Answer:
    """Ask a mirror of Debian's packages; whom apt trusts there is apt's own affair."""
    try:
        return Answer(url, ask(url, wanted.proxy or proxy, no_questions()))
    except (OSError, http.client.HTTPException, ValueError) as error:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        return Answer(url, gap=found("apt-mirror", url, reason=reason(cause)))


def apt_proxy(host: Host, url: str) -> str:
    """Return the proxy that apt uses for a mirror."""
    scheme = urllib.parse.urlsplit(url).scheme
    for name in (f"Acquire::{scheme}::Proxy::{urllib.parse.urlsplit(url).hostname}", f"Acquire::{scheme}::Proxy"):
        proxy = host.run("apt-config", "dump", "--no-empty", "--format=%v%n", name)[1].strip()
        if proxy:
            return "" if proxy == "DIRECT" else proxy
    return ""


def ask_dns(host: Host, domain: str) -> Answer:
    """Look where a name leads."""
    try:
        leads = {str(entry[4][0]) for entry in socket.getaddrinfo(domain, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        return Answer(domain, gap=found("dns-none", domain, domain=domain, reason=reason(error)))
    own = host.addresses()
    # A host that has no public address stands behind something that has.
    if leads & own or not any(map(is_public, own)):
        return Answer(domain)
    return Answer(domain, gap=found("dns-elsewhere", domain, domain=domain, addresses=", ".join(sorted(leads))))


def is_known_here(host: Host, wanted: Wanted) -> bool:
    """Tell whether the site was deployed before, under this name."""
    return set(wanted.domains) <= server_names(host.read(f"/etc/nginx/sites-enabled/ddconsul-{wanted.site}"))


def check_network(host: Host, wanted: Wanted) -> tuple[list[Finding], dict[str, float]]:
    """Ask all that has to be reached, side by side; return gaps, and what time it is elsewhere."""
    mirrors = [url for url in sources(host) if url.startswith("http")] if lacking(host, wanted) else []
    names = wanted.domains if wanted.dns and not is_known_here(host, wanted) else []
    questions: list[Callable[[], Answer]] = [
        *(partial(ask_registry, host, wanted, registry) for registry in wanted.build.get("registries", [])),
        *(partial(ask_mirror, wanted, url, apt_proxy(host, url)) for url in mirrors),
        *(partial(ask_dns, host, name) for name in names),
    ]
    if not questions:
        return [], {}
    with ThreadPoolExecutor(len(questions)) as pool:
        told = list(pool.map(lambda question: question(), questions))
    dates = {answer.url: answer.date for answer in told if answer.date is not None}
    return [answer.gap for answer in told if answer.gap], dates


# --- what is said ------------------------------------------------------------------------------------------


def look(host: Host, wanted: Wanted) -> list[Finding]:
    """Look at everything, and return all that was found."""
    network, dates = check_network(host, wanted)
    return [
        *check_system(host, wanted),
        *check_clock(host, wanted, dates),
        *check_room(host, wanted),
        *check_memory(host, wanted),
        *check_packages(host, wanted),
        *network,
        *check_ports(host, wanted),
        *check_postgresql(host, wanted),
        *check_nginx(host, wanted),
        *check_domain(host, wanted),
    ]


def facts(host: Host) -> dict[str, int]:
    """Return what roles size their programs by."""
    total = re.search(r"^MemTotal:\s+(\d+) kB", host.read("/proc/meminfo"), re.MULTILINE)
    return {
        "ansible_memtotal_mb": int(total[1] if total else 0) >> 10,
        "ansible_processor_vcpus": os.cpu_count() or 1,
    }


def build_of(host: Host, site: str) -> str:
    """Return the name of the build that a site runs; "" when there is no such site."""
    return host.read(f"/srv/ddconsul/{site}/current/BUILD").strip() if site else ""


def paragraph(number: int, gap: Finding) -> str:
    """Return a gap as a person reads it. Commands stay whole, to be pasted."""
    wrap = partial(textwrap.wrap, width=WIDTH, break_long_words=False, break_on_hyphens=False)
    lines = wrap(f"{number}. {gap.where}: {gap.what}.", subsequent_indent="   ")
    for line in gap.fix.splitlines():
        comment = line.startswith("#")
        lines += wrap(line, initial_indent="   ", subsequent_indent="   # ") if comment else [f"   $ {line}"]
    return "\n".join(lines)


def message(gaps: list[Finding]) -> str:
    """Return all gaps as a person reads them."""
    count = "One thing stands" if len(gaps) == 1 else f"{len(gaps)} things stand"
    head = f"{count} in the way. Nothing was changed."
    return "\n".join([head, *(paragraph(number, gap) for number, gap in enumerate(gaps, 1))])


def main() -> None:
    """Read the parameters, look, report."""
    texts = {"type": "list", "elements": "str", "default": []}
    module = AnsibleModule(
        argument_spec={
            "controller_time": {"type": "float", "required": True},
            "clock_seconds": {"type": "int", "default": 60},
            "site": {"type": "str", "default": ""},
            "domains": texts,
            "dns": {"type": "bool", "default": False},
            "ports": {"type": "list", "elements": "int", "default": []},
            "packages": texts,
            "room": {"type": "list", "elements": "dict", "default": []},
            "build": {"type": "dict", "default": {}},
            "proxy": {"type": "str", "default": ""},
            "authorities": texts,
        },
        supports_check_mode=True,
    )
    host = Host()
    findings = look(host, Wanted(**module.params))
    notices = [finding for finding in findings if finding.notice]
    for notice in notices:
        module.warn(f"{notice.where}: {notice.what}. {notice.fix}")
    gaps = [finding for finding in findings if not finding.notice]
    result: dict[str, Any] = {
        "gaps": [gap.as_dict() for gap in gaps],
        "notices": [notice.as_dict() for notice in notices],
    }
    if gaps:
        module.fail_json(msg=message(gaps), **result)
    module.exit_json(changed=False, ansible_facts=facts(host), runs=build_of(host, module.params["site"]), **result)


if __name__ == "__main__":
    main()
