"""Districts by a file: read, repaired or refused with the reason, shown beforehand, saved as a whole."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, shape
from sqlalchemy import func, select

from src.platform.people.audit.models import AuditEvent
from src.tenants.appeals.models import Appeal
from src.tenants.cities.models import District
from src.tenants.cities.outlines import geojson_of
from src.tenants.districts import queries, uploads
from src.tenants.districts.reading import Unreadable, read
from src.tenants.districts.shapes import UKRAINE, area_of, stored, united, view_of, within
from tests.local_officer.office import square
from tests.site import Page, Site

UPLOAD = "/staff/settings/districts/upload"
BOX = (30.2, 50.2, 30.9, 50.6)
A, B = square(30.4, 50.4, 0.02), square(30.42, 50.4, 0.02)
BOW = {"type": "Polygon", "coordinates": [[[30.4, 50.4], [30.42, 50.42], [30.42, 50.4], [30.4, 50.42], [30.4, 50.4]]]}


def feature(geometry: Any, name: str = "Лісовий", **more: Any) -> dict[str, Any]:
    """A feature with a name."""
    return {"type": "Feature", "properties": {"name": name, **more}, "geometry": geometry}


def collection(*features: Any, **more: Any) -> bytes:
    """A file of features."""
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def turned(geometry: dict[str, Any]) -> dict[str, Any]:
    """Latitude first."""
    return {"type": "Polygon", "coordinates": [[[y, x] for x, y in geometry["coordinates"][0]]]}


async def sent(site: Site, body: bytes, name: str = "rayony.geojson") -> Page:
    """Send a file, and follow to what is said of it."""
    page = await site.post(UPLOAD, {}, files=[("file", name, body)], status=None)
    return page if page.status == 422 else await site.get(page.location)


def address_of(page: Page) -> str:
    """Where the form of a preview is sent."""
    return next(str(each["action"]) for each in page.all("form.form"))


async def stored_file(site: Site) -> list[dict[str, Any]]:
    """The city's districts as features, as they would be uploaded again."""
    async with site.unit() as session:
        return [feature(row.boundary, row.name["uk"], slug=row.slug) for row in await queries.districts(session)]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "Файл порожній"),
        (b"PK\x03\x04", "Файл не вдалося прочитати: це не JSON"),
        (collection(feature(A))[:-5], "це не JSON або його обірвано"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "це не JSON"),
        (b"[1, 2]", "Це не GeoJSON"),
        (b'{"type": "Topology"}', "а тут «Topology»"),
        (collection(), "немає жодного контуру"),
        (collection(feature({"type": "Point", "coordinates": [30.4, 50.4]})), "самі точки чи лінії районом не стануть"),
        (
            collection(feature(A), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}),
            "в іншій системі: urn",
        ),
        (collection(*[feature(A, f"Р{n}") for n in range(501)]), "понад 500 об’єктів"),
    ],
)
async def test_a_file_that_cannot_be_read_says_why(site: Site, body: bytes, says: str) -> None:
    await site.sign_in("administrator")
    page = await sent(site, body)
    assert page.status == 422
    assert says in page.words


async def test_no_file_another_kind_and_one_too_large_are_refused(site: Site) -> None:
    await site.sign_in("administrator")
    assert "Виберіть файл" in (await site.post(UPLOAD, {}, status=422)).words
    assert "у форматі GeoJSON" in (await sent(site, b"1", "rayony.kml")).words
    assert "більший за 20 МБ" in (await sent(site, b" " * (21 * 1024 * 1024))).words


@pytest.mark.parametrize(
    ("features", "says", "state"),
    [
        ([feature(None)], "Немає контуру", "refused"),
        (
            [feature({"type": "GeometryCollection", "geometries": []}), feature(B, "Б")],
            "Це не контур, а GeometryCollection",
            "refused",
        ),
        ([feature({"type": "Point", "coordinates": [30.4, 50.4]}), feature(B, "Б")], "Це не контур, а Point", "skipped"),
        ([feature({"type": "Polygon", "coordinates": [[["x", 1], [2, 3]]]})], "Координати не вдалося прочитати", "refused"),
        ([feature({"type": "Polygon", "coordinates": [[[30.4, 50.4]]]})], "Координати не вдалося прочитати", "refused"),
        ([feature(turned(A))], "Широту й довготу переставлено: 50.400, 30.400", "refused"),
        ([feature(square(3_384_000, 6_520_000, 900))], "Координати не в градусах", "refused"),
        ([feature(square(2.35, 48.85))], "за межами України", "refused"),
        ([feature(square(24.0, 49.8))], "далеко від міста", "refused"),
        ([feature(square(30.4, 50.4, 0.0001))], "Контур замалий", "refused"),
        ([feature(BOW)], "перетинала сама себе", "repaired"),
        ([feature(A, "")], "Немає назви", "refused"),
        ([feature(A, "я" * 81)], "довша за 80 знаків", "refused"),
        ([feature(A), feature(B, "лісовий")], "уже є в об’єкта № 1", "refused"),
        ([feature(A, slug="a"), feature(B, "Б", slug="a")], "Код «a» уже є в об’єкта № 1", "refused"),
        ([feature(A), feature(square(30.41, 50.4, 0.02), "Б")], "Накладається на «Лісовий» (50", "refused"),
        ([feature(A), feature(square(30.4199, 50.4, 0.02), "Б")], "Трохи заходив на «Лісовий» (0,5", "repaired"),
        ([feature(A)], "Новий район", "good"),
    ],
)
async def test_each_feature_has_its_state_and_its_sentence(site: Site, features: list[Any], says: str, state: str) -> None:
    await site.sign_in("administrator")
    page = await sent(site, collection(*features))
    assert page.status == 200
    assert says in page.words.replace("\u00a0", " ")
    assert page.all(f".district-found > li.{state}")


async def test_the_map_shows_what_was_found_in_its_states(site: Site) -> None:
    await site.sign_in("administrator")
    page = await sent(site, collection(feature(turned(square(30.3, 50.4, 0.02))), feature(BOW, "Бант"), feature(B, "Б")))
    shapes = (await site.get(json.loads(page.one("#districts-config").text)["shapes_url"])).json()
    assert [each["properties"]["state"] for each in shapes["features"]] == ["refused", "repaired", "good"]


async def test_a_set_is_replaced_as_a_whole_and_questions_keep_their_district(site: Site) -> None:
    await site.published()
    await site.sign_in("administrator")
    features = await stored_file(site)
    async with site.unit() as session:
        busy = (await session.execute(select(Appeal.district_id))).scalars().first()
        slug = await session.scalar(select(District.slug).where(District.id == busy))
        ids = {row.slug: row.id for row in await queries.districts(session)}
    other = next(each for each in features if each["properties"]["slug"] != slug)
    other["properties"]["name"] = "Оновлений район"
    page = await sent(site, collection(*features))
    assert "Перейменовано з" in page.words
    assert f"без змін: {len(features) - 1}" in page.words
    done = await site.post(address_of(page))
    assert "Нові межі районів збережено" in (await site.get(done.location)).words
    async with site.unit() as session:
        after = {row.slug: row for row in await queries.districts(session)}
        assert {each: row.id for each, row in after.items()} == ids
        assert after[other["properties"]["slug"]].name["uk"] == "Оновлений"
        assert (await session.execute(select(Appeal.district_id))).scalars().first() == busy
        assert "district.replaced" in set((await session.execute(select(AuditEvent.action))).scalars())
    await site.get(address_of(page), status=404)


async def test_what_a_vanishing_district_has_must_be_handed_over_on_the_page(site: Site) -> None:
    await site.published()
    await site.sign_in("administrator")
    async with site.unit() as session:
        busy = (await session.execute(select(Appeal.district_id))).scalars().first()
        slug = await session.scalar(select(District.slug).where(District.id == busy))
    left = [each for each in await stored_file(site) if each["properties"]["slug"] != slug]
    page = await sent(site, collection(*left))
    assert "зникне: 1" in page.words
    refused = await site.post(address_of(page), status=422)
    assert "Виберіть, якому району передати те, що має" in refused.words
    await site.post(address_of(page), {f"into-{busy}": "1"})
    async with site.unit() as session:
        heir = await session.scalar(select(District.id).where(District.slug == left[0]["properties"]["slug"]))
        assert set((await session.execute(select(Appeal.district_id))).scalars()) == {heir}
        assert await session.scalar(select(func.count()).select_from(District).where(District.id == busy)) == 0


async def test_refused_features_are_left_out_only_when_told_so(site: Site) -> None:
    await site.sign_in("administrator")
    features = await stored_file(site)
    page = await sent(site, collection(*features, feature(square(2.35, 48.85), "Чужий")))
    assert "У файлі є відхилене" in (await site.post(address_of(page), status=422)).words
    await site.post(address_of(page), {"without": "1"})
    assert len(await stored_file(site)) == len(features)


async def test_a_single_feature_and_a_bare_polygon_are_read_too(site: Site) -> None:
    await site.sign_in("administrator")
    assert "Новий район" in (await sent(site, json.dumps(feature(A)).encode())).words
    assert "Немає назви" in (await sent(site, json.dumps(A).encode())).words


async def test_files_to_which_nobody_comes_back_are_forgotten(site: Site) -> None:
    await site.sign_in("administrator")
    page = await sent(site, collection(feature(A)))
    city = await site.city()
    await uploads.forget_old(city.id, now=datetime.now(UTC) + timedelta(days=6))
    await site.get(address_of(page))
    await uploads.forget_old(city.id, now=datetime.now(UTC) + timedelta(days=8))
    await site.get(address_of(page), status=404)


# --- whatever is sent, what is stored is valid and in its place ----------------------------------

NUMBERS = st.floats(min_value=30.0, max_value=31.0) | st.floats(min_value=49.9, max_value=50.9) | st.floats(allow_nan=False)
NEAR = st.tuples(st.floats(min_value=30.3, max_value=30.6), st.floats(min_value=50.3, max_value=50.5))
RINGS = st.lists(NEAR | st.tuples(NUMBERS, NUMBERS), min_size=0, max_size=12).map(lambda ring: [*ring, *ring[:1]])
GEOMETRIES = st.one_of(
    st.builds(lambda rings: {"type": "Polygon", "coordinates": rings}, st.lists(RINGS, max_size=3)),
    st.builds(lambda all_: {"type": "MultiPolygon", "coordinates": all_}, st.lists(st.lists(RINGS, max_size=2), max_size=3)),
)


def right(made: Any) -> None:
    """A shape as it may be stored."""
    again = shape(json.loads(json.dumps(geojson_of(made))))
    assert isinstance(again, Polygon | MultiPolygon)
    assert again.is_valid
    assert not again.is_empty
    assert within(again.bounds, UKRAINE)


@settings(max_examples=300, deadline=None)
@given(GEOMETRIES)
def test_what_is_stored_of_an_area_is_valid_and_inside_bounds(geometry: dict[str, Any]) -> None:
    made, problems, state = area_of(geometry, BOX)
    assert state in {"good", "repaired", "refused"}
    assert problems or state == "good"
    if state != "refused":
        right(made)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(NEAR, min_size=3, max_size=8), min_size=1, max_size=6))
def test_what_is_stored_of_a_file_never_overlaps(rings: list[Any]) -> None:
    areas = [{"type": "Polygon", "coordinates": [[*ring, ring[0]]]} for ring in rings]
    found = read(BytesIO(collection(*[feature(area, f"Район {n}") for n, area in enumerate(areas)])), BOX)
    good = [each.shape for each in found if each.fit]
    for made in good:
        right(made)
    for index, made in enumerate(good):
        for other in good[:index]:
            assert made.intersection(other).area < 1e-9  # some square metres: a rounded corner


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_no_file_breaks_the_reader(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(BytesIO(body), BOX)


def test_areas_become_one_and_the_view_fits_it() -> None:
    whole = united([shape(A), shape(B)])
    assert whole.geom_type == "Polygon"
    assert stored(whole).equals(whole)
    lon, lat, zoom = view_of((30.2, 50.3, 30.8, 50.6))
    assert (lon, lat) == (30.5, 50.45)
    assert 9 < zoom < 11
