"""How far two colours are apart, as WCAG 2 defines it. A library for colours takes longer to load than all the rest."""

from __future__ import annotations

LEGIBLE = 4.5
"""What text asks for: WCAG 2.2, success criterion 1.4.3."""


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 (the same) to 21 (black and white).

    Args:
        one: A colour as #rrggbb.
        other: Another one.
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 — sRGB
        for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
