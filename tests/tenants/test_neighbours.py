"""A place beyond the city's boundary: refused with a way forward, to the city that it lies in."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update

from src.platform.data.tenancy import City
from tests.conftest import Statement
from tests.local_officer.office import square
from tests.site import Page, Site
from tests.tenants.walk import TITLE, Walk


async def there(poltava: Site) -> tuple[float, float]:
    """The middle of Poltava."""
    city = await poltava.city()
    return city.centre_lon, city.centre_lat


async def placed(site: Site, lon: float, lat: float, *, status: int = 422) -> Page:
    """A question whose place is a point."""
    walk = await (await Walk(site).begin()).category()
    return await site.post(walk.at("place"), {"address": "", "lon": lon, "lat": lat, "district": ""}, status=status)


async def test_a_point_of_another_city_leads_there_with_the_question(site: Site, poltava: Site) -> None:
    page = await placed(site, *(await there(poltava)))
    assert "Ця точка вже у Полтаві" in page.one("#address-error").text
    link = next(str(each["href"]) for each in page.all("main a[href]") if "poltava" in str(each["href"]))
    assert parse_qs(urlsplit(link).query) == {"title": [TITLE]}
    begun = await poltava.get(re.sub(r"^http://[^/]+", "", link))
    assert begun.one("#title").get("value", begun.one("#title").text).strip() == TITLE


async def test_in_english_the_way_is_english(site: Site, poltava: Site) -> None:
    page = await placed(site.english, *(await there(poltava)))
    assert any("poltava" in each["href"] and "/en/ask?title=" in each["href"] for each in page.all("main a[href]"))


async def test_a_point_of_no_city_is_refused_without_a_way(site: Site) -> None:
    page = await placed(site, 24.0, 49.8)
    assert "Ця точка за межами міста" in page.words
    assert not page.all("main a[href*='/ask?title=']")


@pytest.mark.parametrize("change", ["suspended", "bounded"])
async def test_a_city_that_takes_no_question_from_there_is_no_way(site: Site, poltava: Site, change: str) -> None:
    lon, lat = await there(poltava)
    city = await poltava.city()
    async with poltava.unit() as session:
        values = {"suspended_at": site.clock.now} if change == "suspended" else {"boundary": square(city.west, city.south, 0.001)}
        await session.execute(update(City).where(City.id == city.id).values(**values))
    assert "Ця точка за межами міста" in (await placed(site, lon, lat)).words


async def test_the_map_is_told_the_way_too_and_a_good_place_costs_no_question_of_others(
    site: Site, poltava: Site, statements: list[Statement]
) -> None:
    lon, lat = await there(poltava)
    found = (await site.get(f"/places/near?lon={lon}&lat={lat}")).json()
    assert found["inside"] is False
    assert "Полтаві" in found["ask"]["words"]
    assert found["ask"]["url"].endswith("/ask")
    city = await site.city()
    statements.clear()
    assert (await site.get(f"/places/near?lon={city.centre_lon}&lat={city.centre_lat}")).json()["ask"] is None
    assert not [each for each in statements if "city.boundary IS NULL" in str(each)]
