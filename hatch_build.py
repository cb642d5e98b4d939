"""Puts what a deploy needs besides Python into the wheel, under ddconsul/_data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = {
    "playbooks": "ddconsul/_data/playbooks",
    "roles": "ddconsul/_data/roles",
    "templates": "ddconsul/_data/templates",
    "tests/standin": "ddconsul/_data/standin",
}


class DataHook(BuildHookInterface[Any]):
    """Adds DATA to a wheel, and leaves an editable install alone: that one reads the checkout itself."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Extend the list of files that Hatch includes as they are."""
        if version == "editable":
            return
        for source, place in DATA.items():
            build_data["force_include"][str(Path(self.root) / source)] = place
