"""Jobs: enqueued by the transaction that needs them, run by the worker in a unit of work of their city.

A message carries ids only, and the city's always. A job may run twice (a worker can die after its work and before
its acknowledgement), so every job checks what is already done.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec
from uuid import UUID, uuid4

import structlog
from dramatiq import Message
from psycopg.types.json import Json
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.work.pace import JOBS_BEGUN, LETTERS, MAIL_QUEUE, SLOT, count, slot_of

log = structlog.get_logger("jobs")

P = ParamSpec("P")

ENQUEUE = (
    f"WITH slot AS ({SLOT}), message AS ("  # noqa: S608  fixed parts only
    "INSERT INTO dramatiq.queue AS waiting (queue_name, message_id, state, message, available_at) "
    "SELECT %(queue)s, %(message_id)s, 'queued', %(message)s, slot.at FROM slot "
    "ON CONFLICT (message_id) DO UPDATE SET state = 'queued', "
    "queue_name = EXCLUDED.queue_name, message = EXCLUDED.message, available_at = EXCLUDED.available_at, worker_id = NULL, "
    "consumed_at = NULL, mtime = now() WHERE waiting.state = 'rejected' RETURNING queue_name) "
    "SELECT pg_notify('dramatiq.' || queue_name || '.enqueue', '') FROM message"
)

DAY = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work. ``run`` gets the database and the city's id; ``retries`` counts further attempts."""

    name: str
    queue: str
    run: Callable[..., Awaitable[None]]
    retries: int
    longest_pause_ms: int


JOBS: dict[str, Job] = {}


def job(
    name: str, *, queue: str = "default", retries: int = 12, longest_pause_ms: int = DAY // 12
) -> Callable[[Callable[Concatenate[AsyncSession, P], Awaitable[None]]], Job]:
    """A job that is one unit of work: ``async def work(session, *ids: str)``."""

    def declare(function: Callable[Concatenate[AsyncSession, P], Awaitable[None]]) -> Job:
        async def run(database: Database, city_id: UUID, *args: P.args, **kwargs: P.kwargs) -> None:
            async with database.unit(city_id) as session:
                await function(session, *args, **kwargs)

        return register(Job(name, queue, run, retries, longest_pause_ms))

    return declare


def job_with_own_transactions(
    name: str, *, queue: str, retries: int, longest_pause_ms: int
) -> Callable[[Callable[Concatenate[Database, UUID, P], Awaitable[None]]], Job]:
    """A job that talks to the outside between two transactions: ``async def work(database, city_id, *ids: str)``."""

    def declare(function: Callable[Concatenate[Database, UUID, P], Awaitable[None]]) -> Job:
        return register(Job(name, queue, function, retries, longest_pause_ms))

    return declare


def register(new: Job) -> Job:
    """Make a job known to the worker; two of one name are a programming error."""
    if new.name in JOBS:
        msg = f"two jobs are called {new.name}"
        raise ValueError(msg)
    JOBS[new.name] = new
    return new


async def enqueue(session: AsyncSession, what: Job | str, *ids: UUID | str, once: UUID | None = None, paced: bool = True) -> None:
    """Put a job into the queue, in the caller's transaction: no commit, no job.

    ``once`` names the message, so that a second one of the same name is dropped while the first waits, runs or is to
    be tried again; one whose attempts ran out is begun anew. A job may be given by its name where importing it would
    turn the house's order round.

    A city that enqueues faster than its pace (``pace.py``) has what is over run later; ``paced`` false is for what cannot
    wait and is limited elsewhere.
    """
    name = what if isinstance(what, str) else what.name
    queue = what.queue if isinstance(what, Job) else "default"
    message: Message[Any] = Message(
        queue_name=queue,
        actor_name=name,
        args=(),
        kwargs={"city": str(city_id_of(session)), "ids": [str(item) for item in ids]},
        options={},
        message_id=str(once or uuid4()),
    )
    kind = LETTERS if queue == MAIL_QUEUE else JOBS_BEGUN
    bound = {"queue": queue, "message_id": message.message_id, "message": Json(message.asdict())}
    connection = await session.connection()
    done = await connection.exec_driver_sql(ENQUEUE, bound | slot_of(session, kind, paced=paced))
    if paced and done.first() is not None:
        count(session, kind)
