"""Booking a visit: slots, the form's wrong inputs, the letter's link, cancelling, what happens when hours change."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from src.local_officer.office_hours.models import HoursRule
from src.local_officer.officers.models import Absence
from src.local_officer.visits import jobs, service
from src.local_officer.visits.models import Visit
from src.local_officer.visits.queries import booked
from tests.conftest import Clock
from tests.local_officer import office
from tests.mailbox import Mailbox
from tests.site import Page, Site

KYIV = ZoneInfo("Europe/Kyiv")
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=KYIV)
TUESDAY = date(2026, 12, 1)
GOOD = {"name": "Олена Коваль", "email": "Olena@ukr.example", "phone": "067 123 45 67", "about": "Шум уночі"}


@pytest.fixture
async def officer_id(site: Site, clock: Clock) -> UUID:
    """An officer who receives on Tuesdays from 17:00 to 18:00, in slots of twenty minutes."""
    clock.now = MONDAY
    await office.set_options(site, visits=True, visit_minutes=20, visit_capacity=1, visit_days_ahead=7)
    async with site.unit() as session:
        row = await office.officer(session)
        await office.rule(session, row.id, 1, "17:00", "18:00")
        return row.id


def address(officer_id: UUID) -> str:
    return f"/office/officers/{officer_id}/visit"


def moment(hour: int, minute: int = 0, day: date = TUESDAY) -> str:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=KYIV).isoformat()


async def book(site: Site, officer_id: UUID, *, at: str = "", status: int = 303, **changes: str) -> Page:
    return await site.post(address(officer_id), GOOD | {"at": at or moment(17)} | changes, status=status)


async def only(site: Site) -> Visit:
    async with site.unit() as session:
        return (await session.execute(select(Visit))).scalar_one()


async def link(mail: Mailbox, to: str = "olena@ukr.example") -> str:
    return await office.token(mail, to, "/office/visits/")


def times(page: Page) -> list[str]:
    return [slot.get_text().split(",")[0] for slot in page.all(".slot")]


async def test_only_times_inside_reception_hours_are_offered(site: Site, officer_id: UUID, clock: Clock) -> None:
    page = await site.get(address(officer_id))
    assert times(page) == ["17:00", "17:20", "17:40"]
    assert "вівторок, 1\u00a0грудня" in page.one("section h2").get_text()
    clock.now = datetime(2026, 12, 1, 16, 10, tzinfo=KYIV)
    assert times(await site.get(address(officer_id))) == ["17:20", "17:40", "17:00", "17:20", "17:40"], (
        "an hour's notice, and next week"
    )
    await office.set_options(site, visit_days_ahead=3)
    assert times(await site.get(address(officer_id))) == ["17:20", "17:40"]


async def test_a_visit_is_held_confirmed_by_the_link_and_cancelled(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    sent = await site.get((await book(site, officer_id)).location)
    assert "Перевірте пошту" in sent.one("h1").get_text()
    visit = await only(site)
    assert (visit.state, visit.email, visit.phone, visit.seat) == ("held", "olena@ukr.example", "+380671234567", 1)
    assert times(await site.get(address(officer_id))) == ["17:20", "17:40"]
    token = await link(mail)
    page = await site.get(f"/office/visits/{token}")
    assert "Підтвердьте запис" in page.one("h1").get_text()
    assert (await only(site)).state == "held", "opening the link changes nothing"
    await site.post(f"/office/visits/{token}/confirmation")
    page = await site.get(f"/office/visits/{token}")
    assert "Вас записано на прийом" in page.one("h1").get_text()
    assert "вул. Хорива, 20" in page.words
    calendar = await site.get(f"/office/visits/{token}/visit.ics")
    assert "DTSTART;TZID=Europe/Kyiv:20261201T170000" in calendar.text
    async with site.unit() as session:
        assert [one.id for one in await booked(session, await site.city(), officer_id, TUESDAY, TUESDAY)] == [visit.id]
    await site.post(f"/office/visits/{token}/cancellation")
    assert (await only(site)).state == "cancelled"
    assert times(await site.get(address(officer_id))) == ["17:00", "17:20", "17:40"]
    subjects = await office.subjects(mail, "olena@ukr.example")
    assert [subject.split(":")[0] for subject in subjects] == [
        "Підтвердьте запис на прийом", "Вас записано на прийом", "Ви скасували запис на прийом",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": ""}, "name", "Напишіть, як до вас звертатися"),
        ({"name": "я" * 101}, "name", "Скоротіть ім’я до 100 знаків"),
        ({"email": "olena"}, "email", "Напишіть свою електронну адресу"),
        ({"email": ""}, "email", "Напишіть свою електронну адресу"),
        ({"phone": "12"}, "phone", "Перевірте номер"),
        ({"phone": "не скажу"}, "phone", "Перевірте номер"),
        ({"about": ""}, "about", "Напишіть одним рядком, про що хочете поговорити"),
        ({"about": "ш" * 301}, "about", "Скоротіть до 300 знаків"),
        ({"about": "a\ufffdb"}, "about", "Частину знаків не вдалося прочитати"),
    ],
)
async def test_wrong_input_is_told_at_its_field_and_what_was_typed_stays(
    site: Site, officer_id: UUID, changes: dict[str, str], field: str, sentence: str
) -> None:
    page = await book(site, officer_id, status=422, **changes)
    assert sentence in page.one(f"#{field}-error").get_text()
    for name, value in (GOOD | changes).items():
        assert page.one(f"[name={name}]").get("value", "") == value
    assert page.one("[name=at]")["value"] == moment(17)


async def test_whoever_is_received_by_phone_has_to_leave_a_number(site: Site, officer_id: UUID) -> None:
    async with site.unit() as session:
        await session.execute(update(HoursRule).values(reception="phone", place=""))
    page = await book(site, officer_id, status=422, phone="")
    assert "Напишіть номер, на який офіцерові зателефонувати" in page.one("#phone-error").get_text()


@pytest.mark.parametrize(
    "at",
    [
        "",
        "вчора",
        "2026-12-01T17:00",
        "2026-12-01T17:05+02:00",
        "2026-12-01T16:40+02:00",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-12:00",
    ],
)
async def test_a_time_that_is_no_slot_leads_to_those_that_are_with_everything_typed(
    site: Site, officer_id: UUID, at: str
) -> None:
    page = await site.post(address(officer_id), GOOD | {"at": at}, status=409)
    assert times(page) == ["17:00", "17:20", "17:40"]
    form = page.all("form:has(.slot)")[1]
    typed = {str(one["name"]): str(one["value"]) for one in form.select("input")}
    assert typed == GOOD | {"at": moment(17, 20), "again": "1"}
    again = await site.post(address(officer_id), typed, status=200)
    assert [again.one(f"[name={name}]")["value"] for name in GOOD] == list(GOOD.values())


async def test_two_people_can_never_get_the_last_slot(site: Site, officer_id: UUID) -> None:
    """Fifteen at the same moment for two seats: two get them, the others are told calmly."""
    await office.set_options(site, visit_capacity=2)
    pages = await asyncio.gather(
        *(
            site.another_browser().post(
                address(officer_id), GOOD | {"at": moment(17), "email": f"who{number}@ukr.example"}, status=None
            )
            for number in range(15)
        )
    )
    assert sorted(page.status for page in pages) == [303] * 2 + [409] * 13
    loser = next(page for page in pages if page.status == 409)
    assert "Цей час щойно зайняли" in loser.words
    async with site.unit() as session:
        rows = (await session.execute(select(Visit.starts_at, Visit.seat))).all()
    assert sorted(seat for _, seat in rows) == [1, 2]


async def test_the_seat_of_a_visit_that_nobody_confirmed_is_free_after_an_hour(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    await book(site, officer_id)
    token = await link(mail)
    clock.forward(minutes=61)
    await book(site, officer_id, email="second@ukr.example")
    late = await site.post(f"/office/visits/{token}/confirmation", status=409)
    assert "Поки лист чекав, цей час зайняли" in late.words
    async with site.unit() as session:
        states = {row.email: row.state for row in await session.scalars(select(Visit))}
    assert states == {"olena@ukr.example": "lapsed", "second@ukr.example": "held"}


async def test_a_late_confirmation_counts_while_the_time_is_still_free(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    await book(site, officer_id)
    clock.forward(hours=2)
    await site.post(f"/office/visits/{await link(mail)}/confirmation")
    assert (await only(site)).state == "booked"


async def confirmed(site: Site, officer_id: UUID, mail: Mailbox) -> str:
    await book(site, officer_id)
    token = await link(mail)
    await site.post(f"/office/visits/{token}/confirmation")
    return token


async def away(site: Site, officer_id: UUID, clock: Clock, **changes: Any) -> tuple[int, int]:
    """The officer is away that Tuesday."""
    async with site.unit() as session:
        await office.put(
            session,
            Absence(**{"officer_id": officer_id, "first_day": TUESDAY, "last_day": TUESDAY, "created_at": clock.now} | changes),
        )
        return await service.reconcile(session, await site.city(), officer_id, by=None, now=clock.now)


async def test_an_absence_calls_visits_off_and_tells_people(site: Site, officer_id: UUID, mail: Mailbox, clock: Clock) -> None:
    token = await confirmed(site, officer_id, mail)
    assert await away(site, officer_id, clock) == (0, 1)
    assert "Прийом не відбудеться" in (await office.subjects(mail, "olena@ukr.example"))[-1]
    page = await site.get(f"/office/visits/{token}")
    assert "Прийом не відбудеться" in page.one("h1").get_text()
    assert page.one(f'a[href$="{address(officer_id)}"]')


async def test_an_absence_with_a_stand_in_moves_visits_to_them_and_tells_people(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    token = await confirmed(site, officer_id, mail)
    async with site.unit() as session:
        other = await office.officer(session, code="7", name={"uk": "Тарас Гнатюк", "en": "Taras Hnatiuk"}, phones=())
    assert await away(site, officer_id, clock, stand_in_id=other.id, stand_in_receives=True) == (1, 0)
    visit = await only(site)
    assert (visit.state, visit.receiver_id) == ("booked", other.id)
    assert "Зміни у вашому записі" in (await office.subjects(mail, "olena@ukr.example"))[-1]
    assert "Тарас Гнатюк" in (await site.get(f"/office/visits/{token}")).words
    async with site.unit() as session:
        assert await service.reconcile(session, await site.city(), officer_id, by=None, now=clock.now) == (0, 0)


async def test_the_evening_before_people_are_reminded_once(site: Site, officer_id: UUID, mail: Mailbox, clock: Clock) -> None:
    clock.now = MONDAY - timedelta(days=2)
    await confirmed(site, officer_id, mail)
    for _ in range(2):
        async with site.unit() as session:
            await service.remind_of_tomorrow(session, await site.city(), now=MONDAY)
    subjects = await office.subjects(mail, "olena@ukr.example")
    assert [subject for subject in subjects if subject.startswith("Нагадуємо про прийом")] == subjects[2:]
    assert len(subjects) == 3


async def test_who_came_is_forgotten_a_month_later(site: Site, officer_id: UUID, mail: Mailbox, clock: Clock) -> None:
    await confirmed(site, officer_id, mail)
    async with site.unit() as session:
        await service.forget_past(session, now=MONDAY + timedelta(days=30))
    assert (await only(site)).name == "Олена Коваль"
    async with site.unit() as session:
        await service.forget_past(session, now=MONDAY + timedelta(days=33))
    visit = await only(site)
    assert (visit.name, visit.email, visit.phone, visit.about) == ("", "", "", "")
    assert visit.erased_at


async def test_a_city_without_visits_offers_none_but_links_still_work(site: Site, officer_id: UUID, mail: Mailbox) -> None:
    token = await confirmed(site, officer_id, mail)
    await office.set_options(site, visits=False)
    await site.get(address(officer_id), status=404)
    await book(site, officer_id, status=404)
    assert "Вас записано" in (await site.get(f"/office/visits/{token}")).words
    await office.set_options(site, visits=True, office=False)
    await site.get(address(officer_id), status=404)


async def test_a_link_of_another_city_or_a_forged_one_leads_nowhere(
    site: Site, poltava: Site, officer_id: UUID, mail: Mailbox
) -> None:
    await book(site, officer_id)
    token = await link(mail)
    for visitor, key in ((poltava, token), (site, token[:-2] + "xx"), (site, "nothing")):
        await visitor.get(f"/office/visits/{key}", status=404)
        await visitor.post(f"/office/visits/{key}/confirmation", status=404)
        await visitor.post(f"/office/visits/{key}/cancellation", status=404)


async def test_the_jobs_find_every_city(site: Site, officer_id: UUID) -> None:
    await book(site, officer_id)
    city = await site.city()
    for job in (jobs.lapse_visits, jobs.remind_of_visits, jobs.reconcile_visits, jobs.forget_visits):
        await job.run(site.door.database, city.id)
