"""Instrument `poll`: inhabitants vote on questions."""

# Pydantic reads these annotations at run time, so they are not postponed.
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from ddconsul.instance.kinds.apart import once, titles_once
from ddconsul.instance.kinds.links import Image
from ddconsul.instance.kinds.translated import TranslatedLine, TranslatedText
from ddconsul.instance.kinds.values import Flag
from ddconsul.instance.section import Contradiction, Section, rule
from ddconsul.instance.sections.home import ObjectKey
from ddconsul.instance.sections.vraagstuk.common import IMAGE, INSTRUMENT, KEY, Count, Vraagstuk

# Consul's model: Poll::Question.
_SHORTEST_QUESTION = 4


class Option(Section):
    """An answer to choose."""

    key: ObjectKey = Field(description=KEY, examples=["bomen"])
    title: TranslatedLine = Field(description="The answer.", examples=["Meer bomen"])
    description: TranslatedText | None = Field(
        None, description="More about it. Only in a poll.", examples=["Langs de hele straat."]
    )


class Question(Section):
    """A question of a poll."""

    key: ObjectKey = Field(description=KEY, examples=["inrichting"])
    title: TranslatedLine = Field(description="The question.", examples=["Wat moet er op het plein komen?"])
    description: TranslatedText | None = Field(
        None, description="More about it.", examples=["De speeltuin blijft in elk geval."]
    )
    kind: Literal["single", "multiple", "open"] = Field(
        "single", description="Poll: one answer, several answers, or a text of one's own."
    )
    max_votes: Count | None = Field(
        None, description="Poll: how many answers somebody may choose, with multiple.", examples=[2]
    )
    options: tuple[Option, ...] = Field((), description="The answers, in their order.")

    @rule
    def _is_a_question(self) -> Iterator[Contradiction]:
        if any(len(text) < _SHORTEST_QUESTION for text in self.title.values()):
            yield Contradiction(("title",), "is too short for a question", f"{_SHORTEST_QUESTION} characters at least.")

    @rule
    def _has_options_to_choose_from(self) -> Iterator[Contradiction]:
        if self.kind == "open":
            if self.options:
                yield Contradiction(("options",), "are given, but the question is open", "Remove them, or its kind.")
        elif len(self.options) < 2:  # noqa: PLR2004 — or there is nothing to choose
            message = f"are {len(self.options)}: there is nothing to choose"
            yield Contradiction(("options",), message, "Give two at least, or set kind to open.")

    @rule
    def _as_many_votes_as_it_says(self) -> Iterator[Contradiction]:
        if self.kind != "multiple":
            if self.max_votes is not None:
                message = f"is given, but the question is {self.kind}"
                yield Contradiction(("max_votes",), message, "Set kind to multiple, or remove it.")
        elif self.max_votes is None:
            message = "is multiple, but how many may be chosen is not told"
            yield Contradiction(("kind",), message, "Add max_votes.")
        elif self.max_votes > len(self.options):
            message = f"is {self.max_votes}, of {len(self.options)} options"
            yield Contradiction(("max_votes",), message, "Let it be no more than there are options.")

    @rule
    def _options_can_be_told_apart(self) -> Iterator[Contradiction]:
        yield from once(self.options, "options")
        yield from titles_once(self.options, "options", "answer")


class Poll(Vraagstuk):
    """A poll: inhabitants vote on questions."""

    instrument: Literal["poll"] = Field(description=INSTRUMENT)
    image: Image | None = Field(None, description=IMAGE, examples=["beeld/plein.jpg"])
    questions: tuple[Question, ...] = Field(
        min_length=1, description="The questions, in their order. Legislation: for its debate phase."
    )
    results: Flag = Field(True, description="Show the results once it is closed.")
    statistics: Flag = Field(False, description="Show who took part by age and gender, once it is closed.")

    @rule
    def _questions_can_be_told_apart(self) -> Iterator[Contradiction]:
        yield from once(self.questions, "questions")
        yield from titles_once(self.questions, "questions", "question")
