"""Once a day each city looks whether its time is over."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import MetaData

from src.platform.data.unit_of_work import Database
from src.platform.work.jobs import job_with_own_transactions
from src.platform.work.schedule import repeat
from src.tenants.archive.deletion import delete_for_good

HOUR = 3600 * 1000
_tables: list[MetaData] = []


def use(metadata: MetaData) -> None:
    """All tables of the house, which the composition root knows."""
    _tables[:] = [metadata]


async def end(database: Database, city_id: UUID) -> None:
    """Delete the city when its waiting period is over. Tried again for a day: nobody else would come for its files."""
    await delete_for_good(database, city_id, _tables[0], now=datetime.now(UTC))


end_city = repeat(
    job_with_own_transactions("end_city", queue="default", retries=24, longest_pause_ms=HOUR)(end), timedelta(days=1)
)
