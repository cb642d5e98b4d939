"""Instance → accounts with roles: one for each person, with all of their roles together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.instance.sections.accounts import ROLES
from ddconsul.translate.item import Item

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance


def accounts(instance: Instance) -> list[Item]:
    """Return the accounts. The first administrator is the first: theirs takes over what the seeds made."""
    found: dict[str, Item] = {}
    for section, role in ROLES.items():
        for index, person in enumerate(getattr(instance, section)):
            # Consul writes addresses in small letters.
            email = person.email.lower()
            item = found.get(email) or Item("account", email, (section, index), {"email": email})
            if email not in found:
                item.set("username", person.name, "name")
                for each in ROLES.values():
                    item.set(each, value=False)
            item.fields[role], item.origins[role] = True, (section, index)
            found[email] = item
    return list(found.values())
