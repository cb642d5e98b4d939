"""Sections `home` and `banners`: what inhabitants see first."""

# Pydantic reads these annotations at run time, so they are not postponed.
import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from ddconsul.instance.kinds.links import Image, Url
from ddconsul.instance.kinds.moments import on_the_calendar
from ddconsul.instance.kinds.translated import TranslatedLine, TranslatedText
from ddconsul.instance.kinds.values import FLAGS, Colour, Kind, wrong
from ddconsul.instance.section import Contradiction, Section, rule

KEY_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}$"
ObjectKey = Annotated[str, Field(pattern=KEY_PATTERN), Kind("short name: small letters, digits, hyphens; 40 at most")]
_KEY_DESCRIPTION = "Name by which ddconsul knows it again, so that its texts can change. Nobody sees it."


class Header(Section):
    """The top of the home page."""

    title: TranslatedLine = Field(description="What it says, large.", examples=["Praat mee"])
    description: TranslatedText | None = Field(
        None, description="What it says under that.", examples=["Samen beslissen."]
    )
    link_text: TranslatedLine | None = Field(
        None, description="Text of the button.", examples=["Bekijk de voorstellen"]
    )
    link: Url | None = Field(None, description="Where the button leads.", examples=["/proposals"])
    image: Image | None = Field(None, description="Image beside it: JPEG.", examples=["beeld/plein.jpg"])

    @rule
    def _button_has_text_and_link(self) -> Iterator[Contradiction]:
        if (self.link is None) != (self.link_text is None):
            here, other = ("link", "link_text") if self.link_text is None else ("link_text", "link")
            yield Contradiction((here,), f"is given, but there is no {other}: no button is shown", f"Add {other}.")


class Card(Section):
    """A card on the home page, which leads somewhere."""

    key: ObjectKey = Field(description=_KEY_DESCRIPTION, examples=["wijken"])
    title: TranslatedLine = Field(description="Title.", examples=["Uw wijk"])
    link: Url = Field(description="Where it leads.", examples=["/budgets"])
    label: TranslatedLine | None = Field(None, description="Small text above the title.", examples=["Nieuw"])
    description: TranslatedText | None = Field(None, description="Text.", examples=["Verdeel mee."])
    link_text: TranslatedLine | None = Field(None, description="Text of the link.", examples=["Lees meer"])
    image: Image | None = Field(None, description="Image: JPEG.", examples=["beeld/plein.jpg"])
    columns: Annotated[int, Field(ge=1, le=12, strict=True), Kind("number from 1 to 12")] = Field(
        4, description="Width: how many of the 12 columns of the page."
    )


_MOST_IN_FEED = 30


def _feed(value: object) -> object:
    """Return how many there are: 0 for off; True for on, as many as Consul shows by itself."""
    if isinstance(value, str) and value.strip().lower() in FLAGS:
        return FLAGS[value.strip().lower()]
    if isinstance(value, bool) or (isinstance(value, int) and 0 <= value <= _MOST_IN_FEED):
        return value
    raise wrong("is not right for a list", f"Give how many there are, from 0 to {_MOST_IN_FEED}, or on or off.")


Feed = Annotated[
    int | bool,
    BeforeValidator(_feed),
    Kind(f"number from 0 to {_MOST_IN_FEED}, or on or off"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": _MOST_IN_FEED},
                {"type": "boolean"},
                {"type": "string"},
            ]
        }
    ),
]


class Feeds(Section):
    """Lists on the home page of what is going on: how many there are in each. Default: on when the module is on."""

    proposals: Feed | None = Field(None, description="Proposals with most activity.", examples=[3])
    debates: Feed | None = Field(None, description="Debates with most activity.", examples=[3])
    processes: Feed | None = Field(None, description="Plans and policy texts that are open.", examples=[3])


def _keys_once(items: tuple[Any, ...], name: str) -> Iterator[Contradiction]:
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        other = first.setdefault(getattr(item, "key", f"#{index}"), index)
        if other != index:
            message = f'"{item.key}" is the key of {name}[{other}] as well'
            yield Contradiction((name, index, "key"), message, "Give each a key of its own.")


class Home(Section):
    """The home page."""

    header: Header | None = Field(None, description="The top of the page.")
    cards: tuple[Card, ...] = Field((), description="Cards, in the order in which they stand there.")
    feeds: Feeds = Field(Feeds.absent(), description="Lists of what is going on.")

    @rule
    def _cards_have_keys_of_their_own(self) -> Iterator[Contradiction]:
        yield from _keys_once(self.cards, "cards")


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    text = str(value).strip()
    dutch = re.fullmatch(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})", text)
    if dutch:
        day, month, year = dutch.groups()
        raise wrong("is not a date", f"Did you mean {year}-{month:0>2}-{day:0>2}? Year, month, day.")
    if re.match(r"\d{4}-\d\d-\d\d[T ]\d", text):
        # The column has days only; and twice a year an hour is there twice, or not at all.
        raise wrong("has a time of day", f"Give the day alone: {text[:10]}.")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise wrong("is not a date", "Write year, month and day, such as 2027-03-31.")
    return on_the_calendar(*map(int, text.split("-")))


Day = Annotated[
    date,
    BeforeValidator(_day),
    Kind("date: year-month-day"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
WebSection = Literal["homepage", "debates", "proposals", "budgets", "help_page", "sdg"]


_SHORTEST_TITLE = 2


class Banner(Section):
    """A message at the top of pages, for some time."""

    key: ObjectKey = Field(description=_KEY_DESCRIPTION, examples=["zomer"])
    title: TranslatedLine = Field(description="Title.", examples=["De stembus is open"])
    description: TranslatedText = Field(description="Text.", examples=["U kunt stemmen tot en met 31 maart."])
    link: Url = Field(description="Where it leads.", examples=["/polls"])
    from_: Day = Field(alias="from", description="First day.", examples=["2027-03-01"])
    until: Day = Field(description="Last day.", examples=["2027-03-31"])
    sections: tuple[WebSection, ...] = Field(("homepage",), min_length=1, description="Where it stands.")
    background: Colour = Field("#e7f2fc", description="Colour of the background.")
    text: Colour = Field("#222222", description="Colour of the text.")

    @rule
    def _ends_after_it_begins(self) -> Iterator[Contradiction]:
        if self.until < self.from_:
            message = f"{self.until} is before the first day, {self.from_}"
            yield Contradiction(("until",), message, "Exchange them, or give a later day.")

    @rule
    def _has_a_title_that_consul_takes(self) -> Iterator[Contradiction]:
        # app/models/banner.rb
        if any(len(text) < _SHORTEST_TITLE for text in self.title.values()):
            yield Contradiction(("title",), "is too short", f"{_SHORTEST_TITLE} characters at least.")

    @rule
    def _is_legible(self) -> Iterator[Contradiction]:
        from ddconsul.instance.kinds.contrast import LEGIBLE, contrast  # noqa: PLC0415 — few files have banners

        found = contrast(self.text, self.background)
        if found < LEGIBLE:
            key = "text" if "text" in self.model_fields_set else "background"
            message = f"makes the text hard to read: a contrast of {found:.1f} to 1; WCAG asks for {LEGIBLE} to 1"
            yield Contradiction((key,), message, "Let one of the two colours be lighter or darker.")
