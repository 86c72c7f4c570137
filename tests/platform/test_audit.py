"""The audit log of a city: who did what and who looked at whom, readable by its administrator, changed by nobody."""

import csv
import io
import json
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from src.platform.people.accounts.models import Account
from src.platform.people.accounts.queries import account_of, account_with
from src.platform.people.accounts.service import set_roles
from src.platform.people.audit.export import PORTION
from src.platform.people.audit.models import AuditEvent, AuditValue
from src.platform.people.audit.service import ACTIONS, record
from src.platform.web.front_door import FrontDoor
from src.platform.web.i18n import languages
from src.tenants.desk.seen import OPENED, SEEN
from tests.conftest import Clock, Statement
from tests.site import Page, Site
from tests.tenants.staff import fields, opened

LINES = "ol.log > li"


async def log(site: Site, **filters: str) -> Page:
    """The log as the administrator sees it."""
    return await site.get("/staff/audit" + ("?" + urlencode(filters) if filters else ""))


@pytest.fixture
async def chief(site: Site) -> Site:
    """The administrator's browser."""
    browser = site.another_browser()
    await browser.sign_in("administrator")
    return browser


async def noted(site: Site, action: str = "") -> list[AuditEvent]:
    """Lines in the order of time."""
    async with site.unit() as session:
        query = select(AuditEvent).order_by(AuditEvent.id)
        return list(await session.scalars(query.where(AuditEvent.action == action) if action else query))


# --- what is written -----------------------------------------------------------------------------


def test_every_action_has_words_in_both_languages(door: FrontDoor) -> None:
    assert len(ACTIONS) > 25
    for key, words in ACTIONS.items():
        assert words, key
        assert languages()["en"].gettext(words) != words, f"{key}: «{words}» is not in the English catalogue"


async def test_what_staff_do_with_an_appeal_is_in_the_log_by_ids_and_names_of_fields_only(site: Site, chief: Site) -> None:
    appeal = await site.answered()
    lines = [line for line in await noted(site) if line.subject_id == appeal]
    by = await site.moderator()
    staffs = [line for line in lines if line.actor == "staff"]
    assert {line.account_id for line in staffs} == {by}
    assert len({line.action for line in staffs}) >= 3
    everything = " ".join(f"{line.action} {line.subject_kind} {line.fields}" for line in lines)
    question = await site.question()
    for personal in (question.author_name, question.author_email, question.body, question.address):
        assert personal not in everything
    number = await site.number(appeal)
    page = await log(chief, number=number)
    assert len(page.all(LINES)) == len(lines)
    assert number in page.words


async def test_opening_an_appeal_is_one_line_an_hour_and_who_asked_stays_folded(site: Site, clock: Clock) -> None:
    appeal = await site.ask()
    await site.sign_in()
    for _ in range(3):
        page = await opened(site, appeal)
        assert "olena@ukr.example" not in page.text
        assert "Олена Коваль" not in page.one("#private").get_text()
    assert len(await noted(site, OPENED)) == 1
    clock.forward(hours=1, minutes=1)
    await opened(site, appeal)
    assert len(await noted(site, OPENED)) == 2


async def test_who_asked_opens_for_one_person_for_a_while_and_each_time_is_a_line(site: Site, chief: Site, clock: Clock) -> None:
    appeal = await site.ask()
    await site.sign_in()
    page = await opened(site, appeal)
    sent = fields(page, "/publication")
    shown = await site.post(f"/staff/appeals/{appeal}/author-view", sent, follow=True, status=200)
    assert "olena@ukr.example" in shown.one("#private").get_text()
    assert "olena@ukr.example" in (await opened(site, appeal)).text
    assert "olena@ukr.example" not in (await opened(chief, appeal)).text
    (line,) = await noted(site, SEEN)
    assert line.account_id == await site.moderator()
    assert {"author_name", "author_email"} <= set(line.fields)
    clock.forward(minutes=11)
    assert "olena@ukr.example" not in (await opened(site, appeal)).text
    assert "Переглянуто, хто запитує" in (await log(chief, action=SEEN)).words


async def test_showing_who_asked_keeps_what_the_moderator_has_typed(site: Site) -> None:
    appeal = await site.ask()
    await site.sign_in()
    sent = fields(await opened(site, appeal), "/publication") | {"title": "Виправлений заголовок запитання"}
    shown = await site.post(f"/staff/appeals/{appeal}/author-view", sent, follow=True, status=200)
    assert fields(shown, "/publication")["title"] == "Виправлений заголовок запитання"


# --- reading it ----------------------------------------------------------------------------------


async def test_only_who_may_read_it_finds_it(site: Site, poltava: Site, chief: Site) -> None:
    await site.sign_in()
    await site.get("/staff/audit", status=404)
    await site.post("/staff/audit/export", {"format": "csv"}, status=404)
    assert "/staff/audit" not in (await site.get("/staff")).text
    assert 'href="/staff/audit"' in (await chief.get("/staff")).text
    theirs = await poltava.published()
    assert await poltava.number(theirs) not in (await log(chief)).words
    assert "немає" in (await chief.get(f"/staff/audit?number={await poltava.number(theirs)}", status=422)).words


async def test_the_operator_reads_the_platforms_own_log_and_no_citys(door: FrontDoor, site: Site, clock: Clock) -> None:
    appeal = await site.answered()
    apex = Site(door, "", clock)
    await apex.sign_in_as("operator@vzaiemodiia.example", second_factor=True)
    page = await apex.get("/staff/audit")
    assert "Вхід" in page.words
    assert await site.number(appeal) not in page.words
    await apex.get(f"/staff/audit?number={await site.number(appeal)}", status=200)


async def test_filters_narrow_and_live_in_the_address(site: Site, chief: Site, clock: Clock) -> None:
    moderator = await site.moderator()
    first = await site.published()
    clock.forward(days=3)
    second = await site.published(title="Друге запитання про те саме місце")
    day = clock.now.strftime("%Y-%m-%d")
    by_number = await log(chief, number=await site.number(first))
    assert await site.number(second) not in by_number.one("ol.log").get_text()
    recent = (await log(chief, **{"from": day, "who": str(moderator)})).one("ol.log").get_text()
    assert await site.number(second) in recent
    assert await site.number(first) not in recent
    old = (await log(chief, to=(clock.now - timedelta(days=2)).strftime("%d.%m.%Y"))).one("ol.log").get_text()
    assert await site.number(first) in old
    assert await site.number(second) not in old
    assert "Таких записів немає" in (await log(chief, **{"from": "2000-01-01", "to": "2000-01-02"})).words


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("who", "хтось", "Виберіть людину зі списку"),
        ("action", "вигадка", "Такої дії немає"),
        ("kind", "вигадка", "Виберіть зі списку"),
        ("from", "учора", "не дата"),
        ("to", "2026-02-30", "не дата"),
        ("from", "0001-01-01", "не дата"),
        ("number", "KYIV-1999-000001", "немає"),
    ],
)
async def test_a_wrong_filter_is_explained_and_kept(site: Site, chief: Site, name: str, typed: str, sentence: str) -> None:
    await site.published()
    page = await chief.get("/staff/audit?" + urlencode({name: typed}), status=422)
    assert sentence in page.words
    assert page.one("title").get_text().startswith("Помилка")
    assert page.all(LINES) == []
    if name in {"from", "to", "number"}:
        assert page.one(f"#{name}")["value"] == typed


async def test_the_days_must_be_in_order(chief: Site) -> None:
    page = await chief.get("/staff/audit?from=2026-03-02&to=2026-03-01", status=422)
    assert "Поміняйте їх місцями" in page.words


async def many(site: Site, count: int, *, since: int = 0) -> None:
    """A long log."""
    by = await site.moderator()
    async with site.unit() as session:
        for number in range(since, since + count):
            await record(session, OPENED, now=site.clock.now - timedelta(days=9, seconds=number), by=by, fields=[f"f{number}"])


async def test_pages_are_whole_though_lines_come_in_between(site: Site, chief: Site, statements: list[Statement]) -> None:
    await many(site, 130)
    seen: list[str] = []
    address, costs = "/staff/audit?action=" + OPENED, []
    while address:
        statements.clear()
        page = await chief.get(address)
        costs.append(len(statements))
        seen += [item.get_text() for item in page.all(LINES)]
        async with site.unit() as session:  # meanwhile somebody works
            await record(session, OPENED, now=site.clock.now, by=await site.moderator(), fields=["new"])
        following = [link for link in page.all("a") if link.get_text(strip=True).startswith("Далі")]
        address = str(following[0]["href"]) if following else ""
    assert len([item for item in seen if "new" not in item]) == 130
    assert len(costs) > 1
    assert max(costs) <= 8, costs
    assert len(set(costs[1:])) == 1, costs


async def test_an_export_is_the_filtered_log_in_portions_and_a_line_itself(site: Site, chief: Site) -> None:
    await many(site, PORTION + 20)
    await site.published()
    taken = await chief.post("/staff/audit/export", {"format": "csv", "action": OPENED}, status=200)
    rows = list(csv.reader(io.StringIO(taken.response.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + PORTION + 20
    assert "attachment" in taken.response.headers["content-disposition"]
    lines = (await chief.post("/staff/audit/export", {"format": "jsonl", "action": OPENED}, status=200)).text.splitlines()
    assert len([json.loads(line) for line in lines]) == PORTION + 20
    assert len(await noted(site, "audit.exported")) == 2
    await chief.post("/staff/audit/export", {"format": "exe"}, status=404)
    again = await chief.post("/staff/audit/export", {"format": "csv", "from": "учора"}, status=422)
    assert "не дата" in again.words


async def test_a_cell_is_no_formula(site: Site, chief: Site) -> None:
    by = await site.moderator("administrator")
    async with site.unit() as session:
        values = {"name": ("=1+1", "@SUM(A1)")}
        await record(session, "account.roles", now=site.clock.now, by=by, subject=("account", by), values=values)
    taken = (await chief.post("/staff/audit/export", {"format": "csv", "action": "account.roles"}, status=200)).text
    rows = list(csv.reader(io.StringIO(taken.removeprefix("\ufeff"))))
    assert not any(cell.startswith(("=", "@", "+")) for row in rows for cell in row)


# --- it only grows -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "UPDATE audit_value SET after = ''",
    ],
)
async def test_the_log_refuses_to_be_changed(site: Site, statement: str) -> None:
    await site.published()
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with site.unit() as session:
            await session.execute(text(statement))


async def test_values_can_be_erased_and_the_line_stays_and_says_so(site: Site, chief: Site, clock: Clock) -> None:
    async with site.unit() as session:
        account = Account(
            city_id=(await site.city()).id, email="new@kyiv.example", name="Нова", roles=["moderator"], created_at=clock.now
        )
        session.add(account)
        await session.flush()
        await set_roles(session, account, [], by=await site.moderator("administrator"), now=clock.now)
    before = await log(chief, action="account.roles")
    assert "moderator" in before.one("ol.log").get_text()
    async with site.unit() as session:
        await session.execute(text("DELETE FROM audit_value"))
        gone = await account_with(session, "new@kyiv.example")
        assert gone is not None
        await session.delete(gone)
    after = await log(chief, action="account.roles")
    assert len(after.all(LINES)) == len(before.all(LINES))
    assert "стерто" in after.one("ol.log").get_text()
    assert "moderator" not in after.one("ol.log").get_text()
    async with site.unit() as session:
        assert (await session.execute(select(AuditValue))).all() == []


async def test_a_line_cannot_be_written_under_a_name_that_nobody_gave(site: Site) -> None:
    with pytest.raises(KeyError):
        async with site.unit() as session:
            await record(session, "made.up", now=site.clock.now)


async def test_the_page_speaks_english_too(site: Site, chief: Site) -> None:
    await site.published()
    page = await chief.english.get("/staff/audit")
    assert "Audit log" in page.words


async def test_the_newest_lines_are_read_by_an_index(site: Site) -> None:
    await many(site, 300)
    async with site.unit() as session:
        await session.execute(text("SET LOCAL enable_sort = off"))
        query = "EXPLAIN SELECT * FROM audit_event WHERE city_id = :city ORDER BY at DESC, id DESC LIMIT 50"
        plan = "\n".join(row[0] for row in await session.execute(text(query), {"city": (await site.city()).id}))
    assert "ix_audit_event_newest" in plan
    assert "Sort" not in plan


async def test_who_is_named_even_when_they_left(site: Site, chief: Site) -> None:
    await site.published()
    by: UUID = await site.moderator()
    async with site.unit() as session:
        account = await account_of(session, by)
        assert account is not None
        account.active = False
        name = account.name
    assert name in (await log(chief, who=str(by))).one("ol.log").get_text()
