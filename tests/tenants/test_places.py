"""Saying where: by address, by point, by district; with a map and without one."""

from typing import Any

import pytest

from tests.site import Page, Site
from tests.tenants.walk import GLYBOCHYTSKA, Walk

FOREST = (30.6456, 50.4646)
"""The underground station «Лісова»."""
LVIV = (24.03, 49.84)
BEYOND = (30.24, 50.58)
"""In the city's box, and in none of its districts."""


async def at_place(site: Site, category: str = "parking") -> Walk:
    """A draft at its third step."""
    walk = await Walk(site).begin()
    return await walk.category(category)


async def near(site: Site, lon: Any, lat: Any) -> dict[str, Any]:
    """What is near a point."""
    page = await site.get(f"/places/near?lon={lon}&lat={lat}")
    return dict(page.json())


async def kept(walk: Walk) -> Page:
    """The place as the check page shows it to the author alone."""
    await walk.you()
    return await walk.check()


async def test_a_point_is_put_into_words(site: Site) -> None:
    found = await near(site, *FOREST)
    assert found["inside"] is True
    assert found["district"] == "desnianskyi"
    assert "Лісова" in found["text"]
    assert found["text"].startswith("поруч: ")
    assert found["text"].endswith("Деснянський район")
    assert "Lisova" in (await near(site.english, *FOREST))["text"]


@pytest.mark.parametrize("point", [LVIV, BEYOND, ("", ""), ("nan", "1e400"), ("%00", "x"), ("300", "-300")])
async def test_a_point_outside_the_city_or_no_point_is_said_so(site: Site, point: tuple[Any, Any]) -> None:
    found = await near(site, *point)
    assert found["inside"] is False
    assert found["district"] is None
    assert "за межами міста" in found["text"]


async def test_known_places_are_found_by_name_with_small_errors(site: Site, poltava: Site) -> None:
    for typed in ("метро лісова", "Лісова", "метро лисова", "м. Лісова"):
        names = [place["name"] for place in (await site.get(f"/places/search?q={typed}")).json()["places"]]
        assert any("Лісова" in name for name in names), typed
    found = (await site.get("/places/search?q=метро лісова")).json()["places"][0]
    assert found["district"] == "Деснянський район"
    assert 30.6 < found["lon"] < 30.7
    for typed in ("", "q", "%00", "ж" * 3000, "%ff%fe"):
        assert (await site.get(f"/places/search?q={typed}")).json() == {"places": []}
    assert all("Лісова" not in place["name"] for place in (await poltava.get("/places/search?q=метро лісова")).json()["places"])


async def test_without_scripts_the_address_is_looked_up_and_chosen(site: Site) -> None:
    walk = await at_place(site)
    page = await site.post(walk.at("place"), {"address": "метро лісова", "find": "1", "district": ""}, status=200)
    options = page.all("input[name=pick]")
    assert options
    assert page.one("#address")["value"] == "метро лісова"
    assert (await site.get(walk.at("photos"), status=303)).location.endswith("/place"), "looking up keeps nothing"
    await walk.place(address="метро лісова", pick=str(options[0]["value"]), district="")
    shown = (await kept(walk)).one("#private").text
    assert "Лісова" in shown
    assert "Деснянський район" in shown


async def test_a_house_stays_when_its_street_is_chosen(site: Site) -> None:
    walk = await at_place(site)
    page = await site.post(walk.at("place"), {"address": "вул глибочицька 17", "find": "1"}, status=200)
    option = next(item for item in page.all("input[name=pick]") if "Глибочицька" in str(item["value"]))
    await walk.place(address="вул глибочицька 17", pick=str(option["value"]))
    page = await kept(walk)
    assert "Глибочицька, 17" in page.one("#private").text
    assert "17" not in page.one("#public").text


async def test_nothing_found_is_said_and_the_district_remains(site: Site) -> None:
    walk = await at_place(site)
    page = await site.post(walk.at("place"), {"address": "вулиця Пінгвінів-космонавтів", "find": "1"}, status=200)
    assert "Не знайшли" in page.words
    page = await site.post(walk.at("place"), {"address": "", "find": "1"}, status=422)
    assert page.one("#address-error")
    await walk.place(address="вулиця Пінгвінів-космонавтів", district="podilskyi")
    assert "Пінгвінів" in (await kept(walk)).one("#private").text


async def test_an_address_gives_a_point_only_when_it_is_chosen(site: Site) -> None:
    walk = await at_place(site)
    page = await site.post(walk.at("place"), {"address": "метро лісова"}, status=422)
    assert page.one("#district-error").text.endswith("Виберіть район або позначте місце")
    assert page.all("input[name=pick]"), "what was meant can be chosen right away"
    assert page.one("#address")["value"] == "метро лісова"


async def test_the_district_alone_is_enough(site: Site) -> None:
    walk = await at_place(site)
    await walk.place(district="obolonskyi")
    assert "Оболонський район" in (await kept(walk)).one("#public").text


@pytest.mark.parametrize("district", ["", "no-such", "tsentralnyi", "\x00"])
async def test_a_district_that_the_city_does_not_have_is_refused(site: Site, district: str) -> None:
    walk = await at_place(site)
    page = await site.post(walk.at("place"), {"address": "біля школи", "district": district}, status=422)
    assert page.one("#district-error")
    assert page.one("#address")["value"] == "біля школи"


async def test_the_district_is_found_from_the_point(site: Site) -> None:
    walk = await at_place(site)
    await walk.place(lon=str(FOREST[0]).replace(".", ","), lat=FOREST[1])
    assert "Деснянський район" in (await kept(walk)).one("#public").text


async def test_where_point_and_district_disagree_the_point_wins_and_this_is_said(site: Site) -> None:
    walk = await at_place(site)
    await walk.place(lon=FOREST[0], lat=FOREST[1], district="obolonskyi")
    said = "Ви вибрали Оболонський район, а позначка — Деснянський район"
    assert said in (await site.get(walk.at("photos"))).words
    page = await kept(walk)
    assert said in page.words
    assert "Деснянський район" in page.one("#public").text


@pytest.mark.parametrize("point", [LVIV, BEYOND])
async def test_a_point_outside_the_city_is_refused_with_what_to_do(site: Site, point: tuple[float, float]) -> None:
    walk = await at_place(site)
    page = await site.post(walk.at("place"), {"lon": point[0], "lat": point[1], "address": "десь"}, status=422)
    assert "за межами міста" in page.one("#address-error").text
    assert "у Києві" in page.one("#address-error").text
    assert page.one("#address")["value"] == "десь"
    await walk.place(lon=point[0], lat=point[1], forget_point="1", district="obolonskyi")


@pytest.mark.parametrize("lon", ["x", "nan", "inf", "1e999", ""])
async def test_half_a_point_is_no_point(site: Site, lon: str) -> None:
    walk = await at_place(site)
    await site.post(walk.at("place"), {"lon": lon, "lat": "50.45"}, status=422)
    await walk.place(lon=lon, lat="50.45", district="obolonskyi")


async def test_too_long_and_unreadable_addresses_are_told(site: Site) -> None:
    walk = await at_place(site)
    page = await site.post(walk.at("place"), {"address": "а" * 201, "district": "obolonskyi"}, status=422)
    assert "200 знаків" in page.one("#address-error").text
    assert page.one("#address")["value"] == "а" * 201
    body = b"district=obolonskyi&address=" + "Хрещатик".encode("cp1251")
    page = await site.post(
        walk.at("place"), content=body, status=422, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert page.one("#address-error")


async def test_without_scripts_a_point_can_be_taken_away(site: Site) -> None:
    walk = await at_place(site)
    await walk.place(lon=FOREST[0], lat=FOREST[1])
    page = await site.get(walk.at("place"))
    assert "Лісова" in page.one("noscript").text
    lon, lat = page.one("input[name=lon]")["value"], page.one("input[name=lat]")["value"]
    await walk.place(lon=lon, lat=lat, forget_point="1", district="obolonskyi")
    assert not (await site.get(walk.at("place"))).one("input[name=lon]").get("value")


async def test_a_point_of_a_known_place_does_not_outlive_the_address_it_came_from(site: Site) -> None:
    walk = await at_place(site)
    page = await site.post(walk.at("place"), {"address": "метро лісова", "find": "1"}, status=200)
    await walk.place(address="метро лісова", pick=str(page.all("input[name=pick]")[0]["value"]))
    page = await site.get(walk.at("place"))
    point = {name: str(page.one(f"input[name={name}]")["value"]) for name in ("lon", "lat")}
    await site.post(walk.at("place"), {"address": "вулиця Хрещатик, 22", **point}, status=422)
    await walk.place(address=str(page.one("#address")["value"]) + ", вихід 2", **point)


async def test_a_point_of_the_map_stays_whatever_the_address_says(site: Site) -> None:
    walk = await at_place(site)
    lon, lat = GLYBOCHYTSKA
    await walk.place(address="біля школи", lon=lon, lat=lat)
    await walk.place(address="біля садочка", lon=lon, lat=lat)
    assert "Шевченківський район" in (await kept(walk)).one("#public").text


async def test_the_pages_map_knows_its_city(site: Site, poltava: Site) -> None:
    for city in (site, poltava):
        walk = await at_place(city)
        page = await city.get(walk.at("place"))
        assert str((await city.city()).centre_lon) in page.one("#place-config").text
        assert page.one("[data-place] input[name=lon]")["type"] == "hidden"
