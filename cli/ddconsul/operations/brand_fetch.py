"""Fetches a package with design tokens, and writes what it came to into a lock file beside the municipality file."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import ssl
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ddconsul.errors import InputError, UnreachableError
from ddconsul.instance.kinds.tokens import LOCK_FILE, Tokens, read_lock
from ddconsul.instance.loader import inspect
from ddconsul.instance.problems import InvalidFileError
from ddconsul.operations.archives import appearing
from ddconsul.translate.brand.package import Resolved, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# npm's own default: https://docs.npmjs.com/cli/using-npm/config#registry
_NPM_DEFAULT = "https://registry.npmjs.org"
_PATIENCE = 120
# A package of colours is small, and what it unpacks to is held in memory.
_LARGEST = 200_000_000


@dataclass(frozen=True)
class Fetched:
    """A package that was fetched.

    Args:
        tokens: The package.
        integrity: Its checksum, as npm writes it: sha512-...
        resolved: What it came to.
        lock: The lock file.
    """

    tokens: Tokens
    integrity: str
    resolved: Resolved
    lock: Path

    def as_dict(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        return {
            "package": self.tokens.name,
            **self.resolved.as_dict(self.tokens, self.integrity),
            "lock": str(self.lock),
        }


def fetch(file: Path, report: Callable[[str], None] = lambda _: None) -> Fetched:
    """Fetch the package of `branding.tokens`, and write the lock file.

    The values of a proprietary package so come no further than the machine of who may use it.

    Args:
        file: The municipality file.
        report: Takes a line for the user to read.

    Raises:
        InvalidFileError: When the file does not tell which package.
        InputError: When the package holds nothing that is known, is another one than was locked, or may not be used.
        UnreachableError: When it cannot be fetched.
    """
    inspected = inspect(file)
    branding = getattr(inspected.known, "branding", None)
    tokens = getattr(branding, "tokens", None)
    if tokens is None:
        # What else is wrong with the file does not matter here.
        about = [problem for problem in inspected.problems if problem.key == "branding.tokens" or not problem.line]
        if about or inspected.known is None:
            raise InvalidFileError(about or inspected.problems)
        raise InputError("has no branding.tokens", str(file), "Name a package there, with its version.")
    lock = inspected.path.parent / LOCK_FILE
    packages = _packages(lock)
    report(f"Fetching {tokens} …")
    consul = getattr(inspected.known, "consul", None)
    archive = _archive(tokens, getattr(consul, "npm_mirror", None))
    integrity = f"sha512-{base64.b64encode(hashlib.sha512(archive).digest()).decode()}"
    _same_as_locked(tokens, integrity, packages)
    resolved = _resolved(tokens, archive)
    if resolved.proprietary and not getattr(branding, "owner", False):
        raise InputError(
            f'may be used by its owner only: its licence is "{resolved.licence}"',
            str(tokens),
            "Set branding.owner to on when it is yours, or choose a package with a free licence.",
        )
    packages[tokens.name] = resolved.as_dict(tokens, integrity)
    with appearing(lock) as temporary:
        temporary.write_text(json.dumps({"packages": packages}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return Fetched(tokens, integrity, resolved, lock)


def _packages(lock: Path) -> dict[str, Any]:
    try:
        return read_lock(lock)
    except (ValueError, OSError) as error:
        raise InputError(
            "is not as `brand fetch` writes it", str(lock), "Remove it, and run `ddconsul brand fetch` again."
        ) from error


def _same_as_locked(tokens: Tokens, integrity: str, packages: Mapping[str, Any]) -> None:
    """Refuse another content under a version that was fetched before: npm's versions do not change."""
    locked = packages.get(tokens.name)
    if isinstance(locked, dict) and locked.get("version") == tokens.version and locked.get("integrity") != integrity:
        raise InputError(
            f"is not what it was: its sha512 is another one than {LOCK_FILE} has",
            str(tokens),
            f"Find out why. When it is right after all, remove it from {LOCK_FILE}, and fetch again.",
        )


def _resolved(tokens: Tokens, archive: bytes) -> Resolved:
    try:
        return resolve(_unpacked(archive), tokens.variant)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InputError(f"is no package of npm's: {error}", str(tokens)) from error
    except ValueError as error:
        todo = "Choose another package, or write the colours out under branding.colours."
        raise InputError(str(error), str(tokens), todo) from error


def _unpacked(archive: bytes) -> dict[str, bytes]:
    """Return what is in a package, by path: nothing is written to disk, and nothing in it is run."""
    files: dict[str, bytes] = {}
    room = _LARGEST
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        for member in tar:
            path = member.name.partition("/")[2]
            wanted = path == "package.json" or (path.startswith("dist/") and path.endswith(".css"))
            if not member.isreg() or not wanted:
                continue
            room -= member.size
            if room < 0:
                raise ValueError("is too large to be a package of design tokens")
            stream = tar.extractfile(member)
            files[path] = stream.read() if stream else b""
    return files


def _archive(tokens: Tokens, mirror: str | None) -> bytes:
    """Return the package: by npm, which knows this machine's registries, proxies and certificates; else directly."""
    npm = shutil.which("npm")
    return _by_npm(npm, tokens, mirror) if npm else _from_registry(tokens, mirror)


def _by_npm(npm: str, tokens: Tokens, mirror: str | None) -> bytes:
    with tempfile.TemporaryDirectory(prefix="ddconsul-brand-") as folder:
        argv = [npm, "pack", f"{tokens.name}@{tokens.version}", "--json", "--ignore-scripts", "--loglevel=error"]
        # npm waits over a minute between its attempts, and somebody is waiting too.
        argv += ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=3000"]
        # Its address may hold a password, and argv can be read by all on a machine.
        environment = {**os.environ, **({"npm_config_registry": mirror} if mirror else {})}
        try:
            answer = subprocess.run(
                argv, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False, env=environment
            )
        except subprocess.TimeoutExpired as error:
            raise _unreachable(tokens, f"npm gave no answer in {_PATIENCE} s") from error
        packed = sorted(Path(folder).glob("*.tgz"))
        if answer.returncode or not packed:
            raise _unreachable(tokens, _said(answer))
        return packed[0].read_bytes()


def _said(answer: subprocess.CompletedProcess[str]) -> str:
    """Return what npm says is wrong, in one line."""
    try:
        error = json.loads(answer.stdout).get("error", {})
    except (ValueError, AttributeError):
        error = {}
    text = error.get("summary") or answer.stderr.removeprefix("npm error ") or "npm failed"
    lines = [line.removeprefix("npm error ").strip() for line in str(text).strip().splitlines()]
    return next((line for line in lines if line), "npm failed")


def _unreachable(tokens: Tokens, why: str) -> UnreachableError:
    todo = "Look at the name and version in branding.tokens, at consul.npm_mirror, and at npm's configuration."
    return UnreachableError(f"cannot be fetched: {why}", str(tokens), todo)


def _from_registry(tokens: Tokens, mirror: str | None) -> bytes:
    import httpx  # noqa: PLC0415 — only where there is no npm

    registry = (mirror or _configured(tokens.name)).rstrip("/")
    try:
        # The machine's own list of authorities, which a municipality may have added to.
        with httpx.Client(verify=ssl.create_default_context(), follow_redirects=True, timeout=_PATIENCE) as client:
            about = client.get(f"{registry}/{quote(tokens.name, safe='@')}").raise_for_status().json()
            dist = about["versions"][tokens.version]["dist"]
            archive = client.get(dist["tarball"]).raise_for_status().content
    except httpx.HTTPError as error:
        raise _unreachable(tokens, str(error) or type(error).__name__) from error
    except (KeyError, TypeError, ValueError) as error:
        raise _unreachable(tokens, f"the registry has no version {tokens.version} of it") from error
    digest = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if f"sha512-{digest}" not in str(dist.get("integrity", "")).split():
        raise _unreachable(tokens, "what came has another checksum than the registry says")
    return archive


def _configured(name: str) -> str:
    """Return the registry that npm would ask, by the user's configuration (docs.npmjs.com, npmrc)."""
    scope = name.partition("/")[0] if name.startswith("@") else ""
    given = os.environ.get("npm_config_registry")  # noqa: SIM112 — so npm spells it
    try:
        text = (Path.home() / ".npmrc").read_text(encoding="utf-8")
    except (OSError, RuntimeError, UnicodeDecodeError):
        text = ""
    written = dict(re.findall(r"^\s*([^\s=;#]+)\s*=\s*(\S+)\s*$", text, re.MULTILINE))
    return written.get(f"{scope}:registry") or given or written.get("registry") or _NPM_DEFAULT
