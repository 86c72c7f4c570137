"""Numbers: one a confirmed question, by city and year, without gaps or doubles."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from src.platform.data.unit_of_work import Database
from src.tenants.appeals import service as appeals
from src.tenants.appeals.numbers import readable_number
from tests.conftest import TestDatabase
from tests.site import Site

AT_A_TIME = 25


async def confirmed(site: Site, moment: datetime) -> str:
    appeal_id = await site.ask(confirmed=False)
    async with site.unit() as session:
        return (await appeals.confirm(session, await site.city(), appeal_id, now=moment)).number or ""


async def test_the_year_is_the_citys_own(site: Site) -> None:
    late = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)  # 23:30 in Kyiv
    assert await confirmed(site, late) == "KYIV-2026-000001"
    assert await confirmed(site, late + timedelta(minutes=29, seconds=59)) == "KYIV-2026-000002"
    assert await confirmed(site, late + timedelta(minutes=30)) == "KYIV-2027-000001"
    assert await confirmed(site, datetime(2026, 7, 1, tzinfo=UTC)) == "KYIV-2026-000003"


async def test_each_city_counts_for_itself(site: Site, poltava: Site) -> None:
    moment = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert await confirmed(site, moment) == "KYIV-2026-000001"
    other = await poltava.ask(district="shevchenkivskyi", confirmed=False)
    async with poltava.unit() as session:
        assert (await appeals.confirm(session, await poltava.city(), other, now=moment)).number == "POLTAVA-2026-000001"


async def test_many_at_once_get_numbers_without_gaps_or_doubles(site: Site, database: TestDatabase) -> None:
    """On as many connections as confirmations; every fifth is rolled back at its end, and each link is followed twice."""
    moment = datetime(2026, 11, 24, 12, tzinfo=UTC)
    city = await site.city()
    asked = [await site.ask(confirmed=False) for _ in range(AT_A_TIME)]
    crowd = Database(database.app, pool_size=AT_A_TIME)
    together = asyncio.Barrier(AT_A_TIME)

    async def follow(n: int) -> None:
        async with crowd.session(city.id) as session:
            await session.connection()
            await together.wait()
            await appeals.confirm(session, city, asked[n], now=moment)
            if n % 5:
                await session.commit()

    try:
        await asyncio.gather(*(follow(n) for n in range(AT_A_TIME)))
        async with crowd.unit(city.id) as session:
            given = list((await session.execute(text("SELECT number FROM appeal WHERE number IS NOT NULL ORDER BY 1"))).scalars())
        assert given == [f"KYIV-2026-{n:06d}" for n in range(1, 21)]
        together = asyncio.Barrier(AT_A_TIME)
        await asyncio.gather(*(follow(n) for n in range(AT_A_TIME)))
        async with crowd.unit(city.id) as session:
            assert await session.scalar(text("SELECT count(*) FROM appeal WHERE number IS NOT NULL")) == len(given)
            assert await session.scalar(text("SELECT last FROM number_counter")) == len(given)
    finally:
        await crowd.close()


async def test_a_rollback_gives_the_number_back(site: Site) -> None:
    moment = datetime(2026, 11, 24, 12, tzinfo=UTC)
    appeal_id = await site.ask(confirmed=False)
    with pytest.raises(RuntimeError):
        async with site.unit() as session:
            await appeals.confirm(session, await site.city(), appeal_id, now=moment)
            raise RuntimeError
    assert await confirmed(site, moment) == "KYIV-2026-000001"


async def test_old_unconfirmed_questions_go_and_one_being_confirmed_stays(site: Site) -> None:
    """The sweep waits for the confirmation that runs at the same moment, and then leaves that question alone."""
    moment = site.clock.now
    gone, kept, confirmed_before = [await site.ask(confirmed=False) for _ in range(3)]
    late = moment + timedelta(days=9)
    async with site.unit() as session:
        await appeals.confirm(session, await site.city(), confirmed_before, now=late)

    async def sweep() -> int:
        async with site.unit() as session:
            return await appeals.delete_unconfirmed(session, before=moment + timedelta(days=7))

    async with site.unit() as session:
        await appeals.confirm(session, await site.city(), kept, now=late)
        sweeping = asyncio.create_task(sweep())
        await asyncio.sleep(0.05)
    assert await sweeping == 1
    async with site.unit() as session:
        left = set((await session.execute(text("SELECT id FROM appeal"))).scalars())
        assert left == {kept, confirmed_before}
        assert await session.scalar(text("SELECT count(*) FROM submission WHERE id = :id"), {"id": gone}) == 0


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (" kyiv-2026-000403 ", "KYIV-2026-000403"),
        ("KYIV - 2026 - 000403", "KYIV-2026-000403"),
        ("KYIV-2026-1", None),
        ("KYIV-2026-000403\nx", None),
        ("KYIV-2026-٠٠٠٤٠٣", None),
        ("2026-000403", None),
        ("'; DROP TABLE appeal", None),
        ("KYIV-2026-" + "9" * 4000, None),
        ("", None),
    ],
)
def test_a_number_is_understood_as_people_type_it(typed: str, number: str | None) -> None:
    assert readable_number(typed) == number
