"""Section `branding`: how the site looks."""

from pydantic import Field

from ddconsul.instance.section import Section
from ddconsul.instance.values import Colour


class Colours(Section):
    """Colours of the municipality's house style; text on them gets black or white, whichever reads best."""

    brand: Colour | None = Field(None, description="Main colour: buttons, accents.", examples=["#154273"])
    link: Colour | None = Field(None, description="Colour of links. Default: the main colour.", examples=["#01689b"])
    header: Colour | None = Field(
        None, description="Background of the header. Default: the main colour.", examples=["#154273"]
    )
    footer: Colour | None = Field(None, description="Background of the footer.", examples=["#f1f1f1"])


class Branding(Section):
    """How it looks."""

    colours: Colours = Field(Colours(), description="Colours of the house style.")
