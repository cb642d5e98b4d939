"""What every vraagstuk has, however inhabitants take part; and the kinds of value that several instruments know."""

# Pydantic reads these annotations at run time, so they are not postponed.
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ddconsul.instance.kinds.apart import once
from ddconsul.instance.kinds.moments import Closing, Day, Opening
from ddconsul.instance.kinds.translated import TranslatedFile, TranslatedLine, TranslatedText
from ddconsul.instance.kinds.values import Email, Kind, Line, wrong
from ddconsul.instance.section import Contradiction, Section, rule
from ddconsul.instance.sections.home import ObjectKey
from ddconsul.instance.sections.pages import TAKEN

Way = tuple[str | int, ...]
KEY = "Name by which ddconsul knows it again, so that its texts can change. Nobody sees it."
IMAGE = "Image: JPEG. Not of a debate or of proposals."
INSTRUMENT = "How inhabitants take part: it decides which other keys there are."
# Consul's TagSanitizer; a comma parts one from the next.
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
