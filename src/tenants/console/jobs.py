"""Each city's summary for the operator and the apex page, once in a quarter of an hour."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City, city_id_of
from src.platform.work.jobs import job
from src.platform.work.schedule import repeat
from src.tenants.console.summaries import summarise


@job("summarise_city")
async def summarise_city(session: AsyncSession) -> None:
    """Count what there is; the platform's own row has nothing to count."""
    kind = await session.scalar(select(City.kind).where(City.id == city_id_of(session)))
    if kind == "city":
        await summarise(session, now=datetime.now(UTC))


repeat(summarise_city, timedelta(minutes=15))
