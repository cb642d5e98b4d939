"""Turns `consul.source` into an archive of the right release, before anything on a host changes."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ddconsul.addresses import masked
from ddconsul.errors import InputError
from ddconsul.instance.kinds.values import is_url
from ddconsul.operations.archives import appearing, repack, sha256_of, tar_folder
from ddconsul.operations.git import TRANSFER, git, is_repository
from ddconsul.operations.reading import GEMS_LOCK, NPM_LOCK, RELEASE_FILE, read_member
from ddconsul.paths import from_home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import PurePosixPath

_RELEASE = re.compile(r"""\brelease:\s*["'](?P<release>[^"']+)["']""")
STANDIN_MARK = "STANDIN"
STANDIN_PACKAGES = "packages.txt"

# Made while Consul runs, or of one machine: no part of its source.
_LEFT_OUT = {
    ".git",
    ".bundle",
    "node_modules",
    "public/assets",
    "public/system",
    "config/database.yml",
    "config/secrets.yml",
}
_EMPTIED = {"log", "tmp", "storage"}


# Where a lock file says what it locks comes from.
_LOCKS = {
    "gems": (GEMS_LOCK, re.compile(r"^  remote: (?P<url>https?://\S+)", re.MULTILINE)),
    "npm": (NPM_LOCK, re.compile(r'"resolved": "(?P<url>https?://[^/"]+/)')),
}


@dataclass(frozen=True)
class Source:
    """A source of Consul that can be deployed.

    Args:
        archive: Tar of it on this machine, with its files at the archive's root.
        digest: Commit or checksum.
        origin: Where it comes from, as the user wrote it, but for a password in it.
        version: Its release.
        standin: Whether it is the stand-in, not Consul itself.
        packages: Debian packages that it asks for (the stand-in).
    """

    archive: Path
    digest: str
    origin: str
    version: str
    standin: bool = False
    packages: tuple[str, ...] = ()

    @property
    def gems(self) -> Literal["registry", "distribution"]:
        """Where its gems come from."""
        return "distribution" if self.standin else "registry"

    def __str__(self) -> str:
        """Return one line for the user: which release, from where."""
        origin = from_home(self.origin)
        if self.standin:
            return f"The stand-in for Consul Democracy {self.version}, not Consul itself (from {origin})"
        return f"Consul Democracy {self.version} ({self.digest[:12]}) from {origin}"


def resolve(source: str, version: str, cache: Path, report: Callable[[str], None] = lambda _: None) -> Source:
    """Get the archive of a source, and check that it is the release that the municipality file asks for.

    Args:
        source: Git URL, or path of a git repository, tarball or folder.
        version: The release.
        cache: Folder with archives.
        report: Takes a line for the user to read.

    Raises:
        InputError: When there is no such source, no such release, or another one in it.
    """
    if is_url(source):
        found = _from_url(source, version, cache, report)
    else:
        path = Path(source)
        if not path.exists():
            raise InputError("does not exist", source, "Correct consul.source.")
        if path.is_file():
            found = _from_tarball(path, version, cache)
        elif is_repository(path):
            found = _from_repository(path, version, cache)
        else:
            found = _from_folder(path, version, cache)
    _check_release(found)
    return found


def overlay(folder: Path, cache: Path) -> tuple[Path, str]:
    """Return an archive of a folder with custom code, and its checksum."""
    return _packed(folder, cache, lambda path: path.name == ".git")


def registries(archive: Path) -> dict[str, str]:
    """Return the registries that a source takes its parts from, by what it locks: "gems" and "npm".

    Args:
        archive: Tar of the source.
    """
    found = {}
    for name, (file, address) in _LOCKS.items():
        content = read_member(archive, file)
        match = address.search(content.decode("utf-8", "replace")) if content is not None else None
        if match is not None:
            found[name] = match["url"]
    return found


def gems_archive(folder: Path, cache: Path) -> Path:
    """Return an archive of a folder that is a mirror of gems; made anew when a file in it changed."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not any((folder / name).exists() for name in ("versions", "specs.4.8.gz")):
        raise InputError(
            "is not laid out as a mirror of gems",
            str(folder),
            "It holds `versions`, `info` and `gems` (or specs.4.8.gz).",
        )
    listing = [(str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    name = hashlib.sha256(json.dumps(listing).encode()).hexdigest()
    archive = cache / f"gems-{name}.tar.gz"
    if not archive.exists():
        with appearing(archive) as temporary:
            tar_folder(folder, temporary)
    return archive


def _from_url(url: str, version: str, cache: Path, report: Callable[[str], None]) -> Source:
    todo = "Check consul.source and the network (network.proxy?), or give the path of a repository or tarball."
    listed = git("ls-remote", "--tags", "--", url, where=url, todo=todo)
    tags = _listed_tags(listed)
    tag, commit = _choose(tags, version, url)
    archive = cache / f"{commit}.tar.gz"
    if not archive.exists():
        report(f"Fetching tag {tag} from {masked(url)} …")
        with tempfile.TemporaryDirectory(prefix="ddconsul-git-") as folder:
            git("init", "--quiet", "--bare", folder, where=url)
            fetch = ("fetch", "--quiet", "--depth=1", "--no-tags", "--", url, f"refs/tags/{tag}")
            git("-C", folder, *fetch, where=url, limit=TRANSFER, todo=todo)
            _archive(Path(folder), commit, archive, url)
    return Source(archive, commit, masked(url), version)


def _from_repository(path: Path, version: str, cache: Path) -> Source:
    where = str(path)
    listed = git("-C", where, "show-ref", "--tags", "--dereference", where=where) if _has_tags(path) else ""
    _, commit = _choose(_listed_tags(listed), version, where)
    archive = cache / f"{commit}.tar.gz"
    if not archive.exists():
        _archive(path, commit, archive, where)
    return Source(archive, commit, where, version)


def _has_tags(path: Path) -> bool:
    return bool(git("-C", str(path), "for-each-ref", "--count=1", "refs/tags", where=str(path)).strip())


def _archive(repository: Path, commit: str, archive: Path, where: str) -> None:
    with appearing(archive) as temporary:
        output = f"--output={temporary}"
        git("-C", str(repository), "archive", "--format=tar.gz", "-1", output, commit, where=where, limit=TRANSFER)


def _listed_tags(listing: str) -> dict[str, str]:
    """Return commits by tag, of what `ls-remote` and `show-ref` print; of an annotated tag, what it points at."""
    tags: dict[str, str] = {}
    for line in listing.splitlines():
        commit, _, name = line.replace("\t", " ").partition(" ")
        tag = name.removeprefix("refs/tags/")
        if tag.endswith("^{}"):
            tags[tag.removesuffix("^{}")] = commit
        else:
            tags.setdefault(tag, commit)
    return tags


def _choose(tags: dict[str, str], version: str, where: str) -> tuple[str, str]:
    for tag in (version, f"v{version}"):
        if tag in tags:
            return tag, tags[tag]
    releases = [tag for tag in tags if re.fullmatch(r"v?\d+(\.\d+)+", tag)]
    newest = sorted(releases, key=lambda tag: [int(part) for part in tag.removeprefix("v").split(".")])[-5:]
    there = f"It has {', '.join(reversed(newest))}." if newest else "It has no tags of releases at all."
    raise InputError(f"has no tag {version}", where, f"{there} Correct consul.version or consul.source.")


def _from_tarball(path: Path, version: str, cache: Path) -> Source:
    try:
        digest = sha256_of(path)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", str(path)) from error
    archive = cache / f"{digest}.tar.gz"
    if not archive.exists():
        with appearing(archive) as temporary:
            repack(path, temporary)
    return Source(archive, digest, str(path), version)


def _from_folder(path: Path, version: str, cache: Path) -> Source:
    standin = (path / STANDIN_MARK).is_file() and (path / STANDIN_PACKAGES).is_file()
    # The stand-in's gems are Debian's, of whatever release; its lock file belongs to one machine.
    left_out = _LEFT_OUT | ({"Gemfile.lock"} if standin else set())

    def leave_out(entry: PurePosixPath) -> bool:
        runtime = entry.parts[0] in _EMPTIED and len(entry.parts) > 1 and not entry.name.startswith(".")
        return runtime or str(entry) in left_out or entry.name == "__pycache__"

    archive, digest = _packed(path, cache, leave_out)
    packages = _packages(path / STANDIN_PACKAGES) if standin else ()
    return Source(archive, digest, str(path), version, standin, packages)


def _packages(file: Path) -> tuple[str, ...]:
    lines = (line.partition("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line)


def _packed(folder: Path, cache: Path, leave_out: Callable[[PurePosixPath], bool]) -> tuple[Path, str]:
    """Pack a folder into the cache, under the checksum of the result."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".packing-", dir=cache) as place:
        packed = Path(place) / "folder.tar.gz"
        try:
            tar_folder(folder, packed, leave_out)
        except OSError as error:
            raise InputError(f"cannot be packed: {error}", str(folder)) from error
        digest = sha256_of(packed)
        archive = cache / f"{digest}.tar.gz"
        if not archive.exists():
            shutil.move(packed, archive)
    return archive, digest


def _check_release(source: Source) -> None:
    """Refuse a source that is not Consul, or another release than the file asks for."""
    content = read_member(source.archive, RELEASE_FILE)
    match = _RELEASE.search(content.decode("utf-8", "replace")) if content is not None else None
    if match is None:
        raise InputError(
            "is not Consul Democracy",
            source.origin,
            f"It has no {RELEASE_FILE} that names its release. Correct consul.source.",
        )
    if match["release"] != source.version:
        raise InputError(
            f"holds release {match['release']}, but consul.version is {source.version}",
            source.origin,
            f'Set consul.version to "{match["release"]}", or give the source of {source.version}.',
        )
