"""Makes archives that depend on nothing but their content: the same files give the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import os
import tarfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from ddconsul.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Fast rather than small: an archive travels once, and is made while someone waits.
LEVEL = 1


def sha256_of(path: Path) -> str:
    """Return the checksum of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Give a temporary path that becomes `path` at the end: other runs see a whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def tar_folder(folder: Path, target: Path, leave_out: Callable[[PurePosixPath], bool] = lambda _: False) -> None:
    """Pack a folder, with its files at the archive's root.

    Args:
        folder: The folder.
        target: The archive to write, gzipped.
        leave_out: Tells of a path within the folder whether to leave it out.
    """
    with _writing(target) as archive:
        for relative in _walk(folder, PurePosixPath(), leave_out):
            path = folder / relative
            member = _plain(archive.gettarinfo(str(path), str(relative)))
            if member.isreg():
                with path.open("rb") as stream:
                    archive.addfile(member, stream)
            elif member.isdir() or member.issym():
                archive.addfile(member)


def repack(source: Path, target: Path) -> None:
    """Pack a tarball anew, without the folder that all of it is in, if there is one.

    Raises:
        InputError: When it is no tarball, or has paths that lead out of it.
    """
    try:
        with tarfile.open(source) as archive:
            members = archive.getmembers()
            top = _common_folder([member.name for member in members])
            with _writing(target) as result:
                for member in members:
                    _copy(archive, member, top, result)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
        raise InputError(
            f"cannot be read as a tarball: {error}", str(source), "Is it whole? Download it anew."
        ) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", str(source)) from error


def _copy(archive: tarfile.TarFile, member: tarfile.TarInfo, top: str, result: tarfile.TarFile) -> None:
    name = PurePosixPath(member.name).relative_to(top) if top else PurePosixPath(member.name)
    if name == PurePosixPath("."):
        return
    if name.is_absolute() or ".." in name.parts:
        raise InputError(f"has a path that leads out of it: {member.name}", str(archive.name), "Do not trust it.")
    content: IO[bytes] | None = archive.extractfile(member) if member.isreg() else None
    if content is None and not (member.isdir() or member.issym()):
        raise InputError(f"has something else than files, folders and links: {member.name}", str(archive.name))
    member.name = str(name)
    result.addfile(_plain(member), content)


def _common_folder(names: list[str]) -> str:
    parts = [PurePosixPath(name).parts for name in names if PurePosixPath(name).parts]
    tops = {part[0] for part in parts}
    inside = any(len(part) > 1 for part in parts)
    return tops.pop() if len(tops) == 1 and inside else ""


def _walk(folder: Path, relative: PurePosixPath, leave_out: Callable[[PurePosixPath], bool]) -> Iterator[PurePosixPath]:
    for entry in sorted(os.scandir(folder / relative), key=lambda found: found.name):
        path = relative / entry.name
        if leave_out(path):
            continue
        yield path
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder, path, leave_out)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Take from an entry what depends on who packed it, and when."""
    executable = member.isdir() or member.mode & 0o100
    member.mode = 0o755 if executable else 0o644
    member.mtime = 0
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.pax_headers = {}
    return member


@contextmanager
def _writing(target: Path) -> Iterator[tarfile.TarFile]:
    with (
        target.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=LEVEL, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        yield archive
