"""The real worker process: it delivers, it stops when asked, and being killed loses and doubles nothing."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from psycopg import sql

from src.platform.local.postgres import LocalPostgres
from src.platform.settings import Settings
from src.platform.work.schedule import SCHEDULE
from src.platform.work.worker import Worker
from src.tenants.appeals import service as appeals
from tests.conftest import TestDatabase
from tests.mailbox import Keep, free_port
from tests.site import Site

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
AUTHOR = "olena@ukr.example"
Eventually = Callable[..., None]


class Gate(Keep):
    """A mail server that can hold its answer back after it took a message, and say "not now" a number of times."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()
        self.open.set()
        self.not_now = 0

    async def handle_RCPT(  # noqa: N802  aiosmtpd's signature
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or ask to come later."""
        if self.not_now:
            self.not_now -= 1
            return "451 4.3.0 Try again later"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the message; the answer goes out when the gate is open."""
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.to_thread(self.open.wait, 30)
        return answer


@pytest.fixture
def smtp() -> Iterator[tuple[Gate, int]]:
    """The server and its port."""
    gate, port = Gate(), free_port()
    controller = Controller(gate, hostname="127.0.0.1", port=port)
    controller.start()
    yield gate, port
    gate.open.set()
    controller.stop()


Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def worker(database: TestDatabase, smtp: tuple[Gate, int], tmp_path: Path) -> Iterator[Start]:
    """Starts worker processes on this test's database; none is left behind."""
    started: list[subprocess.Popen[bytes]] = []
    log = tmp_path / "worker.log"

    def start() -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "DATABASE_URL": database.app,
            "SMTP_PORT": str(smtp[1]),
            "JOB_HEARTBEAT_SECONDS": "1",
            "WORKER_THREADS": "2",
            "DATA_DIR": str(tmp_path),
            "PYTHONUNBUFFERED": "1",
        }
        with log.open("ab") as out:
            process = subprocess.Popen([sys.executable, "-m", "src", "worker"], cwd=ROOT, env=environment, stdout=out, stderr=out)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait(10)
    sys.stdout.write(log.read_text() if log.exists() else "")


class Look:
    """The test's own eyes in the database, past row-level security."""

    def __init__(self, database: TestDatabase) -> None:
        self.connection = psycopg.connect(database.migrator, autocommit=True)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query finds."""
        return self.connection.execute(query).fetchall()

    def one(self, query: str) -> object:
        """The only value."""
        return self.rows(query)[0][0]


@pytest.fixture
def look(database: TestDatabase, postgres: object) -> Iterator[Look]:
    """A connection as the migrator."""
    found = Look(database)
    yield found
    found.connection.close()


def all_sent(look: Look) -> bool:
    """Whether nothing waits any more."""
    left = look.one("SELECT count(*) FROM dramatiq.queue WHERE message->>'actor_name' IN ('tell_people', 'send_mail')")
    return left == 0 and look.one("SELECT count(*) FROM mail WHERE state <> 'sent'") == 0


async def test_a_letter_enqueued_by_a_page_is_delivered(
    site: Site, worker: Start, smtp: tuple[Gate, int], look: Look, eventually: Eventually
) -> None:
    process = worker()
    await site.ask(confirmed=False)
    eventually(lambda: smtp[0].messages and all_sent(look), 30)
    (message,) = smtp[0].messages
    assert message["To"] == AUTHOR
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    assert look.one("SELECT count(*) FROM dramatiq.worker") == 0


async def test_what_was_enqueued_while_no_worker_ran_is_delivered_later(
    site: Site, worker: Start, smtp: tuple[Gate, int], look: Look, eventually: Eventually
) -> None:
    await site.answered()
    worker()
    eventually(lambda: all_sent(look), 30)
    subjects = [message["To"] for message in smtp[0].messages]
    assert sorted(subjects) == sorted([AUTHOR] * 4 + ["patrol@kyiv.example"])


async def test_not_now_is_tried_again(
    site: Site, worker: Start, smtp: tuple[Gate, int], look: Look, eventually: Eventually
) -> None:
    smtp[0].not_now = 1
    await site.ask(confirmed=False)
    worker()
    eventually(lambda: smtp[0].messages and all_sent(look), 30)
    assert len(smtp[0].messages) == 1
    assert look.rows("SELECT attempts, state FROM mail") == [(2, "sent")]


async def test_killed_between_acceptance_and_commit_the_letter_goes_once_more_under_the_same_id(
    site: Site, worker: Start, smtp: tuple[Gate, int], look: Look, eventually: Eventually, database: TestDatabase
) -> None:
    gate, _ = smtp
    gate.open.clear()
    await site.ask(confirmed=False)
    first = worker()
    eventually(lambda: len(gate.messages) == 1, 30)
    before = look.rows("SELECT id, kind FROM appeal_event ORDER BY id")
    with psycopg.connect(database.migrator) as blocker:
        # The server accepts, and the worker cannot commit that it did: the letter's row is locked.
        blocker.execute("SELECT 1 FROM mail FOR UPDATE")
        gate.open.set()
        eventually(lambda: waits_for_a_lock(look), 15)
        first.kill()
        assert first.wait(10) == -signal.SIGKILL
    assert look.rows("SELECT state, attempts FROM mail") == [("sending", 1)]
    worker()
    eventually(lambda: all_sent(look), 30)
    assert len(gate.messages) == 2
    assert len({message["Message-ID"] for message in gate.messages}) == 1
    assert look.rows("SELECT state, attempts FROM mail") == [("sent", 2)]
    assert look.rows("SELECT id, kind FROM appeal_event ORDER BY id") == before


def waits_for_a_lock(look: Look) -> bool:
    """Whether some session of this database is held up by another one."""
    found = look.one(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.datname = current_database() "
        "WHERE NOT l.granted AND (l.database = d.oid OR l.database IS NULL)"
    )
    return bool(found)


async def test_killed_before_the_server_answered_nothing_is_lost(
    site: Site, worker: Start, smtp: tuple[Gate, int], look: Look, eventually: Eventually
) -> None:
    gate, _ = smtp
    gate.open.clear()
    await site.ask(confirmed=False)
    first = worker()
    eventually(lambda: len(gate.messages) == 1, 30)
    first.kill()
    first.wait(10)
    gate.open.set()
    worker()
    eventually(lambda: all_sent(look), 30)
    assert len(gate.messages) == 2
    assert len({message["Message-ID"] for message in gate.messages}) == 1


async def test_killed_while_it_writes_a_letter_the_letter_is_written_once(
    site: Site, worker: Start, smtp: tuple[Gate, int], look: Look, eventually: Eventually, database: TestDatabase
) -> None:
    await site.ask(confirmed=False)
    event, city = look.rows("SELECT id, city_id FROM appeal_event")[0]
    with psycopg.connect(database.migrator) as blocker:
        # A row of the same key that is not committed: the worker's own insert waits for its fate.
        blocker.execute(
            "INSERT INTO mail (city_id, id, dedupe_key, recipient, subject, text, html, message_id, created_at) "
            "VALUES (%s, %s, %s, '', '', '', '', '', %s)",
            (city, uuid4(), f"{event} author", datetime.now(UTC)),
        )
        first = worker()
        eventually(lambda: waits_for_a_lock(look), 30)
        first.kill()
        first.wait(10)
        blocker.rollback()
    assert look.one("SELECT count(*) FROM mail") == 0
    worker()
    eventually(lambda: smtp[0].messages and all_sent(look), 30)
    assert len(smtp[0].messages) == 1
    assert look.one("SELECT count(*) FROM mail") == 1


async def test_asked_to_end_it_finishes_the_letter_it_is_sending(
    site: Site, worker: Start, smtp: tuple[Gate, int], look: Look, eventually: Eventually
) -> None:
    gate, _ = smtp
    gate.open.clear()
    await site.ask(confirmed=False)
    process = worker()
    eventually(lambda: len(gate.messages) == 1, 30)
    process.send_signal(signal.SIGTERM)
    eventually(lambda: "sending" in {row[0] for row in look.rows("SELECT state FROM mail")}, 5)
    assert process.poll() is None
    gate.open.set()
    assert process.wait(20) == 0
    assert look.rows("SELECT state, attempts FROM mail") == [("sent", 1)]
    assert len(gate.messages) == 1


async def test_what_it_did_not_begin_goes_back_to_the_queue_at_once(
    site: Site, worker: Start, smtp: tuple[Gate, int], look: Look, eventually: Eventually
) -> None:
    gate, _ = smtp
    gate.open.clear()
    for _ in range(12):
        await site.ask(confirmed=False)
    process = worker()
    taken = "SELECT count(*) FROM dramatiq.queue WHERE state = 'consumed'"
    eventually(lambda: len(gate.messages) == 2 and int(str(look.one(taken))) > 2, 30)
    process.send_signal(signal.SIGTERM)
    gate.open.set()
    assert process.wait(20) == 0
    assert look.one("SELECT count(*) FROM mail WHERE state = 'sending'") == 0
    assert look.rows("SELECT DISTINCT state::text FROM dramatiq.queue") == [("queued",)]
    worker()
    eventually(lambda: len(gate.messages) >= 12 and all_sent(look), 30)
    assert len(gate.messages) == len({message["Message-ID"] for message in gate.messages}) == 12


async def test_it_outlives_a_database_that_drops_its_connections(
    site: Site, worker: Start, smtp: tuple[Gate, int], look: Look, eventually: Eventually, postgres: object
) -> None:
    process = worker()
    await site.ask(confirmed=False)
    eventually(lambda: smtp[0].messages and all_sent(look), 30)
    await site.door.database.engine.dispose()
    with psycopg.connect(postgres.dsn("postgres", "postgres"), autocommit=True) as admin:  # type: ignore[attr-defined]
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'vzaiemodiia_app' AND datname = %s",
            (look.one("SELECT current_database()"),),
        )
    await site.ask(confirmed=False, author_email="second@ukr.example")
    eventually(lambda: len(smtp[0].messages) == 2 and all_sent(look), 30)
    assert process.poll() is None


async def test_asked_to_end_while_the_database_is_away_it_ends_soon(
    site: Site, worker: Start, smtp: tuple[Gate, int], look: Look, eventually: Eventually, postgres: LocalPostgres
) -> None:
    process = worker()
    await site.ask(confirmed=False)
    eventually(lambda: smtp[0].messages and all_sent(look), 30)
    await site.door.database.engine.dispose()
    name = sql.Identifier(str(look.one("SELECT current_database()")))
    with psycopg.connect(postgres.dsn("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        try:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'vzaiemodiia_app'")
            process.send_signal(signal.SIGTERM)
            assert process.wait(12) == 0
        finally:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


async def test_no_words_of_people_get_into_the_queue(
    site: Site, worker: Start, smtp: tuple[Gate, int], look: Look, eventually: Eventually
) -> None:
    smtp[0].not_now = 1000
    await site.ask(confirmed=False)
    worker()
    eventually(lambda: look.one("SELECT count(*) FROM dramatiq.queue WHERE message->'options' ? 'retries'") == 1, 30)
    queue = str(look.rows("SELECT message FROM dramatiq.queue"))
    for private in (AUTHOR, "газону", "traceback", "Traceback"):
        assert private not in queue


# --- the schedule, in this process --------------------------------------------------------------


async def test_scheduled_jobs_are_enqueued_once_a_period(site: Site, database: TestDatabase, look: Look) -> None:
    city, moment = (await site.city()).id, datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    for clock in (moment, moment, moment.replace(minute=9)):
        for _process in range(2):  # a second one finds the first one's jobs waiting
            schedule = Worker(Settings(database_url=database.app))
            await schedule.enqueue_due(site.door.database, city, clock)
            await schedule.enqueue_due(site.door.database, city, clock)
            schedule.broker.close()
    names = [row[0] for row in look.rows("SELECT message->>'actor_name' FROM dramatiq.queue ORDER BY 1")]
    assert names == sorted(entry.job.name for entry in SCHEDULE)


async def test_a_period_that_could_not_be_enqueued_is_not_forgotten(site: Site, database: TestDatabase, look: Look) -> None:
    schedule = Worker(Settings(database_url=database.app))
    nowhere: UUID = uuid4()
    with pytest.raises(LookupError):
        await schedule.enqueue_due(site.door.database, nowhere, site.clock.now)
    assert schedule.seen == {}
    await schedule.enqueue_due(site.door.database, (await site.city()).id, site.clock.now)
    assert look.one("SELECT count(*) FROM dramatiq.queue") == len(schedule.seen) > 0
    schedule.broker.close()


async def test_every_job_that_a_verb_names_is_known_to_the_worker(site: Site, database: TestDatabase) -> None:
    process = Worker(Settings(database_url=database.app))
    assert {appeals.TELL, "send_mail", "sweep_mail", "forget_mail"} <= set(process.broker.actors)
    process.broker.close()


def test_a_worker_that_is_asked_to_end_ends_whatever_holds_it(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr("src.platform.work.worker.ENDS_WITHIN", 0.01)
    monkeypatch.setattr("src.platform.work.worker.os._exit", lambda status: ended.set() if status == 1 else None)
    held = Worker(Settings(database_url=database.app))  # never runs, so nothing in it would ever end
    held.stop()
    held.stop()
    assert ended.wait(10)
    held.broker.close()
