"""What pages of visits ask of the database: a fixed number of statements, and by indexes of their own city."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from src.local_officer.visits import service
from src.local_officer.visits.models import Visit
from src.local_officer.visits.queries import booked
from tests.conftest import Clock, Statement, TestDatabase
from tests.local_officer import office
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.test_hot_queries import explained

KYIV = ZoneInfo("Europe/Kyiv")
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=KYIV)
AT = datetime(2026, 12, 1, 17, 0, tzinfo=KYIV)
WHO = "olena@ukr.example"
MANY = 5_000


async def receiving(site: Site) -> UUID:
    """An officer of the city who receives on Tuesdays."""
    await office.set_options(site, visits=True, visit_minutes=20, visit_capacity=2, visit_days_ahead=7)
    async with site.unit() as session:
        row = await office.officer(session)
        await office.rule(session, row.id, 1, "17:00", "18:00")
        return row.id


@pytest.fixture
async def officer_id(site: Site, clock: Clock) -> UUID:
    clock.now = MONDAY
    return await receiving(site)


async def visits(site: Site, officer_id: UUID, count: int, *, starts_at: datetime = AT, minutes: int = 20) -> None:
    """Booked visits, one after the other from a moment on."""
    city_id = (await site.city()).id
    rows = [
        {
            "city_id": city_id,
            "id": uuid7(),
            "officer_id": officer_id,
            "receiver_id": officer_id,
            "starts_at": starts_at + number * timedelta(minutes=minutes),
            "ends_at": starts_at + (number + 1) * timedelta(minutes=minutes),
            "seat": 2,
            "state": "booked",
            "name": f"Відвідувач {number}",
            "email": f"who{number}@ukr.example",
            "created_at": MONDAY,
            "held_until": MONDAY,
            "changed_at": MONDAY,
        }
        for number in range(count)
    ]
    async with site.unit() as session:
        await session.execute(insert(Visit), rows)


async def whole_way(site: Site, officer_id: UUID, mail: Mailbox) -> None:
    """Choose, book, confirm, see, cancel; and what the desk and the jobs ask."""
    address = f"/office/officers/{officer_id}/visit"
    await site.get(address)
    await site.post(address, {"at": AT.isoformat(), "name": "Олена", "email": WHO, "about": "Шум"})
    token = await office.token(mail, WHO, "/office/visits/")
    await site.get(f"/office/visits/{token}")
    await site.post(f"/office/visits/{token}/confirmation")
    async with site.unit() as session:
        city = await site.city()
        await booked(session, city, officer_id, date(2026, 12, 1), date(2026, 12, 8))
        await service.reconcile_all(session, city, now=MONDAY)
        await service.remind_of_tomorrow(session, city, now=MONDAY)
        await service.forget_past(session, now=MONDAY)
    await site.post(f"/office/visits/{token}/cancellation")


async def test_no_step_reads_another_citys_visits(
    site: Site, poltava: Site, officer_id: UUID, mail: Mailbox, database: TestDatabase, statements: list[Statement]
) -> None:
    theirs = await receiving(poltava)
    await visits(poltava, theirs, MANY, starts_at=AT - timedelta(days=30))
    with psycopg.connect(database.migrator, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE visit")
    statements.clear()
    await whole_way(site, officer_id, mail)
    ours = [sent for sent in statements if "FROM visit" in sent.query or "UPDATE visit" in sent.query]
    assert len(ours) >= 8
    found = explained(database.app, (await site.city()).id, ours)
    assert not found, "\n\n".join(found)


async def test_the_times_take_as_many_statements_with_many_visits_as_with_one(
    site: Site, officer_id: UUID, statements: list[Statement]
) -> None:
    address, counts = f"/office/officers/{officer_id}/visit", []
    await site.get(address)
    for more in (1, 12):
        await visits(site, officer_id, more, starts_at=AT + timedelta(minutes=60 * more))
        statements.clear()
        await site.get(address)
        counts.append(len(statements))
    assert counts[0] == counts[1], [sent.query for sent in statements]


async def test_putting_in_order_what_did_not_change_takes_as_many_statements_for_many_visits(
    site: Site, officer_id: UUID, clock: Clock, statements: list[Statement]
) -> None:
    async with site.unit() as session:
        await office.rule(session, officer_id, 2, "09:00", "21:00")
    await site.get(f"/office/officers/{officer_id}/visit")  # the copy of the offices is in memory now
    counts = []
    for first, more in ((0, 1), (1, 20)):
        await visits(site, officer_id, more, starts_at=datetime(2026, 12, 2, 9, first * 20, tzinfo=KYIV))
        async with site.unit() as session:
            for row in await session.scalars(select(Visit)):
                row.place = "вул. Хорива, 20"
        city = await site.city()
        async with site.unit() as session:
            statements.clear()
            assert await service.reconcile(session, city, officer_id, by=None, now=clock.now) == (0, 0)
            counts.append(len(statements))
    assert counts[0] == counts[1]
