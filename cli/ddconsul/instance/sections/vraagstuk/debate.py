"""Instrument `debate`: the municipality begins one, inhabitants answer."""

# Pydantic reads these annotations at run time, so they are not postponed.
import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from ddconsul.instance.kinds.translated import TranslatedText
from ddconsul.instance.section import Contradiction, rule
from ddconsul.instance.sections.vraagstuk.common import INSTRUMENT, Categories, Vraagstuk

# Consul's models: Debate, Taggable.
_TITLE_OF_DEBATE = range(4, 81)
_TEXT_OF_DEBATE = range(10, 6001)
_MOST_CATEGORIES = 6


class Debate(Vraagstuk):
    """A debate that the municipality begins."""

    instrument: Literal["debate"] = Field(description=INSTRUMENT)
    text: TranslatedText = Field(
        description="What the debate begins with: 10 to 6000 characters.", examples=["Wat vindt u van het plein?"]
    )
    categories: Categories = Field(
        (), description="Topics: of the debate, of proposals, or of ideas.", examples=[["Groen", "Verkeer"]]
    )

    @rule
    def _fits(self) -> Iterator[Contradiction]:
        for name, value, fits in (("title", self.title, _TITLE_OF_DEBATE), ("text", self.text, _TEXT_OF_DEBATE)):
            for text in value.values():
                if len(re.sub(r"\s+", " ", text)) not in fits:
                    message = f"has {len(text)} characters; a debate takes {fits[0]} to {fits[-1]}"
                    yield Contradiction((name,), message, "Make it shorter or longer.")
                    break

    @rule
    def _has_few_categories(self) -> Iterator[Contradiction]:
        if len(self.categories) > _MOST_CATEGORIES:
            message = f"has {len(self.categories)}; a debate takes {_MOST_CATEGORIES} at most"
            yield Contradiction(("categories",), message, "Leave some out.")
