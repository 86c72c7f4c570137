"""What is forgotten of visits to providers."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.people.providers import visits
from src.platform.work.jobs import job
from src.platform.work.schedule import repeat


@job("forget_provider_visits")
async def forget_provider_visits(session: AsyncSession) -> None:
    """Delete visits whose time is over."""
    await visits.forget_expired(session, now=datetime.now(UTC))


repeat(forget_provider_visits, timedelta(hours=1))
