"""Sections `menu` and `footer`: what stands at the top and the foot of every page."""

# Pydantic reads these annotations at run time, so they are not postponed.
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ddconsul.instance.kinds.links import Url
from ddconsul.instance.kinds.translated import TranslatedLine, TranslatedText
from ddconsul.instance.kinds.values import Email, HttpUrl, Kind, Line, wrong
from ddconsul.instance.section import Section

Item = Literal["debates", "proposals", "polls", "legislation", "budgets", "sdg", "help"]


def _once(value: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((item for item in value if value.count(item) > 1), None)
    if twice:
        raise wrong(f"names {twice} twice", "Name each item once.")
    return value


Items = Annotated[tuple[Item, ...], AfterValidator(_once)]


class Link(Section):
    """A link."""

    text: TranslatedLine = Field(description="What it says.", examples=["Gemeente"])
    url: Url = Field(description="Where it leads.", examples=["https://www.example.org"])


class MenuLink(Link):
    """A link of one's own in the menu."""

    place: Literal["left", "right", "top"] = Field(
        "right", description="left or right of Consul's own items, or top: above the header."
    )


class Menu(Section):
    """The menu. Which modules are in it follows from `modules`."""

    order: Items = Field(
        (),
        description="Consul's own items in this order; what is not named follows.",
        examples=[["proposals", "debates"]],
    )
    hidden: Items = Field((), description="Items that are not shown, while their module stays on.", examples=[["help"]])
    links: tuple[MenuLink, ...] = Field((), description="Links of one's own.")


def _handle(value: str) -> str:
    name = value.strip().removeprefix("@")
    last = re.sub(r"^https?://[^/]+/@?|/$", "", name)
    if not re.fullmatch(r"[\w.-]+", name):
        guess = f"Did you mean {last}? " if re.fullmatch(r"[\w.-]+", last) else ""
        raise wrong("is not the name of an account", f"{guess}Give the name alone, without the address of the site.")
    return name


Handle = Annotated[str, AfterValidator(_handle), Kind("name of an account")]


class Social(Section):
    """The municipality's accounts on social media."""

    facebook: Handle | None = Field(None, description="Name on Facebook.", examples=["voorbeeldgemeente"])
    instagram: Handle | None = Field(None, description="Name on Instagram.", examples=["voorbeeldgemeente"])
    telegram: Handle | None = Field(None, description="Name on Telegram.", examples=["voorbeeldgemeente"])
    twitter: Handle | None = Field(None, description="Name on X (Twitter).", examples=["voorbeeldgemeente"])
    youtube: Handle | None = Field(None, description="Name on YouTube.", examples=["voorbeeldgemeente"])


class Footer(Section):
    """The foot of every page. Links to the legal pages and to Consul's source stand there already."""

    text: TranslatedText | None = Field(
        None, description="What it says of the platform.", examples=["Een platform van Voorbeeldgemeente."]
    )
    address: TranslatedText | None = Field(
        None, description="Address, with a line for each part.", examples=["Plein 1, 1234 AB Voorbeeld"]
    )
    email: Email | None = Field(None, description="E-mail address.", examples=["info@example.org"])
    phone: Line | None = Field(None, description="Telephone number.", examples=["14 012"])
    copyright: TranslatedLine | None = Field(
        None, description="Whose it is; the year follows.", examples=["Voorbeeldgemeente"]
    )
    links: tuple[Link, ...] = Field((), description="Links beside the social media.")
    legal_links: tuple[Link, ...] = Field((), description="Links beside the privacy statement.")
    social: Social = Field(Social.absent(), description="Accounts on social media.")
    source: HttpUrl | None = Field(
        None,
        description="Where the source of this platform is, when it has code of the municipality's own (AGPL).",
        examples=["https://git.example.org/platform"],
    )
