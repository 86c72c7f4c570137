"""What is forgotten of signing in."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.people.accounts import service as accounts
from src.platform.people.sign_in import service
from src.platform.work.jobs import job
from src.platform.work.schedule import repeat


@job("forget_sign_ins")
async def forget_sign_ins(session: AsyncSession) -> None:
    """Delete links, steps and sessions whose time is over."""
    now = datetime.now(UTC)
    await service.forget_expired(session, now=now)
    await accounts.forget_expired(session, now=now)


repeat(forget_sign_ins, timedelta(hours=1))
