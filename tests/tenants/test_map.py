"""The map's data: marks, rings, districts, and that they say the same as the list."""

import json
import random
from typing import Any

from shapely.geometry import box, shape
from sqlalchemy import text

from src.platform.data.tenancy import published_changed
from src.tenants.board.clusters import FEATURES_AT_MOST
from src.tenants.cities.geography import metres
from tests.site import Site
from tests.tenants.crowd import crowd, rows
from tests.tenants.test_board import tabs

WHOLE = "bbox=30.236,50.213,30.826,50.591"


async def marks(site: Site, query: str) -> list[dict[str, Any]]:
    page = await site.get(f"/map/data?{query}")
    assert page.response.headers["content-type"] == "application/geo+json"
    found = json.loads(page.response.content)
    assert found["type"] == "FeatureCollection"
    return list(found["features"])


def counted(features: list[dict[str, Any]]) -> dict[str, int]:
    """What all the marks stand for."""
    sums = {"all": 0, "waiting": 0, "answered": 0}
    for about in (feature["properties"] for feature in features):
        if "count" in about:
            assert about["count"] == about["waiting"] + about["answered"]
        for state in ("waiting", "answered"):
            number = about[state] if "count" in about else int(about["state"] == state)
            sums[state] += number
            sums["all"] += number
    return sums


async def test_the_map_and_the_list_say_the_same_under_all_filters(site: Site) -> None:
    await crowd(site, 60)
    await site.ask(title="Не опубліковане")
    for narrowed in ("", "category=parking", "category=drugs", "district=obolonskyi", "period=30", "q=запитання", "q=собака"):
        on_the_list = tabs(await site.get(f"/?{narrowed}"))
        assert on_the_list["all"] > 0, narrowed
        for zoom in (9, 12.5, 20):
            assert counted(await marks(site, f"{WHOLE}&zoom={zoom}&{narrowed}")) == on_the_list, (narrowed, zoom)
        for state in ("waiting", "answered"):
            sums = counted(await marks(site, f"{WHOLE}&zoom=11&{narrowed}&state={state}"))
            assert (sums[state], sums["all"]) == (on_the_list[state], on_the_list[state]), narrowed
    assert counted(await marks(site, f"{WHOLE}&zoom=11&category=nothing&state=x")) == tabs(await site.get("/"))


async def test_a_mark_leads_to_the_appeal_that_lies_there(site: Site) -> None:
    await crowd(site, 40)
    features = [feature for feature in await marks(site, f"{WHOLE}&zoom=20") if "number" in feature["properties"]]
    async with site.unit() as session:
        stored = {row.number: row for row in await rows(session)}
    assert len(features) > 10
    for feature in features:
        row = stored[feature["properties"]["number"]]
        assert metres(tuple(feature["geometry"]["coordinates"]), (row.lon, row.lat)) < 0.5
        assert feature["properties"]["state"] == row.public_state
        assert row.precision != "district"


async def test_appeals_without_a_point_are_counted_at_their_districts_label(site: Site) -> None:
    await site.published(district="obolonskyi", precision="district")
    await site.published(district="obolonskyi", category="drugs", lon=30.4981, lat=50.5011)
    await site.answered(district="podilskyi", lon=None, lat=None)
    known = await site.known()
    found = {feature["properties"]["district"]: feature for feature in await marks(site, WHOLE)}
    assert set(found) == {"obolonskyi", "podilskyi"}
    for slug, (waiting, answered) in {"obolonskyi": (2, 0), "podilskyi": (0, 1)}.items():
        district = known.district_by_slug[slug]
        assert found[slug]["geometry"]["coordinates"] == list(district.label)
        about = found[slug]["properties"]
        assert (about["kind"], about["name"], about["waiting"], about["answered"]) == (
            "district",
            district.name,
            waiting,
            answered,
        )
    english = {item["properties"]["name"] for item in await marks(site.english, WHOLE)}
    assert english == {"Obolonskyi", "Podilskyi"}
    assert "30.4981" not in json.dumps(await marks(site, WHOLE))


async def test_a_view_of_a_corner_holds_what_lies_there_and_nothing_else(site: Site) -> None:
    await crowd(site, 60)
    dice = random.Random(3)
    async with site.unit() as session:
        stored = [row for row in await rows(session) if row.lon is not None]
    for _ in range(25):
        west, south = dice.uniform(30.2, 30.7), dice.uniform(50.2, 50.55)
        east, north = west + dice.uniform(0.02, 0.2), south + dice.uniform(0.02, 0.1)
        features = await marks(site, f"bbox={west},{south},{east},{north}&zoom={dice.uniform(8, 18)}")
        placed = [feature for feature in features if "district" not in feature["properties"]]
        expected = sum(west <= row.lon <= east and south <= row.lat <= north for row in stored)
        assert counted(placed)["all"] == expected
        for feature in placed:
            assert box(west, south, east, north).buffer(1e-6).contains(shape(feature["geometry"]))


async def test_a_ring_opens_into_its_parts(site: Site) -> None:
    """Going where a ring says leads, view by view, to marks that stand alone or to a ring that names its appeals."""
    for lon in (30.5005, 30.5031, 30.5204, 30.5209):
        await site.published(precision="exact", lon=lon, lat=50.4565)
    same = [await site.number(await site.published(precision="near", lon=30.45, lat=50.40)) for _ in range(3)]
    (ring, *_) = [item for item in await marks(site, f"{WHOLE}&zoom=9") if item["properties"].get("count", 0) >= 4]
    west, south, east, north = ring["properties"]["expand"]
    assert (round(west, 3), round(east, 3)) == (30.5, 30.521)  # not 30.450: another ring's
    assert south <= 50.4565 <= north
    parts = await marks(site, f"bbox={west},{south - 0.001},{east},{north + 0.001}&zoom=16")
    assert counted(parts)["all"] == 4
    assert len(parts) > 1
    (together,) = await marks(site, "bbox=30.44,50.39,30.46,50.41&zoom=18")
    assert sorted(together["properties"]["numbers"]) == sorted(same)


async def test_any_nonsense_for_a_view_gives_the_whole_city(site: Site) -> None:
    await site.published()
    usual = await marks(site, "")
    assert len(usual) == 1
    for view in (
        "bbox=", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=nan,nan,nan,nan", "bbox=30.8,50.5,30.2,50.2", "zoom=nan", "zoom=-4", "zoom=99",
        "zoom=1e999", "bbox=-inf,-inf,inf,inf", "bbox=-1e300,-1e300,1e300,1e300&zoom=24", "bbox=%00", "zoom=%FF", "bbox=-180,-90,180,90&zoom=0",
    ):  # fmt: skip
        assert await marks(site, view) == usual, view
    assert await marks(site, "bbox=0,0,1,1") == []


async def test_the_number_of_marks_does_not_grow_with_the_number_of_appeals(site: Site) -> None:
    first = await site.published()
    async with site.unit() as session:
        await session.execute(
            text(
                "INSERT INTO appeal (city_id, id, number, state, category_id, district_id, created_at, confirmed_at, published_at, "
                "title, precision, lon, lat, changed_revision) SELECT city_id, gen_random_uuid(), 'KYIV-2026-' || 100000 + n, 'published', "
                "category_id, district_id, created_at, confirmed_at, published_at, 'x', 'exact', "
                "30.25 + 0.57 * (n % 60) / 60.0, 50.22 + 0.36 * (n / 60) / 50.0, :revision FROM appeal, generate_series(0, 2999) n WHERE id = :id"
            ),
            {"id": first, "revision": await published_changed(session)},
        )
    for zoom in (3, 10, 12, 14, 20):
        features = await marks(site, f"{WHOLE}&zoom={zoom}")
        assert counted(features)["all"] == 3001, zoom
        assert len(features) <= FEATURES_AT_MOST


async def test_the_outlines_are_valid_and_may_be_kept(site: Site) -> None:
    page = await site.get("/map/outlines?v=1")
    assert "immutable" in page.response.headers["cache-control"]
    kinds = [feature["properties"]["kind"] for feature in page.json()["features"]]
    assert kinds.count("district") == 10
    assert "water" in kinds
    assert all(shape(feature["geometry"]).is_valid for feature in page.json()["features"])
    assert (await site.get("/map/outlines")).response.headers["cache-control"] == "no-cache"
    settings = json.loads((await site.get("/")).one("#map-config").get_text())["map"]
    assert settings["box"] == [30.236, 50.213, 30.826, 50.591]
    assert settings["outlines_url"] == "/map/outlines?v=1"
