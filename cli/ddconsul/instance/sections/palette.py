"""The colours of a site, and how well each can be told from what is behind it (WCAG 2.2, level AA)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddconsul.instance.kinds.contrast import LEGIBLE, contrast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.sections.branding import Branding

VISIBLE = 3.0
"""What a part of the page asks for that is no text, such as a button's edge: success criterion 1.4.11."""

ROLES = ("brand", "link", "header", "menu", "footer", "button", "heading", "focus")

# Consul Democracy 2.5.1, _consul_settings.scss: what a site has of which nothing is said.
PAGE = "#fdfdfd"
CONSUL_BRAND = "#004a83"
CONSUL_FOCUS = "#ffbf47"
_FROM_BRAND = ("link", "header", "button")

Way = tuple[str, ...]


@dataclass(frozen=True)
class Shade:
    """A colour in its role.

    Args:
        value: The colour, as #rrggbb.
        way: Keys on the way to what gives it, from `branding`; empty for Consul's own.
    """

    value: str
    way: Way = ()


@dataclass(frozen=True)
class Pair:
    """Two colours that have to be told apart.

    Args:
        what: What is seen.
        role: The role of the colour that can be chosen.
        way: Keys on the way to it, from `branding`.
        colour: What is seen, as #rrggbb.
        behind: What is behind or beside it.
        where: What that is.
        least: What WCAG asks for.
        ratio: The contrast.
    """

    what: str
    role: str
    way: Way
    colour: str
    behind: str
    where: str
    least: float
    ratio: float

    @property
    def passes(self) -> bool:
        """Tell whether they can be told apart."""
        return self._judged >= self.least

    @property
    def shown_ratio(self) -> str:
        """Return the contrast with two decimals, as it is judged."""
        return f"{self._judged:.2f}"

    @property
    def _judged(self) -> float:
        # WCAG says of text that 4.499 is not 4.5. Of the rest, house styles are compared to the hundredth.
        return round(self.ratio, 2) if self.least == VISIBLE else math.floor(self.ratio * 100) / 100

    @property
    def sentence(self) -> str:
        """Say what is wrong."""
        return (
            f"makes {self.what} hard to see: {self.colour} {self.where} ({self.behind}) has a contrast "
            f"of {self.shown_ratio} to 1, and WCAG 2.2 AA asks for {self.least:g} to 1"
        )

    def advice(self) -> str:
        """Say what to do: the nearest colour of the same hue that passes."""
        close = nearest_passing(self.colour, self.behind, self.least)
        key = f"branding.colours.{self.role}"
        first = f'The nearest colour of the same hue that passes is {key}: "{close}". ' if close else ""
        return f"{first or f'Choose another {key}. '}Or give the reason why it stays in branding.accept_contrast."


def palette(branding: Branding) -> dict[str, Shade]:
    """Return the colours that the municipality file gives, by role; what is not said at all is not in it.

    Args:
        branding: The section.
    """
    given = {role: shade for role in ROLES if (shade := _given(branding, role))}
    brand = given.get("brand")
    if brand is not None:
        given = {**dict.fromkeys(_FROM_BRAND, brand), **given}
    return given


def _given(branding: Branding, role: str) -> Shade | None:
    colour = getattr(branding.colours, role)
    if colour is not None:
        return Shade(colour, ("colours", role))
    if branding.tokens is not None and role in branding.tokens.roles:
        return Shade(branding.tokens.roles[role], ("tokens",))
    return None


def text_on(background: str) -> str:
    """Return black or white: the one with the higher contrast to the background.

    Never both below 4.5 to 1: for each background, one of the two has at least that.
    """
    return max(("#ffffff", "#000000"), key=lambda text: contrast(text, background))


@dataclass(frozen=True)
class Ring:
    """The ring around what has the focus: Consul paints a band, and a thin line on both of its sides.

    Args:
        band: Colour of the band.
        line: Colour of the lines.
    """

    band: str
    line: str

    @property
    def holds(self) -> bool:
        """Tell whether its band and its lines can be told apart."""
        return contrast(self.band, self.line) >= VISIBLE

    def on(self, background: str) -> tuple[str, float]:
        """Return the colour of the two that stands out on a background, and its contrast."""
        colour = max((self.band, self.line), key=lambda layer: contrast(layer, background))
        return colour, contrast(colour, background)


def ring(colours: dict[str, Shade]) -> Ring:
    """Return the ring: as in Consul, its lines have the main colour.

    Around a band that the file gives, they are black or white where the main colour would not be seen.
    """
    brand = colours["brand"].value if "brand" in colours else CONSUL_BRAND
    if "focus" not in colours:
        return Ring(CONSUL_FOCUS, brand)
    band = colours["focus"].value
    best = text_on(band)
    rings = [Ring(band, line) for line in dict.fromkeys((brand, best, "#ffffff", "#000000"))]
    backs = [back for _, back in _backgrounds(colours)]
    seen = (one for one in rings if one.holds and all(one.on(back)[1] >= VISIBLE for back in backs))
    return next(seen, Ring(band, best))


def _backgrounds(colours: dict[str, Shade]) -> Iterator[tuple[str, str]]:
    """Yield the backgrounds on which something can have the focus, by role."""
    yield "page", PAGE
    yield from ((role, colours[role].value) for role in ("header", "menu", "footer") if role in colours)


def pairs(branding: Branding) -> Iterator[Pair]:
    """Yield what has to be told apart, of what the municipality file gives: Consul's own colours are not judged.

    Args:
        branding: The section.
    """
    colours = palette(branding)
    yield from _texts_on_page(colours)
    yield from _texts_on_backgrounds(colours)
    if "button" in colours:
        yield _pair("buttons", "button", colours["button"], PAGE, "on the page", VISIBLE)
    yield from _focus(colours)


def failing(branding: Branding) -> Iterator[Pair]:
    """Yield the pairs that cannot be told apart well enough."""
    yield from (pair for pair in pairs(branding) if not pair.passes)


def _pair(what: str, role: str, shade: Shade, behind: str, where: str, least: float) -> Pair:
    return Pair(what, role, shade.way, shade.value, behind, where, least, contrast(shade.value, behind))


def _texts_on_page(colours: dict[str, Shade]) -> Iterator[Pair]:
    # In Consul, the main colour is a colour of text too: of the item of the menu where one is, of marked words.
    names = {"brand": "marked text", "link": "links", "heading": "headings"}
    for role, what in names.items():
        shade = colours.get(role)
        if shade is not None and not (role != "brand" and shade == colours.get("brand")):
            yield _pair(what, role, shade, PAGE, "on the page", LEGIBLE)


def _texts_on_backgrounds(colours: dict[str, Shade]) -> Iterator[Pair]:
    """Yield what is right by itself, since the text is chosen by the background: it belongs in a table of contrasts."""
    for role in ("brand", "header", "menu", "footer", "button"):
        if role in colours:
            back = colours[role]
            text = text_on(back.value)
            what = f"text of the {role}" if role != "brand" else "text on the main colour"
            yield Pair(what, role, back.way, text, back.value, "on it", LEGIBLE, contrast(text, back.value))


def _focus(colours: dict[str, Shade]) -> Iterator[Pair]:
    if not colours:
        return
    shade = colours.get("focus") or colours.get("brand") or next(iter(colours.values()))
    around = ring(colours)
    what = "the ring around what has the focus"
    between = contrast(around.band, around.line)
    yield Pair(what, "focus", shade.way, around.band, around.line, "beside its lines", VISIBLE, between)
    for role, back in _backgrounds(colours):
        # On a background of the ring's own colour, it is the other one that stands out: that was judged above.
        if back not in {around.band, around.line}:
            colour, ratio = around.on(back)
            yield Pair(what, "focus", shade.way, colour, back, f"on the {role}", VISIBLE, ratio)


def nearest_passing(colour: str, behind: str, least: float) -> str | None:
    """Return the nearest colour of the same hue with enough contrast; None when there is none.

    Only the lightness moves, in OKLCh, where equal steps look equal; where a screen cannot show the result, its
    colourfulness gives way, and never its hue (CSS Color 4, section 13.2).

    Args:
        colour: The colour that moves, as #rrggbb.
        behind: The one that stays.
        least: The contrast that is asked for.
    """
    from coloraide import Color  # noqa: PLC0415 — only a file with colours that fail pays for it

    begin = Color(colour).convert("oklch")

    def at(lightness: float) -> str:
        moved = begin.clone().set("lightness", lightness)
        text: str = moved.convert("srgb").fit(method="oklch-chroma").to_string(hex=True)
        return text

    def nearest_towards(end: float) -> tuple[float, str] | None:
        near, far = float(begin["lightness"]), end
        if contrast(at(far), behind) < least:
            return None
        for _ in range(12):  # finer than the 256 steps that a screen has
            middle = (near + far) / 2
            near, far = (near, middle) if contrast(at(middle), behind) >= least else (middle, far)
        return abs(far - float(begin["lightness"])), at(far)

    found = [way for end in (0.0, 1.0) if (way := nearest_towards(end)) is not None]
    return min(found)[1] if found else None
