"""Whatever the municipality file says of what Consul contains, saying it otherwise asks for something else."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rendering import REPOSITORY
from varied import leaves, read, varied

from ddconsul.instance.loader import load
from ddconsul.operations.adopt import values
from ddconsul.translate.origins import origins
from ddconsul.translate.state import state_document

FULL = REPOSITORY / "tests/unit/full"
DATA = read(FULL / "gemeente.yml")
PEOPLE = {"administrators", "moderators", "managers", "valuators"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FULL, tmp_path / "full")
    return tmp_path / "full"


def said(folder: Path, data: dict[str, Any]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """Return what a file with this data asks for, and where it does so."""
    file = folder / "anders.yml"
    # JSON is YAML, and quicker to write.
    file.write_text(json.dumps(data, default=str), encoding="utf-8")
    instance = load(file).instance
    return values(state_document(instance)), origins(instance)


@cache
def as_it_is() -> tuple[dict[Any, Any], dict[str, Any]]:
    instance = load(FULL / "gemeente.yml").instance
    return values(state_document(instance)), origins(instance)


@pytest.mark.parametrize("way", list(leaves(DATA)), ids=lambda way: ".".join(map(str, way)))
def test_it_asks_for_something_else_of_what_it_is_about(folder: Path, way: tuple[str | int, ...]) -> None:
    before, known = as_it_is()
    after, others = said(folder, varied(DATA, [way], folder))
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}

    assert differing, "this key does nothing"
    known = known | others
    about = {known.get(f"{name} {field}", known.get(name, ("",)))[0] for name, field in differing}
    # Somebody with several roles is one account, which the first list asks for; an order is a matter of looks.
    assert (PEOPLE if way[0] in PEOPLE else {way[0], "branding"} if way[0] == "menu" else {way[0]}) & about


def test_all_of_it_can_be_said_otherwise_at_once(folder: Path) -> None:
    # With its module, what is asked goes away as a whole.
    ways = [way for way in leaves(DATA) if way[0] != "modules" or way[-1] in {"nl", "en", "label"}]
    before = as_it_is()[0]
    after = said(folder, varied(DATA, ways, folder))[0]
    kept = {name for name in before if before[name] == after.get(name, before[name])}
    assert len(kept) < len(before) / 3, sorted(kept)
