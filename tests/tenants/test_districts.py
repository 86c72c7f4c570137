"""Districts in the staff area without scripts: add, rename, order, remove, hand over; the boundary, the view, the basemap."""

import json
from typing import Any

import pytest
from shapely.geometry import shape
from sqlalchemy import func, select, update

from src.platform.data.tenancy import City
from src.platform.people.audit.models import AuditEvent
from src.tenants.appeals.models import Appeal
from src.tenants.cities.models import District, RoutingRule
from src.tenants.districts import queries
from tests.local_officer.office import square
from tests.site import Page, Site

HOME = "/staff/settings/districts"
MAP = "/staff/settings/map"
BASE = {"basemap": "raster", "url": "https://tiles.example/{z}/{x}/{y}.png", "attribution": "© учасники OpenStreetMap"}


async def free_square(site: Site) -> dict[str, Any]:
    """A square just west of all districts."""
    async with site.unit() as session:
        west = min(shape(row.boundary).bounds[0] for row in await queries.districts(session))
        lat = (await site.city()).centre_lat
    return square(round(west - 0.06, 4), round(lat, 4), 0.02)


async def districts(site: Site) -> list[District]:
    """All of them, in order."""
    async with site.unit() as session:
        return list(await queries.districts(session))


async def city(site: Site) -> City:
    """The city's row as it is now."""
    async with site.unit() as session:
        return (await session.execute(select(City).where(City.slug == site.slug))).scalar_one()


async def actions(site: Site) -> set[str]:
    """What the audit log holds."""
    async with site.unit() as session:
        return set((await session.execute(select(AuditEvent.action))).scalars())


async def added(site: Site, **changes: str) -> Page:
    """Send the form of a new district."""
    good = {"name_uk": "Західний", "name_en": "Zakhidnyi", "kind": "район", "boundary": json.dumps(await free_square(site))}
    return await site.post(f"{HOME}/new", good | changes, status=None)


async def test_a_district_is_added_renamed_moved_and_removed_without_scripts(site: Site) -> None:
    await site.sign_in("administrator")
    before = await districts(site)
    made = await added(site)
    assert "Збережено" in (await site.get(made.location)).words
    row = (await districts(site))[-1]
    assert (row.slug, row.name, row.kind["uk"]) == ("zakhidnyi", {"uk": "Західний", "en": "Zakhidnyi"}, "район")
    assert "Західний район" in (await site.get(HOME)).words
    after = await city(site)
    assert after.west < shape(row.boundary).bounds[0]
    form = {"name_uk": "Приміський", "name_en": "", "kind": "громада", "boundary": json.dumps(row.boundary)}
    await site.post(f"{HOME}/{row.id}", form)
    await site.post(f"{HOME}/{row.id}/place", {"way": "up"})
    assert [each.name["uk"] for each in await districts(site)][-2] == "Приміський"
    assert "Приміський громада" in (await site.get(HOME)).words
    assert "ніщо не посилається" in (await site.get(f"{HOME}/{row.id}/removal")).words
    done = await site.post(f"{HOME}/{row.id}/removal")
    assert "Район прибрано" in (await site.get(done.location)).words
    assert {each.id for each in await districts(site)} == {each.id for each in before}
    assert {"district.made", "district.changed", "district.moved", "district.removed"} <= await actions(site)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name_uk": ""}, "Напишіть назву району"),
        ({"name_uk": "Podil"}, "Напишіть українською"),
        ({"name_uk": "я" * 81}, "Скоротіть до 80 знаків"),
        ({"kind": "князівство"}, "Виберіть зі списку"),
        ({"boundary": ""}, "Намалюйте межу на карті або вставте GeoJSON"),
        ({"boundary": "{"}, "це не JSON або його обірвано"),
        ({"boundary": '{"type": "Topology"}'}, "Це не GeoJSON"),
        ({"boundary": json.dumps(square(10, 50))}, "за межами України"),
        ({"boundary": '{"type": "Polygon", "coordinates": [[["a", 1]]]}'}, "Координати не вдалося прочитати"),
    ],
)
async def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(site: Site, wrong: dict[str, str], says: str) -> None:
    await site.sign_in("administrator")
    count = len(await districts(site))
    page = await added(site, **wrong)
    assert page.status == 422
    assert says in page.words
    assert page.one("#name_uk").get("value", "") == wrong.get("name_uk", "Західний")
    assert len(await districts(site)) == count


async def test_a_name_twice_and_an_overlap_are_refused_and_a_sliver_is_cut(site: Site) -> None:
    await site.sign_in("administrator")
    there = (await districts(site))[0]
    assert "Такий район уже є" in (await added(site, name_uk=there.name["uk"])).words
    page = await added(site, boundary=json.dumps(there.boundary))
    assert f"Накладається на «{there.name['uk']}» (100" in page.words
    await added(site)
    first = shape((await districts(site))[-1].boundary)
    west, south, _, north = first.bounds
    beside = square(west - (north - south) + 0.00005, south, north - south)  # 5 m over the neighbour
    done = await added(site, name_uk="Далекий", name_en="", boundary=json.dumps(beside))
    assert "межу трохи виправлено" in (await site.get(done.location)).words
    assert shape((await districts(site))[-1].boundary).intersection(first).area == 0


async def test_what_points_to_a_district_is_counted_and_handed_over(site: Site) -> None:
    await site.published()
    await site.sign_in("administrator")
    async with site.unit() as session:
        counted = select(Appeal.district_id, func.count()).group_by(Appeal.district_id)
        busy, count = (await session.execute(counted.limit(1))).one()
        rule = (await session.execute(select(RoutingRule).limit(1))).scalar_one()
        for district in [busy, next(row.id for row in await queries.districts(session) if row.id != busy)]:
            case = RoutingRule(city_id=rule.city_id, category_id=None, district_id=district, responder_id=rule.responder_id)
            there = select(RoutingRule.id).where(RoutingRule.category_id.is_(None), RoutingRule.district_id == district)
            if (await session.execute(there)).first() is None:
                session.add(case)
    heir = next(row for row in await districts(site) if row.id != busy)
    refused = await site.post(f"{HOME}/{busy}/removal", {"into": ""}, status=422)
    assert "На цей район посилаються:" in refused.words
    assert f"{count} звернен" in refused.words
    await site.post(f"{HOME}/{busy}/removal", {"into": str(busy)}, status=422)
    await site.post(f"{HOME}/{busy}/removal", {"into": str(heir.id)})
    async with site.unit() as session:
        assert await session.get(District, (heir.city_id, busy)) is None
        moved = await session.scalar(select(func.count()).where(Appeal.district_id == heir.id))
        rules = await session.scalar(
            select(func.count()).where(RoutingRule.district_id == heir.id, RoutingRule.category_id.is_(None))
        )
    assert moved is not None
    assert moved >= count
    assert rules == 1


def test_every_table_that_points_to_a_district_has_words() -> None:
    assert {table.name for table, _ in queries.pointing()} == {"appeal", "routing_rule", "beat", "station"}


async def test_only_who_may_set_a_city_up_gets_in(site: Site) -> None:
    await site.sign_in("moderator")
    for path in (HOME, f"{HOME}/new", f"{HOME}/upload", MAP):
        await site.get(path, status=404)


# --- the city's boundary, view and basemap -------------------------------------------------------


async def test_the_boundary_is_all_districts_together_and_box_and_view_follow(site: Site) -> None:
    await site.sign_in("administrator")
    done = await site.post(f"{MAP}/boundary", {"source": "districts"})
    assert "Межу міста збережено" in (await site.get(done.location)).words
    row = await city(site)
    assert row.boundary is not None
    whole = shape(row.boundary)
    assert whole.is_valid
    assert row.west < whole.bounds[0] < row.centre_lon < whole.bounds[2] < row.east
    assert 8 <= row.zoom <= 13
    await site.post(f"{MAP}/view", {"view": "own", "lon": str(row.centre_lon), "lat": str(row.centre_lat), "zoom": "12,5"})
    await site.post(f"{MAP}/boundary", {"source": "none"})
    row = await city(site)
    assert (row.boundary, row.zoom) == (None, 12.5)
    await site.post(f"{MAP}/view", {"view": "auto"})
    assert (await city(site)).zoom != 12.5
    assert {"city.boundary", "city.view"} <= await actions(site)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"source": ""}, "Виберіть, звідки взяти межу"),
        ({"source": "file"}, "Виберіть файл"),
        ({"source": "drawn", "boundary": ""}, "Намалюйте межу на карті"),
        ({"source": "drawn", "boundary": json.dumps(square(24.0, 49.0))}, "лишилися б цілі райони"),
    ],
)
async def test_a_boundary_that_cannot_be_is_refused(site: Site, sent: dict[str, str], says: str) -> None:
    await site.sign_in("administrator")
    assert says in (await site.post(f"{MAP}/boundary", sent, status=422)).words
    assert (await city(site)).boundary is None


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"view": ""}, "Виберіть, як визначити середину карти"),
        ({"view": "own", "lon": "10", "lat": "50.4", "zoom": "11"}, "Середина має бути в місті"),
        ({"view": "own", "lon": "30.5", "lat": "", "zoom": "11"}, "Середина має бути в місті"),
        ({"view": "own", "lon": "30.5", "lat": "50.4", "zoom": "99"}, "Напишіть число від 8 до 16"),
    ],
)
async def test_a_view_that_cannot_be_is_refused(site: Site, sent: dict[str, str], says: str) -> None:
    await site.sign_in("administrator")
    assert says in (await site.post(f"{MAP}/view", sent, status=422)).words


async def test_the_citys_basemap_is_shown_and_its_origin_alone_allowed(site: Site) -> None:
    await site.sign_in("administrator")
    visitor = site.another_browser()
    await visitor.get("/")
    await site.post(f"{MAP}/basemap", BASE | {"attribution": "© <b>Хтось</b>"})
    page = await visitor.get("/")
    shown = json.loads(page.one("#map-config").text)["map"]["basemap"]
    assert shown == {"kind": "raster", "url": BASE["url"], "attribution": "© &lt;b&gt;Хтось&lt;/b&gt;"}
    policy = page.response.headers["content-security-policy"]
    assert "img-src 'self' data: blob: https://tiles.example; connect-src 'self' https://tiles.example;" in policy
    await site.post(f"{MAP}/basemap", {"basemap": "none"})
    page = await visitor.get("/")
    assert "tiles.example" not in page.text + page.response.headers["content-security-policy"]
    assert "city.basemap" in await actions(site)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"basemap": "gif"}, "Виберіть, що під позначками"),
        ({"url": ""}, "Напишіть адресу карти"),
        ({"url": "http://tiles.example/{z}/{x}/{y}.png"}, "Адреса має починатися з https://"),
        ({"url": "https://tiles.example/{z}/{x}.png"}, "мають бути {z}, {x} та {y}"),
        ({"url": "https://{s}.tiles.example/{z}/{x}/{y}.png"}, "Це не схоже на адресу"),
        ({"url": "https://tiles.example/{s}/{z}/{x}/{y}.png"}, "мають бути {z}, {x} та {y}"),
        ({"url": "https://a;script-src/{z}/{x}/{y}"}, "Це не схоже на адресу"),
        ({"url": "https://user@tiles.example/{z}/{x}/{y}"}, "Це не схоже на адресу"),
        ({"url": "https://tiles.example *.evil.example/{z}/{x}/{y}"}, "Це не схоже на адресу"),
        ({"url": "https://мапа.укр/{z}/{x}/{y}.png"}, "кирилицю замініть латинським записом"),
        ({"basemap": "style"}, "Дужки {z}, {x}, {y} бувають лише"),
        ({"basemap": "pmtiles", "url": "https://tiles.example/kyiv.zip"}, "має закінчуватися на .pmtiles"),
        ({"attribution": ""}, "Напишіть, чия це карта"),
        ({"attribution": "я" * 201}, "Скоротіть до 200 знаків"),
    ],
)
async def test_a_basemap_that_cannot_be_is_refused(site: Site, wrong: dict[str, str], says: str) -> None:
    await site.sign_in("administrator")
    page = await site.post(f"{MAP}/basemap", BASE | wrong, status=422)
    assert says in page.words
    assert (await city(site)).options.basemap == "deployment"


async def test_a_point_outside_the_boundary_has_no_district_and_inside_always_one(site: Site) -> None:
    await site.sign_in("administrator")
    row = await city(site)
    async with site.unit() as session:  # the city is a square around its centre, and its districts are as they were
        box = square(row.centre_lon - 0.02, row.centre_lat - 0.02, 0.04)
        await session.execute(
            update(City).where(City.id == row.id).values(boundary=box, catalogue_revision=row.catalogue_revision + 1)
        )
    inside = (await site.get(f"/places/near?lon={row.centre_lon}&lat={row.centre_lat}")).json()
    outside = (await site.get(f"/places/near?lon={row.centre_lon - 0.03}&lat={row.centre_lat}")).json()
    assert (inside["inside"], outside["inside"], outside["ask"]) == (True, False, None)
