"""Which public appeals a new one may repeat: those that share its rarer words, and are about the same, near by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.tenants.appeals.models import Appeal
from src.tenants.appeals.states import PUBLIC
from src.tenants.cities.geography import metres
from src.tenants.desk.queries import words_of
from src.tenants.search.queries import shares

SHARE_AT_LEAST = 0.12
"""Of the weight of an appeal's words. Of the demonstration's merged pairs all have as much; so do chance pairs of
different places, which is why the place counts too."""
SURE_SHARE = 0.4
NEAR = 700.0
"""Metres. Public points are snapped to some 100 m; people put the same thing at either end of a street."""
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Alike:
    """A public appeal that shares words with one under review; ``likely`` when it is probably the same matter."""

    id: UUID
    number: str
    title: str
    state: str
    asked_at: datetime
    share: float
    likely: bool


async def alike(session: AsyncSession, rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[UUID, list[Alike]]:
    """For rows of a queue, the public appeals that may be about the same; the likeliest first. Two queries."""
    shared = await shares(session, words_of(list(rows)), least=SHARE_AT_LEAST)
    ids = {other for others in shared.values() for other in others}
    query = select(
        Appeal.id,
        Appeal.number,
        Appeal.title,
        Appeal.state,
        Appeal.category_id,
        Appeal.district_id,
        Appeal.lon,
        Appeal.lat,
        Appeal.confirmed_at,
    ).where(Appeal.city_id == city_id_of(session), Appeal.id.in_(ids), Appeal.state.in_(PUBLIC))
    others = {other.id: other for other in await session.execute(query)}
    found: dict[UUID, list[Alike]] = {}
    for row in rows:
        pairs = ((others[other], share) for other, share in shared[row.id].items() if other in others)
        found[row.id] = best(compared(row, other, share) for other, share in pairs if worth_a_look(row, other, share))
    return found


def worth_a_look(row: Row[*tuple[Any, ...]], other: Row[*tuple[Any, ...]], share: float) -> bool:
    """Whether to show a pair at all: about the same, or in nearly the same words under another heading."""
    return bool(row.category_id == other.category_id) or share >= SURE_SHARE


def compared(row: Row[*tuple[Any, ...]], other: Row[*tuple[Any, ...]], share: float) -> Alike:
    """One pair: likely when about the same and near, or when the words are nearly the same."""
    same = row.category_id == other.category_id and near(row, other)
    return Alike(other.id, other.number, other.title, other.state, other.confirmed_at, share, likely=same or share >= SURE_SHARE)


def near(row: Row[*tuple[Any, ...]], other: Row[*tuple[Any, ...]]) -> bool:
    """Whether both may be at one place; where either has no point, their districts decide."""
    if row.lon is None or other.lon is None:
        return bool(row.district_id == other.district_id)
    return metres((row.lon, row.lat), (other.lon, other.lat)) <= NEAR


def best(found: Iterable[Alike]) -> list[Alike]:
    """The likeliest few."""
    return sorted(found, key=lambda item: (not item.likely, -item.share))[:SHOWN]
