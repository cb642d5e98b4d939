"""Reads YAML into plain values, and remembers at which line and column each key and value stands."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from ddconsul.instance.problems import Problem, nearest, printable, shown, without_secrets
from ddconsul.instance.yaml import text as letters
from ddconsul.instance.yaml.composing import MAX_DEPTH, compose
from ddconsul.instance.yaml.draft import Draft
from ddconsul.instance.yaml.text import Lines, Place

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ddconsul.instance.yaml.text import Flaw

Key = tuple[str | int, ...]

MAX_BYTES = 250_000
MAX_NODES = 20_000
LONGEST_NUMBER = 40
_WHOLE_FILE = Place(0, 0)
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = {f"{_TAG}{name}" for name in ("null", "bool", "int", "float")}
_TEXT_TAGS = {f"{_TAG}{name}" for name in ("str", "timestamp", "value", "merge")}


@dataclass
class Document:
    """A YAML file, read.

    Args:
        file: The file, as the user named it.
        text: What stands in it.
        value: Its content as plain Python values.
        keys: Place of each key (of each item, in a list).
        values: Place of each value.
        written: What stands in the file for each value that is no text: `0014`, where the value is 14.
        draft: The text as it was read, where it was no YAML.
        lost: The lines that could not be read, by number.
        halves: Places of values with half a letter in them: what those are cannot be known.
        problems: What was wrong on the way, such as a key that stands there twice.
    """

    file: str
    text: str = ""
    value: Any = None
    keys: dict[Key, Place] = field(default_factory=dict)
    values: dict[Key, Place] = field(default_factory=dict)
    written: dict[Key, str] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)
    halves: set[Place] = field(default_factory=set)
    draft: Draft = field(default_factory=lambda: Draft(""))
    problems: list[Problem] = field(default_factory=list)
    _lines: Lines = field(default_factory=lambda: Lines(""))

    def place(self, key: Key, *, of_key: bool = False) -> Place:
        """Return the place of a value (or of its key); of the nearest enclosing section if it isn't there."""
        key = self.as_written(key)
        first, second = (self.keys, self.values) if of_key else (self.values, self.keys)
        for length in range(len(key), 0, -1):
            found = first.get(key[:length]) or second.get(key[:length])
            if found:
                return found
            first, second = (self.values, self.keys) if self._is_short(key[: length - 1]) else (self.keys, self.values)
        return Place(1, 1)

    def _is_short(self, key: Key) -> bool:
        """Tell whether one value stands where a section may: `privacy: pages/privacy.md`."""
        value = self.value
        for part in key:
            inside = isinstance(value, dict | list) and (part in value if isinstance(value, dict) else True)
            value = value[part] if inside else None
        return isinstance(value, str)

    def problem(self, place: Place, key: Key, message: str, todo: str = "", rule: str = "value") -> Problem:
        """Make a problem in this file."""
        # What is missing from the file as a whole is missing on no line of it.
        source = "" if rule == "missing" and len(key) == 1 else self._lines.line(place.line)
        hidden = without_secrets(source)
        if len(hidden) < len(source) and place.column > len(hidden):
            # Inside of a secret, of which no more than *** is shown.
            place = place._replace(column=max(1, len(hidden) - 2), width=3)
        key = self.as_written(key)
        message, todo = (printable(without_secrets(text)) for text in (message, todo))
        return Problem(self.file, place.line, place.column, dotted(key), message, todo, rule, place.width, source)

    def as_written(self, key: Key) -> Key:
        """Return a key without the number of an item where one section stands for a list of one."""
        value, found = self.value, []
        for part in key:
            if isinstance(part, int) and isinstance(value, dict):
                continue
            found.append(part)
            inside = (isinstance(value, dict) and part in value) or (
                isinstance(value, list) and isinstance(part, int) and part < len(value)
            )
            value = value[part] if inside else None
        return tuple(found)

    def rename(self, key: Key, meant: Key) -> None:
        """Take a key, and what stands under it, for another one."""
        length = len(key)

        def renamed(known: Key) -> Key:
            return (*meant, *known[length:]) if known[:length] == key else known

        self.keys = {renamed(known): place for known, place in self.keys.items()}
        self.values = {renamed(known): place for known, place in self.values.items()}
        self.written = {renamed(known): text for known, text in self.written.items()}

    def add(self, place: Place, key: Key, message: str, todo: str = "", rule: str = "value") -> None:
        """Note a problem."""
        self.problems.append(self.problem(place, key, message, todo, rule))

    def line(self, place: Place) -> str:
        """Return the line of a place."""
        return self._lines.line(place.line)

    def add_flaws(self, flaws: Iterable[Flaw], rule: str) -> None:
        """Note what is wrong with the text itself."""
        for flaw in flaws:
            self.add(self._lines.place(flaw.start, flaw.end), (), flaw.message, flaw.todo, rule)

    def set_text(self, text: str) -> None:
        """Take the text, so that places in it are known."""
        self.text, self._lines = text, Lines(text)

    def span(self, node: Node) -> Place:
        """Return the place of a node."""
        return self.stretch(node.start_mark.index, node.end_mark.index)

    def stretch(self, start: int, end: int) -> Place:
        """Return the place of a stretch of the text as it was read."""
        start, end = map(self.draft.original, (start, end))
        return self._lines.place(start, start + len(self.text[start:end].rstrip()))

    def note_lost(self) -> None:
        """Note which lines could not be read."""
        for start, end in self.draft.lost:
            first, last = (self._lines.place(index).line for index in (start, end))
            lines = ((number, self._lines.line(number)) for number in range(first, last + 1))
            self.lost.update((number, line) for number, line in lines if line.strip())

    def mark(self, mark: Any) -> Place:  # noqa: ANN401 — ruamel's own type has no name in its interface
        """Return the place of a mark."""
        return self._lines.place(self.draft.original(mark.index))


def dotted(key: Key) -> str:
    """Return a key as a person writes it: `administrators[0].email`."""
    text = ""
    for part in key:
        name = part if isinstance(part, int) else shown(part)[1:-1] or '""'
        text += f"[{name}]" if isinstance(part, int) else f".{name}" if text else str(name)
    return text


def read(path: Path, name: str) -> Document:
    """Read a YAML file. Problems end up in the document: nothing is raised for a file that is wrong.

    Args:
        path: The file.
        name: How the user named it, for messages.
    """
    document = Document(printable(name.encode("utf-8", "replace").decode()))
    data = _bytes(path, document)
    if data is None:
        return document
    text, flaws = letters.decode(data)
    document.set_text(text)
    document.add_flaws(flaws, "encoding")
    _read_yaml(document)
    return document


def parse(text: str) -> Document:
    """Read YAML that stands in no file."""
    document = Document("")
    document.set_text(text)
    _read_yaml(document)
    return document


def _read_yaml(document: Document) -> None:
    root, document.draft = compose(document.text)
    document.add_flaws(document.draft.flaws, "syntax")
    document.note_lost()
    if root is not None:
        document.value = _Reader(document).read(root, ())
    elif not document.problems:
        cloud = " A file in a cloud folder (OneDrive) may not be on this computer yet: open it once."
        todo = f"`ddconsul init` writes a file to start from.{'' if document.text else cloud}"
        document.add(Place(1, 1), (), "is empty", todo, "file")


def _bytes(path: Path, document: Document) -> bytes | None:
    """Return what stands in the file; None when that is no use to look at."""
    try:
        what, todo, data = _open(path)
    except FileNotFoundError:
        what, todo, data = "does not exist", _near(path), None
    except OSError as error:
        what, todo, data = f"cannot be read: {error.strerror}", "Look at its permissions and name.", None
    if what:
        place = Place(1, 1) if what.endswith("municipality file") else _WHOLE_FILE
        document.add(place, (), what, todo, "file")
    return data


def _open(path: Path) -> tuple[str, str, bytes | None]:
    """Return what is wrong with the file as a whole, what to do about that, and what stands in it."""
    kind = path.stat().st_mode
    if stat.S_ISDIR(kind):
        return "is a folder, not a file", "Give the municipality file itself.", None
    if stat.S_ISBLK(kind) or stat.S_ISSOCK(kind):
        return "is not a file", "Give the municipality file itself.", None
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return f"is larger than {MAX_BYTES} bytes", "Is it the right file?", None
    other = letters.other_kind(data)
    if other:
        return f"is {other}, not a municipality file", "Give the municipality file itself: plain text.", None
    return "", "", data


def _near(path: Path) -> str:
    """Say which file in the same folder was meant, likely."""
    try:
        names = [other.name for other in path.parent.iterdir() if other.is_file()]
    except OSError:
        return "Its folder does not exist either."
    if f"{path.name}.txt" in names:
        return f"There is a {path.name}.txt: rename it. Windows does not show the .txt."
    close = nearest(path.name, (name for name in names if name.endswith((".yml", ".yaml"))))
    backslash = "Folders are separated by / here, not by a backslash. " if "\\" in path.name else ""
    return backslash + (
        f"Did you mean {close}?" if close else "`ddconsul init` writes a municipality file to start from."
    )


_MERGED = ("takes over another section with <<", "Write the keys out.")
_NO_NAME = ("has a key that is not a plain name", "Write it out; a text that begins with { goes in quotes.")


_HALF = re.compile("[\ud800-\udfff]")
_GLUED = re.compile(r"([^\W\d][\w-]*):(\S.*)", re.DOTALL)


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value == "" and node.style is None


class _Reader:
    """Turns nodes into values; keeps count, since a small file of aliases can stand for a very large one."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._yaml = YAML(typ="safe", pure=True)
        self._constructor = self._yaml.constructor
        self._count = 0
        self._open: list[Node] = []
        self._full = False

    def read(self, node: Node, key: Key) -> Any:  # noqa: ANN401 — YAML holds anything
        self._count += 1
        # A value that is not there stands, for the parser, where the next thing begins; its key says more.
        if not _is_empty(node):
            self._document.values.setdefault(key, self._document.span(node))
        if self._too_much(node, key):
            return None
        self._note_tag(node, key)
        if isinstance(node, ScalarNode):
            # A text that begins with ! is a tag to YAML.
            eaten = str(node.tag).startswith("!") and not node.value
            return str(node.tag) if eaten else self._scalar(node, key)
        self._open.append(node)
        try:
            return self._mapping(node, key) if isinstance(node, MappingNode) else self._sequence(node, key)
        finally:
            self._open.pop()

    def _too_much(self, node: Node, key: Key) -> bool:
        deep = len(self._open) > MAX_DEPTH
        large = self._count > MAX_NODES or node in self._open
        if (deep or large) and not self._full:
            self._full = True
            message = "refers to itself, or has too many aliases" if large else "is nested too deeply"
            self._document.add(self._document.span(node), key[:3], message, "Write it out, plainly.", "syntax")
        return deep or large

    def _note_tag(self, node: Node, key: Key) -> None:
        tag = str(node.tag or "")
        usual = {f"{_TAG}map", f"{_TAG}seq"} if not isinstance(node, ScalarNode) else _PLAIN_TAGS | _TEXT_TAGS
        if tag not in usual:
            name = tag.replace(_TAG, "!!")
            todo = "Remove it, or put the text in quotes when the ! belongs to it."
            self._document.add(self._document.span(node), key, f"has a tag ({shown(name)[1:-1]})", todo, "syntax")

    def _unglued(self, name: ScalarNode, glued: re.Match[str], key: Key) -> Node:
        """Note a key in brackets without a space after its colon, which is no key to YAML; return its value."""
        start = name.start_mark.index + glued.start(2)
        place = self._document.stretch(start - 1, start)
        todo = "A space goes after the colon behind a key."
        self._document.add(place, key, "has no space after the colon", todo, "syntax")
        self._document.values[key] = self._document.stretch(start, name.end_mark.index)
        tag = self._yaml.resolver.resolve(ScalarNode, glued[2], (True, False))
        return ScalarNode(tag, glued[2], name.start_mark, name.end_mark)

    def _scalar(self, node: ScalarNode, key: Key) -> Any:  # noqa: ANN401 — YAML holds anything
        if str(node.tag) not in _PLAIN_TAGS:
            return self._text(node, key)
        self._document.written[key] = node.value
        if len(node.value) > LONGEST_NUMBER:
            return node.value
        try:
            return self._constructor.construct_object(node)
        except (ValueError, YAMLError):
            message = f"{shown(node.value)} does not fit its type"
            self._document.add(self._document.span(node), key, message, "Put it in quotes.")
            return node.value

    def _text(self, node: ScalarNode, key: Key) -> str:
        """Return a text without what nobody meant to write, after a word about that."""
        value = self._readable(node, key)
        # A block of text comes from elsewhere: a no-break space in it does no harm.
        unseen = letters.UNSEEN.search(value) if node.style not in {"|", ">"} else None
        message, todo = "", ""
        if unseen:
            message = f"{shown(value)} has an invisible character in it: {letters.unseen_name(unseen[0])}"
            todo = "Type it anew: it came along with a text that was copied."
        elif node.style is None and letters.curly_quotes(value):
            message, todo = f"{shown(value)[1:-1]} has curly quotes", "Use straight ones, or none: Word makes these."
        if message:
            self._document.add(self._document.span(node), key, message, todo)
            return letters.cleaned(value)
        return value.replace(letters.UNREADABLE, "")

    def _readable(self, node: ScalarNode, key: Key) -> str:
        """Return a text without the halves of letters that escapes in double quotes may stand for."""
        value: str = node.value
        if _HALF.search(value) is None:
            return value
        todo = "Write the letter itself instead of that escape: the file is UTF-8."
        place = self._document.span(node)
        self._document.halves.add(place)
        self._document.add(place, key, "has half a letter in it", todo, "encoding")
        return _HALF.sub("", value)

    def _sequence(self, node: Node, key: Key) -> list[Any]:
        result = []
        for index, item in enumerate(node.value):
            self._document.keys.setdefault((*key, index), self._document.span(item))
            result.append(self.read(item, (*key, index)))
        return result

    def _mapping(self, node: MappingNode, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name_node, given in node.value:
            value_node = given
            place = self._document.span(name_node)
            name = self._readable(name_node, key) if isinstance(name_node, ScalarNode) else None
            if not isinstance(name, str) or name == "<<":
                what, todo = _MERGED if name == "<<" else _NO_NAME
                self._document.add(place, key, what, todo, "syntax")
                continue
            here = (*key, name)
            glued = _GLUED.fullmatch(name) if node.flow_style and _is_empty(value_node) else None
            if glued:
                name, here = glued[1], (*key, glued[1])
                value_node = self._unglued(name_node, glued, here)
            if name in result:
                first = self._document.keys[here]
                todo = f"It is on line {first.line}, column {first.column} as well; keep one of the two."
                self._document.add(place, here, "stands there twice", todo, "duplicate-key")
                continue
            self._document.keys.setdefault(here, place)
            result[name] = self.read(value_node, here)
        return result
