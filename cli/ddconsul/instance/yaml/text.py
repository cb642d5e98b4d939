"""The bytes of a municipality file as text, whatever an office's software made of them, and the places in it."""

from __future__ import annotations

import bisect
import codecs
import itertools
import re
import unicodedata
from typing import NamedTuple

# What YAML allows (YAML 1.2.2, production c-printable), turned round.
FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
# Stands in for a letter that could not be read.
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
# Spaces that are no space to YAML, and what nobody sees at all: Word and web pages give them away.
UNSEEN = re.compile("[\x85\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u2069\u3000\ufeff]")
# Double and single, high and low, and the pointed ones.
_OPENING = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a\"'"
_CLOSING = _OPENING.replace("\u201e", "").replace("\u201a", "")
_STRAIGHT = "\"'"

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
_OTHER_KINDS = {
    b"PK\x03\x04": "a zip file or a document of Word",
    b"\xd0\xcf\x11\xe0": "a document of an older Word",
    b"{\\rtf": "a document of a word processor",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"-----BEGIN": "a certificate or key",
    b"$ANSIBLE_VAULT": "a file of secrets",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
}
# So many strange characters make clear that it is the wrong file.
_ENOUGH = 20
_SAVE_AS_UTF8 = "Save the file as UTF-8 (in Notepad: Save as, Encoding: UTF-8)."


class Place(NamedTuple):
    """Where something stands: line and column, from 1, and how many letters of the line it takes."""

    line: int
    column: int
    width: int = 1


class Flaw(NamedTuple):
    """Something wrong with the text itself, whatever it means."""

    start: int
    end: int
    message: str
    todo: str


class Lines:
    """A text, cut into lines as editors count them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]

    def place(self, start: int, end: int | None = None) -> Place:
        """Return the place of a stretch of the text; of its first line, when it takes more."""
        start = min(start, len(self._text))
        number = bisect.bisect_right(self._starts, start)
        column = start - self._starts[number - 1]
        left = len(self.line(number)) - column
        return Place(number, column + 1, max(1, min((end or start + 1) - start, left)))

    def start(self, place: Place) -> int:
        """Return how many letters stand before a place."""
        return self._starts[place.line - 1] + place.column - 1

    def line(self, number: int) -> str:
        """Return a line, without what ends it."""
        if not 1 <= number <= len(self._starts):
            return ""
        end = self._starts[number] if number < len(self._starts) else len(self._text)
        return self._text[self._starts[number - 1] : end].rstrip("\r\n")


def decode(data: bytes) -> tuple[str, list[Flaw]]:
    """Return the bytes as text that YAML can read, letter for letter, and what was wrong with them."""
    text, flaws = _decode(data)
    found = (match for match in FORBIDDEN.finditer(text))
    for match in itertools.islice(found, _ENOUGH):
        what = f"has a character that YAML does not allow ({match[0][0]!r})"
        flaws.append(Flaw(match.start(), match.end(), what, "Remove it, or type it anew."))
    text = FORBIDDEN.sub(lambda match: UNREADABLE * len(match[0]), text)
    # Alone on its line (an old editor ends a file with Ctrl-Z), such a character is no value.
    return re.sub(rf"^{UNREADABLE}+$", lambda match: " " * len(match[0]), text, flags=re.MULTILINE), flaws


def other_kind(data: bytes) -> str:
    """Return what kind of file this is, when it is clearly no municipality file."""
    return next((kind for start, kind in _OTHER_KINDS.items() if data.startswith(start)), "")


def _decode(data: bytes) -> tuple[str, list[Flaw]]:
    name = _wide_encoding(data)
    if name:
        text = data.decode(name, errors="replace").removeprefix("\ufeff")
        return text, [Flaw(0, 1, f"is {name[:6].upper()}, not UTF-8", _SAVE_AS_UTF8)]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        start = len(data[: error.start].decode("utf-8-sig"))
        text = data.decode("utf-8", errors="ddconsul-windows").removeprefix("\ufeff")
        byte = f"has a byte (0x{data[error.start]:02x}) that is not UTF-8"
        likely = f"{text[start]} in Windows-1252" if text[start] != UNREADABLE else ""
        return text, [Flaw(start, start + 1, f"{byte}: {likely}" if likely else byte, _SAVE_AS_UTF8)]


def _wide_encoding(data: bytes) -> str:
    """Return the name of an encoding with two or four bytes for each letter, or "" when it is none of those."""
    for mark, name in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return name
    # Without a mark: nearly every second byte of Latin script is zero.
    for name, first in {"utf-16-le": 1, "utf-16-be": 0}.items():
        half = data[first::2]
        if len(data) > 1 and half.count(0) * 4 > len(half) * 3 > data[1 - first :: 2].count(0) * 4 * 3:
            return name
    return ""


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read a byte that is not UTF-8 as an older Windows would, so that the rest can be looked at as well."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 — for mypy: the handler of a decoder
    return error.object[error.start : error.start + 1].decode("cp1252", errors="replace"), error.start + 1


codecs.register_error("ddconsul-windows", _as_windows)


def unseen_name(letter: str) -> str:
    """Return what an invisible letter is called: `U+00A0 (no-break space)`."""
    return f"U+{ord(letter):04X} ({unicodedata.name(letter, 'control character').lower()})"


def cleaned(value: str) -> str:
    """Return a value or key without what nobody meant to write: invisible letters, and quotes that curl."""
    seen = UNSEEN.sub(lambda match: " " if unicodedata.category(match[0]) == "Zs" else "", value)
    seen = seen.replace(UNREADABLE, "").strip()
    return seen[1:-1].strip() if curly_quotes(seen) else seen


def curly_quotes(value: str) -> bool:
    """Tell whether a value stands between quotes as Word makes them, which mean nothing to YAML."""
    if len(value) <= 1 or value[0] not in _OPENING or value[-1] not in _CLOSING:
        return False
    return not (value[0] in _STRAIGHT and value[-1] in _STRAIGHT)


# Letters of other scripts that look like a Latin one.
_LOOKS = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u043a\u043c\u0442\u03bf\u03b1"
        "\u03bd\u03c1\u03b9\u03ba\u03c5\u0131\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425",
        "aeopcyxijshdkmtoavpikuiABEKMHOPCTX",
        strict=True,
    )
)


def latin(value: str) -> str:
    """Return a key with Latin letters for those of other scripts, or of another width, that look like them."""
    return "".join(_LOOKS.get(letter, _narrow(letter)) for letter in value)


def _narrow(letter: str) -> str:
    return unicodedata.normalize("NFKC", letter) if "\uff01" <= letter <= "\uff5e" else letter


def letter_name(value: str) -> str:
    """Return what the first letter of another script in a key is called: `U+043E (cyrillic small letter o)`."""
    return next((unseen_name(letter) for letter in value if latin(letter) != letter), "")
