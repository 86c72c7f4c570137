"""Where the files of photos are kept, below their city's prefix."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.work.jobs import enqueue

SIZES = ("large", "small")
FOLDER = "photos"
FORGET = "forget_photos"
"""The job that deletes files, run by a higher slice; enqueued with the deletion of their rows, so that a rollback keeps both."""


def key(photo_id: UUID | str, size: str) -> str:
    """Where a file of a photo is kept."""
    return f"{FOLDER}/{photo_id}/{size}.webp"


async def forget(session: AsyncSession, photo_ids: Sequence[UUID]) -> None:
    """Have the files deleted once the transaction has ended well."""
    if photo_ids:
        await enqueue(session, FORGET, *photo_ids)
