"""Counts whose window is over are forgotten."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import service
from src.platform.work.jobs import job
from src.platform.work.schedule import repeat


@job("forget_counts")
async def forget_counts(session: AsyncSession) -> None:
    """Delete counts that are over."""
    await service.forget_old(session, now=datetime.now(UTC))


repeat(forget_counts, timedelta(hours=1))
