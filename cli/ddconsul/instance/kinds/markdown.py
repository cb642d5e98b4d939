"""Page texts in Markdown → HTML, no more of it than Consul keeps.

Consul shows a page through a sanitiser of its own (app/lib/admin_wysiwyg_sanitizer.rb), which takes away without a word
what it does not know. So that nobody misses a part of a text on the site, such a part is refused here, with its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

OPEN_PLACE = "[invullen"
"""How a place begins that somebody has yet to fill in."""
_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")


# C0 and C1 without tab; overrides of direction (Unicode, annex 9), which show a text other than it is.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Flaw(NamedTuple):
    """What is wrong with a text.

    Args:
        line: The line, from 1.
        message: What is wrong with it.
        todo: What to do.
    """

    line: int
    message: str
    todo: str


@dataclass(frozen=True)
class Markdown:
    """A text in Markdown.

    Args:
        name: Its file, as the municipality file names it.
        text: What stands in it.
        path: Where it is.
    """

    name: str
    text: str
    path: str = ""

    @property
    def title(self) -> str:
        """Return the first heading, when that is of the first level; "" without one."""
        tokens = _parsed(self.text)
        return tokens[1].content if _begins_with_title(tokens) else ""

    def flaws(self) -> list[Flaw]:
        """Return what Consul would not show as it was meant."""
        return list(dict.fromkeys([*_unprintable(self.text), *_flaws(_parsed(self.text))]))

    def placeholders(self) -> Iterator[tuple[int, str]]:
        """Yield line and name of each place where a value of the municipality file goes: `{{ municipality.name }}`."""
        line, end = 1, 0
        for match in _PLACEHOLDER.finditer(self.text):
            line, end = line + self.text.count("\n", end, match.start()), match.start()
            yield line, match[1].strip()

    def open_places(self) -> list[int]:
        """Return the lines with something that has yet to be filled in."""
        return [number for number, line in enumerate(self.text.splitlines(), 1) if OPEN_PLACE in line]

    def source(self, values: Mapping[str, str]) -> str:
        """Return the text without its title, as Markdown.

        Args:
            values: What goes in the place of each placeholder.
        """
        text = filled_in(self.text, {name: _escaped(value) for name, value in values.items()})
        tokens = _parsed(text)
        if not _begins_with_title(tokens):
            return text.strip()
        assert tokens[0].map is not None  # noqa: S101 — for mypy: a heading has lines
        return "\n".join(text.splitlines()[tokens[0].map[1] :]).strip()

    def html(self, values: Mapping[str, str]) -> str:
        """Return the text without its title, as HTML.

        Args:
            values: What goes in the place of each placeholder.
        """
        tokens = _parsed(filled_in(self.text, {name: _escaped(value) for name, value in values.items()}))
        body = tokens[3:] if _begins_with_title(tokens) else tokens
        made: str = _engine().renderer.render(body, _engine().options, {})
        return made.strip()


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled in; those without a value are left as they are."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1].strip(), match[0]), text)


def _escaped(value: str) -> str:
    """Return a value so that no letter of it means something in Markdown."""
    return re.sub(r"([\\`*_\[\]<>#!|~&])", r"\\\1", value)


@cache
def _engine() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 — only a file with pages pays for it

    engine = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    # Consul writes quotes out: with these escapes a page would differ from itself.
    engine.add_render_rule("text", lambda _, tokens, index, *__: _in_html(tokens[index].content))
    return engine


def _in_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _parsed(text: str) -> list[Token]:
    tokens = _engine().parse(text)
    for token in tokens:
        # The alignment of a table's column, and a link's title: Consul keeps neither in this form.
        token.attrs.pop("style", None)
        for child in token.children or ():
            child.attrs.pop("title", None)
    return tokens


def _begins_with_title(tokens: Sequence[Token]) -> bool:
    return bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"


_REFUSED = {
    "html_block": ("holds HTML, which is not taken over", "Write it in Markdown."),
    "html_inline": ("holds HTML, which is not taken over", "Write it in Markdown."),
    "image": ("holds an image, which a page cannot have", "Remove it; a card on the home page can have one."),
    "blockquote_open": ("holds a quotation (>), which Consul does not show as one", "Write it as a paragraph."),
    "fence": ("holds a block of code, which Consul does not show as one", "Write it as a paragraph."),
    "code_block": ("holds an indented block, which Consul does not show as one", "Begin the line without spaces."),
    "code_inline": ("holds code between backticks, which Consul does not show as such", "Remove the backticks."),
    "hr": ("holds a rule, which Consul does not show", "Remove it, or write a heading."),
    "hardbreak": ("breaks off a line, which Consul does not do", "Begin a new paragraph with an empty line."),
}


def _unprintable(text: str) -> Iterator[Flaw]:
    """Yield lines with what nobody sees and that may turn a text around: control characters, and marks of direction."""
    for number, line in enumerate(text.split("\n"), 1):
        if _UNPRINTABLE.search(line):
            yield Flaw(number, "has a control character", "Type that line anew.")


def _flaws(tokens: Sequence[Token]) -> Iterator[Flaw]:
    for index, token in enumerate(tokens):
        line = token.map[0] + 1 if token.map else 1
        if token.type in _REFUSED:
            yield Flaw(line, *_REFUSED[token.type])
        elif token.type == "heading_open" and token.tag == "h1" and index:
            yield Flaw(line, "has a second title", "Write ## for a heading within the page.")
        elif token.type == "heading_open" and token.tag not in {"h1", "h2", "h3"}:
            yield Flaw(line, "has a heading of a level that Consul does not show", "Write ## or ###.")
        for child in token.children or ():
            if child.type in _REFUSED:
                yield Flaw(line, *_REFUSED[child.type])
            elif child.type == "link_open" and not child.attrs.get("href"):
                yield Flaw(line, "has a link that leads nowhere", "Write the address between the ( and the ).")
            line += child.type in {"softbreak", "hardbreak"}
