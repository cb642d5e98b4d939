"""Section `vocabulary`: words of Consul's that this municipality has another word for."""

# Pydantic reads these annotations at run time, so they are not postponed.
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from ddconsul.instance.kinds.values import Line
from ddconsul.instance.section import Contradiction, Section


class Word(Section):
    """A word that has another one in its place wherever Consul says it: menu, headings, buttons, mails."""

    word: Line = Field(description="The word, in small letters, in one of its forms.", examples=["voorstellen"])
    becomes: Line = Field(description="What takes its place.", examples=["initiatieven"])
    language: Line | None = Field(
        None, description="Of which language it is. Default: the first of municipality.languages.", examples=["nl"]
    )


def contradictions(instance: Any) -> Iterator[Contradiction]:  # noqa: ANN401 — the Instance, which imports this
    """Yield what of the vocabulary is not in the site's languages, or is there twice."""
    languages = instance.municipality.languages
    first: dict[tuple[str, str], int] = {}
    for index, entry in enumerate(instance.vocabulary):
        language = entry.language or languages[0]
        if language not in languages:
            message = f"{language} is not a language of this site"
            yield Contradiction(("vocabulary", index, "language"), message, f"It has {', '.join(languages)}.")
        other = first.setdefault((language, entry.word.lower()), index)
        if other != index:
            message = f'"{entry.word}" is the word of vocabulary[{other}] as well'
            yield Contradiction(("vocabulary", index, "word"), message, "Keep one of the two.")
