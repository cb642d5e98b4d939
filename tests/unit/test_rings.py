"""An inner ring never imports an outer one; types alone do not count."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from ddconsul.assets import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# From the inside out. What is not named here is the ground that all stand on.
RINGS = {
    "instance": 1,
    "translate": 2,
    "ansible": 2,
    "targets": 2,
    "secrets": 2,
    "paths": 2,
    "operations": 3,
    "commands": 4,
    "__main__": 5,
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def ring(module: str) -> int:
    return RINGS.get(module.split(".")[1] if "." in module else "", 0)


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and module of each import that happens at run time, in functions too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from ((child.lineno, alias.name) for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            for alias in child.names:
                deeper = child.module == "ddconsul" and alias.name in RINGS
                yield child.lineno, f"{child.module}.{alias.name}" if deeper else child.module
        yield from imports(child)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_an_inner_ring_never_imports_an_outer_one(path: Path) -> None:
    module = name_of(path)
    outward = [
        f"{path.name}:{line} imports {imported}"
        for line, imported in imports(ast.parse(path.read_text()))
        if imported.startswith("ddconsul.") and ring(imported) > ring(module) and not lazy_verb(module)
    ]
    assert not outward


def lazy_verb(module: str) -> bool:
    """Leave out `commands` itself: it names its verbs in strings."""
    return module == "ddconsul.commands"


def test_no_relative_imports() -> None:
    relative = [
        f"{path}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative


@pytest.mark.parametrize("ring_name", ["instance", "translate"])
def test_the_inner_rings_touch_no_network_and_start_nothing(ring_name: str) -> None:
    forbidden = {"subprocess", "socket", "urllib.request", "http.client", "os.system"}
    used = {
        imported for path in (PACKAGE / ring_name).rglob("*.py") for _, imported in imports(ast.parse(path.read_text()))
    }
    assert not used & forbidden
