"""Photos of drafts and appeals: added, taken away, shown to whoever may see them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import city_id_of
from src.platform.files import store
from src.platform.files.images import Encoded
from src.tenants.appeals.models import Draft, Photo
from src.tenants.appeals.photo_files import FOLDER, FORGET, SIZES, forget, key

__all__ = ["AT_MOST", "FORGET", "SIZES", "key"]

AT_MOST = 5

ORPHAN_AFTER = timedelta(days=1)
"""A file without a row may belong to a transaction that has not ended; after a day it does not."""

OF_APPEAL = text(
    "SELECT p.digest, a.public_state IS NOT NULL AND NOT p.hidden AS public FROM photo p "
    "JOIN appeal a ON a.city_id = p.city_id AND a.id = p.appeal_id WHERE p.city_id = :city AND p.id = :id"
)

NAMED = text("SELECT id FROM photo WHERE city_id = :city AND id = ANY(:ids)")


async def of_draft(session: AsyncSession, draft: Draft) -> Sequence[Photo]:
    """The photos of a draft in their order."""
    return (
        (
            await session.execute(
                select(Photo).where(Photo.city_id == draft.city_id, Photo.draft_id == draft.id).order_by(Photo.position, Photo.id)
            )
        )
        .scalars()
        .all()
    )


async def one_of_draft(session: AsyncSession, draft: Draft, photo_id: UUID) -> Photo | None:
    """A photo, if it is this draft's."""
    wanted = select(Photo).where(Photo.city_id == draft.city_id, Photo.draft_id == draft.id, Photo.id == photo_id)
    return (await session.execute(wanted)).scalar_one_or_none()


async def of_appeal(session: AsyncSession, photo_id: UUID) -> Row[Any] | None:
    """A photo of an appeal, and whether everybody may see it."""
    return (await session.execute(OF_APPEAL, {"city": city_id_of(session), "id": photo_id})).one_or_none()


async def write(city_id: UUID, photo: Encoded) -> UUID:
    """Keep the files of a photo; nobody can reach them until :func:`add` has put its row down."""
    photo_id = uuid7()
    await store.put(city_id, key(photo_id, "large"), photo.large)
    await store.put(city_id, key(photo_id, "small"), photo.small)
    return photo_id


async def add(session: AsyncSession, draft: Draft, photo_id: UUID, photo: Encoded) -> bool:
    """Put a photo to a draft that the caller has locked. The same photo again changes nothing; false when it is one too many."""
    there = await of_draft(session, draft)
    if any(other.digest == photo.digest for other in there):
        return True
    if len(there) >= AT_MOST:
        return False
    session.add(
        Photo(
            city_id=draft.city_id,
            id=photo_id,
            draft_id=draft.id,
            position=1 + max((other.position for other in there), default=0),
            width=photo.width,
            height=photo.height,
            bytes=photo.bytes,
            digest=photo.digest,
        )
    )
    await session.flush()
    return True


async def remove(session: AsyncSession, draft: Draft, photo_id: UUID) -> None:
    """Take a photo away from a draft; its files go when the transaction has ended well."""
    gone = await session.execute(
        delete(Photo).where(Photo.city_id == draft.city_id, Photo.draft_id == draft.id, Photo.id == photo_id).returning(Photo.id)
    )
    await forget(session, gone.scalars().all())


async def remove_all(session: AsyncSession, draft: Draft) -> None:
    """Take all photos away from a draft."""
    gone = await session.execute(
        delete(Photo).where(Photo.city_id == draft.city_id, Photo.draft_id == draft.id).returning(Photo.id)
    )
    await forget(session, gone.scalars().all())


async def hand_over(session: AsyncSession, draft: Draft, appeal_id: UUID) -> None:
    """The draft became an appeal: its photos are the appeal's now."""
    await session.execute(
        update(Photo)
        .where(Photo.city_id == draft.city_id, Photo.draft_id == draft.id)
        .values(draft_id=None, appeal_id=appeal_id)
        .execution_options(synchronize_session=False)
    )


async def delete_files(city_id: UUID, photo_ids: Sequence[str]) -> None:
    """Delete the files of photos that have no row any more."""
    for photo_id in photo_ids:
        for size in SIZES:
            await store.delete(city_id, key(photo_id, size))


async def orphans(session: AsyncSession, *, now: datetime) -> list[str]:
    """Photos that have files and no row: left by rollbacks, and by questions that were deleted whole."""
    city_id = city_id_of(session)
    old = {UUID(path.split("/")[1]) for path, written in await store.listed(city_id, FOLDER) if written < now - ORPHAN_AFTER}
    named = await session.execute(NAMED, {"city": city_id, "ids": list(old)})
    return sorted(str(photo_id) for photo_id in old - set(named.scalars()))
