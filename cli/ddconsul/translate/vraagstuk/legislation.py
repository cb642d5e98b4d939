"""Instance → a plan or policy text: Consul's collaborative legislation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddconsul.instance.kinds.translated import Translated
from ddconsul.translate.item import Item
from ddconsul.translate.vraagstuk.common import EARLIEST, as_html, image, markdown_source, schedule, way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.kinds.moments import Moment
    from ddconsul.instance.models import Instance

# What Consul calls each phase in its columns (Legislation::Process): whether it is on, its first day, its last day.
_COLUMNS = {
    "draft": ("draft_phase_enabled", "draft_start_date", "draft_end_date"),
    "debate": ("debate_phase_enabled", "debate_start_date", "debate_end_date"),
    "proposals": ("proposals_phase_enabled", "proposals_phase_start_date", "proposals_phase_end_date"),
    "comments": ("allegations_phase_enabled", "allegations_start_date", "allegations_end_date"),
}


def legislation(instance: Instance, index: int) -> Iterator[Item]:
    """Yield the process, its texts, questions, milestones and documents."""
    one: Any = instance.vraagstuk[index]
    languages = instance.municipality.languages
    item = Item("process", one.key, way(index))
    item.translate("title", one.title, languages, "title").translate("summary", one.summary, languages, "summary")
    item.translate("description", markdown_source(one.description, instance), languages, "description")
    item.translate("additional_info", one.decides, languages, "decides").complete(languages[0], "title")
    item.set("start_date", _day(one.opens), "opens").set("end_date", _day(one.closes), "closes")
    _set_phases(item, one)
    item.set("published", value=True)
    item.set("categories", ", ".join(one.categories), *(("categories",) if one.categories else ()))
    yield image(item, one)
    yield from _drafts(instance, index, item.key)
    yield from _questions(instance, index, item.key)
    yield from _milestones(instance, index, item.key)
    for place, document in enumerate(one.documents):
        origin = way(index, "documents", place)
        paper = Item("document", f"{one.key}/{document.title}", origin, parent=item.key)
        yield paper.set("title", document.title, "title").set("file", document.file.checksum, "file")


def _day(moment: Moment) -> str:
    return moment.day.isoformat()


def _set_phases(item: Item, one: Any) -> None:  # noqa: ANN401 — legislation
    phases = {phase.phase: (place, phase) for place, phase in enumerate(one.phases)}
    for name, (enabled, first, last) in _COLUMNS.items():
        if name in phases:
            place, phase = phases[name]
            item.set(enabled, True, "phases", place)  # noqa: FBT003 — Consul's own flag
            item.set(first, _day(phase.from_), "phases", place, "from")
            item.set(last, _day(phase.until), "phases", place, "until")
        else:
            item.set(enabled, value=False)
    item.set("draft_publication_enabled", bool(one.draft))
    if one.draft:
        earliest = min(range(len(one.draft)), key=lambda place: one.draft[place].published.at)
        item.set("draft_publication_date", _day(one.draft[earliest].published), "draft", earliest, "published")
    item.set("result_publication_enabled", one.result is not None)
    if one.result is not None:
        item.set("result_publication_date", _day(one.result), "result")


def _drafts(instance: Instance, index: int, parent: str) -> Iterator[Item]:
    one: Any = instance.vraagstuk[index]
    languages, zone = instance.municipality.languages, instance.municipality.time_zone
    for place, draft in enumerate(one.draft):
        item = Item("draft", f"{one.key}/{draft.key}", way(index, "draft", place), parent=parent)
        item.translate("title", draft.title, languages, "title")
        item.translate("body", markdown_source(draft.file, instance), languages, "file")
        item.translate("changelog", draft.changes, languages, "changes").complete(languages[0], "title", "body")
        published = schedule((EARLIEST, "draft"), (draft.published.utc(zone), "published"))
        item.set("status", published, "published")
        yield item.set("final_version", draft.final, *(("final",) if "final" in draft.model_fields_set else ()))


def _questions(instance: Instance, index: int, parent: str) -> Iterator[Item]:
    one: Any = instance.vraagstuk[index]
    languages = instance.municipality.languages
    for place, question in enumerate(one.questions):
        origin = way(index, "questions", place)
        item = Item("process_question", f"{one.key}/{question.key}", origin, parent=parent)
        item.translate("title", question.title, languages, "title")
        item.translate("description", as_html(question.description), languages, "description")
        yield item.complete(languages[0], "title")
        for number, option in enumerate(question.options):
            name = f"{one.key}/{question.key}/{option.key}"
            answer = Item("process_option", name, (*origin, "options", number), parent=item.key)
            yield answer.translate("value", option.title, languages, "title")


def _milestones(instance: Instance, index: int, parent: str) -> Iterator[Item]:
    one: Any = instance.vraagstuk[index]
    languages = instance.municipality.languages
    for place, milestone in enumerate(one.milestones):
        item = Item("milestone", f"{one.key}/{milestone.key}", way(index, "milestones", place), parent=parent)
        item.translate("title", milestone.title, languages, "title")
        # Consul wants a description of each.
        text, key = (milestone.title, "title") if milestone.text is None else (milestone.text, "text")
        item.translate("description", as_html(Translated(text)), languages, key).complete(languages[0], "description")
        yield item.set("publication_date", _day(milestone.date), "date")
