"""Logo → the images of Consul, each in exactly the size that it asks for."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ddconsul.errors import InputError
from ddconsul.instance.sections.palette import palette
from ddconsul.translate.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ddconsul.instance.models import Instance

_WHITE = (255, 255, 255, 255)
_CLEAR = (255, 255, 255, 0)


@dataclass(frozen=True)
class Frame:
    """What an image has to be like.

    Args:
        width: Its width.
        height: Its height.
        square: Whether there is so little room that the icon goes there, when there is one.
        background: What is behind the logo.
        margin: How much of the width and height stays free on each side.
        left: Whether the logo stands at the left, not in the middle.
        narrow: Whether the image is as wide as the logo.
    """

    width: int
    height: int
    square: bool = False
    background: tuple[int, int, int, int] = _WHITE
    margin: float = 0.0
    left: bool = False
    narrow: bool = False


# Consul Democracy 2.5.1, app/models/site_customization/image.rb: names and sizes.
CONSUL_IMAGES = {
    "logo_header": Frame(260, 80, background=_CLEAR, narrow=True),
    "logo_email": Frame(400, 80, left=True),
    "apple-touch-icon-200": Frame(200, 200, square=True, margin=0.1),
    "favicon": Frame(16, 16, square=True, background=_CLEAR),
    "social_media_icon": Frame(470, 246, margin=0.12),
    "social_media_icon_twitter": Frame(246, 246, square=True, margin=0.12),
}
# Of these, Consul's pages name the file in its folder `public`, whatever is in the database. Networks want them large.
PUBLIC_IMAGES = {
    "/social_media_icon.png": Frame(1200, 630, margin=0.12),
    "/social_media_icon_twitter.png": Frame(600, 600, square=True, margin=0.12),
}
FAVICON = "/favicon.ico"
_FAVICON_SIZES = (16, 32, 48)
# Of 255: what is more there than not, and what is hard to tell from white.
_HALF, _LIGHT = 128, 210


@dataclass(frozen=True)
class ImageFile:
    """An image that was made of the logo, for Consul's database.

    Args:
        name: Name of the image in Consul.
        data: What is in it.
    """

    name: str
    data: bytes

    @property
    def md5(self) -> str:
        """Return its MD5, in hexadecimal digits."""
        return hashlib.md5(self.data, usedforsecurity=False).hexdigest()

    @property
    def checksum(self) -> str:
        """Return the MD5 as Active Storage keeps it: in base64."""
        return base64.b64encode(bytes.fromhex(self.md5)).decode()

    @property
    def file(self) -> str:
        """Return the name of its file on this machine and the host."""
        return f"{self.md5}.png"


def image_files(instance: Instance) -> list[ImageFile]:
    """Return the images that Consul keeps in its database; none without a logo.

    Args:
        instance: The checked municipality file.

    Raises:
        InputError: When the logo cannot be read.
    """
    return [ImageFile(name, data) for name, frame in CONSUL_IMAGES.items() if (data := _framed(instance, frame))]


def image_objects(instance: Instance) -> tuple[list[Item], dict[str, dict[str, str]]]:
    """Return the images as objects of the desired state, and their files by checksum.

    Consul shows them with the municipality's name as their alternative text.

    Args:
        instance: The checked municipality file.
    """
    objects, files = [], {}
    for image in image_files(instance):
        square = CONSUL_IMAGES[image.name].square and instance.branding.icon is not None
        way = ("branding", "icon" if square else "logo")
        objects.append(Item("image", image.name, way, {"name": image.name}).set("file", image.checksum))
        files[image.checksum] = {
            "name": f"{image.name}.png",
            "content_type": "image/png",
            "path": f"/srv/ddconsul/{instance.site}/shared/content/{image.file}",
        }
    return objects, files


def public_images(instance: Instance) -> Iterator[tuple[str, bytes]]:
    """Yield the images that are served at fixed addresses, each with its address."""
    for address, frame in PUBLIC_IMAGES.items():
        data = _framed(instance, frame)
        if data:
            yield address, data
    icons = [_framed(instance, Frame(size, size, square=True, background=_CLEAR)) for size in _FAVICON_SIZES]
    if all(icons):
        yield FAVICON, _ico([icon for icon in icons if icon])


def _framed(instance: Instance, frame: Frame) -> bytes | None:
    branding = instance.branding
    logo = (branding.icon if frame.square else None) or branding.logo
    if logo is None:
        return None
    changed = logo.stat().st_mtime_ns
    header = palette(branding).get("header")
    if frame.background == _WHITE and header is not None and _white_on_white(logo, changed):
        frame = replace(frame, background=_rgba(header.value))
    return framed(logo, frame, changed)


def _rgba(colour: str) -> tuple[int, int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16), 255


@cache
def _white_on_white(logo: Path, _changed: int) -> bool:
    """Tell whether most of a logo would not be seen on white: it was made for the header's colour."""
    from PIL import ImageChops  # noqa: PLC0415 — slow, and not every file has a logo

    red, green, blue, alpha = _drawn(logo, (100, 100)).split()
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    seen = alpha.point(lambda value: 255 * (value >= _HALF)).histogram()[255]
    white = ImageChops.darker(alpha, darkest.point(lambda value: 255 * (value >= _LIGHT)))
    return bool(white.point(lambda value: 255 * (value >= _HALF)).histogram()[255] * 2 > seen)


@cache
def framed(logo: Path, frame: Frame, _changed: int = 0) -> bytes:
    """Return a logo in a frame, as PNG: as large as it fits, and never larger than a PNG is by itself.

    Args:
        logo: An SVG or PNG file.
        frame: The frame.

    Raises:
        InputError: When it cannot be read.
    """
    from PIL import Image  # noqa: PLC0415 — slow, and not every file has a logo

    room = (round(frame.width * (1 - 2 * frame.margin)), round(frame.height * (1 - 2 * frame.margin)))
    drawn = _drawn(logo, room)
    width = drawn.width if frame.narrow else frame.width
    canvas = Image.new("RGBA", (width, frame.height), frame.background)
    left = 0 if frame.left else (width - drawn.width) // 2
    canvas.alpha_composite(drawn, (left, (frame.height - drawn.height) // 2))
    if frame.background[3]:
        canvas = canvas.convert("RGB")
    result = io.BytesIO()
    canvas.save(result, "PNG", optimize=True)
    return result.getvalue()


def _drawn(logo: Path, room: tuple[int, int]) -> Any:  # noqa: ANN401 — an image of Pillow's
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 — as above

    try:
        data = logo.read_bytes()
        if data.startswith(b"\x89PNG"):
            image = Image.open(io.BytesIO(data)).convert("RGBA")
            # It only becomes smaller: what is made larger is blurred.
            image.thumbnail(room, Image.Resampling.LANCZOS)
            return image
        return Image.open(io.BytesIO(_svg(data, room))).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        todo = "Save it anew, as a plain SVG or PNG."
        raise InputError(f"cannot be read as an image: {error}", str(logo), todo) from error


def _svg(data: bytes, room: tuple[int, int]) -> bytes:
    """Draw an SVG as large as it fits; what it names outside itself is not loaded."""
    svg2png = _cairo().svg2png
    by_width: bytes = svg2png(bytestring=data, output_width=room[0])
    height = int.from_bytes(by_width[20:24], "big")  # PNG, chunk IHDR
    if height <= room[1]:
        return by_width
    by_height: bytes = svg2png(bytestring=data, output_height=room[1])
    return by_height


def _cairo() -> Any:  # noqa: ANN401 — a module without types
    try:
        import cairosvg  # noqa: PLC0415 — slow, and not every file has a logo
    except OSError as error:
        raise InputError(
            "the library that draws SVG is missing on this machine",
            "libcairo2",
            "Install it: sudo apt-get install libcairo2. Or give the logo as PNG.",
        ) from error
    return cairosvg


def _ico(icons: list[bytes]) -> bytes:
    """Return icons of several sizes in one file: a table, and the PNGs as they are."""
    table = b"\x00\x00\x01\x00" + len(icons).to_bytes(2, "little")
    place = len(table) + 16 * len(icons)
    for icon, size in zip(icons, _FAVICON_SIZES, strict=True):
        row = bytes([size, size, 0, 0, 1, 0, 32, 0]) + len(icon).to_bytes(4, "little") + place.to_bytes(4, "little")
        table, place = table + row, place + len(icon)
    return table + b"".join(icons)
