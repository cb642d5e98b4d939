"""Instance → what fictitious people do with each vraagstuk, to show what it is like."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddconsul.instance.sections.vraagstuk.budget import PHASES
from ddconsul.translate.item import Item
from ddconsul.translate.vraagstuk.common import EARLIEST, schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ddconsul.instance.models import Instance

ORIGIN = ("demo_content",)
NONE = "none"
"""Stands in a field before its moment: they do nothing of that sort yet."""
_BAR = " | "
# Of several answers, somebody gives one and a half on average.
_OF_SEVERAL = 1.5
_HUNDREDS = 1000
# When people hand in ideas, or could have, and when officials have judged them.
_IDEAS = PHASES[PHASES.index("accepting") : PHASES.index("finished")]
_JUDGED = PHASES[PHASES.index("publishing_prices") :]


def examples(instance: Instance) -> Iterator[Item]:
    """Yield for each vraagstuk what fictitious people do with it. The same file always gives the same.

    They begin when inhabitants can: before that their fields say none.

    Args:
        instance: The checked municipality file.
    """
    if not instance.demo_content:
        return
    zone = instance.municipality.time_zone
    for one in instance.vraagstuk:
        kind, fill = _OF[one.instrument]
        texts = _texts()[one.instrument]
        item = Item("example", one.key, ORIGIN, parent=f"{kind} {one.key}" if kind else None)
        item.set("people", texts["people"])
        fill(item, one, texts, zone)
        yield item


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("examples.toml").read_text(encoding="utf-8"))


def _poll(item: Item, one: Any, texts: dict[str, Any], zone: str) -> None:  # noqa: ANN401 — a poll
    people, opens = texts["people"], one.opens.utc(zone)
    votes: list[str] = []
    spoken: list[str] = []
    for question in one.questions:
        if question.kind == "open":
            spoken += (_line(question.key, text) for text in texts["open_answers"])
            continue
        many = people if (question.max_votes or 1) == 1 else int(people * _OF_SEVERAL)
        options = [f"{question.key}/{option.key}" for option in question.options]
        votes += _divided(many, options, one.key, most=people)
    _set(item, "votes", opens, votes)
    _set(item, "open_answers", opens, spoken)


def _budget(item: Item, one: Any, texts: dict[str, Any], zone: str) -> None:  # noqa: ANN401 — a budget
    ideas = list(_ideas(one, texts))
    names = [_line(*idea[:2]) for idea in ideas]
    people, begins = texts["people"], {phase: begin.utc(zone) for phase, begin in one.timetable}
    _set(item, "ideas", _first(begins, _IDEAS), [_line(*idea) for idea in ideas])
    _set(item, "supports", begins.get("selecting"), _divided(people, names, f"{one.key} supports"))
    judged = _first(begins, _JUDGED)
    if judged:
        item.set("judged", schedule((EARLIEST, False), (judged, True)))
    _set(item, "ballots", begins.get("balloting"), _divided(people, names, f"{one.key} ballots"))


def _ideas(one: Any, texts: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:  # noqa: ANN401 — a budget
    """Yield ideas for each heading: the next ones of the list, and round again."""
    known, each = texts["ideas"], texts["per_heading"]
    headings = [(f"{group.key}/{heading.key}", heading.amount) for group in one.groups for heading in group.headings]
    for number, (name, amount) in enumerate(headings):
        for turn in range(each):
            idea = known[(number * each + turn) % len(known)]
            price = max(1, amount * idea["share"] // 100)
            yield name, idea["title"], idea["text"], str(price - price % 100 if price >= _HUNDREDS else price)


def _legislation(item: Item, one: Any, texts: dict[str, Any], zone: str) -> None:  # noqa: ANN401 — legislation
    begins = {phase.phase: phase.from_.utc(zone) for phase in one.phases}
    debate = begins.get("debate")
    answers: list[str] = []
    for question in one.questions:
        options = [f"{question.key}/{option.key}" for option in question.options]
        answers += _divided(texts["people"], options, one.key)
    _set(item, "answers", debate, answers)
    if one.questions:
        keys = [question.key for question in one.questions]
        said = [_line(keys[number % len(keys)], text) for number, text in enumerate(texts["comments"])]
        _set(item, "comments", debate, said)
    # Nobody writes beside what is decided.
    draft = next((draft for draft in one.draft if not draft.final), None)
    if draft and "comments" in begins:
        beside = max(begins["comments"], draft.published.utc(zone))
        _set(item, "remarks", beside, [_line(draft.key, text) for text in texts["remarks"]])


def _debate(item: Item, one: Any, texts: dict[str, Any], zone: str) -> None:  # noqa: ANN401 — a debate
    opens = one.opens.utc(zone)
    _set(item, "comments", opens, texts["comments"])
    _set(item, "opinions", opens, [_line(name, texts[name]) for name in ("agree", "disagree")])


def _proposals(item: Item, one: Any, texts: dict[str, Any], zone: str) -> None:  # noqa: ANN401 — proposals
    opens, made = one.opens.utc(zone), texts["proposals"]
    _set(item, "proposals", opens, [_line(each["title"], each["summary"], each["text"]) for each in made])
    _set(item, "supports", opens, _divided(texts["people"], [each["title"] for each in made], one.key))


_OF: dict[str, tuple[str, Callable[[Item, Any, dict[str, Any], str], None]]] = {
    "poll": ("poll", _poll),
    "budget": ("budget", _budget),
    "legislation": ("process", _legislation),
    "debate": ("debate", _debate),
    "proposals": ("", _proposals),
}
"""Instrument: the kind of what it is in Consul, and what people do with it."""


def _line(*parts: object) -> str:
    return _BAR.join(map(str, parts))


def _set(item: Item, name: str, moment: str | None, lines: Sequence[str]) -> None:
    """Give a field its lines, from a moment on; without one, they never do so."""
    if moment is not None and lines:
        item.set(name, schedule((EARLIEST, NONE), (moment, "\n".join(lines))))


def _first(begins: dict[str, str], phases: Iterable[str]) -> str | None:
    return next((begins[phase] for phase in phases if phase in begins), None)


def _divided(total: int, names: Sequence[str], salt: str, most: int | None = None) -> list[str]:
    """Divide so many choices among names, some more popular than others, and always the same.

    Args:
        total: How many choices.
        names: What can be chosen; maybe nothing.
        salt: Makes another division of the same names.
        most: How many at most may choose the same.
    """
    weights = [hashlib.sha256(f"{salt} {name}".encode()).digest()[0] + 64 for name in names]
    counts = [total * weight // sum(weights) for weight in weights]
    for place in range(total - sum(counts) if counts else 0):
        counts[place % len(counts)] += 1
    return [_line(name, min(count, most or total)) for name, count in zip(names, counts, strict=True) if count]
