"""Municipality file → Instance, or every problem in it with its place."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ddconsul.instance import places, shape
from ddconsul.instance.models import Instance
from ddconsul.instance.problems import InvalidFileError, Problem, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from ddconsul.instance.places import Document, Key

# WCAG 2.1, success criterion 1.4.3.
LEGIBLE = 4.5


@dataclass(frozen=True)
class Loaded:
    """A municipality file that is right.

    Args:
        path: The file, as an absolute path.
        instance: What it says.
        warnings: What is allowed, but worth a word.
    """

    path: Path
    instance: Instance
    warnings: tuple[Problem, ...] = ()


def load(file: Path) -> Loaded:
    """Read and check a municipality file.

    Args:
        file: The file; what it points at is looked up beside it.

    Raises:
        InvalidFileError: With every problem in the file.
    """
    path = file.expanduser().absolute()
    document = places.read(path, str(file))
    if document.value is None or not isinstance(document.value, dict):
        if not document.problems:
            document.add((1, 1), (), "holds no sections", "It starts with a line `municipality:`.")
        raise InvalidFileError(document.problems)
    _settle_empty(document, document.value, ())
    instance = _check(document, path.parent)
    if instance is None or document.problems:
        raise InvalidFileError(sorted(document.problems, key=lambda problem: (problem.line, problem.column)))
    return Loaded(path, instance, tuple(_warnings(document, instance)))


def _settle_empty(document: Document, section: dict[str, Any], key: Key) -> None:
    """Read an empty section as left out, and refuse an empty value: it is a slip more often than a wish."""
    for name, value in list(section.items()):
        here = (*key, name)
        field = shape.field_at(here)
        if isinstance(value, dict):
            _settle_empty(document, value, here)
        elif value is None and field is not None and not field.is_required():
            del section[name]
            if not shape.section_types(field.annotation):
                todo = "Write one, or remove the key."
                if "colours" in here:
                    todo = f'A # starts a comment in YAML. Put the colour in quotes: {name}: "#004a83".'
                document.add(document.place(here, of_key=True), here, "has no value", todo)


def _check(document: Document, base: Path) -> Instance | None:
    try:
        return Instance.model_validate(document.value, context={"base": base})
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            document.problems.append(_problem(document, detail))
            if detail["type"].startswith("union_tag"):
                _note_unknown_in_target(document)
    return None


def _note_unknown_in_target(document: Document) -> None:
    """Look at a target's keys all the same when its type is not known: pydantic then looks no further."""
    target = document.value.get("target")
    for name in target if isinstance(target, dict) else ():
        if name not in shape.known_keys(("target",)):
            key = ("target", name)
            document.add(document.place(key, of_key=True), key, *_about_unknown(name, ("target",)))


def _problem(document: Document, detail: ErrorDetails) -> Problem:
    """Say one of pydantic's errors in our words, at its place."""
    key = shape.without_tag(detail["loc"])
    if detail["type"] == "union_tag_invalid":
        key = (*key, "type")
    context = detail.get("ctx", {})
    if context.get("key"):
        named = context["key"].split(".")
        key = tuple(named) if len(named) > 1 else (*key, named[0])
    message, todo, at_key = _words(detail, key)
    line, column = document.place(key, of_key=at_key)
    return Problem(document.file, line, column, places.dotted(key), message, todo)


def _words(detail: ErrorDetails, key: Key) -> tuple[str, str, bool]:
    """Return message, advice, and whether the key (not the value) is the place."""
    say = _SAY.get(detail["type"])
    if say is not None:
        return say(detail, key)
    return f"{shown(detail['input'])}: {detail['msg'][:1].lower()}{detail['msg'][1:]}", "", False


Words = tuple[str, str, bool]


def _own(detail: ErrorDetails, _: Key) -> Words:
    context = detail["ctx"]
    value = detail["input"]
    subject = "" if context["key"] or value is None or isinstance(value, dict | list | tuple) else f"{shown(value)} "
    return f"{subject}{context['message']}", context["todo"], False


def _missing(_: ErrorDetails, key: Key) -> Words:
    section = places.dotted(key[:-1])
    where = f"under {section}" if section else "to the file"
    field = shape.field_at(key)
    meaning = f" {field.description}" if field is not None and field.description else ""
    return "is missing", f"Add {key[-1]}: {where}.{meaning}", True


def _unknown(detail: ErrorDetails, key: Key) -> Words:
    return *_about_unknown(str(key[-1]), detail["loc"][:-1]), True


def _about_unknown(name: str, section: Key) -> tuple[str, str]:
    known = shape.known_keys(section)
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    elsewhere = shape.places_of(name)
    if close:
        todo = f"Did you mean {close[0]}?"
    elif elsewhere:
        todo = f"It belongs elsewhere: {' or '.join(elsewhere)}."
    else:
        todo = f"Known here: {', '.join(known)}."
    return "is not a key that ddconsul knows", todo


def _not_text(detail: ErrorDetails, _: Key) -> Words:
    value = detail["input"]
    if value is None:
        return "has no value", "Write one, or remove the key.", False
    if isinstance(value, bool | int | float):
        return f"{shown(value)} is not a text", "Put it in quotes.", False
    return "is not a text", "Write one text, no section or list.", False


def _not_section(detail: ErrorDetails, key: Key) -> Words:
    known = shape.known_keys(detail["loc"])
    value = detail["input"]
    subject = "" if value is None or isinstance(value, list) else f"{shown(value)} "
    wanted = f"Under {places.dotted(key)} go: {', '.join(known)}." if known else ""
    return f"{subject}is not a section" if subject else "holds no section", wanted, False


def _not_list(detail: ErrorDetails, _: Key) -> Words:
    return f"{shown(detail['input'])} is not a list", "Start each item with a hyphen, or write [first, second].", False


def _not_number(detail: ErrorDetails, _: Key) -> Words:
    return f"{shown(detail['input'])} is not a whole number", "Write digits, without quotes.", False


def _out_of_range(detail: ErrorDetails, _: Key) -> Words:
    return f"{shown(detail['input'])} is out of range", "A port is a number from 1 to 65535.", False


def _not_a_choice(detail: ErrorDetails, _: Key) -> Words:
    return f"{shown(detail['input'])} is not one of the choices", f"Choose {detail['ctx']['expected']}.", False


def _target_type(detail: ErrorDetails, _: Key) -> Words:
    choices = "container (on this machine), ssh (a server) or local (this machine itself)"
    if detail["type"] == "union_tag_not_found":
        return "has no type", f"Add type: {choices}.", True
    return f"{shown(detail['ctx']['tag'])} is not a type of target", f"Choose {choices}.", False


_PATTERNS = {
    "site": "A small letter first, then small letters, digits and hyphens; 20 characters at most.",
    "version": 'Three numbers, in quotes, such as "2.5.1".',
    "user": "Letters, digits, dots, hyphens and underscores; no digit or hyphen first.",
}


def _pattern(detail: ErrorDetails, key: Key) -> Words:
    return f"{shown(detail['input'])} is not right", _PATTERNS.get(str(key[-1]), ""), False


def _too_short(_: ErrorDetails, key: Key) -> Words:
    return "is empty", f"Add at least one item to {places.dotted(key)}.", False


def _too_long(detail: ErrorDetails, _: Key) -> Words:
    return f"{shown(detail['input'])} is too long", f"{detail['ctx']['max_length']} characters at most.", False


_SAY: dict[str, Callable[[ErrorDetails, Key], Words]] = {
    "ddconsul": _own,
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_type": _not_text,
    "path_type": _not_text,
    "model_type": _not_section,
    "model_attributes_type": _not_section,
    "dict_type": _not_section,
    "list_type": _not_list,
    "tuple_type": _not_list,
    "int_type": _not_number,
    "greater_than_equal": _out_of_range,
    "less_than_equal": _out_of_range,
    "literal_error": _not_a_choice,
    "union_tag_not_found": _target_type,
    "union_tag_invalid": _target_type,
    "string_pattern_mismatch": _pattern,
    "too_short": _too_short,
    "string_too_long": _too_long,
}


def _warnings(document: Document, instance: Instance) -> list[Problem]:
    """Return what is allowed, but worth a word."""
    found: list[Problem] = []

    def note(key: Key, message: str, todo: str) -> None:
        found.append(Problem(document.file, *document.place(key), places.dotted(key), message, todo))

    if instance.target.type == "ssh" and instance.tls.mode == "off":
        note(
            ("tls", "mode"),
            "is off: passwords cross the network unencrypted, unless a proxy in front of the host does TLS",
            "Set tls.mode to files or internal.",
        )
    link = instance.branding.colours.link or instance.branding.colours.brand
    if link and _contrast_to_white(link) < LEGIBLE:
        note(
            ("branding", "colours", "link" if instance.branding.colours.link else "brand"),
            f"{link} is too light for links on a white page: WCAG asks for a contrast of {LEGIBLE} to 1",
            "Give a darker colour in branding.colours.link.",
        )
    if len(instance.administrators) > 1:
        note(
            ("administrators", 1),
            "gets no account yet: ddconsul makes one for the first administrator",
            "The first administrator can add the others on the site.",
        )
    if instance.mail.smtp is None and instance.target.type != "container":
        note(("mail",), "has no smtp: mail is kept in files on the host, and reaches nobody", "Add mail.smtp.")
    return found


def _contrast_to_white(colour: str) -> float:
    from coloraide import Color  # noqa: PLC0415 — only a file with colours pays for it

    return float(Color(colour).contrast("white", method="wcag21"))
