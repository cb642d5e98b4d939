"""Municipality file → Instance, or every problem in it with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ddconsul.instance import meant, renamed, shape, words
from ddconsul.instance.advice import advice
from ddconsul.instance.contents import unfinished
from ddconsul.instance.known import contradictions, known
from ddconsul.instance.models import Instance
from ddconsul.instance.problems import InvalidFileError, Problem, in_order
from ddconsul.instance.yaml import lost, places
from ddconsul.instance.yaml.text import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from ddconsul.instance.renamed import Renamed
    from ddconsul.instance.yaml.places import Document, Key


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


@dataclass(frozen=True)
class Inspected:
    """A municipality file, right or not.

    Args:
        path: The file, as an absolute path.
        document: What stands in it, and where.
        known: What it says; in a file with problems, what is not right is no attribute. None when nothing is known.
        problems: What is wrong, in the order of the file.
        warnings: What is allowed, but worth a word.
    """

    path: Path
    document: Document
    known: Instance | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()


def load(file: Path, *, finished: bool = True) -> Loaded:
    """Read and check a municipality file.

    Args:
        file: The file; what it points at is looked up beside it.
        finished: Whether what inhabitants will read has to be finished: not for who only looks, or takes a site away.

    Raises:
        InvalidFileError: With every problem in the file.
    """
    found = inspect(file)
    problems = tuple(problem for problem in found.problems if finished or problem.rule != "unfinished")
    if problems or found.known is None:
        raise InvalidFileError(problems)
    return Loaded(found.path, found.known, found.warnings)


def inspect(file: Path) -> Inspected:
    """Read and check a municipality file, and tell all that can be known about it, whatever is wrong with it.

    Args:
        file: The file; what it points at is looked up beside it.
    """
    path, home_unknown = file.absolute(), False
    try:
        path = file.expanduser().absolute()
    except RuntimeError:
        home_unknown = True
    document = places.read(path, str(file))
    if home_unknown:
        unknown = document.problem(Place(0, 0), (), "names a user that this machine does not know", "", "file")
        document.problems[:] = [unknown]
    if not isinstance(document.value, dict):
        if not document.problems or _says_no_section(document):
            document.add(Place(1, 1), (), "holds no sections", "It starts with a line `municipality:`.", "syntax")
        return Inspected(path, document, None, tuple(in_order(document.problems)))
    instance = _check(document, path.parent)
    # Who has mistakes to put right is not asked for texts as well.
    for found in () if document.problems else unfinished(instance):
        document.add(document.place(found.key), found.key, found.message, found.todo, "unfinished")
    warnings = () if document.problems else in_order(advice(document, instance))
    return Inspected(path, document, instance, tuple(in_order(document.problems)), tuple(warnings))


def _says_no_section(document: Document) -> bool:
    """Tell whether there is a text that names no section at all: a letter, or another kind of file."""
    unread = any(problem.rule in {"file", "encoding"} for problem in document.problems)
    return not unread and not any(name in document.text for name in shape.known_keys(()))


def _check(document: Document, base: Path) -> Instance:
    """Note what is wrong with the values, and return what is known."""
    excused = _note_retired(document)
    guessed = meant.settle(document)
    _settle_empty(document, document.value, (), excused)
    try:
        instance = Instance.model_validate(document.value, context={"base": base})
        _forget(document, instance, guessed)
        return instance  # noqa: TRY300 — it ends the attempt
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            problem = _problem(document, detail, excused, guessed)
            if problem:
                document.problems.append(problem)
    instance = known(document.value, base)
    _forget(document, instance, guessed)
    for key, found in contradictions(instance):
        here = (*key, *found.key)
        document.add(document.place(here), here, found.message, found.todo, found.rule)
    return instance


def _note_retired(document: Document) -> list[Key]:
    """Note keys that have another name now, and take them away; return the names that they have now."""
    excused: list[Key] = []
    for change in renamed.RENAMED:
        *way, name = change.old.split(".")
        for section, key in list(sections_at(document.value, way)):
            if name in section:
                here = (*key, name)
                place, said = document.place(here, of_key=True), _about_retired(document, change)
                document.add(place, here, *said, "retired-key")
                del section[name]
                excused.append(tuple(change.new.split(".")))
    return excused


def _about_retired(document: Document, change: Renamed) -> tuple[str, str]:
    if not change.new:
        return str(change), change.why or "Remove it."
    return str(change), f"Write {change.new}, or run ddconsul migrate-file {document.file}, which does that for you."


def sections_at(value: Any, way: list[str], key: Key = ()) -> Iterator[tuple[dict[str, Any], Key]]:  # noqa: ANN401 — raw
    """Yield the sections at the end of a dotted way, each with its key; a list on the way stands for all its items."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from sections_at(item, way, (*key, index))
    elif isinstance(value, dict):
        if not way:
            yield value, key
        elif way[0] in value:
            yield from sections_at(value[way[0]], way[1:], (*key, way[0]))


def _settle_empty(document: Document, section: Any, key: Key, excused: list[Key]) -> None:  # noqa: ANN401 — as it is
    """Read an empty section as left out, and refuse an empty value: it is a slip more often than a wish."""
    if isinstance(section, list):
        for index, item in enumerate(section):
            _settle_empty(document, item, (*key, index), excused)
    for name, value in list(section.items()) if isinstance(section, dict) else ():
        here = (*key, name)
        field = shape.field_at(here)
        if value is not None:
            _settle_empty(document, value, here, excused)
        elif lost.nothing_read(document, here):
            del section[name]
            excused.append(tuple(part for part in here if isinstance(part, str)))
        elif field is not None and not field.is_required():
            del section[name]
            if not shape.section_types(field.annotation) or shape.has_short_form(field.annotation):
                place = document.place(here, of_key=True)
                document.add(place, here, "has no value", words.todo_when_empty(here, document.line(place)))


def _forget(document: Document, instance: Instance, guessed: set[Key]) -> None:
    """Take away what is not certain of what is known: nothing contradicts that."""
    for name in {str(key[0]) for key in document.keys if len(key) == 1}:
        if lost.touches(document, (name,)):
            instance.__dict__.pop(shape.attribute(name), None)
    if lost.touches(document, ()):
        instance.__dict__.clear()
    if ("target",) in guessed:
        instance.__dict__.pop("target", None)
    for name in {str(key[0]) for key in guessed} - {"target"}:
        part = getattr(instance, shape.attribute(name), ())
        written = document.value.get(name)
        # What is no section is passed over among what is known.
        numbers = (
            [number for number, item in enumerate(written) if isinstance(item, dict)]
            if isinstance(written, list)
            else []
        )
        for place, section in enumerate(part if isinstance(part, tuple) else (part,)):
            if ((name, numbers[place]) if numbers else (name,)) in guessed:
                section.__dict__.pop(shape.CHOOSING[name][0], None)


def _problem(document: Document, detail: ErrorDetails, excused: list[Key], guessed: set[Key]) -> Problem | None:
    """Say one of pydantic's errors in our words, at its place. None for what is said elsewhere, or can't be known."""
    key = document.as_written(shape.without_tag(detail["loc"]))
    said = words.about(detail, key, document.written.get(key), document.line(document.place(key)))
    # Pydantic counts the items that are right, and calls a list too short for want of those.
    counted = detail["type"] == "too_short" and bool(detail["input"])
    if said.rule == "contradiction" or counted:
        return None
    if said.rule == "missing" and _excused(document, key, excused, guessed):
        return None
    place = document.place(key, of_key=said.at_key or detail["loc"][-1:] == ("[key]",))
    if place in document.halves or (said.rule not in {"missing", "unknown-key"} and lost.is_lost(document, place)):
        return None
    return document.problem(place, key, said.message, said.todo, said.rule)


def _excused(document: Document, key: Key, excused: list[Key], guessed: set[Key]) -> bool:
    """Tell whether there is a reason why a key is missing, which is told elsewhere."""
    way = tuple(part for part in key if isinstance(part, str))
    if any(name[: len(way)] == way for name in excused) or lost.may_be_lost(document, key):
        return True
    if meant.likely(document, key):
        return True
    return key[:-1] in guessed and not all(key[-1] in shape.keys_of(model) for model in shape.models_at(key[:-1]))
