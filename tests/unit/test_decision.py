"""Who changed a value, and what becomes of it: the table of docs/state.md, run row by row by the program itself."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PROGRAM = CHECKOUT / "roles" / "consul_site" / "files" / "consul_state"
ABSENT = "—"
# The decision alone needs no Rails.
RUBY = """
require "json"
require File.join(ARGV[0], "decision")
cases = JSON.parse($stdin.read)
puts JSON.generate(cases.map { |file, last, actual, enforced|
  file, last, actual = [file, last, actual].map { |value| value == "—" ? DDConsul::Decision::ABSENT : value }
  DDConsul::Decision.of(file:, last:, actual:, enforced:)
})
"""

needs_ruby = pytest.mark.skipif(shutil.which("ruby") is None, reason="needs ruby")


def table() -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return what docs/state.md says: by file, last applied and actual, what happens without and with `enforce`."""
    text = (CHECKOUT / "docs" / "state.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (.) \| (.) \| (.) \| (\w+) \| (\w+) \|$", text.partition("<!-- decisions -->")[2], re.MULTILINE
    )
    return {(file, last, actual): (plain, enforced) for file, last, actual, plain, enforced in rows}


def decide(cases: list[tuple[str | None, str | None, str | None, bool]]) -> list[str]:
    done = subprocess.run(
        ["ruby", "-e", RUBY, str(PROGRAM)], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    answer: list[str] = json.loads(done.stdout)
    return answer


@needs_ruby
@pytest.mark.parametrize("enforced", [False, True])
def test_each_row_of_the_documentation_is_what_happens(*, enforced: bool) -> None:
    rows = table()
    assert len(rows) == 10

    decided = decide([(*row, enforced) for row in rows])

    assert dict(zip(rows, decided, strict=True)) == {row: outcome[enforced] for row, outcome in rows.items()}


def test_the_documentation_has_a_row_for_every_combination() -> None:
    rows = table()
    for combination in itertools.product("xyz" + ABSENT, "xyz" + ABSENT, "xyz"):
        names = dict(zip(dict.fromkeys(value for value in combination if value != ABSENT), "xyz", strict=False))
        row = tuple(names.get(value, value) for value in combination)
        # Where the file says nothing, what is there has the name x.
        assert row in rows or swapped(row) in rows, combination


def swapped(row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple({"x": "y", "y": "x"}.get(value, value) for value in row)


@needs_ruby
def test_nothing_is_a_value_too() -> None:
    """An empty text in Consul is no accident: it may be what the file asks for, or what an administrator made of it."""
    assert decide(
        [
            (None, "a", "a", False),
            (None, "a", None, False),
            (None, ABSENT, None, False),
            ("a", None, None, False),
            ("a", "a", None, False),
            (ABSENT, None, None, False),
        ]
    ) == ["write", "keep", "keep", "write", "drift", "clear"]
