"""Addresses with a name and a password in them, such as a proxy's or a mirror's: nobody is to read those."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

MASK = "********"

# Over SSH a name alone is no secret; over HTTP it may be a token, which is a password of its own.
_PASSWORD = re.compile(r"(?<=://)([^/\s:@'\"]*):([^/\s'\"]+)@")
_TOKEN = re.compile(r"(?<=http://)[^/\s:@'\"]+@|(?<=https://)[^/\s:@'\"]+@")


def masked(text: str) -> str:
    """Return a text without the passwords of the addresses in it."""
    if "@" not in text or "://" not in text:
        return text
    return _TOKEN.sub(f"{MASK}@", _PASSWORD.sub(rf"\1:{MASK}@", text))


def parted(url: str) -> tuple[str, str, str]:
    """Return a URL without what logs in, and its name and password; "" for what it has not.

    Args:
        url: The address.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or "@" not in parts.netloc:
        return url, "", ""
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return plain, unquote(parts.username or ""), unquote(parts.password or "")
