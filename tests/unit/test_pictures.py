"""Images and logos: what is damaged, not whole, or not what its name says, is refused before anything is deployed."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING

import pytest
from files import MINIMAL, write
from PIL import Image, ImageFile

from ddconsul.instance.loader import inspect, load

if TYPE_CHECKING:
    from pathlib import Path

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
ENTITIES = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


def made(form: str, width: int = 90, height: int = 60) -> bytes:
    result = io.BytesIO()
    Image.effect_noise((width, height), 50).save(result, form)
    return result.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says to have so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def told(folder: Path, text: str, name: str, content: bytes) -> str:
    """What is said of a file that names one image."""
    (folder / name).write_bytes(content)
    return "\n".join(map(str, inspect(write(folder, MINIMAL + text.format(name))).problems))


IMAGE = """\
home: {{header: {{title: Welkom, image: {}}}}}
settings: {{uploads.images.content_types: [image/jpeg, image/png]}}
"""
LOGO = "branding: {{logo: {}}}\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jpg", made("JPEG")[:-1000], "damaged, or not whole"),
        ("a.jpg", b"\xff\xd8\xff", "damaged, or not whole"),
        ("a.png", made("PNG")[:-1000], "damaged, or not whole"),
        ("a.png", made("PNG").replace(b"IDAT", b"IDAX"), "damaged, or not whole"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "damaged, or not whole"),
        ("a.png", png_that_says(0, 0), "damaged, or not whole"),
        ("a.png", png_that_says(9000, 9000), "9000 by 9000 pixels; 50 million is the most"),
        ("a.png", png_that_says(60_000, 60_000), "50 million is the most"),
        ("a.png", made("JPEG"), "is JPEG, whatever its name says\nName it a.jpg"),
        ("a.jpeg", made("PNG"), "is PNG, whatever its name says\nName it a.png"),
    ],
)
@pytest.mark.parametrize("lenient", [False, True])
def test_half_an_image_is_no_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, said: str, lenient: bool
) -> None:
    # A library that makes PDFs sets this for all who share the process.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", lenient)
    problem = told(tmp_path, IMAGE, name, content)
    first, *rest = said.split("\n")
    assert f'home.header.image "{name}"' in problem
    assert first in problem
    assert all(part in problem for part in rest)
    assert lenient == ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize(("name", "form"), [("a.jpg", "JPEG"), ("A.JPEG", "JPEG"), ("a.png", "PNG"), ("plein", "JPEG")])
def test_a_whole_image_is_right(tmp_path: Path, name: str, form: str) -> None:
    assert told(tmp_path, IMAGE, name, made(form)) == ""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("logo.png", made("PNG")[:-1000], "damaged, or not whole"),
        ("logo.png", png_that_says(60_000, 60_000), "50 million is the most"),
        ("logo.png", SVG.format("").encode(), "is SVG, whatever its name says"),
        ("logo.svg", made("PNG"), "is PNG, whatever its name says"),
        ("logo.svg", SVG.format("<g>")[:-9].encode(), "line 1 is not XML (no element found)"),
        ("logo.svg", SVG.format("\n<g></h>").encode(), "line 2 is not XML (mismatched tag)"),
        ("logo.svg", b'<svg width="9" height="9">&nbsp;</svg>', "is not XML (undefined entity)"),
        ("logo.svg", (ENTITIES + SVG.format("&b;")).encode(), "line 1 declares an entity"),
        ("logo.svg", b"<svg/>", "tells no size"),
        ("logo.svg", b"<html><svg></svg></html>", "begins with <html>"),
        ("logo.svg", SVG.format("<g>" * 2000 + "</g>" * 2000).encode(), "elements within elements without end"),
    ],
)
def test_a_logo_that_cannot_be_drawn_is_told_before_it_has_to_be(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    problem = told(tmp_path, LOGO, name, content)
    assert f'branding.logo "{name}"' in problem
    assert said in problem


def test_a_file_without_images_does_not_load_what_reads_them(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from ddconsul.instance.loader import load
load(Path({str(write(tmp_path))!r}))
print('PIL' in sys.modules, 'ssl' in sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def test_an_image_on_a_right_page_has_its_pixels(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(made("JPEG", 900, 600))
    header = load(write(tmp_path, MINIMAL + IMAGE.format("a.jpg"))).instance.home.header
    assert header is not None
    assert header.image.pixels == (900, 600)
