"""Letters to officers: a question has come, its term has passed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.asking_officer import service
from src.platform.work.jobs import job
from src.platform.work.schedule import repeat


@job(service.TELL_OFFICER)
async def tell_officer(session: AsyncSession, appeal_id: str, moment: str) -> None:
    """A question has reached an officer."""
    await service.tell(session, UUID(appeal_id), moment)


@job("remind_of_questions")
async def remind_of_questions(session: AsyncSession) -> None:
    """Remind officers, once, of questions whose term has passed."""
    if (await service.city_of(session)).options.office:
        await service.remind(session, now=datetime.now(UTC))


repeat(remind_of_questions, timedelta(hours=3))
