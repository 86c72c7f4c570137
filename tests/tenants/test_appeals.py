"""The life of an appeal: every legal step leaves its trace, every other one is impossible."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from litestar.exceptions import NotFoundException
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from src.tenants.answers import service as answers
from src.tenants.appeals import entrusting, erasing
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import AppealEventWords
from src.tenants.appeals.states import NEXT, PUBLIC, IllegalTransition, State
from tests.conftest import Clock, TestDatabase
from tests.site import Site

PARTS = ("appeal", "submission", "appeal_event", "answer", "answer_step", "appeal_word", "follower", "photo")
PRIVATE_WORDS = ("Глибочицька", "Олена", "olena@ukr.example", "Коваль")


async def everything(site: Site) -> list[str]:
    """All that is stored of a city's appeals, and the jobs that wait."""
    async with site.unit() as session:
        found: list[str] = []
        for table in PARTS:
            found += (await session.execute(text(f"SELECT row_to_json(t)::text FROM {table} t ORDER BY 1"))).scalars()
        found.append(str(await session.scalar(text("SELECT count(*) FROM dramatiq.queue"))))
        found.append(str(await session.scalar(text("SELECT sum(last) FROM number_counter"))))
        return found


async def row(site: Site, appeal_id: UUID) -> Any:
    async with site.unit() as session:
        return (await session.execute(text("SELECT * FROM appeal WHERE id = :id"), {"id": appeal_id})).one()


async def timeline(site: Site, appeal_id: UUID) -> list[Any]:
    async with site.unit() as session:
        statement = text("SELECT * FROM appeal_event WHERE appeal_id = :id ORDER BY at, id")
        return list((await session.execute(statement, {"id": appeal_id})).all())


async def publication(site: Site, **changes: Any) -> appeals.Publication:
    known = await site.known()
    given = {
        "title": "Чому авто стоять на газоні?",
        "body": "Уже третій тиждень.",
        "category_id": known.category_by_slug["parking"].id,
        "district_id": known.district_by_slug["shevchenkivskyi"].id,
        "precision": "near",
        "sensitive": False,
        "address": "вул. Глибочицька, 17, кв. 4",
        "show_name": True,
    }
    return appeals.Publication(**{**given, **changes})


# --- the verbs, each ready to be tried on any appeal ----------------------------------------------------------

Verb = Callable[[Site, AsyncSession, UUID], Awaitable[Any]]


async def correct(site: Site, session: AsyncSession, appeal_id: UUID) -> None:
    await appeals.correct(session, appeal_id, title="Виправлене", body="Без прізвищ.", now=site.clock.now)


async def withdraw(site: Site, session: AsyncSession, appeal_id: UUID) -> None:
    await appeals.withdraw(session, appeal_id, now=site.clock.now)


async def wish(session: AsyncSession, appeal_id: UUID, *, private: bool) -> None:
    """What the author wants is no step of its life, but decides which there are."""
    await session.execute(text("UPDATE submission SET private = :private WHERE id = :id"), {"private": private, "id": appeal_id})


async def entrust(site: Site, session: AsyncSession, appeal_id: UUID) -> None:
    await wish(session, appeal_id, private=True)
    await entrusting.entrust(session, appeal_id, by=await site.moderator(), now=site.clock.now)


async def settle(site: Site, session: AsyncSession, appeal_id: UUID) -> None:
    await entrusting.settle(session, appeal_id, "Приїдемо в середу.", by=await site.moderator(), now=site.clock.now)


async def publish(site: Site, session: AsyncSession, appeal_id: UUID) -> None:
    await wish(session, appeal_id, private=False)
    await appeals.publish(session, appeal_id, await publication(site), by=await site.moderator(), now=site.clock.now)


async def reject(site: Site, session: AsyncSession, appeal_id: UUID) -> None:
    await appeals.reject(session, appeal_id, "Приберіть прізвище сусіда.", by=await site.moderator(), now=site.clock.now)


async def merge(site: Site, session: AsyncSession, appeal_id: UUID) -> None:
    target = await session.scalar(
        text("SELECT number FROM appeal WHERE public_state IS NOT NULL AND id <> :id ORDER BY number LIMIT 1"), {"id": appeal_id}
    )
    await appeals.merge(session, appeal_id, target or "", by=await site.moderator(), now=site.clock.now)


async def route(site: Site, session: AsyncSession, appeal_id: UUID) -> None:
    to = await site.responder("city-authority")
    await appeals.route(session, appeal_id, to, by=await site.moderator(), now=site.clock.now)


async def answer(site: Site, session: AsyncSession, appeal_id: UUID) -> None:
    by = await site.moderator()
    appeal = await appeals.for_change(session, appeal_id)
    words = answers.Words(await site.responder("patrol-police"), "відповідає місто.", "Штраф виписує інспектор.")
    draft = await answers.write(session, appeal, words, by=by, now=site.clock.now)
    await answers.publish(session, appeal, draft, by=by, now=site.clock.now)


async def reopen(site: Site, session: AsyncSession, appeal_id: UUID) -> None:
    await appeals.reopen(session, appeal_id, "Авто досі там.", now=site.clock.now)


async def remove(site: Site, session: AsyncSession, appeal_id: UUID) -> None:
    appeal = await appeals.for_change(session, appeal_id)
    await erasing.remove(session, appeal, now=site.clock.now)
    await appeals.changed(session, appeal)


VERBS: dict[State, Verb] = {
    State.WITHDRAWN: withdraw,
    State.PUBLISHED: publish,
    State.REJECTED: reject,
    State.MERGED: merge,
    State.ROUTED: route,
    State.ANSWERED: answer,
    State.REOPENED: reopen,
    State.REMOVED: remove,
}
IN_PRIVATE: dict[State, Verb] = {State.ENTRUSTED: entrust, State.SETTLED: settle}
"""Steps of a question that its author does not want published."""
ACTORS = dict.fromkeys((State.WITHDRAWN, State.REOPENED, State.SUBMITTED, State.REMOVED), "author")
EVERYBODY_SEES = {State.PUBLISHED, State.ROUTED, State.ANSWERED, State.REOPENED}


async def apply(site: Site, verb: Verb, appeal_id: UUID) -> None:
    async with site.unit() as session:
        await verb(site, session, appeal_id)


async def in_state(site: Site, state: State) -> UUID:
    """An appeal that came to a state by legal steps."""
    if state == State.UNCONFIRMED:
        return await site.ask(confirmed=False)
    if state in {State.PUBLISHED, State.ROUTED, State.ANSWERED}:
        make = {State.PUBLISHED: site.published, State.ROUTED: site.routed, State.ANSWERED: site.answered}
        return await make[state]()
    if state == State.REOPENED:
        appeal_id = await site.answered()
    else:
        appeal_id = await (site.published if state == State.REMOVED else site.ask)()
    if state == State.SETTLED:
        await apply(site, entrust, appeal_id)
    if state != State.SUBMITTED:
        await apply(site, (VERBS | IN_PRIVATE)[state], appeal_id)
    return appeal_id


@pytest.mark.parametrize("before", list(State))
async def test_from_each_state_only_the_steps_of_its_life_are_possible(site: Site, before: State, clock: Clock) -> None:
    await site.published(title="Інше запитання, до якого приєднують")
    appeal_id = await in_state(site, before)
    for after, verb in [*VERBS.items(), *IN_PRIVATE.items(), (State.SUBMITTED, correct)]:
        legal = after in NEXT[before] and not (after == State.SUBMITTED and before == State.UNCONFIRMED)
        stored, version = await everything(site), (await row(site, appeal_id)).version
        clock.forward(minutes=1)
        if not legal:
            with pytest.raises(IllegalTransition):
                await apply(site, verb, appeal_id)
            assert await everything(site) == stored, f"{before} → {after} left something"
            continue
        async with site.door.database.session((await site.city()).id) as session, session.begin() as whole:
            await verb(site, session, appeal_id)
            appeal = await appeals.for_change(session, appeal_id)
            event = (
                await session.execute(
                    text("SELECT * FROM appeal_event WHERE appeal_id = :id ORDER BY id DESC LIMIT 1"), {"id": appeal_id}
                )
            ).one()
            waiting = await session.scalar(
                text("SELECT count(*) FROM dramatiq.queue WHERE message->'kwargs'->'ids'->>0 = :event"), {"event": str(event.id)}
            )
            assert (appeal.state, event.at) == (after, clock.now)
            assert event.actor == ACTORS.get(after, "staff")
            assert (event.account_id is not None) == (event.actor == "staff")
            assert event.public == (after in EVERYBODY_SEES)
            told = after != State.REMOVED  # whoever deletes their data has one last letter, about all of it
            assert waiting == int(told), "the event is told once"
            assert appeal.version == version + 1
            await whole.rollback()
        assert await everything(site) == stored, "a rolled-back step left something"


def test_the_database_keeps_the_same_table(database: TestDatabase) -> None:
    """The trigger and the model agree on all pairs; the trigger alone is asked, without the table's other rules."""
    with psycopg.connect(database.migrator, autocommit=True) as migrator:
        known = migrator.execute(
            "SELECT c.city_id, c.id, d.id FROM category c JOIN district d USING (city_id) LIMIT 1"
        ).fetchone()
        assert known is not None
        for (name,) in migrator.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'appeal'::regclass AND contype = 'c'"
        ).fetchall():
            migrator.execute(f'ALTER TABLE appeal DROP CONSTRAINT "{name}"')
        for before in State:
            possible = set()
            for after in State:
                (appeal_id,) = migrator.execute(
                    "INSERT INTO appeal (city_id, id, state, category_id, district_id, created_at) "
                    "VALUES (%s, gen_random_uuid(), %s, %s, %s, now()) RETURNING id",
                    (known[0], before, known[1], known[2]),
                ).fetchone() or (None,)
                try:
                    migrator.execute("UPDATE appeal SET state = %s WHERE id = %s", (after, appeal_id))
                except psycopg.errors.CheckViolation:
                    continue
                possible.add(after)
            assert possible == NEXT[before] | {before}, before


async def test_asking_gives_no_number_and_confirming_gives_it_once(site: Site, clock: Clock) -> None:
    appeal_id = await site.ask(confirmed=False)
    assert (await row(site, appeal_id)).number is None
    clock.forward(hours=2)
    for _ in range(2):
        async with site.unit() as session:
            await appeals.confirm(session, await site.city(), appeal_id, now=clock.now)
        clock.forward(hours=1)
    stored = await row(site, appeal_id)
    assert stored.number == f"KYIV-{clock.now.astimezone(ZoneInfo('Europe/Kyiv')).year}-000001"
    assert stored.confirmed_at == clock.now - timedelta(hours=2)
    assert [event.kind for event in await timeline(site, appeal_id)] == ["asked", "confirmed"]
    assert not any(event.public for event in await timeline(site, appeal_id))


async def test_a_whole_life_can_be_read_on_the_timeline(site: Site, clock: Clock) -> None:
    appeal_id = await site.ask()
    moderator = await site.moderator()
    for verb in (reject, correct, publish, route, answer, reopen, answer):
        clock.forward(days=1)
        await apply(site, verb, appeal_id)
    lines = [(line.kind, line.actor, line.public) for line in await timeline(site, appeal_id)]
    assert lines == [
        ("asked", "author", False),
        ("confirmed", "author", False),
        ("rejected", "staff", False),
        ("corrected", "author", False),
        ("published", "staff", True),
        ("routed", "staff", True),
        ("answered", "staff", True),
        ("reopened", "author", True),
        ("answered", "staff", True),
    ]
    assert {line.account_id for line in await timeline(site, appeal_id) if line.actor == "staff"} == {moderator}
    stored = await row(site, appeal_id)
    assert (stored.state, stored.answered_at) == ("answered", clock.now)
    assert stored.published_at == clock.now - timedelta(days=4)


async def test_a_rejected_question_can_be_corrected_and_sent_again(site: Site) -> None:
    appeal_id = await site.ask(body="Сусід Гнатюк знову п’яний.")
    await apply(site, reject, appeal_id)
    await apply(site, correct, appeal_id)
    async with site.unit() as session:
        private = await appeals.submission_of(session, await appeals.for_change(session, appeal_id))
    assert (private.title, private.body, private.rejected_because) == ("Виправлене", "Без прізвищ.", "")
    line = (await timeline(site, appeal_id))[-1]
    assert line.data == {}
    async with site.unit() as session:
        kept = await session.scalar(select(AppealEventWords.words).where(AppealEventWords.id == line.id))
    assert kept is not None
    assert kept["before"]["body"] == "Сусід Гнатюк знову п’яний."


@pytest.mark.parametrize("empty", ["", "  \n"])
async def test_a_rejection_and_a_reopening_carry_words(site: Site, empty: str) -> None:
    waiting, green = await site.ask(), await site.answered()
    stored = await everything(site)
    with pytest.raises(ValueError, match="reason"):
        async with site.unit() as session:
            await appeals.reject(session, waiting, empty, by=await site.moderator(), now=site.clock.now)
    with pytest.raises(ValueError, match="reason"):
        async with site.unit() as session:
            await appeals.reopen(session, green, empty, now=site.clock.now)
    assert await everything(site) == stored


async def test_a_form_opened_before_somebody_elses_change_is_refused(site: Site) -> None:
    appeal_id = await site.ask()
    seen = (await row(site, appeal_id)).version
    by = await site.moderator()
    async with site.unit() as session:
        await appeals.publish(session, appeal_id, await publication(site), by=by, now=site.clock.now, version=seen)
    stored = await everything(site)
    for again in ("reject", "route", "merge"):
        given = {"reject": "Пізно.", "route": await site.responder("patrol-police"), "merge": "KYIV-2026-000001"}[again]
        with pytest.raises(appeals.Stale):
            async with site.unit() as session:
                await getattr(appeals, again)(session, appeal_id, given, by=by, now=site.clock.now, version=seen)
    assert await everything(site) == stored


async def test_giving_a_question_to_the_one_who_has_it_does_nothing(site: Site) -> None:
    appeal_id = await site.published()
    await apply(site, route, appeal_id)
    stored = await everything(site)
    await apply(site, route, appeal_id)
    assert await everything(site) == stored


async def test_a_question_joins_only_a_public_one_of_its_own_city(site: Site, poltava: Site) -> None:
    own, hidden, public = await site.ask(), await site.ask(), await site.published()
    foreign = await poltava.number(await poltava.published(district="shevchenkivskyi"))
    for number in (await site.number(hidden), await site.number(own), foreign, "KYIV-2026-999999", ""):
        with pytest.raises(LookupError):
            async with site.unit() as session:
                await appeals.merge(session, own, number, by=await site.moderator(), now=site.clock.now)
    async with site.unit() as session:
        await appeals.merge(session, own, await site.number(public), by=await site.moderator(), now=site.clock.now)
    stored = await row(site, own)
    assert (stored.state, stored.merged_into_id, stored.title, stored.public_state) == ("merged", public, "", None)


async def test_an_appeal_of_another_city_is_not_there(site: Site, poltava: Site) -> None:
    foreign = await poltava.ask(district="shevchenkivskyi")
    for appeal_id in (foreign, uuid4()):
        with pytest.raises(NotFoundException):
            await apply(site, publish, appeal_id)


async def refused(site: Site, appeal_id: UUID, *changes: str) -> None:
    """The database takes none of these changes of a row."""
    async with site.unit() as session:
        for change in changes:
            with pytest.raises(IntegrityError):
                async with session.begin_nested():
                    await session.execute(text(f"UPDATE appeal SET {change} WHERE id = :id"), {"id": appeal_id})


async def test_a_row_that_is_not_public_can_hold_nothing_to_show(site: Site) -> None:
    shows = ("title = 'x'", "body = 'x'", "author = 'x'", "place = 'x'", "lon = 30.5, lat = 50.4, precision = 'exact'")
    await refused(site, await site.ask(), *shows, "number = NULL", "confirmed_at = NULL")


async def test_a_public_row_has_a_text_and_no_point_beyond_its_precision(site: Site) -> None:
    appeal_id = await site.published(precision="district")
    await refused(site, appeal_id, "title = ''", "lon = 30.5, lat = 50.4", "published_at = NULL", "merged_into_id = id")


async def test_the_timeline_can_only_grow(site: Site) -> None:
    await site.published()
    for statement in ("UPDATE appeal_event SET public = true", "DELETE FROM appeal_event"):
        with pytest.raises(SQLAlchemyError, match="permission denied"):
            async with site.unit() as session:
                await session.execute(text(statement))


async def test_what_is_not_published_stores_no_private_word_where_the_public_reads(site: Site) -> None:
    await site.published(title="Інше", body="Інше", address="площа", author_name="Хтось", author_email="x@ukr.example")
    made = [await in_state(site, state) for state in State if state not in PUBLIC]
    async with site.unit() as session:
        for table, which in (
            ("appeal", "id"),
            ("appeal_word", "id"),
            ("answer", "appeal_id"),
            ("appeal_event", "public AND appeal_id"),
        ):
            statement = text(f"SELECT string_agg(row_to_json(t)::text, ' ') FROM {table} t WHERE {which} = ANY(:ids)")
            found = await session.scalar(statement, {"ids": made})
            assert not any(word.lower() in (found or "").lower() for word in PRIVATE_WORDS), table
