"""Fonts → WOFF2 with the letters that the site's languages need."""

from __future__ import annotations

import hashlib
import io
import logging
import struct
import zlib
from functools import cache
from typing import TYPE_CHECKING

from ddconsul.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ddconsul.instance.models import Instance
    from ddconsul.instance.sections.branding import Font

_FAMILIES = {"everything": "Huisstijl", "headings": "Huisstijl koppen"}
_SELECTORS = {
    "everything": "body, h1, h2, h3, h4, h5, h6, button, input, select, textarea, .button, .logo, .logo a",
    "headings": "h1, h2, h3, h4, h5, h6",
}
# What Consul has itself, for letters that the font lacks.
_BEHIND = '"Source Sans Pro", Helvetica, Arial, sans-serif'
# Basic Latin to Latin Extended-B, combining accents, Latin Extended Additional, punctuation, currencies, arrows, signs.
_LATIN = ((0x20, 0x24F), (0x2B0, 0x36F), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2100, 0x22FF))
# Of Consul's languages, those in other letters.
_OTHER_LETTERS = {"ar", "bg", "el", "fa", "he", "ka", "ne", "ru", "sr", "uk-UA", "zh-CN", "zh-TW"}
# Raised when what is made of the same file becomes different, so that browsers fetch it anew.
_RECIPE = b"1"
# OpenType, table OS/2, fsType: may not be embedded at all; no subsetting; bitmaps only.
_RESTRICTED, _NO_SUBSETTING, _BITMAPS = 0x0002, 0x0100, 0x0200


def font_faces(instance: Instance) -> Iterator[str]:
    """Yield an @font-face for each font."""
    for font in instance.branding.fonts:
        weight = _weights(font.file) or str(font.weight)
        yield (
            f'@font-face {{ font-family: "{_FAMILIES[font.use]}"; font-style: {font.style}; font-weight: {weight}; '
            f'font-display: swap; src: url("{file_name(font, instance.municipality.languages)}") format("woff2"); }}'
        )


def font_rules(fonts: Sequence[Font]) -> Iterator[str]:
    """Yield what is set in the fonts."""
    uses = {font.use for font in fonts}
    for use, family in _FAMILIES.items():
        if use in uses:
            behind = f'"{_FAMILIES["everything"]}", {_BEHIND}' if use == "headings" else _BEHIND
            yield f'{_SELECTORS[use]} {{ font-family: "{family}", {behind} !important; }}'


def file_name(font: Font, languages: Sequence[str]) -> str:
    """Return the name of a font's file: after what is in it, so that browsers may keep it."""
    letters = b"all" if _OTHER_LETTERS & set(languages) else b"latin"
    return hashlib.sha256(_RECIPE + letters + font.file.read_bytes()).hexdigest()[:16] + ".woff2"


def _unreadable() -> tuple[type[Exception], ...]:
    """Return what comes of a file that only begins as a font."""
    import brotli  # noqa: PLC0415 — with the next one: few have fonts
    from fontTools.ttLib import TTLibError  # noqa: PLC0415 — as above

    return (
        TTLibError, brotli.error, zlib.error, struct.error, OSError, ValueError, LookupError, TypeError, OverflowError,
        AssertionError, AttributeError,
    )  # fmt: skip


def woff2(font: Font, languages: Sequence[str]) -> bytes:
    """Return a font as WOFF2, with the letters that the site's languages need.

    Args:
        font: The font.
        languages: The site's languages.

    Raises:
        InputError: When it cannot be read, or says of itself that it may not be used on a website.
    """
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415 — with the next one: slow, and few have fonts
    from fontTools.ttLib import TTFont  # noqa: PLC0415 — keeps `--help` fast

    # It tells of tables that no browser reads.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    try:
        # The time at which it is made would give the same file another checksum.
        opened = TTFont(font.file, recalcTimestamp=False, lazy=True)
        kind = opened["OS/2"].fsType if "OS/2" in opened else 0
        _allowed(kind, font.file)
        whole = _OTHER_LETTERS & set(languages) or kind & _NO_SUBSETTING
        options = Options(flavor="woff2", layout_features=["*"], notdef_outline=True, name_IDs=["*"], glyph_names=False)
        subsetter = Subsetter(options)
        letters = opened.getBestCmap() if whole else {code for first, last in _LATIN for code in range(first, last + 1)}
        subsetter.populate(unicodes=letters)
        if not kind & _NO_SUBSETTING:
            subsetter.subset(opened)
        opened.flavor = "woff2"
        result = io.BytesIO()
        opened.save(result)
    except _unreadable() as error:
        raise InputError(f"cannot be read as a font: {error}", str(font.file), "Give another file of it.") from error
    return result.getvalue()


def _allowed(kind: int, file: Path) -> None:
    if kind & 0x000F == _RESTRICTED or kind & _BITMAPS:
        raise InputError(
            "says of itself that it may not be used on a website (OS/2 fsType)",
            str(file),
            "Ask who made it for a file for websites.",
        )


@cache
def _weights(file: Path) -> str | None:
    """Return the weights that a variable font has, as CSS writes them; None for any other."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 — few have fonts

    try:
        with TTFont(file, lazy=True) as font:
            axes = font["fvar"].axes if "fvar" in font else []
    except _unreadable() as error:
        raise InputError(f"cannot be read as a font: {error}", str(file), "Give another file of it.") from error
    weight = next((axis for axis in axes if axis.axisTag == "wght"), None)
    return f"{weight.minValue:g} {weight.maxValue:g}" if weight else None
