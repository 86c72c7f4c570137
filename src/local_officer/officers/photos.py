"""Officers' photos: made anew from what was uploaded, without metadata, kept in the city's store."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.officers.models import Officer
from src.platform.data.tenancy import city_id_of
from src.platform.files import store
from src.platform.files.images import Encoded

FOLDER = "officers"
LEFT_ALONE = timedelta(hours=1)
"""A file so young may belong to a transaction that has not ended yet."""


def photo_key(officer_id: UUID, photo_at: datetime) -> str:
    """Where a photo lies in the city's store."""
    return f"{FOLDER}/{officer_id}-{int(photo_at.timestamp())}.webp"


async def keep(city_id: UUID, officer_id: UUID, made: Encoded, *, now: datetime) -> datetime:
    """Keep a photo; its moment is what names it from now on. The smaller of the two sizes is what pages show."""
    moment = now.replace(microsecond=0)
    await store.put(city_id, photo_key(officer_id, moment), made.small)
    return moment


async def orphans(session: AsyncSession, *, now: datetime) -> list[str]:
    """Keys of files that no officer's row names any more."""
    city_id = city_id_of(session)
    rows = await session.execute(
        select(Officer.id, Officer.photo_at).where(Officer.city_id == city_id, Officer.photo_at.is_not(None))
    )
    named = {photo_key(officer_id, photo_at) for officer_id, photo_at in rows if photo_at is not None}
    found = await store.listed(city_id, FOLDER)
    return [key for key, written in found if key not in named and now - written.astimezone(UTC) > LEFT_ALONE]
