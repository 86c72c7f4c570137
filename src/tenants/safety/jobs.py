"""What is forgotten: who reported what, and bans that ended long ago."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.work.jobs import job
from src.platform.work.schedule import repeat
from src.tenants.safety import bans, reports


@job("forget_reports")
async def forget_reports(session: AsyncSession) -> None:
    """Forget reporters' words and e-mails 90 days after the decision, and bans a year after their end."""
    now = datetime.now(UTC)
    await reports.forget_settled(session, now=now)
    await bans.forget_old(session, now=now)


repeat(forget_reports, timedelta(days=1))
