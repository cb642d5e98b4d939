"""Lays letters out as one PDF."""

from __future__ import annotations

import re
from html import escape
from string import Template
from typing import TYPE_CHECKING

from ddconsul import assets
from ddconsul.errors import InputError
from ddconsul.instance.sections.participation import CONSULS_AGE
from ddconsul.operations.letter_codes import grouped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ddconsul.instance.models import Instance
    from ddconsul.operations.letter_addresses import Address

TEMPLATE = "letters/brief.html"


def template(own: Path | None) -> str:
    """Return the text of the letters: the municipality's own, or ours.

    Raises:
        InputError: When it cannot be read.
    """
    path = own or assets.templates() / TEMPLATE
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", str(path), "Save it as UTF-8.") from error


def rendered(instance: Instance, letters: Mapping[str, Address], text: str, own: Path | None = None) -> bytes:
    """Return letters as one PDF, a page or more for each.

    Args:
        instance: The checked municipality file.
        letters: Addresses, by code.
        text: The template: what is in its body comes once for each letter.
        own: Where the template is, when it is the municipality's own: its images are beside it.

    Raises:
        InputError: When the template is not right, or the library that lays it out lacks something.
    """
    where = str(own or TEMPLATE)
    parts = re.fullmatch(r"(.*<body[^>]*>)(.*)(</body>.*)", text, re.DOTALL)
    if parts is None:
        raise InputError("has no <body>, which is what each letter has", where, "See the one that came with ddconsul.")
    body = Template(parts[2])
    if "code" not in body.get_identifiers():
        raise InputError("has no $code: nobody could take part with such a letter", where, "Add it.")
    url = page(instance)
    shared = {
        "municipality": escape(instance.municipality.name),
        "site": escape(instance.municipality.domain),
        "page": escape(url.removeprefix("https://").removeprefix("http://")),
        "age": str(instance.participation.min_age or CONSULS_AGE),
        "email": _email(instance),
    }
    try:
        articles = [
            f"<article>{body.substitute(shared, **_own(code, address, url))}</article>"
            for code, address in letters.items()
        ]
    except KeyError as error:
        names = ", ".join(f"${name}" for name in (*shared, "address", "code", "qr"))
        raise InputError(
            f"asks for ${error.args[0]}, which a letter doesn't have", where, f"It has {names}."
        ) from error
    except ValueError as error:
        raise InputError("has a $ that is no name", where, "Write a real one as $$.") from error
    return _pdf("".join((parts[1], *articles, parts[3])), own)


def page(instance: Instance) -> str:
    """Return the address where somebody fills in a code."""
    return f"{instance.scheme}://{instance.municipality.domain}/residence/new"


def _email(instance: Instance) -> str:
    email = instance.municipality.contact.email or instance.footer.email
    return f" Mailen kan ook: {escape(email)}." if email else ""


def _own(code: str, address: Address, url: str) -> dict[str, str]:
    import segno  # noqa: PLC0415 — only letters need it

    # A picture of as many dots as the code has squares: laying out its lines would take longer than the whole letter.
    image = segno.make(f"{url}?code={code}", error="m", micro=False).png_data_uri(border=0, scale=1)
    qr = f'<img class="qr" src="{image}" alt="">'
    return {"address": "<br>".join(map(escape, address.lines)), "code": grouped(code), "qr": qr}


def _pdf(html: str, own: Path | None) -> bytes:
    try:
        from weasyprint import HTML  # noqa: PLC0415 — with the next one: only letters need it
        from weasyprint.urls import URLFetcher  # noqa: PLC0415 — only letters need it
    except OSError as error:
        todo = "Install it: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        raise InputError(f"is missing on this machine: {error}", "A library for laying out text", todo) from error
    folder = own.parent if own else (assets.templates() / TEMPLATE).parent
    # A letter shows what is beside its text, and fetches nothing from elsewhere.
    fetcher = URLFetcher(allowed_protocols=("data", "file"))
    data: bytes = HTML(string=html, base_url=f"{folder.absolute()}/", url_fetcher=fetcher).write_pdf()
    return data
