"""The officer's own desk: their office and no other; an administrator acts for them; each form refuses what is wrong."""

from datetime import date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from sqlalchemy import select

from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.officers.models import Absence, Announcement, Officer, OfficerPhone
from src.local_officer.visits import service as visits
from src.local_officer.visits.models import Visit
from src.platform.files import store
from src.platform.people.audit.models import AuditEvent
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


@pytest.fixture
async def other(site: Site, mine: UUID) -> UUID:
    """Somebody else's office."""
    async with site.unit() as session:
        row = await office.officer(session, code="7", name={"uk": "Тарас Гнатюк", "en": "Taras Hnatiuk"}, phones=(), email="")
        return row.id


def at(officer_id: UUID, path: str = "") -> str:
    return f"/staff/offices/{officer_id}{path}"


async def one(site: Site, model: Any) -> Any:
    async with site.unit() as session:
        return (await session.execute(select(model))).scalar_one()


async def lines(site: Site) -> list[tuple[str, str]]:
    """The audit log: who did what."""
    async with site.unit() as session:
        rows = await session.scalars(select(AuditEvent).order_by(AuditEvent.at, AuditEvent.id))
        return [(row.actor, row.action) for row in rows if row.action != "session.begun"]


async def test_an_officer_lands_on_their_own_desk_and_has_no_other(site: Site, mine: UUID, other: UUID) -> None:
    assert (await site.get("/staff", status=303)).location == "/staff/office"
    assert (await site.get("/staff/office", status=303)).location == at(mine)
    page = await site.get(at(mine))
    assert "Ірина Мельник" in page.one("h1").get_text()
    menu = [link.get_text() for link in page.all("header nav.nav a")]
    assert menu == ["Мій кабінет", "Сайт міста"]
    for path in ("", "/hours", "/absences", "/announcements", "/contacts"):
        await site.get(at(other, path), status=404)
    await site.post(at(other, "/confirmation"), status=404)
    await site.post(at(other, "/hours"), RULE, status=404)
    for path in (
        "/staff/offices",
        "/staff/beats",
        "/staff/stations",
        "/staff/offices/settings",
        at(mine, "/record"),
        "/staff/queue",
    ):
        await site.get(path, status=404)


async def test_everything_is_confirmed_with_one_tap(site: Site, mine: UUID, clock: Clock) -> None:
    assert "Ще ні разу не підтверджено" in (await site.get(at(mine))).words
    page = await site.post(at(mine, "/confirmation"), follow=True, status=200)
    assert "Дякуємо!" in page.words
    assert "Востаннє підтверджено 30\u00a0листопада" in page.text.replace("&nbsp;", "\u00a0")
    assert "застереження" not in page.words
    clock.forward(days=31)
    await site.sign_in_as(EMAIL)
    assert "застереження" in (await site.get(at(mine))).words
    assert ("staff", "officer.confirmed") in await lines(site)


async def test_an_administrator_acts_for_an_officer_and_the_log_says_who(site: Site, mine: UUID) -> None:
    await site.sign_in("administrator")
    page = await site.get(at(mine))
    assert "Ви дієте за цього офіцера" in page.words
    await site.post(at(mine, "/hours"), RULE)
    async with site.unit() as session:
        row = (await session.execute(select(AuditEvent).where(AuditEvent.action == "hours.rule_added"))).scalar_one()
    assert row.account_id == await site.moderator("administrator")
    assert row.subject_id == mine


# --- hours ---------------------------------------------------------------------------------------


async def test_hours_are_added_changed_from_today_on_and_ended(site: Site, mine: UUID, clock: Clock) -> None:
    page = await site.post(at(mine, "/hours"), RULE, follow=True, status=200)
    assert "щовівторка, 17:00–19:00" in page.words
    assert "вівторок, 1\u00a0грудня, 17:00–19:00" in page.text.replace("&nbsp;", "\u00a0")
    rule = await one(site, HoursRule)
    clock.forward(days=7)
    await site.sign_in_as(EMAIL)
    form = (await site.get(at(mine, f"/hours/{rule.id}"))).one(f'form[action$="/hours/{rule.id}"]')
    assert str(form.select("[name=starts]")[0]["value"]) == "17:00"
    await site.post(at(mine, f"/hours/{rule.id}"), RULE | {"starts": "18"})
    async with site.unit() as session:
        rows = (await session.scalars(select(HoursRule).order_by(HoursRule.valid_from))).all()
    assert [(f"{row.starts:%H:%M}", row.valid_from, row.valid_to) for row in rows] == [
        ("17:00", date(2026, 11, 30), date(2026, 12, 6)),
        ("18:00", date(2026, 12, 7), None),
    ]
    await site.post(at(mine, f"/hours/{rows[1].id}/end"))
    assert (await one(site, HoursRule)).valid_to == date(2026, 12, 6), "what never held is gone, what held is history"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"weekday": ""}, "weekday", "Виберіть день тижня"),
        ({"starts": ""}, "starts", "Напишіть, о котрій починається прийом"),
        ({"ends": ""}, "ends", "Напишіть, о котрій закінчується прийом"),
        ({"starts": "вранці"}, "starts", "Напишіть час так: 17:00"),
        ({"ends": "16:00"}, "ends", "Кінець має бути пізніше за початок (17:00)"),
        ({"starts": "04:30"}, "starts", "діє комендантська година (00:00–05:00)"),
        ({"place": ""}, "place", "Виберіть відділ або напишіть адресу"),
        ({"place": "в" * 201}, "place", "Скоротіть місце до 200 знаків"),
        ({"valid_from": ""}, "valid_from", "Напишіть, з якого дня діє"),
        ({"valid_from": "2026-11-29"}, "valid_from", "Цей день уже минув"),
        ({"valid_from": "31.02.2027"}, "valid_from", "Напишіть день так: 26.11.2026"),
        ({"valid_from": "2126-11-30"}, "valid_from", "Перевірте рік"),
        ({"valid_to": "2026-11-29"}, "valid_to", "Останній день має бути не раніше першого"),
        ({"station": "0195a000-0000-7000-8000-00000000000a"}, "station", "Виберіть зі списку"),
    ],
)
async def test_wrong_hours_are_told_at_their_field_and_what_was_typed_stays(
    site: Site, mine: UUID, changes: dict[str, str], field: str, sentence: str
) -> None:
    page = await site.post(at(mine, "/hours"), RULE | changes, status=422)
    assert sentence in page.one(f"#{field}-error").get_text()
    form = page.one(f'form[action$="{at(mine, "/hours")}"]')
    for name, value in (RULE | changes).items():
        control = form.select_one(f"[name={name}]")
        if control.name == "select":
            chosen = control.select_one("option[selected]")
            assert (chosen["value"] if chosen else "") == (value if name != "station" else "")
        else:
            assert control.get("value", "") == value


async def test_hours_that_overlap_are_refused_whatever_their_pattern(site: Site, mine: UUID) -> None:
    await site.post(at(mine, "/hours"), RULE)
    for changes in ({"starts": "18:00", "ends": "20:00"}, {"pattern": "last"}, {"pattern": "fortnightly", "ends": "17:30"}):
        page = await site.post(at(mine, "/hours"), RULE | changes, status=422)
        assert "У цей час уже є прийом" in page.one("#starts-error").get_text()
    await site.post(at(mine, "/hours"), RULE | {"starts": "19:00", "ends": "20:00"})
    await site.post(at(mine, "/hours"), RULE | {"weekday": "2"})


async def test_days_that_differ(site: Site, mine: UUID, other: UUID) -> None:
    await site.post(at(mine, "/hours"), RULE)
    await site.post(at(mine, "/days"), {"day": "2026-12-01", "kind": "closed"})
    extra = {"day": "2026-12-03", "kind": "extra", "starts": "10:00", "ends": "11:00", "reception": "phone"}
    await site.post(at(mine, "/days"), extra)
    await site.post(at(mine, "/days"), {"day": "2026-12-08", "kind": "stand_in", "stand_in": str(other)})
    page = await site.get(at(mine, "/hours"))
    coming = page.one("#coming-title").parent.get_text(" ")
    assert "1\u00a0грудня" not in coming
    assert "четвер, 3\u00a0грудня, 10:00–11:00" in coming
    assert "Тарас Гнатюк" in coming
    async with site.unit() as session:
        closed = (await session.execute(select(HoursException).where(HoursException.kind == "closed"))).scalar_one()
    await site.post(at(mine, f"/days/{closed.id}/removal"))
    assert "вівторок, 1\u00a0грудня" in (await site.get(at(mine, "/hours"))).one("#coming-title").parent.get_text(" ")


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"day": "", "kind": "closed"}, "day", "Напишіть день"),
        ({"day": "2026-11-29", "kind": "closed"}, "day", "Цей день уже минув"),
        ({"day": "2026-12-02", "kind": "closed"}, "day", "Цього дня прийому й так немає"),
        ({"day": "2026-12-01", "kind": "replaced"}, "day-starts", "Напишіть, о котрій починається прийом"),
        ({"day": "2026-12-01", "kind": "extra", "starts": "18:00", "ends": "20:00", "place": "тут"}, "day-starts", "уже є прийом"),
        ({"day": "2026-12-01", "kind": "extra", "starts": "02:00", "ends": "03:00", "place": "тут"}, "day-starts", "комендантська"),
        ({"day": "2026-12-01", "kind": "replaced", "starts": "10:00", "ends": "11:00"}, "day-place", "напишіть адресу"),
        ({"day": "2026-12-01", "kind": "stand_in"}, "stand_in", "Виберіть, хто приймає замість вас"),
        ({"day": "2026-12-15", "kind": "closed"}, "day", "Цього дня прийом уже скасовано"),
        ({"day": "2026-12-15", "kind": "replaced", "starts": "10:00", "ends": "11:00", "place": "тут"}, "day", "Спершу приберіть скасування"),
    ],
)  # fmt: skip
async def test_wrong_days_are_told_at_their_field(
    site: Site, mine: UUID, typed: dict[str, str], field: str, sentence: str
) -> None:
    await site.post(at(mine, "/hours"), RULE)
    await site.post(at(mine, "/days"), {"day": "2026-12-15", "kind": "closed"})
    page = await site.post(at(mine, "/days"), typed, status=422)
    assert sentence in page.one(f"#{field}-error").get_text()


# --- absences ------------------------------------------------------------------------------------


async def booked(site: Site, officer_id: UUID, clock: Clock) -> None:
    """A visit on Tuesday at five."""
    who = visits.Visitor("Олена", "olena@ukr.example", "", "Шум", "uk")
    async with site.unit() as session:
        slot = datetime(2026, 12, 1, 17, 0, tzinfo=KYIV)
        visit = await visits.hold(session, await site.city(), officer_id, slot, who, now=clock.now)
        await visits.confirm(session, await site.city(), visit, now=clock.now)


async def test_an_absence_moves_or_calls_off_visits_and_says_so(
    site: Site, mine: UUID, other: UUID, clock: Clock, mail: Mailbox
) -> None:
    await site.post(at(mine, "/hours"), RULE)
    await booked(site, mine, clock)
    page = await site.get(at(mine))
    assert "Олена" in page.words
    days = {"first_day": "2026-12-01", "last_day": "2026-12-10"}
    done = await site.post(at(mine, "/absences"), days | {"stand_in": str(other), "receives": "1"}, follow=True, status=200)
    assert "Відвідувачам написали, хто їх прийме" in done.words
    assert (await one(site, Visit)).receiver_id == other
    absence = await one(site, Absence)
    await site.post(at(mine, f"/absences/{absence.id}/end"))
    assert (await one(site, Visit)).receiver_id == mine
    done = await site.post(at(mine, "/absences"), days, follow=True, status=200)
    assert "ми написали й запропонували інший час" in done.words
    assert (await one(site, Visit)).state == "called_off"
    assert "Прийом не відбудеться" in (await office.subjects(mail, "olena@ukr.example"))[-1]
    actions = [what for _, what in await lines(site)]
    assert {"officer.absent", "officer.back", "visit.moved", "visit.called_off", "visit.seen"} <= set(actions)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "first_day", "Напишіть перший день відсутності"),
        ({"first_day": "2026-12-01"}, "last_day", "Напишіть останній день відсутності"),
        ({"first_day": "2026-12-02", "last_day": "2026-12-01"}, "last_day", "не раніше першого"),
        ({"first_day": "2026-11-01", "last_day": "2026-11-02"}, "last_day", "уже минув"),
        ({"first_day": "2026-12-01", "last_day": "2028-12-01"}, "last_day", "Перевірте рік"),
        ({"first_day": "2026-12-01", "last_day": "2026-12-02", "receives": "1"}, "stand_in", "Виберіть, хто приймає"),
        ({"first_day": "2027-01-10", "last_day": "2027-01-12"}, "first_day", "На ці дні вже є відсутність"),
    ],
)
async def test_wrong_absences_are_told_at_their_field(
    site: Site, mine: UUID, typed: dict[str, str], field: str, sentence: str
) -> None:
    await site.post(at(mine, "/absences"), {"first_day": "2027-01-05", "last_day": "2027-01-11"})
    page = await site.post(at(mine, "/absences"), typed, status=422)
    assert sentence in page.one(f"#{field}-error").get_text()
    for name, value in typed.items():
        if name.endswith("_day"):
            assert page.one(f"[name={name}]")["value"] == value


async def test_a_stand_in_who_is_away_then_is_refused(site: Site, mine: UUID, other: UUID) -> None:
    async with site.unit() as session:
        days = {"first_day": date(2026, 12, 1), "last_day": date(2026, 12, 5), "created_at": MONDAY}
        await office.put(session, Absence(officer_id=other, **days))
    typed = {"first_day": "2026-12-04", "last_day": "2026-12-09", "stand_in": str(other)}
    page = await site.post(at(mine, "/absences"), typed, status=422)
    assert "Ця людина сама буде відсутня" in page.one("#stand_in-error").get_text()


async def test_one_visit_is_called_off_and_its_visitor_told(
    site: Site, mine: UUID, other: UUID, clock: Clock, mail: Mailbox
) -> None:
    await site.post(at(mine, "/hours"), RULE)
    await booked(site, mine, clock)
    visit = await one(site, Visit)
    await site.post(at(other, f"/visits/{visit.id}/calling-off"), status=404)
    page = await site.post(at(mine, f"/visits/{visit.id}/calling-off"), follow=True, status=200)
    assert "Прийом скасовано. Людині ми написали." in page.words
    assert (await one(site, Visit)).state == "called_off"
    assert "Прийом не відбудеться" in (await office.subjects(mail, "olena@ukr.example"))[-1]
    clock.now = datetime(2026, 12, 1, 18, 0, tzinfo=KYIV)
    await site.post(at(mine, f"/visits/{visit.id}/calling-off"), status=404)


# --- announcements, contacts, photo --------------------------------------------------------------


async def test_a_notice_and_a_meeting_are_posted_and_taken_back(site: Site, mine: UUID) -> None:
    await site.post(at(mine, "/announcements"), {"kind": "notice", "words": "Обережно: шахраї", "shown_until": "2026-12-20"})
    meeting = {
        "kind": "meeting",
        "words": "Безпека у дворах",
        "day": "2026-12-04",
        "starts": "18:00",
        "ends": "19:00",
        "place": "Школа № 5",
    }
    page = await site.post(at(mine, "/announcements"), meeting, follow=True, status=200)
    assert "Обережно: шахраї" in page.words
    assert "Безпека у дворах" in page.words
    async with site.unit() as session:
        rows = {row.kind: row for row in await session.scalars(select(Announcement))}
    for row in rows.values():
        await site.post(at(mine, f"/announcements/{row.id}/removal"))
    left = await one(site, Announcement)
    assert (left.kind, left.cancelled_at is not None) == ("meeting", True)
    await site.post(at(mine, f"/announcements/{left.id}/removal"), status=404)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"kind": "notice", "words": "", "shown_until": "2026-12-20"}, "words", "Напишіть, що люди мають знати"),
        ({"kind": "notice", "words": "я" * 601, "shown_until": "2026-12-20"}, "words", "Скоротіть до 600 знаків"),
        ({"kind": "notice", "words": "Слово"}, "shown_until", "Напишіть, до якого дня показувати"),
        ({"kind": "notice", "words": "Слово", "shown_until": "2026-11-29"}, "shown_until", "уже минув"),
        ({"kind": "meeting", "words": "Слово", "starts": "18:00", "ends": "19:00", "place": "тут"}, "day", "Напишіть день"),
        ({"kind": "meeting", "words": "Слово", "day": "2026-12-04", "ends": "19:00", "place": "тут"}, "starts", "о котрій починається"),
        ({"kind": "meeting", "words": "Слово", "day": "2026-12-04", "starts": "18:00", "place": "тут"}, "ends", "о котрій закінчується"),
        ({"kind": "meeting", "words": "Слово", "day": "2026-12-04", "starts": "18:00", "ends": "19:00"}, "place", "де зустріч"),
        ({"kind": "meeting", "words": "Слово", "day": "2026-12-04", "starts": "19:00", "ends": "18:00", "place": "тут"}, "ends", "пізніше за початок"),
        ({"kind": "meeting", "words": "Слово", "day": "2026-11-30", "starts": "08:00", "ends": "08:30", "place": "тут"}, "day", "уже минув"),
    ],
)  # fmt: skip
async def test_wrong_announcements_are_told_at_their_field(
    site: Site, mine: UUID, typed: dict[str, str], field: str, sentence: str
) -> None:
    page = await site.post(at(mine, "/announcements"), typed, status=422)
    assert sentence in page.one(f"#{field}-error").get_text()
    assert page.one("#words").get_text().strip() == typed["words"]


async def test_contacts_are_kept_in_the_form_that_phones_dial(site: Site, mine: UUID) -> None:
    typed = {"email": "New@police.example", "phones": "067 765 43 21\n1551, (044) 416-12-02", "languages": ["uk", "usl"]}
    await site.post(at(mine, "/contacts"), typed)
    async with site.unit() as session:
        phones = (await session.scalars(select(OfficerPhone).order_by(OfficerPhone.position))).all()
        row = (await session.execute(select(Officer))).scalar_one()
    assert [(phone.kind, phone.number) for phone in phones] == [
        ("ordinary", "+380677654321"), ("short", "1551"), ("ordinary", "+380444161202"),
    ]  # fmt: skip
    assert (row.email, row.languages) == ("new@police.example", ["uk", "usl"])


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"phones": "12"}, "phones", "«12» не схоже на номер"),
        ({"phones": "067 123"}, "phones", "«067 123» не схоже на номер"),
        ({"phones": "\n".join(f"06712345{n:02}" for n in range(7))}, "phones", "Залиште не більше 6 номерів"),
        ({"email": "не пошта"}, "email", "Перевірте електронну адресу"),
    ],
)
async def test_wrong_contacts_are_told_at_their_field(
    site: Site, mine: UUID, typed: dict[str, str], field: str, sentence: str
) -> None:
    page = await site.post(at(mine, "/contacts"), typed, status=422)
    assert sentence in page.one(f"#{field}-error").get_text()


async def test_a_photo_is_made_anew_and_can_be_taken_away(site: Site, mine: UUID) -> None:
    picture = BytesIO()
    Image.new("RGB", (1200, 1500), "#a0b0c0").save(picture, "JPEG")
    await site.post(at(mine, "/photo"), {}, files=[("photo", "я.jpg", picture.getvalue())])
    city = await site.city()
    keys = [key for key, _ in await store.listed(city.id, "officers")]
    assert len([key for key in keys if str(mine) in key]) == 1
    page = await site.post(at(mine, "/photo"), {}, files=[("photo", "я.jpg", b"not a picture")], status=422)
    assert "Виберіть фото у форматі JPEG, PNG або WebP" in page.one("#photo-error").get_text()
    assert page.one("[name=phones]").get_text().strip() == "067 123 4567\n102"
    await site.post(at(mine, "/photo"), {"remove": "1"})
    assert (await one(site, Officer)).photo_at is None
