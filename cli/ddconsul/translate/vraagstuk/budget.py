"""Instance → a participatory budget with its phases, groups and headings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ddconsul.instance.kinds.moments import Moment
from ddconsul.instance.kinds.translated import Translated
from ddconsul.instance.sections.vraagstuk.budget import PHASES
from ddconsul.translate.item import Item
from ddconsul.translate.vraagstuk.common import EARLIEST, as_html, if_given, image, schedule, way
from ddconsul.translate.vraagstuk.words import PHASE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance
    from ddconsul.instance.sections.vraagstuk.budget import Group

_CURRENCY = "€"
# Consul wants an end of the last phase too; nothing ends then.
_AFTERWARDS = timedelta(days=365)


def budget(instance: Instance, index: int) -> Iterator[Item]:
    """Yield the budget, its nine phases, its groups and their headings."""
    one: Any = instance.vraagstuk[index]
    languages = instance.municipality.languages
    item = Item("budget", one.key, way(index), {"slug": one.key})
    item.translate("name", one.title, languages, "title").complete(languages[0], "name")
    item.set("currency_symbol", _CURRENCY).set("published", value=True)
    item.set("voting_style", one.voting, *if_given(one, "voting"))
    item.set("hide_money", one.amounts == "hidden", *if_given(one, "amounts"))
    item.set("phase", _by_the_clock(one, instance.municipality.time_zone), "phases")
    yield image(item, one)
    yield from _phases(instance, index, item.key)
    for place, group in enumerate(one.groups):
        yield from _group(instance, index, place, group, item.key)


def _by_the_clock(one: Any, zone: str) -> Any:  # noqa: ANN401 — a budget; a value with a schedule
    """Return which phase it is when. Before it opens nothing can be handed in: then it informs."""
    steps = [(begin.utc(zone), phase) for phase, begin in one.timetable]
    return schedule((EARLIEST, "informing"), *steps)


def _phases(instance: Instance, index: int, parent: str) -> Iterator[Item]:
    one: Any = instance.vraagstuk[index]
    languages, zone = instance.municipality.languages, instance.municipality.time_zone
    begins = dict(one.timetable)
    named = {phase.phase: (place, phase) for place, phase in enumerate(one.phases)}
    for kind in PHASES:
        place, phase = named.get(kind, (None, None))
        origin = way(index, "phases") if place is None else way(index, "phases", place)
        item = Item("phase", f"{one.key}/{kind}", origin, {"kind": kind}, parent)
        item.set("enabled", kind in begins)
        if kind in begins:
            item.set("starts_at", begins[kind].utc(zone), *(("from",) if phase and phase.from_ else ()))
            item.set("ends_at", _end(one, kind).utc(zone))
            names = {code: PHASE_NAMES[code][kind] for code in languages if code in PHASE_NAMES}
            given = phase.name if phase and phase.name is not None else None
            item.translate("name", given or Translated(names), languages, *(("name",) if given else ()))
            said = phase.description if phase else None
            item.translate("description", as_html(said), languages, "description").complete(languages[0], "name")
        yield item


def _end(one: Any, kind: str) -> Moment:  # noqa: ANN401 — a budget
    """Return when a phase ends: where the next one begins."""
    order = [phase for phase, _ in one.timetable]
    begins = [begin for _, begin in one.timetable]
    place = order.index(kind)
    return begins[place + 1] if place + 1 < len(begins) else Moment(begins[place].at + _AFTERWARDS)


def _group(instance: Instance, index: int, place: int, group: Group, parent: str) -> Iterator[Item]:
    one, languages = instance.vraagstuk[index], instance.municipality.languages
    origin = way(index, "groups", place)
    item = Item("group", f"{one.key}/{group.key}", origin, parent=parent)
    item.translate("name", group.name, languages, "name")
    yield item.set("max_votable_headings", group.max_headings, *if_given(group, "max_headings"))
    for number, heading in enumerate(group.headings):
        name = f"{one.key}/{group.key}/{heading.key}"
        amount = Item("heading", name, (*origin, "headings", number), parent=item.key)
        amount.translate("name", heading.name, languages, "name").set("price", heading.amount, "amount")
        for field in ("population", "district"):
            value = getattr(heading, field)
            if value is not None:
                amount.set(field, value, field)
        for field in ("latitude", "longitude"):
            value = getattr(heading, field)
            if value is not None:
                amount.set(field, f"{value:g}" if value == round(value, 4) else str(value), field)
        yield amount.set("max_ballot_lines", heading.max_lines, *if_given(heading, "max_lines"))
