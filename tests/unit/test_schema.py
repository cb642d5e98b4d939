"""The JSON Schema is valid, and agrees with the loader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from files import MINIMAL, SERVER
from jsonschema import Draft202012Validator
from rendering import REPOSITORY
from ruamel.yaml import YAML

from ddconsul import assets
from ddconsul.instance.schema import json_schema


def validator() -> Draft202012Validator:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def read(text: str) -> Any:
    # Dates are texts to an editor.
    return json.loads(json.dumps(YAML(typ="safe").load(text), default=str))


@pytest.mark.parametrize("text", [MINIMAL, SERVER], ids=["minimal", "server"])
def test_what_the_loader_takes_the_schema_takes(text: str) -> None:
    assert [error.message for error in validator().iter_errors(read(text))] == []


def test_the_schema_takes_a_file_with_every_section() -> None:
    text = (REPOSITORY / "tests/unit/full/gemeente.yml").read_text(encoding="utf-8")
    assert [error.message for error in validator().iter_errors(read(text))] == []


def test_the_schema_takes_what_init_writes() -> None:
    text = (assets.templates() / "municipality" / "gemeente.yml").read_text()
    for name, value in {"@name@": "Zee", "@domain@": "a.example.org", "@email@": "a@example.org"}.items():
        text = text.replace(name, value)
    assert [error.message for error in validator().iter_errors(read(text))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("name: Voor", "naam: Voor"), ("container", "docker"), ("administrators", "beheerders"), ("email:", "mail:")],
)
def test_what_the_loader_refuses_the_schema_refuses(old: str, new: str) -> None:
    assert list(validator().iter_errors(read(MINIMAL.replace(old, new, 1))))


def test_every_key_has_a_description() -> None:
    schema = json_schema()
    parts = [schema, *schema["$defs"].values()]
    bare = [
        f"{part.get('title')}.{key}"
        for part in parts
        for key, value in part.get("properties", {}).items()
        # A section whose key says nothing more than the section itself has only a reference to it.
        if not {"description", "$ref"} & set(value) and key != "type"
    ]
    assert not bare


def test_paths_of_this_machine_are_not_in_it() -> None:
    assert str(Path.home()) not in str(json_schema())
