"""Instance → a poll with its questions and their options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ddconsul.instance.kinds.translated import Translated
from ddconsul.translate.item import Item
from ddconsul.translate.vraagstuk.common import as_html, if_given, image, markdown_html, way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance
    from ddconsul.instance.sections.vraagstuk.poll import Question

_KINDS = {"single": "unique", "multiple": "multiple", "open": "open"}
"""What Consul calls each kind of question (VotationType)."""


def poll(instance: Instance, index: int) -> Iterator[Item]:
    """Yield the poll, its questions and their options."""
    one: Any = instance.vraagstuk[index]
    languages, zone = instance.municipality.languages, instance.municipality.time_zone
    item = Item("poll", one.key, way(index), {"slug": one.key})
    item.translate("name", one.title, languages, "title").translate("summary", one.summary, languages, "summary")
    html = markdown_html(one.description, instance)
    said = None if html is None else Translated({code: _on_one_line(text) for code, text in html.items()})
    item.translate("description", said, languages, "description")
    item.complete(languages[0], "name")
    item.set("starts_at", one.opens.utc(zone), "opens").set("ends_at", one.closes.utc(zone), "closes")
    there = ("districts",) if one.districts else ()
    item.set("geozone_restricted", bool(one.districts), *there).set("districts", " ".join(one.districts), *there)
    item.set("results", one.results, *if_given(one, "results"))
    yield image(item.set("stats", one.statistics, *if_given(one, "statistics")), one)
    for order, question in enumerate(one.questions, 1):
        yield from _question(instance, index, order, question, item.key)


def _on_one_line(html: str) -> str:
    """Return HTML without line breaks: Consul would show each as one (simple_format in app/views/polls/show)."""
    return re.sub(r">\s*\n\s*<", "><", html).replace("\n", " ")


def _question(instance: Instance, index: int, order: int, question: Question, parent: str) -> Iterator[Item]:
    one, languages = instance.vraagstuk[index], instance.municipality.languages
    place = way(index, "questions", order - 1)
    item = Item("question", f"{one.key}/{question.key}", place, parent=parent)
    item.translate("title", question.title, languages, "title")
    item.set("vote_type", _KINDS[question.kind], *if_given(question, "kind"))
    if question.max_votes is not None:
        item.set("max_votes", question.max_votes, "max_votes")
    yield item.set("order", order)
    for number, option in enumerate(question.options, 1):
        name = f"{one.key}/{question.key}/{option.key}"
        answer = Item("option", name, (*place, "options", number - 1), parent=item.key)
        answer.translate("title", option.title, languages, "title")
        answer.translate("description", as_html(option.description), languages, "description")
        yield answer.complete(languages[0], "title").set("given_order", number)
