"""The apex page: all cities on a drawing and as a list, the nearest first, open figures."""

import pytest
from sqlalchemy import text

from src.platform.web.apex import WIDTH, kilometres, near, placed
from src.platform.web.front_door import FrontDoor
from src.platform.web.here import Here, language_of
from src.tenants.console.summaries import summarise
from src.tenants.demo.kit import DATA, SLUGS, city_row, toml
from tests.conftest import Clock
from tests.site import Site


@pytest.fixture
def apex(door: FrontDoor, clock: Clock) -> Site:
    """The platform's own host."""
    return Site(door, "", clock)


def names(page_items: list[str]) -> list[str]:
    """The first words of each item."""
    return [item.split()[0] for item in page_items]


async def test_the_cities_stand_by_name_with_their_figures(apex: Site, site: Site, clock: Clock) -> None:
    await site.answered()
    async with site.unit() as session:
        await summarise(session, now=clock.now)
    items = [item.get_text(" ", strip=True) for item in (await apex.get("/")).all(".city-list li")]
    assert names(items) == ["Київ", "Полтава"]
    assert "1 звернення, з відповіддю 1" in items[0]
    assert "звернень ще немає" in items[1]
    english = [item.get_text(" ", strip=True) for item in (await apex.english.get("/")).all(".city-list li")]
    assert "1 appeal, 1 answered" in english[0]


async def test_the_nearest_comes_first_for_whoever_says_where_they_are(apex: Site) -> None:
    page = await apex.get("/?near=49.6,34.5")
    items = [item.get_text(" ", strip=True) for item in page.all(".city-list li")]
    assert names(items) == ["Полтава", "Київ"]
    assert "3 км від вас" in items[0]
    assert page.response.headers["permissions-policy"].startswith("geolocation=(self)")


@pytest.mark.parametrize("typed", ["", "x", "49.6", "49.6,", "91,30", "nan,30", "1e999,3", "50;30"])
async def test_what_is_no_place_changes_nothing(apex: Site, typed: str) -> None:
    assert near(typed) is None
    items = [item.get_text(" ", strip=True) for item in (await apex.get(f"/?near={typed}")).all(".city-list li")]
    assert names(items) == ["Київ", "Полтава"]
    assert "км" not in " ".join(items)


async def test_a_suspended_city_is_not_offered(apex: Site, site: Site) -> None:
    async with site.unit() as session:
        await session.execute(text("UPDATE city SET suspended_at = now()"))
    assert names([item.get_text(" ", strip=True) for item in (await apex.get("/")).all(".city-list li")]) == ["Полтава"]


def test_cities_lie_on_the_drawing_as_on_a_map(door: FrontDoor) -> None:
    cities = [city_row(toml(DATA / slug / "city.toml")) for slug in SLUGS]
    twins = [city_row(toml(DATA / "kyiv" / "city.toml")) for _ in range(3)]
    for city in (*cities, *twins):
        city.figures = {}
    at = Here(settings=door.settings, host="localhost", path="/", language=language_of("uk"))
    marks, height = placed(at, cities)
    where = {mark.city.slug: (mark.x, mark.y) for mark in marks}
    assert all(0 < x < WIDTH and 0 < y < height for x, y in where.values())
    assert where["ternopil"][0] < where["kyiv"][0] < where["poltava"][0], "west is on the left"
    assert where["kyiv"][1] < where["poltava"][1] < where["mykolaiv"][1], "north is at the top"
    assert all(mark.named for mark in marks)
    crowd, _ = placed(at, [*cities, *twins])
    assert sum(mark.named for mark in crowd) == len(cities), "names that would lie over each other are left to the list"
    assert placed(at, []) == ([], 0)


def test_kilometres_are_as_the_crow_flies() -> None:
    kyiv = city_row(toml(DATA / "kyiv" / "city.toml"))
    assert kilometres(kyiv, (49.59, 34.55)) == pytest.approx(300, abs=10)
    assert kilometres(kyiv, (kyiv.centre_lat, kyiv.centre_lon)) == 0


async def test_staff_of_the_platform_begin_at_the_console(apex: Site) -> None:
    await apex.sign_in_as("operator@vzaiemodiia.example", second_factor=True)
    assert (await apex.get("/staff", status=303)).location == "/console"
