"""Prepares the end of a vraagstuk in the municipality file: its outcome, and what was done with it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddconsul import assets
from ddconsul.errors import InputError
from ddconsul.operations.editing import dumped, round_trip, section_at, write_anew

if TYPE_CHECKING:
    from pathlib import Path

    from ddconsul.instance.loader import Loaded
    from ddconsul.instance.models import Instance

# Section and key of a vraagstuk → the text to begin with.
TEXTS = {("closing", "answer"): "antwoord.md", ("feedback", "text"): "terugkoppeling.md"}


@dataclass(frozen=True)
class Closing:
    """What was prepared.

    Args:
        added: Keys that were added to the municipality file, with dots.
        written: Texts that were made, to be filled in.
        closes: When it closes, as the file has it.
    """

    added: tuple[str, ...]
    written: tuple[Path, ...]
    closes: str


def close_vraagstuk(loaded: Loaded, key: str, *, thanks: str | None = None) -> Closing:
    """Add to a vraagstuk what tells how it ended, with texts to fill in. What is there stays as it is.

    Args:
        loaded: The municipality file.
        key: The vraagstuk.
        thanks: What its page says to who took part; None to leave that.

    Raises:
        InputError: When the file has no such vraagstuk, or cannot be written.
    """
    index = _index(loaded.instance, key, loaded.path)
    one = loaded.instance.vraagstuk[index]
    before = loaded.path.read_bytes().decode("utf-8-sig")
    yaml, root = round_trip(before)
    added, texts = [], {}
    for (section, name), template in TEXTS.items():
        if getattr(getattr(one, section), name) is None:
            file = f"vraagstuk/{key}-{template}"
            section_at(root, ("vraagstuk", index, section))[name] = file
            added.append(f"{section}.{name}")
            texts[loaded.path.parent / file] = assets.templates() / "closing" / template
    if thanks:
        section_at(root, ("vraagstuk", index, "closing"))["thanks"] = thanks
        added.append("closing.thanks")
    written = tuple(place for place, template in texts.items() if _written(place, template))
    try:
        write_anew(loaded.path, before, dumped(yaml, root, before))
    except InputError:
        for place in written:
            place.unlink()
        raise
    return Closing(tuple(added), written, str(one.closes))


def _index(instance: Instance, key: str, file: Path) -> int:
    keys = [one.key for one in instance.vraagstuk]
    if key in keys:
        return keys.index(key)
    close = difflib.get_close_matches(key, keys, 1)
    todo = f"Did you mean {close[0]}?" if close else f"It has: {', '.join(keys)}." if keys else "It has none yet."
    raise InputError(f"has no vraagstuk {key}", str(file), todo)


def _written(place: Path, template: Path) -> bool:
    """Make a text, unless somebody wrote one there already."""
    try:
        place.parent.mkdir(exist_ok=True)
        with place.open("x", encoding="utf-8") as file:
            file.write(template.read_text(encoding="utf-8"))
    except FileExistsError:
        return False
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", str(place)) from error
    return True
