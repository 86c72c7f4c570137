"""Past appeals move in through the pages: what the columns are, what the words mean, all rows or none, and back."""

from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from src.platform.data.tenancy import City, catalogue_changed
from src.platform.files import store
from src.platform.people.audit.models import AuditEvent
from src.tenants.answers.models import Answer
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Appeal, NumberCounter, Submission
from src.tenants.moving_in import applying
from src.tenants.moving_in.jobs import forget_past_imports
from src.tenants.moving_in.models import PastImport, PastRow
from src.tenants.search import service as search
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants import past


async def test_a_service_moves_in_with_its_history(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    address = await past.send(site, mail, past.table(past.WAITS, past.ANSWERED))
    columns = await site.get(address, follow=True)
    assert "Які це стовпці?" in columns.words
    assert "Z-17 · Z-18" in columns.words
    await past.say(site, mail, address, "columns")
    values = await site.get(f"{address}/values")
    assert "Що означають слова?" in values.words
    await past.say(site, mail, address, "values")
    page = await site.get(address)
    assert "Можна перенести: 2" in page.words
    await site.post(f"{address}/moving", {})
    done = await mail.deliver()
    assert done == []
    page = await site.get(address)
    assert "Перенесено звернень: 2" in page.words
    async with site.unit() as session:
        found = list(await session.scalars(select(Appeal).order_by(Appeal.number)))
    assert [(one.number, one.state) for one in found] == [("KYIV-2021-000001", "published"), ("KYIV-2022-000001", "answered")]
    shown = await site.get("/appeals/KYIV-2022-000001")
    assert "Перенесено з попереднього сервісу, № Z-18" in shown.words


async def test_what_moved_in_is_found_like_what_was_asked_here(site: Site, poltava: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    await past.moved(site, mail, past.WAITS, past.ANSWERED)
    guest = site.another_browser()
    assert past.WAITS["title"] in (await guest.get("/")).words
    for words, row in (("ліхтар", past.WAITS), ("покинутий самокат", past.ANSWERED), ("оператор", past.ANSWERED)):
        found = (await guest.get(f"/?q={words}")).words
        assert row["title"] in found, words
        assert (past.WAITS["title"] in found) == (row is past.WAITS), words
    listed = (await guest.get("/api/v1/appeals")).json()
    assert {one["number"] for one in listed["items"]} == {"KYIV-2021-000001", "KYIV-2022-000001"}
    one = (await guest.get("/api/v1/appeals/KYIV-2022-000001")).json()
    assert [item["kind"] for item in one["events"]] == ["published", "answered", "moved_in"]
    assert one["answers"][0]["short"] == past.ANSWERED["short"]
    marks = (await guest.get("/map/data?zoom=18")).json()["features"]
    assert marks
    assert "кв. 4" not in (await guest.get("/appeals/KYIV-2021-000001")).words
    elsewhere = await poltava.get("/")
    assert past.WAITS["title"] not in elsewhere.words
    await poltava.get("/appeals/KYIV-2021-000001", status=404)


async def test_it_looks_like_one_that_lived_here_whose_author_was_forgotten(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    await past.moved(site, mail, past.ANSWERED)
    async with site.unit() as session:
        appeal = (await session.execute(select(Appeal))).scalar_one()
        own = (await session.execute(select(Submission))).scalar_one()
        answer = (await session.execute(select(Answer))).scalar_one()
        lines = list(await session.scalars(select(AuditEvent.action)))
        revision = await session.scalar(select(City.published_revision).where(City.id == appeal.city_id))
    assert (own.title, own.author_email, own.author_name, own.lon) == ("", "", "", None)
    assert own.erased_at is not None
    zone = ZoneInfo("Europe/Kyiv")
    assert appeal.confirmed_at == appeal.created_at == appeal.published_at == datetime(2022, 2, 1, 12, tzinfo=zone)
    assert appeal.answered_at == answer.published_at == datetime(2022, 2, 5, 12, tzinfo=zone)
    assert appeal.responder_id == answer.responder_id == await site.responder("patrol-police")
    assert (appeal.precision, appeal.place) == ("near", "вул. Глибочицька")
    assert (appeal.lon, appeal.lat) != (30.5009, 50.4565)
    assert appeal.changed_revision == revision
    assert [line for line in lines if not line.startswith("session")] == ["past.moved_in"]
    staff_page = await site.get(f"/staff/appeals/{appeal.id}")
    assert "Перенесено з попереднього сервісу, № Z-18" in staff_page.words


async def test_numbers_go_on_from_those_of_the_year(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    site.clock.now = datetime.now(UTC).replace(microsecond=0)
    own = await site.published()
    year = site.clock.now.astimezone(ZoneInfo("Europe/Kyiv")).year
    day = site.clock.now.astimezone(ZoneInfo("Europe/Kyiv")).date().isoformat()
    await past.moved(site, mail, past.WAITS | {"asked": day}, past.WAITS | {"number": "Z-1", "asked": "2020-01-02"})
    again = await site.ask()
    assert [await site.number(one) for one in (own, again)] == [f"KYIV-{year}-000001", f"KYIV-{year}-000003"]
    async with site.unit() as session:
        numbers = set(await session.scalars(select(Appeal.number)))
    assert {f"KYIV-{year}-000002", "KYIV-2020-000001"} <= numbers


async def test_a_sensitive_category_shows_no_more_than_the_district(site: Site, mail: Mailbox) -> None:
    known = await site.known()
    sensitive = next(one for one in known.open_categories() if one.sensitive)
    await site.sign_in("administrator")
    await past.moved(site, mail, past.WAITS | {"category": sensitive.name})
    async with site.unit() as session:
        appeal = (await session.execute(select(Appeal))).scalar_one()
    assert (appeal.precision, appeal.place, appeal.lon, appeal.lat) == ("district", "", None, None)


async def test_bad_rows_are_left_out_only_when_that_is_said(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    address, page = await past.checked(site, mail, past.WAITS, past.ANSWERED | {"asked": "вчора"})
    assert "Рядок 3" in page.words
    assert "«Коли запитали»: «вчора» не дата" in page.words
    refused = await site.post(f"{address}/moving", {}, status=422)
    assert "позначте, що їх треба пропустити" in refused.one(".error-summary").get_text()
    async with site.unit() as session:
        assert await session.scalar(select(func.count()).select_from(Appeal)) == 0
    await site.post(f"{address}/moving", {"skip": "1"})
    await mail.deliver()
    page = await site.get(address)
    assert "Перенесено звернень: 1" in page.words
    assert "Пропущені рядки" in page.words
    assert "Рядок 3" in page.words


async def test_a_failure_in_the_last_row_leaves_nothing(site: Site, mail: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.sign_in("administrator")
    monkeypatch.setattr(applying, "AT_ONCE", 1)
    address, _ = await past.checked(site, mail, past.WAITS, past.ANSWERED)
    async with site.unit() as session:
        last = (await session.execute(select(PastRow).where(PastRow.number == 3))).scalar_one()
        last.data = last.data | {"responder": str(uuid4())}
    await site.post(f"{address}/moving", {})
    with pytest.raises(IntegrityError):
        await mail.deliver()
    async with site.unit() as session:
        assert await session.scalar(select(func.count()).select_from(Appeal)) == 0
        assert await session.scalar(select(func.count()).select_from(NumberCounter)) == 0
    page = await site.get(address)
    assert "Не вдалося, тож нічого не змінено" in page.words
    assert page.one('form[action$="/moving"]')


async def test_progress_is_seen_while_nothing_is_written_yet(site: Site, mail: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.sign_in("administrator")
    monkeypatch.setattr(applying, "AT_ONCE", 1)
    address, _ = await past.checked(site, mail, past.WAITS, past.ANSWERED)
    await site.post(f"{address}/moving", {})
    seen: list[str] = []
    add = search.index_many

    async def look(*args: Any) -> None:
        seen.append((await site.get(address)).words)
        seen.append((await site.another_browser().get("/")).words)
        await add(*args)

    monkeypatch.setattr(search, "index_many", look)
    await mail.deliver()
    assert "Переносимо: 1 з 2" in seen[2]
    assert "світять ліхтарі" not in seen[1] + seen[3]
    assert "Перенесено звернень: 2" in (await site.get(address)).words


async def test_a_category_that_went_meanwhile_has_the_rows_checked_again(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    address, _ = await past.checked(site, mail, past.WAITS)
    async with site.unit() as session:
        await catalogue_changed(session)
    await site.post(f"{address}/moving", {})
    await mail.deliver()
    page = await site.get(address)
    assert "дані на сайті змінилися" in page.words
    await site.post(f"{address}/moving", {})
    await mail.deliver()
    assert "Перенесено звернень: 1" in (await site.get(address)).words


async def test_what_looks_personal_is_shown_row_by_row(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    address, page = await past.checked(site, mail, past.WAITS, past.ANSWERED | {"details": "Дзвоніть 067 123 45 67"})
    assert "Схоже на персональні дані: 1" in page.words
    warned = await site.get(f"{address}?only=warned")
    assert "телефон «067 123 45 67»" in warned.words
    assert "Рядок 2" not in warned.words


async def test_what_came_in_cannot_come_in_again(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    first, _ = await past.checked(site, mail, past.WAITS)
    second, _ = await past.checked(site, mail, past.WAITS)
    await site.post(f"{first}/moving", {})
    await mail.deliver()
    await site.post(f"{second}/moving", {})
    await mail.deliver()
    page = await site.get(second)
    assert "Звернення № Z-17 уже перенесено раніше" in page.words
    async with site.unit() as session:
        assert await session.scalar(select(func.count()).select_from(Appeal)) == 1


async def test_it_can_be_taken_back_as_a_whole(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    address = await past.moved(site, mail, past.WAITS, past.ANSWERED)
    await site.get("/")
    refused = await site.post(f"{address}/taking-back", {}, status=422)
    assert "справді хочете зняти" in refused.one(".error-summary").get_text()
    await site.post(f"{address}/taking-back", {"sure": "1"})
    await mail.deliver()
    assert "Знято із сайту звернень: 2" in (await site.get(address)).words
    gone = await site.get("/appeals/KYIV-2022-000001", status=410)
    assert "перенесли з попереднього сервісу помилково" in gone.words
    assert past.WAITS["title"] not in (await site.get("/")).words
    assert past.ANSWERED["title"] not in (await site.get("/?q=самокат")).words
    async with site.unit() as session:
        assert await session.scalar(select(func.count()).select_from(Answer)) == 0
        actions = set(await session.scalars(select(AuditEvent.action)))
    assert {"past.moved_in", "past.taken_back"} <= actions
    again = await past.moved(site, mail, past.WAITS)
    assert "Перенесено звернень: 1" in (await site.get(again)).words
    await site.get("/appeals/KYIV-2021-000002")


async def test_it_is_not_taken_back_once_somebody_worked_with_it(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    address = await past.moved(site, mail, past.WAITS, past.ANSWERED)
    async with site.unit() as session:
        waiting = (await session.execute(select(Appeal).where(Appeal.state == "published"))).scalar_one()
        by = await site.moderator()
        await appeals.route(session, waiting.id, await site.responder("patrol-police"), by=by, now=site.clock.now)
    await site.post(f"{address}/taking-back", {"sure": "1"})
    await mail.deliver()
    assert "вже працювали" in (await site.get(address)).words
    await site.get("/appeals/KYIV-2022-000001")


async def test_after_a_week_it_is_too_late_and_everything_is_forgotten(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    address = await past.moved(site, mail, past.WAITS)
    async with site.unit() as session:
        row = (await session.execute(select(PastImport))).scalar_one()
        assert row.samples == []
        with pytest.raises(FileNotFoundError):
            await store.get(row.city_id, f"past-appeals/{row.id}")
        row.applied_at = row.changed_at = datetime.now(UTC) - timedelta(days=8)
    page = await site.post(f"{address}/taking-back", {"sure": "1"}, status=422)
    assert "Цього вже не можна зробити" in page.words
    await forget_past_imports.run(site.door.database, (await site.city()).id)
    await site.get(address, status=404)
    async with site.unit() as session:
        assert await session.scalar(select(func.count()).select_from(PastRow)) == 0
        assert await session.scalar(select(func.count()).select_from(Appeal)) == 1


async def test_discarding_forgets_at_once(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    address, _ = await past.checked(site, mail, past.WAITS)
    await site.post(f"{address}/discarding")
    await mail.deliver()
    assert "Файл відхилено" in (await site.get(address)).words
    await site.post(f"{address}/moving", {}, status=422)
    async with site.unit() as session:
        row = (await session.execute(select(PastImport))).scalar_one()
        assert (row.samples, await session.scalar(select(func.count()).select_from(PastRow))) == ([], 0)
        with pytest.raises(FileNotFoundError):
            await store.get(row.city_id, f"past-appeals/{row.id}")


async def test_only_who_sets_the_city_up_may(site: Site, poltava: Site, mail: Mailbox) -> None:
    await site.get(past.IMPORT, status=303)
    await site.sign_in("administrator")
    address, _ = await past.checked(site, mail, past.WAITS)
    await poltava.sign_in("administrator")
    await poltava.get(address, status=404)
    await poltava.post(f"{address}/moving", {}, status=404)
    moderator = site.another_browser()
    await moderator.sign_in("moderator")
    for path in (past.IMPORT, address, f"{address}/columns", f"{address}/values"):
        await moderator.get(path, status=404)


@pytest.mark.slow
async def test_five_thousand_rows_are_in_within_a_minute(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    rows = [
        (past.ANSWERED if n % 2 else past.WAITS)
        | {
            "number": str(n),
            "title": f"Чому на вулиці біля будинку {n} не світять ліхтарі?",
            "details": "Темно вже тиждень. " * 20,
        }
        for n in range(5000)
    ]
    address, page = await past.checked(site, mail, *rows)
    assert page.words.count("Рядок ") == 50
    await site.post(f"{address}/moving", {})
    begun = perf_counter()
    await mail.deliver()
    assert perf_counter() - begun < 60
    async with site.unit() as session:
        assert await session.scalar(select(func.count()).select_from(Appeal)) == 5000
    assert "Перенесено звернень: 5" in (await site.get(address)).words
