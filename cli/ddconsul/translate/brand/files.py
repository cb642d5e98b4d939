"""Instance → the files that a browser gets, and what links to them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from ddconsul.translate.brand.fonts import file_name, woff2
from ddconsul.translate.brand.images import public_images
from ddconsul.translate.brand.properties import style
from ddconsul.translate.brand.stylesheet import stylesheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddconsul.instance.models import Instance

ADDRESS = "/huisstijl/"


@dataclass(frozen=True)
class BrandFile:
    """A file that nginx serves.

    Args:
        name: Its name, after what is in it: below /huisstijl/, browsers keep it for good.
        make: Returns what is in it. A font takes a second, so this is done only where the file is not there yet.
        address: Path of the site at which it is served as well; "" for none.
    """

    name: str
    make: Callable[[], bytes]
    address: str = ""


def brand_files(instance: Instance) -> list[BrandFile]:
    """Return the files that the site's house style is made of.

    Args:
        instance: The checked municipality file.

    Raises:
        InputError: When a file of it cannot be read.
    """
    languages = instance.municipality.languages
    files = [BrandFile(file_name(font, languages), partial(woff2, font, languages)) for font in instance.branding.fonts]
    css = stylesheet(instance).encode()
    if css:
        files.append(_named(css, "css"))
    files += [_named(data, address.rpartition(".")[2], address) for address, data in public_images(instance)]
    return files


def brand_places(instance: Instance) -> dict[str, str]:
    """Return which of the files are served at addresses of Consul's own: file by address."""
    return {file.address: file.name for file in brand_files(instance) if file.address}


def head_html(instance: Instance) -> str:
    """Return what goes into the head of every public page."""
    css = stylesheet(instance).encode()
    link = f'<link rel="stylesheet" href="{ADDRESS}{_named(css, "css").name}">' if css else ""
    name = escape(instance.municipality.name)
    alternative = f'<meta property="og:image:alt" content="{name}">' if instance.branding.logo else ""
    return style(instance.branding) + link + alternative


def _named(data: bytes, ending: str, address: str = "") -> BrandFile:
    return BrandFile(f"{hashlib.sha256(data).hexdigest()[:16]}.{ending}", lambda: data, address)
