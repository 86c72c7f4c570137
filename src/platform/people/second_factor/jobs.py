"""What is forgotten of second factors."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.people.second_factor.passkeys import forget_challenges
from src.platform.work.jobs import job
from src.platform.work.schedule import repeat


@job("forget_challenges")
async def forget_old_challenges(session: AsyncSession) -> None:
    """Delete challenges for passkeys that never came back."""
    await forget_challenges(session, now=datetime.now(UTC))


repeat(forget_old_challenges, timedelta(hours=1))
