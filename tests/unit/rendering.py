"""Renders a role's template the way a play does: Ansible's own templar, and the precedence of its variables."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar, trust_as_template

REPOSITORY = Path(__file__).resolve().parents[2]
ROLES = REPOSITORY / "roles"
BASELINE = Path(__file__).with_name("baseline.yml")

Variables = dict[str, Any]

init_plugin_loader()


@cache
def _load(path: Path) -> Variables:
    # Trusted: Ansible 2.19 and later refuse to evaluate what is in a string that is not.
    return DataLoader().load_from_file(str(path), trusted_as_template=True) or {} if path.exists() else {}


def roles() -> list[str]:
    """Return the names of all roles."""
    return sorted(path.name for path in ROLES.iterdir() if (path / "tasks").is_dir())


def templates() -> list[tuple[str, str]]:
    """Return role and file name of every template."""
    return sorted((path.parts[-3], path.name) for path in ROLES.glob("*/templates/*.j2"))


def variables(role: str, **overrides: object) -> Variables:
    """Return what a template of the role sees.

    Args:
        role: The role's name. The defaults of the other roles are known too, as they are in a play with them all.
        overrides: What outranks everything, as ``-e`` does.
    """
    merged: Variables = {}
    for other in [*roles(), role]:
        merged |= _load(ROLES / other / "defaults/main.yml")
    merged |= _load(BASELINE)
    for other in [*roles(), role]:
        merged |= _load(ROLES / other / "vars/main.yml")
    path = str(ROLES / role)
    return merged | {"role_name": role, "role_path": path, "ansible_search_path": [path]} | overrides


def evaluate(expression: str, role: str, **overrides: object) -> Any:
    """Return what an expression gives in a task of the role; an undefined variable is an error.

    Args:
        expression: Jinja, without the braces.
        role: The role's name.
        overrides: What outranks everything, as ``-e`` does.
    """
    templar = Templar(loader=DataLoader(), variables=variables(role, **overrides))
    return templar.template(trust_as_template("{{ " + expression + " }}"))


def render(role: str, template: str, **overrides: object) -> str:
    """Return a rendered template; an undefined variable is an error.

    Args:
        role: The role's name.
        template: The template's file name.
        overrides: What outranks everything, as ``-e`` does.
    """
    return str(evaluate(f"lookup('ansible.builtin.template', '{template}')", role, **overrides))
