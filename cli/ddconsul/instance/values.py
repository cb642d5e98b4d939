"""The kinds of value a municipality file knows, each with a check that says what is allowed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

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
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?P<domain>[^@\s]+)")
_GIT_URL = re.compile(r"(?:https?|ssh|git|file)://\S+|[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:\S+")


def wrong(message: str, todo: str = "", key: str = "") -> PydanticCustomError:
    """Build the error of a check.

    Args:
        message: What is wrong with the value.
        todo: What is allowed, or what to do.
        key: For a check of a whole section: the key whose place the error gets.
    """
    return PydanticCustomError("ddconsul", "{message}", {"message": message, "todo": todo, "key": key})


def is_host_name(text: str) -> bool:
    """Tell whether the text is a host name: labels of letters, digits and hyphens."""
    return len(text) <= MAX_HOST_NAME and all(_LABEL.fullmatch(label) for label in text.lower().split("."))


def is_url(text: str) -> bool:
    """Tell whether the text names a git repository or a file by URL (scp's user@host:path included)."""
    return _GIT_URL.fullmatch(text) is not None


def _flag(value: object) -> object:
    if isinstance(value, str) and value.lower() in FLAGS:
        return FLAGS[value.lower()]
    if isinstance(value, bool):
        return value
    raise wrong("is not a flag", "Use on or off (yes, no, true and false are fine too).")


def _domain(value: str) -> str:
    example = "Give the name alone, such as participatie.example.org."
    name = value.rstrip(".").lower()
    if "://" in value or "/" in value or ":" in value:
        raise wrong("is an address, not a domain name", example)
    if not name.isascii():
        raise wrong("has letters outside ASCII", _coded_form(name))
    if "." not in name or not is_host_name(name):
        raise wrong("is not a domain name", example)
    if name.rpartition(".")[2].isdigit():
        raise wrong("is an IP address, not a domain name", example)
    return name


def _coded_form(name: str) -> str:
    try:
        return f"Write it in its coded form: {name.encode('idna').decode()}."
    except UnicodeError:
        return "Use letters, digits, hyphens and dots."


def _email(value: str) -> str:
    match = _EMAIL.fullmatch(value)
    if match is None or not is_host_name(match["domain"]) or "." not in match["domain"]:
        raise wrong("is not an e-mail address", "Such as beheer@example.org.")
    return value


def _colour(value: object) -> object:
    if value is None:
        # An unquoted #004a83 is a comment in YAML: the value is empty without a word.
        raise wrong("has no value", 'A colour starts with #, and YAML wants that in quotes: "#004a83".')
    if not isinstance(value, str) or not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise wrong("is not a colour", 'Use # and six hexadecimal digits, in quotes: "#004a83".')
    return value.lower()


def _host(value: str) -> str:
    # Also keeps a leading hyphen away from ssh, which would read it as an option.
    if re.fullmatch(r"[0-9a-fA-F]*:[0-9a-fA-F:.]+", value) or is_host_name(value):
        return value
    raise wrong("is not a host name or IP address", "Such as server1.example.org or 192.0.2.10.")


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise wrong("is not a URL", "It starts with http:// or https://, such as https://mirror.example.org.")
    return value


def _line(value: str) -> str:
    if not value.strip():
        raise wrong("is empty", "Write a text.")
    if any(ord(letter) < ord(" ") for letter in value):
        raise wrong("has a line break or control character", "Write it on one line.")
    return value.strip()


def _place(value: str, info: ValidationInfo) -> Path:
    """Make a path absolute: what the file points at is beside the file, wherever ddconsul is called."""
    base = (info.context or {}).get("base")
    path = Path(value).expanduser()
    return Path(base) / path if base is not None else path


def _existing_file(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    path = _place(value, info)
    if (info.context or {}).get("base") is not None and not path.is_file():
        raise wrong("does not exist" if not path.exists() else "is not a file", f"Looked for {path}.")
    return path


def existing_folder(value: object, info: ValidationInfo) -> object:
    """Check that a folder exists, and make its path absolute."""
    if not isinstance(value, str):
        return value
    path = _place(value, info)
    if (info.context or {}).get("base") is not None and not path.is_dir():
        raise wrong("does not exist" if not path.exists() else "is not a folder", f"Looked for {path}.")
    return path


def _certificates(value: object, info: ValidationInfo) -> object:
    path = _existing_file(value, info)
    if isinstance(path, Path) and path.is_file() and "-----BEGIN CERTIFICATE-----" not in _text(path):
        raise wrong("holds no certificate in PEM form", "It has a line -----BEGIN CERTIFICATE-----.")
    return path


def _authority(value: object, info: ValidationInfo) -> object:
    path = _existing_file(value, info)
    # DER, the other form that certificates come in, is one ASN.1 sequence.
    if isinstance(path, Path) and path.is_file() and path.read_bytes()[:1] != b"\x30":
        return _certificates(value, info)
    return path


def _private_key(value: object, info: ValidationInfo) -> object:
    path = _existing_file(value, info)
    if isinstance(path, Path) and path.is_file() and "PRIVATE KEY-----" not in _text(path):
        raise wrong("holds no private key in PEM form", "It has a line -----BEGIN PRIVATE KEY-----.")
    return path


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise wrong(f"cannot be read: {error.strerror}", f"Looked at {path}.") from error


def _source(value: str, info: ValidationInfo) -> str:
    if is_url(value):
        return value
    if "://" in value:
        raise wrong(
            "is not a source", "Use a git URL (https, ssh, file), or the path of a repository, tarball or folder"
        )
    path = _place(value, info)
    if (info.context or {}).get("base") is not None and not path.exists():
        raise wrong("does not exist", f"Looked for {path}. A URL starts with https:// or ssh://.")
    return str(path)


def _gems_mirror(value: str, info: ValidationInfo) -> str:
    if "://" in value:
        return _http_url(value)
    return str(existing_folder(value, info))


def _time_zone(value: str) -> str:
    from zoneinfo import available_timezones  # noqa: PLC0415 — scans a folder; most commands never need it

    if value not in available_timezones():
        raise wrong("is not a time zone", "Such as Europe/Amsterdam.")
    return value


Flag = Annotated[
    bool,
    BeforeValidator(_flag),
    WithJsonSchema(
        {"anyOf": [{"type": "boolean"}, {"enum": ["on", "off", "yes", "no"]}, {"type": "string", "pattern": _ANY_CASE}]}
    ),
]
Line = Annotated[str, AfterValidator(_line), Field(json_schema_extra={"minLength": 1})]
Domain = Annotated[str, AfterValidator(_domain), Field(json_schema_extra={"format": "hostname"})]
Email = Annotated[str, AfterValidator(_email), Field(json_schema_extra={"format": "email"})]
Colour = Annotated[str, BeforeValidator(_colour), WithJsonSchema({"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"})]
Host = Annotated[str, AfterValidator(_host)]
HttpUrl = Annotated[str, AfterValidator(_http_url), Field(json_schema_extra={"format": "uri"})]
Port = Annotated[int, Field(ge=1, le=65535, strict=True)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Source = Annotated[str, AfterValidator(_source)]
GemsMirror = Annotated[str, AfterValidator(_gems_mirror)]

_PATH_SCHEMA: dict[str, Any] = {"type": "string", "minLength": 1}
ExistingFile = Annotated[Path, BeforeValidator(_existing_file), WithJsonSchema(_PATH_SCHEMA)]
ExistingFolder = Annotated[Path, BeforeValidator(existing_folder), WithJsonSchema(_PATH_SCHEMA)]
Certificates = Annotated[Path, BeforeValidator(_certificates), WithJsonSchema(_PATH_SCHEMA)]
Authority = Annotated[Path, BeforeValidator(_authority), WithJsonSchema(_PATH_SCHEMA)]
PrivateKey = Annotated[Path, BeforeValidator(_private_key), WithJsonSchema(_PATH_SCHEMA)]
