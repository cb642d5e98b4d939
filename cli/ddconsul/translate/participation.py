"""Instance → who may take part: Consul's settings, the names of buttons, the codes of letters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ddconsul.instance.contents import TEXTS_OF_PARTICIPATION
from ddconsul.instance.kinds.translated import Translated
from ddconsul.translate.item import Item
from ddconsul.translate.texts import formatted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddconsul.instance.models import Instance
    from ddconsul.instance.sections.participation import Area
    from ddconsul.translate.item import Value, Way

SCHEME = "ddconsul.verification"
DISTRICTS = "ddconsul.districts"
"""Settings of our own: what the custom code in `roles/consul_build` goes by."""
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What document type 3 is called where people use it for the code of a letter.
_CODE = {"nl": "Code uit de brief", "en": "Code from the letter"}


def participation_settings(instance: Instance) -> Iterator[Item]:
    """Yield the settings; those of Consul's own that say who may take part, and ours."""
    section = instance.participation
    verification = section.verification
    yield _setting("feature.user.skip_verification", verification == "email", "verification")
    yield _setting(SCHEME, verification, "verification")
    found = {district.code or district.name: patterns(district.postcodes) for district in instance.districts}
    known = {name: text for name, text in found.items() if text}
    districts = json.dumps(known, ensure_ascii=False) if known else ""
    yield Item("setting", DISTRICTS, ("districts",)).set("value", districts)
    yield _setting("postal_codes", patterns(section.postcodes), "postcodes")
    if section.min_age is not None:
        yield _setting("min_age_to_participate", str(section.min_age), "min_age")
    for name in ("oidc", "saml"):
        yield _setting(f"feature.{name}_login", getattr(section.log_in, name) is not None, "log_in", name)


def _setting(key: str, value: Value, *way: str) -> Item:
    return Item("setting", key, ("participation", *way)).set("value", value)


def participation_texts(instance: Instance) -> Iterator[Item]:
    """Yield the texts that inhabitants read at a button, or at the code of their letter."""
    languages = instance.municipality.languages
    for key, way in TEXTS_OF_PARTICIPATION.items():
        text = _text(instance, way)
        if text is not None:
            safe = Translated({code: formatted(value) for code, value in text.items()})
            item = Item("text", key, ("participation", *way), {"key": key})
            yield item.translate("value", safe, languages, each=True)


def _text(instance: Instance, way: Way) -> Translated | None:
    section = instance.participation
    if way == ("verification",):
        known = {code: _CODE.get(code, _CODE["en"]) for code in instance.municipality.languages}
        return Translated(known) if section.verification == "letters" else None
    provider = getattr(section.log_in, str(way[1]))
    return provider.label if provider is not None else None


def census(instance: Instance) -> Iterator[Item]:
    """Yield the codes of letters, which go into Consul's local census."""
    codes = instance.participation.codes
    if codes is not None:
        yield Item("census", "letters", ("participation", "codes")).set("file", codes.checksum)


def code_files(instance: Instance) -> dict[str, dict[str, str]]:
    """Return the file with the codes of letters, as the document names files; the role decrypts it on its way."""
    codes = instance.participation.codes
    if codes is None:
        return {}
    path = f"/srv/ddconsul/{instance.site}/shared/content/{codes.md5}.csv"
    return {codes.checksum: {"name": "codes.csv", "content_type": codes.content_type, "path": path}}


def code_contents(instance: Instance) -> list[dict[str, str]]:
    """Return the encrypted codes of letters, for the role that brings files."""
    codes = instance.participation.codes
    if codes is None:
        return []
    known = {"checksum": codes.checksum, "name": "codes.csv", "content_type": codes.content_type}
    return [{"vault": codes.vault, **known}]


def patterns(areas: Iterable[Area]) -> str:
    """Return areas as Consul's setting `postal_codes` has them."""
    return ",".join(map(pattern, areas))


def pattern(area: Area) -> str:
    r"""Return an area as a regular expression in Consul's setting `postal_codes`.

    Consul splits that at commas, takes what has a colon for a range of texts, and puts `\A` before and `\Z` behind
    the rest (app/models/verification/residence.rb). So there is no comma or colon in it, and it is one group.
    """
    digits = (area.first[:4], area.last[:4])
    first, last = area.first[4:], area.last[4:]
    parts = []
    if digits[0] == digits[1]:
        parts.append(f"{digits[0]} *{_between(first, last, _ALPHABET)}")
    else:
        low, high = int(digits[0]) + (first != "AA"), int(digits[1]) - (last != "ZZ")
        if first != "AA":
            parts.append(f"{digits[0]} *{_between(first, 'ZZ', _ALPHABET)}")
        if low <= high:
            parts.append(f"{_between(str(low), str(high), '0123456789')} *[A-Z][A-Z]")
        if last != "ZZ":
            parts.append(f"{digits[1]} *{_between('AA', last, _ALPHABET)}")
    return f"(?i)({'|'.join(parts)})"


def _between(first: str, last: str, letters: str) -> str:
    """Return a regular expression for the texts from one to another, of the same length."""
    if first == last:
        return first
    if first == letters[0] * len(first) and last == letters[-1] * len(last):
        return _class(letters[0], letters[-1]) * len(first)
    if len(first) == 1:
        return _class(first, last)
    if first[0] == last[0]:
        return first[0] + _between(first[1:], last[1:], letters)
    lowest, highest = letters[0] * (len(first) - 1), letters[-1] * (len(first) - 1)
    low, high = letters.index(first[0]), letters.index(last[0])
    parts = []
    if first[1:] != lowest:
        parts.append(first[0] + _between(first[1:], highest, letters))
        low += 1
    if last[1:] != highest:
        high -= 1
    if low <= high:
        parts.append(_class(letters[low], letters[high]) + _between(lowest, highest, letters))
    if last[1:] != highest:
        parts.append(last[0] + _between(lowest, last[1:], letters))
    return f"({'|'.join(parts)})" if len(parts) > 1 else parts[0]


def _class(first: str, last: str) -> str:
    return first if first == last else f"[{first}-{last}]"
