"""A municipality file with one thing said otherwise: made from the file itself, for whatever stands in it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

Way = tuple[str | int, ...]

# By these an object is known again: with another one it is another object. What a question or vraagstuk is (`kind`,
# `instrument`) decides which other keys it has. How a provider of logins is reached is no content of Consul's.
IDENTITIES = {"key", "email", "instrument", "phase", "kind", "issuer", "client_id", "metadata_url", "entity_id"}
# What says where the platform runs, and not what is in it.
ELSEWHERE = {"municipality", "target", "consul", "network", "mail", "vocabulary"}
# What has to go with it: a list of a module that goes off, and a module of a list that comes on.
WITH: dict[Way, dict[Way, Any]] = {
    ("modules", "proposals", "enabled"): {("home", "feeds", "proposals"): False},
    ("modules", "debates", "enabled"): {("home", "feeds", "debates"): False},
    ("home", "feeds", "processes"): {("modules", "legislation"): True},
    ("vraagstuk", 1, "amounts"): {("vraagstuk", 1, "voting"): "approval"},
}
MODULES = {"debate": "debates", "proposals": "proposals", "poll": "polls", "budget": "budgets",
           "legislation": "legislation"}  # fmt: skip
# One of few words, and another one of them.
OTHER = {"postcodes": "census", "knapsack": "approval", "approval": "knapsack", "shown": "hidden", "noord": "haven",
         "WK001401": "WK001409", "WK001402": "WK001408",
         "on": "off", "off": "on", "top": "right", "left": "top", "/budgets": "/debates", "/polls": "/proposals",
         "#154273": "#3a1a5e", "#0b6e4f": "#154273", "#01689b": "#0b5e3f", "#ffbf47": "#ffd54f"}  # fmt: skip
# A decoder stops where an image ends; what comes after makes it another file.
MORE = {
    ".md": b"\n\nEn een regel die anders is.\n",
    ".css": b".anders { letter-spacing: 0; }\n",
    ".jpg": b"\0",
    ".pdf": b"% anders\n",
}


def read(file: Path) -> dict[str, Any]:
    """Return what stands in a municipality file, as plain lists and dictionaries."""
    data: dict[str, Any] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return data


def leaves(value: Any, way: Way = ()) -> Iterator[Way]:
    """Yield the way to each value that can be said otherwise."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*way, key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from leaves(item, (*way, index))
    elif way[0] not in ELSEWHERE and way[-1] not in IDENTITIES:
        yield way


def varied(data: dict[str, Any], ways: list[Way], folder: Path) -> dict[str, Any]:
    """Return a file's data with values said otherwise.

    Args:
        data: The file's data.
        ways: Which values.
        folder: Where the file is; what it points at gets a changed copy there.
    """
    other = copy.deepcopy(data)
    for way in ways:
        before = at(data, way)
        at(other, way[:-1])[way[-1]] = _otherwise(before, folder)
    for also, value in (pair for way in ways for pair in WITH.get(way, {}).items()):
        at(other, also[:-1])[also[-1]] = value
    # What is asked goes with its module.
    other["vraagstuk"] = [one for one in other["vraagstuk"] if _is_on(other["modules"], MODULES[one["instrument"]])]
    return _one_name_each(data, other)


def _is_on(modules: dict[str, Any], name: str) -> bool:
    module = modules[name]
    return (module["enabled"] if isinstance(module, dict) else module) in {True, "on"}


def at(data: Any, way: Way) -> Any:
    """Return what stands at a way."""
    for part in way:
        data = data[part]
    return data


def _one_name_each(data: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Call somebody who has several roles by the new name in each."""
    lists = [name for name, value in data.items() if isinstance(value, list) and value and "email" in value[0]]
    new = {
        person["email"].lower(): person["name"]
        for name in lists
        for person, before in zip(other[name], data[name], strict=True)
        if person["name"] != before["name"]
    }
    for person in (person for name in lists for person in other[name]):
        person["name"] = new.get(person["email"].lower(), person["name"])
    return other


def _otherwise(value: Any, folder: Path) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1 if isinstance(value, int) else round(value + 0.25, 2)
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, list):
        return value[:-1] if len(value) > 1 else ["proposals" if value == ["help"] else f"{value[0]} anders"]
    if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", str(value)):
        return f"{date.fromisoformat(value[:10]) + timedelta(days=1)}{value[10:]}"
    return _other_text(str(value), folder)


def _other_text(text: str, folder: Path) -> str:
    if text in OTHER:
        return OTHER[text]
    if re.fullmatch(r"#[0-9a-f]{6}", text):
        return "#eeeeee" if text != "#eeeeee" else "#ffffff"
    if (folder / text).is_file():
        return _changed_copy(folder, text)
    if re.match(r"https?://|/", text):
        return f"{text.rstrip('/')}/anders"
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+", text):
        return f"anders.{text}"
    # The name of an account; anything else is a text that somebody reads.
    return f"{text}anders" if re.fullmatch(r"[a-z]+", text) else f"{text.rstrip()} anders"


def _changed_copy(folder: Path, name: str) -> str:
    path = folder / name
    copied = path.with_name(f"{path.stem}-anders{path.suffix}")
    if path.suffix == ".svg":
        copied.write_bytes(path.read_bytes().replace(b"#0b6e4f", b"#154273"))
    elif path.suffix == ".geojson":
        copied.write_bytes(path.read_bytes().replace(b"53.24", b"53.25").replace(b"580000", b"581000"))
    else:
        copied.write_bytes(path.read_bytes() + MORE[path.suffix])
    return str(copied.relative_to(folder))
