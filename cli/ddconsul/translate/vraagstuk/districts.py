"""Instance → districts: Consul's geozones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.translate.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance


def districts(instance: Instance) -> Iterator[Item]:
    """Yield the districts. A code of CBS tells which one it is; without one, its name does."""
    for index, district in enumerate(instance.districts):
        identity = {"external_code": district.code} if district.code else {"name": district.name}
        item = Item("district", district.key, ("districts", index), identity)
        item.set("name", district.name, "name").set("color", district.colour, "colour")
        if district.code is not None:
            item.set("external_code", district.code, "code")
        if district.census_code is not None:
            item.set("census_code", district.census_code, "census_code")
        if district.area is not None:
            item.set("geojson", district.area.geojson, "area")
        yield item
