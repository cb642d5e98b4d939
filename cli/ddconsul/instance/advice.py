"""What is allowed in a municipality file, but worth a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.instance.contrast import LEGIBLE, contrast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance
    from ddconsul.instance.places import Document, Key
    from ddconsul.instance.problems import Problem

_WHITE = "#ffffff"
# Where a mail server expects TLS from the first byte.
SMTPS = 465

Advice = tuple["Key", str, str]


def advice(document: Document, instance: Instance) -> Iterator[Problem]:
    """Yield advice, as problems that do not stand in the way."""
    for found in (_about_tls, _about_colours, _about_mail):
        for key, message, todo in found(instance):
            yield document.problem(document.place(key), key, message, todo, "advice")


def _about_tls(instance: Instance) -> Iterator[Advice]:
    if instance.target.type == "ssh" and instance.tls.mode == "off":
        what = "is off: passwords cross the network unencrypted, unless a proxy in front of the host does TLS"
        yield ("tls", "mode"), what, "Set tls.mode to files or internal."


def _about_colours(instance: Instance) -> Iterator[Advice]:
    colours = instance.branding.colours
    link = colours.link or colours.brand
    if link and contrast(link, _WHITE) < LEGIBLE:
        key = ("branding", "colours", "link" if colours.link else "brand")
        what = f"{link} is too light for links on a white page: WCAG asks for a contrast of {LEGIBLE} to 1"
        yield key, what, "Give a darker colour in branding.colours.link."


def _about_mail(instance: Instance) -> Iterator[Advice]:
    smtp = instance.mail.smtp
    if smtp is None:
        if instance.target.type != "container":
            yield ("mail",), "has no smtp: mail is kept in files on the host, and reaches nobody", "Add mail.smtp."
    elif smtp.port == SMTPS:
        what = f"{SMTPS} is for TLS from the first byte, which Consul's mail does not do"
        yield ("mail", "smtp", "port"), what, "Use port 587 with starttls: on when the server has it."
