"""Section `vraagstuk`: what the municipality asks its inhabitants, when, and what happens with the outcome."""

# Pydantic reads these annotations at run time, so they are not postponed.
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ddconsul.instance.apart import once, texts_once, titles_once
from ddconsul.instance.earth import about_place
from ddconsul.instance.home import ObjectKey
from ddconsul.instance.links import Image, Upload
from ddconsul.instance.moments import Closing, Day, Moment, Opening
from ddconsul.instance.pages import TAKEN, slug_of
from ddconsul.instance.paths import MEGABYTE, content
from ddconsul.instance.section import Contradiction, Section, rule
from ddconsul.instance.translated import TranslatedFile, TranslatedLine, TranslatedText
from ddconsul.instance.values import Email, Flag, Kind, Line, choices, wrong

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance

Way = tuple[str | int, ...]

MODULES = {
    "debate": "debates",
    "proposals": "proposals",
    "poll": "polls",
    "budget": "budgets",
    "legislation": "legislation",
}
"""Instrument: the module that shows it."""
PHASES = (
    "informing", "accepting", "reviewing", "selecting", "valuating", "publishing_prices", "balloting",
    "reviewing_ballots", "finished",
)  # fmt: skip
"""The phases of a budget, in Consul's order (Budget::Phase::PHASE_KINDS)."""
_FOR_INHABITANTS = {"accepting", "selecting", "balloting"}
# Consul's models: Debate, Poll::Question, Taggable, TagSanitizer, Budget::Phase.
_TITLE_OF_DEBATE = range(4, 81)
_TEXT_OF_DEBATE = range(10, 6001)
_SHORTEST_QUESTION = 4
# 2000, with the markup of its paragraphs.
_LONGEST_PHASE = 1900
_MOST_CATEGORIES = 6
_NOT_IN_CATEGORY = ",?<>=/"
_LONGEST_CATEGORY = 160
# No municipality has as many inhabitants or as many euros to divide; and PostgreSQL's integer holds it.
_MOST = 1_000_000_000


class _OneOrMore:
    """Lets one section stand for a list of one."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        return {"anyOf": [schema["items"], schema]}


def _as_list(value: object) -> object:
    if isinstance(value, str | int | float):
        raise wrong("is not a section", "Write its keys under it, each on a line of its own.")
    return (value,) if isinstance(value, dict | Section) else value


ONE_OR_MORE = (BeforeValidator(_as_list), _OneOrMore())


Count = Annotated[int, Field(ge=1, le=_MOST, strict=True), Kind("whole number, from 1")]
Euros = Annotated[int, Field(ge=1, le=_MOST, strict=True), Kind("whole number of euros, without dots")]
Degrees = Annotated[float, Field(ge=-180, le=180, strict=True), Kind("number of degrees")]


def _address(value: str) -> str:
    if value in TAKEN:
        raise wrong("is an address that Consul needs itself", f"Choose another one, such as {value}-2027.")
    return value


VraagstukKey = Annotated[ObjectKey, AfterValidator(_address)]


def _paper(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Upload):
        return value
    if not isinstance(value, str):
        raise wrong("is not a path", "Write the path of a PDF.")
    path, data = content(value, info, 100 * MEGABYTE, "Make it smaller: inhabitants download it.")
    assert isinstance(path, Path)  # noqa: S101 — for mypy
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
    PlainSerializer(lambda paper: str(paper.path)),
    Kind("path of a PDF"),
    WithJsonSchema({"type": "string", "minLength": 1}),
]


def _category(value: str) -> str:
    if len(value) > _LONGEST_CATEGORY or set(value) & set(_NOT_IN_CATEGORY):
        todo = f"{_LONGEST_CATEGORY} characters at most, without any of {' '.join(_NOT_IN_CATEGORY)}"
        raise wrong("is no name for a category", f"{todo}.")
    return value


Categories = Annotated[
    tuple[Annotated[Line, AfterValidator(_category)], ...], Field(json_schema_extra={"uniqueItems": True})
]


class Feedback(Section):
    """The promise to tell what was done with the outcome; and later what was done."""

    by: Day = Field(description="Last day on which inhabitants hear it.", examples=["2027-06-01"])
    promise: TranslatedText | None = Field(
        None, description="The promise. Default: a sentence with the day.", examples=["U krijgt antwoord."]
    )
    text: TranslatedFile | None = Field(
        None,
        description="Markdown file that tells what was done; add it when it is there.",
        examples=["vraagstuk/terugkoppeling.md"],
    )


class Reach(Section):
    """Whom to ask. Default: the municipality's own address and telephone number."""

    email: Email | None = Field(None, description="E-mail address.", examples=["groen@example.org"])
    phone: Line | None = Field(None, description="Telephone number.", examples=["14 012"])


class Milestone(Section):
    """Something that happens on a day."""

    key: ObjectKey = Field(description="Name by which ddconsul knows it again. Nobody sees it.", examples=["besluit"])
    date: Day = Field(description="Day.", examples=["2027-05-20"])
    title: TranslatedLine = Field(description="What happens.", examples=["De raad beslist"])
    text: TranslatedText | None = Field(None, description="More about it.", examples=["U kunt erbij zijn."])


class Ending(Section):
    """What the page tells once it is closed."""

    thanks: TranslatedText | None = Field(
        None, description="Thanks to who took part. Default: a sentence.", examples=["Bedankt voor uw stem."]
    )
    answer: TranslatedFile | None = Field(
        None, description="Markdown file with the municipality's answer.", examples=["vraagstuk/antwoord.md"]
    )


class Document(Section):
    """A document to read."""

    title: Line = Field(description="What it is called.", examples=["Nota Groen"])
    file: Paper = Field(description="The file: PDF.", examples=["stukken/nota.pdf"])


_KEY = "Name by which ddconsul knows it again, so that its texts can change. Nobody sees it."
_IMAGE = "Image: JPEG. Not of a debate or of proposals."
_INSTRUMENT = "How inhabitants take part: it decides which other keys there are."


class Vraagstuk(Section):
    """What is asked, with what every instrument has."""

    key: VraagstukKey = Field(
        description="Name for good, and the address of its page: wijkbudget-2027 becomes /wijkbudget-2027.",
        examples=["wijkbudget-2027"],
    )
    title: TranslatedLine = Field(description="Title.", examples=["Wijkbudget 2027"])
    summary: TranslatedText = Field(
        description="What it is about, in one or two sentences.", examples=["Verdeel 50.000 euro voor uw wijk."]
    )
    description: TranslatedFile | None = Field(
        None,
        description="Markdown file that explains it, or one for each language.",
        examples=["vraagstuk/uitleg.md"],
    )
    decides: TranslatedText = Field(
        description="Who decides, and what happens with the outcome.", examples=["De gemeenteraad beslist."]
    )
    feedback: Feedback = Field(description="The promise to tell what was done with the outcome.")
    opens: Opening = Field(description="When it opens; a day alone is its beginning.", examples=["2027-03-01 09:00"])
    closes: Closing = Field(description="When it closes; a day alone is its end.", examples=["2027-03-31 20:00"])
    districts: tuple[ObjectKey, ...] = Field(
        (),
        description="Keys of the districts that it is for. Default: the whole municipality. A poll can be voted on "
        "from there only, by who proved where he or she lives.",
        examples=[["noord", "zuid"]],
    )
    contact: Reach = Field(Reach.absent(), description="Whom to ask.")
    other_ways: TranslatedText | None = Field(
        None,
        description="How to take part without a computer. Default: the page `offline`, when there is one.",
        examples=["Kom naar de balie van het stadhuis."],
    )
    milestones: tuple[Milestone, ...] = Field((), description="What happens when: on its page.")
    closing: Ending = Field(Ending.absent(), description="What its page tells once it is closed.")

    @rule
    def _closes_after_it_opens(self) -> Iterator[Contradiction]:
        if self.closes.at <= self.opens.at:
            message = f"{self.closes} is not after it opens, {self.opens}"
            yield Contradiction(("closes",), message, "Exchange them, or give a later moment.")

    @rule
    def _feedback_comes_after(self) -> Iterator[Contradiction]:
        if self.feedback.by.day < self.closes.day:
            message = f"{self.feedback.by} is before it closes, {self.closes}"
            yield Contradiction(("feedback", "by"), message, "Give a later day.")

    @rule
    def _milestones_have_keys_of_their_own(self) -> Iterator[Contradiction]:
        yield from once(self.milestones, "milestones")

    @rule
    def _districts_once(self) -> Iterator[Contradiction]:
        for index, district in enumerate(self.districts):
            if district in self.districts[:index]:
                yield Contradiction(("districts", index), f'"{district}" stands there twice', "Name each once.")


class Debate(Vraagstuk):
    """A debate that the municipality begins."""

    instrument: Literal["debate"] = Field(description=_INSTRUMENT)
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


class Proposals(Vraagstuk):
    """Inhabitants make proposals. Consul keeps its proposals open: opens and closes are told on the page only."""

    instrument: Literal["proposals"] = Field(description=_INSTRUMENT)
    categories: Categories = Field((), description="Topics to choose from.", examples=[["Groen", "Verkeer"]])


class Option(Section):
    """An answer to choose."""

    key: ObjectKey = Field(description=_KEY, examples=["bomen"])
    title: TranslatedLine = Field(description="The answer.", examples=["Meer bomen"])
    description: TranslatedText | None = Field(
        None, description="More about it. Only in a poll.", examples=["Langs de hele straat."]
    )


class PlanOption(Section):
    """An answer to choose."""

    key: ObjectKey = Field(description=_KEY, examples=["eens"])
    title: TranslatedLine = Field(description="The answer.", examples=["Eens"])


class Question(Section):
    """A question of a poll."""

    key: ObjectKey = Field(description=_KEY, examples=["inrichting"])
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

    instrument: Literal["poll"] = Field(description=_INSTRUMENT)
    image: Image | None = Field(None, description=_IMAGE, examples=["beeld/plein.jpg"])
    questions: tuple[Question, ...] = Field(
        min_length=1, description="The questions, in their order. Legislation: for its debate phase."
    )
    results: Flag = Field(True, description="Show the results once it is closed.")
    statistics: Flag = Field(False, description="Show who took part by age and gender, once it is closed.")

    @rule
    def _questions_can_be_told_apart(self) -> Iterator[Contradiction]:
        yield from once(self.questions, "questions")
        yield from titles_once(self.questions, "questions", "question")


class BudgetPhase(Section):
    """A phase of a budget, up to where the next one begins."""

    phase: Literal[PHASES] = Field(description="Which one: of a budget, or of legislation.")  # type: ignore[valid-type]  # the names stand in one place, as a tuple
    from_: Opening | None = Field(
        None, alias="from", description="When it begins. Default, of the first: when it opens.", examples=["2027-03-01"]
    )
    name: TranslatedLine | None = Field(
        None, description="What it is called. Default: a name in Dutch and English.", examples=["Ideeën bedenken"]
    )
    description: TranslatedText | None = Field(
        None, description="What inhabitants can do in it.", examples=["Vertel wat u wilt doen."]
    )

    @rule
    def _is_told_in_few_words(self) -> Iterator[Contradiction]:
        longest = max((len(text) for text in (self.description or {}).values()), default=0)
        if longest > _LONGEST_PHASE:
            message = f"has {longest} characters; a phase takes {_LONGEST_PHASE}"
            yield Contradiction(("description",), message, "Tell more in the description of the vraagstuk.")


class Heading(Section):
    """An amount of money to divide, for a district or a subject."""

    key: ObjectKey = Field(description=_KEY, examples=["noord"])
    name: TranslatedLine = Field(description="Name.", examples=["Noord"])
    amount: Euros = Field(description="How much there is to divide, in euros.", examples=[25000])
    population: Count | None = Field(None, description="How many people live there.", examples=[4200])
    district: ObjectKey | None = Field(None, description="Key of the district that it is for.", examples=["noord"])
    latitude: Degrees | None = Field(None, description="Middle of its map, to the north.", examples=[53.22])
    longitude: Degrees | None = Field(None, description="Middle of its map, to the east.", examples=[6.57])
    max_lines: Count = Field(1, description="With approval: how many ideas somebody may choose.")

    @rule
    def _has_a_whole_place(self) -> Iterator[Contradiction]:
        if (self.latitude is None) != (self.longitude is None):
            here, other = ("latitude", "longitude") if self.longitude is None else ("longitude", "latitude")
            yield Contradiction((here,), f"is given, but there is no {other}", f"Add {other}.")

    @rule
    def _is_in_the_netherlands(self) -> Iterator[Contradiction]:
        if self.latitude is not None and self.longitude is not None:
            yield from about_place(self.latitude, self.longitude, ("latitude",))


class Group(Section):
    """Headings that belong together, such as all districts."""

    key: ObjectKey = Field(description=_KEY, examples=["wijken"])
    name: TranslatedLine = Field(description="Name.", examples=["Wijken"])
    max_headings: Count = Field(1, description="In how many of its headings somebody may vote.")
    headings: tuple[Heading, ...] = Field(min_length=1, description="The amounts.")

    @rule
    def _has_as_many_headings_as_it_says(self) -> Iterator[Contradiction]:
        if self.max_headings > len(self.headings) and "max_headings" in self.model_fields_set:
            message = f"is {self.max_headings}, of {len(self.headings)} headings"
            yield Contradiction(("max_headings",), message, "Let it be no more than there are headings.")


class Budget(Vraagstuk):
    """A participatory budget: inhabitants think up ideas, and divide an amount among them."""

    instrument: Literal["budget"] = Field(description=_INSTRUMENT)
    image: Image | None = Field(None, description=_IMAGE, examples=["beeld/plein.jpg"])
    categories: Categories = Field((), description="Topics to choose from.", examples=[["Groen", "Verkeer"]])
    voting: Literal["knapsack", "approval"] = Field(
        "knapsack", description="knapsack: as many ideas as the amount allows. approval: so many ideas."
    )
    amounts: Literal["shown", "hidden"] = Field(
        "shown", description="Whether inhabitants see amounts; hidden goes with approval."
    )
    phases: tuple[BudgetPhase, ...] = Field(
        min_length=1,
        description="The phases, in Consul's order; what is not named is off. A budget is finished when it closes. "
        "Of legislation: the days of each.",
    )
    groups: tuple[Group, ...] = Field(min_length=1, description="The amounts, in groups.")

    @property
    def timetable(self) -> tuple[tuple[str, Moment], ...]:
        """Return the phases that are on and when each begins; the last is `finished`, when it closes at the latest."""
        begins = [(phase.phase, phase.from_ or self.opens) for phase in self.phases]
        last = self.phases[-1]
        if last.phase == "finished":
            return (*begins[:-1], ("finished", last.from_ or self.closes))
        return (*begins, ("finished", self.closes))

    @rule
    def _phases_are_in_order(self) -> Iterator[Contradiction]:
        for index, before in self._misplaced().items():
            message = f"{self.phases[index].phase} comes after {before}"
            todo = f"Consul's order is: {', '.join(PHASES)}. Name each once."
            yield Contradiction(("phases", index, "phase"), message, todo)

    def _misplaced(self) -> dict[int, str]:
        """Return the phases that do not come in Consul's order, each with the one that it should have come before."""
        found, before = {}, -1
        for index, phase in enumerate(self.phases):
            place = PHASES.index(phase.phase)
            if place <= before:
                found[index] = PHASES[before]
            before = max(before, place)
        return found

    @rule
    def _somebody_can_do_something(self) -> Iterator[Contradiction]:
        if self.phases and not {phase.phase for phase in self.phases} & _FOR_INHABITANTS:
            message = "have none in which inhabitants do something"
            yield Contradiction(
                ("phases",), message, "Add accepting (of ideas), selecting (support) or balloting (votes)."
            )

    @rule
    def _phases_have_a_beginning(self) -> Iterator[Contradiction]:
        for index, phase in enumerate(self.phases):
            if phase.from_ is None and index and phase.phase != "finished":
                yield Contradiction(("phases", index), "has no beginning", "Add from: a moment.")

    @rule
    def _phases_follow_each_other(self) -> Iterator[Contradiction]:
        before, misplaced = self.opens, self._misplaced()
        for index, phase in enumerate(self.phases):
            begin = phase.from_
            # When a phase in the wrong place begins says nothing.
            if begin is None or index in misplaced:
                continue
            if not index and begin.at < before.at:
                message = f"{begin} is before it opens, {self.opens}"
                yield Contradiction(("phases", index, "from"), message, "Give a later moment, or an earlier opens.")
            elif begin.at < before.at or (index and begin.at == before.at):
                message = f"{begin} is not after what comes before it, {before}"
                yield Contradiction(("phases", index, "from"), message, "Give a later moment.")
            elif begin.at > self.closes.at or (begin.at == self.closes.at and phase.phase != "finished"):
                message = f"{begin} is after it closes, {self.closes}"
                yield Contradiction(("phases", index, "from"), message, "Give an earlier moment, or a later closes.")
            before = begin

    @rule
    def _hidden_amounts_cannot_be_divided(self) -> Iterator[Contradiction]:
        if self.amounts == "hidden" and self.voting == "knapsack":
            message = "are hidden, but people divide them: voting is knapsack"
            yield Contradiction(("amounts",), message, "Set voting to approval, or show them.")

    @rule
    def _keys_of_their_own(self) -> Iterator[Contradiction]:
        yield from once(self.groups, "groups")
        yield from texts_once(((("groups", place, "name"), one.name) for place, one in enumerate(self.groups)), "group")
        first: dict[str, Way] = {}
        for number, group in enumerate(self.groups):
            for index, heading in enumerate(group.headings):
                way: Way = ("groups", number, "headings", index, "key")
                if first.setdefault(heading.key, way) != way:
                    message = f'"{heading.key}" is the key of another heading as well'
                    yield Contradiction(way, message, "Give each a key of its own.")
        headings = [
            (("groups", number, "headings", place, "name"), heading.name)
            for number, group in enumerate(self.groups)
            for place, heading in enumerate(group.headings)
        ]
        yield from texts_once(headings, "heading")


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

    key: ObjectKey = Field("1", description=_KEY, examples=["ontwerp"])
    title: TranslatedLine = Field(description="What it is called.", examples=["Ontwerp"])
    file: TranslatedFile = Field(description="Markdown file with the text.", examples=["vraagstuk/plan.md"])
    published: Day = Field(description="Day on which it is published.", examples=["2027-03-01"])
    final: Flag = Field(False, description="Whether it is the final version.")
    changes: TranslatedText | None = Field(
        None, description="What is different from the version before.", examples=["Paragraaf 2 is nieuw."]
    )


class PlanQuestion(Section):
    """A question about a plan, for its debate phase."""

    key: ObjectKey = Field(description=_KEY, examples=["verkeer"])
    title: TranslatedLine = Field(description="The question.", examples=["Wat vindt u van het verkeer?"])
    description: TranslatedText | None = Field(None, description="More about it.", examples=["Zie paragraaf 3."])
    options: tuple[PlanOption, ...] = Field((), description="Answers to choose from; none: only reactions.")

    @rule
    def _options_can_be_told_apart(self) -> Iterator[Contradiction]:
        yield from once(self.options, "options")
        yield from titles_once(self.options, "options", "answer")


class Legislation(Vraagstuk):
    """A plan or policy text: inhabitants read it, answer questions about it and comment on it."""

    instrument: Literal["legislation"] = Field(description=_INSTRUMENT)
    image: Image | None = Field(None, description=_IMAGE, examples=["beeld/plein.jpg"])
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


AnyVraagstuk = Annotated[Debate | Proposals | Poll | Budget | Legislation, Field(discriminator="instrument")]
Vraagstukken = Annotated[tuple[AnyVraagstuk, ...], *ONE_OR_MORE]


def contradictions(instance: "Instance") -> Iterator[Contradiction]:
    """Yield what does not go together with the rest of the file."""
    yield from once(instance.vraagstuk, "vraagstuk")
    yield from titles_once(instance.vraagstuk, "vraagstuk", "vraagstuk")
    for index, one in enumerate(instance.vraagstuk):
        for check in (_module_is_on, _has_a_page_of_its_own, _districts_are_known):
            try:
                yield from [found._replace(key=("vraagstuk", index, *found.key)) for found in check(instance, one)]
            except AttributeError:
                # It asks for what is not known.
                continue


def _module_is_on(instance: "Instance", one: Any) -> Iterator[Contradiction]:  # noqa: ANN401 — one of five
    module = MODULES[one.instrument]
    if not getattr(instance.modules, module):
        message = f"is {one.instrument}, but module {module} is off"
        yield Contradiction(("instrument",), message, f"Set modules.{module} to on.")


def _has_a_page_of_its_own(instance: "Instance", one: Any) -> Iterator[Contradiction]:  # noqa: ANN401 — one of five
    other = next((name for name in instance.pages if slug_of(name).lower() == one.key), None)
    if other is not None:
        message = f'"{one.key}" is the address of page {other} as well'
        yield Contradiction(("key",), message, "Give one of the two another name.")


def _districts_are_known(instance: "Instance", one: Any) -> Iterator[Contradiction]:  # noqa: ANN401 — one of five
    known = [district.key for district in instance.districts]
    named: list[tuple[Way, str]] = [(("districts", place), key) for place, key in enumerate(one.districts)]
    for number, group in enumerate(getattr(one, "groups", ())):
        for place, heading in enumerate(group.headings):
            if heading.district is not None:
                named.append((("groups", number, "headings", place, "district"), heading.district))
    for way, key in named:
        if key not in known:
            todo = choices(key, known) if known else "Add districts: a list with key and name."
            yield Contradiction(way, f'"{key}" is no key of a district', todo)
