"""A file that is broken as a text: each fault is told once, and hides nothing of the rest of the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from files import MINIMAL, write

from ddconsul.instance.loader import inspect, load
from ddconsul.instance.problems import Problem
from ddconsul.instance.yaml.composing import MOST_FAULTS, compose

# A mistake at the end of a file, which has to be told whatever stands before it.
MISTAKE = "modules:\n  pols: on\n"
TOLD = "Did you mean polls?"


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    file = write(folder)
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    return inspect(file).problems


def edited(old: str, new: str, text: str = MINIMAL) -> str:
    assert old in text
    return text.replace(old, new, 1)


# What is wrong, the file without the mistake at its end, and on which line the one thing wrong with it is told.
FAULTS = [
    ("colon in a text", edited("Voorbeeld", "Stad: "), 2),
    ("colon in the first text of an item", edited("Beheerder", "Jan: beheer"), 7),
    ("sign before a text", edited("Voorbeeld", "@"), 2),
    ("quotes not closed", edited("Voorbeeld", '"Voorbeeld'), 2),
    ("quotes not closed, with others below", edited("name: V", 'name: "V', edited("container", '"container"')), 2),
    ("apostrophe in quotes", edited("Voorbeeldgemeente", "'Gemeente 't Zand'"), 2),
    ("bracket not closed", edited("\n  type: container", " {type: container"), 4),
    ("comma missing", edited("\n  type: container", " {type: container site: zee}"), 4),
    ("bracket too many", edited("\n  type: container", " {type: container}}"), 4),
    ("colon missing", edited("target:", "target"), 4),
    ("colon missing of a first key", edited("name: V", "name V"), 2),
    ("space missing", edited("name: V", "name:V"), 2),
    ("semicolon for a colon", edited("name: V", "name; V"), 2),
    ("arrow for a colon", edited("name: V", "name -> V"), 2),
    ("further in", edited("  domain", "    domain"), 3),
    ("further left", edited("  domain", " domain"), 3),
    ("key beside its hyphen", edited("    email", "  email"), 8),
    ("star for a hyphen", edited("- name", "* name"), 7),
    ("list on the line of its key", edited("name: V", "name: - V"), 2),
    ("a second document", edited("target:", "---\ntarget:"), 4),
    ("a second document after dots", edited("target:", "...\ntarget:"), 4),
    ("git", edited("  name: V", "<<<<<<< a\n  name: Zee\n=======\n  name: Meer\n>>>>>>> b\n  code: V"), 2),
    ("comment as in another language", edited("target:", "// waar\ntarget:"), 4),
    ("no-break space after a hyphen", edited("- name", "-\u00a0name"), 7),
    ("unknown alias", edited("Voorbeeld", "*"), 2),
    ("escape", edited("Voorbeeldgemeente", '"Zee \\q"'), 2),
    ("text of more lines", edited("target:", "footer:\n  text: |\n    een\n   twee\ntarget:"), 7),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_one_fault_is_told_once_and_hides_nothing(tmp_path: Path, text: str, line: int) -> None:
    found = problems(tmp_path, text + "\n" + MISTAKE)
    assert [problem.line for problem in found if problem.rule == "syntax"] == [line], "\n".join(map(str, found))
    assert any(TOLD in problem.todo for problem in found), "\n".join(map(str, found))
    assert not [problem for problem in found if problem.rule == "missing"]


@pytest.mark.parametrize("first", [row[1] for row in FAULTS[:8]], ids=[row[0] for row in FAULTS[:8]])
def test_faults_in_two_sections_are_both_told(tmp_path: Path, first: str) -> None:
    found = problems(tmp_path, f"{first}\ntls: {{mode: off\nconsul:\n  source: a: b\n{MISTAKE}")
    last = first.count("\n") + 2
    lines = [problem.line for problem in found if problem.rule == "syntax"]
    assert len(lines) == 3
    assert lines[1:] == [last, last + 2]
    assert any(TOLD in problem.todo for problem in found)


def test_a_section_further_left_than_the_others_is_no_end_of_the_file(tmp_path: Path) -> None:
    indented = "".join(f"  {line}\n" for line in MINIMAL.splitlines())
    found = problems(tmp_path, indented + "modules:\n  pols: on\n  tls: {mode: acme}\n")
    assert found[0].line == 9
    assert "further left" in found[0].message
    assert any(TOLD in problem.todo for problem in found)


def test_a_section_further_in_than_the_others_is_the_one_that_is_wrong(tmp_path: Path) -> None:
    first, rest = MINIMAL.split("target:")
    indented = "".join(f"  {line}\n" for line in first.splitlines())
    found = problems(tmp_path, f"{indented}target:{rest}{MISTAKE}")
    assert [(problem.line, problem.rule) for problem in found] == [(1, "syntax"), (10, "unknown-key")]


def test_what_stands_below_a_second_document_is_looked_at_even_when_that_is_broken(tmp_path: Path) -> None:
    found = problems(tmp_path, f"{MINIMAL}---\nmail:\n  from: a: b\n{MISTAKE}")
    assert [problem.line for problem in found] == [9, 11, 13]


def test_a_section_in_both_of_two_documents_is_told_where_the_second_begins(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, f"{MINIMAL}---\n{MINIMAL}")
    assert "municipality, target, administrators" in found.todo


def test_many_faults_are_all_told_as_far_as_a_person_can_read(tmp_path: Path) -> None:
    faults = "".join(f"  page{number}: a: b\n" for number in range(MOST_FAULTS + 10))
    found = problems(tmp_path, f"{MINIMAL}pages:\n{faults}{MISTAKE}")
    told = [problem for problem in found if problem.message == "has a colon in its text"]
    assert len(told) == MOST_FAULTS
    assert "more goes wrong" in found[MOST_FAULTS].message
    assert TOLD in found[-1].todo


def test_a_contradiction_is_told_beside_a_fault_in_another_section(tmp_path: Path) -> None:
    found = problems(tmp_path, f"{edited('Voorbeeld', 'Stad: ')}tls: {{mode: files}}\n")
    assert [problem.line for problem in found] == [2, 9, 9]
    assert "certificate" in found[1].message


def test_nothing_contradicts_what_could_not_be_read(tmp_path: Path) -> None:
    text = f"{MINIMAL}tls:\n  mode: 'files' x\n  certificate: site.pem\n  key: site.key\n"
    assert [problem.line for problem in problems(tmp_path, text)] == [10]


def test_a_key_whose_value_could_not_be_read_is_not_missing_but_others_are(tmp_path: Path) -> None:
    text = MINIMAL.replace("  domain: participatie.example.org\n", "").replace("name: V", "name: @V")
    found = problems(tmp_path, text)
    assert [(problem.key, problem.rule) for problem in found] == [("municipality.domain", "missing"), ("", "syntax")]


def test_tabs_that_yaml_allows_are_fine(tmp_path: Path) -> None:
    tabs = MINIMAL.replace(": ", ":\t").replace("target:", "target:\t# waar\n\t\n\t# los").replace("\n  -", "\t\n  -\t")
    text = (
        tabs.replace("-\t name", "-\tname").replace("    email", "    email")
        + "network: {extra_ca: [ca.pem,\n\tsite.pem]}\n"
    )
    file = write(tmp_path, text)
    assert load(file).instance.municipality == load(write(tmp_path)).instance.municipality


def test_tabs_in_a_text_are_no_indentation(tmp_path: Path) -> None:
    text = "footer:\n  text: |\n    een\n    \ttwee\n"
    found = problems(tmp_path, f"{MINIMAL.replace('  type', chr(9) + 'type')}{text}")
    assert [problem.line for problem in found if "tab" in problem.message] == [5]


@pytest.mark.parametrize(
    "long", ["-" * 100_000, '"a' + " " * 100_000 + 'b"', "secret" * 16_000], ids=["-", " ", "word"]
)
def test_a_very_long_word_takes_no_time_to_speak_of(tmp_path: Path, long: str) -> None:
    """With a pattern that goes over the word again for each of its letters, this takes minutes."""
    problems(tmp_path, edited("Voorbeeldgemeente", long))
    assert problems(tmp_path, f"{MINIMAL}{long}: x: y\n")


def test_a_file_of_faults_alone_comes_to_an_end(tmp_path: Path) -> None:
    assert problems(tmp_path, "a: b: c\n" * 5_000)


def test_half_a_letter_in_a_key_is_told_in_our_words(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, edited("domain", '"dom\\ud83dain"'))
    assert "half a letter" in found.message


MISSPELT = [
    ("a slip", edited("municipality", "municipalty"), "municipalty"),
    ("two letters changed places", edited("target", "traget"), "traget"),
    ("in Dutch", edited("administrators", "beheerders"), "beheerders"),
    ("in an item", edited("email", "emial"), "administrators[0].emial"),
    ("in capitals", edited("domain", "Domain"), "municipality.Domain"),
    ("another script", edited("domain", "d\u043emain"), "municipality.d\u043emain"),
    ("another width", edited("target", "\uff54\uff41\uff52\uff47\uff45\uff54"), "\uff54\uff41\uff52\uff47\uff45\uff54"),
]


@pytest.mark.parametrize(("text", "key"), [row[1:] for row in MISSPELT], ids=[row[0] for row in MISSPELT])
def test_a_misspelt_key_is_told_once_and_read_as_it_was_meant(tmp_path: Path, text: str, key: str) -> None:
    assert [problem.key for problem in problems(tmp_path, text)] == [key]


def test_what_stands_under_a_misspelt_key_is_looked_at(tmp_path: Path) -> None:
    found = problems(tmp_path, edited("type: container", "type: x", edited("target", "doel")))
    assert [problem.key for problem in found] == ["doel", "target.type"]


def test_a_misspelt_key_beside_the_right_one_stands_for_nothing(tmp_path: Path) -> None:
    found = problems(tmp_path, edited("target:", "traget:\n  type: x\ntarget:"))
    assert [problem.key for problem in found] == ["traget"]


def test_a_section_inside_another_one_is_told_and_read(tmp_path: Path) -> None:
    found = problems(tmp_path, edited("target:\n  type: container", "  target:\n    type: docker"))
    assert [problem.key for problem in found] == ["municipality.target", "target.type"]
    assert "column 1" in found[0].todo


def test_a_target_of_unknown_type_is_looked_at_as_what_its_keys_say(tmp_path: Path) -> None:
    found = problems(tmp_path, edited("container", 'docker\n  host: "-x"\n  http_port: 80\n  port: x'))
    assert [problem.key for problem in found] == ["target.type", "target.host", "target.port"]


def test_a_target_without_a_type_is_looked_at_all_the_same(tmp_path: Path) -> None:
    found = problems(tmp_path, edited("type: container", "http_port: x"))
    assert [problem.key for problem in found] == ["target", "target.http_port"]


def test_an_unknown_instrument_makes_no_noise_about_keys_of_other_ones(tmp_path: Path) -> None:
    question = "    questions: [{key: a, title: Wat vindt u?, options: [{key: a, title: x}, {key: b, title: 1}]}]\n"
    text = f"vraagstuk:\n  - key: plein\n    title: Plein\n    instrument: xyz\n{question}    amounts: x\n"
    keys = [problem.key for problem in problems(tmp_path, MINIMAL + text)]
    assert "vraagstuk[0].instrument" in keys
    assert "vraagstuk[0].questions[0].options[1].title" in keys
    assert "vraagstuk[0].amounts" not in keys


def test_the_version_of_yaml_that_one_file_names_is_not_that_of_the_next() -> None:
    compose("%YAML 1.1\n---\na: [b\n")
    assert not compose("a: {b: Wat komt er?, c: d}\n").draft.flaws
