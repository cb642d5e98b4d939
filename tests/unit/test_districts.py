"""Districts: their areas as Consul takes them, and what tells one from another."""

from __future__ import annotations

import json
import subprocess
import sys
from math import cos, sin, tau
from typing import TYPE_CHECKING, Any

import pytest
from files import MINIMAL, write
from pydantic_core import PydanticCustomError

from ddconsul.instance.loader import inspect, load
from ddconsul.instance.sections import districts
from ddconsul.instance.sections.districts import geojson
from ddconsul.translate.state import state_document

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = [[6.55, 53.22], [6.58, 53.22], [6.58, 53.24], [6.55, 53.24], [6.55, 53.22]]
# The tower in Amersfoort that the Dutch grid is measured from: on the grid by definition, and in degrees.
TOWER_RD, TOWER = [155000, 463000], [5.387206, 52.155174]


def polygon(ring: list[list[Any]], **more: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring], **more}


def made(value: Any) -> list[dict[str, Any]]:
    found = json.loads(geojson(json.dumps(value).encode()))
    assert found["type"] == "FeatureCollection"
    return [feature["geometry"] for feature in found["features"]]


def refused(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    with pytest.raises(PydanticCustomError) as caught:
        geojson(data)
    assert caught.value.context is not None
    assert caught.value.context["todo"]
    return f"{caught.value.context['message']}. {caught.value.context['todo']}"


@pytest.mark.parametrize(
    "value",
    [
        polygon(SQUARE),
        {"type": "Feature", "geometry": polygon(SQUARE), "properties": None},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": polygon(SQUARE)}]},
        {"type": "GeometryCollection", "geometries": [polygon(SQUARE)]},
        polygon([[*place, 12.5] for place in SQUARE]),
        polygon(SQUARE, crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}),
    ],
)
def test_every_form_of_geojson_becomes_the_same(value: dict[str, Any]) -> None:
    assert made(value) == [polygon(SQUARE)]


def test_an_area_in_several_parts_stays_in_parts() -> None:
    parts = {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}
    assert made(parts) == [parts]


@pytest.mark.parametrize("named", [True, False])
def test_the_dutch_grid_is_converted(named: bool) -> None:
    east, north = TOWER_RD
    ring = [[east, north], [east + 900, north], [east, north + 900], [east, north]]
    crs = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}} if named else {}
    ((place, *_),) = made(polygon(ring, **crs))[0]["coordinates"]
    # So much of a degree is a metre.
    assert place == pytest.approx(TOWER, abs=1e-5)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"<kml/>", "JSON"),
        (b"\xff\xfe", "JSON"),
        ([], "not GeoJSON"),
        ({"type": "Topology"}, "holds Topology"),
        ({"type": "FeatureCollection", "features": []}, "holds no area"),
        ({"type": "Point", "coordinates": [6.5, 53.2]}, "Point"),
        (polygon(SQUARE[:-1]), "does not close"),
        (polygon([SQUARE[0], SQUARE[1], SQUARE[0]]), "does not close"),
        (polygon([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]), "crosses itself"),
        (polygon([["6.5", "53.2"], *SQUARE]), "two numbers"),
        (polygon([[6.5], *SQUARE]), "two numbers"),
        ({"type": "Polygon", "coordinates": [5]}, "two numbers"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "without lines"),
        (polygon([[y, x] for x, y in SQUARE]), "latitude before longitude"),
        (polygon([[x - 6.5, y] for x, y in SQUARE]), "outside the Netherlands"),
        (polygon([[x * 111_000, y * 200_000] for x, y in SQUARE]), "EPSG:28992"),
        (polygon(SQUARE, crs={"properties": {"name": "EPSG:3857"}}), "on the grid EPSG:3857"),
        (polygon(SQUARE, crs={"properties": {"name": "EPSG:28992"}}), "places outside of it"),
        (b'{"type": "Polygon", "coordinates": ' + b"[" * 900 + b"]" * 900 + b"}", "two numbers"),
        (b"[" * 100_000 + b"]" * 100_000, "not GeoJSON"),
        (b'{"type": "GeometryCollection", "geometries": [' * 30 + b"]}" * 30, "areas within areas"),
        (json.dumps(polygon(SQUARE)).encode()[:-5], "no JSON from line 1, column 1"),
        ('{"type": "é"}'.encode("latin-1"), "not UTF-8"),
        ({"type": ["Polygon"]}, "not GeoJSON"),
        ({"type": "\ud800"}, "not GeoJSON"),
        ({"type": "Polygon", "coordinates": "here"}, "a Polygon without its list of coordinates"),
        ({"type": "FeatureCollection", "features": {}}, "without its list of features"),
        ({"type": "MultiPolygon", "coordinates": []}, "without lines"),
        (polygon([[10**400, 53.2], *SQUARE]), "two numbers"),
        (polygon([[float("inf"), 53.2], *SQUARE]), "two numbers"),
        (polygon([SQUARE[0], SQUARE[1], SQUARE[0], SQUARE[1], SQUARE[0]]), "goes around nothing"),
    ],
)
def test_what_consul_could_not_show_is_refused_with_what_to_do(value: Any, said: str) -> None:
    assert said in refused(value)


@pytest.mark.parametrize("place", [[-68.27, 12.15], [-62.98, 17.48], [-63.23, 17.63]])
def test_the_caribbean_municipalities_are_in_the_netherlands(place: list[float]) -> None:
    east, north = place
    assert made(polygon([place, [east + 0.01, north], [east, north + 0.01], place]))


def test_a_border_of_thousands_of_places_is_looked_at_in_no_time() -> None:
    ring = [[5 + cos(tau * step / 4000), 52 + 0.9 * sin(tau * step / 4000)] for step in range(4000)]
    assert made(polygon([*ring, ring[0]]))


def test_a_border_folded_like_an_accordion_is_looked_at_no_longer_than_another(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def counted(*_: object) -> bool:
        nonlocal compared
        compared += 1
        return False

    monkeypatch.setattr(districts, "_cross", counted)
    ring = [[6 + 0.1 * (step % 2) + step * 1e-6, 53 + 0.1 * (step % 2) - step * 1e-6] for step in range(4900)]
    assert made(polygon([*ring, [6, 53.2], ring[0]]))
    assert 0 < compared < 600_000


DISTRICTS = """\
districts:
  - {key: noord, name: Noord, code: WK001401, census_code: "01", colour: "#154273"}
  - {key: zuid, name: Zuid}
"""


def test_a_code_tells_which_district_it_is_and_otherwise_its_name(tmp_path: Path) -> None:
    found = state_document(load(write(tmp_path, MINIMAL + DISTRICTS)).instance)["objects"]
    north, south = (item for item in found if item["kind"] == "district")
    assert (north["key"], north["identity"]) == ("district noord", {"external_code": "WK001401"})
    assert north["fields"] == {
        "name": "Noord", "color": "#154273", "external_code": "WK001401", "census_code": "01",
    }  # fmt: skip
    assert (south["key"], south["identity"]) == ("district zuid", {"name": "Zuid"})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("key: zuid", "key: noord", 'districts[1].key "noord" is the key of districts[0] as well'),
        ("name: Zuid", "name: NOORD", 'districts[1].name "NOORD" is the name of districts[0] as well'),
        ("WK001401", "WK14", "is not a code of CBS"),
        ('"01"', "1", 'Put it in quotes: "1"'),
    ],
)
def test_districts_are_told_apart(tmp_path: Path, old: str, new: str, said: str) -> None:
    problems = inspect(write(tmp_path, MINIMAL + DISTRICTS.replace(old, new))).problems
    assert any(said in str(problem) for problem in problems), problems


def test_a_file_without_the_dutch_grid_does_not_load_what_knows_it(tmp_path: Path) -> None:
    (tmp_path / "noord.geojson").write_text(json.dumps(polygon(SQUARE)))
    file = write(tmp_path, MINIMAL + "districts: [{key: noord, name: Noord, area: noord.geojson}]\n")
    program = (
        f"import sys\nfrom pathlib import Path\nfrom ddconsul.instance.loader import load\nload(Path({str(file)!r}))\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program + "print('pyproj' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "False"
