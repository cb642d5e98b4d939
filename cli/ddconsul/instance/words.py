"""Pydantic's errors in words of our own: what is wrong with a value, and what is allowed."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, NamedTuple

from ddconsul.instance import shape
from ddconsul.instance.kinds.values import choices
from ddconsul.instance.problems import nearest, shown
from ddconsul.instance.sections import settings
from ddconsul.instance.yaml import places
from ddconsul.instance.yaml.text import cleaned, latin, letter_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import ErrorDetails

    from ddconsul.instance.yaml.places import Key

TARGETS = "container (on this machine), ssh (a server) or local (this machine itself)"
_INSTRUMENTS = "debate, proposals, poll, budget or legislation"
# What stands before a list's item, the hyphen that Word makes longer too.
_BULLETS = "-\u2013\u2014\u2022*\u00b7 "
_SHORT = 40
_LONGEST_NAME = 100
# How much a name looks like a key that was certainly meant, and how much more than like any other.
_CERTAIN = 0.8
_APART = 0.05
_SECRET = re.compile(r"(?i)pas+w|wacht?woord|passphrase|secret|geheim")


# Keys are in English; this is what somebody who thinks in Dutch writes.
_DUTCH = {
    "gemeente": "municipality", "naam": "name", "domein": "domain", "talen": "languages", "tijdzone": "time_zone",
    "doel": "target", "poort": "port", "gebruiker": "user", "sleutel": "key", "versie": "version", "bron": "source",
    "huisstijl": "branding", "kleuren": "colours", "hoofdkleur": "brand", "onderdelen": "modules", "peilingen": "polls",
    "debatten": "debates", "voorstellen": "proposals", "begrotingen": "budgets", "afzender": "from",
    "paginas": "pages", "pagina's": "pages", "startpagina": "home", "kaarten": "cards", "voettekst": "footer",
    "teksten": "texts", "instellingen": "settings", "moderatoren": "moderators", "titel": "title", "tekst": "text",
    "vragen": "questions", "fasen": "phases", "opent": "opens", "sluit": "closes", "samenvatting": "summary",
    "wijken": "districts", "bedrag": "amount", "groepen": "groups", "vraagstukken": "vraagstuk",
    "certificaat": "certificate", "modus": "mode", "beheerders": "administrators", "netwerk": "network",
    "e-mailadres": "email", "emailadres": "email",
    "deelname": "participation", "ambtenaren": "officials", "woordenlijst": "vocabulary", "antwoorden": "options",
}  # fmt: skip


# The names of starters among them.
_DUTCH_CHOICES = {
    "peiling": "poll", "stemming": "poll", "wijkbudget": "budget", "begroting": "budget", "inspraak": "legislation",
    "debat": "debate", "discussie": "debate", "voorstellen": "proposals", "ideeen": "proposals",
}  # fmt: skip


class Said(NamedTuple):
    """An error in words.

    Args:
        message: What is wrong.
        todo: What is allowed, or what to do.
        rule: What kind of problem it is.
        at_key: Whether the key is the place, and not the value.
    """

    message: str
    todo: str = ""
    rule: str = "value"
    at_key: bool = False


def about(detail: ErrorDetails, key: Key, written: str | None, line: str) -> Said:
    """Say an error.

    Args:
        detail: Pydantic's error.
        key: The key it is about, without pydantic's additions.
        written: What stands in the file, when that is not the text of the value.
        line: The line that it stands on.
    """
    value = detail["input"]
    if value is None and detail["type"] in {"string_type", "path_type", "int_type"}:
        return Said("has no value", todo_when_empty(key, line))
    subject = (
        shown(written)[1:-1]
        if written
        else ("" if value is None or isinstance(value, dict | list | tuple) else shown(value))
    )
    say = _SAY.get(detail["type"])
    if say is not None:
        return say(detail, key, subject)
    return Said(f"{subject}: {detail['msg'][:1].lower()}{detail['msg'][1:]}".removeprefix(": "))


def about_unknown(name: str, section: Key) -> tuple[str, str]:
    """Say what to do about a key that is not known: message and advice.

    Args:
        name: The key.
        section: Where it stands, as pydantic has it.
    """
    meant = _plainly(name)
    known = shape.known_keys(section)
    close = meant if meant in known else nearest(meant.replace(" ", "_").replace("-", "_"), known)
    elsewhere = shape.places_of(meant)
    other_type = section[:1] == ("target",) and any(place.startswith("target (") for place in elsewhere)
    governor = settings.governor(name) if section == ("settings",) else ""
    if governor:
        return f"is set by {governor}", f"Write {governor} instead: `ddconsul explain {governor}` tells how."
    if section == ("settings",) and not close:
        return "is no setting of Consul's", "`ddconsul settings list` shows them all."
    others = [] if meant in known else _other_instruments(meant, section)
    if section and name.isdigit():
        todo = "Is it what stands behind the comma of a number? Write a dot there, and no dots or commas for thousands."
    elif others:
        todo = f"It goes with instrument {' or '.join(others)}."
    elif close and not other_type:
        todo = f"Did you mean {close}?{_what_differs(name, close)}"
    elif _SECRET.search(name):
        todo = "Secrets do not go in this file, but in the encrypted one beside it."
    elif elsewhere:
        indented = "" if section else " Is it indented enough?"
        todo = f"It belongs elsewhere: {' or '.join(elsewhere)}.{indented}"
    else:
        todo = f"Known here: {', '.join(known)}." if known else ""
    return "is not a key that ddconsul knows", todo


def _plainly(name: str) -> str:
    """Return a key without what nobody meant to write, and in English."""
    meant = latin(cleaned(name)).lstrip(_BULLETS)
    return _DUTCH.get(meant.lower(), meant)


def certainly(name: str, known: list[str]) -> str | None:
    """Return the key that somebody who wrote another name meant for certain; None when there may be doubt.

    Args:
        name: What stands there.
        known: What may stand there.
    """
    meant = _plainly(name)
    spelt = meant.lower().replace(" ", "_").replace("-", "_")
    if meant in known or spelt in known:
        return meant if meant in known else spelt
    # What has its place elsewhere was hardly a slip of the pen.
    if shape.places_of(meant):
        return None
    alike = sorted(((_likeness(spelt, other), other) for other in known), reverse=True)[:2]
    near = [other for likeness, other in alike if likeness >= _CERTAIN]
    return near[0] if len(near) == 1 or (near and alike[0][0] - alike[1][0] >= _APART) else None


def _likeness(name: str, other: str) -> float:
    return difflib.SequenceMatcher(None, name[:_LONGEST_NAME], other).ratio()


def _other_instruments(name: str, section: Key) -> list[str]:
    """Return the instruments that have a key, for a vraagstuk with one that does not."""
    if section[:1] != ("vraagstuk",) or any(isinstance(part, str) for part in section[3:]):
        return []
    known = {shape.chosen_by(model): shape.keys_of(model) for model in shape.models_at(("vraagstuk",))}
    return [chosen[1] for chosen, keys in known.items() if chosen is not None and name in keys]


def _what_differs(name: str, close: str) -> str:
    """Say the difference between two names that look the same."""
    if name.lstrip(_BULLETS) != name:
        return " An item of a list begins with an ordinary hyphen and a space."
    if name.startswith(f"{close}:"):
        return " A space goes after the colon."
    if latin(name) != name:
        return f" It has {letter_name(name)} in it, which looks like another letter: type it anew."
    if cleaned(name) != name and cleaned(name) == close:
        return " There are invisible characters or curly quotes around it: type it anew."
    return " Keys are written in small letters." if name.lower() == close else ""


def todo_when_empty(key: Key, line: str) -> str:
    """Say what to do about a key without a value.

    Args:
        key: The key.
        line: The line that it stands on.
    """
    comment = re.search(r":\s+(#\S+)", line)
    if comment:
        return f'A # starts a comment in YAML. Put the value in quotes: {key[-1]}: "{comment[1]}".'
    field = shape.field_at(key)
    if field is not None and field.is_required():
        return f"Write one. {field.description}"
    return "Write one, or remove the key."


def _own(detail: ErrorDetails, _: Key, subject: str) -> Said:
    context = detail["ctx"]
    return Said(f"{subject} {context['message']}".strip(), context["todo"], context["rule"])


def _missing(_: ErrorDetails, key: Key, __: str) -> Said:
    section = places.dotted(key[:-1])
    where = f"under {section}" if section else "to the file"
    field = shape.field_at(key)
    meaning = f" {field.description}" if field is not None and field.description else ""
    return Said("is missing", f"Add {key[-1]}: {where}.{meaning}", "missing", at_key=True)


def _unknown(detail: ErrorDetails, key: Key, _: str) -> Said:
    return Said(*about_unknown(str(key[-1]), detail["loc"][:-1]), "unknown-key", at_key=True)


def _not_text(detail: ErrorDetails, _: Key, subject: str) -> Said:
    value = detail["input"]
    if isinstance(value, bool | int | float):
        return Said(f"{subject} is not a text", f'Put it in quotes: "{subject}".')
    return Said("is not a text, but a " + _form(value), "Write one text, no section or list.")


def _not_section(detail: ErrorDetails, key: Key, subject: str) -> Said:
    known = shape.known_keys(detail["loc"])
    value = detail["input"]
    glued = re.match(r"([\w-]+):\S", value) if isinstance(value, str) else None
    named = f"Under {places.dotted(key)} go: {', '.join(known)}."
    wanted = named if known else "Write its keys under it, each on a line of its own."
    if glued and nearest(glued[1], known):
        wanted = f"A space goes after the colon: {glued[1]}: … {wanted}"
    if subject:
        return Said(f"{subject} is not a section", wanted)
    return Said("is a list, not a section" if isinstance(value, list) else "holds no section", wanted)


def _not_list(detail: ErrorDetails, key: Key, subject: str) -> Said:
    what = f"{subject} is not" if subject else f"is a {_form(detail['input'])}, not"
    value = detail["input"]
    if shape.known_keys(key):
        return Said(f"{what} a list", "Start each item with a hyphen, with its keys behind it and under it.")
    example = f"[{value}]" if isinstance(value, str) and value and len(value) <= _SHORT else "[first, second]"
    return Said(f"{what} a list", f"Start each item with a hyphen, or write {example}.")


def _not_number(detail: ErrorDetails, _: Key, subject: str) -> Said:
    if re.fullmatch(r"[0-9]{1,3}([.][0-9]{3})+", subject.strip('"')):
        plain = subject.strip('"').replace(".", "")
        return Said(f"{subject} has dots in it", f"Write digits alone: {plain}.")
    what = f"{subject} is not" if subject else f"is a {_form(detail['input'])}, not"
    # As people write an amount of money.
    amount = re.fullmatch(r'"?(?:€ ?)?([0-9]{1,3}(?:[.][0-9]{3})+|[0-9]{1,9})(?:,-|,00)?(?: ?euro)?"?', subject)
    digits = f": {amount[1].replace('.', '')}" if amount else ""
    return Said(f"{what} a whole number", f"Write digits, without quotes{digits}.")


def _not_degrees(_: ErrorDetails, __: Key, subject: str) -> Said:
    return Said(f"{subject} is not a number".strip(), "Write degrees with a dot, without quotes, such as 53.22.")


def _form(value: object) -> str:
    """Return what a value is that is no plain one."""
    return "list" if isinstance(value, list | tuple) else "section" if isinstance(value, dict) else "value"


def _out_of_range(_: ErrorDetails, key: Key, subject: str) -> Said:
    most = {"columns": "A column is a number from 1 to 12.", "weight": "A weight is a number from 1 to 1000."}
    counted = {"amount", "population", "max_votes", "max_headings", "max_lines"}
    most |= dict.fromkeys(counted, "It is a whole number, from 1 to a thousand million.")
    most |= {"latitude": "Degrees to the north, from -90 to 90.", "longitude": "Degrees to the east, from -180 to 180."}
    return Said(f"{subject} is out of range", most.get(str(key[-1]), "A port is a number from 1 to 65535."))


def _not_a_choice(detail: ErrorDetails, _: Key, subject: str) -> Said:
    allowed = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
    return Said(f"{subject} is not one of the choices".strip(), choices(detail["input"], allowed))


def without_choice(section: str) -> tuple[str, str]:
    """Say that a target has no type, or a vraagstuk no instrument: message and advice.

    Args:
        section: The section that it is of.
    """
    choosing = shape.CHOOSING[section][0]
    return f"has no {choosing}", f"Add {choosing}: {_choices(section)}."


def meant_choice(section: str, written: object) -> str | None:
    """Return the type of target or the instrument that was meant; None when that is not clear.

    Args:
        section: The section that it is of.
        written: What stands in the file.
    """
    return _DUTCH_CHOICES.get(str(written).lower()) or nearest(written, shape.CHOOSING[section][1])


def _choices(section: str) -> str:
    return TARGETS if section == "target" else _INSTRUMENTS


def about_choice(section: str, written: object) -> tuple[str, str]:
    """Say that there is no such type of target, or no such instrument: message and advice.

    Args:
        section: The section that it is of.
        written: What stands in the file.
    """
    close = meant_choice(section, written)
    guess = f"Did you mean {close}? " if close else ""
    what = "a type of target" if section == "target" else "an instrument"
    return f"{shown(written)} is not {what}", f"{guess}Choose {_choices(section)}."


_PATTERNS = {
    "key": "Small letters, digits and hyphens; 40 characters at most.",
    "site": "A small letter first, then small letters, digits and hyphens; 20 characters at most.",
    "version": 'Three numbers, in quotes, such as "2.5.1".',
    "user": "Letters, digits, dots, hyphens and underscores; no digit or hyphen first; 32 at most.",
}


def _pattern(_: ErrorDetails, key: Key, subject: str) -> Said:
    return Said(f"{subject} is not right", _PATTERNS.get(str(key[-1]), ""))


def _too_short(_: ErrorDetails, key: Key, __: str) -> Said:
    return Said("is empty", f"Add at least one item to {places.dotted(key)}.")


def _too_long(detail: ErrorDetails, _: Key, subject: str) -> Said:
    return Said(f"{subject} is too long", f"{detail['ctx']['max_length']} characters at most.")


_SAY: dict[str, Callable[[ErrorDetails, Key, str], Said]] = {
    "ddconsul": _own,
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_type": _not_text,
    "path_type": _not_text,
    "string_unicode": lambda _, __, subject: Said(f"{subject} holds half a character", "Type it anew."),
    "model_type": _not_section,
    "model_attributes_type": _not_section,
    "dict_type": _not_section,
    "list_type": _not_list,
    "tuple_type": _not_list,
    "int_type": _not_number,
    "float_type": _not_degrees,
    "float_parsing": _not_degrees,
    "greater_than_equal": _out_of_range,
    "less_than_equal": _out_of_range,
    "literal_error": _not_a_choice,
    "string_pattern_mismatch": _pattern,
    "too_short": _too_short,
    "string_too_long": _too_long,
}
