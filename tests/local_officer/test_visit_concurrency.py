"""Booking at the same moment, really at once: the last seat has one owner, everybody else is told calmly, nothing fails."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from src.local_officer.officers.models import Absence
from src.local_officer.officers.records import officer_at
from src.local_officer.visits import service
from src.local_officer.visits.models import Visit
from src.local_officer.visits.queries import visit_at
from src.platform.data.tenancy import catalogue_changed
from tests.conftest import Clock
from tests.local_officer import office
from tests.mailbox import Mailbox
from tests.site import Page, Site

KYIV = ZoneInfo("Europe/Kyiv")
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=KYIV)
TUESDAY = date(2026, 12, 1)
AT = datetime(2026, 12, 1, 17, 0, tzinfo=KYIV)


@pytest.fixture
async def officer_id(site: Site, clock: Clock) -> UUID:
    """An officer who receives on Tuesdays, one visitor every twenty minutes."""
    clock.now = MONDAY
    await office.set_options(site, visits=True, visit_minutes=20, visit_capacity=1, visit_days_ahead=7)
    async with site.unit() as session:
        row = await office.officer(session)
        await office.rule(session, row.id, 1, "17:00", "18:00")
        return row.id


async def book(site: Site, officer_id: UUID, who: int, *, at: datetime = AT) -> Page:
    form = {"at": at.isoformat(), "name": f"Відвідувач {who}", "email": f"who{who}@ukr.example", "about": "Шум"}
    return await site.another_browser().post(f"/office/officers/{officer_id}/visit", form, status=None)


async def standing(site: Site) -> list[Visit]:
    async with site.unit() as session:
        return list(await session.scalars(select(Visit).where(Visit.state.in_(("held", "booked")))))


@pytest.mark.parametrize(("people", "capacity"), [(20, 1), (20, 3)])
async def test_of_many_at_once_as_many_get_a_seat_as_there_are(
    site: Site, officer_id: UUID, mail: Mailbox, people: int, capacity: int
) -> None:
    await office.set_options(site, visit_capacity=capacity)
    pages = await asyncio.gather(*(book(site, officer_id, who) for who in range(people)))
    assert sorted(page.status for page in pages) == [303] * capacity + [409] * (people - capacity)
    rows = await standing(site)
    assert sorted(row.seat for row in rows) == list(range(1, capacity + 1))
    await mail.deliver()
    assert {str(letter["To"]) for letter in mail.messages} == {row.email for row in rows}, "losers get no letter"
    for who, page in enumerate(pages):
        if page.status == 409:
            assert "Цей час щойно зайняли" in page.words
            assert all(field["value"] == f"who{who}@ukr.example" for field in page.all("form:has(.slot) [name=email]")), (
                "nothing typed is lost"
            )
            assert not any(f"who{other}@" in page.text for other in range(people) if other != who), (
                "nobody learns who was quicker"
            )


async def test_people_who_want_different_times_do_not_stop_each_other(site: Site, officer_id: UUID) -> None:
    pages = await asyncio.gather(*(book(site, officer_id, who, at=AT + timedelta(minutes=20 * (who % 3))) for who in range(12)))
    assert sorted(page.status for page in pages) == [303] * 3 + [409] * 9
    assert len({row.starts_at for row in await standing(site)}) == 3


async def test_of_two_late_confirmations_of_one_seat_one_counts_and_the_other_is_told(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    """Held, lapsed, held by the next, lapsed again: six letters whose buttons are pressed at the same moment."""
    tokens = []
    for who in range(6):
        assert (await book(site, officer_id, who)).status == 303
        tokens.append(await office.token(mail, f"who{who}@ukr.example", "/office/visits/"))
        clock.forward(minutes=61)
    pages = await asyncio.gather(
        *(site.another_browser().post(f"/office/visits/{token}/confirmation", status=None) for token in tokens)
    )
    assert sorted(page.status for page in pages) == [303] + [409] * 5
    assert [row.state for row in await standing(site)] == ["booked"]
    assert all("цей час зайняли" in page.words for page in pages if page.status == 409)


async def test_a_late_confirmation_that_meets_another_under_way_waits_for_it_and_fails_calmly(
    site: Site, officer_id: UUID, clock: Clock
) -> None:
    ids = []
    for who in range(2):
        assert (await book(site, officer_id, who)).status == 303
        async with site.unit() as session:
            query = select(Visit.id).where(Visit.email == f"who{who}@ukr.example")
            ids.append((await session.execute(query)).scalar_one())
        clock.forward(minutes=61)
    city = await site.city()

    async def late(visit_id: UUID) -> bool:
        async with site.unit() as session:
            visit = await visit_at(session, visit_id, lock=True)
            assert visit is not None
            return await service.confirm(session, city, visit, now=clock.now)

    async with site.unit() as session:
        visit = await visit_at(session, ids[0], lock=True)
        assert visit is not None
        assert await service.confirm(session, city, visit, now=clock.now)
        second = asyncio.create_task(late(ids[1]))
        await waits_for_a_lock(site, second)
    assert not await second
    assert [row.id for row in await standing(site)] == ids[:1]


async def test_a_late_confirmation_and_a_new_visitor_never_both_get_the_seat(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    await book(site, officer_id, 0)
    token = await office.token(mail, "who0@ukr.example", "/office/visits/")
    clock.forward(minutes=61)
    pages = await asyncio.gather(
        site.another_browser().post(f"/office/visits/{token}/confirmation", status=None),
        *(book(site, officer_id, who) for who in range(1, 8)),
    )
    assert sorted(page.status for page in pages) == [303] + [409] * 7
    assert len(await standing(site)) == 1


async def test_whoever_books_while_an_absence_is_being_entered_is_not_forgotten(
    site: Site, officer_id: UUID, clock: Clock
) -> None:
    """The desk holds the officer's row; who asks meanwhile waits, and then sees that there is no reception."""
    async with site.unit() as session:
        await officer_at(session, officer_id, lock=True)
        asking = asyncio.create_task(book(site, officer_id, 1))
        await waits_for_a_lock(site, asking)
        await office.put(session, Absence(officer_id=officer_id, first_day=TUESDAY, last_day=TUESDAY, created_at=clock.now))
        await catalogue_changed(session)
        assert await service.reconcile(session, await site.city(), officer_id, by=None, now=clock.now) == (0, 0)
    assert (await asking).status == 409
    assert await standing(site) == []


async def waits_for_a_lock(site: Site, asking: asyncio.Task[Any]) -> None:
    """Until the other request stands before a lock, or is through without having waited."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    for _ in range(2000):
        async with site.unit() as session:
            if asking.done() or await session.scalar(waiting):
                return
    raise AssertionError("the other request neither waited nor ended")


async def test_cancelling_and_confirming_at_once_leave_one_of_both(site: Site, officer_id: UUID, mail: Mailbox) -> None:
    await book(site, officer_id, 0)
    token = await office.token(mail, "who0@ukr.example", "/office/visits/")
    pages = await asyncio.gather(
        *(
            site.another_browser().post(f"/office/visits/{token}/{button}", status=None)
            for button in ("confirmation", "cancellation") * 3
        )
    )
    assert {page.status for page in pages} <= {303, 409}
    async with site.unit() as session:
        visit = (await session.execute(select(Visit))).scalar_one()
    assert visit.state == "cancelled", "whichever came first, the cancellation stands"
