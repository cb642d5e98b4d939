#!/usr/bin/env python3
"""Write each role's README.md from its meta/argument_specs.yml and meta/main.yml.

usage: scripts/role_readme.py [--check] [ROLE ...]

With ``--check`` nothing is written: the stale ones are named, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = Path(__file__).resolve().parent.parent / "roles"

Spec = dict[str, Any]

# Ansible's own marks in descriptions, as far as our roles use them: C(code), V(value), O(option).
MARK = re.compile(r"\b[CVO]\(([^)]*)\)")


def prose(text: object) -> str:
    """A description, which is one string or a list of paragraphs, as one Markdown paragraph."""
    paragraphs = text if isinstance(text, list) else [text]
    return " ".join(MARK.sub(r"`\1`", str(paragraph)).strip() for paragraph in paragraphs)


def kind(option: Spec) -> str:
    """What may be given: ``list of str``, or the choices."""
    if "choices" in option:
        return " or ".join(f"`{choice}`" for choice in option["choices"])
    name = option.get("type", "str")
    return f"{name} of {option['elements']}" if "elements" in option else str(name)


def default(option: Spec) -> str:
    """What holds when nothing is given."""
    if option.get("required"):
        return "**required**"
    return f"`{json.dumps(option['default'], ensure_ascii=False)}`" if "default" in option else ""


def rows(options: Spec, prefix: str = "") -> Iterator[str]:
    """One table row per variable; what is inside another is named ``outer.inner``."""
    for name, option in options.items():
        cells = [f"`{prefix}{name}`", kind(option), default(option), prose(option["description"])]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        yield from rows(option.get("options", {}), f"{prefix}{name}.")


def entry_point(name: str, spec: Spec, main: Spec) -> Iterator[str]:
    """The section about one way into the role."""
    yield f"## {spec['short_description']}" + ("" if name == "main" else f": `tasks_from: {name}`")
    if "description" in spec:
        yield prose(spec["description"])
    options = spec.get("options", {})
    if options and name != "main" and options == main.get("options"):
        yield "Takes the same variables."
    elif options:
        yield "\n".join(["| variable | type | default | meaning |", "|---|---|---|---|", *rows(options)])


def readme(role: Path) -> str:
    """The text of a role's README.md.

    Args:
        role: The role's folder.
    """
    specs = yaml.safe_load((role / "meta/argument_specs.yml").read_text())["argument_specs"]
    info = yaml.safe_load((role / "meta/main.yml").read_text())["galaxy_info"]
    parts = [
        f"# {role.name}",
        info["description"],
        "<!-- Written by scripts/role_readme.py from meta/argument_specs.yml: change that, and run it again. -->",
    ]
    if (role / "defaults").is_dir():
        parts.append("Why each default is what it is stands in [defaults/main.yml](defaults/main.yml).")
    for name, spec in specs.items():
        parts += entry_point(name, spec, specs["main"])
    return "\n\n".join(parts) + "\n"


def main(argv: list[str] | None = None) -> int:
    """Write what is stale, or name it.

    Args:
        argv: The command line; the process's own when left out.
    """
    parser = argparse.ArgumentParser(description="Write each role's README.md from its argument specs.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when one is stale")
    parser.add_argument("roles", nargs="*", metavar="ROLE", help="names of roles; all of them when none is given")
    arguments = parser.parse_args(argv)
    every = sorted(path.parent.parent for path in ROLES.glob("*/meta/argument_specs.yml"))
    stale = False
    for role in [ROLES / name for name in arguments.roles] or every:
        target, text = role / "README.md", readme(role)
        if target.exists() and target.read_text() == text:
            continue
        stale = True
        print(target.relative_to(ROLES.parent))
        if not arguments.check:
            target.write_text(text)
    return int(stale and arguments.check)


if __name__ == "__main__":
    sys.exit(main())
