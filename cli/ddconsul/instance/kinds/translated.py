"""Texts that inhabitants read: one for all languages, or one for each."""

# Pydantic reads these annotations at run time, so they are not postponed.
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetCoreSchemaHandler,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from ddconsul.instance.kinds.markdown import Markdown
from ddconsul.instance.kinds.paths import MEGABYTE, base_folder, content
from ddconsul.instance.kinds.values import LANGUAGES, Kind, Line, choices, wrong
from ddconsul.instance.section import Section

EVERY = "*"
"""Stands for the language of a text that is given without one."""


def spoken(value: str) -> str:
    """Check that Consul speaks a language."""
    if value not in LANGUAGES:
        raise wrong("is no language that Consul speaks", choices(value, LANGUAGES))
    return value


def _language(value: str) -> str:
    return value if value == EVERY else spoken(value)


LanguageCode = Annotated[str, AfterValidator(_language)]


class Translated(dict[str, Any]):
    """A value by language; under EVERY the one that is for all of them."""

    def given(self, languages: Sequence[str]) -> dict[str, Any]:
        """Return the values by language; what is for all of them goes in the first."""
        mine = {name: value for name, value in self.items() if name in languages}
        return mine if EVERY not in self else {languages[0]: self[EVERY], **mine}

    def in_each(self, languages: Sequence[str]) -> dict[str, Any]:
        """Return a value for each language: what is not translated stands there in the first."""
        given = self.given(languages)
        return {name: given.get(name, given.get(languages[0])) for name in languages}


def _each_language(value: object) -> object:
    return value if isinstance(value, dict) or value is None else {EVERY: value}


class Texts(Translated):
    """A text of one line, by language."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 — pydantic's own signature
        """Validate as a mapping of languages to texts."""
        return core_schema.no_info_after_validator_function(cls, handler(dict[LanguageCode, Line]))


def _block(value: str) -> str:
    text = value.strip()
    if not text:
        raise wrong("is empty", "Write a text.")
    if not all(letter.isprintable() or letter == "\n" for letter in text):
        raise wrong("has a control character", "Type it anew.")
    return text


Block = Annotated[str, AfterValidator(_block), Kind("text")]


class Blocks(Translated):
    """A text of one line or more, by language."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 — pydantic's own signature
        """Validate as a mapping of languages to texts."""
        return core_schema.no_info_after_validator_function(cls, handler(dict[LanguageCode, Block]))


_PER_LANGUAGE = {
    "type": "object",
    "propertyNames": {"enum": list(LANGUAGES)},
    "additionalProperties": {"type": "string", "minLength": 1},
    "minProperties": 1,
}
_SCHEMA = WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, _PER_LANGUAGE]})
_TRANSLATED_KIND = Kind("text, or a text for each language")
TranslatedLine = Annotated[Texts, BeforeValidator(_each_language), _TRANSLATED_KIND, _SCHEMA]
TranslatedText = Annotated[Blocks, BeforeValidator(_each_language), _TRANSLATED_KIND, _SCHEMA]

# So many problems of one text are told; the rest follows when those are solved.
_TOLD = 3


def _markdown(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    path, data = content(value, info, MEGABYTE, "Give a long text in parts, each on a page of its own.")
    if data is None:
        return Markdown(value, "")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise wrong("cannot be read as text", "Save it as UTF-8.") from error
    made = Markdown(value, text.replace("\r\n", "\n").replace("\r", "\n"), str(path))
    flaws = made.flaws()
    if flaws:
        about = "; ".join(f"line {flaw.line} {flaw.message}" for flaw in flaws[:_TOLD])
        more = f" ({len(flaws) - _TOLD} more)" if len(flaws) > _TOLD else ""
        raise wrong(f"is not right: {about}{more}", " ".join(dict.fromkeys(flaw.todo for flaw in flaws[:_TOLD])))
    return made


MarkdownFile = Annotated[
    Any,
    BeforeValidator(_markdown),
    PlainSerializer(lambda markdown: markdown.path or markdown.name),
    Kind("path of a Markdown file"),
]


class Files(Translated):
    """A Markdown file, by language."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 — pydantic's own signature
        """Validate as a mapping of languages to paths."""
        return core_schema.no_info_after_validator_function(cls, handler(dict[LanguageCode, MarkdownFile]))


def _with_siblings(value: object, info: ValidationInfo) -> object:
    """Find the translations beside a file: `privacy.en.md` beside `privacy.md`."""
    base = base_folder(info)
    if not isinstance(value, str) or base is None:
        return _each_language(value)
    name = Path(value)
    found = {
        code: str(name.with_name(f"{name.stem}.{code}{name.suffix}"))
        for code in LANGUAGES
        if name.suffix and _is_file(base / name.with_name(f"{name.stem}.{code}{name.suffix}"))
    }
    return found if found and not _is_file(base / name) else {EVERY: value, **found}


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # A name that is too long, a folder that is closed: told where the path itself is looked at.
        return False


TranslatedFile = Annotated[
    Files,
    BeforeValidator(_with_siblings),
    Kind("path of a Markdown file, or one for each language"),
    _SCHEMA,
]


def translated_values(section: Section, way: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every translated value in a section, with its key."""
    for name, field in type(section).model_fields.items():
        yield from _inside(getattr(section, name, None), (*way, field.alias or name))


def _inside(value: object, way: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, Translated):
        yield way, value
    elif isinstance(value, Section):
        yield from translated_values(value, way)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _inside(item, (*way, index))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _inside(item, (*way, name))
