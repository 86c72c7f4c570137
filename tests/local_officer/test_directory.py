"""«Мій дільничний» as a resident sees it: finding, lists, the pages of a beat and of an officer, what a city hides."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from src.local_officer.officers.models import Absence, Announcement, BeatStreet
from src.local_officer.officers.photos import photo_key
from src.local_officer.officers.streets import spelling_of
from src.platform.data.tenancy import catalogue_changed
from src.platform.files import store
from tests.conftest import Clock, Statement
from tests.local_officer import office as made
from tests.site import Page, Site

KYIV = ZoneInfo("Europe/Kyiv")
MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=KYIV)
INSIDE, ON_BORDER, IN_HOLE, NO_BEAT = (30.512, 50.462), (30.52, 50.465), (30.515, 50.465), (30.45, 50.45)


@dataclass
class Podil:
    """Two beats that meet; the first has a hole and an officer, the second nobody."""

    officer: UUID
    stand_in: UUID
    beat: UUID


@pytest.fixture
async def podil(site: Site, clock: Clock) -> Podil:
    """An office in Kyiv, on a Monday morning."""
    clock.now = MONDAY
    hole = [[30.514, 50.464], [30.516, 50.464], [30.516, 50.466], [30.514, 50.466], [30.514, 50.464]]
    outer = made.square(30.51, 50.46)
    outer["coordinates"].append(hole)
    async with site.unit() as session:
        station = await made.station(session)
        officer = await made.officer(session, station_id=station.id, confirmed_at=MONDAY - timedelta(days=3))
        other = await made.officer(
            session,
            code="0009999",
            name={"uk": "Петро Ґудзь", "en": "Petro Gudz"},
            station_id=station.id,
            phones=("+380671112233",),
        )
        first = await made.beat(session, number="1", boundary=outer, station_id=station.id)
        await made.beat(session, number="2", boundary=made.square(30.52, 50.46), station_id=station.id, official=False)
        await made.assign(session, first.id, officer.id)
        await made.rule(session, officer.id, 0, "09:00", "11:00", station_id=station.id, place="")
        await made.rule(session, officer.id, 3, "17:00", "19:00")
        await made.rule(session, officer.id, 4, "12:00", "13:00", reception="phone", place="")
        for street, houses in (("вулиця Хорива", "1–19 непарні"), ("вулиця Спаська", "")):
            row = BeatStreet(beat_id=first.id, street=street, spelling=spelling_of(street), houses=houses)
            await made.put(session, row)
        await catalogue_changed(session)
    return Podil(officer.id, other.id, first.id)


async def find(site: Site, query: str) -> Page:
    """A search."""
    return await site.get(f"/office/find?{query}")


def heading(page: Page) -> str:
    """The page's h1."""
    found = page.soup.h1
    assert found is not None
    return found.get_text(" ", strip=True).replace("\u00a0", " ")


def words(page: Page) -> str:
    """What the page's main part says, on one line."""
    found = page.soup.find("main")
    assert found is not None
    return " ".join(found.get_text(" ", strip=True).replace("\u00a0", " ").split()).replace(" ,", ",").replace(" .", ".")


async def absent(site: Site, podil: Podil, **given: Any) -> None:
    """The officer is away this week and the next."""
    async with site.unit() as session:
        days = {"first_day": MONDAY.date(), "last_day": MONDAY.date() + timedelta(days=13)}
        await made.put(session, Absence(officer_id=podil.officer, created_at=MONDAY, **days | given))
        await catalogue_changed(session)


# --- finding -----------------------------------------------------------------------------------


async def test_every_kind_of_point_gets_a_clear_answer(site: Site, podil: Podil) -> None:
    def at(point: tuple[float, float]) -> str:
        return f"lon={point[0]}&lat={point[1]}"

    found = await find(site, at(INSIDE))
    assert heading(found) == "Ваша дільниця"
    assert "Ірина Мельник" in words(found)
    assert "Приймає зараз, до 11:00" in words(found)
    border = await find(site, at(ON_BORDER))
    assert heading(border) == "Це межа кількох дільниць"
    assert "Дільниця № 1" in words(border)
    assert "На цій дільниці зараз немає дільничного." in words(border)
    hole = await find(site, at(IN_HOLE))
    assert heading(hole) == "Це місце не належить до жодної дільниці"
    assert "Подільський відділ поліції" in words(hole)
    nowhere = await find(site, at(NO_BEAT))
    assert heading(nowhere) == "Це місце не належить до жодної дільниці"
    assert "044 416 1202" in words(nowhere)
    outside = await find(site, "lon=34.55&lat=49.58")
    assert heading(outside) == "Це місце за межами міста"
    assert "поліції" not in words(outside).split("Шукати ще раз")[0].replace("Це місце", "")


@pytest.mark.parametrize("query", ["lon=x&lat=50", "lon=30.5", "lat=91&lon=30", "lat=nan&lon=30", "q=", "q=%20%20", "", "q=%FF"])
async def test_wrong_input_gets_a_sentence_at_the_field(site: Site, podil: Podil, query: str) -> None:
    page = await site.get(f"/office/find?{query}", status=422)
    assert page.soup.select_one("#q-error") is not None
    assert page.soup.select_one(".error-summary a[href='#q']") is not None


@pytest.mark.parametrize("typed", ["вул. Хорива, 5", "хорыва 5", "Спаська 100", "спасская", "1", "дільниця № 1"])
async def test_an_address_or_a_number_leads_to_the_beat(site: Site, podil: Podil, typed: str) -> None:
    page = await find(site, f"q={typed}")
    assert heading(page) == "Ваша дільниця", typed
    assert "Ірина Мельник" in words(page)


async def test_what_is_not_sure_is_a_choice(site: Site, podil: Podil) -> None:
    page = await find(site, "q=Хорива 6")
    assert heading(page) == "Виберіть, що ви мали на увазі"
    assert "вулиця Хорива" in words(page)
    known = await find(site, "q=Контрактова площа")
    assert heading(known) == "Виберіть, що ви мали на увазі", "a place of the city's own, by its points"
    nothing = await find(site, "q=Цветаєвої")
    assert heading(nothing) == "Нічого не знайшли"
    assert "«Цветаєвої»" in words(nothing)


@pytest.mark.parametrize("typed", ["Мельник", "ірина мельник", "Мелник", "Melnyk", "0001234"])
async def test_an_officer_is_found_by_name_or_service_number(site: Site, podil: Podil, typed: str) -> None:
    page = await find(site, f"q={typed}")
    assert page.soup.select_one(f"a[href='/office/officers/{podil.officer}']") is not None, typed


async def test_searches_are_not_kept(site: Site, podil: Podil) -> None:
    page = await find(site, "lon=30.512&lat=50.462")
    assert page.response.headers["cache-control"] == "no-store"
    assert "noindex" in page.text
    assert "geolocation=(self)" in page.response.headers["permissions-policy"]
    guides = await site.get("/guides")
    assert "geolocation=()" in guides.response.headers["permissions-policy"]


# --- lists and pages ---------------------------------------------------------------------------


async def test_the_directory_lists_beats_by_district(site: Site, podil: Podil) -> None:
    page = await site.get("/office")
    assert "Дільниця № 1" in words(page)
    assert page.soup.select_one("nav.nav a[href='/office'][aria-current=page]") is not None
    assert "демо" in words(page), "one of the beats is made up"
    english = await site.english.get("/office")
    assert "Beat No.\u00a01" in english.text
    assert "Iryna Melnyk" in english.text


async def test_a_city_without_beats_says_so(poltava: Site) -> None:
    assert "Дільниць ще не внесено" in words(await poltava.get("/office"))


async def test_a_beat_tells_who_serves_it_and_its_streets(site: Site, podil: Podil) -> None:
    page = await site.get("/office/beats/1")
    assert heading(page) == "Дільниця № 1"
    for text in ("Ірина Мельник", "067 123 4567", "вулиця Хорива 1–19 непарні", "Подільський відділ поліції"):
        assert text in words(page)
    vacant = await site.get("/office/beats/2")
    assert "На цій дільниці зараз немає дільничного." in words(vacant)
    assert "демо, не офіційно" in words(vacant)
    await site.get("/office/beats/3", status=404)


async def test_an_officer_s_page_holds_all_that_there_is(site: Site, podil: Podil) -> None:
    async with site.unit() as session:
        common = {"officer_id": podil.officer, "created_at": MONDAY, "changed_at": MONDAY}
        until = MONDAY.date() + timedelta(days=4)
        await made.put(session, Announcement(kind="notice", words="Не лишайте самокати.", shown_until=until, **common))
        starts = datetime.combine(until, time(18), KYIV)
        meeting = {"starts_at": starts, "ends_at": starts + timedelta(hours=1), "place": "бібліотека"}
        await made.put(session, Announcement(kind="meeting", words="Про двори.", shown_until=until, **common, **meeting))
    page = await site.get(f"/office/officers/{podil.officer}")
    said = words(page)
    for text in (
        "Ірина Мельник", "Дільничний офіцер поліції, капітан поліції", "067 123 4567", "iryna.melnyk@police.example",
        "Приймає зараз, до 11:00", "Підтверджено 27 листопада", "Не лишайте самокати.", "Про двори.", "бібліотека",
        "українська, англійська", "0001234", "17:00–19:00", "за телефоном",
    ):  # fmt: skip
        assert text in said, text
    assert "застаріти" not in said
    assert len(page.soup.select(".office-week")) == 4
    assert len(page.soup.select(".office-hours li")) == 12
    english = await site.english.get(f"/office/officers/{podil.officer}")
    assert "Iryna Melnyk" in english.text


async def test_linked_data_tells_regular_and_special_hours(site: Site, podil: Podil) -> None:
    thursday = MONDAY.date() + timedelta(days=3)
    async with site.unit() as session:
        await made.exception(session, podil.officer, thursday, "closed")
    page = await site.get(f"/office/officers/{podil.officer}")
    block = page.soup.select_one("script[type='application/ld+json']")
    assert block is not None
    found = json.loads(block.get_text())
    assert found["@type"] == "GovernmentOffice"
    regular = {(one["dayOfWeek"].rsplit("/", 1)[1], one["opens"], one["closes"]) for one in found["openingHoursSpecification"]}
    assert ("Monday", "09:00", "11:00") in regular
    special = [one for one in found["specialOpeningHoursSpecification"] if one["validFrom"] == thursday.isoformat()]
    assert [(one["opens"], one["closes"]) for one in special] == [("00:00", "00:00")]


async def test_what_was_confirmed_long_ago_may_be_out_of_date(site: Site, podil: Podil, clock: Clock) -> None:
    clock.forward(days=28)
    assert "застаріти" in words(await site.get(f"/office/officers/{podil.officer}"))
    assert "ще не підтверджено" in words(await site.get(f"/office/officers/{podil.stand_in}"))


async def test_a_stand_in_is_shown_with_whom_they_replace(site: Site, podil: Podil, clock: Clock) -> None:
    await absent(site, podil, stand_in_id=podil.stand_in, stand_in_receives=True)
    said = words(await site.get("/office/beats/1"))
    assert "Петро Ґудзь" in said
    assert "Замість: Ірина Мельник, до 13 грудня" in said
    assert "Зараз не на службі, повернеться 14 грудня." in said
    own = words(await site.get(f"/office/officers/{podil.officer}"))
    assert "Заступає: Петро Ґудзь, 067 111 2233" in own
    assert "приймає Петро Ґудзь" in own
    other = words(await site.get(f"/office/officers/{podil.stand_in}"))
    assert "замість: Ірина Мельник, до 13 грудня" in other
    clock.forward(days=14)
    assert "Петро" not in words(await site.get("/office/beats/1"))


async def test_away_without_a_stand_in_names_the_duty_station(site: Site, podil: Podil) -> None:
    await absent(site, podil)
    said = words(await site.get("/office/beats/1"))
    assert "Дільничний зараз не на службі, і заміни немає. Звертайтеся до чергової частини: Подільський відділ поліції" in said
    assert "Звертайтеся до чергової частини" in words(await site.get(f"/office/officers/{podil.officer}"))


async def test_who_left_is_gone_and_not_named(site: Site, podil: Podil, clock: Clock) -> None:
    async with site.unit() as session:
        left = await made.officer(session, code="77", name={"uk": "Ганна Біла", "en": "Hanna Bila"}, left_on=MONDAY.date())
    page = await site.get(f"/office/officers/{left.id}", status=410)
    assert "Ганна" not in page.text
    await site.get(f"/office/officers/{left.id}/card.vcf", status=404)
    await site.get(f"/office/officers/{uuid4()}", status=404)


async def test_questions_that_were_answered_there_are_listed(site: Site, podil: Podil) -> None:
    await site.answered(title="Хто прибере авто з газону?", lon=INSIDE[0], lat=INSIDE[1])
    await site.answered(title="Це вже деінде", lon=30.6, lat=50.4)
    await site.published(title="Ще без відповіді", lon=INSIDE[0], lat=INSIDE[1])
    for address in ("/office/beats/1", f"/office/officers/{podil.officer}"):
        page = await site.get(address)
        assert [item.get_text(strip=True) for item in page.soup.select(".appeal-item h3")] == ["Хто прибере авто з газону?"]


# --- switched off, hidden, elsewhere -------------------------------------------------------------


def addresses(podil: Podil) -> list[str]:
    """Every public address of the module."""
    own = f"/office/officers/{podil.officer}"
    return [
        "/office", "/office/find?q=Хорива", "/office/beats/1", own, f"{own}/photo", f"{own}/calendar.ics", f"{own}/card.vcf",
        f"{own}/poster.pdf", "/api/v1/officers", f"/api/v1/officers/{podil.officer}", f"/api/v1/officers/{podil.officer}/hours",
        "/api/v1/officers/locate?lat=50.462&lon=30.512", "/api/v1/beats.geojson",
    ]  # fmt: skip


async def test_a_city_can_switch_it_all_off(site: Site, podil: Podil) -> None:
    await made.set_options(site, office=False)
    for address in addresses(podil):
        await site.get(address, status=404)
    assert "Мій дільничний" not in (await site.get("/guides")).text
    assert "/api/v1/officers" not in (await site.get("/api/openapi.json")).text


async def test_another_city_has_none_of_it(poltava: Site, podil: Podil) -> None:
    for address in addresses(podil):
        if str(podil.officer) in address or "beats/1" in address:
            await poltava.get(address, status=404)
    assert (await poltava.get("/api/v1/officers")).json()["items"] == []


async def photographed(site: Site, podil: Podil) -> None:
    """The officer has a photo."""
    await store.put((await site.city()).id, photo_key(podil.officer, MONDAY), b"RIFF photo")
    async with site.unit() as session:
        from src.local_officer.officers.models import Officer

        row = await session.get_one(Officer, ((await site.city()).id, podil.officer))
        row.photo_at = MONDAY
        await session.flush()
        await catalogue_changed(session)


async def everything(site: Site, podil: Podil) -> dict[str, str]:
    """The text of every address but the photo's; the poster's is read out of its PDF."""
    found = {}
    for address in addresses(podil):
        if "photo" not in address and "poster" not in address:
            page = await site.get(address)
            found[address] = page.text.replace("\r\n ", "")
    poster = await site.get(f"/office/officers/{podil.officer}/poster.pdf")
    found["poster"] = " ".join(PdfReader(BytesIO(poster.response.content)).pages[0].extract_text().split())
    found["visit"] = (await site.get(f"/office/officers/{podil.officer}/visit")).text
    found["by name"] = (await site.get("/office/find?q=Мельник", status=None)).text.replace("Мельник", "")
    return found


async def test_hidden_names_are_nowhere(site: Site, podil: Podil) -> None:
    await absent(site, podil, stand_in_id=podil.stand_in, stand_in_receives=True)
    shown = await everything(site, podil)
    assert any("Мельник" in text for text in shown.values())
    await made.set_options(site, hide_names=True)
    for address, text in (await everything(site, podil)).items():
        for name in ("Мельник", "Melnyk", "melnyk", "Ірина", "Ґудзь", "Gudz"):
            assert name not in text, f"{name} at {address}"
    page = await site.get(f"/office/officers/{podil.officer}")
    assert heading(page) == "Капітан поліції, жетон № 0001234"
    await photographed(site, podil)
    await site.get(f"/office/officers/{podil.officer}/photo", status=404)
    assert heading(await find(site, "q=Мельник")) == "Нічого не знайшли"


async def test_hidden_places_are_nowhere(site: Site, podil: Podil) -> None:
    async with site.unit() as session:
        starts = MONDAY + timedelta(days=2)
        meeting = {
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=1),
            "place": "сквер на Хорива, 20",
            "words": "Зустріч.",
        }
        common = {"officer_id": podil.officer, "created_at": MONDAY, "changed_at": MONDAY, "shown_until": starts.date()}
        await made.put(session, Announcement(kind="meeting", **common, **meeting))
    assert any("Хорива, 20" in text or "Хорива\\, 20" in text for text in (await everything(site, podil)).values())
    await made.set_options(site, hide_places=True)
    for address, text in (await everything(site, podil)).items():
        for place in ("Хорива, 20", "Хорива\\, 20", "Khoryva", "50.466", "30.512,"):
            if not (place.startswith(("50", "30")) and "find" not in address and "beats" in address):
                assert place not in text, f"{place} at {address}"
    assert "місце скажуть за телефоном" in words(await site.get(f"/office/officers/{podil.officer}"))


async def test_hidden_photos_are_nowhere(site: Site, podil: Podil) -> None:
    await photographed(site, podil)
    photo = await site.get(f"/office/officers/{podil.officer}/photo")
    assert photo.response.headers["content-type"] == "image/webp"
    known = {"if-none-match": photo.response.headers["etag"]}
    await site.get(f"/office/officers/{podil.officer}/photo", status=304, headers=known)
    assert f"{podil.officer}/photo" in (await site.get(f"/office/officers/{podil.officer}")).text
    await made.set_options(site, hide_photos=True)
    await site.get(f"/office/officers/{podil.officer}/photo", status=404)
    for address, text in (await everything(site, podil)).items():
        assert f"{podil.officer}/photo" not in text, address


async def test_files_can_be_taken_away(site: Site, podil: Podil) -> None:
    own = f"/office/officers/{podil.officer}"
    calendar = await site.get(f"{own}/calendar.ics")
    assert calendar.response.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VTIMEZONE" in calendar.text
    assert "BEGIN:VCARD" in (await site.get(f"{own}/card.vcf")).text
    poster = await site.get(f"{own}/poster.pdf")
    assert poster.response.content.startswith(b"%PDF")


async def test_pages_ask_a_fixed_number_of_statements(site: Site, podil: Podil, statements: list[Statement]) -> None:
    """However many beats and officers there are."""

    async def counted() -> dict[str, int]:
        found = {}
        for address in ("/office", "/office/find?lon=30.512&lat=50.462", "/office/beats/1", f"/office/officers/{podil.officer}"):
            await site.get(address)
            statements.clear()
            await site.get(address)
            found[address] = len(statements)
        return found

    before = await counted()
    async with site.unit() as session:
        for number in range(10, 30):
            beat = await made.beat(session, number=str(number), boundary=made.square(30.51, 50.46))
            officer = await made.officer(session, code=f"x{number}")
            await made.assign(session, beat.id, officer.id)
            await made.rule(session, officer.id, number % 7, "10:00", "12:00")
    assert await counted() == before
    assert max(before.values()) <= 8, before


async def test_the_day_is_the_city_s(site: Site, podil: Podil, clock: Clock) -> None:
    """At 00:30 in Kyiv it is already the next day, though not in UTC."""
    async with site.unit() as session:
        await made.assign(session, podil.beat, podil.stand_in, first_day=date(2026, 12, 1))
    assert "Ґудзь" not in words(await site.get("/office/beats/1"))
    clock.now = datetime(2026, 12, 1, 0, 30, tzinfo=KYIV)
    assert "Ґудзь" in words(await site.get("/office/beats/1"))


async def test_the_page_leads_to_booking_and_to_asking(site: Site, podil: Podil) -> None:
    """Both as far as the city has them, and both pages are there."""
    await made.set_options(site, visits=True, direct_questions=True)
    page = await site.get(f"/office/officers/{podil.officer}")
    for link in (f"/office/officers/{podil.officer}/visit", f"/ask?to={podil.officer}"):
        assert page.soup.select_one(f"a[href='{link}']") is not None, link
        await site.get(link)
    await made.set_options(site, visits=False, direct_questions=False)
    page = await site.get(f"/office/officers/{podil.officer}")
    assert not page.soup.select("a[href^='/ask?to='], a[href$='/visit']")
