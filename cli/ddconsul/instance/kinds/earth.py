"""Where on earth something is: whether that is in the Netherlands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ddconsul.instance.section import Contradiction

if TYPE_CHECKING:
    from collections.abc import Iterator


class Box(NamedTuple):
    """A part of the earth, or of a map: west, south, east and north of it."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a place is in it."""
        return self.west <= x <= self.east and self.south <= y <= self.north


# The Netherlands and what lies around it; Bonaire; Saba and Sint Eustatius. Degrees, WGS84.
HERE = (Box(2.5, 50.3, 7.8, 54.2), Box(-69.2, 11.5, -67.5, 13.0), Box(-63.8, 17.2, -62.5, 18.0))


def in_the_netherlands(longitude: float, latitude: float) -> bool:
    """Tell whether a place is in the Netherlands, or near to it; the Caribbean part included.

    Args:
        longitude: How far to the east, in degrees.
        latitude: How far to the north, in degrees.
    """
    return any(box.holds(longitude, latitude) for box in HERE)


def about_place(latitude: float, longitude: float, way: tuple[str | int, ...]) -> Iterator[Contradiction]:
    """Yield what is wrong with the middle of a map.

    Args:
        latitude: How far to the north.
        longitude: How far to the east.
        way: Where the first of the two stands.
    """
    if in_the_netherlands(longitude, latitude):
        return
    todo = "In the Netherlands, a latitude is one such as 53.22 and a longitude one such as 6.57."
    if in_the_netherlands(latitude, longitude):
        message = f"{latitude:g} is a longitude, and {longitude:g} a latitude"
        yield Contradiction(way, message, "Exchange latitude and longitude.")
    else:
        yield Contradiction(way, f"{latitude:g}, with longitude {longitude:g}, is outside the Netherlands", todo)
