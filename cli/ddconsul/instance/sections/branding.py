"""Section `branding`: how the site looks."""

# Pydantic reads these annotations at run time, so they are not postponed.
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from ddconsul.instance.kinds.brand_files import FontFile, Logo, Stylesheet
from ddconsul.instance.kinds.tokens import TokenPackage, fetch_command
from ddconsul.instance.kinds.values import Colour, Flag, Kind, Line
from ddconsul.instance.section import Contradiction, Section, rule
from ddconsul.instance.sections import palette


class Colours(Section):
    """Colours of the municipality's house style; text on them gets black or white, whichever reads best."""

    brand: Colour | None = Field(None, description="Main colour: buttons, accents.", examples=["#154273"])
    link: Colour | None = Field(None, description="Colour of links. Default: the main colour.", examples=["#01689b"])
    header: Colour | None = Field(
        None, description="Background of the header. Default: the main colour.", examples=["#154273"]
    )
    menu: Colour | None = Field(
        None, description="Background of the menu. Default: that of the page.", examples=["#f1f1f1"]
    )
    footer: Colour | None = Field(None, description="Background of the footer.", examples=["#f1f1f1"])
    button: Colour | None = Field(
        None, description="Background of buttons. Default: the main colour.", examples=["#01689b"]
    )
    heading: Colour | None = Field(
        None, description="Colour of headings. Default: that of the text.", examples=["#154273"]
    )
    focus: Colour | None = Field(
        None, description="Colour of the ring around what has the focus. Default: yellow.", examples=["#ffb612"]
    )


_THIN, _FAT = 1, 1000  # CSS Fonts 4, section 2.2


class Font(Section):
    """A font file of the municipality's own; the site serves it itself, and in a smaller form."""

    file: FontFile = Field(description="TTF, OTF, WOFF or WOFF2 file.", examples=["lettertype/Zee-Regular.ttf"])
    licence: Line = Field(
        description="What allows the municipality to use it on a website: a licence or a contract.",
        examples=["OFL-1.1"],
    )
    weight: Annotated[int, Field(ge=_THIN, le=_FAT, strict=True), Kind(f"number from {_THIN} to {_FAT}")] = Field(
        400, description="How bold it is: 400 for regular, 700 for bold."
    )
    style: Literal["normal", "italic"] = Field("normal", description="normal or italic.")
    use: Literal["everything", "headings"] = Field("everything", description="What is set in it.")


class Branding(Section):
    """How it looks."""

    colours: Colours = Field(Colours.absent(), description="Colours of the house style.")
    tokens: TokenPackage | None = Field(
        None,
        description="npm package with design tokens of NL Design System, which give the colours that are not given "
        "here. `ddconsul brand fetch` fetches it.",
        examples=["@nl-design-system-unstable/voorbeeld-design-tokens@7.4.1"],
    )
    owner: Flag = Field(False, description="Whether the tokens are the municipality's own, or it may use them.")
    accept_contrast: Line | None = Field(
        None,
        description="Why colours are used that are too hard to read or see by WCAG 2.2 AA.",
        examples=["Huisstijl wordt in 2027 herzien"],
    )
    logo: Logo | None = Field(
        None, description="Logo, as SVG or PNG: header, mail, and what others show of the site.", examples=["logo.svg"]
    )
    icon: Logo | None = Field(
        None,
        description="Square image for where there is little room, such as a browser's tab. Default: the logo.",
        examples=["icoon.svg"],
    )
    fonts: tuple[Font, ...] = Field((), description="Fonts of one's own.")
    css: Stylesheet | None = Field(
        None, description="Stylesheet for all that the rest of this section can't say.", examples=["eigen.css"]
    )

    @rule
    def _tokens_are_there(self) -> Iterator[Contradiction]:
        if self.tokens is not None and self.tokens.missing:
            yield Contradiction(("tokens",), self.tokens.missing, f"Run {fetch_command()}.")

    @rule
    def _tokens_are_of_the_owner(self) -> Iterator[Contradiction]:
        if self.tokens is not None and self.tokens.proprietary and not self.owner:
            message = f'may be used by its owner only: its licence is "{self.tokens.licence}"'
            todo = "Set branding.owner to on when it is yours, or choose a package with a free licence."
            yield Contradiction(("tokens",), message, todo)

    @rule
    def _colours_can_be_told_apart(self) -> Iterator[Contradiction]:
        if self.accept_contrast is None:
            for pair in palette.failing(self):
                yield Contradiction(pair.way, pair.sentence, pair.advice(), "contrast")
