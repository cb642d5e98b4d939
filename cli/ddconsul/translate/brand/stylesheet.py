"""Colours and fonts → the site's stylesheet: what Consul's CSS custom properties cannot reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.instance.sections.palette import CONSUL_BRAND, CONSUL_FOCUS, Ring, palette, ring, text_on
from ddconsul.translate.brand.fonts import font_faces, font_rules
from ddconsul.translate.brand.own_css import important

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance

# What gets a ring in Consul (layout.scss), at the same weight: an exception of its own still wins.
_FOCUSED = ":is(a, button, [type='button'], [type='submit'])"
# What Consul rings as a whole when a link in it has the focus (mixin `card`).
_CARDS = (".banner", ".budget-executions-investment", ".groups-and-headings .heading")
# Where Consul has a background of its own, and so a colour for headings that goes with it; a banner's are in its style.
_OWN_BACKGROUND = (
    "header, figcaption, .banner, .budget-header, .jumbo-budget, .legislation-hero, .callout, .orbit-container, "
    "[style*='background']"
)


def stylesheet(instance: Instance) -> str:
    """Return the site's stylesheet; "" when there is nothing in it.

    In a layer, a declaration with `!important` wins over all that stands in no layer, whatever its selector and
    wherever its file is linked; and of two layers, the first one named wins. So nothing can undo the municipality's
    own rules, and only those can undo the rest. The ring stands in no layer: there, Consul's exceptions have to win.

    Args:
        instance: The checked municipality file.
    """
    branding = instance.branding
    faces = "\n".join(font_faces(instance))
    layered = "\n".join([*font_rules(branding.fonts), *_rules(instance)])
    plain = "\n".join(_ring_rules(instance))
    own = important(branding.css.read_text(encoding="utf-8-sig")) if branding.css else ""
    if not (faces or layered or plain or own):
        return ""
    parts = ["@layer eigen, huisstijl;", faces, plain, _layer("huisstijl", layered), _layer("eigen", own)]
    return "\n".join(part for part in parts if part) + "\n"


def _layer(name: str, rules: str) -> str:
    return f"@layer {name} {{\n{rules}\n}}" if rules else ""


def _rules(instance: Instance) -> Iterator[str]:
    colours = {role: shade.value for role, shade in palette(instance.branding).items()}
    brand, button, menu, footer, heading = (
        colours.get(role) for role in ("brand", "button", "menu", "footer", "heading")
    )
    if brand:
        # A photograph in Consul's own colours, in an attribute of the element itself.
        yield ".auth-image { background-image: none !important; }"
    if button and button != brand:
        # They are painted with --brand; here it stands for something else.
        yield (
            ".button, button, [type='button'], [type='submit'] "
            f"{{ --brand: {button}; --brand-contrast: {text_on(button)}; }}"
        )
    if menu:
        # What is active or pointed at is underlined as well.
        text = text_on(menu)
        names = ("--brand", "--anchor-color", "--anchor-color-hover")
        yield "@media (min-width: 40em) { .subnavigation { " + " ".join(f"{name}: {text};" for name in names) + " } }"
    if footer:
        yield ".footer a:hover { color: inherit !important; }"
        yield f".footer .social a {{ --brand: {text_on(footer)}; }}"
    if heading:
        yield (
            f":is(.public-content, .auth-form) :is(h1, h2, h3, h4):not([style], :is({_OWN_BACKGROUND}) *) "
            f"{{ color: {heading} !important; }}"
        )


def _ring_rules(instance: Instance) -> Iterator[str]:
    around = ring(palette(instance.branding))
    if around == Ring(CONSUL_FOCUS, CONSUL_BRAND):
        return
    selectors = [f"{_FOCUSED}:focus-visible", "a:active", "a:focus:active", "button:active", "button:focus:active"]
    selectors += [f"{card}:focus-within" for card in _CARDS]
    # Widths as in Consul: a line of 1, a band of 3, a line of 2.
    body = f"outline: 3px solid {around.band}; outline-offset: 1px; box-shadow: 0 0 0 6px {around.line};"
    yield f"{', '.join(selectors)} {{ {body} }}"
