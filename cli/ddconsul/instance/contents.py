"""What has to agree in what inhabitants find on the site: languages, finished texts, one place for each thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddconsul.instance.kinds.earth import about_place
from ddconsul.instance.kinds.links import Picture
from ddconsul.instance.kinds.markdown import OPEN_PLACE
from ddconsul.instance.kinds.translated import EVERY, Files, Translated, translated_values
from ddconsul.instance.section import Contradiction
from ddconsul.instance.sections.pages import LEGAL, slug_of
from ddconsul.instance.sections.settings import attribute, catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.kinds.markdown import Markdown
    from ddconsul.instance.models import Instance

# What a page or text of the footer sets by itself: key in Consul's locale files → key in the footer.
FOOTER_TEXTS = {
    "layouts.footer.copyright": ("copyright",),
    "layouts.footer.description": ("text", "address", "email", "phone"),
    "layouts.footer.consul_url": ("source",),
}
MENU_TEXTS = {
    "debates": "layouts.header.debates",
    "proposals": "layouts.header.proposals",
    "polls": "layouts.header.poll_questions",
    "legislation": "layouts.header.collaborative_legislation",
    "budgets": "layouts.header.budgets",
    "sdg": "layouts.header.sdg",
}
"""Module: the key of its name in the menu."""
TEXTS_OF_PARTICIPATION: dict[str, tuple[str, ...]] = {
    "verification.residence.new.document_type.residence_card": ("verification",),
    **{
        f"omniauth.{name}.{text}": ("log_in", name, "label")
        for name in ("oidc", "saml")
        for text in ("name", "sign_in", "sign_up")
    },
}
"""Key in Consul's locale files → key in the section `participation`."""
_FEED_MODULES = {"proposals": "proposals", "debates": "debates", "processes": "legislation"}
_MEGABYTE = 1_000_000


def values(instance: Instance) -> dict[str, str | None]:
    """Return what can stand in a page as `{{ name }}`; None for what the file does not tell."""
    municipality = instance.municipality
    return {
        "municipality.name": municipality.name,
        "municipality.domain": municipality.domain,
        "municipality.contact.email": municipality.contact.email,
        "footer.phone": instance.footer.phone,
    }


def languages(instance: Instance) -> Iterator[Contradiction]:
    """Yield texts in a language that the site does not have, and those without one in its first language."""
    known = instance.municipality.languages
    for way, value in translated_values(instance):
        strange = next((code for code in value if code not in known and code != EVERY), None)
        # The translations beside a file were found, not asked for.
        if strange and EVERY not in value:
            todo = f"Add it to municipality.languages, or choose {' or '.join(known)}."
            yield Contradiction((*way, strange), "is a language that the site does not have", todo)
        elif EVERY not in value and known[0] not in value:
            message = f"has no text in {known[0]}, the site's first language"
            yield Contradiction(way, message, f"Add {known[0]}.")


def _page_texts(instance: Instance) -> Iterator[tuple[tuple[str | int, ...], Markdown]]:
    for name, page in instance.pages.items():
        for code, text in getattr(page, "file", Translated()).items():
            way: tuple[str | int, ...] = ("pages", name, "file")
            yield (way if code == EVERY else (*way, code)), text
    for index, one in enumerate(instance.vraagstuk):
        for where, texts in translated_values(one, ("vraagstuk", index)):
            for code, text in texts.items() if isinstance(texts, Files) else ():
                yield (where if code == EVERY else (*where, code)), text


def _open_lines(instance: Instance) -> Iterator[Contradiction]:
    """Yield texts of a vraagstuk in which something has yet to be filled in."""
    for index, one in enumerate(instance.vraagstuk):
        for way, texts in translated_values(one, ("vraagstuk", index)):
            for code, text in texts.items():
                if isinstance(text, str) and OPEN_PLACE in text:
                    here = way if code == EVERY else (*way, code)
                    yield Contradiction(here, "is not finished: it has [invullen: …]", "Fill it in.")


def unfinished(instance: Instance) -> Iterator[Contradiction]:
    """Yield what inhabitants must not read yet: only where they can come.

    Consul's own legal texts say of themselves that they are an example; a Dutch public body has to have these three
    (AVG, art. 13; Besluit digitale toegankelijkheid overheid, art. 3).
    """
    if not instance.public:
        return
    for way, text in _page_texts(instance):
        lines = text.open_places()
        if lines:
            where = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(map(str, lines))}"
            message = f"is not finished: {text.name} has [invullen: …] on {where}"
            yield Contradiction(way, message, "Fill them in, or remove what does not hold for you.")
    yield from _open_lines(instance)
    # The page may be there, with something wrong in it.
    given = {slug_of(name) for name, page in instance.pages.items() if getattr(page, "published", True)}
    missing = [name for name in LEGAL if name not in given]
    if missing:
        names = " and ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
        message = f"has no {names}: inhabitants would read Consul's placeholder, and the law asks for your own text"
        todo = "Add pages: {privacy: pages/privacy.md, ...}; `ddconsul init` writes texts to start from."
        yield Contradiction(("pages",), message, todo)


def placeholders(instance: Instance) -> Iterator[Contradiction]:
    """Yield pages that ask for a value that is not there."""
    known = values(instance)
    for way, text in _page_texts(instance):
        for line, name in text.placeholders():
            if name not in known:
                message = (
                    f"asks for {{{{ {name} }}}} ({text.name}, line {line}), which is no value that a page can have"
                )
                yield Contradiction(way, message, f"Choose one of {', '.join(known)}.")
                break
            if known[name] is None:
                message = f"asks for {{{{ {name} }}}} ({text.name}, line {line}), which is not given"
                yield Contradiction(way, message, f"Add {name}, or remove it from the text.")
                break


def contradictions(instance: Instance) -> Iterator[Contradiction]:
    """Yield what is asked for in two places, or cannot be where something else is off."""
    yield from _pages_of_their_own(instance)
    yield from _keys_of_banners(instance)
    yield from _map_is_here(instance)
    yield from _feeds_of_modules(instance)
    yield from _texts_set_elsewhere(instance)
    yield from _pictures_that_consul_takes(instance)
    yield from _documents_that_consul_takes(instance)


def _pages_of_their_own(instance: Instance) -> Iterator[Contradiction]:
    first: dict[str, str] = {}
    for name in instance.pages:
        other = first.setdefault(slug_of(name).lower(), name)
        if other != name:
            yield Contradiction(("pages", name), f"has the address of {other}", "Keep one of the two.")


def _keys_of_banners(instance: Instance) -> Iterator[Contradiction]:
    first: dict[str, int] = {}
    for index, banner in enumerate(instance.banners):
        key = getattr(banner, "key", f"#{index}")
        other = first.setdefault(key, index)
        if other != index:
            message = f'"{key}" is the key of banners[{other}] as well'
            yield Contradiction(("banners", index, "key"), message, "Give each a key of its own.")


def _map_is_here(instance: Instance) -> Iterator[Contradiction]:
    """Yield a middle of the map that is no place in the Netherlands."""
    latitude, longitude = (getattr(instance.settings, attribute(f"map.{name}")) for name in ("latitude", "longitude"))
    if latitude is not None and longitude is not None:
        yield from about_place(latitude, longitude, ("settings", "map.latitude"))


def _feeds_of_modules(instance: Instance) -> Iterator[Contradiction]:
    for feed, module in _FEED_MODULES.items():
        if getattr(instance.home.feeds, feed) and not getattr(instance.modules, module):
            message = f"is on, but module {module} is off"
            yield Contradiction(("home", "feeds", feed), message, f"Set modules.{module} to on, or remove it.")


def _texts_set_elsewhere(instance: Instance) -> Iterator[Contradiction]:
    taken = {key: f"footer.{name}" for key, names in FOOTER_TEXTS.items() for name in names if _given(instance, name)}
    taken |= {
        key: f"modules.{module}.label"
        for module, key in MENU_TEXTS.items()
        if getattr(instance.modules, module).label is not None
    }
    taken |= dict(_taken_by_participation(instance))
    for key in instance.texts:
        if key in taken:
            yield Contradiction(("texts", key), f"is set by {taken[key]} as well", "Keep one of the two.")


def _taken_by_participation(instance: Instance) -> Iterator[tuple[str, str]]:
    section = instance.participation
    for key, way in TEXTS_OF_PARTICIPATION.items():
        used = section.verification == "letters" if way == ("verification",) else getattr(section.log_in, way[1])
        if used:
            yield key, f"participation.{'.'.join(way)}"


def _given(instance: Instance, name: str) -> bool:
    return getattr(instance.footer, name, None) is not None


def _pictures_that_consul_takes(instance: Instance) -> Iterator[Contradiction]:
    """Hold images against what Consul takes: app/models/image.rb reads two settings for that."""
    kinds, most = (_setting(instance, f"uploads.images.{name}") for name in ("content_types", "max_size"))
    allowed = kinds.split() if isinstance(kinds, str) else kinds
    yield from _pictures_that_are_too_small(instance)
    for way, picture in _pictures(instance):
        if picture.content_type and picture.content_type not in allowed:
            message = f"is {picture.content_type}; this site takes {', '.join(allowed)}"
            yield Contradiction(
                way, message, "Save it as JPEG, or add its kind to settings: uploads.images.content_types."
            )
        elif picture.size > most * _MEGABYTE:
            message = f"has {picture.size / _MEGABYTE:.1f} MB; this site takes {most:g} MB at most"
            yield Contradiction(way, message, "Make it smaller, or raise settings: uploads.images.max_size.")


def _setting(instance: Instance, key: str) -> Any:  # noqa: ANN401 — any kind of value
    given = getattr(instance.settings, attribute(key), None)
    return catalogue()[key].default if given is None else given


def _pictures(instance: Instance) -> Iterator[tuple[tuple[str | int, ...], Picture]]:
    header = instance.home.header
    found: list[tuple[tuple[str | int, ...], object]] = [(("home", "header", "image"), getattr(header, "image", None))]
    for index, card in enumerate(instance.home.cards):
        found.append((("home", "cards", index, "image"), getattr(card, "image", None)))
    for index, one in enumerate(instance.vraagstuk):
        found.append((("vraagstuk", index, "image"), getattr(one, "image", None)))
    yield from ((way, image) for way, image in found if isinstance(image, Picture))


def _pictures_that_are_too_small(instance: Instance) -> Iterator[Contradiction]:
    """Yield images of a vraagstuk with fewer pixels than Consul wants; of cards it looks at no size."""
    least = {side: _setting(instance, f"uploads.images.min_{side}") for side in ("width", "height")}
    for way, picture in _pictures(instance):
        if way[0] == "vraagstuk" and picture.content_type:
            found = picture.pixels
            short = [side for side, size in zip(least, found, strict=True) if size < least[side]]
            if short:
                wanted = " and ".join(f"a {side} of {least[side]:g}" for side in short)
                message = f"is {found[0]} by {found[1]} pixels; this site wants {wanted} at least"
                lower = " and ".join(f"uploads.images.min_{side}" for side in short)
                yield Contradiction(way, message, f"Take a larger one, or lower settings: {lower}.")


def _documents_that_consul_takes(instance: Instance) -> Iterator[Contradiction]:
    """Hold documents against what Consul takes: app/models/concerns/documentable.rb reads three settings for that."""
    allowed, most = (_setting(instance, f"uploads.documents.{name}") for name in ("content_types", "max_size"))
    allowed = allowed.split() if isinstance(allowed, str) else allowed
    for index, one in enumerate(instance.vraagstuk):
        documents = getattr(one, "documents", ())
        if len(documents) > _setting(instance, "uploads.documents.max_amount"):
            message = f"are {len(documents)}; this site takes {_setting(instance, 'uploads.documents.max_amount')}"
            todo = "Leave some out, or raise settings: uploads.documents.max_amount."
            yield Contradiction(("vraagstuk", index, "documents"), message, todo)
        for place, document in enumerate(documents):
            way, file = ("vraagstuk", index, "documents", place, "file"), getattr(document, "file", None)
            if file is None or not file.content_type:
                continue
            if file.content_type not in allowed:
                message = f"is {file.content_type}; this site takes {', '.join(allowed)}"
                todo = "Save it as PDF, or add its kind to settings: uploads.documents.content_types."
                yield Contradiction(way, message, todo)
            elif file.size > most * _MEGABYTE:
                message = f"has {file.size / _MEGABYTE:.1f} MB; this site takes {most:g} MB at most"
                yield Contradiction(way, message, "Make it smaller, or raise settings: uploads.documents.max_size.")
