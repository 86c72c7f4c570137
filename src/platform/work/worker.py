"""The worker process: takes messages from the queue, runs jobs, and keeps the schedule."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

import dramatiq
import structlog
from dramatiq.middleware import AsyncIO, CurrentMessage, Retries, ShutdownNotifications
from dramatiq_postgres import PostgresBroker

from src.platform.data.cities import Cities
from src.platform.data.unit_of_work import Database
from src.platform.settings import Settings
from src.platform.work.jobs import JOBS, Job, enqueue
from src.platform.work.schedule import SCHEDULE

log = structlog.get_logger("worker")


def actor_of(job: Job, database: Database) -> Callable[..., object]:
    """What dramatiq calls for a message of this job."""

    async def run(*, city: str, ids: list[str]) -> None:
        structlog.contextvars.bind_contextvars(city=city, job=job.name)
        try:
            await job.run(database, UUID(city), *ids)
            log.info("job done")
        finally:
            structlog.contextvars.clear_contextvars()

    return run


class Worker:
    """One process's worker. ``stop`` lets running jobs end; what was not begun stays in the queue."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database_url, pool_size=settings.worker_threads * 2 + 2)
        self.cities = Cities(self.database, settings.base_domain)
        beat = settings.job_heartbeat_seconds
        # Its own pool is lazy; `middleware` is given whole, so that nothing of dramatiq's defaults comes unasked.
        self.broker = PostgresBroker(
            url=settings.database_url,
            results=False,
            poll_interval=0.25,
            heartbeat_interval=beat,
            heartbeat_ttl=beat * 3,
            maintenance_interval=beat,
            middleware=[ShutdownNotifications(), CurrentMessage(), Retries(min_backoff=2000), AsyncIO()],
        )
        for job in JOBS.values():
            dramatiq.actor(
                actor_of(job, self.database),  # type: ignore[arg-type]  # a coroutine function; AsyncIO runs it
                actor_name=job.name,
                queue_name=job.queue,
                broker=self.broker,
                max_retries=job.retries,
                max_backoff=job.longest_pause_ms,
            )
        self.worker = dramatiq.Worker(self.broker, worker_threads=settings.worker_threads, worker_timeout=500)
        self.stopping = threading.Event()
        self.seen: dict[tuple[str, UUID], int] = {}

    def run(self) -> None:
        """Work until :meth:`stop` is called (from a signal handler)."""
        self.worker.start()
        log.info("worker ready", jobs=sorted(JOBS))
        asyncio.run(self.keep_schedule())
        self.worker.stop(timeout=20_000)
        self.broker.close()

    def stop(self) -> None:
        """Ask the process to end."""
        self.stopping.set()

    async def keep_schedule(self) -> None:
        """Enqueue what is due, once per city and period whatever the number of workers."""
        database = Database(self.settings.database_url, pool_size=1)
        while not self.stopping.is_set():
            moment = datetime.now(UTC)
            try:
                for city in await self.cities_of(database):
                    async with database.unit(city) as session:
                        for entry in SCHEDULE:
                            period = int(moment.timestamp() // entry.every.total_seconds())
                            if self.is_new(entry.job.name, city, period):
                                once = uuid5(NAMESPACE_OID, f"{entry.job.name} {city} {period}")
                                await enqueue(session, entry.job, once=once)
            except OSError:
                log.exception("the schedule could not be kept; trying again")
            await asyncio.to_thread(self.stopping.wait, timedelta(seconds=20).total_seconds())
        await database.close()

    def is_new(self, name: str, city: UUID, period: int) -> bool:
        """Whether this process has not yet enqueued the period's job."""
        if self.seen.get((name, city)) == period:
            return False
        self.seen[(name, city)] = period
        return True

    async def cities_of(self, database: Database) -> list[UUID]:
        """Ids of all cities."""
        return [city.id for city in await Cities(database, self.settings.base_domain).every()]

