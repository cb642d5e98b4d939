"""Codes of letters: random, checked, encrypted beside the municipality file."""

from __future__ import annotations

import csv
import hashlib
import io
import secrets
from typing import TYPE_CHECKING, Any

from ddconsul.errors import InputError
from ddconsul.instance.sections.participation import Codes
from ddconsul.secrets import LETTERS_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# No letters or digits that look alike on paper (0 O, 1 I L, 2 Z, 5 S, 8 B, U V), and no vowels but one: no words.
# Their number is a prime, which is what the check character goes by. The custom code in roles/consul_build knows them.
ALPHABET = "CDEFGHJKMNPQRTVWXY34679"
# Eleven that are random: 10^15 codes. Consul lets an account try five, and then wait.
RANDOM = 11
# As Consul's local census has them (LocalCensusRecord). It wants a date of birth, and no letter knows one.
_COLUMNS = ("document_type", "document_number", "date_of_birth", "postal_code")
_DOCUMENT_TYPE, _NO_DATE = "3", "1900-01-01"


def new_code() -> str:
    """Return a random code of twelve characters, of which the last one is for checking."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return next(code + last for last in ALPHABET if is_code(code + last))


def is_code(text: str) -> bool:
    """Tell whether a text is a code without a slip of the pen.

    One wrong letter, or two that changed places, make none of it.
    """
    if len(text) != RANDOM + 1 or not set(text) <= set(ALPHABET):
        return False
    return sum(place * ALPHABET.index(letter) for place, letter in enumerate(text, 1)) % len(ALPHABET) == 0


def grouped(code: str) -> str:
    """Return a code as one reads it: in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def new_codes(count: int, taken: Iterable[str]) -> list[str]:
    """Return codes that are all different, and none of those that are taken."""
    known = set(taken)
    made: list[str] = []
    while len(made) < count:
        code = new_code()
        if code not in known:
            known.add(code)
            made.append(code)
    return made


def as_census(codes: Mapping[str, str]) -> str:
    """Return codes with their postcodes as Consul's local census takes them (CSV).

    In the order of the codes, which says nothing of the addresses.
    """
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(_COLUMNS)
    rows.writerows((_DOCUMENT_TYPE, code, _NO_DATE, codes[code]) for code in sorted(codes))
    return stream.getvalue()


def codes_of(codes: Codes | None, key: str) -> dict[str, str]:
    """Return the codes in a file, with their postcodes.

    Args:
        codes: What is known of the file without the key; None when there is none.
        key: Secret `letters_key`.

    Raises:
        InputError: When the key is another one, or the file was changed.
    """
    if codes is None:
        return {}
    from ansible.errors import AnsibleError  # noqa: PLC0415 — slow to import

    try:
        text = bytes(_vault(key).decrypt(codes.vault.encode())).decode()
    except (AnsibleError, UnicodeDecodeError):
        todo = "Restore the secrets that belong to it; if those are right, restore the file."
        raise InputError(f"cannot be decrypted with secret {LETTERS_KEY}", str(codes.path), todo) from None
    if _md5(text) != codes.md5:
        raise InputError("holds other codes than it says", str(codes.path), "Restore it from version control.")
    return {row["document_number"]: row["postal_code"] for row in csv.DictReader(io.StringIO(text))}


def sealed(path: Path, codes: Mapping[str, str], addresses: Iterable[str], key: str) -> Codes:
    """Return codes encrypted, as `written` writes them.

    Args:
        path: Where they are going to be.
        codes: The codes, with their postcodes.
        addresses: The digests of the addresses that have a letter.
        key: Secret `letters_key`.
    """
    text = as_census(codes)
    vault = bytes(_vault(key).encrypt(text.encode())).decode()
    return Codes(path, "text/csv", _md5(text), len(text), len(codes), vault, tuple(sorted(addresses)))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _vault(key: str) -> Any:  # noqa: ANN401 — VaultLib; ansible ships no types
    from ansible.parsing.vault import VaultLib, VaultSecret  # noqa: PLC0415 — slow to import

    return VaultLib([("default", VaultSecret(key.encode()))])
