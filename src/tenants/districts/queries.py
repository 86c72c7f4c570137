"""What points to districts, and the districts themselves."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.base import Base
from src.platform.data.tenancy import city_id_of
from src.tenants.cities.models import District


def pointing() -> list[tuple[Table, str]]:
    """Every table of the house with the column that points to a district: appeals, rules, and what other modules have."""
    return sorted(
        (
            (table, next(each.parent.name for each in key.elements if each.column.name == "id"))
            for table in Base.metadata.tables.values()
            for key in table.foreign_key_constraints
            if key.referred_table.name == District.__tablename__
        ),
        key=lambda pair: pair[0].name,
    )


async def district_at(session: AsyncSession, district_id: UUID, *, lock: bool = False) -> District | None:
    """A district of the city."""
    query = select(District).where(District.city_id == city_id_of(session), District.id == district_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def districts(session: AsyncSession, *, lock: bool = False) -> Sequence[District]:
    """All districts in the city's order."""
    query = select(District).where(District.city_id == city_id_of(session)).order_by(District.position, District.slug)
    return (await session.execute(query.with_for_update() if lock else query)).scalars().all()


async def counts(session: AsyncSession) -> dict[UUID, dict[str, int]]:
    """How many rows of which table point to which district; tables without any are left out."""
    found: dict[UUID, dict[str, int]] = {}
    for table, column in pointing():
        points = table.c[column]
        query = select(points, func.count()).where(table.c.city_id == city_id_of(session), points.is_not(None)).group_by(points)
        for district_id, count in await session.execute(query):
            found.setdefault(district_id, {})[table.name] = int(count)
    return found
