"""Fetches one file of a registry, and keeps it when its checksum is right.

Usage: python3 - REGISTRY PATH SHA512 FILE. The environment's npm_config_registry, whose address may hold a password,
takes the place of REGISTRY.
"""

import base64
import hashlib
import os
import sys
import urllib.parse
import urllib.request
from pathlib import Path

SECONDS = 60


def request(registry: str, path: str) -> urllib.request.Request:
    """Return what to ask; a name and password in the address become a header, as urllib wants it."""
    parts = urllib.parse.urlsplit(f"{registry.rstrip('/')}/{path}")
    access, _, host = parts.netloc.rpartition("@")
    asked = urllib.request.Request(parts._replace(netloc=host).geturl())  # noqa: S310 — of the municipality file
    if access:
        word = base64.b64encode(urllib.parse.unquote(access).encode()).decode()
        asked.add_unredirected_header("Authorization", f"Basic {word}")
    return asked


def main() -> None:
    """Fetch it."""
    registry, path, sha512, file = sys.argv[1:]
    asked = request(os.environ.get("npm_config_registry") or registry, path)  # noqa: SIM112 — so npm spells it
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310 — of the municipality file
            content = answer.read()
    except OSError as error:
        sys.exit(f"Request failed: {error}: {asked.full_url}")
    if hashlib.sha512(content).hexdigest() != sha512:
        sys.exit(f"The checksum of {asked.full_url} is another one than the role knows")
    Path(file).write_bytes(content)


main()
