"""Instance → the desired-state document: what Consul has to contain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddconsul.instance.models import Colours, Instance

Setting = str | bool | None

# Consul's modules with a setting `process.<name>`; sdg is a feature of its own.
PROCESSES = ("debates", "proposals", "polls", "budgets", "legislation")
# The home page's lists of what is going on, and the module that each belongs to.
FEEDS = {"debates": "debates", "proposals": "proposals", "processes": "legislation"}
# On in Consul's seeds, and broken without keys of the networks.
SOCIAL_LOGINS = ("facebook", "google", "twitter")


def state_document(instance: Instance) -> dict[str, Any]:
    """Return the document that module `consul_state` makes true."""
    first = instance.administrators[0]
    return {"administrator": {"name": first.name, "email": first.email}, "settings": settings(instance)}


def settings(instance: Instance) -> dict[str, Setting]:
    """Return Consul's settings by key; flags as booleans, since Consul reads the text "false" as on."""
    name = instance.municipality.name
    languages = instance.municipality.languages
    modules = instance.modules
    return {
        "org_name": name,
        "meta_title": name,
        "mailer_from_name": instance.mail.name or name,
        "mailer_from_address": instance.mail.sender or f"noreply@{instance.municipality.domain}",
        "locales.default": languages[0],
        "locales.enabled": " ".join(languages),
        **{f"process.{process}": bool(getattr(modules, process)) for process in PROCESSES},
        "feature.sdg": modules.sdg,
        # The home page would go on showing what is off.
        **{f"homepage.widgets.feeds.{feed}": bool(getattr(modules, module)) for feed, module in FEEDS.items()},
        **{f"feature.{network}_login": False for network in SOCIAL_LOGINS},
        "html.per_page_code_head": style(instance.branding.colours),
    }


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
