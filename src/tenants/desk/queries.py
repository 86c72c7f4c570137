"""What the desk and the queue show: counts, and rows with the private side beside the public one. Staff only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, case, literal, select, text, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City, city_id_of
from src.tenants.appeals.models import Appeal, Submission
from src.tenants.appeals.states import State

ROWS = 25
WAITS = (State.SUBMITTED, State.REOPENED, State.PUBLISHED, State.ROUTED, State.ENTRUSTED)
"""What somebody has to do something about, the most urgent first."""
DONE = (State.ANSWERED, State.REJECTED, State.MERGED, State.WITHDRAWN, State.SETTLED)
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in a queue: what a page after it, or the next appeal, is looked up from."""

    confirmed_at: datetime
    id: UUID

    def __str__(self) -> str:
        """As it goes into an address."""
        return f"{int(self.confirmed_at.timestamp() * 1_000_000)}.{self.id.hex}"

    @classmethod
    def read(cls, value: str) -> "Place | None":
        """From an address; nothing when it is none."""
        micros, _, key = value.partition(".")
        try:
            return cls(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros)), UUID(key))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a queue is narrowed to."""

    categories: tuple[UUID, ...] = ()
    district_id: UUID | None = None

    def on(self, query: Select[Any]) -> Select[Any]:
        """The query, narrowed."""
        if self.categories:
            query = query.where(Appeal.category_id.in_(self.categories))
        if self.district_id:
            query = query.where(Appeal.district_id == self.district_id)
        return query


COUNTS = text(
    "SELECT state, count(*) AS n, count(*) FILTER (WHERE answered_at >= :week_ago) AS this_week FROM appeal "
    "WHERE city_id = :city AND state <> 'unconfirmed' GROUP BY state"
)


async def counts(session: AsyncSession, now: datetime) -> dict[str, int]:
    """How many appeals are in each state, and under ``this_week`` how many were answered in the last seven days."""
    rows = (await session.execute(COUNTS, {"city": city_id_of(session), "week_ago": now - A_WEEK})).all()
    found = dict.fromkeys(State, 0) | {row.state: row.n for row in rows}
    return {**found, "this_week": sum(row.this_week for row in rows)}


def rows_of(session: AsyncSession) -> Select[Any]:
    """The columns of a row. What the public sees where there is such, else the author's own words."""
    return (
        select(
            Appeal.id,
            Appeal.number,
            Appeal.state,
            Appeal.category_id,
            Appeal.district_id,
            Appeal.responder_id,
            Appeal.confirmed_at,
            Appeal.answered_at,
            case((Appeal.title != "", Appeal.title), else_=Submission.title).label("title"),
            case((Appeal.title != "", Appeal.body), else_=Submission.body).label("body"),
            Submission.lon,
            Submission.lat,
        )
        .join(Submission, (Submission.city_id == Appeal.city_id) & (Submission.id == Appeal.id))
        .where(Appeal.city_id == city_id_of(session), Appeal.confirmed_at.is_not(None))
    )


async def queue(
    session: AsyncSession, state: State, filters: Filters, after: Place | None
) -> tuple[list[Row[*tuple[Any, ...]]], Place | None]:
    """A page of a queue and where the next one begins. What waits: the oldest first; what is done with: the newest."""
    oldest_first = state in WAITS
    query = filters.on(rows_of(session).where(Appeal.state == state))
    order = (Appeal.confirmed_at, Appeal.id)
    if after is not None:
        here, there = tuple_(*order), tuple_(literal(after.confirmed_at), literal(after.id))
        query = query.where(here > there if oldest_first else here < there)
    ordered = query.order_by(*(order if oldest_first else (column.desc() for column in order))).limit(ROWS + 1)
    found = list((await session.execute(ordered)).all())
    more = Place(found[ROWS - 1].confirmed_at, found[ROWS - 1].id) if len(found) > ROWS else None
    return found[:ROWS], more


async def oldest(session: AsyncSession, each: int) -> dict[str, list[Row[*tuple[Any, ...]]]]:
    """The oldest few of every state that waits for somebody, in one query."""
    parts = [
        rows_of(session).where(Appeal.state == state).order_by(Appeal.confirmed_at, Appeal.id).limit(each).subquery()
        for state in WAITS
    ]
    found: dict[str, list[Row[*tuple[Any, ...]]]] = {state: [] for state in WAITS}
    for row in await session.execute(union_all(*(select(part) for part in parts))):
        found[row.state].append(row)
    return {state: sorted(rows, key=lambda row: (row.confirmed_at, row.id)) for state, rows in found.items()}


async def next_in_queue(session: AsyncSession, state: str, filters: Filters, place: Place) -> Row[*tuple[Any, ...]] | None:
    """The next appeal of a state after a place in its queue; from the queue's beginning when there is none later."""
    later = tuple_(Appeal.confirmed_at, Appeal.id) > tuple_(literal(place.confirmed_at), literal(place.id))
    query = filters.on(rows_of(session).where(Appeal.state == state, Appeal.id != place.id))
    ordered = query.order_by(later.desc(), Appeal.confirmed_at, Appeal.id).limit(1)
    found: Row[*tuple[Any, ...]] | None = (await session.execute(ordered)).one_or_none()
    return found


async def by_number(session: AsyncSession, city: City, typed: str, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """The appeal (id, number) as somebody types it: whole, or only its last digits, of the newest year that has it."""
    wanted = "".join(typed.split()).upper()
    numbers = [wanted]
    if wanted.isdecimal():
        numbers = [f"{city.number_prefix}-{now.year - years:04d}-{int(wanted):06d}" for years in range(-1, 10)]
    query = (
        select(Appeal.id, Appeal.number)
        .where(Appeal.city_id == city.id, Appeal.number.in_(numbers), Appeal.confirmed_at.is_not(None))
        .order_by(Appeal.number.desc())
        .limit(1)
    )
    return (await session.execute(query)).one_or_none()


def words_of(rows: list[Row[*tuple[Any, ...]]]) -> Mapping[UUID, str]:
    """Title and text of rows, for comparing them."""
    return {row.id: f"{row.title} {row.body}" for row in rows}
