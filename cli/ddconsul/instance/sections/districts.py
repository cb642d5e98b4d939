"""Section `districts`: the municipality's districts, which are Consul's geozones."""

# Pydantic reads these annotations at run time, so they are not postponed.
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from ddconsul.instance.kinds.earth import HERE, Box
from ddconsul.instance.kinds.paths import MEGABYTE, OPENED, opened
from ddconsul.instance.kinds.values import Colour, Kind, Line, wrong
from ddconsul.instance.problems import printable, shown
from ddconsul.instance.section import Contradiction, Section
from ddconsul.instance.sections.home import ObjectKey
from ddconsul.instance.sections.participation import Postcodes

# A millionth of a degree is a decimetre.
_DECIMALS = 6
# Longer borders are not looked at for where they cross themselves: that would take too long.
_MOST_PLACES = 5000
# Nor are pieces that lie above each other without end.
_MOST_LOOKED = 500_000
_DEEPEST = 20
_FARTHEST = 1e9
# Square degrees: smaller than a tile.
_SMALLEST_SURFACE = 1e-12
_SMALLEST_RING = 4
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
# Of what is no geometry by itself: the list of what is in it.
_PARTS = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
_ANEW = "Make the file anew, or ask for the district's border."
_RD = "EPSG:28992"


_Point = tuple[float, float]


# Where the Dutch national grid is used (RD, EPSG:28992). Metres.
_GRID = Box(-10_000, 289_000, 300_000, 640_000)


@dataclass(frozen=True)
class Area:
    """The area of a district.

    Args:
        path: Its file.
        geojson: The area as Consul takes it: a FeatureCollection in WGS84, two coordinates to a place.
    """

    path: Path
    geojson: str = ""


def _area(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Area):
        return value
    # More than this and every page with the map carries it along.
    path, data = opened(
        value, info, "a GeoJSON file", MEGABYTE, "Simplify the lines: a district does well with a few hundred points."
    )
    return Area(path) if data is None else Area(path, geojson(data))


def geojson(data: bytes) -> str:
    """Return GeoJSON (RFC 7946) as Consul takes it: checked, in WGS84, in one form.

    Args:
        data: What stands in a file; places on the Dutch national grid are converted.

    Raises:
        PydanticCustomError: When it is not right, with what to do.
    """
    shapes = list(_geometries(read := _read(data)))
    if not shapes:
        raise wrong("holds no area", "It has at least one Polygon or MultiPolygon.")
    places = [place for shape in shapes for place in _places(shape)]
    convert = _conversion(read, places)
    features = [{"type": "Feature", "properties": {}, "geometry": _converted(shape, convert)} for shape in shapes]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))


def _read(data: bytes) -> Any:  # noqa: ANN401 — whatever stands there
    todo = "It is a JSON file: a FeatureCollection with the area of the district."
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise wrong("is not GeoJSON: it is not UTF-8", todo) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise wrong(f"is not GeoJSON: no JSON from {where} on", f"Is it whole? {todo}") from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits; a list in a list in a list.
        raise wrong("is not GeoJSON", todo) from error


def _geometries(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:  # noqa: ANN401 — whatever stands there
    """Yield the geometries, in whatever of GeoJSON's forms they stand."""
    kind = value.get("type") if isinstance(value, dict) else None
    kind = kind if isinstance(kind, str) else None
    if depth > _DEEPEST:
        raise wrong("is not GeoJSON: it holds areas within areas without end", "Export it once more.")
    if kind == "FeatureCollection" and isinstance(value.get("features"), list):
        for feature in value["features"]:
            yield from _geometries(feature, depth + 1)
    elif kind == "Feature":
        if value.get("geometry") is not None:
            yield from _geometries(value["geometry"], depth + 1)
    elif kind == "GeometryCollection" and isinstance(value.get("geometries"), list):
        for geometry in value["geometries"]:
            yield from _geometries(geometry, depth + 1)
    elif kind in _DEPTH and isinstance(value.get("coordinates"), list):
        if kind not in {"Polygon", "MultiPolygon"}:
            raise wrong(f"holds a {kind}, which is no area", "Keep the Polygon or MultiPolygon of the district alone.")
        _check_rings(value)
        yield value
    else:
        raise _strange(kind or "")


def _strange(kind: str) -> PydanticCustomError:
    part = _PARTS.get(kind, "coordinates" if kind in _DEPTH else "")
    if part:
        return wrong(f"holds a {kind} without its list of {part}", _ANEW)
    what = shown(kind)[1:-1] if kind else "something"
    return wrong(f"holds {what}, which is not GeoJSON", "It is a FeatureCollection, a Feature or a geometry.")


def _rings(geometry: dict[str, Any]) -> Iterator[Any]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons or [None]:
        if not isinstance(polygon, list) or not polygon:
            raise wrong("holds an area without lines", _ANEW)
        yield from polygon


def _check_rings(geometry: dict[str, Any]) -> None:
    for ring in _rings(geometry):
        if not isinstance(ring, list) or not all(_is_place(place) for place in ring):
            raise wrong("holds a place that is not two numbers", "A place is [longitude, latitude].")
        if len(ring) < _SMALLEST_RING or ring[0] != ring[-1]:
            raise wrong("holds a line that does not close", "The last place of each line is its first one again.")
        if _crosses_itself(ring):
            raise wrong("holds a line that crosses itself", "Repair the border, such as with QGIS: Fix geometries.")
        if not _surface(ring):
            raise wrong("holds a line that goes around nothing", _ANEW)


def _is_place(place: object) -> bool:
    return (
        isinstance(place, list)
        and len(place) >= 2  # noqa: PLR2004 — and maybe a height
        and all(isinstance(number, int | float) and not isinstance(number, bool) for number in place)
        # Neither infinite, nor what JSON's readers make of a very large number.
        and all(-_FARTHEST < number < _FARTHEST for number in place)
    )


def _surface(ring: list[list[float]]) -> bool:
    """Tell whether there is something within a line; measured from its first place, which keeps the numbers small."""
    x, y = ring[0][:2]
    twice = sum((a[0] - x) * (b[1] - y) - (b[0] - x) * (a[1] - y) for a, b in itertools.pairwise(ring))
    return abs(twice) > _SMALLEST_SURFACE


def _places(geometry: dict[str, Any]) -> Iterator[tuple[float, float]]:
    return ((place[0], place[1]) for ring in _rings(geometry) for place in ring)


def _crosses_itself(ring: list[list[float]]) -> bool:
    """Tell whether two of a line's pieces cross. Sorted from west to east, few pieces are near enough to look at."""
    points = [(place[0], place[1]) for place in ring if len(ring) <= _MOST_PLACES]
    pieces = sorted(
        ((min(a[0], b[0]), max(a[0], b[0]), a, b) for a, b in itertools.pairwise(points) if a != b),
        key=lambda piece: piece[0],
    )
    near: list[tuple[float, float, _Point, _Point]] = []
    looked = 0
    for piece in pieces:
        near = [other for other in near if other[1] >= piece[0]]
        looked += len(near)
        if looked > _MOST_LOOKED:
            return False
        if any(_cross(piece[2], piece[3], other[2], other[3]) for other in near):
            return True
        near.append(piece)
    return False


def _cross(a: _Point, b: _Point, c: _Point, d: _Point) -> bool:
    """Tell whether two pieces cross in a place that is an end of neither."""

    def side(p: _Point, q: _Point, r: _Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def _conversion(read: dict[str, Any], places: list[_Point]) -> Callable[[_Point], _Point]:
    """Return what makes places in WGS84 of places as they stand there.

    Before RFC 7946 a file could name its grid (`crs`); files of Dutch software still do.
    """
    named = _named_grid(read)
    degrees = all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in places)  # noqa: PLR2004 — all there are
    if named == _RD or (not named and not degrees and all(_GRID.holds(*place) for place in places)):
        if not all(_GRID.holds(*place) for place in places):
            raise wrong(f"says that it is on the grid {_RD}, and has places outside of it", "Export it once more.")
        return _from_rd()
    if named and named not in {"EPSG:4326", "CRS84", "EPSG:4258"}:
        raise wrong(f"is on the grid {named}", f"Export it in WGS84 (EPSG:4326) or on the Dutch grid ({_RD}).")
    if not degrees:
        todo = f"Export it in WGS84 (EPSG:4326) or on the Dutch grid ({_RD})."
        raise wrong("has places that are no longitude and latitude", todo)
    if _all_here(places):
        return lambda place: place
    if _all_here([(y, x) for x, y in places]):
        raise wrong(
            "has latitude before longitude", "In GeoJSON the longitude (east) comes first, such as [6.57, 53.22]."
        )
    x, y = next(place for place in places if not _all_here([place]))
    raise wrong(f"has a place outside the Netherlands: [{x:g}, {y:g}]", "Is it the right file, in WGS84?")


def _all_here(places: list[_Point]) -> bool:
    return any(all(box.holds(*place) for place in places) for box in HERE)


def _named_grid(read: dict[str, Any]) -> str:
    """Return the grid that a file names: `EPSG:28992`; "" when it names none."""
    crs = read.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = printable(str(properties.get("name", "") if isinstance(properties, dict) else "")).upper()[:100]
    found = re.search(r"EPSG\W.*?(\d+)$", name)
    return f"EPSG:{found[1]}" if found else name.rpartition(":")[2]


@cache
def _from_rd() -> Callable[[_Point], _Point]:
    from pyproj import Transformer  # noqa: PLC0415 — only a file on the Dutch grid pays for it

    transform = Transformer.from_crs(_RD, "EPSG:4326", always_xy=True).transform

    def converted(place: _Point) -> _Point:
        x, y = transform(*place)
        return float(x), float(y)

    return converted


def _converted(geometry: dict[str, Any], convert: Callable[[_Point], _Point]) -> dict[str, Any]:
    def place(numbers: list[float]) -> list[float]:
        return [round(number, _DECIMALS) for number in convert((numbers[0], numbers[1]))]

    def deep(value: list[Any], depth: int) -> list[Any]:
        return place(value) if depth == 0 else [deep(item, depth - 1) for item in value]

    kind = geometry["type"]
    return {"type": kind, "coordinates": deep(geometry["coordinates"], _DEPTH[kind])}


AreaFile = Annotated[
    Any,
    BeforeValidator(_area),
    *OPENED,
    Kind("path of a GeoJSON file"),
]


def _code(value: str) -> str:
    if re.fullmatch(r"(WK\d{6}|BU\d{8}|GM\d{4})", value):
        return value
    raise wrong("is not a code of CBS", "A wijk has WK and six digits, a buurt BU and eight: WK001401, BU00140101.")


DistrictCode = Annotated[str, AfterValidator(_code), Kind("code of CBS, such as WK001401")]


class District(Section):
    """A district."""

    key: ObjectKey = Field(
        description="Name by which the rest of the file means it. Nobody sees it.", examples=["noord"]
    )
    name: Line = Field(description="Name, as inhabitants read it in every language.", examples=["Noord"])
    code: DistrictCode | None = Field(None, description="Its code at CBS.", examples=["WK001401"])
    census_code: Line | None = Field(
        None, description="What a census answers for somebody who lives there, in quotes.", examples=["01"]
    )
    postcodes: tuple[Postcodes, ...] = Field(
        (),
        description="Postcodes in it: who gives one of them belongs to the district (verification postcodes, letters).",
        examples=[["9711-9713", "9714 AB"]],
    )
    area: AreaFile | None = Field(
        None,
        description="GeoJSON file with its area, in WGS84 or on the Dutch grid (RD), to show it on maps.",
        examples=["gebieden/noord.geojson"],
    )
    colour: Colour = Field("#154273", description="Colour of its area on maps.")


def contradictions(instance: Any) -> Iterator[Contradiction]:  # noqa: ANN401 — the Instance, which imports this
    """Yield districts that cannot be told apart, and postcodes of theirs by which nobody is known to live there."""
    yield from _told_apart(instance.districts)
    yield from _of_one_district(instance.districts)
    yield from _in_the_area(instance)


def _told_apart(districts: tuple[Any, ...]) -> Iterator[Contradiction]:
    for part in ("key", "name", "code", "census_code"):
        first: dict[str, int] = {}
        for index, district in enumerate(districts):
            value = getattr(district, part, None)
            if value is None:
                continue
            other = first.setdefault(value.lower(), index)
            if other != index:
                message = f'"{value}" is the {part} of districts[{other}] as well'
                yield Contradiction(("districts", index, part), message, "Give each district one of its own.")


def _postcodes(districts: tuple[Any, ...]) -> Iterator[tuple[int, int, Any]]:
    for index, district in enumerate(districts):
        for place, area in enumerate(getattr(district, "postcodes", ())):
            yield index, place, area


def _of_one_district(districts: tuple[Any, ...]) -> Iterator[Contradiction]:
    """Yield postcodes that two districts have; from the lowest on, so that many are looked at in no time."""
    every = sorted(_postcodes(districts), key=lambda item: (item[2].first, item[2].last, item[:2]))
    farthest = every[0] if every else None
    for item in every[1:]:
        assert farthest is not None  # noqa: S101 — for mypy
        if item[2].first <= farthest[2].last and item[0] != farthest[0]:
            later, earlier = max(item, farthest, key=lambda one: one[:2]), min(item, farthest, key=lambda one: one[:2])
            same = "is" if later[2].text == earlier[2].text else f"has some of {earlier[2].text}, which is"
            message = f"{later[2].text} {same} in districts[{earlier[0]}] as well"
            todo = "Somebody lives in one district: give each postcode to one of them."
            yield Contradiction(("districts", later[0], "postcodes", later[1]), message, todo)
        farthest = max(item, farthest, key=lambda one: one[2].last)


def _in_the_area(instance: Any) -> Iterator[Contradiction]:  # noqa: ANN401 — the Instance, which imports this
    areas = instance.participation.postcodes
    if instance.participation.verification not in {"postcodes", "letters"} or not areas:
        return
    for index, place, area in _postcodes(instance.districts):
        if not any(area.first <= other.last and other.first <= area.last for other in areas):
            message = f"{area.text} is none of participation.postcodes"
            todo = "Who lives there cannot take part: add it there, or remove it here."
            yield Contradiction(("districts", index, "postcodes", place), message, todo)
