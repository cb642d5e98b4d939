"""The JSON Schema of the municipality file, made from the models."""

from __future__ import annotations

from typing import Any

from ddconsul.instance.models import Instance


def json_schema() -> dict[str, Any]:
    """Return the schema: editors use it to complete and check a municipality file."""
    schema = Instance.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Municipality file of ddconsul",
    }
