"""Role consul_site: the order of its steps, where that decides what is left of a deploy which ends half-way."""

from __future__ import annotations

from typing import Any

import yaml
from rendering import ROLES

ROLE = ROLES / "consul_site"


def tasks(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((ROLE / f"tasks/{name}.yml").read_text())
    return loaded


def test_what_is_live_runs_before_consul_may_refuse_what_it_has_to_contain() -> None:
    steps = [(task.get("ansible.builtin.meta"), task.get("ansible.builtin.import_tasks")) for task in tasks("main")]
    assert steps.index(("flush_handlers", None)) < steps.index((None, "contents.yml"))
    # Nothing that comes after it asks for a restart.
    assert [task["name"] for task in tasks("contents") if "notify" in task] == []
