"""The certificate authorities that this machine trusts beyond the usual ones.

Many municipal networks intercept TLS: what does not know their authority cannot download anything.
"""

from __future__ import annotations

import base64
import hashlib
import re
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from ddconsul.targets.base import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddconsul.instance.models import Instance

ANCHORS = (
    "usr/local/share/ca-certificates",  # Debian, Ubuntu, Alpine
    "etc/pki/ca-trust/source/anchors",  # Fedora, RHEL
    "etc/ca-certificates/trust-source/anchors",  # Arch
    "etc/pki/trust/anchors",  # openSUSE
)
_SUFFIXES = {".crt", ".pem", ".cer", ".der"}
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\s.*?-----END CERTIFICATE-----", re.DOTALL)
_DER_SEQUENCE = b"\x30"


class Authority(TypedDict):
    """One certificate authority: a name for its file, and the certificate."""

    name: str
    pem: str


def extra_cas(instance: Instance) -> list[Authority]:
    """Return the authorities a host needs: those of this machine and those of the municipality file.

    Raises:
        TargetError: A file of `network.extra_ca` holds no certificate.
    """
    named = [(path, certificates(path)) for path in instance.network.extra_ca]
    for path, found in named:
        if not found:
            raise TargetError("The file holds no certificate.", str(path), "Give a certificate in PEM or DER form.")
    return authorities([*host_certificates(), *named])


def host_cas(root: Path = Path("/")) -> list[Authority]:
    """Return the authorities that were added to this machine by hand."""
    return authorities(host_certificates(root))


def host_certificates(root: Path = Path("/")) -> list[tuple[Path, list[str]]]:
    """Return the files with authorities of this machine, and the certificates in each."""
    files = [path for anchors in ANCHORS for path in sorted((root / anchors).rglob("*")) if path.suffix in _SUFFIXES]
    return [(path, certificates(path)) for path in files if path.is_file()]


def certificates(path: Path) -> list[str]:
    """Return the certificates in a file, PEM or DER, one PEM text for each."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise TargetError(
            f"The certificate cannot be read: {error.strerror}.", str(path), "Make it readable, or remove it."
        ) from error
    if raw.startswith(_DER_SEQUENCE):
        return [ssl.DER_cert_to_PEM_cert(raw)]
    return [found + "\n" for found in _PEM.findall(raw.decode("ascii", errors="replace"))]


def authorities(files: Iterable[tuple[Path, list[str]]]) -> list[Authority]:
    """Give each certificate a name that tells its file, and leave out those that came before."""
    seen: dict[str, Authority] = {}
    for path, pems in files:
        for pem in pems:
            mark = _fingerprint(pem)
            # Two files may share a name, and one file may hold several: the mark keeps them apart.
            stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "authority"
            seen.setdefault(mark, Authority(name=f"{stem}-{mark[:8]}", pem=pem))
    return list(seen.values())


def _fingerprint(pem: str) -> str:
    body = "".join(pem.split("-----")[2].split())
    return hashlib.sha256(base64.b64decode(body + "=" * (-len(body) % 4))).hexdigest()
