"""What is allowed in a municipality file, but worth a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance
    from ddconsul.instance.places import Document, Key
    from ddconsul.instance.problems import Problem

# WCAG 2.1, success criterion 1.4.3.
LEGIBLE = 4.5
# Where a mail server expects TLS from the first byte.
SMTPS = 465

Advice = tuple["Key", str, str]


def advice(document: Document, instance: Instance) -> Iterator[Problem]:
    """Yield advice, as problems that do not stand in the way."""
    for found in (_about_tls, _about_colours, _about_administrators, _about_mail):
        for key, message, todo in found(instance):
            yield document.problem(document.place(key), key, message, todo, "advice")


def _about_tls(instance: Instance) -> Iterator[Advice]:
    if instance.target.type == "ssh" and instance.tls.mode == "off":
        what = "is off: passwords cross the network unencrypted, unless a proxy in front of the host does TLS"
        yield ("tls", "mode"), what, "Set tls.mode to files or internal."


def _about_colours(instance: Instance) -> Iterator[Advice]:
    colours = instance.branding.colours
    link = colours.link or colours.brand
    if link and _contrast_to_white(link) < LEGIBLE:
        key = ("branding", "colours", "link" if colours.link else "brand")
        what = f"{link} is too light for links on a white page: WCAG asks for a contrast of {LEGIBLE} to 1"
        yield key, what, "Give a darker colour in branding.colours.link."


def _about_administrators(instance: Instance) -> Iterator[Advice]:
    if len(instance.administrators) > 1:
        what = "gets no account yet: ddconsul makes one for the first administrator"
        yield ("administrators", 1), what, "The first administrator can add the others on the site."


def _about_mail(instance: Instance) -> Iterator[Advice]:
    smtp = instance.mail.smtp
    if smtp is None:
        if instance.target.type != "container":
            yield ("mail",), "has no smtp: mail is kept in files on the host, and reaches nobody", "Add mail.smtp."
    elif smtp.port == SMTPS:
        what = f"{SMTPS} is for TLS from the first byte, which Consul's mail does not do"
        yield ("mail", "smtp", "port"), what, "Use port 587 with starttls: on when the server has it."


def _contrast_to_white(colour: str) -> float:
    """Return the contrast, as WCAG 2.1 defines it. A library for colours takes longer to load than all the rest."""
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    light = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]  # noqa: PLR2004 — sRGB
    return 1.05 / (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05)
