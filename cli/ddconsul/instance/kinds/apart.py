"""What items of a list have one each of, so that they can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddconsul.instance.section import Contradiction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Way = tuple[str | int, ...]


def once(items: tuple[Any, ...], name: str, part: str = "key") -> Iterator[Contradiction]:
    """Yield what two items of a list have both, and only one can have.

    Args:
        items: The list.
        name: Its key.
        part: Key of what each has one of its own of.
    """
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        value = getattr(item, part, f"#{index}")
        other = first.setdefault(value, index)
        if other != index:
            message = f'"{value}" is the {part} of {name}[{other}] as well'
            yield Contradiction((name, index, part), message, f"Give each a {part} of its own.")


def texts_once(items: Iterable[tuple[Way, Any]], what: str) -> Iterator[Contradiction]:
    """Yield texts that two items have both in one language, so that nobody can tell the two apart.

    Args:
        items: The texts, each with its place and by its language.
        what: What they are texts of.
    """
    seen: set[tuple[str, str]] = set()
    for way, texts in items:
        mine = {(code, text.lower()): text for code, text in (texts or {}).items()}
        twice = next((text for known, text in mine.items() if known in seen), None)
        if twice is not None:
            yield Contradiction(way, f'"{twice}" is that of another {what} as well', "Give each one of its own.")
        seen |= mine.keys()


def titles_once(items: tuple[Any, ...], name: str, what: str) -> Iterator[Contradiction]:
    """Yield titles that two items of a list have."""
    yield from texts_once(
        [((name, place, "title"), getattr(item, "title", None)) for place, item in enumerate(items)], what
    )
