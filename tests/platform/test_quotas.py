"""One city cannot starve the others: its pace of jobs and letters, its room for photos, its questions of a day."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text, update

from src.platform.data.tenancy import City, catalogue_changed
from src.platform.limits import room
from src.platform.work.jobs import enqueue
from src.platform.work.mail import Letter, post, send_mail, sweep_mail
from src.tenants.appeals import service as appeals
from src.tenants.asking import service as asking
from tests.conftest import Clock, Statement, TestDatabase
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.walk import Walk, picture

ROOT = Path(__file__).parents[2]
NOTHING = "forget_counts"
"""A job that has nothing to do, quickly."""
WAITING = "SELECT count(*) FROM dramatiq.queue WHERE available_at > now() AND message->'kwargs'->>'city' = :city"


async def settings_of(site: Site, **changes: Any) -> None:
    """Change the city's own settings, as its administrator would."""
    async with site.unit() as session:
        await session.execute(update(City).where(City.id == (await site.city()).id).values(settings=changes))
        await catalogue_changed(session)


async def waiting(site: Site) -> int:
    """How many of the city's jobs are to be run later."""
    async with site.unit() as session:
        return int(await session.scalar(text(WAITING), {"city": str((await site.city()).id)}) or 0)


async def line(site: Site, kind: str) -> datetime:
    """When the city's next one would be due if they came evenly."""
    async with site.unit() as session:
        used = await session.scalar(text("SELECT used FROM usage WHERE kind = :kind"), {"kind": kind})
    return datetime.fromtimestamp(int(used or 0) / 1_000_000, UTC)


# --- pace --------------------------------------------------------------------------------------


async def test_a_tenth_of_a_minutes_jobs_may_run_at_once_and_the_rest_waits_in_line(site: Site) -> None:
    await settings_of(site, jobs_per_minute=60)
    async with site.unit() as session:
        for _ in range(10):
            await enqueue(session, NOTHING)
    assert await waiting(site) == 4
    async with site.unit() as session:
        last = await session.scalar(text("SELECT max(available_at) - now() FROM dramatiq.queue"))
    assert timedelta(seconds=3) < last <= timedelta(seconds=4)


async def test_each_transaction_moves_the_line_on(site: Site) -> None:
    await settings_of(site, jobs_per_minute=60)
    began = datetime.now(UTC)
    for _ in range(10):
        async with site.unit() as session:
            await enqueue(session, NOTHING)
    assert timedelta(seconds=9) < await line(site, "jobs") - began < timedelta(seconds=20)
    assert await waiting(site) == 4


async def test_transactions_at_the_same_moment_do_not_wait_for_each_other_and_are_all_counted(site: Site) -> None:
    await settings_of(site, jobs_per_minute=60)
    began = datetime.now(UTC)
    async with site.unit() as first, site.unit() as second:
        for session in (first, second, second, first):
            await enqueue(session, NOTHING)
    assert await line(site, "jobs") - began > timedelta(seconds=4) - timedelta(milliseconds=1)


async def test_what_is_rolled_back_or_dropped_is_not_counted(site: Site) -> None:
    once = uuid4()
    async with site.unit() as session:
        await enqueue(session, NOTHING, once=once)
    before = await line(site, "jobs")
    async with site.unit() as session:
        await enqueue(session, NOTHING, once=once)
    with pytest.raises(RuntimeError):
        async with site.unit() as session:
            await enqueue(session, NOTHING)
            raise RuntimeError
    assert await line(site, "jobs") == before


async def test_letters_have_a_line_of_their_own_and_one_to_sign_in_goes_past_it(site: Site, mail: Mailbox) -> None:
    await settings_of(site, letters_per_hour=20)
    async with site.unit() as session:
        for n in range(5):
            letter = Letter(subject="Новина", paragraphs=["Ось вона."])
            await post(session, await site.city(), to="reader@ukr.example", language="uk", letter=letter, key=f"news {n}")
    assert await waiting(site) == 3
    await site.post("/sign-in", {"email": "olena@ukr.example"})
    assert [message["To"] for message in await mail.deliver()] == ["reader@ukr.example"] * 2 + ["olena@ukr.example"]


async def test_the_sweep_leaves_letters_that_wait_in_line_alone(site: Site, mail: Mailbox) -> None:
    await settings_of(site, letters_per_hour=10)
    async with site.unit() as session:
        for n in range(3):
            letter = Letter(subject="Новина", paragraphs=["Ось вона."])
            await post(session, await site.city(), to="reader@ukr.example", language="uk", letter=letter, key=f"news {n}")
        await session.execute(text("UPDATE mail SET created_at = created_at - interval '1 hour'"))
    queued = text("SELECT message_id, available_at FROM dramatiq.queue WHERE queue_name = 'mail' ORDER BY 1")
    async with site.unit() as session:
        before = (await session.execute(queued)).all()
    await sweep_mail.run(site.door.database, (await site.city()).id)
    async with site.unit() as session:
        assert (await session.execute(queued)).all() == before
        await session.execute(text("DELETE FROM dramatiq.queue"))
    await sweep_mail.run(site.door.database, (await site.city()).id)
    async with site.unit() as session:
        assert len((await session.execute(queued)).all()) == 3
    assert send_mail.queue == "mail"


async def test_enqueueing_costs_one_statement_and_one_at_the_end(site: Site, statements: list[Statement]) -> None:
    async with site.unit() as session:
        statements.clear()
        for _ in range(3):
            await enqueue(session, NOTHING)
    assert len(statements) == 4


@pytest.fixture
def worker(database: TestDatabase, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts worker processes on this test's database; none is left behind."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        environment = os.environ | {"DATABASE_URL": database.app, "WORKER_THREADS": "2", "DATA_DIR": str(tmp_path)}
        with (tmp_path / "log").open("ab") as out:
            process = subprocess.Popen([sys.executable, "-m", "src", "worker"], cwd=ROOT, env=environment, stdout=out, stderr=out)
        started.append(process)
        return process

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


@pytest.mark.slow
async def test_a_city_that_floods_the_queue_delays_itself_and_nobody_else(
    site: Site,
    poltava: Site,
    worker: Callable[[], subprocess.Popen[bytes]],
    database: TestDatabase,
    eventually: Callable[..., None],
) -> None:
    await settings_of(site, jobs_per_minute=60)  # so slow that a busy machine makes no difference
    async with site.unit() as session:
        for _ in range(5000):
            await enqueue(session, NOTHING)
    mine = uuid4()
    async with poltava.unit() as session:
        await enqueue(session, NOTHING, once=mine)
    assert 4500 < await waiting(site) <= 5000 - 6
    assert await waiting(poltava) == 0
    worker()
    with psycopg.connect(database.migrator, autocommit=True) as look:

        def left(where: str, *bound: object) -> int:
            row = look.execute(f"SELECT count(*) FROM dramatiq.queue WHERE {where}", bound).fetchone()
            assert row is not None
            return int(row[0])

        eventually(lambda: left("message_id = %s", mine) == 0, 30)
        # At most what was let through at once and what came due meanwhile, one a second, ran before it.
        assert left("message->'kwargs'->>'city' = %s", str((await site.city()).id)) > 4500
        # The flood itself goes on, in its own time.
        first = left("message->'kwargs'->>'city' = %s", str((await site.city()).id))
        eventually(lambda: left("message->'kwargs'->>'city' = %s", str(site._city.id)) < first, 30)  # type: ignore[union-attr]


# --- room --------------------------------------------------------------------------------------


async def kept(site: Site) -> tuple[int, int]:
    """What the room says, and what is there."""
    async with site.unit() as session:
        there = await session.scalar(
            text("SELECT sum(bytes) FROM (SELECT bytes FROM photo UNION ALL SELECT bytes FROM answer_file) AS kept")
        )
        return await room.used(session), int(there or 0)


async def test_the_room_is_exact_through_the_life_of_photos_and_files(site: Site, poltava: Site, clock: Clock) -> None:
    assert await kept(site) == (0, 0)
    walk = await Walk(site).to_the_end(picture(), picture(size=(640, 480)))
    counted, there = await kept(site)
    assert counted == there > 0
    await walk.send()
    assert await kept(site) == (counted, there)
    other = await Walk(site).to_the_end(picture(size=(300, 300)))
    photo = (await site.get(other.at("photos"))).one('form[action$="/removal"]')
    await site.post(str(photo["action"]))
    assert await kept(site) == (counted, there)
    appeal = await site.routed()
    await site.sign_in()
    form = {"responder": str(await site.responder("patrol-police")), "short": "коротко.", "then": "save", "mark": ""}
    await site.post(f"/staff/appeals/{appeal}/answer", form, files=[("files", "закон.pdf", b"%PDF-1.4 " + b"x" * 1000)])
    assert (await kept(site))[0] == counted + 1009 == (await kept(site))[1]
    # The daily cleaning: a question that nobody confirmed, a draft that was left.
    await Walk(site).to_the_end(picture(size=(500, 500)))
    clock.forward(days=8)
    async with site.unit() as session:
        await appeals.delete_unconfirmed(session, before=clock.now)
        await asking.forget_old(session, now=clock.now)
    assert await kept(site) == (1009, 1009)
    assert await kept(poltava) == (0, 0)


async def test_a_rollback_takes_no_room(site: Site) -> None:
    with pytest.raises(RuntimeError):
        async with site.unit() as session:
            draft = (await session.execute(text("SELECT 1"))).scalar_one()
            assert draft
            await session.execute(
                text(
                    "INSERT INTO photo (city_id, id, width, height, bytes, digest) "
                    "VALUES (:city, gen_random_uuid(), 1, 1, 500, 'x')"
                ),
                {"city": (await site.city()).id},
            )
            raise RuntimeError
    assert await kept(site) == (0, 0)


async def fill(site: Site, megabytes: int = 1) -> None:
    """Leave a room of one megabyte and fill it."""
    await settings_of(site, storage_megabytes=1)
    async with site.unit() as session:
        await session.execute(
            text("INSERT INTO photo (city_id, id, width, height, bytes, digest) VALUES (:city, :id, 1, 1, :bytes, 'x')"),
            {"city": (await site.city()).id, "id": uuid4(), "bytes": megabytes * room.MEGABYTE},
        )


async def test_without_room_photos_are_not_taken_and_the_question_goes_on(site: Site) -> None:
    await fill(site)
    walk = await Walk(site).begin()
    await walk.category()
    await walk.place()
    page = await site.post(walk.at("photos"), {"add": "1"}, files=[("photos", "1.jpg", picture())], status=422)
    assert "Зараз ми не приймаємо фото" in page.words
    assert "без фото" in page.words
    shown = await site.get(walk.at("photos"))
    assert "Зараз ми не приймаємо фото" in shown.words
    assert not shown.all("input[type=file]")
    await walk.photos()
    await walk.you()
    assert (await walk.send()).location.endswith("/sent")
    assert (await kept(site))[0] == room.MEGABYTE


async def test_a_photo_that_does_not_fit_any_more_is_refused_and_its_files_do_not_stay(site: Site) -> None:
    await settings_of(site, storage_megabytes=1)
    async with site.unit() as session:
        await session.execute(
            text("INSERT INTO photo (city_id, id, width, height, bytes, digest) VALUES (:city, :id, 1, 1, :bytes, 'x')"),
            {"city": (await site.city()).id, "id": uuid4(), "bytes": room.MEGABYTE - 10},
        )
    walk = await Walk(site).begin()
    await walk.category()
    await walk.place()
    page = await site.post(walk.at("photos"), {"add": "1"}, files=[("photos", "1.jpg", picture())], status=422)
    assert "Зараз ми не приймаємо фото" in page.words
    assert (await kept(site))[0] == room.MEGABYTE - 10


async def test_staff_are_told_before_and_when_there_is_no_room(site: Site) -> None:
    await site.sign_in()
    assert "місця для фото" not in (await site.get("/staff")).words
    await settings_of(site, storage_megabytes=1)
    async with site.unit() as session:
        await session.execute(
            text("INSERT INTO photo (city_id, id, width, height, bytes, digest) VALUES (:city, :id, 1, 1, 990000, 'x')"),
            {"city": (await site.city()).id, "id": uuid4()},
        )
    assert "Майже не лишилося місця для фото" in (await site.get("/staff")).words
    await fill(site)
    assert "Не лишилося місця для фото" in (await site.get("/staff")).words


async def test_staff_cannot_attach_a_file_that_has_no_room_and_keep_their_words(site: Site) -> None:
    appeal = await site.routed()
    await fill(site)
    await site.sign_in()
    form = {"responder": str(await site.responder("patrol-police")), "short": "коротко.", "then": "save", "mark": ""}
    page = await site.post(f"/staff/appeals/{appeal}/answer", form, files=[("files", "закон.pdf", b"%PDF-1.4 x")], status=422)
    assert "немає місця" in page.words
    assert page.one("textarea[name=short]").get_text().strip() == "коротко."


async def test_another_citys_room_is_its_own(site: Site, poltava: Site) -> None:
    await fill(site)
    async with poltava.unit() as session:
        assert not await room.full(session, await poltava.city())


# --- questions of a day ------------------------------------------------------------------------


async def test_a_city_takes_so_many_questions_a_day_and_drafts_wait(site: Site, poltava: Site, clock: Clock) -> None:
    await settings_of(site, questions_per_day=1)
    await (await Walk(site).to_the_end()).send()
    walk = await Walk(site).to_the_end()
    page = await site.post(walk.at("check"), {"seen": await walk.seen()}, status=429)
    assert "Сьогодні місто вже прийняло багато запитань" in page.words
    assert page.response.headers["retry-after"] == str(24 * 3600)
    clock.forward(days=1, minutes=1)
    assert (await walk.send()).location.endswith("/sent")


async def test_pace_numbers_are_per_city_ids(site: Site, poltava: Site) -> None:
    async with site.unit() as session:
        await enqueue(session, NOTHING)
    async with site.door.database.unit((await poltava.city()).id) as session:
        rows = (await session.execute(text("SELECT city_id FROM usage"))).scalars().all()
    assert {UUID(str(row)) for row in rows} <= {(await poltava.city()).id}
