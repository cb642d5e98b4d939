"""Colours → Consul's CSS custom properties."""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING

from ddconsul.instance.sections.palette import palette, text_on

if TYPE_CHECKING:
    from ddconsul.instance.sections.branding import Branding


def style(branding: Branding) -> str:
    """Return a `<style>` with Consul's CSS custom properties, or "" when no colour is given."""
    properties = custom_properties(branding)
    if not properties:
        return ""
    body = " ".join(f"{name}: {value};" for name, value in properties.items())
    return f"<style>:root {{ {body} }}</style>"


def custom_properties(branding: Branding) -> dict[str, str]:
    """Return CSS custom properties by name.

    A background gets its partner for text as well: Consul's compiled one belongs to its own colour.
    """
    colours = {role: shade.value for role, shade in palette(branding).items()}
    brand, header, button, link = (colours.get(role) for role in ("brand", "header", "button", "link"))
    backgrounds = {
        "brand": brand,
        "brand-secondary": darker(brand) if brand else None,
        "button-background-hover": darker(button) if button else None,
        "main-header": header,
        "top-links": darker(header) if header else None,
        "subnavigation": colours.get("menu"),
        "footer": colours.get("footer"),
    }
    result: dict[str, str] = {}
    for name, value in backgrounds.items():
        if value:
            result[f"--{name}"] = value
            result[f"--{name}-contrast"] = text_on(value)
    if link:
        result["--anchor-color"] = link
        result["--anchor-color-hover"] = darker(link)
    return result


def mail_colours(branding: Branding) -> dict[str, str]:
    """Return the colours of mails, which have no stylesheet; {} for Consul's own.

    Their page is white, a little lighter than the site's, on which links were judged.
    """
    colours = {role: shade.value for role, shade in palette(branding).items()}
    found: dict[str, str] = {}
    if button := colours.get("button"):
        found |= {"button": button, "button_text": text_on(button)}
    if link := colours.get("link"):
        found["link"] = link
    return found


def darker(colour: str) -> str:
    """Return the colour with a tenth less lightness, as Consul's own stylesheet does for its secondary brand."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    darkened = colorsys.hls_to_rgb(hue, max(0.0, lightness - 0.1), saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in darkened)
