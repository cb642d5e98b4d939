"""Reads YAML into plain values, and remembers at which line and column each key and value stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from ddconsul.instance.problems import Problem, shown

if TYPE_CHECKING:
    from pathlib import Path

Key = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_NODES = 20_000
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float")}


@dataclass
class Document:
    """A YAML file, read.

    Args:
        file: The file, as the user named it.
        value: Its content as plain Python values.
        keys: Line and column of each key (of each item, in a list).
        values: Line and column of each value.
        problems: What was wrong on the way, such as a key that stands there twice.
    """

    file: str
    value: Any = None
    keys: dict[Key, tuple[int, int]] = field(default_factory=dict)
    values: dict[Key, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, key: Key, *, of_key: bool = False) -> tuple[int, int]:
        """Return line and column of a value (or of its key); of the nearest enclosing section if it isn't there."""
        first, second = (self.keys, self.values) if of_key else (self.values, self.keys)
        for length in range(len(key), 0, -1):
            found = first.get(key[:length]) or second.get(key[:length])
            if found:
                return found
            first, second = self.keys, self.values
        return (1, 1)

    def add(self, place: tuple[int, int], key: Key, message: str, todo: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(self.file, *place, dotted(key), message, todo))


def dotted(key: Key) -> str:
    """Return a key as a person writes it: `administrators[0].email`."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read(path: Path, name: str) -> Document:
    """Read a YAML file. Problems end up in the document: nothing is raised for a file that is wrong.

    Args:
        path: The file.
        name: How the user named it, for messages.
    """
    document = Document(name)
    text = _text(path, document)
    if text is None:
        return document
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except ReaderError as error:
        _note_bad_letter(document, text, error)
    except MarkedYAMLError as error:
        _note_bad_yaml(document, error)
    except (YAMLError, RecursionError, ValueError) as error:
        document.add((1, 1), (), f"cannot be read as YAML: {str(error).splitlines()[0]}")
    else:
        if root is None:
            document.add((1, 1), (), "is empty", "`ddconsul init` writes a file to start from.")
        else:
            document.value = _Reader(document).read(root, ())
    return document


def _text(path: Path, document: Document) -> str | None:
    try:
        if path.is_dir():
            document.add((0, 0), (), "is a folder, not a file", "Give the municipality file itself.")
            return None
        if path.stat().st_size > MAX_BYTES:
            document.add((0, 0), (), f"is larger than {MAX_BYTES} bytes", "Is it the right file?")
            return None
        data = path.read_bytes()
    except FileNotFoundError:
        document.add((0, 0), (), "does not exist", "`ddconsul init` writes a municipality file to start from.")
        return None
    except OSError as error:
        document.add((0, 0), (), f"cannot be read: {error.strerror}")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = (before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        document.add(place, (), f"has a byte (0x{data[error.start]:02x}) that is not UTF-8", "Save the file as UTF-8.")
        return None


def _note_bad_letter(document: Document, text: str, error: ReaderError) -> None:
    position = error.position if isinstance(error.position, int) else 0
    before = text[:position]
    place = (before.count("\n") + 1, position - before.rfind("\n"))
    document.add(place, (), f"has a character that YAML does not allow ({error.character!r})", "Remove it.")


def _note_bad_yaml(document: Document, error: MarkedYAMLError) -> None:
    mark = error.problem_mark or error.context_mark
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = " ".join(str(part) for part in (error.context, error.problem) if part)
    if "\\t" in problem or "'\t'" in problem:
        todo = "Indent with spaces, not with tabs."
    elif "mapping values are not allowed" in problem:
        todo = "Is there a colon in a text? Then put the text in quotes. Is the indentation right?"
    elif "single document" in problem:
        todo = "Remove the line with ---."
    else:
        todo = "Check quotes, colons and indentation on this line and the one before."
    document.add(place, (), f"is not valid YAML: {problem}", todo)


class _Reader:
    """Turns nodes into values; keeps count, since a small file of aliases can stand for a very large one."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._constructor = YAML(typ="safe", pure=True).constructor
        self._count = 0
        self._open: list[Node] = []

    def read(self, node: Node, key: Key) -> Any:  # noqa: ANN401 — YAML holds anything
        self._count += 1
        # A value that is not there stands, for the parser, where the next thing begins; its key says more.
        if not (isinstance(node, ScalarNode) and node.value == "" and node.style is None):
            self._document.values.setdefault(key, _start(node))
        if self._count > MAX_NODES or node in self._open:
            if not any("aliases" in problem.message for problem in self._document.problems):
                self._document.add(_start(node), key, "refers to itself, or has too many aliases", "Write it out.")
            return None
        if isinstance(node, ScalarNode):
            return self._scalar(node, key)
        self._open.append(node)
        try:
            return self._mapping(node, key) if isinstance(node, MappingNode) else self._sequence(node, key)
        finally:
            self._open.pop()

    def _scalar(self, node: ScalarNode, key: Key) -> Any:  # noqa: ANN401 — YAML holds anything
        if str(node.tag) not in _PLAIN_TAGS:
            return node.value
        try:
            return self._constructor.construct_object(node)
        except (ValueError, YAMLError):
            self._document.add(_start(node), key, f"{shown(node.value)} does not fit its type", "Put it in quotes.")
            return node.value

    def _sequence(self, node: Node, key: Key) -> list[Any]:
        for index, item in enumerate(node.value):
            self._document.keys[(*key, index)] = _start(item)
        return [self.read(item, (*key, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: MappingNode, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = name_node.value if isinstance(name_node, ScalarNode) else None
            if not isinstance(name, str) or name == "<<":
                self._document.add(_start(name_node), key, "has a key that is not a plain name", "Write it out.")
                continue
            here = (*key, name)
            if name in result:
                line, column = self._document.keys[here]
                first = f"It is on line {line}, column {column} as well; keep one of the two."
                self._document.add(_start(name_node), here, "stands there twice", first)
                continue
            self._document.keys[here] = _start(name_node)
            result[name] = self.read(value_node, here)
        return result


def _start(node: Node) -> tuple[int, int]:
    mark = node.start_mark
    return (mark.line + 1, mark.column + 1)
