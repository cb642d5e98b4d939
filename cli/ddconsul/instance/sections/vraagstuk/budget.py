"""Instrument `budget`: inhabitants divide an amount of money."""

# Pydantic reads these annotations at run time, so they are not postponed.
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from ddconsul.instance.kinds.apart import once, texts_once
from ddconsul.instance.kinds.earth import about_place
from ddconsul.instance.kinds.links import Image
from ddconsul.instance.kinds.moments import Moment, Opening
from ddconsul.instance.kinds.translated import TranslatedLine, TranslatedText
from ddconsul.instance.section import Contradiction, Section, rule
from ddconsul.instance.sections.home import ObjectKey
from ddconsul.instance.sections.vraagstuk.common import (
    IMAGE,
    INSTRUMENT,
    KEY,
    Categories,
    Count,
    Degrees,
    Euros,
    Vraagstuk,
    Way,
)

PHASES = (
    "informing", "accepting", "reviewing", "selecting", "valuating", "publishing_prices", "balloting",
    "reviewing_ballots", "finished",
)  # fmt: skip
"""The phases of a budget, in Consul's order (Budget::Phase::PHASE_KINDS)."""
_FOR_INHABITANTS = {"accepting", "selecting", "balloting"}
# Consul's Budget::Phase: 2000, with the markup of its paragraphs.
_LONGEST_PHASE = 1900


class BudgetPhase(Section):
    """A phase of a budget, up to where the next one begins."""

    phase: Literal[PHASES] = Field(description="Which one: of a budget, or of legislation.")  # type: ignore[valid-type]  # the names stand in one place, as a tuple
    from_: Opening | None = Field(
        None, alias="from", description="When it begins. Default, of the first: when it opens.", examples=["2027-03-01"]
    )
    name: TranslatedLine | None = Field(
        None, description="What it is called. Default: a name in Dutch and English.", examples=["Ideeën bedenken"]
    )
    description: TranslatedText | None = Field(
        None, description="What inhabitants can do in it.", examples=["Vertel wat u wilt doen."]
    )

    @rule
    def _is_told_in_few_words(self) -> Iterator[Contradiction]:
        longest = max((len(text) for text in (self.description or {}).values()), default=0)
        if longest > _LONGEST_PHASE:
            message = f"has {longest} characters; a phase takes {_LONGEST_PHASE}"
            yield Contradiction(("description",), message, "Tell more in the description of the vraagstuk.")


class Heading(Section):
    """An amount of money to divide, for a district or a subject."""

    key: ObjectKey = Field(description=KEY, examples=["noord"])
    name: TranslatedLine = Field(description="Name.", examples=["Noord"])
    amount: Euros = Field(description="How much there is to divide, in euros.", examples=[25000])
    population: Count | None = Field(None, description="How many people live there.", examples=[4200])
    district: ObjectKey | None = Field(None, description="Key of the district that it is for.", examples=["noord"])
    latitude: Degrees | None = Field(None, description="Middle of its map, to the north.", examples=[53.22])
    longitude: Degrees | None = Field(None, description="Middle of its map, to the east.", examples=[6.57])
    max_lines: Count = Field(1, description="With approval: how many ideas somebody may choose.")

    @rule
    def _has_a_whole_place(self) -> Iterator[Contradiction]:
        if (self.latitude is None) != (self.longitude is None):
            here, other = ("latitude", "longitude") if self.longitude is None else ("longitude", "latitude")
            yield Contradiction((here,), f"is given, but there is no {other}", f"Add {other}.")

    @rule
    def _is_in_the_netherlands(self) -> Iterator[Contradiction]:
        if self.latitude is not None and self.longitude is not None:
            yield from about_place(self.latitude, self.longitude, ("latitude",))


class Group(Section):
    """Headings that belong together, such as all districts."""

    key: ObjectKey = Field(description=KEY, examples=["wijken"])
    name: TranslatedLine = Field(description="Name.", examples=["Wijken"])
    max_headings: Count = Field(1, description="In how many of its headings somebody may vote.")
    headings: tuple[Heading, ...] = Field(min_length=1, description="The amounts.")

    @rule
    def _has_as_many_headings_as_it_says(self) -> Iterator[Contradiction]:
        if self.max_headings > len(self.headings) and "max_headings" in self.model_fields_set:
            message = f"is {self.max_headings}, of {len(self.headings)} headings"
            yield Contradiction(("max_headings",), message, "Let it be no more than there are headings.")


class Budget(Vraagstuk):
    """A participatory budget: inhabitants think up ideas, and divide an amount among them."""

    instrument: Literal["budget"] = Field(description=INSTRUMENT)
    image: Image | None = Field(None, description=IMAGE, examples=["beeld/plein.jpg"])
    categories: Categories = Field((), description="Topics to choose from.", examples=[["Groen", "Verkeer"]])
    voting: Literal["knapsack", "approval"] = Field(
        "knapsack", description="knapsack: as many ideas as the amount allows. approval: so many ideas."
    )
    amounts: Literal["shown", "hidden"] = Field(
        "shown", description="Whether inhabitants see amounts; hidden goes with approval."
    )
    phases: tuple[BudgetPhase, ...] = Field(
        min_length=1,
        description="The phases, in Consul's order; what is not named is off. A budget is finished when it closes. "
        "Of legislation: the days of each.",
    )
    groups: tuple[Group, ...] = Field(min_length=1, description="The amounts, in groups.")

    @property
    def timetable(self) -> tuple[tuple[str, Moment], ...]:
        """Return the phases that are on and when each begins; the last is `finished`, when it closes at the latest."""
        begins = [(phase.phase, phase.from_ or self.opens) for phase in self.phases]
        last = self.phases[-1]
        if last.phase == "finished":
            return (*begins[:-1], ("finished", last.from_ or self.closes))
        return (*begins, ("finished", self.closes))

    @rule
    def _phases_are_in_order(self) -> Iterator[Contradiction]:
        for index, before in self._misplaced().items():
            message = f"{self.phases[index].phase} comes after {before}"
            todo = f"Consul's order is: {', '.join(PHASES)}. Name each once."
            yield Contradiction(("phases", index, "phase"), message, todo)

    def _misplaced(self) -> dict[int, str]:
        """Return the phases that do not come in Consul's order, each with the one that it should have come before."""
        found, before = {}, -1
        for index, phase in enumerate(self.phases):
            place = PHASES.index(phase.phase)
            if place <= before:
                found[index] = PHASES[before]
            before = max(before, place)
        return found

    @rule
    def _somebody_can_do_something(self) -> Iterator[Contradiction]:
        if self.phases and not {phase.phase for phase in self.phases} & _FOR_INHABITANTS:
            message = "have none in which inhabitants do something"
            yield Contradiction(
                ("phases",), message, "Add accepting (of ideas), selecting (support) or balloting (votes)."
            )

    @rule
    def _phases_have_a_beginning(self) -> Iterator[Contradiction]:
        for index, phase in enumerate(self.phases):
            if phase.from_ is None and index and phase.phase != "finished":
                yield Contradiction(("phases", index), "has no beginning", "Add from: a moment.")

    @rule
    def _phases_follow_each_other(self) -> Iterator[Contradiction]:
        before, misplaced = self.opens, self._misplaced()
        for index, phase in enumerate(self.phases):
            begin = phase.from_
            # When a phase in the wrong place begins says nothing.
            if begin is None or index in misplaced:
                continue
            if not index and begin.at < before.at:
                message = f"{begin} is before it opens, {self.opens}"
                yield Contradiction(("phases", index, "from"), message, "Give a later moment, or an earlier opens.")
            elif begin.at < before.at or (index and begin.at == before.at):
                message = f"{begin} is not after what comes before it, {before}"
                yield Contradiction(("phases", index, "from"), message, "Give a later moment.")
            elif begin.at > self.closes.at or (begin.at == self.closes.at and phase.phase != "finished"):
                message = f"{begin} is after it closes, {self.closes}"
                yield Contradiction(("phases", index, "from"), message, "Give an earlier moment, or a later closes.")
            before = begin

    @rule
    def _hidden_amounts_cannot_be_divided(self) -> Iterator[Contradiction]:
        if self.amounts == "hidden" and self.voting == "knapsack":
            message = "are hidden, but people divide them: voting is knapsack"
            yield Contradiction(("amounts",), message, "Set voting to approval, or show them.")

    @rule
    def _keys_of_their_own(self) -> Iterator[Contradiction]:
        yield from once(self.groups, "groups")
        yield from texts_once(((("groups", place, "name"), one.name) for place, one in enumerate(self.groups)), "group")
        first: dict[str, Way] = {}
        for number, group in enumerate(self.groups):
            for index, heading in enumerate(group.headings):
                way: Way = ("groups", number, "headings", index, "key")
                if first.setdefault(heading.key, way) != way:
                    message = f'"{heading.key}" is the key of another heading as well'
                    yield Contradiction(way, message, "Give each a key of its own.")
        headings = [
            (("groups", number, "headings", place, "name"), heading.name)
            for number, group in enumerate(self.groups)
            for place, heading in enumerate(group.headings)
        ]
        yield from texts_once(headings, "heading")
