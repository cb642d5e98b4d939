"""Section `settings`: Consul's own settings, each with the kind of value that it takes."""

# Pydantic reads these annotations at run time, so they are not postponed.
import math
import tomllib
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, create_model

from ddconsul.instance.kinds.values import Flag, Kind, choices, wrong
from ddconsul.instance.section import Section

_CATALOGUE = Path(__file__).with_name("consul_settings.toml")


@dataclass(frozen=True)
class Setting:
    """A setting of Consul.

    Args:
        key: Its key.
        type: flag, number, text, list or html.
        text: What it is for.
        default: What a new site has.
        by: The key of the municipality file that governs it; "" when it goes under `settings`.
        min: The smallest number.
        max: The largest number.
        whole: Whether a number has no decimals.
        choices: The words to choose from.
    """

    key: str
    type: str
    text: str
    default: bool | float | str
    by: str = ""
    min: float | None = None
    max: float | None = None
    whole: bool = False
    choices: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Return what may be given, for a person."""
        if self.type != "number":
            names = {"flag": "on or off", "text": "text", "list": "list of words", "html": "HTML"}
            return names[self.type]
        return f"{'whole number' if self.whole else 'number'}{self._range()}"

    def _range(self) -> str:
        if self.max is not None:
            return f" from {self.min:g} to {self.max:g}"
        return "" if self.min is None else f", {self.min:g} or more"


@cache
def catalogue() -> dict[str, Setting]:
    """Return Consul's settings by key, in the order in which they belong together."""
    # In one go: pydantic's own checks would cost a `validate` more than they are worth for a file of our own.
    entries = tomllib.loads(_CATALOGUE.read_text(encoding="utf-8"))
    return {
        key: Setting(key=key, **{**entry, "choices": tuple(entry.get("choices", ()))}) for key, entry in entries.items()
    }


def governor(key: str) -> str:
    """Return the key of the municipality file that governs a setting; "" when there is none."""
    setting = catalogue().get(key)
    return setting.by if setting else ""


def _number(setting: Setting, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong("is not a number", f"Write digits, without quotes: a {setting.kind}.")
    if not math.isfinite(value):
        raise wrong("is no number that there is", f"Give a {setting.kind}.")
    if setting.whole and value != int(value):
        raise wrong("is not a whole number", f"Give a {setting.kind}.")
    if (setting.min is not None and value < setting.min) or (setting.max is not None and value > setting.max):
        raise wrong("is out of range", f"Give a {setting.kind}.")
    return int(value) if setting.whole else value


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise wrong("is not a text", "Put it in quotes.")
    if not all(letter.isprintable() or letter == "\n" for letter in value):
        raise wrong("has a control character", "Type it anew.")
    return value.strip()


def _words(setting: Setting, value: object) -> object:
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(
        isinstance(word, str) and word.split() == [word] for word in words
    ):
        raise wrong("is not a list of words", "Write them as [first, second].")
    for word in words if setting.choices else ():
        if word not in setting.choices:
            raise wrong(f"has {word}, which Consul does not know", choices(word, setting.choices))
    return tuple(words)


def _type(setting: Setting) -> Any:  # noqa: ANN401 — a type expression
    if setting.type == "flag":
        return Flag
    if setting.type == "number":
        limits = {"minimum": setting.min, "maximum": setting.max}
        schema: dict[str, Any] = {"type": "integer" if setting.whole else "number"}
        schema |= {name: limit for name, limit in limits.items() if limit is not None}
        number = int | float
        return Annotated[number, BeforeValidator(partial(_number, setting)), Kind(setting.kind), WithJsonSchema(schema)]
    if setting.type == "list":
        item = {"enum": list(setting.choices)} if setting.choices else {"type": "string"}
        schema = {"anyOf": [{"type": "array", "items": item}, {"type": "string"}]}
        return Annotated[
            tuple[str, ...],
            BeforeValidator(partial(_words, setting)),
            Kind(setting.kind, setting.choices),
            WithJsonSchema(schema),
        ]
    return Annotated[str, BeforeValidator(_text), Kind("HTML" if setting.type == "html" else "plain text")]


def example(setting: Setting) -> Any:  # noqa: ANN401 — any kind of value
    """Return a value for a setting; None when there is none that says something."""
    if setting.type == "flag":
        return not setting.default
    if setting.type == "list":
        return str(setting.default).split()
    if setting.default == "":
        return {"number": 1}.get(setting.type)
    return setting.default


def attribute(key: str) -> str:
    """Return the name under which a setting is an attribute of its section."""
    return key.replace(".", "__")


def _field(setting: Setting) -> tuple[Any, Any]:
    given = example(setting)
    examples = [given] if given is not None else None
    description = setting.text
    # What a site has that is not told to: a fact of Consul's, no value of the file's own.
    if setting.default not in {"", False} or setting.type == "flag":
        description += f" Default: {_shown(setting.default)}."
    return _type(setting) | None, Field(None, alias=setting.key, description=description, examples=examples)


def _shown(value: object) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


_FIELDS: dict[str, Any] = {attribute(key): _field(setting) for key, setting in catalogue().items() if not setting.by}

Settings: type[Section] = create_model(
    "Settings", __base__=Section, __doc__="Consul's own settings, by their keys.", **_FIELDS
)
