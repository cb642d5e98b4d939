"""Sections `administrators`, `moderators`, `managers`, `valuators` and `officials`: who does what on the site."""

# Pydantic reads these annotations at run time, so they are not postponed.
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from ddconsul.instance.kinds.values import Domain, Email, Kind, Line, wrong
from ddconsul.instance.section import Contradiction, Section

ROLES = {
    "administrators": "administrator",
    "moderators": "moderator",
    "managers": "manager",
    "valuators": "valuator",
}
"""Section: what Consul calls the role."""
# Consul has these levels, and no more.
_LEVELS = 5


class Person(Section):
    """Someone with an account and a role."""

    name: Line = Field(description="Name, shown on the site.", max_length=60, examples=["Beheerder"])
    email: Email = Field(description="E-mail address to log in with.", examples=["beheer@example.org"])


def _levels(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) > _LEVELS:
        raise wrong(f"has {len(value)} names", f"Consul has {_LEVELS} levels of officials.")
    return value


class Officials(Section):
    """Officials: what they write is marked as theirs."""

    domain: Domain | None = Field(
        None,
        description="Who confirms a mail address in this domain is an official of level 1.",
        examples=["example.org"],
    )
    names: Annotated[tuple[Line, ...], AfterValidator(_levels), Kind("list of names, five at most")] = Field(
        (), description="Names of the levels, from 1.", examples=[["Medewerker", "Raadslid", "Wethouder"]]
    )


def contradictions(instance: Any) -> Iterator[Contradiction]:  # noqa: ANN401 — the Instance, which imports this
    """Yield what is the matter with people who are named more than once.

    Consul wants an address and a name for one account only; someone may well have several roles.
    """
    first: dict[str, tuple[str, int, str]] = {}
    names: dict[str, str] = {}
    for section in ROLES:
        for index, one in enumerate(getattr(instance, section)):
            email, name = getattr(one, "email", ""), getattr(one, "name", "")
            other = first.setdefault(email.lower(), (section, index, name)) if email else None
            yield from _same_address(section, index, one, other)
            if email and names.setdefault(name.lower(), email.lower()) != email.lower():
                message = f'"{name}" is the name of somebody with another address as well'
                yield Contradiction((section, index, "name"), message, "Consul wants a name of their own for each.")


def _same_address(section: str, index: int, one: Any, other: tuple[str, int, str] | None) -> Iterator[Contradiction]:  # noqa: ANN401 — any section with people
    if other is None or other[:2] == (section, index):
        return
    where = f"{other[0]}[{other[1]}]"
    if other[0] == section:
        message = f'"{one.email}" is the address of {where} as well'
        yield Contradiction(
            (section, index, "email"), message, "Somebody logs in with it: give each an address of their own."
        )
    elif getattr(one, "name", other[2]) != other[2]:
        message = f'"{one.name}" has the address of {where}, who is called "{other[2]}"'
        yield Contradiction((section, index, "name"), message, "Write the same name in both places.")
