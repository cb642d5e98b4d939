"""A certificate and its key: whether they are whole and of each other, and until when the certificate holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_VERSION, _SHORT_TIME = 0xA0, 0x17


class Amiss(NamedTuple):
    """What is wrong with a certificate or its key.

    Args:
        key: `certificate` or `key`.
        message: What is wrong with it.
        todo: What to do.
    """

    key: str
    message: str
    todo: str


def can_be_read(data: bytes) -> bool:
    """Tell whether there are certificates in a file's content, in PEM form or DER, and each can be read."""
    import ssl  # noqa: PLC0415 — slow, and few files have a certificate

    pem = data.decode("ascii", "replace") if b"-----BEGIN" in data else data
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError):
        return False
    return True


def amiss(certificate: Path, key: Path) -> Amiss | None:
    """Return what is wrong with a certificate and its key; None when a web server can use the two.

    Args:
        certificate: File with the certificate, in PEM form.
        key: File with its private key, in PEM form.
    """
    import ssl  # noqa: PLC0415 — slow, and few files have a certificate

    try:
        texts = certificate.read_text(encoding="latin-1"), key.read_text(encoding="latin-1")
    except OSError:
        # Told where the path stands.
        return None
    if not can_be_read(texts[0].encode("latin-1")):
        return Amiss("certificate", "holds no certificate that can be read", "Is the file whole? Ask for it once more.")
    if "ENCRYPTED" in texts[1]:
        todo = "Nobody types one when the server starts. Take it off: openssl pkey -in OLD -out NEW"
        return Amiss("key", "is locked with a password", todo)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            todo = "Give the key that the certificate was asked for with, and the site's own certificate first."
            return Amiss("key", "is not the key of tls.certificate", todo)
        return Amiss("key", "holds no private key that can be read", "Is the file whole?")
    return None


def holds_until(certificate: Path) -> datetime | None:
    """Return the moment until when a certificate holds (RFC 5280, section 4.1.2.5); None when that cannot be read.

    Args:
        certificate: File with the certificate, in PEM form.
    """
    import re  # noqa: PLC0415 — as above
    from base64 import b64decode  # noqa: PLC0415 — as above

    text = certificate.read_text(encoding="latin-1")
    found = re.search(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----", text)
    try:
        return _not_after(b64decode(found[1])) if found else None
    except (ValueError, IndexError):
        return None


def _not_after(der: bytes) -> datetime:
    """Walk to the end of the validity: past a version, number, algorithm and issuer."""
    inside, _ = _content(der, _content(der, 0)[0])
    if der[inside] == _VERSION:
        inside = _content(der, inside)[1]
    for _ in ("number", "algorithm", "issuer"):
        inside = _content(der, inside)[1]
    begin = _content(der, _content(der, inside)[0])[1]
    start, end = _content(der, begin)
    written = der[start:end].decode("ascii")
    # Two digits from 50 on are of the century before.
    century = ("19" if written[:2] >= "50" else "20") if der[begin] == _SHORT_TIME else ""
    return datetime.strptime(century + written, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _content(der: bytes, at: int) -> tuple[int, int]:
    """Return where the content of a part of DER begins and ends."""
    length, start = der[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(der[start : start + count], "big"), start + count
    return start, start + length
