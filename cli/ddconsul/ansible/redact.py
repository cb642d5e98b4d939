"""Keeps secrets out of what is shown and logged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Shorter values would black out ordinary words.
SHORTEST = 6
MASK = "********"


class Redactor:
    """Replaces secret values in text.

    Args:
        secrets: The values.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST for form in (secret, _in_json(secret))}
        # The longest first, so that no rest of one shows when it contains another.
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the text without the secrets."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text


def _in_json(text: str) -> str:
    return json.dumps(text)[1:-1]
