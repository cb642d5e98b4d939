"""Instance → how the site looks: CSS custom properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ddconsul.instance.branding import Colours
    from ddconsul.instance.models import Instance


def head_html(instance: Instance) -> str:
    """Return what goes into the head of every public page."""
    return style(instance.branding.colours)


def style(colours: Colours) -> str:
    """Return a `<style>` with Consul's CSS custom properties, or "" when no colour is given."""
    properties = custom_properties(colours)
    if not properties:
        return ""
    body = " ".join(f"{name}: {value};" for name, value in properties.items())
    return f"<style>:root {{ {body} }}</style>"


def custom_properties(colours: Colours) -> dict[str, str]:
    """Return CSS custom properties by name.

    A background gets its partner for text as well: Consul's compiled one belongs to its own colour.
    """
    header = colours.header or colours.brand
    link = colours.link or colours.brand
    backgrounds = {
        "brand": colours.brand,
        "brand-secondary": _darker(colours.brand) if colours.brand else None,
        "button-background-hover": _darker(colours.brand) if colours.brand else None,
        "main-header": header,
        "top-links": _darker(header) if header else None,
        "footer": colours.footer,
    }
    result: dict[str, str] = {}
    for name, value in backgrounds.items():
        if value:
            result[f"--{name}"] = value
            result[f"--{name}-contrast"] = _text_on(value)
    if link:
        result["--anchor-color"] = link
        result["--anchor-color-hover"] = _darker(link)
    return result


def _darker(colour: str) -> str:
    """Return the colour with a tenth less lightness, as Consul's own stylesheet does for its secondary brand."""
    from coloraide import Color  # noqa: PLC0415 — only a file with colours pays for it

    shade = Color(colour).convert("hsl")
    shade["lightness"] = max(0.0, shade["lightness"] - 0.1)
    return shade.convert("srgb").to_string(hex=True)


def _text_on(background: str) -> str:
    """Return black or white: the one with the higher contrast (WCAG 2.1) to the background."""
    from coloraide import Color  # noqa: PLC0415 — only a file with colours pays for it

    colour = Color(background)
    # Never both below 4.5:1: for each background, black or white has at least that.
    return max(("#ffffff", "#000000"), key=lambda text: colour.contrast(text, method="wcag21"))
