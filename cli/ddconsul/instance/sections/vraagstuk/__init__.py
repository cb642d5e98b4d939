"""Section `vraagstuk`: what the municipality asks its inhabitants, when, and what happens with the outcome."""

# Pydantic reads these annotations at run time, so they are not postponed.
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ddconsul.instance.kinds.apart import once, titles_once
from ddconsul.instance.kinds.values import choices
from ddconsul.instance.section import Contradiction
from ddconsul.instance.sections.pages import slug_of
from ddconsul.instance.sections.vraagstuk.budget import Budget
from ddconsul.instance.sections.vraagstuk.common import ONE_OR_MORE, Way
from ddconsul.instance.sections.vraagstuk.debate import Debate
from ddconsul.instance.sections.vraagstuk.legislation import Legislation
from ddconsul.instance.sections.vraagstuk.poll import Poll
from ddconsul.instance.sections.vraagstuk.proposals import Proposals

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance


MODULES = {
    "debate": "debates",
    "proposals": "proposals",
    "poll": "polls",
    "budget": "budgets",
    "legislation": "legislation",
}
"""Instrument: the module that shows it."""
AnyVraagstuk = Annotated[Debate | Proposals | Poll | Budget | Legislation, Field(discriminator="instrument")]
Vraagstukken = Annotated[tuple[AnyVraagstuk, ...], *ONE_OR_MORE]


def contradictions(instance: "Instance") -> Iterator[Contradiction]:
    """Yield what does not go together with the rest of the file."""
    yield from once(instance.vraagstuk, "vraagstuk")
    yield from titles_once(instance.vraagstuk, "vraagstuk", "vraagstuk")
    for index, one in enumerate(instance.vraagstuk):
        for check in (_module_is_on, _has_a_page_of_its_own, _districts_are_known):
            try:
                yield from [found._replace(key=("vraagstuk", index, *found.key)) for found in check(instance, one)]
            except AttributeError:
                # It asks for what is not known.
                continue


def _module_is_on(instance: "Instance", one: Any) -> Iterator[Contradiction]:  # noqa: ANN401 — one of five
    module = MODULES[one.instrument]
    if not getattr(instance.modules, module):
        message = f"is {one.instrument}, but module {module} is off"
        yield Contradiction(("instrument",), message, f"Set modules.{module} to on.")


def _has_a_page_of_its_own(instance: "Instance", one: Any) -> Iterator[Contradiction]:  # noqa: ANN401 — one of five
    other = next((name for name in instance.pages if slug_of(name).lower() == one.key), None)
    if other is not None:
        message = f'"{one.key}" is the address of page {other} as well'
        yield Contradiction(("key",), message, "Give one of the two another name.")


def _districts_are_known(instance: "Instance", one: Any) -> Iterator[Contradiction]:  # noqa: ANN401 — one of five
    known = [district.key for district in instance.districts]
    named: list[tuple[Way, str]] = [(("districts", place), key) for place, key in enumerate(one.districts)]
    for number, group in enumerate(getattr(one, "groups", ())):
        for place, heading in enumerate(group.headings):
            if heading.district is not None:
                named.append((("groups", number, "headings", place, "district"), heading.district))
    for way, key in named:
        if key not in known:
            todo = choices(key, known) if known else "Add districts: a list with key and name."
            yield Contradiction(way, f'"{key}" is no key of a district', todo)
