"""Several municipality files at once: those in a folder, and whether two of them get in each other's way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ddconsul.errors import InputError
from ddconsul.instance.loader import inspect
from ddconsul.instance.problems import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ddconsul.instance.loader import Inspected
    from ddconsul.instance.yaml.places import Key

_ENDINGS = (".yml", ".yaml")
# So much of a file tells whether it is a municipality file.
_HEAD = 100_000


def files_in(paths: Iterable[Path]) -> list[Path]:
    """Return the municipality files among files and folders; in a folder, those that stand in it directly.

    Args:
        paths: Files, which are taken as they are, and folders.

    Raises:
        InputError: When a folder holds no municipality file, or cannot be read.
    """
    found: dict[Path, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_in_folder(path) if path.is_dir() else [path]))
    return list(found)


def _in_folder(folder: Path) -> list[Path]:
    try:
        inside = sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS and path.is_file())
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", str(folder)) from error
    found = [path for path in inside if is_municipality_file(path)]
    if not found:
        deeper = next(iter(sorted(folder.glob("*/gemeente*.yml"))), None)
        todo = f"Name it: {deeper}" if deeper else "`ddconsul init` writes a municipality file to start from."
        raise InputError("holds no municipality file", str(folder), todo)
    return found


def is_municipality_file(path: Path) -> bool:
    """Tell whether a YAML file is meant as a municipality file: by its name, or by its first section."""
    if path.stem.endswith((".secrets", "-secrets")):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        # That is a problem to tell, not one to leave out.
        return path.name.startswith("gemeente")
    if head.startswith(b"$ANSIBLE_VAULT"):
        return False
    return path.name.lower().startswith("gemeente") or any(
        line.startswith((b"municipality:", b"municipality :")) for line in head.splitlines()
    )


def inspect_all(files: Iterable[Path]) -> list[Inspected]:
    """Read and check files, each by itself and against the others.

    Args:
        files: Municipality files.
    """
    every = [inspect(file) for file in files]
    for index, one in enumerate(every):
        clashes = (
            one.document.problem(one.document.place(key), key, message, todo, "clash")
            for other in every[:index]
            for key, message, todo in _clashes(one, other)
        )
        every[index] = replace(one, problems=tuple(in_order([*one.problems, *clashes])))
    return every


def _clashes(one: Inspected, other: Inspected) -> Iterator[tuple[Key, str, str]]:
    """Yield where two files describe the same site, as far as is known of them."""
    if one.path.resolve() == other.path.resolve():
        return
    host, other_host = _host(one), _host(other)
    domain, site = _domain(one), _site(one)
    # A container to try things in may go by the name of the site on the server.
    servers = host and other_host and "container" not in {host[0], other_host[0]}
    if domain and domain == _domain(other) and (host == other_host or servers):
        todo = "Give each site a domain of its own."
        yield ("municipality", "domain"), f'"{domain}" is the domain in {other.document.file} as well', todo
    if site and host and host == other_host and site == _site(other):
        key = ("target", "site") if ("target", "site") in one.document.values else ("municipality", "name")
        where = {"container": "as a container", "local": "on this machine"}.get(host[0], f"on {host[-1]}")
        message = f'gives the site "{site}" {where}, as {other.document.file} does'
        yield key, message, "Give one of the two another target.site."


def _host(one: Inspected) -> tuple[str, ...] | None:
    """Return what tells one target from another; None when it is not known."""
    target = getattr(one.known, "target", None)
    if target is None:
        return None
    host = getattr(target, "host", "" if target.type != "ssh" else None)
    return None if host is None else (target.type, str(getattr(target, "port", "")), host.lower())


def _domain(one: Inspected) -> str | None:
    return getattr(getattr(one.known, "municipality", None), "domain", None)


def _site(one: Inspected) -> str | None:
    try:
        return one.known.site if one.known else None
    except AttributeError:
        return None
