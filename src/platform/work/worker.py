"""The worker process: takes messages from the queue, runs jobs, and keeps the schedule."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import dramatiq
import psycopg
import structlog
from dramatiq import Broker
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.errors import BrokerConnectionError
from dramatiq.middleware import AsyncIO, CurrentMessage, Middleware, Retries, ShutdownNotifications
from dramatiq_postgres import PostgresBroker

from src.platform.data.cities import Cities
from src.platform.data.unit_of_work import Database
from src.platform.settings import Settings
from src.platform.work.jobs import JOBS, Job, enqueue
from src.platform.work.schedule import SCHEDULE, Entry

log = structlog.get_logger("worker")

LOOK_AT_SCHEDULE = 20
"""Seconds between two looks at the schedule."""
JOBS_MAY_END = 20_000
"""Milliseconds that running jobs get when the process is asked to end."""

ENDS_WITHIN = 30
"""Seconds from being asked to end until the process ends whatever still holds it: jobs are safe to begin anew."""
WITHOUT_DATABASE = 4
"""The same when there is no database any more."""

GIVE_BACK = (
    "UPDATE dramatiq.queue SET state = 'queued', worker_id = NULL, consumed_at = NULL, mtime = now() "
    "WHERE worker_id = %s AND state = 'consumed'"
)


def actor_of(job: Job, database: Database) -> Callable[..., Awaitable[None]]:
    """What dramatiq calls for a message of this job."""

    async def run(*, city: str, ids: list[str]) -> None:
        structlog.contextvars.bind_contextvars(city=city, job=job.name)
        try:
            await job.run(database, UUID(city), *ids)
            log.info("job done")
        finally:
            structlog.contextvars.clear_contextvars()

    return run


class OnlyIds(Middleware):
    """Keeps the queue free of personal data: it has no row-level security, and a traceback may quote a row."""

    def before_enqueue(self, _broker: Broker, message: dramatiq.Message[Any], _delay: int | None) -> None:
        """A message that is to be tried again."""
        message.options.pop("traceback", None)

    def before_nack(self, _broker: Broker, message: dramatiq.MessageProxy) -> None:
        """A message whose attempts ran out."""
        message.options.pop("traceback", None)


class JobLoop(AsyncIO):
    """The event loop that jobs run on; gives the jobs' connections back on that loop before it ends."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database

    def after_worker_shutdown(self, broker: Broker, worker: dramatiq.Worker) -> None:
        """The last job has ended, or ran out of time."""
        thread = get_event_loop_thread()
        if thread is not None:
            thread.run_coroutine(self.database.close())
        super().after_worker_shutdown(broker, worker)  # type: ignore[no-untyped-call]


class Worker:
    """One process's worker. ``stop`` lets running jobs end; what was not begun goes back to the queue."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # A letter's job holds two connections: one keeps its lock while the other writes.
        database = Database(settings.database_url, pool_size=settings.worker_threads * 2 + 2)
        beat = settings.job_heartbeat_seconds
        # `middleware` is given whole, so that nothing of dramatiq's defaults comes unasked.
        self.broker = PostgresBroker(
            url=settings.database_url,
            results=False,
            poll_interval=0.25,
            heartbeat_interval=beat,
            heartbeat_ttl=beat * 3,
            maintenance_interval=beat,
            middleware=[
                ShutdownNotifications(),
                CurrentMessage(),
                OnlyIds(),
                Retries(min_backoff=2000),
                JobLoop(database),
            ],
        )
        for job in JOBS.values():
            declare = dramatiq.actor(
                actor_name=job.name,
                queue_name=job.queue,
                broker=self.broker,
                max_retries=job.retries,
                max_backoff=job.longest_pause_ms,
            )
            declare(actor_of(job, database))
        self.worker = dramatiq.Worker(self.broker, worker_threads=settings.worker_threads, worker_timeout=500)
        self.stopping = threading.Event()
        self.seen: dict[tuple[str, UUID], int] = {}

    def run(self) -> None:
        """Work until :meth:`stop` is called (from a signal handler)."""
        self.worker.start()
        log.info("worker ready", jobs=sorted(JOBS))
        try:
            asyncio.run(self.keep_schedule())
        finally:
            if not self.database_answers():
                # Nothing that runs can be kept or given back, so nothing is worth a wait of half a minute for a connection.
                self.broker.pool.close(timeout=0)
                self.end_within(WITHOUT_DATABASE, status=0)
            self.worker.stop(timeout=JOBS_MAY_END)
            self.give_back()
            self.broker.close()
            log.info("worker ended")

    def stop(self) -> None:
        """Ask the process to end; it will, even if a job or a dying database does not let go."""
        if not self.stopping.is_set():
            self.stopping.set()
            self.end_within(ENDS_WITHIN, status=1)

    def end_within(self, seconds: float, *, status: int) -> None:
        """End after so long without waiting for anything. What was under way goes to others when the heartbeat fades."""

        def end() -> None:
            log.error("worker did not end in time")
            os._exit(status)

        last = threading.Timer(seconds, end)
        last.daemon = True
        last.start()

    def database_answers(self) -> bool:
        """Whether a connection can be had."""
        try:
            psycopg.connect(self.settings.database_url, connect_timeout=3).close()
        except psycopg.Error:
            return False
        return True

    def give_back(self) -> None:
        """Let others have at once what this process took and did not begin; else they wait for its heartbeat to fade."""
        try:
            with self.broker.pool.connection(timeout=5) as connection:
                connection.execute(GIVE_BACK, (self.broker.worker_id,))
                connection.execute("DELETE FROM dramatiq.worker WHERE worker_id = %s", (self.broker.worker_id,))
        except (psycopg.Error, BrokerConnectionError) as problem:
            log.warning("messages could not be given back", problem=type(problem).__name__)

    async def keep_schedule(self) -> None:
        """Enqueue what is due, once per city and period for this process, whatever goes wrong meanwhile.

        Other processes drop a job of the same period while it waits or runs; one that starts later enqueues it again,
        so scheduled jobs do nothing when there is nothing to do.
        """
        database = Database(self.settings.database_url, pool_size=1)
        while not self.stopping.is_set():
            try:
                for city in await Cities(database, self.settings.base_domain).tenants():
                    await self.enqueue_due(database, city.id, datetime.now(UTC))
            except Exception:  # a database that restarts, a city that went: the next look tries again
                log.exception("the schedule could not be kept")
            await asyncio.to_thread(self.stopping.wait, LOOK_AT_SCHEDULE)
        await database.close()

    async def enqueue_due(self, database: Database, city: UUID, moment: datetime) -> None:
        """Enqueue one city's jobs of periods that this process has not enqueued yet."""
        due = [(entry, period_of(entry, moment)) for entry in SCHEDULE]
        due = [(entry, period) for entry, period in due if self.seen.get((entry.job.name, city)) != period]
        if not due:
            return
        async with database.unit(city) as session:
            for entry, period in due:
                once = uuid5(NAMESPACE_OID, f"{entry.job.name} {city} {period}")
                await enqueue(session, entry.job, once=once)
        for entry, period in due:  # only now is it sure: the transaction has ended well
            self.seen[entry.job.name, city] = period


def period_of(entry: Entry, moment: datetime) -> int:
    """The number of the entry's period that a moment lies in."""
    return int(moment.timestamp() // entry.every.total_seconds())
