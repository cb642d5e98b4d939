"""Kinds of values that lead somewhere: links, image files, keys of texts."""

# Pydantic reads these annotations at run time, so they are not postponed.
import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from ddconsul.instance.kinds import pictures
from ddconsul.instance.kinds.paths import MEGABYTE, OPENED, opened
from ddconsul.instance.kinds.values import Kind, email, http_url, wrong


def _url(value: str) -> str:
    if value.startswith("mailto:"):
        email(value.removeprefix("mailto:").partition("?")[0])
    if re.fullmatch(r"/\S*|#\S*|mailto:\S+|tel:[+]?[0-9-]*[0-9]", value) and not value.startswith("//"):
        return value
    todo = "Write a path on the site, such as /proposals, or an address with https://."
    if re.fullmatch(r"[a-z0-9_-]{1,80}", value):
        raise wrong("is not a link", f"Did you mean /{value}? {todo}")
    try:
        return http_url(value)
    except PydanticCustomError as error:
        about = (error.context or {}).get("todo", "") if "://" in value or "." in value else ""
        raise wrong("is not a link", about or todo) from error


Url = Annotated[str, AfterValidator(_url), Kind("path on the site, or URL")]


@dataclass(frozen=True)
class Upload:
    """A file that goes to the site.

    Args:
        path: Where it is.
        content_type: What it is.
        md5: Its MD5, in hexadecimal digits.
        size: How many bytes it has.
    """

    path: Path
    content_type: str = ""
    md5: str = ""
    size: int = 0

    @property
    def checksum(self) -> str:
        """Return the MD5 as Active Storage keeps it (its column `checksum`): in base64."""
        return base64.b64encode(bytes.fromhex(self.md5)).decode()


@dataclass(frozen=True)
class Picture(Upload):
    """An image file.

    Args:
        pixels: Its width and height.
    """

    pixels: tuple[int, int] = (0, 0)


def _picture(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Picture):
        return value
    path, data = opened(value, info, "an image file", 20 * MEGABYTE, "Save it anew, with fewer pixels.")
    if data is None:
        return Picture(path)
    kind = pictures.kind_of(data)
    if kind is None:
        raise wrong("is not an image that Consul takes", "Save it as JPEG.")
    pictures.check_name(path, kind)
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return Picture(path, kind, md5, len(data), pictures.size_of(data))


Image = Annotated[
    Any,
    BeforeValidator(_picture),
    *OPENED,
    Kind("path of an image file"),
]


def _text_key(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_?!-]+)+", value):
        raise wrong(
            "is not the key of a text", "Such as layouts.header.proposals: small letters, with dots in between."
        )
    return value


TextKey = Annotated[str, AfterValidator(_text_key), Kind("key of a text")]
