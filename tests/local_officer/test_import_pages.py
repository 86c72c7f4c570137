"""Files come in through the pages: looked at, accepted, discarded; who may, and what is wrong is told."""

import csv
import json
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from src.local_officer.exchange import personal_data
from src.local_officer.exchange.jobs import forget_imports
from src.local_officer.exchange.models import ImportRow, OfficeImport
from src.local_officer.officers.models import Beat, Officer
from src.platform.files import store
from src.platform.people.audit.models import AuditEvent
from src.platform.people.personal_data import Erasure, Subject
from tests.conftest import Clock
from tests.local_officer import office
from tests.mailbox import Mailbox
from tests.site import Page, Site

IMPORT = "/staff/offices/import"


def collection(*beats: tuple[str, dict[str, Any]]) -> bytes:
    """A GeoJSON of beats: number and shape."""
    features = [{"type": "Feature", "properties": {"number": number}, "geometry": shape} for number, shape in beats]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def table(*rows: dict[str, str]) -> bytes:
    """A CSV with our keys as headings."""
    out = StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


async def ready(site: Site) -> None:
    """The module is on, an administrator is here."""
    await office.set_options(site, office=True)
    await site.sign_in("administrator")


async def send(site: Site, mail: Mailbox, kind: str, name: str, body: bytes) -> tuple[str, Page]:
    """Upload a file and have it checked: its address and its page."""
    sent = await site.post(IMPORT, {"kind": kind}, files=[("file", name, body)])
    await mail.deliver()
    return sent.location, await site.get(sent.location)


async def accept(site: Site, mail: Mailbox, address: str) -> Page:
    """Accept the good rows."""
    await site.post(f"{address}/acceptance")
    await mail.deliver()
    return await site.get(address)


async def test_good_rows_go_in_and_bad_ones_are_named(site: Site, mail: Mailbox) -> None:
    await ready(site)
    bow_tie = {"type": "Polygon", "coordinates": [[[30.5, 50.4], [30.51, 50.41], [30.51, 50.4], [30.5, 50.41], [30.5, 50.4]]]}
    address, page = await send(
        site, mail, "beats", "beats.geojson", collection(("1", office.square(30.51, 50.46)), ("2", bow_tie))
    )
    assert "Межа перетинає сама себе біля 50.405, 30.505" in page.words
    assert "Рядків, які не приймемо: 1" in page.words
    only_bad = await site.get(f"{address}?only=bad")
    assert "Рядок 2" in only_bad.words
    assert "Рядок 1" not in only_bad.words
    done = await accept(site, mail, address)
    assert "Прийнято рядків: 1" in done.words
    async with site.unit() as session:
        beat = (await session.execute(select(Beat))).scalar_one()
        assert (beat.number, beat.name["uk"], beat.official) == ("1", "Дільниця № 1", True)
        assert beat.district_id is not None
        actions = set(await session.scalars(select(AuditEvent.action)))
    assert "office.imported" in actions


async def test_discarding_takes_nothing_and_forgets_at_once(site: Site, mail: Mailbox) -> None:
    await ready(site)
    address, _ = await send(site, mail, "beats", "b.json", collection(("1", office.square(30.51, 50.46))))
    await site.post(f"{address}/discarding")
    await mail.deliver()
    await site.post(f"{address}/acceptance", status=422)
    async with site.unit() as session:
        assert await session.scalar(select(func.count()).select_from(Beat)) == 0
        assert await session.scalar(select(func.count()).select_from(ImportRow)) == 0
        found = (await session.execute(select(OfficeImport))).scalar_one()
    assert found.state == "discarded"
    with pytest.raises(FileNotFoundError):
        await store.get(found.city_id, f"office-imports/{found.id}")


async def test_progress_shows_before_it_is_checked(site: Site, mail: Mailbox) -> None:
    await ready(site)
    sent = await site.post(IMPORT, {"kind": "beats"}, files=[("file", "b.json", collection(("1", office.square(30.51, 50.46))))])
    page = await site.get(sent.location)
    assert "Читаємо файл" in page.words
    assert page.one("[data-running]")
    await mail.deliver()
    assert not (await site.get(sent.location)).all("[data-running]")


async def test_what_changed_meanwhile_is_checked_again(site: Site, mail: Mailbox) -> None:
    await ready(site)
    address, _ = await send(site, mail, "beats", "b.json", collection(("1", office.square(30.51, 50.46))))
    async with site.unit() as session:
        await office.beat(session, number="9", boundary=office.square(30.515, 50.465))
    page = await accept(site, mail, address)
    assert "дані на сайті змінилися" in page.words
    assert "Накладається на дільницю № 9" in page.words
    async with site.unit() as session:
        assert list(await session.scalars(select(Beat.number))) == ["9"]


@pytest.mark.parametrize(
    ("kind", "name", "body", "says"),
    [
        ("", "b.geojson", b"{}", "Виберіть, що у файлі"),
        ("beats", "", b"", "Виберіть файл"),
        ("beats", "b.geojson", b"", "Файл порожній"),
        ("beats", "b.csv", b"a;b", "Дільниці приймаємо у форматі GeoJSON"),
        ("officers", "o.xls", b"a", "Таблицю приймаємо у форматі CSV або XLSX"),
    ],
)
async def test_wrong_files_are_told_at_the_field(site: Site, kind: str, name: str, body: bytes, says: str) -> None:
    await ready(site)
    files = [("file", name, body)] if name else []
    page = await site.post(IMPORT, {"kind": kind}, files=files, status=422)
    assert says in page.one(".error-summary").get_text()


async def test_above_the_frameworks_limit_is_taken_and_above_ours_is_refused(site: Site, mail: Mailbox) -> None:
    await ready(site)
    padded = collection(("1", office.square(30.51, 50.46))) + b" " * (15 * 1024 * 1024)
    _, page = await send(site, mail, "beats", "b.geojson", padded)
    assert "нових: 1" in page.words
    page = await site.post(IMPORT, {"kind": "beats"}, files=[("file", "b.geojson", b" " * (21 * 1024 * 1024))], status=422)
    assert "Файл більший за 20 МБ" in page.words


@pytest.mark.parametrize(
    ("kind", "name", "body", "says"),
    [
        ("beats", "b.geojson", b"not json", "Це не GeoJSON"),
        ("beats", "b.geojson", b'{"features": []}', "немає жодного об’єкта"),
        ("beats", "b.geojson", b'{"features": [{"type": ', "Це не GeoJSON"),
        ("officers", "o.xlsx", b"not a zip", "Файл не читається"),
        ("officers", "o.csv", "жетон;пошта\n1;a@b.example".encode(), "Бракує стовпців: ім’я"),
        ("streets", "s.csv", b"beat,street\n", "немає жодного рядка"),
    ],
)
async def test_unreadable_files_say_why(site: Site, mail: Mailbox, kind: str, name: str, body: bytes, says: str) -> None:
    await ready(site)
    _, page = await send(site, mail, kind, name, body)
    assert says in page.words


async def test_only_who_manages_offices_and_only_with_the_module(site: Site, poltava: Site, mail: Mailbox) -> None:
    await ready(site)
    await office.set_options(site, office=False)
    for path in (IMPORT, "/staff/offices/export/beats.geojson", f"{IMPORT}/templates/hours.csv"):
        await site.get(path, status=404)
    await ready(site)
    address, _ = await send(site, mail, "beats", "b.json", collection(("1", office.square(30.51, 50.46))))
    moderator = site.another_browser()
    await moderator.sign_in("moderator")
    for path in (IMPORT, address, "/staff/offices/export/beats.geojson"):
        await moderator.get(path, status=404)
    await ready(poltava)
    await poltava.get(address, status=404)
    for verb in ("acceptance", "discarding"):
        await poltava.post(f"{address}/{verb}", status=404)


async def test_templates_are_taken_as_they_are(site: Site, mail: Mailbox) -> None:
    await ready(site)
    for name in ("officers.csv", "officers.xlsx"):
        body = (await site.get(f"{IMPORT}/templates/{name}")).response.content
        address, page = await send(site, mail, "officers", name, body)
        assert "З помилками: 0" in page.words, page.words
    await accept(site, mail, address)
    async with site.unit() as session:
        officer = (await session.execute(select(Officer))).scalar_one()
        assert (officer.code, officer.rank, officer.post, officer.languages) == ("0001234", "captain", "officer", ["uk", "en"])
    body = (await site.get(f"{IMPORT}/templates/beats.geojson")).response.content
    _, page = await send(site, mail, "beats", "beats.geojson", body)
    assert "З помилками: 0" in page.words
    await site.get(f"{IMPORT}/templates/beats.csv", status=404)


async def test_who_is_in_a_file_can_have_it_forgotten(site: Site, mail: Mailbox, clock: Clock) -> None:
    await ready(site)
    row = {"code": "7", "name_uk": "Олег Дуб", "email": "dub@police.example"}
    await send(site, mail, "officers", "o.csv", table(row))
    about = Subject("dub@police.example", uuid4())
    async with site.unit() as session:
        assert [record["name_uk"] async for record in personal_data.rows(session, about)] == ["Олег Дуб"]
        kept = (await session.execute(select(OfficeImport))).scalar_one()
        await personal_data.erase(session, about, Erasure(now=clock.now, public_questions="remove"))
    await mail.deliver()
    async with site.unit() as session:
        assert await session.scalar(select(func.count()).select_from(OfficeImport)) == 0
        assert await session.scalar(select(func.count()).select_from(ImportRow)) == 0
    with pytest.raises(FileNotFoundError):
        await store.get(kept.city_id, f"office-imports/{kept.id}")


async def test_a_week_later_files_and_rows_are_forgotten(site: Site, mail: Mailbox, clock: Clock) -> None:
    await ready(site)
    await send(site, mail, "beats", "b.json", collection(("1", office.square(30.51, 50.46))))
    city_id = (await site.city()).id
    await forget_imports.run(site.door.database, city_id)
    async with site.unit() as session:
        kept = (await session.execute(select(OfficeImport))).scalar_one()
        kept.created_at = clock.now - timedelta(days=8)
    await forget_imports.run(site.door.database, city_id)
    async with site.unit() as session:
        assert await session.scalar(select(func.count()).select_from(ImportRow)) == 0
    with pytest.raises(FileNotFoundError):
        await store.get(city_id, f"office-imports/{kept.id}")
