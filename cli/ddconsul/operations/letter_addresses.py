"""Addresses that get a letter."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import re
from typing import TYPE_CHECKING, NamedTuple

from ddconsul.errors import InputError
from ddconsul.instance.sections.participation import postcode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ddconsul.instance.models import Instance

_COLUMNS = ("naam", "straat", "huisnummer", "huisletter", "toevoeging", "adres", "postcode", "plaats")
# So many problems of one file of addresses are told; the rest follows when those are solved.
_TOLD = 5


class Address(NamedTuple):
    """An address that gets a letter.

    Args:
        name: Whom it is for; "" for whoever lives there.
        street: Street and number.
        town: Postcode and town, as they stand on it.
        postcode: As `9711AB`.
    """

    name: str
    street: str
    town: str
    postcode: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what stands on the letter."""
        return (self.name or "Aan de bewoners van", self.street, self.town)

    @property
    def key(self) -> str:
        """Return what tells it from others, however it is typed."""
        return re.sub(r"[\W_]+", " ", f"{self.name} {self.street} {self.postcode}").casefold().strip()


def addresses_in(file: Path, instance: Instance) -> list[Address]:
    """Read the addresses that get a letter.

    Args:
        file: A CSV file, with the names of its columns in the first line: postcode, plaats, and straat, huisnummer,
            huisletter, toevoeging, or adres for those together; and maybe naam.
        instance: The checked municipality file.

    Raises:
        InputError: When it cannot be read, or an address is not right or not of the area.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", str(file)) from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", str(file), "Save it as CSV in UTF-8.") from error
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    names = [name.strip().lower() for name in next(rows, [])]
    if "postcode" not in names or not {"adres", "straat"} & set(names):
        todo = f"Its first line names the columns; these are known: {', '.join(_COLUMNS)}."
        raise InputError("has no column with postcodes or with addresses", str(file), todo)
    found: list[Address] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for row in rows:
        line = rows.line_num
        if not any(cell.strip() for cell in row):
            continue
        given = dict(zip(names, (" ".join(cell.split()) for cell in row), strict=False))
        code = postcode(given.get("postcode", ""))
        problem = _problem_of(given, code, instance)
        if code is not None and not problem:
            address = _address(given, code)
            first = seen.setdefault(address.key, line)
            problem = "" if first == line else f"is the address of line {first} once more"
            found.append(address)
        problems += [f"line {line} {problem}"] if problem else []
    if not problems and not found:
        problems = ["there is no address in it"]
    if problems:
        more = f" ({len(problems) - _TOLD} more)" if len(problems) > _TOLD else ""
        raise InputError(f"is not right: {'; '.join(problems[:_TOLD])}{more}", str(file), "Nothing was made.")
    return found


def _problem_of(given: Mapping[str, str], code: str | None, instance: Instance) -> str:
    if code is None:
        return f"has no postcode such as 1234 AB: “{given.get('postcode', '')}”"
    if not instance.participation.lives_here(code):
        return f"has {code}, which is none of participation.postcodes"
    if not (given.get("adres") or given.get("straat")):
        return "has no street"
    if given.get("straat") and not given.get("huisnummer") and "huisnummer" in given:
        return "has no number of a house"
    return ""


def _address(given: Mapping[str, str], code: str) -> Address:
    number = given.get("huisnummer", "") + given.get("huisletter", "")
    parts = (given.get("straat"), number, given.get("toevoeging"))
    street = given.get("adres") or " ".join(filter(None, parts))
    town = f"{code[:4]} {code[4:]} {given.get('plaats', '').upper()}".strip()
    return Address(given.get("naam", ""), street, town, code)


def digest(address: Address, key: str) -> str:
    """Return what an address is remembered by: without the key nobody can tell which one it is."""
    return hmac.new(key.encode(), address.key.encode(), hashlib.sha256).hexdigest()[:20]
