"""Letters and pages of a visit: what they say, in whose language, with which place; what happens by itself; what is forgotten."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from src.local_officer.office_hours.models import HoursRule
from src.local_officer.officers.models import Absence, Officer
from src.local_officer.visits import personal_data, service
from src.local_officer.visits.models import Visit
from src.platform.data.tenancy import catalogue_changed
from src.platform.people.personal_data import Erasure, Subject
from src.tenants.safety import bans
from tests.conftest import Clock
from tests.local_officer import office
from tests.mailbox import Mailbox
from tests.site import Page, Site

KYIV = ZoneInfo("Europe/Kyiv")
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=KYIV)
TUESDAY = date(2026, 12, 1)
WHO = "olena@ukr.example"
GOOD = {"name": "Олена Коваль", "email": WHO, "phone": "050 765 43 21", "about": "Шум уночі"}


@pytest.fixture
async def officer_id(site: Site, clock: Clock) -> UUID:
    """An officer who receives on Tuesdays at a station whose address is known."""
    clock.now = MONDAY
    await office.set_options(site, visits=True, visit_minutes=20, visit_capacity=1, visit_days_ahead=7)
    async with site.unit() as session:
        row = await office.officer(session)
        where = await office.station(session)
        await office.rule(session, row.id, 1, "17:00", "18:00", station_id=where.id, place="")
        return row.id


async def hold(visitor: Site, officer_id: UUID, mail: Mailbox, *, minute: int = 0, **changes: str) -> str:
    """Ask for a time; the token of the letter's link."""
    at = datetime(2026, 12, 1, 17, minute, tzinfo=KYIV).isoformat()
    await visitor.post(f"/office/officers/{officer_id}/visit", GOOD | {"at": at} | changes)
    return await office.token(mail, changes.get("email", WHO), "/office/visits/")


async def confirmed(visitor: Site, officer_id: UUID, mail: Mailbox, *, minute: int = 0, **changes: str) -> str:
    token = await hold(visitor, officer_id, mail, minute=minute, **changes)
    await visitor.post(f"/office/visits/{token}/confirmation")
    return token


async def newest(mail: Mailbox, to: str = WHO) -> str:
    """The newest letter to an address, its subject first."""
    await mail.deliver()
    letter = mail.to(to)[-1]
    body = letter.get_body(("plain",))
    assert body is not None
    return f"{letter['Subject']}\n{body.get_content()}"


async def rows(site: Site) -> list[Visit]:
    async with site.unit() as session:
        return list(await session.scalars(select(Visit).order_by(Visit.id)))


async def absent(site: Site, officer_id: UUID, clock: Clock, **changes: object) -> None:
    async with site.unit() as session:
        given = {"officer_id": officer_id, "first_day": TUESDAY, "last_day": TUESDAY, "created_at": clock.now}
        await office.put(session, Absence(**given | changes))
        await service.reconcile(session, await site.city(), officer_id, by=None, now=clock.now)


# --- what letters say ------------------------------------------------------------------------------


async def test_a_letter_says_when_where_with_whom_and_how_to_cancel(site: Site, officer_id: UUID, mail: Mailbox) -> None:
    token = await confirmed(site, officer_id, mail)
    letter = await newest(mail)
    for words in ("вівторок, 1\u00a0грудня", "17:00–17:20", "вул. Хорива, 20", "Ірина Мельник", f"/office/visits/{token}"):
        assert words in letter
    assert "Шум уночі" not in letter, "what it is about is for whoever receives"
    assert "765" not in letter


async def test_letters_are_in_the_language_of_the_page_where_the_visit_was_booked(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    await confirmed(site.english, officer_id, mail)
    assert [row.language for row in await rows(site)] == ["en"]
    letter = await newest(mail)
    for words in ("Iryna Melnyk", "20 Khoryva St", "/en/office/visits/"):
        assert words in letter
    await absent(site, officer_id, clock)
    assert "/en/office/officers/" in await newest(mail), "the way to another time is in the same language"


async def test_whoever_booked_learns_the_exact_place_where_the_public_does_not(
    site: Site, officer_id: UUID, mail: Mailbox
) -> None:
    await office.set_options(site, hide_places=True, hide_names=True)
    token = await hold(site, officer_id, mail)
    public = await site.get(f"/office/officers/{officer_id}/visit")
    assert "Хорива" not in public.words
    assert "Мельник" not in public.words
    for text in (await newest(mail), (await site.get(f"/office/visits/{token}")).words):
        assert "вул. Хорива, 20" in text
        assert "0001234" in text
        assert "Мельник" not in text, "rank and service number only, in letters too"


async def test_by_phone_there_is_no_place_and_the_letter_says_who_calls(site: Site, officer_id: UUID, mail: Mailbox) -> None:
    async with site.unit() as session:
        await session.execute(update(HoursRule).values(reception="phone", station_id=None))
    await hold(site, officer_id, mail)
    letter = await newest(mail)
    assert "Офіцер зателефонує вам" in letter
    assert "Де:" not in letter


async def test_a_visit_called_off_leads_to_another_time_while_there_is_one(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    token = await confirmed(site, officer_id, mail)
    await absent(site, officer_id, clock)
    letter = await newest(mail)
    assert "не відбудеться" in letter
    assert f"/office/officers/{officer_id}/visit" in letter
    assert (await site.get(f"/office/visits/{token}")).one(f'a[href$="/office/officers/{officer_id}/visit"]')


@pytest.mark.parametrize("because", ["visits are off", "the officer left"])
async def test_where_there_is_none_the_letter_and_the_page_lead_to_whoever_serves_now(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock, because: str
) -> None:
    """A link into a 404 would be the last thing that somebody needs whose visit was called off."""
    token = await confirmed(site, officer_id, mail)
    if because == "visits are off":
        await office.set_options(site, visits=False)
        await absent(site, officer_id, clock)
    else:
        async with site.unit() as session:
            await session.execute(update(Officer).values(left_on=MONDAY.date()))
            await catalogue_changed(session)
            assert await service.reconcile(session, await site.city(), officer_id, by=None, now=clock.now) == (0, 1)
    letter = await newest(mail)
    assert "не відбудеться" in letter
    assert f"{officer_id}/visit" not in letter
    page = await site.get(f"/office/visits/{token}")
    assert f"{officer_id}/visit" not in page.text
    assert page.all('a[href$="/office"]')


# --- what pages say ----------------------------------------------------------------------------------


async def press(site: Site, token: str, *, status: int) -> Page:
    return await site.post(f"/office/visits/{token}/confirmation", status=status)


async def test_the_button_of_an_old_letter_says_what_became_of_the_visit(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    token = await confirmed(site, officer_id, mail)
    await press(site, token, status=303)
    assert len(await office.subjects(mail, WHO)) == 2, "pressing it twice writes no second letter"
    await site.post(f"/office/visits/{token}/cancellation")
    page = await press(site, token, status=409)
    assert "Запис скасовано" in page.one("h1").get_text()
    assert "зайняли" not in page.words
    second = await confirmed(site, officer_id, mail, email="second@ukr.example")
    await absent(site, officer_id, clock)
    page = await press(site, second, status=409)
    assert "Прийом не відбудеться" in page.one("h1").get_text()
    assert "зайняли" not in page.words


async def test_hours_that_ended_before_the_letter_was_read_are_not_booked(site: Site, officer_id: UUID, mail: Mailbox) -> None:
    token = await hold(site, officer_id, mail)
    async with site.unit() as session:
        await session.execute(update(HoursRule).values(valid_to=MONDAY.date()))
    page = await press(site, token, status=409)
    assert "Прийом не відбудеться" in page.one("h1").get_text()
    assert [row.state for row in await rows(site)] == ["held"], "a refusal changes nothing"


async def test_a_visit_that_has_begun_has_no_buttons_that_do_nothing(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    token = await confirmed(site, officer_id, mail)
    clock.now = datetime(2026, 12, 1, 17, 5, tzinfo=KYIV)
    assert not (await site.get(f"/office/visits/{token}")).all('form[action$="/cancellation"]')
    await site.post(f"/office/visits/{token}/cancellation")
    assert [row.state for row in await rows(site)] == ["booked"]
    clock.now = datetime(2026, 12, 1, 17, 30, tzinfo=KYIV)
    assert "уже минув" in (await site.get(f"/office/visits/{token}")).words


@pytest.mark.parametrize(("button", "status"), [("", "TENTATIVE"), ("confirmation", "CONFIRMED"), ("cancellation", "CANCELLED")])
async def test_the_calendar_file_has_the_moment_with_its_zone_and_says_how_it_stands(
    site: Site, officer_id: UUID, mail: Mailbox, button: str, status: str
) -> None:
    token = await hold(site, officer_id, mail)
    if button:
        await site.post(f"/office/visits/{token}/{button}")
    file = await site.get(f"/office/visits/{token}/visit.ics")
    calendar = Calendar.from_ical(file.text)
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].dt == datetime(2026, 12, 1, 17, 0, tzinfo=KYIV)
    assert event["DTEND"].dt == datetime(2026, 12, 1, 17, 20, tzinfo=KYIV)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Kyiv"]
    assert (str(event["STATUS"]), "Хорива" in str(event["LOCATION"])) == (status, True)
    assert not any(word in file.text for word in ("Коваль", WHO, "Шум"))


async def test_nobody_learns_who_booked(site: Site, officer_id: UUID, mail: Mailbox) -> None:
    token = await confirmed(site, officer_id, mail)
    for path in (f"/office/officers/{officer_id}/visit", f"/office/officers/{officer_id}", f"/office/visits/{token}"):
        page = await site.another_browser().get(path)
        assert not any(word in page.text for word in ("Коваль", WHO, "380507654321", "Шум уночі")), path
    answers = [
        await site.post(
            f"/office/officers/{officer_id}/visit",
            GOOD | {"at": datetime(2026, 12, 1, 17, minute, tzinfo=KYIV).isoformat(), "email": email},
        )
        for minute, email in ((20, WHO), (40, "nobody@ukr.example"))
    ]
    assert len({answer.location for answer in answers}) == 1, "an address that has a visit is answered like any other"


async def test_a_ban_stops_a_network_at_once_and_an_address_when_it_is_shown_to_be_theirs(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    async with site.unit() as session:
        admin = await office.own_account(session, await session.get_one(Officer, ((await site.city()).id, officer_id)))
        await bans.add(session, kind="email", value=WHO, reason="Розсилка", until=None, by=admin.id, now=clock.now)
    token = await hold(site, officer_id, mail)
    assert (await press(site, token, status=403)).status == 403
    assert [row.state for row in await rows(site)] == ["held"]
    async with site.unit() as session:
        await bans.add(session, kind="network", value="127.0.0.0/16", reason="Розсилка", until=None, by=admin.id, now=clock.now)
    await site.post(f"/office/officers/{officer_id}/visit", GOOD, status=403)


# --- what happens by itself ----------------------------------------------------------------------------


async def test_visits_are_put_in_order_also_when_the_citys_settings_changed(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    """No desk saw this change: the hourly job does."""
    async with site.unit() as session:
        await office.exception(session, officer_id, date(2026, 12, 1), "closed", changed_at=clock.now)
        await session.execute(update(HoursRule).values(weekday=4))
    clock.now = datetime(2026, 12, 21, 9, 0, tzinfo=KYIV)
    at = datetime(2026, 12, 25, 17, 0, tzinfo=KYIV).isoformat()  # Christmas, a Friday
    await site.post(f"/office/officers/{officer_id}/visit", GOOD | {"at": at})
    await press(site, await office.token(mail, WHO, "/office/visits/"), status=303)
    city = await site.city()
    async with site.unit() as session:
        await service.reconcile_all(session, city, now=clock.now)
    assert [row.state for row in await rows(site)] == ["booked"]
    await office.set_options(site, holidays_close=True)
    city = await site.city()
    async with site.unit() as session:
        await service.reconcile_all(session, city, now=clock.now)
    assert [row.state for row in await rows(site)] == ["called_off"]
    assert "не відбудеться" in await newest(mail)


async def test_a_visit_is_moved_when_only_its_place_changes(site: Site, officer_id: UUID, mail: Mailbox, clock: Clock) -> None:
    token = await confirmed(site, officer_id, mail)
    async with site.unit() as session:
        await session.execute(update(HoursRule).values(station_id=None, place="вул. Сагайдачного, 1"))
        assert await service.reconcile(session, await site.city(), officer_id, by=None, now=clock.now) == (1, 0)
    assert "Сагайдачного" in await newest(mail)
    assert "Сагайдачного" in (await site.get(f"/office/visits/{token}")).words


async def test_the_reminder_comes_only_for_tomorrow_and_only_to_whoever_still_comes(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    clock.now = MONDAY - timedelta(days=2)
    await confirmed(site, officer_id, mail)
    gone = await confirmed(site, officer_id, mail, minute=20, email="gone@ukr.example")
    await site.post(f"/office/visits/{gone}/cancellation")
    await hold(site, officer_id, mail, minute=40, email="held@ukr.example")
    city = await site.city()
    counts = []
    for day in (MONDAY - timedelta(days=1), MONDAY, MONDAY + timedelta(days=1)):
        async with site.unit() as session:
            counts.append(await service.remind_of_tomorrow(session, city, now=day))
    assert counts == [0, 1, 0]
    assert "Нагадуємо про прийом" in await newest(mail)
    for other in ("gone@ukr.example", "held@ukr.example"):
        assert "Нагадуємо" not in await newest(mail, other)


# --- personal data ---------------------------------------------------------------------------------------


async def test_whoever_asks_gets_their_visits_and_erasing_frees_the_time(
    site: Site, officer_id: UUID, mail: Mailbox, clock: Clock
) -> None:
    token = await confirmed(site, officer_id, mail)
    await confirmed(site, officer_id, mail, minute=20, email="other@ukr.example")
    subject = Subject(WHO, UUID(int=0))
    async with site.unit() as session:
        (told,) = [record async for record in personal_data.visits(session, subject)]
        assert (told["name"], told["phone"], told["about"]) == ("Олена Коваль", "+380507654321", "Шум уночі")
        await personal_data.erase(session, subject, Erasure(clock.now, "anonymous"))
    mine, other = await rows(site)
    assert (mine.state, mine.name, mine.email, mine.phone, mine.about) == ("cancelled", "", "", "", "")
    assert mine.erased_at == clock.now
    assert (other.state, other.email, other.erased_at) == ("booked", "other@ukr.example", None)
    assert "Запис скасовано" in (await site.get(f"/office/visits/{token}")).one("h1").get_text()
    assert "17:00" in [
        slot.get_text().split(",")[0] for slot in (await site.get(f"/office/officers/{officer_id}/visit")).all(".slot")
    ]
