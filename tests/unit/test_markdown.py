"""Texts of pages: what Consul would not show as it was meant is told with its line, however odd the text is."""

from __future__ import annotations

import pytest

from ddconsul.instance.kinds.markdown import Markdown, filled_in


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("# Titel\n\nEen\x07", 3, "control character"),
        ("# Titel\n\x00", 2, "control character"),
        ("# Titel\n\nEen \u202eeewt", 3, "control character"),
        ("# Titel\n\nZie [de regels]().", 3, "a link that leads nowhere"),
        ("# Titel\n\nEen\ntwee [drie](<>)", 4, "a link that leads nowhere"),
    ],
)
def test_what_nobody_would_see_is_told_with_its_line(text: str, line: int, said: str) -> None:
    (flaw,) = Markdown("a.md", text).flaws()
    assert flaw.line == line
    assert said in flaw.message
    assert flaw.todo


def test_values_of_the_file_have_room_around_their_name() -> None:
    text = "# {{municipality.name}}\n\n{{  footer.phone }} {{\nno.such }} {{}} {{ {a} }}"
    assert list(Markdown("a.md", text).placeholders()) == [
        (1, "municipality.name"),
        (3, "footer.phone"),
        (3, "no.such"),
        (4, ""),
    ]
    assert filled_in("{{ a }}{{a}}{{ b }}", {"a": "1"}) == "11{{ b }}"


@pytest.mark.parametrize("unit", ["{{" + " " * 500_000, "{{ a" * 100_000, "{" * 500_000, "{{ a }}\n" * 60_000])
def test_looking_for_values_takes_no_longer_for_an_odd_text(unit: str) -> None:
    assert len(list(Markdown("a.md", unit).placeholders())) in {0, 60_000}
    assert filled_in(unit, {}) == unit
