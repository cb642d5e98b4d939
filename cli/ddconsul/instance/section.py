"""What every section of the municipality file is: immutable, closed to unknown keys, and free of contradictions."""

# Pydantic reads these annotations at run time, so they are not postponed.
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator

from ddconsul.instance.values import wrong


class Contradiction(NamedTuple):
    """What does not go together with something else in the file.

    Args:
        key: The way to it from the section.
        message: What it does not go together with.
        todo: What to do.
    """

    key: tuple[str | int, ...]
    message: str
    todo: str


Rule = Callable[[Any], Iterator[Contradiction]]


def rule(method: Rule) -> Rule:
    """Mark a method that yields what in its section contradicts something else."""
    method.is_rule = True  # type: ignore[attr-defined]
    return method


class Section(BaseModel):
    """A part of the municipality file: immutable, and closed to keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def rules(cls) -> list[Rule]:
        """Return the rules. One that asks for what is not known (an AttributeError) is passed over."""
        return [method for method in vars(cls).values() if getattr(method, "is_rule", False)]

    @model_validator(mode="after")
    def _does_not_contradict_itself(self) -> Self:
        for found in (found for check in self.rules() for found in check(self)):
            raise wrong(found.message, found.todo, rule="contradiction")
        return self
