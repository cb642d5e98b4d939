"""Keeps secrets out of what is shown and logged, in whatever form a program prints them."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from ddconsul.addresses import MASK, masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Shorter values would black out ordinary words.
SHORTEST = 6
# From here on a value is masked where it stands alone, and not inside a word.
SHORTEST_WORD = 4
# A line of a secret in several lines is masked by itself too: Ansible prints line by line.
SHORTEST_LINE = 12
# How many times a form may have been quoted again.
DEPTH = 3
# Fewer characters of base64 are no proof that a secret is inside.
SHORTEST_BASE64 = 8

# What stands between two characters of base64 that was wrapped: a line's end, also as JSON or a shell writes it.
_WRAP = r"(?:\s|\\[rn])*"


class Redactor:
    """Replaces secret values in text.

    Args:
        secrets: The values.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {secret for secret in secrets if len(secret) >= SHORTEST_WORD}
        long = {secret for secret in known if len(secret) >= SHORTEST}
        # The longest first, so that no rest of one shows when it contains another.
        self._forms = sorted({form for secret in long for form in _forms(secret)}, key=len, reverse=True)
        patterns = [_WRAP.join(map(re.escape, part)) for secret in long for part in _in_base64(secret)]
        patterns += [rf"(?<!\w){re.escape(secret)}(?!\w)" for secret in known - long]
        self._patterns = [re.compile(pattern) for pattern in patterns]

    def __call__(self, text: str) -> str:
        """Return the text without the secrets."""
        for form in self._forms:
            text = text.replace(form, MASK)
        for pattern in self._patterns:
            text = pattern.sub(MASK, text)
        return masked(text)


def _forms(secret: str) -> set[str]:
    """Return a secret, and each of its lines, as programs write them, and as shells and JSON write that again."""
    lines = {line for line in map(str.strip, secret.splitlines()) if len(line) >= SHORTEST_LINE}
    forms = {form for text in {secret, *lines} for form in _written(text)}
    # Ansible prints as JSON what a shell was given, which may hold what a program printed as JSON.
    for _ in range(DEPTH):
        forms |= {quoted for form in forms for quoted in _quoted(form)}
    return forms


def _written(text: str) -> Iterator[str]:
    """Yield a text as it is, and as YAML, Python, addresses, web pages and dumps write it."""
    yield from (text, text.replace("'", "''"), repr(text)[1:-1], text.encode().hex())
    yield from (html.escape(text), html.escape(text, quote=False))
    for encoded in (quote(text), quote(text, safe=""), quote_plus(text)):
        yield from (encoded, re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), encoded))


def _quoted(text: str) -> Iterator[str]:
    """Yield a text as a shell and as JSON need it, without the quotes around the whole."""
    yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    yield text.replace("'", r"'\''")
    quoted = shlex.quote(text)
    yield quoted[1:-1] if quoted != text else text


def _in_base64(secret: str) -> Iterator[str]:
    """Yield what a secret looks like inside base64, wherever in the encoded text it begins (`user:secret`)."""
    data = secret.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            encoded = encode(b"\0" * before + data).decode().rstrip("=")
            # The first and last characters may hold bits of what stands beside the secret.
            begin = (0, 2, 3)[before]
            end = len(encoded) if (before + len(data)) % 3 == 0 else len(encoded) - 1
            if end - begin >= SHORTEST_BASE64:
                yield encoded[begin:end]
