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
_TOP_LEVEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]+")
_LIKE_ADDRESS = re.compile(r"[0-9.]+")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
# RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3.
_LONGEST_BEFORE_AT = 64
_LONGEST_EMAIL = 254
_EMAIL = re.compile(rf"(?=[^@]{{1,{_LONGEST_BEFORE_AT}}}@){_ATOM}(?:\.{_ATOM})*@(?P<domain>[^@\s]+)")
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
    if _LIKE_ADDRESS.fullmatch(name) and _is_address(name):
        raise wrong("is an IP address, not a domain name", example)
    if not is_domain(name):
        raise wrong("is not a domain name", f"{_about_domain(name)}{example}")
    return name


def is_domain(name: str) -> bool:
    """Tell whether the text is a full domain name: its last part is of letters, or coded ones (RFC 3696, section 2)."""
    return (
        "." in name and is_host_name(name) and _TOP_LEVEL.fullmatch(name.rpartition(".")[2].lower()) is not None
    ) and _is_decodable(name)


def _is_decodable(name: str) -> bool:
    """Tell whether the coded labels of a name stand for letters: `xn--caf-dma`."""
    if "xn--" not in name.lower():
        # What knows of coded forms takes a while to load.
        return True
    try:
        name.encode().decode("idna")
    except UnicodeError:
        return False
    return True


def _about_domain(name: str) -> str:
    reasons = (
        ("_" in name, "It has no underscores; hyphens are fine. "),
        (re.search(r"\s", name), "It has no spaces. "),
        ("," in name, f"Did you mean {name.replace(',', '.')}? "),
        ("." not in name, "It has at least one dot. "),
        (len(name) > MAX_HOST_NAME, f"It has {MAX_HOST_NAME} characters at most. "),
        (is_host_name(name) and not _is_decodable(name), "What begins with xn-- is the coded form of a name. "),
        (is_host_name(name), "After the last dot stands something such as nl or org. "),
    )
    otherwise = "Between dots stand 1 to 63 letters, digits and hyphens, with no hyphen first or last. "
    return next((said for holds, said in reasons if holds), otherwise)


def _coded_form(name: str) -> str:
    try:
        coded = name.encode("idna").decode()
    except UnicodeError:
        coded = ""
    return f"Write it in its coded form: {coded}." if is_domain(coded) else "Use letters, digits, hyphens and dots."


def email(value: str) -> str:
    """Check that a text is one e-mail address."""
    match = _EMAIL.fullmatch(value)
    if match and is_domain(match["domain"].lower()) and len(value) <= _LONGEST_EMAIL:
        return value
    raise wrong("is not an e-mail address", f"{_about_email(value, match)}Such as beheer@example.org.")


def _about_email(value: str, match: re.Match[str] | None) -> str:
    before, at, after = value.partition("@")
    # Only a little of a very long text: looking for an address in it takes time.
    inside = re.search(r"[^\s<>:\"]+@[^\s<>\"]+\.\w+", value[:_LONGEST_EMAIL])
    found = _EMAIL.fullmatch(inside[0]) if inside and "@" not in after and inside[0] != value else None
    too_long = len(before) > _LONGEST_BEFORE_AT or len(value) > _LONGEST_EMAIL
    dots = f".{before}.".find("..") >= 0
    reasons = (
        (not at, "It has an @. "),
        ("@" in after, "Write one address, with one @. "),
        (not before or not after, "Something stands before the @, and something after it. "),
        (too_long, f"It has {_LONGEST_EMAIL} characters at most, and {_LONGEST_BEFORE_AT} before the @. "),
        (found and is_domain(found["domain"].lower()), f"Give the address alone: {found[0] if found else ''}. "),
        (match and not after.isascii(), f"{_coded_form(after)} "),
        (match, "After the @ stands a domain name, with a dot. "),
        (not before.isascii(), "Before the @ stand letters without accents. "),
        (dots, "It has no dot first, none just before the @, and no two in a row. "),
    )
    return next((said for holds, said in reasons if holds), "Write one address, without spaces or commas. ")


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
    example = "It starts with http:// or https://, such as https://mirror.example.org."
    if not value.isprintable() or " " in value:
        raise wrong("is not a URL", f"It has no spaces or line breaks. {example}")
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError as error:
        raise wrong("is not a URL", example) from error
    if parts.scheme not in {"http", "https"} or not host or not (_is_address(host) or is_host_name(host)):
        raise wrong("is not a URL", f"{_about_url(value)}{example}")
    try:
        right = parts.port != 0
    except ValueError:
        right = False
    if not right:
        raise wrong("is not a URL", "Its port is a number from 1 to 65535, or left out.")
    return value


def _about_url(value: str) -> str:
    host = re.match(r"(?:https?:)?/{0,3}([^/:@]+)", value[:MAX_HOST_NAME])
    if host and not host[1].isascii():
        return f"{_coded_form(host[1])} "
    if re.match(r"https?://[^/]", value):
        return "After :// stands a host name: letters, digits, hyphens and dots. "
    return f"Did you mean https://{host[1]}? " if host and is_domain(host[1]) else ""


def _line(value: str) -> str:
    if not value.strip():
        raise wrong("is empty", "Write a text.")
    if not value.strip().isprintable():
        raise wrong("has a line break or control character", "Write it on one line.")
    return value.strip()


# What the tz database has beside zones: a mark of where none was chosen, and whatever this machine has.
_NO_ZONES = frozenset(("Factory", "localtime", "posixrules"))


def _time_zone(value: str) -> str:
    from zoneinfo import available_timezones  # noqa: PLC0415 — scans a folder; most commands never need it

    if value == "Europe/Amsterdam":
        return value
    known = available_timezones() - _NO_ZONES
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
Email = Annotated[str, AfterValidator(email), Kind("e-mail address"), Field(json_schema_extra={"format": "email"})]
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
