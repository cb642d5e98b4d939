"""The kinds of value a municipality file knows, each with a check that says what is allowed."""

from __future__ import annotations

import itertools
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from ddconsul.instance.problems import nearest, shown

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
LONGEST_PATH = 4096  # Linux, limits.h: PATH_MAX
# Certificates and keys are small: no need to read a film to the end.
_LARGEST = 1_000_000
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


def _place(value: str, info: ValidationInfo) -> Path:
    """Make a path absolute: what the file points at is beside the file, wherever ddconsul is called."""
    if not value.strip():
        raise wrong("is empty", "Write a path.")
    if "\0" in value:
        raise wrong("is not a path", "Remove the character \\0.")
    base = base_folder(info)
    try:
        path = Path(value).expanduser()
    except RuntimeError as error:
        raise wrong("begins with ~ and a user that this machine does not know", "Write the path out.") from error
    return base / path if base is not None else path


def base_folder(info: ValidationInfo) -> Path | None:
    """Return the folder of the municipality file; None where no file is looked at, and so no paths are."""
    return (info.context or {}).get("base")


def _kind_at(path: Path) -> str:
    """Return what stands at a path: file, folder, something else, nothing, or why that cannot be known."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "nothing"
    except (OSError, ValueError) as error:
        raise wrong(f"cannot be looked at: {getattr(error, 'strerror', error)}", _looked(path)) from error
    return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "something else"


def _expect(value: str, path: Path, wanted: str) -> None:
    found = _kind_at(path)
    if found == "nothing":
        raise wrong("does not exist", f"{_meant(value, path)}{_looked(path)}")
    if found != wanted:
        raise wrong(f"is not a {wanted}", _looked(path))


def _looked(path: Path) -> str:
    return f"Looked for {shown(path, LONGEST_PATH)[1:-1]}."


def _meant(value: str, path: Path) -> str:
    """Say which path was meant, likely."""
    if "\\" in value:
        return f"Write / instead of a backslash: {value.replace(chr(92), '/')}. "
    try:
        close = nearest(path.name, (other.name for other in itertools.islice(path.parent.iterdir(), 1000)))
    except (OSError, ValueError):
        return ""
    return f"Did you mean {value.removesuffix(path.name)}{close}? " if close else ""


def existing_file(value: object, info: ValidationInfo) -> object:
    """Check that a file exists and is not empty, and make its path absolute."""
    if not isinstance(value, str):
        return value
    path = _place(value, info)
    if base_folder(info) is not None:
        _expect(value, path, "file")
        if not _bytes(path):
            raise wrong("is an empty file", _looked(path))
    return path


def existing_folder(value: object, info: ValidationInfo) -> object:
    """Check that a folder exists, and make its path absolute."""
    if not isinstance(value, str):
        return value
    path = _place(value, info)
    if base_folder(info) is not None:
        _expect(value, path, "folder")
    return path


def _certificates(value: object, info: ValidationInfo) -> object:
    return _holding(value, info, b"-----BEGIN CERTIFICATE-----", "certificate")


def _private_key(value: object, info: ValidationInfo) -> object:
    return _holding(value, info, b"PRIVATE KEY-----", "private key")


def _authority(value: object, info: ValidationInfo) -> object:
    path = existing_file(value, info)
    # DER, the other form that certificates come in, is one ASN.1 sequence.
    if isinstance(path, Path) and base_folder(info) is not None and _bytes(path)[:1] == b"\x30":
        return path
    return _certificates(value, info)


def _holding(value: object, info: ValidationInfo, mark: bytes, what: str) -> object:
    """Check that a file holds something in PEM form."""
    path = existing_file(value, info)
    if isinstance(path, Path) and base_folder(info) is not None and mark not in _bytes(path):
        raise wrong(f"holds no {what} in PEM form", f"It has a line -----BEGIN {what.upper()}-----.")
    return path


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise wrong(f"cannot be read: {error.strerror}", _looked(path)) from error


def _source(value: str, info: ValidationInfo) -> str:
    if is_url(value):
        return value
    if "://" in value:
        raise wrong(
            "is not a source", "Use a git URL (https, ssh, file), or the path of a repository, tarball or folder."
        )
    path = _place(value, info)
    if base_folder(info) is not None and _kind_at(path) == "nothing":
        raise wrong("does not exist", f"{_meant(value, path)}{_looked(path)} A URL starts with https:// or ssh://.")
    return str(path)


def _gems_mirror(value: str, info: ValidationInfo) -> str:
    if "://" in value:
        return http_url(value)
    return str(existing_folder(value, info))


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
Source = Annotated[str, AfterValidator(_source), Kind("git URL, or path of a repository, archive or folder")]
GemsMirror = Annotated[str, AfterValidator(_gems_mirror), Kind("URL, or path of a folder")]

_PATH_SCHEMA = WithJsonSchema({"type": "string", "minLength": 1})
ExistingFile = Annotated[Path, BeforeValidator(existing_file), Kind("path of a file"), _PATH_SCHEMA]
ExistingFolder = Annotated[Path, BeforeValidator(existing_folder), Kind("path of a folder"), _PATH_SCHEMA]
Certificates = Annotated[Path, BeforeValidator(_certificates), Kind("path of a PEM file"), _PATH_SCHEMA]
Authority = Annotated[Path, BeforeValidator(_authority), Kind("path of a PEM or DER file"), _PATH_SCHEMA]
PrivateKey = Annotated[Path, BeforeValidator(_private_key), Kind("path of a PEM file"), _PATH_SCHEMA]
