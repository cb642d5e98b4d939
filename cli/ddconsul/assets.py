"""Where the playbooks, roles, templates and the stand-in are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


@cache
def data_root() -> Path:
    """Return the folder that holds `playbooks`, `roles` and `templates`.

    A wheel carries them in `ddconsul/_data`; in a checkout they are at the repository's root.
    """
    packed = PACKAGE / "_data"
    return packed if packed.is_dir() else PACKAGE.parents[1]


def playbooks() -> Path:
    """Return the folder with one playbook per verb."""
    return data_root() / "playbooks"


def roles() -> Path:
    """Return the folder with the roles."""
    return data_root() / "roles"


def templates() -> Path:
    """Return the folder with what a user starts from."""
    return data_root() / "templates"


def standin() -> Path:
    """Return the folder of the stand-in for Consul."""
    packed = PACKAGE / "_data" / "standin"
    return packed if packed.is_dir() else data_root() / "tests" / "standin"
