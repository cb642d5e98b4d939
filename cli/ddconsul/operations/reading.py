"""Reads Consul's source on this machine, where it is not built: its release, what it locks, and its texts."""

from __future__ import annotations

import hashlib
import re
import tarfile
import zipfile
from typing import TYPE_CHECKING

from ddconsul.operations.archives import appearing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RELEASE_FILE = "app/controllers/installation_controller.rb"
GEMS_LOCK = "Gemfile.lock"
NPM_LOCK = "package-lock.json"
LOCALES = "config/locales/"

# The files that can be read: what is to be read besides has its path here.
READ = re.compile("|".join((*map(re.escape, (RELEASE_FILE, GEMS_LOCK, NPM_LOCK)), rf"{re.escape(LOCALES)}.*\.yml")))


def read_member(archive: Path, name: str) -> bytes | None:
    """Return a file in an archive of Consul, or None when it is not there.

    Args:
        archive: The archive.
        name: Path of the file in it.

    Raises:
        LookupError: When it is not one of the files that `READ` names.
    """
    if not READ.fullmatch(name):
        raise LookupError(name)
    with zipfile.ZipFile(_read_part(archive)) as part:
        return part.read(name) if name in part.namelist() else None


def read_locales(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files with Consul's texts in an archive, each with its path."""
    with zipfile.ZipFile(_read_part(archive)) as part:
        for name in part.namelist():
            if name.startswith(LOCALES):
                yield name, part.read(name)


def _read_part(archive: Path) -> Path:
    """Return the part of an archive that is read on this machine, beside it: what stands in it is found at once.

    It is made once, since going through an archive of Consul takes a second, and each plan asks for something in it.
    """
    part = archive.with_name(f"{archive.name}.{hashlib.sha256(READ.pattern.encode()).hexdigest()[:8]}.zip")
    if not part.exists() or part.stat().st_mtime < archive.stat().st_mtime:
        with appearing(part) as temporary, zipfile.ZipFile(temporary, "w") as result, tarfile.open(archive) as opened:
            for member in opened:
                stream = opened.extractfile(member) if member.isfile() and READ.fullmatch(member.name) else None
                if stream is not None:
                    result.writestr(member.name, stream.read())
    return part
