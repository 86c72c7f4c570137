"""The verbs of reception hours on the real database: what was stays, what never began goes, calendars hear of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import select

from src.local_officer.office_hours import queries
from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.officers.models import Absence, Officer
from src.local_officer.visits import service as visits
from tests.conftest import Clock
from tests.local_officer import office
from tests.mailbox import Mailbox
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


async def test_whoever_stands_in_and_falls_ill_leaves_their_visitors_too(
    site: Site, mine: UUID, clock: Clock, mail: Mailbox
) -> None:
    async with site.unit() as session:
        away = await office.officer(session, code="7", phones=(), email="")
        await office.rule(session, away.id, 1, "17:00", "19:00")
        days = {"first_day": date(2026, 12, 1), "last_day": date(2026, 12, 31), "created_at": MONDAY}
        await office.put(session, Absence(officer_id=away.id, stand_in_id=mine, stand_in_receives=True, **days))
        who = visits.Visitor("Олена", "olena@ukr.example", "", "Шум", "uk")
        slot = datetime(2026, 12, 8, 17, 0, tzinfo=KYIV)
        visit = await visits.hold(session, await site.city(), away.id, slot, who, now=clock.now)
        await visits.confirm(session, await site.city(), visit, now=clock.now)
    await site.post(at(mine, "/absences"), {"first_day": "2026-12-07", "last_day": "2026-12-09"})
    assert "Прийом не відбудеться" in (await office.subjects(mail, "olena@ukr.example"))[-1]


async def test_who_is_away_that_day_is_not_named_to_receive(site: Site, mine: UUID) -> None:
    async with site.unit() as session:
        other = await office.officer(session, code="7", phones=(), email="")
        days = {"first_day": date(2026, 12, 1), "last_day": date(2026, 12, 5), "created_at": MONDAY}
        await office.put(session, Absence(officer_id=other.id, **days))
        await office.rule(session, mine, 1, "17:00", "19:00")
    typed = {"day": "2026-12-01", "kind": "stand_in", "stand_in": str(other.id)}
    page = await site.post(at(mine, "/days"), typed, status=422)
    assert "Ця людина сама буде відсутня" in page.one("#stand_in-error").get_text()


async def test_a_station_and_another_place_at_once_are_not_guessed_about(site: Site, mine: UUID) -> None:
    async with site.unit() as session:
        station = await office.station(session)
    page = await site.post(at(mine, "/hours"), RULE | {"station": str(station.id)}, status=422)
    assert "Залиште щось одне" in page.one("#place-error").get_text()
    assert page.one("#place")["value"] == RULE["place"]
    await site.post(at(mine, "/hours"), RULE | {"station": str(station.id), "reception": "phone"})


async def test_weekly_hours_do_not_overlap_extra_hours_that_are_there(site: Site, mine: UUID) -> None:
    extra = {"day": "2026-12-15", "kind": "extra", "starts": "18:00", "ends": "20:00", "place": "сквер"}
    await site.post(at(mine, "/days"), extra)
    page = await site.post(at(mine, "/hours"), RULE, status=422)
    assert "15\u00a0грудня, 18:00–20:00" in page.one("#starts-error").get_text().replace("15 грудня", "15\u00a0грудня")
    await site.post(at(mine, "/hours"), RULE | {"valid_to": "2026-12-14"})


async def events(site: Site, officer_id: UUID) -> dict[str, Any]:
    feed = (await site.get(f"/office/officers/{officer_id}/calendar.ics")).text
    return {str(event["UID"]).split("@")[0]: event for event in Calendar.from_ical(feed).walk("VEVENT")}


async def test_a_calendar_tells_an_old_rule_with_all_that_was_ever_different(site: Site, mine: UUID) -> None:
    async with site.unit() as session:
        rule = await office.rule(session, mine, 1, "17:00", "19:00")
        await office.exception(session, mine, date(2026, 2, 10), "closed")
        days = {"first_day": date(2026, 4, 1), "last_day": date(2026, 4, 12), "created_at": MONDAY}
        await office.put(session, Absence(officer_id=mine, **days))
    rule_event = (await events(site, mine))[f"rule-{rule.id}"]
    assert [one.dts[0].dt.date() for one in rule_event["EXDATE"]] == [date(2026, 2, 10), date(2026, 4, 7)]


async def test_a_calendar_is_told_of_each_change_and_of_its_being_taken_back(site: Site, mine: UUID, clock: Clock) -> None:
    async with site.unit() as session:
        rule = await office.rule(session, mine, 1, "17:00", "19:00")
    sequences = [int((await events(site, mine))[f"rule-{rule.id}"]["SEQUENCE"])]
    clock.forward(minutes=5)
    await site.post(at(mine, "/days"), {"day": "2026-12-01", "kind": "closed"})
    sequences.append(int((await events(site, mine))[f"rule-{rule.id}"]["SEQUENCE"]))
    clock.forward(minutes=5)
    async with site.unit() as session:
        closed = (await session.execute(select(HoursException))).scalar_one()
    await site.post(at(mine, f"/days/{closed.id}/removal"))
    event = (await events(site, mine))[f"rule-{rule.id}"]
    assert "EXDATE" not in event
    assert sequences[0] < sequences[1] < int(event["SEQUENCE"])


async def test_files_are_named_whatever_the_service_number(site: Site, mine: UUID) -> None:
    async with site.unit() as session:
        odd = await office.officer(session, code='КБ "7"/2', phones=(), email="")
    for name in ("calendar.ics", "card.vcf", "poster.pdf"):
        await site.get(f"/office/officers/{odd.id}/{name}")
