"""Instrument `legislation`: inhabitants read a plan, answer questions about it and comment on it."""

# Pydantic reads these annotations at run time, so they are not postponed.
import hashlib
import mimetypes
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from ddconsul.instance.kinds.apart import once, titles_once
from ddconsul.instance.kinds.links import Image, Upload
from ddconsul.instance.kinds.moments import Day
from ddconsul.instance.kinds.paths import MEGABYTE, OPENED, opened
from ddconsul.instance.kinds.translated import TranslatedFile, TranslatedLine, TranslatedText
from ddconsul.instance.kinds.values import Flag, Kind, Line, wrong
from ddconsul.instance.section import Contradiction, Section, rule
from ddconsul.instance.sections.home import ObjectKey
from ddconsul.instance.sections.vraagstuk.common import IMAGE, INSTRUMENT, KEY, ONE_OR_MORE, Categories, Vraagstuk


def _paper(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Upload):
        return value
    path, data = opened(value, info, "a PDF", 100 * MEGABYTE, "Make it smaller: inhabitants download it.")
    if data is None:
        return Upload(path)
    by_name = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kind = "application/pdf" if data.startswith(b"%PDF-") else by_name
    if kind == "application/pdf" and not data.startswith(b"%PDF-"):
        raise wrong("is not a PDF, whatever its name says", "Save it as PDF.")
    # ISO 32000-2, section 7.5.5: it ends with that; readers look for it in the last kilobyte.
    if kind == "application/pdf" and b"%%EOF" not in data[-2048:]:
        raise wrong("is not whole: a PDF has %%EOF at its end", "Ask for the file once more.")
    return Upload(path, kind, hashlib.md5(data, usedforsecurity=False).hexdigest(), len(data))


Paper = Annotated[
    Any,
    BeforeValidator(_paper),
    *OPENED,
    Kind("path of a PDF"),
]


class Document(Section):
    """A document to read."""

    title: Line = Field(description="What it is called.", examples=["Nota Groen"])
    file: Paper = Field(description="The file: PDF.", examples=["stukken/nota.pdf"])


class PlanOption(Section):
    """An answer to choose."""

    key: ObjectKey = Field(description=KEY, examples=["eens"])
    title: TranslatedLine = Field(description="The answer.", examples=["Eens"])


class PlanPhase(Section):
    """A phase of legislation."""

    phase: Literal["draft", "debate", "proposals", "comments"] = Field(
        description="draft: not listed yet. debate: questions. proposals: of inhabitants. comments: on the text."
    )
    from_: Day = Field(alias="from", description="First day.", examples=["2027-03-01"])
    until: Day = Field(description="Last day. Of legislation.", examples=["2027-03-20"])

    @rule
    def _ends_after_it_begins(self) -> Iterator[Contradiction]:
        if self.until.day < self.from_.day:
            message = f"{self.until} is before its first day, {self.from_}"
            yield Contradiction(("until",), message, "Exchange them, or give a later day.")


class Draft(Section):
    """A version of the text that inhabitants comment on."""

    key: ObjectKey = Field("1", description=KEY, examples=["ontwerp"])
    title: TranslatedLine = Field(description="What it is called.", examples=["Ontwerp"])
    file: TranslatedFile = Field(description="Markdown file with the text.", examples=["vraagstuk/plan.md"])
    published: Day = Field(description="Day on which it is published.", examples=["2027-03-01"])
    final: Flag = Field(False, description="Whether it is the final version.")
    changes: TranslatedText | None = Field(
        None, description="What is different from the version before.", examples=["Paragraaf 2 is nieuw."]
    )


class PlanQuestion(Section):
    """A question about a plan, for its debate phase."""

    key: ObjectKey = Field(description=KEY, examples=["verkeer"])
    title: TranslatedLine = Field(description="The question.", examples=["Wat vindt u van het verkeer?"])
    description: TranslatedText | None = Field(None, description="More about it.", examples=["Zie paragraaf 3."])
    options: tuple[PlanOption, ...] = Field((), description="Answers to choose from; none: only reactions.")

    @rule
    def _options_can_be_told_apart(self) -> Iterator[Contradiction]:
        yield from once(self.options, "options")
        yield from titles_once(self.options, "options", "answer")


class Legislation(Vraagstuk):
    """A plan or policy text: inhabitants read it, answer questions about it and comment on it."""

    instrument: Literal["legislation"] = Field(description=INSTRUMENT)
    image: Image | None = Field(None, description=IMAGE, examples=["beeld/plein.jpg"])
    categories: Categories = Field((), description="Topics of proposals.", examples=[["Groen", "Verkeer"]])
    documents: tuple[Document, ...] = Field((), description="Documents to read. Only of legislation.")
    phases: tuple[PlanPhase, ...] = Field((), description="The phases, by day; they may overlap.")
    draft: Annotated[tuple[Draft, ...], *ONE_OR_MORE] = Field(
        (), description="The text: a section, or a list of its versions, each with a key. Of legislation."
    )
    questions: tuple[PlanQuestion, ...] = Field((), description="The questions of the debate phase.")
    result: Day | None = Field(
        None, description="Day on which the outcome is published. Of legislation.", examples=["2027-05-01"]
    )

    @rule
    def _phases_once_and_while_it_is_open(self) -> Iterator[Contradiction]:
        yield from once(self.phases, "phases", "phase")
        for index, phase in enumerate(self.phases):
            if phase.from_.day < self.opens.day:
                message = f"{phase.from_} is before it opens, {self.opens}"
                yield Contradiction(("phases", index, "from"), message, "Give a later day, or an earlier opens.")
            if phase.until.day > self.closes.day:
                message = f"{phase.until} is after it closes, {self.closes}"
                yield Contradiction(("phases", index, "until"), message, "Give an earlier day, or a later closes.")

    @rule
    def _questions_have_a_phase(self) -> Iterator[Contradiction]:
        phases = {phase.phase for phase in self.phases}
        if self.questions and "debate" not in phases:
            message = "are given, but there is no debate phase to answer them in"
            yield Contradiction(("questions",), message, "Add {phase: debate, from: ..., until: ...} to phases.")
        if "comments" in phases and not self.draft:
            message = "has comments, but there is no text to comment on"
            yield Contradiction(("phases",), message, "Add draft, or remove that phase.")

    @rule
    def _keys_of_their_own(self) -> Iterator[Contradiction]:
        yield from once(self.questions, "questions")
        yield from titles_once(self.questions, "questions", "question")
        yield from once(self.draft, "draft")
        yield from once(self.documents, "documents", "title")

    @rule
    def _texts_are_published_while_it_is_open(self) -> Iterator[Contradiction]:
        for index, draft in enumerate(self.draft):
            if not self.opens.day <= draft.published.day:
                message = f"{draft.published} is before it opens, {self.opens}"
                yield Contradiction(("draft", index, "published"), message, "Give a later day, or an earlier opens.")

    @rule
    def _result_comes_after(self) -> Iterator[Contradiction]:
        if self.result is not None and self.result.day < self.opens.day:
            message = f"{self.result} is before it opens, {self.opens}"
            yield Contradiction(("result",), message, "Give a later day.")
