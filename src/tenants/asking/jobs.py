"""What is tidied up: drafts that were left, files that nothing names any more."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from src.platform.data.unit_of_work import Database
from src.platform.work.jobs import job_with_own_transactions
from src.platform.work.schedule import repeat
from src.tenants.asking import photos, service

HOUR = 3600 * 1000


@job_with_own_transactions(photos.FORGET, queue="default", retries=12, longest_pause_ms=HOUR)
async def forget_photos(_: Database, city_id: UUID, *photo_ids: str) -> None:
    """Delete the files of photos whose rows are gone; deleting twice does nothing."""
    await photos.delete_files(city_id, photo_ids)


async def tidy(database: Database, city_id: UUID) -> None:
    """Forget drafts older than seven days, then files that no row names."""
    now = datetime.now(UTC)
    async with database.unit(city_id) as session:
        await service.forget_old(session, now=now)
    async with database.unit(city_id) as session:
        left = await photos.orphans(session, now=now)
    await photos.delete_files(city_id, left)


tidy_drafts = repeat(
    job_with_own_transactions("tidy_drafts", queue="default", retries=3, longest_pause_ms=HOUR)(tidy), timedelta(days=1)
)
