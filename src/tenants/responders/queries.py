"""Who answers, and who does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.tenants.cities.catalogue import Catalogue, CategoryHere, DistrictHere

LATELY = timedelta(days=90)
SILENT_AFTER = 15
"""Days in which a question is answered that needs no study (Law on Citizens' Appeals, art. 20)."""

DILIGENCE = text(
    "SELECT responder_id, count(*) FILTER (WHERE state IN ('routed', 'reopened')) AS waiting, "
    "min(published_at) FILTER (WHERE state IN ('routed', 'reopened')) AS oldest, "
    "count(*) FILTER (WHERE state = 'answered' AND answered_at >= :since) AS answered, "
    "percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - published_at)) "
    "FILTER (WHERE state = 'answered' AND answered_at >= :since) AS median "
    "FROM appeal WHERE city_id = :city AND responder_id IS NOT NULL GROUP BY responder_id"
)


@dataclass(frozen=True, slots=True)
class Diligence:
    """How a body answers: what waits there, for how many days the oldest, what it answered lately and in how many days."""

    waiting: int
    oldest_days: int
    answered: int
    median_days: float | None

    @property
    def silent(self) -> bool:
        """Something waits longer than the law gives."""
        return self.waiting > 0 and self.oldest_days > SILENT_AFTER


async def diligence(session: AsyncSession, *, now: datetime) -> dict[UUID, Diligence]:
    """By body; those that were never sent anything are not there."""
    rows = await session.execute(DILIGENCE, {"city": city_id_of(session), "since": now - LATELY})
    return {
        row.responder_id: Diligence(
            row.waiting,
            (now - row.oldest).days if row.oldest else 0,
            row.answered,
            round(float(row.median) / 86_400, 1) if row.median is not None else None,
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Cell:
    """One case: who gets it, and whether only because of the city's fallback."""

    responder_id: UUID | None
    by_fallback: bool


def table(
    source: Catalogue, categories: Sequence[CategoryHere], districts: Sequence[DistrictHere]
) -> list[tuple[CategoryHere, list[Cell]]]:
    """Every category that takes questions by every district."""
    fallback = source.cases.get((None, None))

    def cell(category: CategoryHere, district: DistrictHere) -> Cell:
        found = source.responder_for(category.id, district.id)
        heading = source.headings.get(category.id)
        cases = [(category.id, district.id), (category.id, None), (heading, district.id), (heading, None)]
        named = any(case in source.cases for case in cases if case[0] is not None) or (None, district.id) in source.cases
        return Cell(found, by_fallback=not named and fallback is not None)

    return [
        (category, [cell(category, district) for district in districts])
        for category in categories
        if category.open and not category.emergency
    ]
