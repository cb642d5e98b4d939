"""Writes values for Ansible as YAML in which no text is taken for a template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

TEMPLATE_MARKS = ("{{", "{%", "{#")


def literal(value: Any) -> str:  # noqa: ANN401 — any value that JSON knows
    """Return a value as YAML on one line.

    A municipality's name or a password may hold `{{`; Ansible leaves a text alone that is tagged `!unsafe`.
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, str) and any(mark in value for mark in TEMPLATE_MARKS):
        return f"!unsafe {json.dumps(value)}"
    return json.dumps(value)
