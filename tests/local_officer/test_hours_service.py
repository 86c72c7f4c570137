"""The verbs of reception hours on the real database: what was stays, what never began goes, calendars hear of it."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from src.local_officer.office_hours import queries
from src.local_officer.office_hours.models import HoursRule
from src.local_officer.officers.models import Absence, Officer
from tests.conftest import Clock
from tests.local_officer import office
from tests.site import Site

KYIV = ZoneInfo("Europe/Kyiv")
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=KYIV)
EMAIL = "own.officer@police.example"
RULE = {
    "weekday": "1", "starts": "17:00", "ends": "19:00", "pattern": "weekly", "reception": "in_person", "station": "",
    "place": "вул. Хорива, 20", "valid_from": "2026-11-30", "valid_to": "",
}  # fmt: skip


@pytest.fixture
async def mine(site: Site, clock: Clock) -> UUID:
    """The office of whoever is signed in."""
    clock.now = MONDAY
    async with site.unit() as session:
        row = await office.officer(session)
        await office.own_account(session, row, EMAIL)
    await site.sign_in_as(EMAIL)
    return row.id


def at(officer_id: UUID, path: str = "") -> str:
    return f"/staff/offices/{officer_id}{path}"


async def rules(site: Site) -> list[tuple[str, date, date | None]]:
    async with site.unit() as session:
        rows = await session.scalars(select(HoursRule).order_by(HoursRule.valid_from, HoursRule.starts))
        return [(f"{row.starts:%H:%M}", row.valid_from, row.valid_to) for row in rows]


async def receivers(site: Site, officer_id: UUID, first: date, last: date) -> list[tuple[date, UUID]]:
    city = await site.city()
    async with site.unit() as session:
        found = await queries.hours_of(session, [officer_id], first, last, city=city)
    return [(one.day, one.receiver_id) for one in found[officer_id]]


async def test_a_fortnight_that_is_over_before_its_next_turn_can_be_changed(site: Site, mine: UUID) -> None:
    async with site.unit() as session:
        row = await office.rule(
            session, mine, 1, "17:00", "19:00", pattern="fortnightly", valid_from=date(2026, 11, 23), valid_to=date(2026, 12, 6)
        )
    changed = RULE | {"pattern": "fortnightly", "starts": "18:00", "valid_from": "2026-11-23", "valid_to": "2026-12-06"}
    await site.post(at(mine, f"/hours/{row.id}"), changed)
    assert await rules(site) == [("17:00", date(2026, 11, 23), date(2026, 11, 29))]


async def test_hours_changed_from_a_later_day_stay_as_they_were_until_then(site: Site, mine: UUID) -> None:
    async with site.unit() as session:
        row = await office.rule(session, mine, 1, "17:00", "19:00")
    await site.post(at(mine, f"/hours/{row.id}"), RULE | {"starts": "18:00", "valid_from": "2027-01-11"})
    assert await rules(site) == [("17:00", office.LONG_AGO, date(2027, 1, 10)), ("18:00", date(2027, 1, 11), None)]


async def test_whoever_leaves_receives_no_more_and_what_was_stays(site: Site, mine: UUID) -> None:
    async with site.unit() as session:
        await office.rule(session, mine, 1, "17:00", "19:00")
        (await session.get_one(Officer, ((await site.city()).id, mine))).left_on = date(2026, 12, 8)
    days = [day for day, _ in await receivers(site, mine, date(2026, 11, 24), date(2026, 12, 31))]
    assert days == [date(2026, 11, 24), date(2026, 12, 1)]


async def test_a_stand_in_who_is_away_or_gone_receives_nobody(site: Site, mine: UUID) -> None:
    async with site.unit() as session:
        other = await office.officer(session, code="7", phones=(), email="", left_on=date(2026, 12, 22))
        await office.rule(session, mine, 1, "17:00", "19:00")
        days = {"first_day": date(2026, 12, 1), "last_day": date(2026, 12, 31), "created_at": MONDAY}
        await office.put(session, Absence(officer_id=mine, stand_in_id=other.id, stand_in_receives=True, **days))
        sick = {"first_day": date(2026, 12, 8), "last_day": date(2026, 12, 9), "created_at": MONDAY}
        await office.put(session, Absence(officer_id=other.id, **sick))
    found = await receivers(site, mine, date(2026, 12, 1), date(2026, 12, 31))
    assert found == [(date(2026, 12, 1), other.id), (date(2026, 12, 15), other.id)]


async def test_holidays_close_offices_only_where_the_city_says_so(site: Site, mine: UUID) -> None:
    async with site.unit() as session:
        await office.rule(session, mine, 4, "10:00", "12:00")
    christmas = date(2026, 12, 25)
    assert await receivers(site, mine, christmas, christmas) == [(christmas, mine)]
    await office.set_options(site, holidays_close=True)
    assert await receivers(site, mine, christmas, christmas) == []
