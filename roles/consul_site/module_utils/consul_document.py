"""The desired-state document on the host: what it says at a moment, and how Rails is asked to make it true.

Module `consul_state` reads this through Ansible, and by_clock.py, which has no Ansible, beside itself.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timezone
from typing import Any

ANSWER = "DDCONSUL "


def now() -> str:
    """Return this moment as documents write moments: ISO 8601 in UTC, so that texts sort as moments do."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: UP017 — also a host's older Python


def at(value: object, moment: str) -> object:
    """Return what a field's value is at a moment.

    Args:
        value: The value; or {"schedule": [[moment, value], ...]}, in order. Then it is the last one whose moment has
            come, or the first.
        moment: The moment.
    """
    if not isinstance(value, dict):
        return value
    steps = value["schedule"]
    come = [then for begin, then in steps if begin <= moment]
    return come[-1] if come else steps[0][1]


def resolved(state: dict[str, Any], moment: str) -> dict[str, Any]:
    """Return the document as it is at a moment: without schedules."""
    objects = [
        {**item, "fields": {name: at(value, moment) for name, value in item["fields"].items()}}
        for item in state.get("objects", [])
    ]
    return {**state, "objects": objects} if "objects" in state else state


def fingerprint(state: dict[str, Any]) -> str:
    """Return the hash that a document is recognised by."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def answer_of(output: str) -> dict[str, Any] | None:
    """Return the program's answer out of all that Rails may have printed."""
    lines = [line for line in output.splitlines() if line.startswith(ANSWER)]
    answer: dict[str, Any] | None = json.loads(lines[-1][len(ANSWER) :]) if lines else None
    return answer


def refusal(answer: dict[str, Any]) -> str:
    """Return the sentence for what Consul did not take."""
    name, field = answer.get("object") or "the document", answer.get("field")
    where = f"{name}, {field}" if field else name
    return f"Consul refused {where}, and what it contains stays as it was: {answer['error']}"
