"""Kinds of files that a house style is made of: logos, fonts, a stylesheet. Each is looked at as it is read."""

# Pydantic reads these annotations at run time, so they are not postponed.
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema

from ddconsul.instance.problems import shown
from ddconsul.instance.values import Kind, base_folder, existing_file, wrong

_PNG = b"\x89PNG\r\n\x1a\n"
# TrueType, OpenType with CFF outlines, Apple's TrueType, WOFF and WOFF2.
_FONTS = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"wOFF", b"wOF2")
_LARGEST_CSS = 500_000
# CSS Images 4 and CSS Values 5: functions in which a text is an address.
_FETCHING = {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade"}
_PATH_SCHEMA = WithJsonSchema({"type": "string", "minLength": 1})


def _content(value: object, info: ValidationInfo) -> tuple[object, bytes | None]:
    """Return the path of a file, and what is in it; None where files are not looked at."""
    path = existing_file(value, info)
    if not isinstance(path, Path) or base_folder(info) is None:
        return path, None
    try:
        return path, path.read_bytes()
    except OSError as error:
        raise wrong(f"cannot be read: {error.strerror}", f"Looked for {path}.") from error


def _logo(value: object, info: ValidationInfo) -> object:
    path, data = _content(value, info)
    if data is not None and not data.startswith(_PNG) and not _is_svg(data):
        raise wrong("is neither SVG nor PNG", "Save the logo as SVG, which stays sharp at any size, or as PNG.")
    return path


def _is_svg(data: bytes) -> bool:
    return re.search(rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s/>]", data[:10_000]) is not None


def _font(value: object, info: ValidationInfo) -> object:
    path, data = _content(value, info)
    if data is not None and not data.startswith(_FONTS):
        raise wrong("is not a font", "Give a file of the kind TTF, OTF, WOFF or WOFF2.")
    return path


def _stylesheet(value: object, info: ValidationInfo) -> object:
    path, data = _content(value, info)
    if data is None:
        return path
    if len(data) > _LARGEST_CSS:
        raise wrong("is larger than 500 kB", "Each visitor waits for it: leave out what is not needed.")
    try:
        text = data.decode()
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
    for line, address in _addresses(tinycss2.parse_component_value_list(text)):
        if not address.startswith(("data:", "#")):
            yield line, elsewhere.format(shown(address))


def _addresses(nodes: Iterable[Any], *, texts: bool = False) -> Iterator[tuple[int, str]]:
    """Yield what a browser would fetch, with its line.

    Args:
        nodes: Parts of a stylesheet.
        texts: Whether a text is an address there.
    """
    for node in nodes:
        if node.type == "url" or (texts and node.type == "string"):
            yield node.source_line, node.value
        elif node.type == "function":
            yield from _addresses(node.arguments, texts=node.lower_name in _FETCHING)
        elif hasattr(node, "content"):
            yield from _addresses(node.content)


Logo = Annotated[Path, BeforeValidator(_logo), Kind("path of an SVG or PNG file"), _PATH_SCHEMA]
FontFile = Annotated[Path, BeforeValidator(_font), Kind("path of a font file"), _PATH_SCHEMA]
Stylesheet = Annotated[Path, BeforeValidator(_stylesheet), Kind("path of a CSS file"), _PATH_SCHEMA]
