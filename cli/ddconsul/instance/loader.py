"""Municipality file → Instance, or every problem in it with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ddconsul.instance import places, renamed, shape, words
from ddconsul.instance.advice import advice
from ddconsul.instance.contents import unfinished
from ddconsul.instance.known import contradictions, known
from ddconsul.instance.models import Instance
from ddconsul.instance.problems import InvalidFileError, Problem, in_order, nearest
from ddconsul.instance.text import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from ddconsul.instance.places import Document, Key
    from ddconsul.instance.renamed import Renamed


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
        if not document.problems:
            document.add(Place(1, 1), (), "holds no sections", "It starts with a line `municipality:`.", "syntax")
        return Inspected(path, document, None, tuple(in_order(document.problems)))
    instance = _check(document, path.parent)
    # Who has mistakes to put right is not asked for texts as well.
    for found in () if document.problems else unfinished(instance):
        document.add(document.place(found.key), found.key, found.message, found.todo, "unfinished")
    warnings = () if document.problems else in_order(advice(document, instance))
    return Inspected(path, document, instance, tuple(in_order(document.problems)), tuple(warnings))


def _check(document: Document, base: Path) -> Instance:
    """Note what is wrong with the values, and return what is known."""
    excused = _note_retired(document)
    _settle_empty(document, document.value, ())
    _guess_choices(document)
    try:
        return Instance.model_validate(document.value, context={"base": base})
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            problem = _problem(document, detail, excused)
            if problem:
                document.problems.append(problem)
            if detail["type"].startswith("union_tag"):
                _note_unknown(document, detail["loc"])
    instance = known(document.value, base)
    for key, found in contradictions(instance) if document.whole else ():
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


def _settle_empty(document: Document, section: Any, key: Key) -> None:  # noqa: ANN401 — whatever stands there
    """Read an empty section as left out, and refuse an empty value: it is a slip more often than a wish."""
    if isinstance(section, list):
        for index, item in enumerate(section):
            _settle_empty(document, item, (*key, index))
    for name, value in list(section.items()) if isinstance(section, dict) else ():
        here = (*key, name)
        field = shape.field_at(here)
        if value is not None:
            _settle_empty(document, value, here)
        elif field is not None and not field.is_required():
            del section[name]
            if not shape.section_types(field.annotation) or shape.has_short_form(field.annotation):
                place = document.place(here, of_key=True)
                document.add(place, here, "has no value", words.todo_when_empty(here, document.line(place)))


def _guess_choices(document: Document) -> None:
    """Note a target's type or an instrument that is misspelt, and go on with what was meant: keys depend on it."""
    for name, (choosing, allowed) in shape.CHOOSING.items():
        for section, key in list(sections_at(document.value, [name])):
            written = section.get(choosing)
            meant = nearest(written, allowed)
            if meant and written != meant:
                here = (*key, choosing)
                document.add(document.place(here), here, *words.about_choice(name, written))
                section[choosing] = meant


def _note_unknown(document: Document, where: Key) -> None:
    """Look at a section's keys all the same when what it is is not known: pydantic then looks no further."""
    for section, key in sections_at(document.value, [str(where[0])]):
        for name in section if key == document.as_written(where) else ():
            if name not in shape.known_keys(key):
                here = (*key, name)
                document.add(document.place(here, of_key=True), here, *words.about_unknown(name, key), "unknown-key")


def _problem(document: Document, detail: ErrorDetails, excused: list[Key]) -> Problem | None:
    """Say one of pydantic's errors in our words, at its place. None for what is said elsewhere, or can't be known."""
    key = document.as_written(shape.without_tag(detail["loc"]))
    if detail["type"] == "union_tag_invalid":
        key = (*key, shape.CHOOSING[str(key[0])][0])
    way = tuple(part for part in key if isinstance(part, str))
    hidden = not document.whole or any(name[: len(way)] == way for name in excused)
    said = words.about(detail, key, document.written.get(key), document.line(document.place(key)))
    # Pydantic counts the items that are right, and calls a list too short for want of those.
    counted = detail["type"] == "too_short" and bool(detail["input"])
    if said.rule == "contradiction" or (said.rule == "missing" and hidden) or counted:
        return None
    place = document.place(key, of_key=said.at_key or detail["loc"][-1:] == ("[key]",))
    return document.problem(place, key, said.message, said.todo, said.rule)
