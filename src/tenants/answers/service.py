"""Entering and publishing an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.tenants.answers.models import Answer, AnswerStep
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Appeal
from src.tenants.search import service as search

STEPS_AT_MOST = 12


@dataclass(frozen=True, slots=True)
class Step:
    """What the resident does next, and whom to contact for it."""

    action: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The text of an answer: the short part that stands after «Коротко:», the long one, the next steps."""

    responder_id: UUID
    short: str
    body: str
    steps: Sequence[Step] = ()


async def draft_of(session: AsyncSession, appeal: Appeal) -> Answer | None:
    """The answer that is being written, if any."""
    return (
        await session.execute(
            select(Answer).where(
                Answer.city_id == appeal.city_id, Answer.appeal_id == appeal.id, Answer.published_at.is_(None)
            )
        )
    ).scalar_one_or_none()


async def write(session: AsyncSession, appeal: Appeal, words: Words, *, by: UUID, now: datetime) -> Answer:
    """Keep the answer as a draft; the public sees nothing of it. The appeal is locked by the caller."""
    answer = await draft_of(session, appeal)
    if answer is None:
        answer = Answer(city_id=appeal.city_id, appeal_id=appeal.id, created_at=now)
        session.add(answer)
    answer.responder_id, answer.account_id = words.responder_id, by
    answer.short, answer.body = words.short, words.body
    await session.flush()
    await session.execute(
        delete(AnswerStep).where(AnswerStep.city_id == answer.city_id, AnswerStep.answer_id == answer.id)
    )
    session.add_all(
        AnswerStep(city_id=answer.city_id, answer_id=answer.id, position=position, action=step.action, contact=step.contact)
        for position, step in enumerate(words.steps[:STEPS_AT_MOST], start=1)
    )
    await session.flush()
    return answer


async def publish(session: AsyncSession, appeal: Appeal, answer: Answer, *, by: UUID, now: datetime) -> None:
    """Publish the answer: the question turns green for everyone when the transaction ends."""
    if not answer.short.strip():
        msg = "a published answer has a short part"
        raise ValueError(msg)
    answer.published_at = now
    await session.flush()
    await appeals.mark_answered(session, appeal, answer_id=answer.id, by=by, now=now)
    await search.index(session, appeal.id, appeal.title, appeal.body, appeal.place, answer.short)
