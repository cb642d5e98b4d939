#!/usr/bin/env python3
"""Write docs/reference/gemeente.md, what each key of the municipality file means, from the models.

usage: scripts/reference.py [--check]

With ``--check`` nothing is written: a stale page is named, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ddconsul.instance.reference import Entry, entries, plain, yaml_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/gemeente.md"
BEGINNING = """\
# The municipality file: `gemeente.yml`

<!-- Written by scripts/reference.py from cli/ddconsul/instance/models.py: change that, and run it again. -->

All that may stand in a municipality file, section by section. `ddconsul explain KEY` tells the same in a terminal,
`ddconsul validate` checks a file, and `ddconsul schema` gives the JSON Schema with which editors complete and explain.
Paths are looked up beside the file.
"""


def cell(text: str) -> str:
    """A text as it can stand in a table."""
    return text.replace("|", "\\|")


def what(entry: Entry) -> str:
    """What may be given."""
    if entry.kind.startswith("one of"):
        return ", ".join(f"`{value}`" for value in entry.allowed)
    names = ", ".join(f"`{value}`" for value in entry.allowed) if entry.kind != "on or off" else ""
    return f"{entry.kind}: {names}" if names else entry.kind


def default(entry: Entry) -> str:
    """What holds when the key is left out."""
    if entry.required:
        return "**required**"
    return f"`{yaml_value(entry.default)}`" if entry.default is not None else ""


def row(entry: Entry) -> str:
    """The line of a key in the table of its section."""
    meaning = f"{entry.meaning} Only with {entry.special.partition('.')[2]}." if entry.special else entry.meaning
    example = f"`{yaml_value(entry.example)}`" if entry.example is not None else ""
    cells = [f"`{plain(entry.name)}`", what(entry), default(entry), meaning, example]
    return "| " + " | ".join(map(cell, cells)) + " |"


def section(entry: Entry, every: Sequence[Entry]) -> Iterator[str]:
    """The part of the page about a section, or a key that stands in none."""
    yield f"## `{plain(entry.key)}`"
    if not entry.is_section:
        yield f"{entry.meaning} What: {what(entry)}. Default: {default(entry)}."
        return
    required = " Required." if entry.required else ""
    many = " A list: each item has these keys." if "list" in entry.kind else ""
    yield f"{entry.meaning}{required}{many}"
    inside = [other for other in every if other.section == entry.key]
    if not inside:
        return
    head = ["| key | what | default | meaning | example |", "|---|---|---|---|---|"]
    yield "\n".join([*head, *map(row, inside)])


def page() -> str:
    """The text of the page."""
    every = entries()
    parts = [part for entry in every if entry.is_section or not entry.section for part in section(entry, every)]
    return "\n\n".join([BEGINNING.strip(), *parts]) + "\n"


def main(argv: list[str] | None = None) -> int:
    """Write the page when it is stale, or name it.

    Args:
        argv: The command line; the process's own when left out.
    """
    parser = argparse.ArgumentParser(description="Write the reference of the municipality file.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when the page is stale")
    arguments = parser.parse_args(argv)
    text = page()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print(PAGE.relative_to(ROOT))
    if not arguments.check:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
    return int(arguments.check)


if __name__ == "__main__":
    sys.exit(main())
