"""What a step writes and a handler tells somebody of: when a run is killed in between, the next one notices it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from rendering import ROLES, evaluate

# Of steps whose module does not name it: what they write, as the role's variables say it.
WRITES = {
    "Make the release the live one": ["consul_site_current"],
    "Make a certificate": ["nginx_site_internal_certificate"],
    # What is taken out of a folder shows on the folder.
    "Remove what belongs to the site": ["'/etc/nginx/sites-enabled'"],
}

Task = dict[str, Any]


def telling() -> list[tuple[str, str, Task]]:
    """Return role, file and task of each step that a handler follows."""
    found = []
    for file in sorted(ROLES.glob("*/tasks/*.yml")):
        tasks = yaml.safe_load(file.read_text())
        found += [(file.parts[-3], file.stem, task) for task in tasks if "notify" in task]
    return found


def value(text: str, role: str, **overrides: object) -> Any:
    """Return what a value in a task comes to; a list, where it is one variable that holds one."""
    parts = [part for part in re.split(r"({{.*?}})", text) if part]
    terms = [part[2:-2] if part.startswith("{{") else repr(part) for part in parts]
    return evaluate(" ~ ".join(terms), role, **overrides)


def looked_at(role: str, handler: str, **overrides: object) -> set[str]:
    """Return the paths by which a role sees that somebody was not told."""
    paths: set[str] = set()
    for other, _, task in telling():
        if (other, task["notify"]) == (role, handler) and "host_files" in task:
            also = task["host_files"].get("also", [])
            items = [also] if isinstance(also, str) else also
            for item in items:
                found = value(item, role, **overrides)
                paths |= {found} if isinstance(found, str) else set(found)
    return paths


@pytest.mark.parametrize(("role", "file", "task"), telling(), ids=lambda part: part if isinstance(part, str) else "")
def test_what_a_handler_follows_is_noticed_by_the_next_run(role: str, file: str, task: Task) -> None:
    mode = file.partition("certificate_")[2]
    overrides = {"nginx_site_tls": {"mode": mode}} if mode else {}
    if "host_files" in task:
        # What it writes itself it looks at by itself.
        assert task["host_files"].get("units") or task["host_files"].get("compiled")
        return
    module = task.get("ansible.builtin.copy") or task.get("ansible.builtin.template")
    if module:
        written = {value(module["dest"], role, **overrides)}
    else:
        written = {evaluate(path, role) for path in WRITES[task["name"]]}
    assert written <= looked_at(role, task["notify"], **overrides)
