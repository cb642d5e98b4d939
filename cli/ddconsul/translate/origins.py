"""Instance → which place in the municipality file asks for what in the desired-state document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.translate.settings import setting_items
from ddconsul.translate.state import objects

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance
    from ddconsul.translate.item import Way


def origins(instance: Instance) -> dict[str, Way]:
    """Return the keys on the way to what asks for an object, and for each of its fields.

    Args:
        instance: The checked municipality file.

    Returns:
        By an object's key ("page privacy", "setting org_name"), and by its key with a field ("page privacy title.nl").
    """
    found: dict[str, Way] = {}
    for item in (*setting_items(instance), *objects(instance)):
        found[item.key] = item.origin
        found |= {f"{item.key} {name}": way for name, way in item.origins.items()}
    return found
