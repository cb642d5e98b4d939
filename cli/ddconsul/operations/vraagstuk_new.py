"""Writes a vraagstuk to start from into the municipality file, with its texts beside it; all of it or nothing."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from ddconsul import assets
from ddconsul.errors import InputError
from ddconsul.instance.kinds import moments
from ddconsul.instance.loader import load
from ddconsul.instance.problems import InvalidFileError, nearest
from ddconsul.instance.sections.home import KEY_PATTERN
from ddconsul.instance.sections.vraagstuk import MODULES
from ddconsul.operations.editing import comments, dumped, round_trip, section_at, write_anew

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddconsul.instance.loader import Loaded

# Texts go into this folder beside the municipality file.
FOLDER = "vraagstuk"
# A place that keeps a site from going online until somebody has read the text and taken the line away.
_UNREAD = "[invullen: dit is een voorbeeld. Maak er uw eigen tekst van, en haal deze regel weg]\n\n"
# So many days at least to get everything ready, in which also what has no date yet is printed and delivered.
_AHEAD = 28
_SECTION = re.compile(r"^vraagstuk:[ ]*(?:#.*)?\n(?:(?:[ #-].*)?\n)*", re.MULTILINE)
_RELATIVE = re.compile(r"\btoday(?: \+ (\d+) days)?")
_TEXT = re.compile(r"\.\./vraagstuk/(\w+)/(\w+)\.md")


@dataclass(frozen=True)
class New:
    """A vraagstuk that was written.

    Args:
        key: Its key.
        opens: The day on which it opens.
        texts: Its texts, to be read and changed.
        module: The module that was turned on for it; "" when that was on.
    """

    key: str
    opens: date
    texts: tuple[Path, ...]
    module: str = ""


def starters() -> tuple[str, ...]:
    """Return the names of what there is to start from."""
    return tuple(path.stem for path in sorted((assets.templates() / "starters").glob("*.yml")))


def default_opening() -> date:
    """Return the first Monday that leaves time to get ready."""
    day = moments.today() + timedelta(days=_AHEAD)
    return day + timedelta(days=-day.weekday() % 7)


def new_vraagstuk(loaded: Loaded, starter: str, *, key: str | None = None, opens: date | None = None) -> New:
    """Write a vraagstuk into the municipality file.

    Args:
        loaded: The municipality file.
        starter: What to start from, such as `peiling`.
        key: Its key. Default: the starter's name with the year.
        opens: The day on which it opens. Default: see `default_opening`.

    Raises:
        InputError: When there is no such starter, something is there already, or the file cannot be written.
        InvalidFileError: When the file would not be right, such as with a key that cannot be.
    """
    if starter not in starters():
        close = nearest(starter, starters())
        todo = f"{f'Did you mean {close}? ' if close else ''}Choose one of {', '.join(starters())}."
        raise InputError("is no vraagstuk to start from", starter, todo)
    day = opens or default_opening()
    name = key or f"{starter}-{day.year}"
    if not re.fullmatch(KEY_PATTERN, name):
        raise InputError("is no key", name, "Small letters, digits and hyphens; 40 characters at most.")
    text, texts = _section(starter, name, day)
    _refuse_taken(loaded, name, texts)
    before = loaded.path.read_bytes().decode("utf-8-sig")
    section = _read(text)
    module = MODULES[section["instrument"]]
    is_off = not getattr(loaded.instance.modules, module)
    after = _with_section(before, text, section, module if is_off else "")
    if after is None:
        todo = "Give each key a line of its own, or write the section by hand: `ddconsul explain vraagstuk` helps."
        raise InputError("can't be added to without losing something of it", str(loaded.path), todo)
    _write(loaded.path, before, after, texts)
    return New(name, day, tuple(loaded.path.parent / place for place in texts), module if is_off else "")


def _section(starter: str, key: str, opens: date) -> tuple[str, dict[str, str]]:
    """Return the section as text, and its texts by their path beside the municipality file."""
    folder = assets.templates() / "starters"
    found = _SECTION.search((folder / f"{starter}.yml").read_text(encoding="utf-8"))
    assert found is not None  # noqa: S101 — each starter has one
    texts = {}
    for text in _TEXT.finditer(found[0]):
        whole = (folder / text[0]).resolve().read_text(encoding="utf-8")
        texts[f"{FOLDER}/{key}-{text[2]}.md"] = re.sub(r"(?<=\n\n)", _UNREAD, whole, count=1)
    section = _TEXT.sub(lambda text: f"{FOLDER}/{key}-{text[2]}.md", found[0])
    section = _RELATIVE.sub(lambda days: str(opens + timedelta(days=int(days[1] or 0))), section)
    return re.sub(r"^  key: .*$", f"  key: {key}", section, count=1, flags=re.MULTILINE), texts


def _read(text: str) -> Any:  # noqa: ANN401 — a section with its comments
    return YAML().load(text)["vraagstuk"]


def _refuse_taken(loaded: Loaded, key: str, texts: Mapping[str, str]) -> None:
    if any(one.key == key for one in loaded.instance.vraagstuk):
        raise InputError(f"has a vraagstuk {key} already", str(loaded.path), "Give another one: --key.")
    taken = [name for name in texts if (loaded.path.parent / name).exists()]
    if taken:
        todo = "Give another key (--key), or move what is there."
        raise InputError(f"is there already; nothing was written, and {loaded.path.name} is as it was", taken[0], todo)


def _with_section(before: str, text: str, section: Any, module: str) -> str | None:  # noqa: ANN401 — of YAML
    """Return the file's text with one vraagstuk more, and with a module on; None where that would lose something."""
    end = "\r\n" if "\r\n" in before else "\n"
    try:
        yaml, root = round_trip(before)
        there = root.get("vraagstuk")
        if module:
            _turn_on(root, module)
        changed = dumped(yaml, root, before) if module else before
        changed = _with_item(changed.replace(end, "\n"), text, there).replace("\n", end)
        found = YAML(typ="safe").load(changed)["vraagstuk"]
    except (AssertionError, KeyError, TypeError, ValueError, YAMLError):
        return None
    old = [] if there is None else [there] if isinstance(there, CommentedMap) else list(there)
    is_right = (found if isinstance(found, list) else [found]) == [*old, section]
    return changed if is_right and set(comments(before)) <= set(comments(changed)) else None


def _with_item(text: str, section: str, there: object) -> str:
    """Return a text with a section more: by itself, or in a list with what is there. Comments stay where they are."""
    found = _SECTION.search(text)
    if there is None:
        # `vraagstuk:` without anything may stand there.
        whole = text if found is None else text[: found.start()] + text[found.end() :]
        return f"{whole.rstrip()}\n\n{section}"
    if found is None:
        raise ValueError
    # What stands against the margin after it belongs to the next section.
    body = re.sub(r"(\n|^#.*\n)*\Z", "\n", found[0], count=1, flags=re.MULTILINE)
    head, _, items = body.partition("\n")
    if isinstance(there, CommentedMap):
        items = _as_item(items, 2)
    dash = re.search(r"^ *(?=- )", items, re.MULTILINE)
    assert dash is not None  # noqa: S101 — a list has items
    items += _as_item(section.partition("\n")[2], len(dash[0]))
    return f"{text[: found.start()]}{head}\n{items}{text[found.start() + len(body) :]}"


def _as_item(section: str, margin: int) -> str:
    """Return the keys of a section as an item of a list."""
    lines = section.splitlines(keepends=True)
    inner = min(len(line) - len(line.lstrip()) for line in lines if line.strip() and not line.lstrip().startswith("#"))
    first = next(place for place, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
    made = [line if not line.strip() else f"{' ' * (margin + 2)}{line[inner:]}" for line in lines]
    made[first] = f"{' ' * margin}- {lines[first][inner:]}"
    return "".join(made)


def _turn_on(root: CommentedMap, module: str) -> None:
    modules = section_at(root, ("modules",))
    if isinstance(modules.get(module), CommentedMap):
        modules[module]["enabled"] = "on"
    else:
        modules[module] = "on"


def _write(file: Path, before: str, after: str, texts: Mapping[str, str]) -> None:
    """Write texts and file; when one cannot be, or the file would not be right, take the others away again."""
    folder = file.parent / FOLDER
    is_new = not folder.exists()
    done: list[Path] = []
    try:
        for name, text in texts.items():
            place = file.parent / name
            place.parent.mkdir(exist_ok=True)
            with place.open("x", encoding="utf-8") as stream:
                done.append(place)
                stream.write(text)
        _check(file, after)
        write_anew(file, before, after)
    except BaseException as error:
        for place in done:
            place.unlink()
        if is_new and folder.is_dir():
            folder.rmdir()
        if isinstance(error, OSError):
            raise InputError(f"cannot be written: {error.strerror}", str(error.filename or file)) from error
        raise


def _check(file: Path, text: str) -> None:
    """Look at the file as it would be, beside what it points at."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", suffix=".yml") as candidate:
        Path(candidate.name).write_text(text, encoding="utf-8", newline="")
        try:
            load(Path(candidate.name), finished=False)
        except InvalidFileError as error:
            problem = error.problems[0]
            raise InputError(f"would not be right: {problem.sentence}", str(file), problem.todo) from error
