"""Beats from GeoJSON: what is wrong with a shape alone, with others of its file, with what is stored; a large file."""

import asyncio
import json
import tracemalloc
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest
import shapely
from shapely import box
from shapely.geometry import mapping, shape
from sqlalchemy import select

from src.local_officer.exchange.beats import Shapes, features, shape_of
from src.local_officer.exchange.checks import Checker, Known
from src.local_officer.exchange.models import ImportRow
from src.local_officer.exchange.queries import known
from src.local_officer.officers.models import Beat
from src.platform.data.city_settings import CitySettings
from src.platform.files.tables import Unreadable
from src.tenants.cities.models import District
from tests.conftest import Clock
from tests.local_officer import office
from tests.local_officer.test_import_pages import accept, collection, ready, send
from tests.mailbox import Mailbox
from tests.site import Site

KYIV = (30.2, 50.2, 30.9, 50.6)
SQUARE = office.square(30.51, 50.46)


def polygon(*rings: list[list[Any]]) -> dict[str, Any]:
    """A GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": list(rings)}


def ring(*points: tuple[Any, ...]) -> list[list[Any]]:
    """A closed ring."""
    return [list(point) for point in (*points, points[0])]


HOLED = polygon(SQUARE["coordinates"][0], ring((30.512, 50.462), (30.514, 50.462), (30.514, 50.464)))
WRONG: list[tuple[Any, str]] = [
    (None, "no_shape"),
    ("text", "no_shape"),
    ({"type": "Polygon"}, "no_shape"),
    (polygon([]), "no_shape"),
    ({"type": "Point", "coordinates": [30.5, 50.4]}, "not_an_area"),
    ({"type": ["Polygon"], "coordinates": [1]}, "not_an_area"),
    ({"type": "LineString", "coordinates": [[30.5, 50.4], [30.6, 50.4]]}, "not_an_area"),
    (polygon([["a", "b"], [1, 2], [3, 4], ["a", "b"]]), "bad_coordinates"),
    (polygon([[30.5, 50.4], [30.6]]), "bad_coordinates"),
    (polygon([[[[[30.5]]]]]), "bad_coordinates"),
    ({"type": "MultiPolygon", "coordinates": 5}, "bad_coordinates"),
    (polygon(ring((30.5, 50.4), (30.51, 50.41), (30.51, 50.4), (30.5, 50.41))), "self_crossing"),
    (polygon(SQUARE["coordinates"][0], ring((31.0, 51.0), (31.1, 51.0), (31.1, 51.1))), "invalid"),
    (polygon(ring((50.46, 30.51), (50.47, 30.51), (50.47, 30.52))), "swapped"),
    (polygon(ring((34.5, 49.5), (34.6, 49.5), (34.6, 49.6))), "outside"),
    (polygon(ring((3400000, 6500000), (3400100, 6500000), (3400100, 6500100))), "not_degrees"),
    (mapping(box(30.3, 50.3, 30.8, 50.5).segmentize(0.00001)), "too_detailed"),
]


@pytest.mark.parametrize(("geometry", "code"), WRONG)
def test_wrong_shapes_are_told_apart(geometry: Any, code: str) -> None:
    _, problems = shape_of(geometry, KYIV)
    assert [problem[0] for problem in problems] == [code]


@pytest.mark.parametrize(
    "geometry",
    [
        SQUARE,
        HOLED,
        polygon([[*point, 120.0] for point in SQUARE["coordinates"][0]]),
        {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], office.square(30.6, 50.4)["coordinates"]]},
    ],
)
def test_good_shapes_are_taken(geometry: dict[str, Any]) -> None:
    made, problems = shape_of(geometry, KYIV)
    assert made is not None
    assert not problems
    assert not made.has_z


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"features": 5}', b'{"features": [', b"\xff\xfe", b'{"features": [{}}'])
def test_what_is_no_geojson_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        list(features(BytesIO(body), KYIV))


@pytest.mark.parametrize("one", [b"5", b"null", b'{"properties": [1], "geometry": {}}', b'{"properties": {"number": {"a": 1}}}'])
def test_odd_features_have_problems_and_stop_nothing(one: bytes) -> None:
    found = list(features(BytesIO(b'{"features": [' + one + b"]}"), KYIV))
    assert [feature.problems[0][0] for feature in found] == ["no_shape"]


def test_neighbours_that_touch_or_share_a_sliver_do_not_overlap() -> None:
    shapes = Shapes()
    shapes.add(1, "1", box(30.51, 50.46, 30.52, 50.47))
    shapes.add(2, "2", box(30.52, 50.46, 30.53, 50.47))
    shapes.add(3, "3", box(30.51, 50.4699999, 30.52, 50.48))
    assert shapes.overlaps({}) == {}
    shapes.add(4, "4", box(30.515, 50.465, 30.516, 50.466))
    assert {row: [problem[0] for problem in found] for row, found in shapes.overlaps({}).items()} == {
        1: ["overlap_row"],
        4: ["overlap_row"],
    }


def test_a_beat_whose_row_is_bad_stays_and_is_in_the_way() -> None:
    """Row 2 would make beat 2 smaller, but it overlaps row 3: so beat 2 stays, and row 1 overlaps it."""
    shapes = Shapes()
    shapes.add(1, "1", box(30.51, 50.46, 30.52, 50.47))
    shapes.add(2, "2", box(30.52, 50.46, 30.53, 50.47))
    shapes.add(3, "3", box(30.525, 50.46, 30.54, 50.47))
    found = shapes.overlaps({"2": box(30.515, 50.46, 30.53, 50.47)})
    assert {row: [problem[0] for problem in problems] for row, problems in found.items()} == {
        1: ["overlap_beat"],
        2: ["overlap_row"],
        3: ["overlap_row"],
    }
    alone = Shapes()
    alone.add(1, "2", box(30.52, 50.46, 30.53, 50.47))
    assert alone.overlaps({"2": box(30.515, 50.46, 30.53, 50.47)}) == {}


async def test_duplicates_and_overlaps_are_named_with_their_rows(site: Site, mail: Mailbox) -> None:
    await ready(site)
    async with site.unit() as session:
        await office.beat(session, number="7", boundary=office.square(30.60, 50.46))
    beats = [
        ("1", SQUARE),
        ("2", office.square(30.515, 50.465)),
        ("3", office.square(30.55, 50.46)),
        ("3", office.square(30.57, 50.46)),
        ("4", office.square(30.605, 50.46)),
    ]
    _, page = await send(site, mail, "beats", "b.geojson", collection(*beats))
    assert "Накладається на дільницю № 1 з рядка 1" in page.words
    assert "Накладається на дільницю № 2 з рядка 2" in page.words
    assert "Те саме вже є в рядку 3" in page.words
    assert "Накладається на дільницю № 7, яка вже є на сайті" in page.words
    assert "З помилками: 4" in page.words


async def test_a_beat_is_changed_by_its_number_and_keeps_what_the_file_does_not_say(site: Site, mail: Mailbox) -> None:
    await ready(site)
    async with site.unit() as session:
        there = await office.beat(session, number="1", name={"uk": "Поділ", "en": "Podil"}, official=False)
    moved = office.square(30.515, 50.465)
    address, page = await send(site, mail, "beats", "b.geojson", collection(("1", moved)))
    assert "змінених: 1" in page.words
    await accept(site, mail, address)
    async with site.unit() as session:
        beat = (await session.execute(select(Beat))).scalar_one()
    assert (beat.id, beat.name["uk"], beat.boundary, beat.official) == (there.id, "Поділ", moved, True)
    assert 30.515 < beat.label_lon < 30.525


def grid(columns: int, points: int) -> Iterable[bytes]:
    """Beats side by side, each with so many points."""
    step, opening = 0.6 / columns, b'{"type": "FeatureCollection", "features": ['
    yield opening
    for index in range(columns * columns):
        west, south = 30.25 + step * (index % columns), 50.25 + 0.5 * step * (index // columns)
        made = box(west, south, west + step, south + 0.5 * step).segmentize(step * 4 / points)
        one = {"type": "Feature", "properties": {"number": str(index)}, "geometry": mapping(shapely.set_precision(made, 1e-7))}
        yield (b"," if index else b"") + json.dumps(one).encode()
    yield b"]}"


@pytest.mark.slow
def test_twenty_megabytes_are_read_within_bounded_memory() -> None:
    body = b"".join(grid(22, 2000))
    assert 14_000_000 < len(body) <= 20 * 1024 * 1024
    known = Known(kind="beats", options=CitySettings(), today=Clock().now.date(), box=KYIV)
    file = BytesIO(body)
    checker = Checker(known)
    bad = 0
    tracemalloc.start()
    try:
        for feature in features(file, KYIV):
            bad += bool(checker.take(feature.number, dict(feature.said), feature.shape, feature.problems)[1])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (len(checker.shapes.rows), bad) == (22 * 22, 0)
    assert checker.finish() == {}
    assert peak < 8_000_000  # of Python's own; the shapes themselves take 16 bytes a point


async def test_the_rows_of_a_running_import_are_there_portion_by_portion(
    site: Site, mail: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress is committed as it goes, and the site answers between two portions."""
    from src.local_officer.exchange import jobs

    await ready(site)
    monkeypatch.setattr(jobs, "AT_A_TIME", 10)
    sent = await site.post("/staff/offices/import", {"kind": "beats"}, files=[("file", "b.geojson", b"".join(grid(5, 8)))])
    seen: list[str] = []
    portion = jobs.take

    real = asyncio.to_thread

    async def looking(function: Any, *args: Any) -> Any:
        if function is portion:
            seen.append((await site.get(sent.location)).words)
        return await real(function, *args)

    monkeypatch.setattr(asyncio, "to_thread", looking)
    await mail.deliver()
    assert "Перевірено рядків: 10 з 25" in seen[1]
    assert "Перевірено рядків: 20 з 25" in seen[2]
    async with site.unit() as session:
        assert len(list(await session.scalars(select(ImportRow.number)))) == 25


async def test_a_beat_beyond_the_city_s_districts_is_refused_though_it_lies_in_its_box(site: Site) -> None:
    city = await site.city()
    async with site.unit() as session:
        found = await known(session, city, "beats", Clock().now.date())
        districts = (await session.scalars(select(District.boundary))).all()
    whole = shapely.unary_union([shape(boundary) for boundary in districts])
    within = whole.representative_point().buffer(0.004)
    corners = [
        box(lon, lat, lon + 0.01, lat + 0.01) for lon in (city.west, city.east - 0.01) for lat in (city.south, city.north - 0.01)
    ]
    corner = next(one for one in corners if not whole.intersects(one))
    checker = Checker(found)
    for row, number, made, expected in ((1, "7", within, []), (2, "8", corner, ["outside"]), (3, "7/2", within, ["slash"])):
        _, problems = checker.take(row, {"number": number}, made)
        assert [one[0] for one in problems] == expected
