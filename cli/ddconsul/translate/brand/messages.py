"""Instance → the pages that stand in for the site's own when something is wrong, in its house style.

They need no other file: where they are shown, nothing else may answer.
"""

from __future__ import annotations

import tomllib
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from ddconsul import assets
from ddconsul.instance.sections.palette import CONSUL_BRAND, palette, text_on

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance

STARTING = "starting.html"
"""What nginx shows while the site doesn't answer."""


@cache
def _messages() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))


def message_pages(instance: Instance, *, standin: bool = False) -> dict[str, str]:
    """Return the pages as HTML, by file name: Rails has names for its own (403, 404, 422, 500).

    Args:
        instance: The checked municipality file.
        standin: Whether they have to say that this is the stand-in.
    """
    template = Template((assets.templates() / "brand/message.html").read_text(encoding="utf-8"))
    return {name: _page(template, instance, message, standin=standin) for name, message in _messages().items()}


def _page(template: Template, instance: Instance, message: dict[str, Any], *, standin: bool) -> str:
    colours = {role: shade.value for role, shade in palette(instance.branding).items()}
    header = colours.get("header", CONSUL_BRAND)
    words = message["words"]
    # A site in other languages has these pages in English, as Consul itself does.
    languages = [code for code in instance.municipality.languages if code in words] or ["en"]
    return template.substitute(
        language=languages[0],
        title=escape(words[languages[0]]["title"]),
        name=escape(instance.municipality.name),
        header=header,
        header_text=text_on(header),
        link=colours.get("link", CONSUL_BRAND),
        standin='<p class="standin">Dit is de stand-in, niet CONSUL DEMOCRACY zelf.</p>' if standin else "",
        sections="\n".join(_section(code, message["link"], words[code]) for code in languages),
    )


def _section(code: str, link: str, words: dict[str, str]) -> str:
    return (
        f'    <section lang="{code}">\n      <h1>{escape(words["title"])}</h1>\n      <p>{escape(words["text"])}</p>\n'
        f'      <p><a href="{link}">{escape(words["label"])}</a></p>\n    </section>'
    )
