"""What an export gives, an import takes back and finds nothing changed; cells that a spreadsheet would run are guarded."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from src.local_officer.office_hours.models import HoursRule
from src.local_officer.officers.models import BeatStreet
from src.local_officer.officers.streets import spelling_of
from src.platform.files.tables import cell, guarded
from tests.local_officer import office
from tests.local_officer.test_import_pages import accept, ready, send
from tests.mailbox import Mailbox
from tests.site import Site

FILES = ["beats.geojson", "officers.csv", "officers.xlsx", "streets.csv", "streets.xlsx", "hours.csv", "hours.xlsx"]
TABLES = "beat, officer, officer_phone, assignment, beat_street, hours_rule"


async def furnish(site: Site) -> None:
    """Something of everything, with whatever is hard to write down."""
    async with site.unit() as session:
        place = await office.station(session)
        hole = office.square(30.53, 50.46)
        hole["coordinates"].append(office.square(30.532, 50.462, 0.004)["coordinates"][0][::-1])
        one = await office.beat(session, number="1", boundary=office.square(30.510000123, 50.46), station_id=place.id)
        two = await office.beat(session, number="2-А", boundary=hole, official=False, name={"uk": "«Сінний; ринок», № 2"})
        who = await office.officer(session, station_id=place.id, name={"uk": "=HYPERLINK(1)", "en": "'+Anna"}, rank="")
        await office.officer(session, code="@7", phones=(), email="", languages=[], name={"uk": "Олег Дуб’як"})
        await office.assign(session, one.id, who.id)
        await office.assign(session, two.id, who.id)
        for street, houses in (("вулиця Хорива", "1–15 непарні, 20, 22А"), ("вул. Хорива", ""), ("-Дивна", "-1")):
            row = BeatStreet(beat_id=one.id, street=street, spelling=spelling_of(street), houses=houses)
            await office.put(session, row)
        await office.rule(session, who.id, 1, "17:00", "19:00", lon=30.5, lat=50.4)
        await office.rule(session, who.id, 3, "09:00", "10:30", pattern="fortnightly", reception="phone", place="")
        await office.rule(session, who.id, 5, "10:00", "12:00", pattern="last", place="", station_id=place.id, reception="mobile")


async def everything(site: Site) -> list[str]:
    """All that is stored, as text."""
    found = []
    async with site.unit() as session:
        for table in TABLES.split(", "):
            found += list(await session.scalars(text(f"SELECT t::text FROM {table} t ORDER BY id")))
    return found


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("english", [False, True])
async def test_unchanged_files_change_nothing(site: Site, mail: Mailbox, name: str, *, english: bool) -> None:
    await ready(site)
    await furnish(site)
    before = await everything(site)
    body = (await (site.english if english else site).get(f"/staff/offices/export/{name}")).response.content
    address, page = await send(site, mail, name.split(".", maxsplit=1)[0], name, body)
    assert "нових: 0, змінених: 0" in page.words, page.words
    assert "З помилками: 0" in page.words
    assert "Прийнято" in (await accept(site, mail, address)).words
    assert await everything(site) == before


async def test_beats_that_are_not_official_say_so(site: Site) -> None:
    await ready(site)
    await furnish(site)
    found = json.loads((await site.get("/staff/offices/export/beats.geojson")).response.content)
    assert [feature["properties"].get("official", True) for feature in found["features"]] == [True, False]


async def test_formulas_are_guarded(site: Site) -> None:
    await ready(site)
    await furnish(site)
    written = (await site.get("/staff/offices/export/officers.csv")).response.content.decode("utf-8-sig")
    assert ";'=HYPERLINK(1);''+Anna;" in written
    assert "'@7;" in written


@pytest.mark.parametrize("said", ["=1+1", "+380671234567", "-5", "@a", "'=x", "''-x", "'ok", "ok", ""])
def test_guards_are_undone(said: str) -> None:
    assert cell(guarded(said)) == said
    assert guarded(said)[:1] not in {"=", "+", "-", "@"}


async def test_changed_hours_hold_from_today_on(site: Site, mail: Mailbox) -> None:
    await ready(site)
    await furnish(site)
    body = (await site.get("/staff/offices/export/hours.csv")).response.content.decode().replace("17:00", "16:30")
    address, page = await send(site, mail, "hours", "hours.csv", body.encode())
    assert "нових: 1, змінених: 0, без змін: 2" in page.words
    await accept(site, mail, address)
    async with site.unit() as session:
        rules = list(await session.scalars(select(HoursRule).where(HoursRule.weekday == 1).order_by(HoursRule.starts)))
    assert [f"{rule.starts:%H:%M}" for rule in rules] == ["16:30", "17:00"]
    assert rules[0].valid_from - timedelta(days=1) == rules[1].valid_to
    assert rules[1].valid_from == office.LONG_AGO
