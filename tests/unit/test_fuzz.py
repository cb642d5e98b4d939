"""Whatever stands in a municipality file, `validate` tells what is wrong with it, at a place in the file.

`make test` tries some hundreds of files. For a thorough run: DDCONSUL_FUZZ=10000 pytest tests/unit/test_fuzz.py
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from click.testing import CliRunner
from files import MINIMAL, SERVER, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddconsul.commands import main
from ddconsul.instance.loader import Inspected, inspect
from ddconsul.instance.models import Instance
from ddconsul.instance.problems import RULES
from ddconsul.instance.reports import junit, sarif
from ddconsul.instance.yaml import text as letters

EXAMPLES = int(os.environ.get("DDCONSUL_FUZZ", "500"))
UNHURRIED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
thorough = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=UNHURRIED)
quick = settings(thorough, max_examples=max(1, EXAMPLES // 10))

FRAGMENTS = [
    "\t", "\u00a0", "\u200b", "\ufeff", "\r", "\r\n", "\n", "\n\n  ", "\x00", "\x85", "\u2028", "\u201c", "\u2019",
    "\u2013", "- ", "---\n", "...\n", ": ", ":", "#", "'", '"', "{", "}", "[", "]", ",", "&a ", "*a", "<<: *a",
    "!!python/object:os.system ", "!x ", "%YAML 1.1\n", "|\n", ">-\n", "? ", "@", "`", "\\", "~", "null", "no", "0014",
    "0o9", "1e999", ".nan", "2024-01-01", "8:30", "site.pem", "bron", "/", "~root", "~nobody-here", "\ud7ff",
    "\U0001f600", "\u00e9", "password: x", "http://a:b@c/",
]  # fmt: skip
WORDS = [
    "container",
    "ssh",
    "local",
    "files",
    "off",
    "on",
    "nl",
    "site.pem",
    "weg.pem",
    "x/y",
    "a.example.org",
    "#aabbcc",
    ".",
    "",
]
NUMBERS = st.integers() | st.floats() | st.dates()
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=20) | st.sampled_from(FRAGMENTS + WORDS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=8,
)


def paths(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each value in a structure."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(path for key, item in inside for path in paths(item, (*way, key)))]


STRUCTURE = yaml.safe_load(SERVER)


@st.composite
def restructured(draw: st.DrawFn) -> bytes:
    """A right file in which some values are something else, are gone, or have another key."""
    value = json.loads(json.dumps(STRUCTURE))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from([path for path in paths(value) if path]))
        inside = value
        for key in way:
            inside = inside[key]
        change = draw(st.sampled_from(["value", "value", "value", "value", "gone", "key"]))
        if change == "value":
            whole = isinstance(inside[last], dict | list)
            inside[last] = draw(VALUES if whole else SCALARS | VALUES)
        elif change == "key" and isinstance(inside, dict):
            inside[draw(st.text(max_size=12) | st.sampled_from(FRAGMENTS))] = inside.pop(last)
        else:
            del inside[last]
    style = draw(st.sampled_from([None, True, False]))
    return yaml.safe_dump(value, default_flow_style=style, allow_unicode=draw(st.booleans()), sort_keys=False).encode()


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A right file whose text somebody, or some program, got its hands on."""
    text = draw(st.sampled_from([MINIMAL, SERVER]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 0, 1, 2, 5, 30])))
        text = text[:start] + draw(st.sampled_from(FRAGMENTS) | st.text(max_size=3)) + text[end:]
    encoding = draw(
        st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
    )
    return text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))).encode(encoding, "replace")


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A right file in which bytes are not what they were."""
    data = bytearray(draw(st.sampled_from([MINIMAL, SERVER])).encode())
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        data[start : start + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    return bytes(data)


FILES = restructured() | restructured() | mangled() | damaged() | st.binary(max_size=300) | st.text(max_size=200).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path)


def assert_every_problem_is_in_the_file(found: Inspected, data: bytes) -> None:
    lines = re.split(r"\r\n|\r|\n", letters.decode(data)[0])
    for problem in (*found.problems, *found.warnings):
        assert problem.rule in RULES
        assert problem.message
        assert str(problem).count("\n") <= 3
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", str(problem))
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1


@thorough
@given(data=FILES)
def test_any_file_is_right_or_has_problems_at_places_in_it(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    found = inspect(file)
    assert found.problems or isinstance(found.known, Instance)
    assert_every_problem_is_in_the_file(found, data)


@quick
@given(data=FILES)
def test_any_file_can_be_reported_in_every_form(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    found = [inspect(file)]
    json.dumps(sarif(found)).encode()
    ET.fromstring(junit(found))  # noqa: S314 — our own
    json.dumps([problem.as_dict() for problem in found[0].problems]).encode()


@quick
@given(data=FILES)
def test_no_file_makes_a_fault_of_ddconsul(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    for verb in ("validate", "migrate-file"):
        result = CliRunner().invoke(main, [verb, str(file)])
        assert result.exit_code in {0, 2}
        assert "Traceback" not in result.output
        assert "A fault in ddconsul" not in result.output
    assert file.read_bytes() == data
