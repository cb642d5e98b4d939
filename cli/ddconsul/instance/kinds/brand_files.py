"""Kinds of files that a house style is made of: logos, fonts, a stylesheet. Each is looked at as it is read."""

# Pydantic reads these annotations at run time, so they are not postponed.
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from ddconsul.instance.kinds import pictures
from ddconsul.instance.kinds.paths import MEGABYTE, PATH_SCHEMA, content
from ddconsul.instance.kinds.values import Kind, wrong
from ddconsul.instance.problems import shown

# TrueType, OpenType with CFF outlines, Apple's TrueType, WOFF and WOFF2.
_FONTS = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"wOFF", b"wOF2")
_LARGEST_CSS = 500_000
_DEEPEST_CSS = 50
# CSS Images 4 and CSS Values 5: functions in which a text is an address.
_FETCHING = {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade"}


def _logo(value: object, info: ValidationInfo) -> object:
    path, data = content(value, info, 5 * MEGABYTE, "It is shown small: save it anew, with fewer pixels or details.")
    if not isinstance(path, Path) or data is None:
        return path
    if pictures.kind_of(data) == "image/png":
        pictures.check_name(path, "image/png")
        pictures.size_of(data)
    elif _is_svg(data):
        pictures.check_name(path, "image/svg+xml")
        pictures.check_svg(data)
    else:
        raise wrong("is neither SVG nor PNG", "Save the logo as SVG, which stays sharp at any size, or as PNG.")
    return path


def _is_svg(data: bytes) -> bool:
    return re.search(rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s/>]", data[:10_000]) is not None


def _font(value: object, info: ValidationInfo) -> object:
    path, data = content(value, info, 10 * MEGABYTE, "Each visitor waits for it: leave out letters that no page has.")
    if data is not None and not data.startswith(_FONTS):
        raise wrong("is not a font", "Give a file of the kind TTF, OTF, WOFF or WOFF2.")
    if data is not None and len(data) < _length_told(data):
        message = f"is not whole: it says that it has {_length_told(data)} bytes, and has {len(data)}"
        raise wrong(message, "Ask for the file once more.")
    return path


def _length_told(data: bytes) -> int:
    """Return how many bytes a font has by what it says itself (WOFF 1.0 and 2.0, OpenType 1.9: their first tables)."""
    if data.startswith((b"wOFF", b"wOF2")):
        return int.from_bytes(data[8:12], "big")
    count = int.from_bytes(data[4:6], "big")
    rows = (data[start : start + 16] for start in range(12, 12 + 16 * count, 16))
    ends = [int.from_bytes(row[8:12], "big") + int.from_bytes(row[12:16], "big") for row in rows]
    return max(ends, default=12 + 16)


def _stylesheet(value: object, info: ValidationInfo) -> object:
    path, data = content(value, info, _LARGEST_CSS, "Each visitor waits for it: leave out what is not needed.")
    if data is None:
        return path
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise wrong("is not UTF-8", "Save it as UTF-8.") from error
    for line, what in _amiss(text):
        raise wrong(f"is not right: line {line} {what}", f"Looked in {path}.")
    return path


def _amiss(text: str) -> Iterator[tuple[int, str]]:
    """Yield what is wrong in a stylesheet, by line: nothing may be loaded from elsewhere."""
    import tinycss2  # noqa: PLC0415 — few files have a stylesheet

    elsewhere = "loads {} from elsewhere; write it out as url(data:...), and give fonts in branding.fonts"
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if rule.type == "error":
            yield rule.source_line, f"is not CSS ({rule.message})"
        elif rule.type == "at-rule" and rule.lower_at_keyword == "import":
            yield rule.source_line, elsewhere.format("another stylesheet")
    for node, texts, depth in _nodes(tinycss2.parse_component_value_list(text)):
        if node.type == "error":
            yield node.source_line, f"is not CSS ({node.message})"
        elif depth > _DEEPEST_CSS:
            yield node.source_line, "has brackets within brackets without end"
        # What a browser would fetch.
        elif (node.type == "url" or (texts and node.type == "string")) and not node.value.startswith(("data:", "#")):
            yield node.source_line, elsewhere.format(shown(node.value))
    # A brace too many is an error only where all that was opened has been closed.
    if tinycss2.parse_component_value_list(f"{text}}}")[-1].type != "error":
        yield text.count("\n") + 1, "ends within a rule, a text or a comment: is the file whole?"


def _nodes(nodes: Iterable[Any]) -> Iterator[tuple[Any, bool, int]]:
    """Yield the parts of a stylesheet, those in brackets too: each with whether a text is an address there, and depth.

    Args:
        nodes: The outermost parts.
    """
    waiting = [(node, False, 0) for node in nodes][::-1]
    while waiting:
        node, texts, depth = waiting.pop()
        yield node, texts, depth
        inside = node.arguments if node.type == "function" else getattr(node, "content", None)
        if isinstance(inside, list):
            fetching = node.type == "function" and node.lower_name in _FETCHING
            waiting += [(part, fetching, depth + 1) for part in inside][::-1]


Logo = Annotated[Path, BeforeValidator(_logo), Kind("path of an SVG or PNG file"), PATH_SCHEMA]
FontFile = Annotated[Path, BeforeValidator(_font), Kind("path of a font file"), PATH_SCHEMA]
Stylesheet = Annotated[Path, BeforeValidator(_stylesheet), Kind("path of a CSS file"), PATH_SCHEMA]
