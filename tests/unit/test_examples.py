"""Contributions of fictitious people, for a demo: the same file gives the same, and inhabitants never see them."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from files import MINIMAL, PAGES, write
from rendering import REPOSITORY
from varied import read

from ddconsul.instance.loader import load
from ddconsul.instance.problems import InvalidFileError
from ddconsul.translate import examples as module
from ddconsul.translate.state import state_document

if TYPE_CHECKING:
    from pathlib import Path

FULL = REPOSITORY / "tests/unit/full"
# What inhabitants read of an example: titles and texts.
READ = {"open_answers": -1, "ideas": 1, "proposals": 0, "comments": -1, "remarks": -1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FULL, tmp_path / "full")
    return tmp_path / "full"


def document(folder: Path, **changes: Any) -> dict[str, Any]:
    """Return what the full example asks for, with examples."""
    data = {**read(FULL / "gemeente.yml"), "demo_content": True, **changes}
    (folder / "demo.yml").write_text(json.dumps(data, default=str))
    return state_document(load(folder / "demo.yml").instance)


def found(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["key"]: one for one in document["objects"] if one["kind"] == "example"}


def lines(value: Any) -> list[str]:
    """Return what a field says once its moment has come."""
    text: str = value["schedule"][-1][1]
    return text.split("\n")


def counts(value: Any) -> dict[str, int]:
    pairs = [line.rpartition(" | ") for line in lines(value)]
    return {name: int(count) for name, _, count in pairs}


def test_each_vraagstuk_has_one_on_the_record_of_its_instrument(folder: Path) -> None:
    made = found(document(folder))

    assert {key: one.get("parent") for key, one in made.items()} == {
        "example plein": "poll plein",
        "example wijkbudget-2027": "budget wijkbudget-2027",
        "example omgevingsplan": "process omgevingsplan",
        "example praat-over-de-haven": "debate praat-over-de-haven",
        "example uw-idee": None,
    }


def test_without_it_there_are_none(folder: Path) -> None:
    assert found(document(folder, demo_content=False)) == {}
    assert found(state_document(load(FULL / "gemeente.yml").instance)) == {}


def test_the_same_file_gives_the_same(folder: Path) -> None:
    first = found(document(folder))
    module._texts.cache_clear()

    assert found(document(folder)) == first


def test_all_that_inhabitants_read_says_that_it_is_an_example(folder: Path) -> None:
    seen = 0
    for one in found(document(folder)).values():
        for field in READ.keys() & one["fields"].keys():
            for line in lines(one["fields"][field]):
                assert line.split(" | ")[READ[field]].startswith("Voorbeeld: "), line
                seen += 1
    assert seen > 15


def test_nothing_is_done_before_inhabitants_can(folder: Path) -> None:
    made = found(document(folder))

    for one in made.values():
        for field in one["fields"].keys() - {"people"}:
            assert one["fields"][field]["schedule"][0][1] in ("none", False)
    assert made["example plein"]["fields"]["votes"]["schedule"][1][0] == "2027-03-01T08:00:00Z"
    budget = made["example wijkbudget-2027"]["fields"]
    assert budget["ideas"]["schedule"][1][0] < budget["judged"]["schedule"][1][0]
    assert budget["judged"]["schedule"][1][0] <= budget["ballots"]["schedule"][1][0]


def test_nobody_votes_more_than_is_allowed(folder: Path) -> None:
    several = [{**one} for one in read(FULL / "gemeente.yml")["vraagstuk"]]
    poll = next(one for one in several if one["key"] == "plein")
    options = [{"key": key, "title": key} for key in ("een", "twee", "drie", "vier")]
    poll["questions"] = [
        {"key": "meer", "title": "Wat nog meer?", "kind": "multiple", "max_votes": 2, "options": options},
        {"key": "een", "title": "Welke van deze?", "options": options},
    ]
    fields = found(document(folder, vraagstuk=several))["example plein"]["fields"]
    votes = counts(fields["votes"])

    people = fields["people"]
    by_question = {
        name: sum(count for _, count in group)
        for name, group in itertools.groupby(votes.items(), key=lambda pair: pair[0].split("/")[0])
    }
    assert by_question["een"] == people
    assert people < by_question["meer"] <= 2 * people
    assert max(votes.values()) <= people


def test_every_heading_gets_ideas_that_it_can_pay(folder: Path) -> None:
    budget = next(one for one in read(FULL / "gemeente.yml")["vraagstuk"] if one["instrument"] == "budget")
    amounts = {
        f"{group['key']}/{heading['key']}": heading["amount"]
        for group in budget["groups"]
        for heading in group["headings"]
    }
    fields = found(document(folder))["example wijkbudget-2027"]["fields"]
    prices: dict[str, list[int]] = {}
    for line in lines(fields["ideas"]):
        heading, _, _, price = line.split(" | ")
        prices.setdefault(heading, []).append(int(price))

    assert prices.keys() == amounts.keys()
    assert all(0 < price < amounts[name] for name, each in prices.items() for price in each)
    # Each chooses one idea.
    assert sum(counts(fields["ballots"]).values()) == fields["people"]


def test_texts_fit_what_consul_takes() -> None:
    texts = module._texts()
    titles = [one["title"] for one in (*texts["budget"]["ideas"], *texts["proposals"]["proposals"])]

    assert all(4 <= len(title) <= 80 for title in titles)
    assert len(titles) == len(set(titles))
    assert not re.search(r"[|<>&]", json.dumps(texts, ensure_ascii=False))


@pytest.mark.parametrize("target", ["{type: local}", "{type: ssh, host: server1.example.org}"])
def test_inhabitants_never_read_them(tmp_path: Path, target: str) -> None:
    text = MINIMAL.replace("target:\n  type: container", f"target: {target}") + PAGES + "demo_content: on\n"
    with pytest.raises(InvalidFileError) as refused:
        load(write(tmp_path, text))

    (problem,) = refused.value.problems
    assert problem.key == "demo_content"
    assert problem.line == text[: text.index("demo_content")].count("\n") + 1
    assert "people who don't exist" in problem.message
    assert "demo_content to off" in problem.todo


def test_in_a_container_it_is_fine(tmp_path: Path) -> None:
    assert load(write(tmp_path, f"{MINIMAL}demo_content: on\n")).instance.demo_content
