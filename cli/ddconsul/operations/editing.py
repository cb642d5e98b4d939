"""Changes a municipality file and leaves its comments, order and indentation as they are."""

from __future__ import annotations

import codecs
import os
import tempfile
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from ddconsul.errors import InputError

if TYPE_CHECKING:
    from ddconsul.instance.yaml.places import Key


def round_trip(text: str) -> tuple[YAML, CommentedMap]:
    """Return what reads and writes a text with its own indentation, and what stands in the text."""
    lines = [line for line in text.splitlines() if line.startswith(" ") and not line.lstrip().startswith("#")]
    nested = [len(line) - len(line.lstrip()) for line in lines if not line.lstrip().startswith("- ")]
    dashes = [len(line) - len(line.lstrip()) for line in lines if line.lstrip().startswith("- ")]
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    offset = min(dashes, default=0)
    yaml.indent(mapping=min(nested, default=2), sequence=offset + 2, offset=offset)
    return yaml, yaml.load(text.replace("\r\n", "\n"))


def dumped(yaml: YAML, root: CommentedMap, text: str) -> str:
    """Return as text what `round_trip` read, with the ends of lines that the text had."""
    stream = StringIO()
    yaml.dump(root, stream)
    return stream.getvalue().replace("\n", "\r\n") if "\r\n" in text else stream.getvalue()


def section_at(root: CommentedMap, way: Key) -> CommentedMap:
    """Return the section at a key; made where it is not there."""
    section: Any = root
    for part in way:
        if isinstance(section, CommentedMap) and isinstance(part, int):
            # One section stands for a list of one.
            continue
        if isinstance(section, CommentedMap) and section.get(part) is None:
            section[part] = CommentedMap()
        section = section[part]
    assert isinstance(section, CommentedMap)  # noqa: S101 — for mypy: lists are on the way only
    return section


def comments(text: str) -> list[str]:
    """Return the comments of a text, as far as it takes to see whether one is missing."""
    return [line[line.index("#") :].strip() for line in text.splitlines() if "#" in line]


def write_anew(file: Path, before: str, after: str) -> None:
    """Write a file's new text in the place of the old one: whole, or not at all.

    Args:
        file: The file, as the user named it.
        before: The text that the new one was made from.
        after: The new text.

    Raises:
        InputError: When the file changed since, or cannot be written.
    """
    path = file.expanduser().resolve()
    try:
        data = path.read_bytes()
        if data.decode("utf-8-sig") != before:
            raise InputError("changed just now; nothing was written", str(file), "Run it again.")
        mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        _replace(path, mark + after.encode("utf-8"))
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", str(file)) from error


def _replace(path: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        try:
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
            Path(new.name).chmod(path.stat().st_mode)
            Path(new.name).replace(path)
        except BaseException:
            Path(new.name).unlink(missing_ok=True)
            raise
