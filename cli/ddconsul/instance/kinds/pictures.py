"""What is in an image file: whether it is whole, of the kind that its name says, and how large."""

from __future__ import annotations

import struct
import warnings
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from ddconsul.instance.kinds.values import wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic_core import PydanticCustomError

# What each kind of image begins with.
SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}
_ENDINGS = {"image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",), "image/gif": (".gif",), "image/svg+xml": (".svg",)}
# A poster of a metre wide. What is larger takes the memory of a machine to look at it.
_MOST_PIXELS = 50_000_000
# Elements within elements: each costs what draws them a call within a call.
_DEEPEST = 100
# What Pillow raises for what is no image of the kind that it begins as.
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, struct.error, zlib.error)
_ANEW = "Open it: if you see it whole, save it anew. Otherwise ask for the file once more."


def kind_of(data: bytes) -> str | None:
    """Return the kind of image that bytes begin as, such as `image/png`; None when they do as none."""
    return next((kind for start, kind in SIGNATURES.items() if data.startswith(start)), None)


def check_name(path: Path, kind: str) -> None:
    """Check that a file's name does not say that it is another kind of image.

    Args:
        path: The file.
        kind: What it is, such as `image/png`.

    Raises:
        PydanticCustomError: When it does: servers and people go by the name.
    """
    told = next((other for other, endings in _ENDINGS.items() if path.suffix.lower() in endings), kind)
    if told != kind:
        name = kind.rpartition("/")[2].removesuffix("+xml").upper()
        todo = f"Name it {path.stem}{_ENDINGS[kind][0]}, or save it as the kind that its name says."
        raise wrong(f"is {name}, whatever its name says", todo)


def size_of(data: bytes) -> tuple[int, int]:
    """Return width and height of an image, in pixels.

    Args:
        data: A JPEG, PNG or GIF.

    Raises:
        PydanticCustomError: When it is damaged, not whole, or too large to look at.
    """
    from PIL import Image, ImageFile  # noqa: PLC0415 — only a file with images pays for it

    # WeasyPrint sets this for everybody: then half an image counts as one.
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with warnings.catch_warnings(), Image.open(BytesIO(data), formats=["JPEG", "PNG", "GIF"]) as image:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            size = image.size
            # Of a JPEG an eighth of the pixels tells as well whether it is whole.
            image.draft("L", (1, 1))
            if size[0] * size[1] <= _MOST_PIXELS:
                image.load()
    except Image.DecompressionBombError as error:
        raise _too_large("more pixels than fit in memory") from error
    except _BROKEN as error:
        raise wrong("is damaged, or not whole: it cannot be read to its end", _ANEW) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    if size[0] * size[1] > _MOST_PIXELS:
        raise _too_large(f"{size[0]} by {size[1]} pixels")
    return size


def _too_large(what: str) -> PydanticCustomError:
    return wrong(f"has {what}; {_MOST_PIXELS // 1_000_000} million is the most", "Save it anew, smaller.")


def check_svg(data: bytes) -> None:
    """Check that an SVG can be drawn.

    Args:
        data: What stands in the file.

    Raises:
        PydanticCustomError: When it cannot, with the line.
    """
    for line, what in _amiss_in_svg(data):
        raise wrong(f"is not right: line {line} {what}", "Save it anew, as plain SVG.")


def _amiss_in_svg(data: bytes) -> Iterator[tuple[int, str]]:
    from xml.parsers import expat  # noqa: PLC0415 — only a file with a logo pays for it

    found: list[tuple[int, str]] = []
    depth = 0

    def amiss(what: str) -> None:
        found.append((parser.CurrentLineNumber, what))

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == _DEEPEST:
            amiss("has elements within elements without end")
        elif depth == 1 and name.rpartition(":")[2] != "svg":
            amiss(f"begins with <{name}>, not with <svg>")
        elif depth == 1 and "viewBox" not in attributes and not {"width", "height"} <= attributes.keys():
            amiss("tells no size: <svg> has neither viewBox nor width and height")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    # Only text, since an entity within entities can stand for more than fits in memory.
    def entity(*_: object) -> None:
        amiss("declares an entity, which is not drawn")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = begin, end, entity
    try:
        parser.Parse(data, True)  # noqa: FBT003 — expat takes no names
    except expat.ExpatError as error:
        found.append((error.lineno, f"is not XML ({expat.ErrorString(error.code)})"))
    except ValueError:
        amiss("is not XML")
    yield from found
