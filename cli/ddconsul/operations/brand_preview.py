"""One sheet that shows a house style, without a server: in Dutch, for who judges it."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from ddconsul import assets
from ddconsul.errors import InputError
from ddconsul.instance.sections.palette import PAGE, pairs, palette
from ddconsul.operations.checks.browser import PROGRAMS, program
from ddconsul.translate.brand import brand_files, image_files
from ddconsul.translate.brand.properties import style
from ddconsul.translate.brand.stylesheet import stylesheet

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance
    from ddconsul.instance.sections.palette import Pair

_WIDTH, _TALLEST = 1280, 6000
_PATIENCE = 60
_ROLES = {
    "brand": "hoofdkleur",
    "link": "links",
    "header": "kop",
    "menu": "menu",
    "footer": "voet",
    "button": "knoppen",
    "heading": "koppen in tekst",
    "focus": "focusring",
}
_SEEN = {
    "marked text": "gemarkeerde tekst",
    "links": "links",
    "headings": "koppen in tekst",
    "buttons": "knoppen",
    "text on the main colour": "tekst op de hoofdkleur",
    "text of the header": "tekst op de kop",
    "text of the menu": "tekst op het menu",
    "text of the footer": "tekst op de voet",
    "text of the button": "tekst op knoppen",
    "the ring around what has the focus": "focusring",
}
_WHERE = {
    "on the page": "op de pagina",
    "on the header": "op de kop",
    "on the menu": "op het menu",
    "on the footer": "op de voet",
    "beside its lines": "naast haar lijnen",
    "on it": "",
}


def sheet(instance: Instance) -> str:
    """Return the sheet as one HTML file that needs no other.

    Args:
        instance: The checked municipality file.

    Raises:
        InputError: When a file of the house style cannot be read.
    """
    images = {image.name: _data(image.data, "image/png") for image in image_files(instance)}
    name = escape(instance.municipality.name)
    return Template((assets.templates() / "brand/sheet.html").read_text(encoding="utf-8")).substitute(
        name=name,
        style=f"{style(instance.branding)}\n<style>\n{_css(instance)}</style>",
        logo=_image(images.get("logo_header"), name),
        mail=_image(images.get("logo_email"), name),
        roles=_roles(instance),
        contrasts=_contrasts(instance),
    )


def _css(instance: Instance) -> str:
    """Return the site's stylesheet with its fonts inside, and its ring also around what the sheet shows as focused."""
    css = stylesheet(instance).replace(":focus-visible", ":is(:focus-visible, .focused)")
    for file in brand_files(instance):
        if file.name in css:
            css = css.replace(file.name, _data(file.make(), "font/woff2"))
    # An end of the element, even inside a text, would end the style.
    return css.replace("</", "<\\/")


def _data(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _image(source: str | None, name: str) -> str:
    return f'<img src="{source}" alt="{name}">' if source else name


def _roles(instance: Instance) -> str:
    items = [
        f'<li><b style="background: {shade.value}"></b><span>{_ROLES[role]}<br>{shade.value}</span></li>'
        for role, shade in sorted(palette(instance.branding).items(), key=lambda item: list(_ROLES).index(item[0]))
    ]
    if not items:
        return "<p>Het bestand noemt geen kleuren: het platform heeft die van Consul zelf.</p>"
    return f'<ul class="roles">{"".join(items)}</ul>'


def _contrasts(instance: Instance) -> str:
    rows = "".join(_row(pair) for pair in pairs(instance.branding))
    if not rows:
        return "<p>Er is niets te beoordelen.</p>"
    heads = ["<th>Wat</th>", "<th>Voorbeeld</th>", "<th>Kleuren</th>"]
    heads += [f'<th class="number">{text}</th>' for text in ("Gevraagd", "Contrast")]
    head = f"<tr>{''.join(heads)}</tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _row(pair: Pair) -> str:
    what = _SEEN.get(pair.what, pair.what)
    sample = f'<span class="sample" style="background: {pair.behind}; color: {pair.colour}">Aa ■</span>'
    mark = "passes" if pair.passes else "fails"
    cells = [
        f"<td>{what} {_WHERE.get(pair.where, pair.where)}</td>",
        f"<td>{sample}</td><td>{pair.colour} / {pair.behind}</td>",
        f'<td class="number">{_dutch(f"{pair.least:g}")}</td>',
        f'<td class="number {mark}">{_dutch(pair.shown_ratio)}</td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _dutch(number: str) -> str:
    return number.replace(".", ",")


def picture(html: Path, file: Path) -> None:
    """Write a picture of a sheet, as PNG.

    Args:
        html: The sheet.
        file: Where the picture goes.

    Raises:
        InputError: When there is no browser to make it with.
    """
    browser = program()
    if browser is None:
        todo = "Install one: sudo apt-get install chromium. Or open the HTML file in your own browser."
        raise InputError(f"no browser is installed ({', '.join(PROGRAMS)})", "--png", todo)
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "page.png"
        command = [
            browser,
            "--headless",
            # Chromium refuses its sandbox to root; this page is our own.
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={scratch}/profile",
            f"--window-size={_WIDTH},{_TALLEST}",
            f"--screenshot={made}",
            html.absolute().as_uri(),
        ]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
        except subprocess.TimeoutExpired as error:
            raise InputError(f"took longer than {_PATIENCE} seconds", browser, "Try again.") from error
        if answer.returncode or not made.is_file():
            last = answer.stderr.strip().rpartition("\n")[2]
            raise InputError(f"made no picture: {last}", browser, "Open the HTML file in a browser.")
        _crop(made)
        shutil.copyfile(made, file)


def _crop(picture_file: Path) -> None:
    """Cut off what is empty below the page."""
    from PIL import Image, ImageChops  # noqa: PLC0415 — only a picture pays for it

    with Image.open(picture_file) as image:
        whole = image.convert("RGB")
    empty = Image.new("RGB", whole.size, PAGE)
    box = ImageChops.difference(whole, empty).getbbox()
    if box is not None:
        whole.crop((0, 0, whole.width, box[3])).save(picture_file, optimize=True)
