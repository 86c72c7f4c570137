"""Jobs of the slice."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from src.platform.data.unit_of_work import Database
from src.platform.work.jobs import job_with_own_transactions
from src.platform.work.schedule import repeat
from src.tenants.districts import uploads

HOUR = 3600 * 1000


async def tidy(_: Database, city_id: UUID) -> None:
    """Forget files of districts that nobody saved within a week."""
    await uploads.forget_old(city_id, now=datetime.now(UTC))


tidy_district_uploads = repeat(
    job_with_own_transactions("tidy_district_uploads", queue="default", retries=3, longest_pause_ms=HOUR)(tidy), timedelta(days=1)
)
