"""Numbers with what they count."""

from __future__ import annotations


def counted(number: float, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 change`, `2 changes`.

    Args:
        number: How many; rounded.
        one: The noun for one.
        many: The noun for any other number; "" for the first with an s.
    """
    whole = round(number)
    return f"{whole} {one if whole == 1 else many or f'{one}s'}"
