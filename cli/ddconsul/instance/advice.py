"""What is allowed in a municipality file, but worth a word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ddconsul.instance import leads
from ddconsul.instance.kinds import certificates
from ddconsul.instance.sections import palette
from ddconsul.instance.sections.settings import attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance
    from ddconsul.instance.problems import Problem
    from ddconsul.instance.yaml.places import Document, Key

# As long as it takes to get a new certificate.
_IN_TIME = timedelta(days=21)
# Where a mail server expects TLS from the first byte.
SMTPS = 465

Advice = tuple["Key", str, str]


def advice(document: Document, instance: Instance) -> Iterator[Problem]:
    """Yield advice, as problems that do not stand in the way."""
    for found in (
        _about_tls,
        _about_contrast,
        _about_mail,
        _about_participation,
        _about_districts,
        _about_links,
        _about_map,
    ):
        for key, message, todo in found(instance):
            yield document.problem(document.place(key), key, message, todo, "advice")


def _about_tls(instance: Instance) -> Iterator[Advice]:
    if instance.target.type == "ssh" and instance.tls.mode == "off":
        what = "is off: passwords cross the network unencrypted, unless a proxy in front of the host does TLS"
        yield ("tls", "mode"), what, "Set tls.mode to files or internal."
    until = certificates.holds_until(instance.tls.certificate) if instance.tls.certificate is not None else None
    left = until - datetime.now(UTC) if until is not None else None
    if until is not None and left is not None and left < _IN_TIME:
        what = f"has run out on {until:%Y-%m-%d}" if left < timedelta() else f"runs out on {until:%Y-%m-%d}"
        yield ("tls", "certificate"), what, "Ask for a new one: browsers refuse a site with one that has run out."


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


def _about_participation(instance: Instance) -> Iterator[Advice]:
    section = instance.participation
    if section.verification == "email":
        for name, ignored in (("postcodes", bool(section.postcodes)), ("min_age", section.min_age is not None)):
            if ignored:
                what = "is not looked at: verification email asks nobody for a postcode or date of birth"
                yield ("participation", name), what, "Choose another participation.verification, or remove it."
    elif section.verification == "letters" and section.codes is None:
        what = "is letters, and there are no letters yet: nobody can vote or support"
        yield ("participation", "verification"), what, "Make them with: ddconsul letters make"
    elif section.verification == "census" and not _has_register(instance):
        what = "is census, and no register is connected: only whom an administrator registers on the site can take part"
        yield ("participation", "verification"), what, "Connect one: settings feature.remote_census, remote_census.*"


def _about_districts(instance: Instance) -> Iterator[Advice]:
    """Yield polls for districts of which nobody can be known to live there, so that nobody can vote."""
    verification = instance.participation.verification
    for index, one in enumerate(instance.vraagstuk):
        if one.instrument != "poll" or verification == "census":
            continue
        named = [district for district in instance.districts if district.key in one.districts]
        unknown = [district.key for district in named if verification == "email" or not district.postcodes]
        if unknown:
            what = f"has {', '.join(unknown)}, of which nobody can be known to live there: they can't vote"
            todo = (
                "Choose another participation.verification."
                if verification == "email"
                else "Add postcodes to each of those districts."
            )
            yield ("vraagstuk", index, "districts"), what, todo


def _about_links(instance: Instance) -> Iterator[Advice]:
    yield from ((found.key, found.message, found.todo) for found in leads.contradictions(instance))
    for way, place in leads.nowhere(instance):
        what = f"leads to /{place}, a page that is not in this file"
        yield way, what, f"Add {place} to pages, unless somebody makes that page on the site."


def _about_map(instance: Instance) -> Iterator[Advice]:
    """Yield half a middle of the map: the other half is Consul's own, which is in the sea."""
    for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
        here, there = (getattr(instance.settings, attribute(f"map.{one}")) for one in (name, other))
        if here is not None and there is None:
            what = f"is given, but there is no map.{other}: the map begins outside the Netherlands"
            yield ("settings", f"map.{name}"), what, f"Add map.{other}."


def _has_register(instance: Instance) -> bool:
    on, where = (attribute(key) for key in ("feature.remote_census", "remote_census.general.endpoint"))
    return bool(getattr(instance.settings, on) and getattr(instance.settings, where))
