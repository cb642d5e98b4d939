"""What is allowed in a municipality file, but worth a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.instance import palette

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance
    from ddconsul.instance.places import Document, Key
    from ddconsul.instance.problems import Problem

# Where a mail server expects TLS from the first byte.
SMTPS = 465

Advice = tuple["Key", str, str]


def advice(document: Document, instance: Instance) -> Iterator[Problem]:
    """Yield advice, as problems that do not stand in the way."""
    for found in (_about_tls, _about_contrast, _about_mail):
        for key, message, todo in found(instance):
            yield document.problem(document.place(key), key, message, todo, "advice")


def _about_tls(instance: Instance) -> Iterator[Advice]:
    if instance.target.type == "ssh" and instance.tls.mode == "off":
        what = "is off: passwords cross the network unencrypted, unless a proxy in front of the host does TLS"
        yield ("tls", "mode"), what, "Set tls.mode to files or internal."


def _about_contrast(instance: Instance) -> Iterator[Advice]:
    """Yield what is too hard to see, and let through."""
    branding = instance.branding
    reason = branding.accept_contrast
    if reason is None:
        return
    found = list(palette.failing(branding))
    for pair in found:
        yield ("branding", *pair.way), pair.sentence, f"branding.accept_contrast lets it through: {reason}"
    if not found:
        yield ("branding", "accept_contrast"), "is not needed: all colours can be told apart", "Remove it."


def _about_mail(instance: Instance) -> Iterator[Advice]:
    smtp = instance.mail.smtp
    if smtp is None:
        if instance.target.type != "container":
            yield ("mail",), "has no smtp: mail is kept in files on the host, and reaches nobody", "Add mail.smtp."
    elif smtp.port == SMTPS:
        what = f"{SMTPS} is for TLS from the first byte, which Consul's mail does not do"
        yield ("mail", "smtp", "port"), what, "Use port 587 with starttls: on when the server has it."
