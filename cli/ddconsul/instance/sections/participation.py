"""Section `participation`: who may take part, and what it takes before somebody may vote or support."""

# Pydantic reads these annotations at run time, so they are not postponed.
import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, ValidationInfo, WithJsonSchema

from ddconsul.instance.kinds.links import Upload
from ddconsul.instance.kinds.paths import MEGABYTE, OPENED, opened
from ddconsul.instance.kinds.translated import TranslatedLine
from ddconsul.instance.kinds.values import HttpUrl, Kind, Line, wrong
from ddconsul.instance.section import Contradiction, Section, rule

Verification = Literal["email", "postcodes", "letters", "census"]

# Consul 2.5.1's default for min_age_to_participate.
CONSULS_AGE = 16
YOUNGEST, OLDEST = 1, 99


class Proof(NamedTuple):
    """What a way of verification comes to.

    Args:
        proves: What is known of somebody who passed it.
        unproved: What isn't.
    """

    proves: str
    unproved: str


PROOFS: dict[str, Proof] = {
    "email": Proof(
        "that somebody reads the mail of an address",
        "who it is, where they live, how old they are, or that they have one account only",
    ),
    "postcodes": Proof(
        "that somebody says to live in the area, and to be old enough",
        "that this is true, who it is, or that they have one account only",
    ),
    "letters": Proof(
        "that somebody has read the letter to an address; one account for each letter",
        "who of that address it is, or how old: that is what they say",
    ),
    "census": Proof(
        "that the register has somebody with this number, date of birth and postcode; one account for each number",
        "that this is who sits at the keyboard",
    ),
}
"""What each verification proves, and what it doesn't."""


def sentence(verification: str) -> str:
    """Return who may take part, with what that proves and what it doesn't."""
    proof = PROOFS[verification]
    return f"Who takes part: {verification}. It proves {proof.proves}. It doesn't prove {proof.unproved}."


def _verification(value: object) -> object:
    if value == "open":
        todo = "Choose email: an account with a confirmed address is the least that Consul can do with."
        raise wrong("can't be: without an account nobody can vote or support in Consul", todo)
    return value


@dataclass(frozen=True)
class Area:
    """Postcodes from one to another.

    Args:
        text: As it is written.
        first: The first, as `9711AA`.
        last: The last; it belongs to the area as well.
    """

    text: str
    first: str
    last: str

    def has(self, postcode: str) -> bool:
        """Tell whether a postcode, as `9711AA`, is in it."""
        return self.first <= postcode <= self.last


# For what they stood for in the Second World War.
_NEVER_GIVEN = ("SA", "SD", "SS")


def postcode(text: str) -> str | None:
    """Return a Dutch postcode as `9711AA`, however it is written; None when it is none."""
    match = re.fullmatch(r"\s*([1-9][0-9]{3})\s*([A-Za-z]{2})\s*", text)
    found = f"{match[1]}{match[2].upper()}" if match else None
    return None if found is None or found.endswith(_NEVER_GIVEN) else found


def _area(value: object) -> object:
    if isinstance(value, Area):
        return value
    examples = 'Such as 9711, 9712 AB, "9711-9747" or "9712AB-9712CZ".'
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise wrong("is not a postcode", examples)
    text = str(value).strip()
    ends = [re.sub(r"\s", "", end).upper() for end in re.split(r"\s*[-\u2013]\s*", text)]
    first, last = ends[0], ends[-1]
    if len(ends) > len((first, last)) or not all(re.fullmatch(r"[1-9][0-9]{3}([A-Z]{2})?", end) for end in ends):
        raise wrong("is not a postcode, or postcodes from one to another", examples)
    never = next((end for end in ends if end.endswith(_NEVER_GIVEN)), None)
    if never:
        raise wrong("is not a postcode", f"None ends in {', '.join(_NEVER_GIVEN)}: look at {never}.")
    if len(first) != len(last):
        raise wrong("goes from one kind of postcode to another", "Give both ends letters, or neither.")
    if first > last:
        raise wrong("ends before it begins", f"Write {last}-{first}.")
    whole = len(first) == len("9711")
    return Area(text, first + "AA" * whole, last + "ZZ" * whole)


Postcodes = Annotated[
    Any,
    BeforeValidator(_area),
    PlainSerializer(lambda area: area.text),
    Kind("postcode, or postcodes from one to another"),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 4}, {"type": "integer", "minimum": 1000}]}),
]


def _age(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or not YOUNGEST <= value <= OLDEST:
        raise wrong("is not an age to take part", f"Give a whole number from {YOUNGEST} to {OLDEST}.")
    return value


Age = Annotated[
    int,
    BeforeValidator(_age),
    Kind(f"whole number from {YOUNGEST} to {OLDEST}"),
    WithJsonSchema({"type": "integer", "minimum": YOUNGEST, "maximum": OLDEST}),
]


@dataclass(frozen=True)
class Codes(Upload):
    """The codes of letters, encrypted: what is known of them without the key.

    Args:
        letters: How many there are.
        vault: The codes, as Consul's local census takes them (CSV), encrypted by ansible-vault with secret
            `letters_key`.
        addresses: A keyed digest of each address that has had a letter, so that none gets two.
    """

    letters: int = 0
    vault: str = ""
    addresses: tuple[str, ...] = ()


# Not read as YAML: with the letters to a town in it, that takes seconds.
_CODES_FILE = re.compile(
    r"(?:#.*\n)*letters: (?P<letters>[0-9]{1,9})\nchecksum: (?P<checksum>\S+)\n"
    r"addresses: \|\n(?P<addresses>(?:  \S+\n)*)codes: \|\n(?P<vault>(?:  \S+\n)+)"
)
CODES_BEGIN = "# The codes of letters, made by `ddconsul letters make`; encrypted with letters_key of the secrets.\n"


_MD5 = 16


def written(codes: Codes) -> str:
    """Return the content of a file with codes."""
    addresses = "".join(f"  {line}\n" for line in codes.addresses)
    vault = "".join(f"  {line}\n" for line in codes.vault.splitlines())
    head = f"{CODES_BEGIN}letters: {codes.letters}\nchecksum: {codes.checksum}\n"
    return f"{head}addresses: |\n{addresses}codes: |\n{vault}"


def codes_in(path: Path, text: str) -> Codes | None:
    """Return the codes in a file's content; None when it holds none."""
    match = _CODES_FILE.fullmatch(text.replace("\r\n", "\n"))
    if not match:
        return None
    try:
        md5 = base64.b64decode(match["checksum"], validate=True)
    except ValueError:
        return None
    if len(md5) != _MD5:
        return None
    vault = "\n".join(match["vault"].split()) + "\n"
    addresses = tuple(match["addresses"].split())
    return Codes(path, "text/csv", md5.hex(), len(text), int(match["letters"]), vault, addresses)


_OF_LETTERS = "It is the file that `ddconsul letters make` made, as it made it."


def _codes(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Codes):
        return value
    # The codes for a million letters take some 100 MB.
    path, data = opened(value, info, "the file that `ddconsul letters make` made", 500 * MEGABYTE, _OF_LETTERS)
    if data is None:
        return Codes(path)
    try:
        found = codes_in(path, data.decode())
    except UnicodeDecodeError:
        found = None
    if found is None:
        raise wrong("holds no codes of letters", _OF_LETTERS)
    return found


CodesFile = Annotated[
    Any,
    BeforeValidator(_codes),
    *OPENED,
    Kind("path of the file with the codes of letters"),
]


def _https(value: str) -> str:
    # omniauth_openid_connect looks for a provider's configuration over TLS, whatever the address says.
    if not value.startswith("https://"):
        raise wrong("does not begin with https://", "Logging in elsewhere takes TLS; use the address that has it.")
    return value


HttpsUrl = Annotated[HttpUrl, AfterValidator(_https)]


class Oidc(Section):
    """Log in with an account elsewhere, by OpenID Connect. The client's secret goes into the secrets file."""

    issuer: HttpsUrl = Field(
        description="Address of the provider, where /.well-known/openid-configuration is found under it.",
        examples=["https://login.example.org"],
    )
    client_id: Line = Field(description="What the provider calls this platform.", examples=["participatie"])
    label: TranslatedLine = Field(
        description="What the button says.", examples=[{"nl": "Inloggen met DigiD", "en": "Log in with DigiD"}]
    )


class Saml(Section):
    """Log in with an account elsewhere, by SAML."""

    metadata_url: HttpsUrl = Field(
        description="Where the provider's metadata is.", examples=["https://login.example.org/saml/metadata"]
    )
    entity_id: Line = Field(
        description="What the provider calls this platform.", examples=["https://participatie.example.org"]
    )
    label: TranslatedLine = Field(
        description="What the button says.",
        examples=["Inloggen met eHerkenning"],
    )


class LogIn(Section):
    """Accounts elsewhere with which somebody can log in, beside an account of the platform's own."""

    oidc: Oidc | None = Field(None, description="A provider of OpenID Connect.")
    saml: Saml | None = Field(None, description="A provider of SAML.")


class Participation(Section):
    """Who may take part."""

    verification: Annotated[Verification, BeforeValidator(_verification)] = Field(
        "email",
        description="What it takes before somebody may vote or support: email (an account with a confirmed address), "
        "postcodes (they say where they live and when they were born), letters (a code from a letter to their "
        "address) or census (a register that the site is connected to).",
    )
    postcodes: tuple[Postcodes, ...] = Field(
        (),
        description="Where somebody has to live: postcodes with or without letters, and from one to another. "
        "Default: anywhere.",
        examples=[["9711-9747", "9751 AB", "9752AB-9752CZ"]],
    )
    min_age: Age | None = Field(
        None, description=f"Youngest age to take part. Default: Consul's own, {CONSULS_AGE}.", examples=[16]
    )
    codes: CodesFile | None = Field(
        None,
        description="The codes of the letters (verification letters); `ddconsul letters make` writes file and key.",
        examples=["gemeente.codes.yml"],
    )
    log_in: LogIn = Field(LogIn.absent(), description="Logging in with an account elsewhere.")

    @rule
    def _postcodes_ask_for_postcodes(self) -> Iterator[Contradiction]:
        if self.verification == "postcodes" and not self.postcodes:
            todo = 'Add participation.postcodes, such as ["9711-9747"].'
            yield Contradiction(("verification",), "is postcodes, but there are no postcodes", todo)

    @rule
    def _codes_are_of_letters(self) -> Iterator[Contradiction]:
        if self.codes is not None and self.verification != "letters":
            message = f"is given, but participation.verification is {self.verification}"
            yield Contradiction(("codes",), message, "Set participation.verification to letters.")

    @property
    def proof(self) -> Proof:
        """Return what its verification proves, and what it doesn't."""
        return PROOFS[self.verification]

    def lives_here(self, code: str) -> bool:
        """Tell whether a postcode, as `9711AA`, is one of those of the area."""
        return not self.postcodes or any(area.has(code) for area in self.postcodes)
