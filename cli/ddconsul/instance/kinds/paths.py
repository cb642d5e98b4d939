"""What a municipality file points at: files and folders beside it, each looked at as it is named."""

# Pydantic reads these annotations at run time, so they are not postponed.
import itertools
import stat
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema

from ddconsul.instance.kinds import certificates
from ddconsul.instance.kinds.values import Kind, http_url, is_url, wrong
from ddconsul.instance.problems import nearest, shown

LONGEST_PATH = 4096  # Linux, limits.h: PATH_MAX
MEGABYTE = 1_000_000


def _place(value: str, info: ValidationInfo) -> Path:
    """Make a path absolute: what the file points at is beside the file, wherever ddconsul is called."""
    if not value.strip():
        raise wrong("is empty", "Write a path.")
    if "\0" in value:
        raise wrong("is not a path", "Remove the character \\0.")
    if "://" in value:
        raise wrong("is an address, not a path", "Download it, and give the path of the file.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise wrong("is not a path", "It holds half a character: type it anew.") from error
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
        message = "is a link to what does not exist" if path.is_symlink() else "does not exist"
        raise wrong(message, f"{_meant(value, path)}{_looked(path)}")
    if found != wanted:
        raise wrong(f"is not a {wanted}", _looked(path))


def _looked(path: Path) -> str:
    return f"Looked for {shown(path, LONGEST_PATH)[1:-1]}."


def _meant(value: str, path: Path) -> str:
    """Say which path was meant, likely."""
    if "\\" in value:
        return f"Write / instead of a backslash: {value.replace(chr(92), '/')}. "
    try:
        if path.is_symlink():
            return ""
        close = nearest(path.name, (other.name for other in itertools.islice(path.parent.iterdir(), 1000)))
    except (OSError, ValueError):
        return ""
    return f"Did you mean {value.removesuffix(path.name)}{close}? " if close else ""


def existing_file(value: object, info: ValidationInfo) -> object:
    """Check that a file exists and is not empty, and make its path absolute."""
    path = _existing(value, info, "file")
    if isinstance(path, Path) and base_folder(info) is not None and not _beginning(path, 1):
        raise wrong("is an empty file", _looked(path))
    return path


def content(value: object, info: ValidationInfo, most: int, smaller: str) -> tuple[object, bytes | None]:
    """Return the path of a file, and what is in it; None where files are not looked at.

    Args:
        value: What stands in the municipality file.
        info: Pydantic's, which knows the folder of that file.
        most: How many bytes it may have: more are not read, since somebody may have named a film.
        smaller: What to do when it has more.

    Raises:
        PydanticCustomError: When it is not there, cannot be read, is empty or too large.
    """
    path = existing_file(value, info)
    if not isinstance(path, Path) or base_folder(info) is None:
        return path, None
    data = _beginning(path, most + 1)
    if len(data) > most:
        raise wrong(f"has more than {_size(most)}", smaller)
    return path, data


def opened(value: object, info: ValidationInfo, what: str, most: int, smaller: str) -> tuple[Path, bytes | None]:
    """Return the same as `content`, for what is more than a path once it is read: a picture, an area.

    Args:
        value: What stands in the municipality file.
        info: Pydantic's, which knows the folder of that file.
        what: What the file is, as in "Write the path of a PDF."
        most: How many bytes it may have.
        smaller: What to do when it has more.

    Raises:
        PydanticCustomError: When it is no path, is not there, cannot be read, is empty or too large.
    """
    if not isinstance(value, str):
        raise wrong("is not a path", f"Write the path of {what}.")
    path, data = content(value, info, most, smaller)
    assert isinstance(path, Path)  # noqa: S101 — for mypy
    return path, data


def whole(path: Path, most: int) -> bytes:
    """Return what is in a file that ddconsul wrote itself.

    Args:
        path: The file.
        most: How many bytes it may have.

    Raises:
        ValueError: When it is no file, or has more.
        OSError: When it cannot be read.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError(path)
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(path)
    return data


def _size(count: int) -> str:
    return f"{count // MEGABYTE} MB" if count >= MEGABYTE else f"{count // 1000} kB"


def existing_folder(value: object, info: ValidationInfo) -> object:
    """Check that a folder exists, and make its path absolute."""
    return _existing(value, info, "folder")


def _existing(value: object, info: ValidationInfo, wanted: str) -> object:
    if not isinstance(value, str):
        return value
    path = _place(value, info)
    if base_folder(info) is not None:
        _expect(value, path, wanted)
    return path


def _certificates(value: object, info: ValidationInfo) -> object:
    return _holding(value, info, b"-----BEGIN CERTIFICATE-----", "certificate")


def _private_key(value: object, info: ValidationInfo) -> object:
    return _holding(value, info, b"PRIVATE KEY-----", "private key")


def _authority(value: object, info: ValidationInfo) -> object:
    path, data = content(value, info, MEGABYTE, "It is a certificate, which has a few kB.")
    # DER, the other form that certificates come in, is one ASN.1 sequence.
    if data is not None and not data.startswith(b"\x30"):
        path = _certificates(value, info)
    if data is not None and not certificates.can_be_read(data):
        raise wrong("holds no certificate that can be read", "Is the file whole? Ask for it once more.")
    return path


def _holding(value: object, info: ValidationInfo, mark: bytes, what: str) -> object:
    """Check that a file holds something in PEM form."""
    path, data = content(value, info, MEGABYTE, f"It is a {what} in PEM form, which has a few kB.")
    if data is not None and mark not in data:
        raise wrong(f"holds no {what} in PEM form", f"It has a line -----BEGIN {what.upper()}-----.")
    return path


def _beginning(path: Path, count: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
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
    found = _kind_at(path) if base_folder(info) is not None else ""
    if found == "nothing":
        raise wrong("does not exist", f"{_meant(value, path)}{_looked(path)} A URL starts with https:// or ssh://.")
    if found == "something else":
        raise wrong("is neither a file nor a folder", _looked(path))
    return str(path)


def _gems_mirror(value: str, info: ValidationInfo) -> str:
    if "://" in value:
        return http_url(value)
    return str(existing_folder(value, info))


PATH_SCHEMA = WithJsonSchema({"type": "string", "minLength": 1})
# How what was opened is written: by its path.
OPENED = (PlainSerializer(lambda file: str(file.path)), PATH_SCHEMA)
Source = Annotated[str, AfterValidator(_source), Kind("git URL, or path of a repository, archive or folder")]
GemsMirror = Annotated[str, AfterValidator(_gems_mirror), Kind("URL, or path of a folder")]
ExistingFile = Annotated[Path, BeforeValidator(existing_file), Kind("path of a file"), PATH_SCHEMA]
ExistingFolder = Annotated[Path, BeforeValidator(existing_folder), Kind("path of a folder"), PATH_SCHEMA]
Certificates = Annotated[Path, BeforeValidator(_certificates), Kind("path of a PEM file"), PATH_SCHEMA]
Authority = Annotated[Path, BeforeValidator(_authority), Kind("path of a PEM or DER file"), PATH_SCHEMA]
PrivateKey = Annotated[Path, BeforeValidator(_private_key), Kind("path of a PEM file"), PATH_SCHEMA]
