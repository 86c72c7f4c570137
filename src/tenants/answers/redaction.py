"""Changing an answer that is already published; what it said before is kept for staff."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.tenants.answers.models import Answer
from src.tenants.appeals.models import Appeal
from src.tenants.appeals.redaction import keep_and_note
from src.tenants.search import service as search


async def published_of(session: AsyncSession, appeal_id: UUID) -> Sequence[Answer]:
    """The published answers of an appeal, the oldest first."""
    query = (
        select(Answer)
        .where(Answer.city_id == city_id_of(session), Answer.appeal_id == appeal_id, Answer.published_at.is_not(None))
        .order_by(Answer.published_at)
    )
    return (await session.execute(query)).scalars().all()


async def redact(
    session: AsyncSession, appeal: Appeal, answer: Answer, short: str, body: str, *, by: UUID, now: datetime
) -> bool:
    """Change the published words of an answer; false when they are as they were. The caller has locked the appeal."""
    if not short.strip():
        raise ValueError("a published answer has a short part")
    before = {"short": answer.short, "body": answer.body}
    if before == {"short": short, "body": body}:
        return False
    answer.short, answer.body = short, body
    await session.flush()
    last = (await published_of(session, appeal.id))[-1]
    await search.index(session, appeal.id, appeal.title, appeal.body, appeal.place, last.short)
    fields = [name for name, value in (("short", short), ("body", body)) if before[name] != value]
    await keep_and_note(
        session, appeal, part="answer", before={**before, "answer": str(answer.id)}, fields=fields, by=by, now=now
    )
    return True
