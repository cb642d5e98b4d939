"""Section `pages`: texts that inhabitants read on a page of their own."""

# Pydantic reads these annotations at run time, so they are not postponed.
import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ddconsul.instance.kinds.translated import TranslatedFile, TranslatedLine
from ddconsul.instance.kinds.values import Flag, Kind, wrong
from ddconsul.instance.section import Contradiction, Section, rule, short_form

# What pages are called in the municipality file, and under which address inhabitants find them. The first three are
# linked from Consul's footer.
SLUGS = {"about": "over-dit-platform", "offline": "meedoen-zonder-computer"}
LEGAL = ("privacy", "accessibility", "conditions")
# Addresses that Consul's routes (config/routes) take before a page can have them.
TAKEN = frozenset((
    "account", "admin", "budgets", "ckeditor", "comments", "communities", "consul", "dashboard", "debates",
    "documents", "follows", "graphiql", "graphql", "help", "image_suggestions", "images", "legislation", "letter",
    "management", "moderation", "notifications", "officing", "organizations", "pages", "polls",
    "proposal_notifications", "proposals", "rails", "related_contents", "remote_translations", "residence", "sdg",
    "sdg_management", "sitemap", "sms", "stats", "topics", "users", "valuation", "verification", "verified_user",
    "votes", "welcome",
))  # fmt: skip


def _slug(value: str) -> str:
    if not re.fullmatch(r"[0-9a-zA-Z_-]{1,80}", value):
        raise wrong("is not an address of a page", "Use letters, digits and hyphens, such as spelregels.")
    if value.lower() in TAKEN:
        raise wrong("is an address that Consul needs itself", f"Choose another one, such as over-{value}.")
    return value


PageName = Annotated[str, AfterValidator(_slug), Kind("address of the page: letters, digits, hyphens")]


def slug_of(name: str) -> str:
    """Return the address of a page by its name in the municipality file."""
    return SLUGS.get(name, name)


class Page(Section):
    """A page with a text. Its path alone is enough: `privacy: pages/privacy.md`."""

    file: TranslatedFile = Field(
        description="Markdown file with the text, or one for each language; privacy.en.md beside privacy.md is found.",
        examples=["pages/privacy.md"],
    )
    title: TranslatedLine | None = Field(
        None, description="Title. Default: the first heading of the text.", examples=["Privacyverklaring"]
    )
    subtitle: TranslatedLine | None = Field(None, description="Line under the title.", examples=["Uw gegevens"])
    published: Flag = Field(True, description="Whether inhabitants can read it; otherwise it is a draft.")

    @classmethod
    def long_form(cls, data: Any) -> Any:  # noqa: ANN401 — raw input, of any shape
        """Take a path for the file of a page."""
        return {"file": data} if isinstance(data, str) else data

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Allow a path too."""
        return short_form({"type": "string", "minLength": 1}, core, handler)

    @rule
    def _has_a_title(self) -> Iterator[Contradiction]:
        for text in self.file.values() if self.title is None else ():
            if text.text and not text.title:
                message = f"gives no title: {text.name} does not begin with a heading"
                yield Contradiction(("file",), message, "Begin the text with a line `# Title`, or add title.")
                return
