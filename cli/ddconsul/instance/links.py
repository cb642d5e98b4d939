"""Kinds of values that lead somewhere: links, image files, keys of texts."""

# Pydantic reads these annotations at run time, so they are not postponed.
import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema

from ddconsul.instance.values import Kind, base_folder, existing_file, http_url, wrong


def _url(value: str) -> str:
    if re.fullmatch(r"/\S*|#\S*|mailto:\S+@\S+|tel:[+0-9-]+", value) and not value.startswith("//"):
        return value
    try:
        return http_url(value)
    except ValueError as error:
        raise wrong(
            "is not a link", "Write a path on the site, such as /proposals, or an address with https://."
        ) from error


Url = Annotated[str, AfterValidator(_url), Kind("path on the site, or URL")]

# What each kind of image begins with.
_SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}


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


class Picture(Upload):
    """An image file."""

    def pixels(self) -> tuple[int, int] | None:
        """Return its width and height; None when that can't be read."""
        from PIL import Image as Pillow  # noqa: PLC0415 — only few pictures have to have a size

        try:
            with Pillow.open(self.path) as opened:
                return opened.size
        except OSError:
            return None


def _picture(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Picture):
        return value
    if not isinstance(value, str):
        raise wrong("is not a path", "Write the path of an image file.")
    path = existing_file(value, info)
    assert isinstance(path, Path)  # noqa: S101 — for mypy
    if base_folder(info) is None:
        return Picture(path)
    data = path.read_bytes()
    kind = next((kind for start, kind in _SIGNATURES.items() if data.startswith(start)), None)
    if kind is None:
        raise wrong("is not an image that Consul takes", "Save it as JPEG.")
    return Picture(path, kind, hashlib.md5(data, usedforsecurity=False).hexdigest(), len(data))


Image = Annotated[
    Any,
    BeforeValidator(_picture),
    PlainSerializer(lambda picture: str(picture.path)),
    Kind("path of an image file"),
    WithJsonSchema({"type": "string", "minLength": 1}),
]


def _text_key(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_?!-]+)+", value):
        raise wrong(
            "is not the key of a text", "Such as layouts.header.proposals: small letters, with dots in between."
        )
    return value


TextKey = Annotated[str, AfterValidator(_text_key), Kind("key of a text")]
