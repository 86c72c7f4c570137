"""Filling in the demonstration: once, by the same verbs as real questions, with the promised figures."""

import psycopg
from sqlalchemy import text

from src.platform.settings import get_settings
from src.tenants.demo import seeding
from tests.conftest import TestDatabase
from tests.site import Site
from tests.tenants.test_board import tabs
from tests.tenants.test_map import counted, marks


async def test_seeding_twice_leaves_one_set_with_the_promised_figures(site: Site, database: TestDatabase) -> None:
    with psycopg.connect(database.migrator) as migrator:
        migrator.execute("DELETE FROM city WHERE slug = 'kyiv'")
    settings = get_settings()
    for _ in range(2):
        await seeding.seed(settings, now=site.clock.now, slugs=("kyiv", "poltava"))
    page = await site.get("/")
    assert tabs(page) == {"all": 380, "waiting": 118, "answered": 262}
    assert "Усього надійшло 403 звернення, опубліковано 380" in page.words.replace("\u00a0", " ")
    assert counted(await marks(site, "zoom=10")) == tabs(page)
    async with site.unit() as session:

        async def count(what: str) -> int:
            found = await session.scalar(text(f"SELECT count(*) FROM {what}"), {"now": site.clock.now})
            return int(found or 0)

        assert await count("appeal") == 403
        assert await count("dramatiq.queue") == 0, "the past tells nobody"
        assert await count("appeal WHERE published_at > :now OR answered_at > :now") == 0
        years = "SELECT count(*) AS n, max(right(number, 6)::int) AS last FROM appeal GROUP BY split_part(number, '-', 2)"
        assert all(row.n == row.last for row in await session.execute(text(years))), "numbers without gaps"
        for earlier, later in (("created_at", "confirmed_at"), ("confirmed_at", "published_at"), ("published_at", "answered_at")):
            assert await count(f"appeal WHERE {earlier} > {later}") == 0, (earlier, later)
        disordered = "appeal a JOIN appeal b ON a.number < b.number WHERE a.confirmed_at > b.confirmed_at"
        assert await count(disordered) == 0, "numbers follow the order of asking"
        sensitive = "appeal a JOIN category c ON c.id = a.category_id WHERE c.sensitive"
        assert await count(f"{sensitive} AND (a.lon IS NOT NULL OR a.place <> '')") == 0
        assert await count("appeal WHERE place ~* 'кв[.]? *[0-9]'") == 0
