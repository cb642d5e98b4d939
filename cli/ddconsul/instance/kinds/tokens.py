"""Packages with design tokens, and the lock file that tells what they came to.

`ddconsul brand fetch` writes the lock file; all else only reads it, so that a check needs no network, and a site gets
the same colours tomorrow.
"""

# Pydantic reads these annotations at run time, so they are not postponed.
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema

from ddconsul.instance.kinds.paths import MEGABYTE, base_folder, whole
from ddconsul.instance.kinds.values import Kind, wrong

LOCK_FILE = "brand.lock.json"
# A name as npm takes it, an exact version (semver 2.0), and the folder of a variant.
PATTERN = (
    r"^(?P<name>(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*)"
    r"@(?P<version>[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?)(/(?P<variant>[A-Za-z0-9_-]+))?$"
)
_EXAMPLE = 'Such as "@nl-design-system-unstable/voorbeeld-design-tokens@7.4.1".'
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Tokens:
    """A package with design tokens.

    Args:
        name: Its name, with its scope.
        version: Its version.
        variant: Folder of the variant, for a package that has several.
        roles: Colours by role, of the lock file.
        licence: What its licence is, of the lock file.
        proprietary: Whether only its owner may use it.
        missing: Why the lock file does not tell what it came to; "" when it does.
    """

    name: str
    version: str
    variant: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    licence: str = ""
    proprietary: bool = False
    missing: str = ""

    def __str__(self) -> str:
        """Return it as the municipality file has it."""
        return f"{self.name}@{self.version}" + (f"/{self.variant}" if self.variant else "")


def fetch_command() -> str:
    """Return the command that writes the lock file."""
    return "ddconsul brand fetch"


def _tokens(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Tokens):
        return value
    match = re.fullmatch(PATTERN, value.strip()) if isinstance(value, str) else None
    if match is None:
        exact = "Write its exact version after an @. " if isinstance(value, str) and "@" not in value[1:] else ""
        raise wrong("is not an npm package with its version", exact + _EXAMPLE)
    plain = Tokens(match["name"], match["version"], match["variant"] or "")
    base = base_folder(info)
    return plain if base is None else _locked(plain, base / LOCK_FILE)


def read_lock(file: Path) -> dict[str, Any]:
    """Return what stands in a lock file, by package; {} when there is none.

    Args:
        file: The lock file.

    Raises:
        ValueError: When it is not what `brand fetch` writes.
        OSError: When it cannot be read.
    """
    try:
        content = json.loads(whole(file, 10 * MEGABYTE).decode())
    except FileNotFoundError:
        return {}
    except RecursionError as error:
        raise ValueError(file) from error
    packages = content.get("packages") if isinstance(content, dict) else None
    if not isinstance(packages, dict):
        raise ValueError(file)  # noqa: TRY004 — what stands there has a wrong value
    return packages


def _locked(plain: Tokens, file: Path) -> Tokens:
    """Return the package with what the lock file tells of it."""

    def without(why: str) -> Tokens:
        return Tokens(plain.name, plain.version, plain.variant, missing=why)

    try:
        entry = read_lock(file).get(plain.name)
    except (ValueError, OSError):
        return without(f"cannot be looked up: {LOCK_FILE} is not as `brand fetch` writes it")
    if entry is None:
        return without(f"was not fetched yet: {LOCK_FILE} does not have it")
    try:
        other = Tokens(plain.name, entry["version"], entry["variant"])
        roles = {role: str(found["value"]) for role, found in entry["roles"].items()}
        licence, proprietary = str(entry["licence"]), bool(entry["proprietary"])
    except (TypeError, KeyError, AttributeError):
        return without(f"cannot be looked up: {LOCK_FILE} is not as `brand fetch` writes it")
    if (other.version, other.variant) != (plain.version, plain.variant):
        return without(f"was fetched as {other}")
    if not all(_COLOUR.fullmatch(colour) for colour in roles.values()):
        return without(f"cannot be looked up: {LOCK_FILE} is not as `brand fetch` writes it")
    return Tokens(plain.name, plain.version, plain.variant, roles, licence, proprietary)


TokenPackage = Annotated[
    Any,
    BeforeValidator(_tokens),
    PlainSerializer(str),
    Kind("npm package with its version, in quotes"),
    # JSON Schema's regular expressions have no named groups.
    WithJsonSchema({"type": "string", "pattern": re.sub(r"\?P<\w+>", "", PATTERN)}),
]
