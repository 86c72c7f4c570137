"""The administrator's pages: officers, invitations, beats and who serves them, stations, the module's settings, reminders."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from src.local_officer.desk import jobs
from src.local_officer.officers.models import Assignment, Invitation, Officer, Station
from src.local_officer.officers.queries import office as office_of
from src.platform.people.accounts.models import Account, AccountSession
from src.platform.people.audit.models import AuditEvent
from src.platform.people.personal_data import HOLDERS, Erasure, subject
from tests.conftest import Clock
from tests.local_officer import office
from tests.mailbox import Mailbox
from tests.site import Site

KYIV = ZoneInfo("Europe/Kyiv")
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=KYIV)
RECORD = {
    "code": "0042", "name_uk": "Тарас Гнатюк", "name_en": "Taras Hnatiuk", "rank": "major", "post": "officer",
    "station": "", "phones": "102", "email": "", "languages": ["uk"],
}  # fmt: skip
SETTINGS = {
    "office": "1", "office_confirm_days": "30", "curfew_from": "00:00", "curfew_to": "05:00", "visits": "1",
    "visit_minutes": "15", "visit_capacity": "1", "visit_days_ahead": "14", "direct_questions": "1",
}  # fmt: skip


@pytest.fixture
async def admin(site: Site, clock: Clock) -> Site:
    """The administrator's browser."""
    clock.now = MONDAY
    await site.sign_in("administrator")
    return site


async def one(site: Site, model: Any) -> Any:
    async with site.unit() as session:
        return (await session.execute(select(model))).scalar_one()


async def rows(site: Site, model: Any) -> list[Any]:
    async with site.unit() as session:
        return list((await session.scalars(select(model))).all())


# --- records -------------------------------------------------------------------------------------


async def test_an_officer_is_added_changed_found_and_leaves_with_history_kept(admin: Site, clock: Clock) -> None:
    added = await admin.post("/staff/offices/new", RECORD, follow=True, status=200)
    assert "Збережено" in added.words
    officer = await one(admin, Officer)
    await admin.post(f"/staff/offices/{officer.id}/record", RECORD | {"rank": "colonel"})
    listed = await admin.get("/staff/offices?q=гнатюк")
    assert "Тарас Гнатюк" in listed.words
    assert "полковник поліції" in listed.words
    async with admin.unit() as session:
        beat = await office.beat(session)
        await office.assign(session, beat.id, officer.id)
    await admin.post(f"/staff/offices/{officer.id}/departure", {"left_on": "2026-12-10"})
    assignment = await one(admin, Assignment)
    assert (assignment.last_day, (await one(admin, Officer)).left_on) == (date(2026, 12, 9), date(2026, 12, 10))
    clock.forward(days=11)
    await admin.sign_in("administrator")
    assert "Тарас Гнатюк" not in (await admin.get("/staff/offices")).words
    assert "Тарас Гнатюк" in (await admin.get(f"/staff/beats/{beat.id}")).words


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"code": ""}, "code", "Напишіть номер жетона"),
        ({"code": "1" * 21}, "code", "Скоротіть до 20 знаків"),
        ({"code": "0001234"}, "code", "Цей номер жетона вже має Ірина Мельник"),
        ({"name_uk": ""}, "name_uk", "Напишіть ім’я і прізвище"),
        ({"name_uk": "я" * 121}, "name_uk", "Скоротіть до 120 знаків"),
        ({"name_en": "a\ufffd"}, "name_en", "Частину знаків не вдалося прочитати"),
        ({"phones": "немає"}, "phones", "не схоже на номер"),
        ({"email": "x@"}, "email", "Перевірте електронну адресу"),
        ({"station": "0195a000-0000-7000-8000-00000000000a"}, "station", "Виберіть зі списку"),
    ],
)
async def test_wrong_records_are_told_at_their_field_and_what_was_typed_stays(
    admin: Site, changes: dict[str, Any], field: str, sentence: str
) -> None:
    async with admin.unit() as session:
        await office.officer(session)
    page = await admin.post("/staff/offices/new", RECORD | changes, status=422)
    assert sentence in page.one(f"#{field}-error").get_text()
    assert page.one("[name=name_en]").get("value", "") == (RECORD | changes)["name_en"]
    assert len(await rows(admin, Officer)) == 1


async def test_a_long_list_has_pages(admin: Site) -> None:
    async with admin.unit() as session:
        for number in range(103):
            await office.officer(session, code=f"{number:04}", phones=(), name={"uk": f"Офіцер {number:04}", "en": ""})
    first = await admin.get("/staff/offices")
    assert len(first.all(".desk-list > li")) == 100
    second = await admin.get(str(first.one("a[rel=next]")["href"]))
    assert len(second.all(".desk-list > li")) == 3
    assert not second.all("a[rel=next]")
    for wrong in ("x", "99999999999", "-1"):
        assert (await admin.get(f"/staff/offices?after={wrong}")).all("h1")


# --- invitations ---------------------------------------------------------------------------------


async def invited(admin: Site, mail: Mailbox, email: str = "Taras@police.example") -> tuple[UUID, str]:
    """An officer, and what stands in the link of their letter."""
    async with admin.unit() as session:
        officer = await office.officer(session)
    await admin.post(f"/staff/offices/{officer.id}/invitation", {"invite_email": email})
    return officer.id, await office.token(mail, email.lower(), "/office/invitations/")


async def test_an_officer_who_leaves_gives_the_office_back_to_the_city(admin: Site, mail: Mailbox) -> None:
    officer_id, token = await invited(admin, mail)
    await admin.another_browser().post(f"/office/invitations/{token}")
    async with admin.unit() as session:
        keeper = (await session.execute(select(Officer.account_id).where(Officer.id == officer_id))).scalar_one()
    page = await admin.get(f"/staff/settings/staff/{keeper}")
    assert "кабінет дільничного:" in page.words
    await admin.post(f"/staff/settings/staff/{keeper}/leaving", {"heir": str(await admin.moderator())})
    async with admin.unit() as session:
        assert (await session.execute(select(Officer.account_id).where(Officer.id == officer_id))).scalar_one() is None


async def test_an_invitation_makes_an_account_that_keeps_this_office(admin: Site, mail: Mailbox) -> None:
    officer_id, token = await invited(admin, mail)
    guest = admin.another_browser()
    page = await guest.get(f"/office/invitations/{token}")
    assert "Ірина Мельник" in page.words
    assert (await one(admin, Officer)).account_id is None, "opening the link changes nothing"
    assert (await guest.post(f"/office/invitations/{token}")).location == "/sign-in?next=/staff/office"
    await guest.sign_in_as("taras@police.example")
    assert (await guest.get("/staff/office", status=303)).location == f"/staff/offices/{officer_id}"
    await admin.another_browser().get(f"/office/invitations/{token}", status=404)
    async with admin.unit() as session:
        account = (await session.execute(select(Account).where(Account.email == "taras@police.example"))).scalar_one()
    assert (account.roles, account.name) == (["local_officer"], "Ірина Мельник")


async def test_access_that_is_taken_away_ends_at_once(admin: Site, mail: Mailbox) -> None:
    officer_id, token = await invited(admin, mail)
    guest = admin.another_browser()
    await guest.post(f"/office/invitations/{token}")
    await guest.sign_in_as("taras@police.example")
    await guest.get(f"/staff/offices/{officer_id}")
    await admin.post(f"/staff/offices/{officer_id}/invitation/removal")
    assert "/sign-in" in (await guest.get(f"/staff/offices/{officer_id}", status=303)).location
    async with admin.unit() as session:
        left = await session.scalars(select(AccountSession).join(Account, Account.id == AccountSession.account_id).where(
            Account.email == "taras@police.example"
        ))  # fmt: skip
        assert left.all() == []


async def test_an_invitation_works_for_a_week_once_and_until_the_next_one(admin: Site, mail: Mailbox, clock: Clock) -> None:
    officer_id, first = await invited(admin, mail)
    await admin.post(f"/staff/offices/{officer_id}/invitation", {"invite_email": "other@police.example"})
    second = await office.token(mail, "other@police.example", "/office/invitations/")
    guest = admin.another_browser()
    await guest.get(f"/office/invitations/{first}", status=404)
    await guest.get(f"/office/invitations/{second}")
    clock.forward(days=7, seconds=1)
    await guest.post(f"/office/invitations/{second}", status=404)


async def test_one_account_keeps_one_office(admin: Site, mail: Mailbox) -> None:
    async with admin.unit() as session:
        other = await office.officer(session, code="7", phones=(), name={"uk": "Тарас Гнатюк", "en": ""})
        await office.own_account(session, other, "taras@police.example")
    _, token = await invited(admin, mail)
    page = await admin.another_browser().post(f"/office/invitations/{token}", status=409)
    assert "З цією адресою вже ведуть інший кабінет" in page.words


async def test_an_invitation_needs_an_address(admin: Site) -> None:
    async with admin.unit() as session:
        officer = await office.officer(session)
    page = await admin.post(f"/staff/offices/{officer.id}/invitation", {"invite_email": "ні"}, status=422)
    assert "Перевірте електронну адресу" in page.one("#invite_email-error").get_text()
    assert page.one("[name=name_uk]")["value"] == "Ірина Мельник"
    assert await rows(admin, Invitation) == []


async def test_an_officer_who_deletes_their_data_leaves_the_office_to_the_city(admin: Site, mail: Mailbox, clock: Clock) -> None:
    async with admin.unit() as session:
        officer = await office.officer(session, email="own.officer@police.example")
        account = await office.own_account(session, officer)
        about = await subject(session, email=account.email, account_id=account.id)
        exported = [record async for record in HOLDERS["local_officer"].export(session, about)]
        await HOLDERS["local_officer"].erase(session, about, Erasure(clock.now, "anonymous"))
    assert exported[0]["name"]["uk"] == "Ірина Мельник"
    left = await one(admin, Officer)
    assert (left.account_id, left.email, left.name["uk"]) == (None, "", "Ірина Мельник")


# --- beats and stations --------------------------------------------------------------------------


async def test_a_beat_is_handed_over_shared_and_covered_and_nothing_is_lost(admin: Site) -> None:
    async with admin.unit() as session:
        beat = await office.beat(session)
        first = await office.officer(session)
        second = await office.officer(session, code="2", name={"uk": "Тарас Гнатюк", "en": ""}, phones=())
        third = await office.officer(session, code="3", name={"uk": "Олег Сич", "en": ""}, phones=())
        await office.assign(session, beat.id, first.id)
    where = f"/staff/beats/{beat.id}/assignments"
    await admin.post(where, {"officer": str(second.id), "how": "instead", "first_day": "2026-12-07"})
    await admin.post(where, {"officer": str(third.id), "how": "besides", "first_day": "2026-12-07"})
    await admin.post(where, {"officer": str(first.id), "how": "stand_in", "first_day": "2026-12-20", "last_day": "2026-12-27"})
    kept = sorted((one_.officer_id, one_.first_day, one_.last_day, one_.stand_in) for one_ in await rows(admin, Assignment))
    assert kept == sorted(
        [
            (first.id, office.LONG_AGO, date(2026, 12, 6), False),
            (second.id, date(2026, 12, 7), None, False),
            (third.id, date(2026, 12, 7), None, False),
            (first.id, date(2026, 12, 20), date(2026, 12, 27), True),
        ]
    )
    async with admin.unit() as session:
        source = await office_of(session)
    assert [item.officer_id for item in source.serving(beat.id, date(2026, 12, 1))] == [first.id]
    assert {item.officer_id for item in source.serving(beat.id, date(2026, 12, 8))} == {second.id, third.id}
    assert {item.officer_id for item in source.serving(beat.id, date(2026, 12, 21))} == {first.id, second.id, third.id}
    future = next(one_ for one_ in await rows(admin, Assignment) if one_.stand_in)
    await admin.post(f"{where}/{future.id}/end")
    assert len(await rows(admin, Assignment)) == 3


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"officer": "", "first_day": "2026-12-07"}, "officer", "Виберіть офіцера"),
        ({"first_day": ""}, "first_day", "Напишіть перший день"),
        ({"first_day": "2026-11-29"}, "first_day", "уже минув"),
        ({"how": "stand_in", "first_day": "2026-12-07"}, "last_day", "до якого дня він заміняє"),
        ({"how": "besides", "first_day": "2026-12-07", "last_day": "2026-12-01"}, "last_day", "не раніше першого"),
        ({"how": "besides", "first_day": "2026-12-07"}, "officer", "уже закріплений"),
    ],
)
async def test_wrong_assignments_are_told_at_their_field(admin: Site, typed: dict[str, str], field: str, sentence: str) -> None:
    async with admin.unit() as session:
        beat, officer = await office.beat(session), await office.officer(session)
        await office.assign(session, beat.id, officer.id)
    sent = {"officer": str(officer.id), "how": "instead"} | typed
    page = await admin.post(f"/staff/beats/{beat.id}/assignments", sent, status=422)
    assert sentence in page.one(f"#{field}-error").get_text()


async def test_a_beat_gets_a_name_and_a_station_and_vacant_ones_are_listed(admin: Site) -> None:
    async with admin.unit() as session:
        beat, station = await office.beat(session), await office.station(session)
    assert "без офіцера" in (await admin.get("/staff/beats?show=vacant")).words
    where = f"/staff/beats/{beat.id}"
    page = await admin.post(where, {"name_uk": "", "name_en": "x" * 121}, status=422)
    assert "Напишіть назву дільниці" in page.one("#name_uk-error").get_text()
    assert "Скоротіть" in page.one("#name_en-error").get_text()
    done = await admin.post(where, {"name_uk": "Контрактова площа", "station": str(station.id)}, follow=True, status=200)
    assert "Контрактова площа" in done.one("h1").get_text()


async def test_stations_are_added_and_changed(admin: Site) -> None:
    typed = {
        "name_uk": "Подільський відділ",
        "address_uk": "вул. Хорива, 20",
        "phone": "044 416 12 02",
        "lat": "50,466",
        "lon": "30.512",
    }
    await admin.post("/staff/stations", typed)
    station = await one(admin, Station)
    assert (station.phone, station.lat, station.lon) == ("+380444161202", 50.466, 30.512)
    page = await admin.get(f"/staff/stations/{station.id}")
    assert page.one("[name=name_uk]")["value"] == "Подільський відділ"
    await admin.post(f"/staff/stations/{station.id}", typed | {"phone": "102"})
    assert (await one(admin, Station)).phone == "102"


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name_uk": ""}, "name_uk", "Напишіть назву відділу"),
        ({"phone": "7"}, "phone", "не схоже на номер"),
        ({"lat": "50.4"}, "lat", "Напишіть обидві координати"),
        ({"lat": "північ", "lon": "30.5"}, "lat", "Напишіть обидві координати"),
        ({"lat": "30.5", "lon": "50.4"}, "lat", "чи не переставлено широту й довготу"),
        ({"address_uk": "я" * 201}, "address_uk", "Скоротіть до 200 знаків"),
    ],
)
async def test_wrong_stations_are_told_at_their_field(admin: Site, typed: dict[str, str], field: str, sentence: str) -> None:
    page = await admin.post("/staff/stations", {"name_uk": "Відділ"} | typed, status=422)
    assert sentence in page.one(f"#{field}-error").get_text()


# --- settings ------------------------------------------------------------------------------------


async def test_settings_are_changed_told_in_the_log_and_hold_at_once(admin: Site) -> None:
    changed = SETTINGS | {"curfew_from": "23:00", "visit_minutes": "20", "hide_names": "1"}
    done = await admin.post("/staff/offices/settings", changed, follow=True, status=200)
    assert "Збережено" in done.words
    assert done.one("[name=curfew_from]")["value"] == "23:00"
    assert done.one("[name=hide_names]").has_attr("checked")
    async with admin.unit() as session:
        line = (await session.execute(select(AuditEvent).where(AuditEvent.action == "office.settings"))).scalar_one()
    assert {"curfew_from", "hide_names"} <= set(line.valued)
    await admin.post("/staff/offices/settings", {key: value for key, value in SETTINGS.items() if key != "office"})
    await admin.get("/staff/offices", status=404)
    await admin.get("/office", status=404)
    assert "/staff/offices/settings" in (await admin.get("/staff")).text
    await admin.post("/staff/offices/settings", SETTINGS)
    await admin.get("/staff/offices")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"office_confirm_days": "0"}, "office_confirm_days", "Напишіть число від 1 до 365"),
        ({"visit_minutes": "три"}, "visit_minutes", "Напишіть число від 5 до 120"),
        ({"visit_capacity": "99"}, "visit_capacity", "Напишіть число від 1 до 20"),
        ({"visit_days_ahead": ""}, "visit_days_ahead", "Напишіть число від 1 до 60"),
        ({"curfew_to": ""}, "curfew_to", "Напишіть обидва часи"),
        ({"curfew_from": ""}, "curfew_from", "Напишіть обидва часи"),
        ({"curfew_from": "05:00"}, "curfew_to", "Початок і кінець збігаються"),
        ({"curfew_from": "пізно"}, "curfew_from", "Напишіть час так: 17:00"),
    ],
)
async def test_wrong_settings_are_told_at_their_field(admin: Site, changes: dict[str, str], field: str, sentence: str) -> None:
    page = await admin.post("/staff/offices/settings", SETTINGS | changes, status=422)
    assert sentence in page.one(f"#{field}-error").get_text()
    for name in ("visit_minutes", "curfew_from"):
        assert page.one(f"[name={name}]").get("value", "") == (SETTINGS | changes)[name]


# --- reminders -----------------------------------------------------------------------------------


async def test_an_officer_who_confirms_nothing_is_reminded_once_in_the_time_that_the_city_sets(
    site: Site, mail: Mailbox, clock: Clock
) -> None:
    async with site.unit() as session:
        officer = await office.officer(session, confirmed_at=MONDAY)
        await office.own_account(session, officer, "own@police.example")
        silent = await office.officer(session, code="2", phones=(), confirmed_at=None)
        left = await office.officer(session, code="3", phones=(), left_on=date(2026, 11, 1))
        await office.own_account(session, left, "left@police.example")
    assert silent.account_id is None
    city = await site.city()
    letters = []
    for days in (1, 29, 31, 32, 60, 62):
        async with site.unit() as session:
            letters.append(await jobs.remind(session, city, now=MONDAY + timedelta(days=days)))
    assert letters == [0, 0, 1, 0, 0, 1]
    assert await office.subjects(mail, "own@police.example") == ["Перевірте свою сторінку: чи все правильно?"] * 2
    assert await office.subjects(mail, "left@police.example") == []
    for job in (jobs.remind_officers, jobs.tidy_officers_photos):
        await job.run(site.door.database, city.id)
