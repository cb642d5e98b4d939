"""Instance → Consul's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.instance.sections.settings import attribute, catalogue
from ddconsul.translate.brand import head_html
from ddconsul.translate.item import Item
from ddconsul.translate.menu import css
from ddconsul.translate.participation import participation_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance
    from ddconsul.translate.item import Value, Way

# Consul's modules with a setting `process.<name>`; sdg is a feature of its own.
PROCESSES = ("debates", "proposals", "polls", "budgets", "legislation")
# The home page's lists of what is going on, and the module that each belongs to.
FEEDS = {"debates": "debates", "proposals": "proposals", "processes": "legislation"}
# On in Consul's seeds, and broken without keys of the networks.
SOCIAL_LOGINS = ("facebook", "google", "twitter")
NETWORKS = ("facebook", "instagram", "telegram", "twitter", "youtube")


def setting_items(instance: Instance) -> Iterator[Item]:
    """Yield Consul's settings; flags as booleans, since Consul reads the text "false" as on."""
    chosen = {item.name for item in _chosen(instance)}
    for item in (*_identity(instance), *_modules(instance), *participation_settings(instance), *_people(instance)):
        if item.name not in chosen:
            yield item
    yield from _chosen(instance)


def _setting(key: str, value: Value, *way: str | int) -> Item:
    return Item("setting", key, way).set("value", value)


def _identity(instance: Instance) -> Iterator[Item]:
    municipality, mail = instance.municipality, instance.mail
    name, languages = municipality.name, municipality.languages
    of_name: Way = ("municipality", "name")
    yield _setting("org_name", name, *of_name)
    yield _setting("meta_title", name, *of_name)
    yield _setting("mailer_from_name", mail.name or name, *(("mail", "name") if mail.name else of_name))
    sender = mail.sender or f"noreply@{municipality.domain}"
    yield _setting("mailer_from_address", sender, *(("mail", "from") if mail.sender else ("municipality", "domain")))
    yield _setting("locales.default", languages[0], "municipality", "languages")
    yield _setting("locales.enabled", " ".join(languages), "municipality", "languages")
    yield _setting("html.per_page_code_head", _head(instance), "branding")


def _head(instance: Instance) -> str:
    rules = css(instance)
    return head_html(instance) + (f"<style>{rules}</style>" if rules else "")


def _modules(instance: Instance) -> Iterator[Item]:
    modules, feeds = instance.modules, instance.home.feeds
    for process in PROCESSES:
        yield _setting(f"process.{process}", bool(getattr(modules, process)), "modules", process)
    yield _setting("feature.sdg", bool(modules.sdg), "modules", "sdg")
    for feed, module in FEEDS.items():
        given, on = getattr(feeds, feed), bool(getattr(modules, module))
        # The home page would go on showing what is off.
        way: Way = ("modules", module) if given is None else ("home", "feeds", feed)
        yield _setting(f"homepage.widgets.feeds.{feed}", on if given is None else bool(given) and on, *way)
    for network in SOCIAL_LOGINS:
        key = f"feature.{network}_login"
        yield Item("setting", key, ("settings", key)).set("value", value=False)


def _people(instance: Instance) -> Iterator[Item]:
    for network in NETWORKS:
        handle = getattr(instance.footer.social, network)
        if handle is not None:
            yield _setting(f"{network}_handle", handle, "footer", "social", network)
    if instance.officials.domain is not None:
        yield _setting("email_domain_for_officials", instance.officials.domain, "officials", "domain")
    for level, name in enumerate(instance.officials.names, 1):
        yield _setting(f"official_level_{level}_name", name, "officials", "names", level - 1)


def _chosen(instance: Instance) -> Iterator[Item]:
    """Yield what stands under `settings`."""
    for key, setting in catalogue().items():
        value = None if setting.by else getattr(instance.settings, attribute(key))
        if value is not None:
            yield _setting(key, _as_consul_has_it(value), "settings", key)


def _as_consul_has_it(value: object) -> Value:
    if isinstance(value, bool):
        return value
    return " ".join(value) if isinstance(value, tuple) else str(value)
