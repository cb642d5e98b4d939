"""Whatever the municipality file says of what Consul contains, saying it otherwise asks for something else."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from rendering import REPOSITORY
from ruamel.yaml import YAML
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


def document(folder: Path, data: dict[str, Any]) -> dict[Any, Any]:
    file = folder / "anders.yml"
    with file.open("w", encoding="utf-8") as stream:
        YAML().dump(data, stream)
    return values(state_document(load(file).instance))


@pytest.mark.parametrize("way", list(leaves(DATA)), ids=lambda way: ".".join(map(str, way)))
def test_it_asks_for_something_else_of_what_it_is_about(folder: Path, way: tuple[str | int, ...]) -> None:
    before, after = document(folder, DATA), document(folder, varied(DATA, [way], folder))
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}

    assert differing, "this key does nothing"
    known = origins(load(folder / "gemeente.yml").instance) | origins(load(folder / "anders.yml").instance)
    about = {known.get(f"{name} {field}", known.get(name, ("",)))[0] for name, field in differing}
    # Somebody with several roles is one account, which the first list asks for; an order is a matter of looks.
    assert (PEOPLE if way[0] in PEOPLE else {way[0], "branding"} if way[0] == "menu" else {way[0]}) & about


def test_all_of_it_can_be_said_otherwise_at_once(folder: Path) -> None:
    before, after = document(folder, DATA), document(folder, varied(DATA, list(leaves(DATA)), folder))
    kept = {name for name in before if before[name] == after.get(name, before[name])}
    assert len(kept) < len(before) / 3, sorted(kept)
