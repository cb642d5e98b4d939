"""The kinds of value a municipality file knows, each with a check that says what is allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from ddconsul.instance.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

# Consul Democracy 2.5.1's config.i18n.available_locales.
LANGUAGES = (
    "ar", "bg", "bs", "ca", "cs", "da", "de", "el", "en", "es", "es-PE", "eu", "fa", "fr", "gd", "gl", "he", "hr",
    "id", "it", "ka", "ne", "nl", "oc", "pl", "pt", "pt-BR", "ro", "ru", "sl", "sq", "so", "sr", "sv", "tr", "uk-UA",
    "val", "zh-CN", "zh-TW",
)  # fmt: skip

_ANY_CASE = "^([Oo][Nn]|[Oo][Ff][Ff]|[Yy][Ee][Ss]|[Nn][Oo]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"
FLAGS = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}

MAX_HOST_NAME = 253  # RFC 1035
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LIKE_ADDRESS = re.compile(r"[0-9.]+")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?P<domain>[^@\s]+)")
_MANY = 5
_GIT_URL = re.compile(r"(?:https?|ssh|git|file)://\S+|[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:\S+")


@dataclass(frozen=True)
class Kind:
    """What a value is to a person: stands among a type's annotations, for `explain` and the reference.

    Args:
        name: What it is called.
        allowed: The values to choose from, when there are few enough to name.
    """

    name: str
    allowed: tuple[str, ...] = ()


def wrong(message: str, todo: str = "", rule: str = "value") -> PydanticCustomError:
    """Build the error of a check.

    Args:
        message: What is wrong with the value.
        todo: What is allowed, or what to do.
        rule: What kind of problem it is (see `problems.RULES`).
    """
    return PydanticCustomError("ddconsul", "{message}", {"message": message, "todo": todo, "rule": rule})


def choices(value: object, allowed: Iterable[str]) -> str:
    """Say which values there are to choose from, and which one was meant, likely."""
    names = list(allowed)
    close = nearest(value, names)
    guess = f"Did you mean {close}? " if close else ""
    return f"{guess}Choose {' or '.join(names)}." if len(names) < _MANY else f"{guess}Choose one of {', '.join(names)}."


def is_host_name(text: str) -> bool:
    """Tell whether the text is a host name: labels of letters, digits and hyphens."""
    return len(text) <= MAX_HOST_NAME and all(_LABEL.fullmatch(label) for label in text.lower().split("."))


def is_url(text: str) -> bool:
    """Tell whether the text names a git repository or a file by URL (scp's user@host:path included)."""
    return _GIT_URL.fullmatch(text) is not None


def flag(value: object) -> object:
    """Read on, off and the like as a flag."""
    if isinstance(value, str) and value.strip().lower() in FLAGS:
        return FLAGS[value.strip().lower()]
    if isinstance(value, bool):
        return value
    dutch = {"aan": "on", "ja": "on", "waar": "on", "uit": "off", "nee": "off", "onwaar": "off"}
    meant = dutch.get(str(value).strip().lower()) or nearest(value, FLAGS)
    guess = f"Did you mean {meant}? " if meant else ""
    raise wrong("is not a flag", f"{guess}Use on or off (yes, no, true and false are fine too).")


def _domain(value: str) -> str:
    example = "Give the name alone, such as participatie.example.org."
    name = value.strip().rstrip(".").lower()
    if "@" in value:
        raise wrong("is an e-mail address, not a domain name", example)
    if "://" in value or "/" in value or ":" in value:
        host = re.sub(r"^\w*:?//|[/:].*", "", name)
        meant = f"Did you mean {host}? " if is_domain(host) else ""
        raise wrong("is an address, not a domain name", meant + example)
    if not name.isascii():
        raise wrong("has letters outside ASCII", _coded_form(name))
    if name.rpartition(".")[2].isdigit():
        raise wrong("is an IP address, not a domain name", example)
    if not is_domain(name):
        raise wrong("is not a domain name", f"{_about_domain(name)}{example}")
    return name


def is_domain(name: str) -> bool:
    """Tell whether the text is a full domain name."""
    return "." in name and is_host_name(name) and not name.rpartition(".")[2].isdigit()


def _about_domain(name: str) -> str:
    if "_" in name:
        return "It has no underscores; hyphens are fine. "
    if "." not in name:
        return "It has at least one dot. "
    if len(name) > MAX_HOST_NAME:
        return f"It has {MAX_HOST_NAME} characters at most. "
    return "Between dots stand 1 to 63 letters, digits and hyphens, with no hyphen first or last. "


def _coded_form(name: str) -> str:
    try:
        coded = name.encode("idna").decode()
    except UnicodeError:
        coded = ""
    return f"Write it in its coded form: {coded}." if is_domain(coded) else "Use letters, digits, hyphens and dots."


def _email(value: str) -> str:
    match = _EMAIL.fullmatch(value)
    if match and is_domain(match["domain"].lower()):
        return value
    raise wrong("is not an e-mail address", f"{_about_email(value, match)}Such as beheer@example.org.")


def _about_email(value: str, match: re.Match[str] | None) -> str:
    inside = re.search(r"[^\s<>:\"]+@[^\s<>\"]+\.\w+", value)
    if match and not match["domain"].isascii():
        return f"{_coded_form(match['domain'])} "
    if value.count("@") == 1 and inside and inside[0] != value and _EMAIL.fullmatch(inside[0]):
        return f"Give the address alone: {inside[0]}. "
    if "@" not in value:
        return "It has an @. "
    if match:
        return "After the @ stands a domain name, with a dot. "
    return "Write one address, without spaces, commas or two dots in a row. "


def _colour(value: object) -> object:
    if value is None:
        # An unquoted #004a83 is a comment in YAML: the value is empty without a word.
        raise wrong("has no value", 'A colour starts with #, and YAML wants that in quotes: "#004a83".')
    if isinstance(value, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", value.strip()):
        return value.strip().lower()
    raise wrong("is not a colour", f'{_about_colour(value)}Use # and six hexadecimal digits, in quotes: "#004a83".')


def _about_colour(value: object) -> str:
    short = re.fullmatch(r"#([0-9A-Fa-f])([0-9A-Fa-f])([0-9A-Fa-f])", str(value).strip())
    if short:
        return f'Did you mean "#{"".join(digit * 2 for digit in short.groups())}"? '
    if re.fullmatch(r"[0-9A-Fa-f]{6}", str(value).strip()):
        return f'Did you mean "#{str(value).strip()}"? '
    return ""


def _host(value: str) -> str:
    # Also keeps a leading hyphen away from ssh, which would read it as an option.
    if _is_address(value) or (is_host_name(value) and not _LIKE_ADDRESS.fullmatch(value)):
        return value
    raise wrong("is not a host name or IP address", f"{_about_host(value)}Such as server1.example.org or 192.0.2.10.")


def _is_address(text: str) -> bool:
    import ipaddress  # noqa: PLC0415 — few files name a host

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _ip_network(value: str) -> str:
    import ipaddress  # noqa: PLC0415 — few files name a network

    try:
        return str(ipaddress.ip_network(value.strip())).removesuffix("/32").removesuffix("/128")
    except ValueError as error:
        example = "Such as 192.0.2.10 or 192.0.2.0/24."
        try:
            meant = f"Did you mean {ipaddress.ip_network(value.strip(), strict=False)}? "
        except ValueError:
            meant = ""
        raise wrong("is not an IP address or network", f"{meant}{example}") from error


def _about_host(value: str) -> str:
    if "@" in value:
        return "The user goes in a key of its own: user. "
    if "://" in value:
        return "Give the name alone, without what stands before ://. "
    if re.fullmatch(r"[^:]+:\d+", value):
        return "The port goes in a key of its own: port. "
    return ""


def http_url(value: str) -> str:
    """Check that a text is a URL of http or https."""
    message, todo = "is not a URL", "It starts with http:// or https://, such as https://mirror.example.org."
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise wrong(message, todo) from error
    if re.search(r"\s", value) or port == 0:
        raise wrong(message, todo)
    if parts.scheme not in {"http", "https"} or not host or not (_is_address(host) or is_host_name(host)):
        raise wrong(message, todo)
    return value


def _line(value: str) -> str:
    if not value.strip():
        raise wrong("is empty", "Write a text.")
    if not value.strip().isprintable():
        raise wrong("has a line break or control character", "Write it on one line.")
    return value.strip()


def _time_zone(value: str) -> str:
    from zoneinfo import available_timezones  # noqa: PLC0415 — scans a folder; most commands never need it

    if value == "Europe/Amsterdam":
        return value
    known = available_timezones()
    # A machine without the tz database cannot tell.
    if value in known or not known:
        return value
    city = {zone.rpartition("/")[2].lower(): zone for zone in known}.get(value.strip().lower())
    close = city or nearest(value, known)
    raise wrong("is not a time zone", f"Did you mean {close}?" if close else "Such as Europe/Amsterdam.")


FLAG_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": "boolean"}, {"enum": ["on", "off", "yes", "no"]}, {"type": "string", "pattern": _ANY_CASE}]
}
Flag = Annotated[bool, BeforeValidator(flag), Kind("on or off", ("on", "off")), WithJsonSchema(FLAG_SCHEMA)]
Line = Annotated[str, AfterValidator(_line), Kind("text on one line"), Field(json_schema_extra={"minLength": 1})]
Domain = Annotated[str, AfterValidator(_domain), Kind("domain name"), Field(json_schema_extra={"format": "hostname"})]
Email = Annotated[str, AfterValidator(_email), Kind("e-mail address"), Field(json_schema_extra={"format": "email"})]
Colour = Annotated[
    str,
    BeforeValidator(_colour),
    Kind("colour: # and six hexadecimal digits, in quotes"),
    WithJsonSchema({"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"}),
]
IpNetwork = Annotated[str, AfterValidator(_ip_network), Kind("IP address, or network such as 192.0.2.0/24")]
Host = Annotated[str, AfterValidator(_host), Kind("host name or IP address")]
HttpUrl = Annotated[str, AfterValidator(http_url), Kind("URL"), Field(json_schema_extra={"format": "uri"})]
Port = Annotated[int, Field(ge=1, le=65535, strict=True), Kind("number from 1 to 65535")]
TimeZone = Annotated[str, AfterValidator(_time_zone), Kind("time zone")]
