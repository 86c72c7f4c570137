"""Reads: imports, their rows, what rows are compared with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City, city_id_of
from src.tenants.appeals.models import Appeal
from src.tenants.cities.catalogue import catalogue
from src.tenants.moving_in.checks import Known
from src.tenants.moving_in.fields import folded
from src.tenants.moving_in.models import PastImport, PastRow

ROWS_A_PAGE = 50
LATEST = 10

MOVED = text(
    "SELECT e.data ->> 'old' AS old FROM appeal_event e JOIN appeal a ON a.city_id = e.city_id AND a.id = e.appeal_id "
    "WHERE e.city_id = :city AND e.kind = 'moved_in' AND e.data ->> 'old' <> '' AND a.state <> 'removed'"
)


async def import_at(session: AsyncSession, import_id: UUID, *, lock: bool = False) -> PastImport | None:
    """An import of this city, perhaps locked."""
    query = select(PastImport).where(PastImport.city_id == city_id_of(session), PastImport.id == import_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def latest(session: AsyncSession) -> list[PastImport]:
    """The imports of the last days, newest first."""
    query = select(PastImport).where(PastImport.city_id == city_id_of(session)).order_by(PastImport.created_at.desc())
    return list(await session.scalars(query.limit(LATEST)))


async def before(session: AsyncSession, row: PastImport) -> PastImport | None:
    """The city's last file before this one of which somebody said what its columns are."""
    query = (
        select(PastImport)
        .where(PastImport.city_id == row.city_id, PastImport.id != row.id, PastImport.columns != {})
        .order_by(PastImport.changed_at.desc())
    )
    return await session.scalar(query.limit(1))


async def rows_after(
    session: AsyncSession, import_id: UUID, after: int, *, bad: bool | None, warned: bool = False, count: int = ROWS_A_PAGE
) -> list[PastRow]:
    """Rows after a line of the sheet; ``bad`` none takes both kinds, ``warned`` only those with something to look at."""
    query = select(PastRow).where(PastRow.city_id == city_id_of(session), PastRow.import_id == import_id, PastRow.number > after)
    if bad is not None:
        query = query.where(PastRow.bad.is_(bad))
    if warned:
        query = query.where(func.jsonb_array_length(PastRow.warnings) > 0)
    return list(await session.scalars(query.order_by(PastRow.number).limit(count)))


async def good_rows_after(
    session: AsyncSession, import_id: UUID, after: tuple[datetime, int] | None, *, count: int
) -> Sequence[Row[Any]]:
    """Good rows in the order in which they were asked, after one of them: id, line, moment, data."""
    query = select(PastRow.id, PastRow.number, PastRow.asked_at, PastRow.data).where(
        PastRow.city_id == city_id_of(session), PastRow.import_id == import_id, PastRow.bad.is_(False)
    )
    if after is not None:
        query = query.where(tuple_(PastRow.asked_at, PastRow.number) > after)
    return (await session.execute(query.order_by(PastRow.asked_at, PastRow.number).limit(count))).all()


async def moved_numbers(session: AsyncSession) -> frozenset[str]:
    """Numbers of other services that are in this city already, folded."""
    return frozenset(folded(old) for old in await session.scalars(MOVED, {"city": city_id_of(session)}))


async def known(session: AsyncSession, row: PastImport, now: datetime) -> Known:
    """What rows are compared with, as of this transaction."""
    city = await session.get_one(City, row.city_id)
    return Known(
        source=await catalogue(session),
        city=city,
        zone=ZoneInfo(city.timezone),
        now=now,
        columns=dict(row.columns),
        values={field: dict(words) for field, words in row.values.items()},
        moved=await moved_numbers(session),
    )


async def moved_appeals(session: AsyncSession, import_id: UUID) -> Sequence[Appeal]:
    """The appeals that an import became, locked in the order of their ids."""
    city = city_id_of(session)
    ids = select(PastRow.id).where(PastRow.city_id == city, PastRow.import_id == import_id, PastRow.bad.is_(False))
    query = select(Appeal).where(Appeal.city_id == city, Appeal.id.in_(ids)).order_by(Appeal.id).with_for_update()
    return (await session.scalars(query)).all()
