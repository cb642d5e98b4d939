"""What every section of the municipality file is: immutable, closed to unknown keys, and free of contradictions."""

# Pydantic reads these annotations at run time, so they are not postponed.
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, NamedTuple, Self, cast

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ddconsul.instance.kinds.values import wrong


class Contradiction(NamedTuple):
    """What does not go together with something else in the file.

    Args:
        key: The way to it from the section.
        message: What it does not go together with.
        todo: What to do.
        rule: What kind of problem it is (see `problems.RULES`).
    """

    key: tuple[str | int, ...]
    message: str
    todo: str
    rule: str = "contradiction"


Rule = Callable[[Any], Iterator[Contradiction]]


def rule(method: Rule) -> Rule:
    """Mark a method that yields what in its section contradicts something else."""
    method.is_rule = True  # type: ignore[attr-defined]  # a mark on a function
    return method


class Section(BaseModel):
    """A part of the municipality file: immutable, and closed to keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @classmethod
    def absent(cls) -> Self:
        """Return the section as it is where the file leaves it out.

        Its defaults are not checked: pydantic would prepare the checks of each section twice, at every start.
        """
        # To mypy, pydantic's plugin says that this makes a Section.
        return cast("Self", cls.model_construct())

    @classmethod
    def long_form(cls, data: Any) -> Any:  # noqa: ANN401 — raw input, of any shape
        """Return what a value stands for where a section may be given in short."""
        return data

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:  # noqa: ANN401 — raw input, of any shape
        return cls.long_form(data)

    @classmethod
    def rules(cls) -> list[Rule]:
        """Return the rules. One that asks for what is not known (an AttributeError) is passed over."""
        functions = [value for kind in cls.__mro__ for value in vars(kind).values() if isinstance(value, FunctionType)]
        return [function for function in functions if getattr(function, "is_rule", False)]

    @model_validator(mode="after")
    def _does_not_contradict_itself(self) -> Self:
        for found in (found for check in self.rules() for found in check(self)):
            raise wrong(found.message, found.todo, rule="contradiction")
        return self


def short_form(schema: dict[str, Any], core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    """Return the JSON Schema of a section for which one value may stand.

    Args:
        schema: The JSON Schema of that value.
        core: What pydantic knows of the section.
        handler: What makes its JSON Schema.
    """
    reference = handler(core)
    section = handler.resolve_ref_schema(reference)
    whole = dict(section)
    section.clear()
    section.update(
        {"anyOf": [schema, whole], "title": whole.get("title", ""), "description": whole.get("description", "")}
    )
    return reference
