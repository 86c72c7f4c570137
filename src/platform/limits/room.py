"""How much room a city's photos and files take, and how much it may: kept by the database, wherever rows come and go."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City, city_id_of

USED = text("SELECT used FROM usage WHERE city_id = :city AND kind = 'storage'")
MEGABYTE = 1024 * 1024


async def used(session: AsyncSession) -> int:
    """Bytes that the city's photos and files of answers take."""
    return int(await session.scalar(USED, {"city": city_id_of(session)}) or 0)


async def full(session: AsyncSession, city: City, *, more: int = 0) -> bool:
    """Whether the city has no room for ``more`` bytes (or, without them, for anything)."""
    return await used(session) + more >= city.options.storage_megabytes * MEGABYTE


async def share(session: AsyncSession, city: City) -> float:
    """The part of its room that a city has filled: 1 is all of it."""
    return await used(session) / (city.options.storage_megabytes * MEGABYTE)
