"""Where a point lies and how places are called, by brute force and by typing errors."""

import random
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from shapely.geometry import Point, shape

from src.tenants.cities.geography import METRES_PER_DEGREE, Geography, KnownPlace, is_valid_boundary, metres, spread
from src.tenants.cities.spelling import folded, one_apostrophe, sort_key
from src.tenants.demo.kit import DATA, SLUGS, geojson, toml


@cache
def features(slug: str) -> list[dict[str, Any]]:
    return geojson(DATA / slug / "districts.geojson")


@cache
def geography(slug: str) -> Geography:
    """A city's geography as the catalogue makes it; ids are the districts' places in the file."""
    places = [
        KnownPlace(
            {"uk": item["name_uk"], "en": item["name_en"]},
            item["kind"],
            tuple((lon, lat) for lon, lat in item["points"]),
            tuple(dict.fromkeys(folded(name) for name in (item["name_uk"], item["name_en"], *item.get("aliases", [])))),
        )
        for item in toml(DATA / slug / "places.toml")["place"]
    ]
    return Geography([(UUID(int=n), feature["geometry"]) for n, feature in enumerate(features(slug))], places)


def square(west: float, south: float, size: float = 0.02) -> dict[str, Any]:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_points_district_is_what_brute_force_finds(slug: str) -> None:
    dice, shapes = random.Random(5), [shape(feature["geometry"]) for feature in features(slug)]
    west, south, east, north = toml(DATA / slug / "city.toml")["box"]
    for _ in range(400):
        point = Point(dice.uniform(west, east), dice.uniform(south, north))
        inside = [n for n, each in enumerate(shapes) if each.intersects(point)]
        distances = [each.distance(point) for each in shapes]
        near = [n for n, distance in enumerate(distances) if distance <= 0.004 and distance == min(distances)]
        found = geography(slug).district_at(point.x, point.y)
        assert found == (UUID(int=(inside or near)[0]) if inside or near else None)


def test_borders_corners_and_bridges_have_one_answer() -> None:
    """Two squares that share a side, and a third beyond a river."""
    places = Geography([(UUID(int=n), square(*at)) for n, at in enumerate([(30.0, 50.0), (30.02, 50.0), (30.046, 50.0)])], [])
    for point, expected in {
        (30.01, 50.01): 0,
        (30.02, 50.01): 0,  # the shared side
        (30.02, 50.02): 0,  # the shared corner
        (30.0, 50.0): 0,
        (30.021, 50.01): 1,
        (30.0425, 50.01): 1,  # on the bridge, nearer to the western bank
        (30.0435, 50.01): 2,
        (30.043, 50.01): 1,  # in the middle
        (30.0, 50.0235): 0,
    }.items():
        assert places.district_at(*point) == UUID(int=expected), point
    for outside in ((29.99, 50.01), (30.01, 50.03), (0.0, 0.0), (-180.0, 90.0), (float("nan"), 50.0), (1e300, 1e300)):
        assert places.district_at(*outside) is None


@pytest.mark.parametrize("slug", SLUGS)
def test_every_label_and_landmark_of_a_city_is_somewhere_in_it(slug: str) -> None:
    for n, feature in enumerate(features(slug)):
        assert geography(slug).district_at(*feature["properties"]["label"]) == UUID(int=n)


def test_what_is_near_is_sorted_by_distance_and_not_far() -> None:
    places, dice = geography("kyiv"), random.Random(9)
    for _ in range(60):
        lon, lat = dice.uniform(30.35, 30.65), dice.uniform(50.38, 50.52)
        found = places.near(lon, lat, count=3)
        distances = [distance for _, distance in found]
        assert distances == sorted(distances)
        assert all(distance <= 900 for distance in distances)
        true = sorted(min(metres((lon, lat), point) for point in spread(place)) for place in places.places)[:3]
        assert distances == pytest.approx([distance for distance in true if distance <= 900], rel=0.01, abs=1)
    assert places.near(0.0, 0.0) == []
    assert Geography([], []).near(30.5, 50.4) == []


def test_the_middle_of_a_long_street_is_near_too() -> None:
    street = KnownPlace({"uk": "вулиця Довга"}, "street", ((30.50, 50.45), (30.53, 50.45)), ("вулиця довга",))
    ((found, distance),) = Geography([], [street]).near(30.515, 50.4505)
    assert found is street
    assert distance < 120
    assert metres((30.5, 50.0), (30.5, 51.0)) == pytest.approx(METRES_PER_DEGREE)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Хрещатик", "Хрещатик"),
        ("хрещатік", "Хрещатик"),
        ("хрищатик", "Хрещатик"),
        ("вул. Хрещатик, 22", "Хрещатик"),
        ("ХРЕЩАТИК 22-Б", "Хрещатик"),
        ("Khreshchatyk", "Хрещатик"),
        ("Лук'янівська", "Лук’янівська"),
        ("лук’янівська", "Лук’янівська"),
        ("лукʼянівська", "Лук’янівська"),
        ("лук`янівська", "Лук’янівська"),
        ("лукянівська", "Лук’янівська"),
        ("Глибочитська", "Глибочицька"),
        ("вул глибочицка 17", "Глибочицька"),
        ("метро Лісова", "Лісова"),
        ("м. Лісова", "Лісова"),
    ],
)
def test_places_are_found_by_their_names_as_people_type_them(typed: str, name: str) -> None:
    found = [place.name["uk"] for place in geography("kyiv").called(typed)]
    assert any(name in each for each in found), found


def test_nonsense_is_the_name_of_nothing() -> None:
    for typed in ("", " ", "я", "22", "12-Б", "ъъъъ", "’", "\x00", "щось зовсім інше, чого в місті немає", "х" * 5000, "🙂🙂"):
        assert geography("kyiv").called(typed) == [], typed
    assert len(geography("kyiv").called("вулиця")) <= 6


@pytest.mark.parametrize("apostrophe", ["'", "`", "´", "ʼ", "‘", "’", "′"])
def test_all_apostrophes_stress_marks_and_abbreviations_are_one(apostrophe: str) -> None:
    assert one_apostrophe(f"Лук{apostrophe}янівка") == "Лук’янівка"
    assert folded(f"вул.  Лук{apostrophe}я\u0301нівська, «17»") == "вулиця лук’янівська 17"
    assert folded("просп. Перемоги") == folded("пр-т Перемоги") == "проспект перемоги"
    assert one_apostrophe("и\u0306жак і\u0308жак") == "йжак їжак"


def test_names_are_sorted_as_the_ukrainian_alphabet_goes() -> None:
    right = ["авто", "ґанок", "дім", "еко", "євро", "жук", "ирій", "іній", "їжак", "йод", "лис", "яма"]
    mixed = random.Random(4).sample(right, k=len(right))
    assert sorted(mixed, key=sort_key) == right


def test_only_a_valid_outline_is_a_boundary() -> None:
    assert is_valid_boundary(square(30, 50))
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    for wrong in (bow, {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": []}):
        assert not is_valid_boundary(wrong)
