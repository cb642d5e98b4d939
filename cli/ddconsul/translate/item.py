"""What goes into the desired-state document, each with the place in the municipality file that asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ddconsul.instance.kinds.translated import EVERY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddconsul.instance.kinds.translated import Translated

Way = tuple[str | int, ...]
Value = str | bool | int | dict[str, Any] | None
"""What a field is; a dictionary is one that changes with time: {"schedule": [[moment, value], ...]}."""


@dataclass
class Item:
    """A setting or an object, field by field.

    Args:
        kind: page, card, ...
        name: What it is called among its kind.
        origin: Keys on the way to what asks for it.
        identity: How a record that is there already is found.
        parent: Key of the object that it belongs to.
    """

    kind: str
    name: str
    origin: Way
    identity: dict[str, str] = field(default_factory=dict)
    parent: str | None = None
    fields: dict[str, Value] = field(default_factory=dict)
    origins: dict[str, Way] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return the stable name of the object."""
        return f"{self.kind} {self.name}"

    def set(self, name: str, value: Value, *way: str | int) -> Item:
        """Give a field its value.

        Args:
            name: The field.
            value: Its value.
            way: Keys from the item's origin to what asks for the value; none when that is the origin itself.
        """
        self.fields[name] = value
        self.origins[name] = (*self.origin, *way)
        return self

    def translate(
        self, name: str, texts: Translated | None, languages: Sequence[str], *way: str | int, each: bool = False
    ) -> Item:
        """Give a field its value in each language.

        Args:
            name: The field.
            texts: The value by language; None for a field that is empty.
            languages: The site's languages.
            way: Keys from the item's origin to the texts.
            each: Whether every language has to have one, since Consul looks in no other.
        """
        if texts is None:
            return self
        for code, text in (texts.in_each(languages) if each else texts.given(languages)).items():
            inner = (code,) if code in texts else () if EVERY in texts else (languages[0],)
            self.set(f"{name}.{code}", text, *way, *inner)
        return self

    def complete(self, first: str, *required: str) -> Item:
        """Repeat what Consul wants in every language that has anything at all (its `validates_translation`).

        Args:
            first: The site's first language.
            required: The fields that may not be empty.
        """
        codes = {code for name in self.fields if (code := name.partition(".")[2])}
        for name in (f"{attribute}.{code}" for attribute in required for code in sorted(codes)):
            if name not in self.fields:
                source = f"{name.partition('.')[0]}.{first}"
                self.fields[name], self.origins[name] = self.fields[source], self.origins[source]
        return self

    def as_object(self) -> dict[str, Any]:
        """Return it as the document has it."""
        parent = {"parent": self.parent} if self.parent else {}
        return {"key": self.key, "kind": self.kind, "identity": self.identity, **parent, "fields": self.fields}
