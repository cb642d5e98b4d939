"""Instance → the page of a vraagstuk: what is asked, when, who decides, and what was done with it."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from ddconsul.instance.sections.pages import slug_of
from ddconsul.translate.item import Item
from ddconsul.translate.vraagstuk.common import EARLIEST, known, paragraphs, schedule, way
from ddconsul.translate.vraagstuk.words import PHASE_NAMES, PLAN_PHASE_NAMES, Speech

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddconsul.instance.models import Instance

# Where Consul shows each. The number of a process or debate is not known before it is there: then the list of all.
PATHS = {
    "debate": "/debates",
    "proposals": "/proposals",
    "poll": "/polls/{key}",
    "budget": "/budgets/{key}",
    "legislation": "/legislation/processes",
}


def page(instance: Instance, index: int) -> Item:
    """Return the page. Its text follows the clock: before it opens, while it is open, and afterwards."""
    one: Any = instance.vraagstuk[index]
    languages, zone = instance.municipality.languages, instance.municipality.time_zone
    item = Item("page", one.key, way(index), {"slug": one.key})
    item.set("status", "published")
    item.translate("title", one.title, languages, "title", each=True)
    for code in languages:
        text = _Text(instance, one, code)
        steps = ((EARLIEST, text.before()), (one.opens.utc(zone), text.open()), (one.closes.utc(zone), text.after()))
        item.set(f"content.{code}", schedule(*steps))
    return item


class _Text:
    """The text of a page in one language."""

    def __init__(self, instance: Instance, one: Any, code: str) -> None:  # noqa: ANN401 — one of five
        self._instance, self._one, self._code = instance, one, code
        self._say = Speech(code, instance.municipality.form_of_address)
        self._path = PATHS[one.instrument].format(key=one.key)

    def before(self) -> str:
        """Return the page as it is before it opens."""
        opens = self._say("from", opens=self._say.moment(self._one.opens))
        return _joined([self._summary(), _strong(opens), *self._explanation(), *self._promise(), *self._reach()])

    def open(self) -> str:
        """Return the page as it is while inhabitants take part."""
        link = _link(self._path, self._say(f"go_{self._one.instrument}"))
        shown = [self._summary(), _strong(self._say.until(self._one.closes)), link]
        return _joined([*shown, *self._explanation(), *self._promise(), *self._reach()])

    def after(self) -> str:
        """Return the page as it is when it has closed: the thanks, the answer, and what was done."""
        one, say = self._one, self._say
        thanks = self._text(one.closing.thanks) or paragraphs(say("thanks"))
        shown = [self._summary(), _strong(say("closed")), thanks, self._outcome()]
        if one.closing.answer is not None:
            shown += [_heading(say("answer")), self._markdown(one.closing.answer)]
        if one.feedback.text is not None:
            shown += [_heading(say("done")), self._markdown(one.feedback.text)]
        else:
            shown += self._promise()
        return _joined([*shown, *self._explanation(), *self._reach(other_ways=False)])

    def _outcome(self) -> str:
        one = self._one
        if one.instrument == "poll" and one.results:
            return _link(f"{self._path}/results", self._say("see_results"))
        # What is over isn't in the list of what is open.
        past = "?filter=past" if one.instrument == "legislation" else ""
        return _link(f"{self._path}{past}", self._say(f"see_{one.instrument}"))

    def _summary(self) -> str:
        return self._text(self._one.summary)

    def _explanation(self) -> Iterator[str]:
        one, say = self._one, self._say
        if one.description is not None:
            yield self._markdown(one.description)
        yield from self._questions()
        yield from self._money()
        yield from self._topics()
        yield from self._for_whom()
        yield _heading(say("decides"))
        yield self._text(one.decides)
        yield _heading(say("when"))
        yield _list(list(self._dates()))

    def _questions(self) -> Iterator[str]:
        questions = getattr(self._one, "questions", ())
        if questions:
            yield _heading(self._say("questions"))
        for question in questions:
            yield f"<h3>{_escaped(self._line(question.title))}</h3>"
            yield self._text(question.description)

    def _money(self) -> Iterator[str]:
        if self._one.instrument == "budget" and self._one.amounts == "shown":
            headings = [heading for group in self._one.groups for heading in group.headings]
            yield _heading(self._say("money"))
            yield _list([f"{_escaped(self._line(one.name))}: {self._say.money(one.amount)}" for one in headings])

    def _topics(self) -> Iterator[str]:
        categories = getattr(self._one, "categories", ())
        if categories:
            yield _heading(self._say("topics"))
            yield _list([_escaped(name) for name in categories])

    def _for_whom(self) -> Iterator[str]:
        names = {district.key: district.name for district in self._instance.districts}
        if self._one.districts:
            mine = self._say.all_of([names[key] for key in self._one.districts])
            yield _heading(self._say("who"))
            yield paragraphs(self._say("votes" if self._one.instrument == "poll" else "for", districts=mine))

    def _dates(self) -> Iterator[str]:
        """Yield what happens when, in order."""
        one, say = self._one, self._say
        found = [(one.opens.at, say.moment(one.opens), say("opens")), *self._phases()]
        found.append((one.closes.at, say.moment(one.closes), say("closes")))
        for milestone in one.milestones:
            more = self._line(milestone.text) if milestone.text is not None else ""
            told = self._line(milestone.title) + (f". {' '.join(more.split())}" if more else "")
            found.append((milestone.date.at, say.day(milestone.date.day), told))
        result = getattr(one, "result", None)
        if result is not None:
            found.append((result.at, say.day(result.day), say("result")))
        found.append((one.feedback.by.at, say.day(one.feedback.by.day), say("told")))
        for _, when, what in sorted(found, key=lambda step: step[0]):
            yield f"<strong>{_escaped(when)}</strong>: {_escaped(what)}"

    def _phases(self) -> Iterator[tuple[Any, str, str]]:
        one, say = self._one, self._say
        if one.instrument == "budget":
            names = {phase.phase: phase.name for phase in one.phases if phase.name is not None}
            for kind, begin in one.timetable:
                name = self._line(names[kind]) if kind in names else PHASE_NAMES[say.language][kind]
                yield begin.at, say.moment(begin), name
        elif one.instrument == "legislation":
            for phase in one.phases:
                days = say("span", first=say.day(phase.from_.day), last=say.day(phase.until.day))
                yield phase.from_.at, days, PLAN_PHASE_NAMES[say.language][phase.phase]

    def _promise(self) -> list[str]:
        feedback, say = self._one.feedback, self._say
        sentence = self._text(feedback.promise) or paragraphs(say("promise", by=say.day(feedback.by.day)))
        return [_heading(say("feedback")), sentence]

    def _reach(self, *, other_ways: bool = True) -> Iterator[str]:
        one, say = self._one, self._say
        if other_ways and (one.other_ways is not None or "offline" in self._instance.pages):
            yield _heading(say("other"))
            yield self._text(one.other_ways) or f"<p>{say('offline', url='/' + slug_of('offline'))}</p>"
        email = one.contact.email or self._instance.municipality.contact.email
        phone = one.contact.phone or self._instance.footer.phone
        parts = {}
        if email:
            parts["mail"] = f'<a href="mailto:{email}">{email}</a>'
        if phone:
            parts["phone"] = f'<a href="tel:{re.sub(r"[^+0-9]", "", phone)}">{_escaped(phone)}</a>'
        if parts:
            yield _heading(say("ask"))
            yield f"<p>{say('_'.join(parts), **parts)}</p>"

    def _line(self, texts: Any) -> str:  # noqa: ANN401 — texts by language
        """Return a text in the page's language, or else in the site's first."""
        return str(texts.in_each(self._instance.municipality.languages)[self._code])

    def _text(self, texts: Any) -> str:  # noqa: ANN401 — texts by language, or None
        return "" if texts is None else paragraphs(self._line(texts))

    def _markdown(self, files: Mapping[str, Any]) -> str:
        file = files.in_each(self._instance.municipality.languages)[self._code]  # type: ignore[attr-defined]  # Translated
        return str(file.html(known(self._instance)))


def _joined(parts: list[str]) -> str:
    return "\n".join(part for part in parts if part)


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _strong(text: str) -> str:
    return f"<p><strong>{_escaped(text)}</strong></p>"


def _heading(text: str) -> str:
    return f"<h2>{_escaped(text)}</h2>"


def _link(url: str, text: str) -> str:
    return f'<p><a href="{escape(url)}">{_escaped(text)}</a></p>'


def _list(items: list[str]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{item}</li>" for item in items) + "\n</ul>"
