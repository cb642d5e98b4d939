"""The base image of a container target: Debian 13 with systemd, sshd and Python, and nothing else.

It is what a fresh server is. From a registry when one can be reached, else made from Debian's packages; either way
it is made once, and named after what went into it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ddconsul.targets.base import Report, TargetError
from ddconsul.targets.machine import ulimit_flags
from ddconsul.targets.process import Command, Run, argv, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddconsul.targets.podman import Podman

SUITE = "trixie"
UPSTREAM = "docker.io/library/debian:trixie"
NAME = "localhost/ddconsul-base"
LABEL = "org.ddconsul.image"
PACKAGES = ("systemd", "systemd-sysv", "dbus", "openssh-server", "python3", "python3-apt", "ca-certificates")

FILES = {
    # Only the key we put in: the others would be the same in every container.
    "etc/ssh/sshd_config.d/ddconsul.conf": (
        "HostKey /etc/ssh/ssh_host_ed25519_key\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
    ),
    # A container is thrown away, not rescued after a power cut; manuals are read elsewhere.
    "etc/dpkg/dpkg.cfg.d/ddconsul": (
        "force-unsafe-io\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/info/*\n"
        "path-exclude=/usr/share/doc/*\npath-include=/usr/share/doc/*/copyright\n"
    ),
    "etc/apt/apt.conf.d/99ddconsul": (
        'APT::Keep-Downloaded-Packages "false";\nAcquire::Languages "none";\nAcquire::Retries "3";\n'
    ),
    "etc/locale.conf": "LANG=C.UTF-8\n",
}
# They would hold apt's lock while a deploy needs it.
MASKED = ("apt-daily.timer", "apt-daily-upgrade.timer")
SETTINGS = ('CMD ["/sbin/init"]', "STOPSIGNAL SIGRTMIN+3", "ENV container=podman", f"LABEL {LABEL}=1")

_REACH_SECONDS = 10
_PULL_SECONDS = 600
_BUILD_SECONDS = 1200
_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_SUITES = re.compile(
    r"(buster|bullseye|bookworm|trixie|forky|duke|stable|oldstable|testing)(-updates|-security|/updates)?"
)


@dataclass(frozen=True)
class Mirrors:
    """Where Debian's packages come from.

    Args:
        main: URL of Debian's archive, or "" to leave it to mmdebstrap's or the registry image's own default.
        security: URL of the archive of security updates, or "" when it is left to them or not known.
    """

    main: str = ""
    security: str = ""


def find_mirrors(texts: list[str]) -> Mirrors:
    """Return the mirrors that a Debian host uses itself, from the texts of its apt sources.

    Third parties' repositories are passed over: only Debian's own suites count.
    """
    main, security = "", ""
    for uri, suite, component in (entry for text in texts for entry in _entries(text)):
        if component != "main" or not _SUITES.fullmatch(suite) or not uri.startswith(("http://", "https://")):
            continue
        if "security" in suite or suite.endswith("/updates"):
            security = security or uri.rstrip("/")
        else:
            main = main or uri.rstrip("/")
    return Mirrors(main, security if main else "")


def host_mirrors(root: Path = Path("/")) -> Mirrors:
    """Return the mirrors this host uses; when it is not Debian, none of its own."""
    if "\nID=debian\n" not in f"\n{_read(root / 'etc/os-release')}\n":
        return Mirrors()
    folder = root / "etc/apt/sources.list.d"
    files = [root / "etc/apt/sources.list", *sorted(folder.glob("*.sources")), *sorted(folder.glob("*.list"))]
    return find_mirrors([_read(path) for path in files])


def sources(mirrors: Mirrors) -> str:
    """Return the apt sources of the image, or "" when they are left as its maker wrote them."""
    suites = ((mirrors.main, f"{SUITE} {SUITE}-updates"), (mirrors.security, f"{SUITE}-security"))
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    return "\n".join(
        f"Types: deb\nURIs: {uri}\nSuites: {names}\nComponents: main\nSigned-By: {keyring}\n"
        for uri, names in suites
        if uri
    )


def tag(mirrors: Mirrors) -> str:
    """Return the image's name: the same ingredients and recipes give the same name."""
    recipes = [mmdebstrap_argv(Path(), Path(), mirrors, root=True), containerfile(mirrors)]
    digest = hashlib.sha256(json.dumps([recipes, FILES, sources(mirrors)]).encode()).hexdigest()
    return f"{NAME}:{digest[:12]}"


def finish() -> str:
    """Return the shell line that ends both recipes: run in the image's root folder, it takes no argument."""
    # Host keys and a machine's id belong to a container, never to an image.
    leftovers = "etc/ssh/ssh_host_* var/lib/apt/lists/* var/cache/apt/*.bin var/log/apt/*"
    masks = " && ".join(f"ln -sf /dev/null etc/systemd/system/{unit}" for unit in MASKED)
    # A folder of today without lists passes for lists of today: it must look as old as it is empty.
    return f"rm -rf {leftovers} && touch --date=@0 var/lib/apt/lists && : > etc/machine-id && {masks}"


def mmdebstrap_argv(tarball: Path, folder: Path, mirrors: Mirrors, *, root: bool) -> tuple[str, ...]:
    """Return the command that makes the root file system.

    Args:
        tarball: Where it goes.
        folder: Files that are laid over it, as `lay_out` writes them.
        mirrors: Where the packages come from.
        root: Whether we are root; otherwise it works in a user namespace.
    """
    security = (f"deb {mirrors.security} {SUITE}-security main",) if mirrors.security else ()
    lines = (f"deb {mirrors.main} {SUITE} main", f"deb {mirrors.main} {SUITE}-updates main", *security)
    own_sources = (
        '--customize-hook=rm -f "$1/etc/apt/sources.list"',
        f"--customize-hook=upload {folder / 'debian.sources'} /etc/apt/sources.list.d/debian.sources",
    )
    return (
        "mmdebstrap",
        f"--mode={'root' if root else 'unshare'}",
        "--variant=minbase",
        f"--include={','.join(PACKAGES)}",
        "--skip=cleanup/apt/lists",  # `finish` does that, and makes the folder look its age
        # Before the first package: this decides what dpkg leaves out. The rest comes last; apt's part of it would take
        # away the packages that mmdebstrap has just fetched.
        f"--setup-hook=copy-in {folder / 'etc/dpkg'} /etc",
        f"--customize-hook=copy-in {folder / 'etc'} /",
        f'--customize-hook=cd "$1" && {finish()}',
        *(own_sources if mirrors.main else ()),
        SUITE,
        str(tarball),
        *(lines if mirrors.main else ()),
    )


def containerfile(mirrors: Mirrors) -> str:
    """Return the recipe on top of a registry's image of Debian."""
    # An https mirror must be trusted before ca-certificates is there; the bundle is mounted, not copied.
    trust = f" -o Acquire::https::CaInfo=/run{_BUNDLE}" if "https://" in mirrors.main + mirrors.security else ""
    own_sources = ("COPY debian.sources /etc/apt/sources.list.d/debian.sources", "RUN rm -f /etc/apt/sources.list")
    return "\n".join(
        (
            f"FROM {UPSTREAM}",
            "COPY etc/ /etc/",
            *(own_sources if mirrors.main else ()),
            (
                f"RUN apt-get{trust} update && DEBIAN_FRONTEND=noninteractive "
                f"apt-get{trust} install --yes --no-install-recommends {' '.join(PACKAGES)} && apt-get clean && cd / "
                f"&& {finish()}"
            ),
            *SETTINGS,
            "",
        )
    )


def build_argv(folder: Path, image: str, flags: tuple[str, ...]) -> tuple[str, ...]:
    """Return podman's arguments that build the image from the folder."""
    trust = ("--volume", f"{_BUNDLE}:/run{_BUNDLE}:ro") if _BUNDLE.is_file() else ()
    return argv(
        ("build", "--quiet", "--pull=never", "--isolation=chroot", "--network=host", "--format=oci"),
        ("--tag", image, "--file", str(folder / "Containerfile")),
        flags,
        trust,
        str(folder),
    )


def lay_out(folder: Path, mirrors: Mirrors) -> None:
    """Write what goes into the image to a folder."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "debian.sources").write_text(sources(mirrors), encoding="utf-8")
    (folder / "Containerfile").write_text(containerfile(mirrors), encoding="utf-8")
    for path in folder.rglob("*"):
        # Whatever our umask is, the image's files are for everybody to read.
        path.chmod(0o755 if path.is_dir() else 0o644)


class BaseImage:
    """Makes the base image, once.

    Args:
        podman: Podman on this machine.
        state_dir: Where ddconsul remembers things.
        run: Runs a command.
    """

    def __init__(self, podman: Podman, state_dir: Path, run: Run = run) -> None:
        self._podman = podman
        self._state_dir = state_dir
        self._run = run

    def ensure(self, report: Report) -> str:
        """Return the name of the base image, and make it when it is not there.

        Raises:
            TargetError: It cannot be made.
        """
        mirrors = host_mirrors()
        image = tag(mirrors)
        if self._podman.exists(image):
            return image
        self._state_dir.mkdir(parents=True, exist_ok=True)
        with one_at_a_time(), tempfile.TemporaryDirectory(dir=self._state_dir, prefix="image-") as scratch:
            if not self._podman.exists(image):
                folder = Path(scratch)
                folder.chmod(0o755)  # mmdebstrap looks in from a user namespace
                lay_out(folder, mirrors)
                self._make(image, folder, mirrors, report)
        return image

    def _make(self, image: str, folder: Path, mirrors: Mirrors, report: Report) -> None:
        because = ""
        if self._registry():
            report("Building the base image on the registry's image of Debian 13 (once, about a minute)")
            because = self._build(image, folder)
            if not because:
                return
        report("Making the base image from Debian's packages (once, about a minute)")
        self._bootstrap(image, folder, mirrors, because)

    def _registry(self) -> bool:
        """Tell whether a registry's image of Debian is here, and fetch it when it can be reached."""
        if self._podman.exists(UPSTREAM):
            return True
        # A look at the manifest tells in seconds what a pull would try for minutes.
        reached = self._podman.try_("manifest", "inspect", UPSTREAM, timeout=_REACH_SECONDS)
        return reached.ok and self._podman.try_("pull", "--quiet", UPSTREAM, timeout=_PULL_SECONDS).ok

    def _build(self, image: str, folder: Path) -> str:
        """Build on the registry's image, and return why that failed ("" when it did not)."""
        flags = ulimit_flags(self._podman.machine.limits)
        built = self._podman.try_(*build_argv(folder, image, flags), timeout=_BUILD_SECONDS)
        return "" if built.ok else built.last_words

    def _bootstrap(self, image: str, folder: Path, mirrors: Mirrors, because: str) -> None:
        machine = self._podman.machine
        if shutil.which("mmdebstrap") is None:
            raise TargetError(
                f"No base image: {because or 'no registry can be reached'}, and mmdebstrap is not installed.",
                UPSTREAM,
                machine.install("mmdebstrap"),
            )
        tarball = folder / "root.tar"
        command = mmdebstrap_argv(tarball, folder, mirrors, root=machine.root)
        made = self._run(Command(command, timeout=_BUILD_SECONDS))
        if not made.ok:
            raise TargetError(
                f"The base image cannot be made from Debian's packages: {_complaint(made.err)}",
                mirrors.main or "mmdebstrap's own choice of mirror",
                "Check that this machine reaches its Debian mirror (apt-get update), and try again.",
            )
        self._import(image, tarball)

    def _import(self, image: str, tarball: Path) -> None:
        changes = argv(*(("--change", setting) for setting in SETTINGS))
        self._podman.do("import", "--quiet", *changes, str(tarball), image, timeout=_PULL_SECONDS)


@contextmanager
def one_at_a_time(what: str = "image", wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Let one process of a user make an image at a time, whatever its state folder is: podman's store is shared.

    Args:
        what: The kind of image.
        wait: Called when another process is making one.
    """
    path = Path(tempfile.gettempdir()) / f"ddconsul-{what}-{os.geteuid()}.lock"
    # No link is followed: anybody can put one there.
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (URI, suite, component) of each source in a text of either of apt's formats."""
    for line in text.splitlines():
        match = re.fullmatch(r"\s*deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]+?)\s*(?:#.*)?", line)
        if match:
            yield from ((match[1], match[2], component) for component in match[3].split())
    for stanza in re.split(r"\n\s*\n", text):
        lines = (line for line in stanza.splitlines() if not line.startswith("#"))
        fields = {
            key.strip().lower(): value.split() for key, colon, value in (line.partition(":") for line in lines) if colon
        }
        if "deb" in fields.get("types", ()) and fields.get("enabled", ["yes"]) != ["no"]:
            for uri in fields.get("uris", ()):
                for suite in fields.get("suites", ()):
                    yield from ((uri, suite, component) for component in fields.get("components", ()))


def _complaint(text: str) -> str:
    """Return the line of mmdebstrap's output that says what went wrong: its last line is only about cleaning up."""
    lines = [line.strip() for line in text.splitlines() if line.startswith("E: ")]
    return lines[0].removeprefix("E: ") if lines else "mmdebstrap failed without a word"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
