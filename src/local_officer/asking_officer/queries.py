"""Reads of questions that are addressed to an officer."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.asking_officer.models import DirectQuestion
from src.platform.data.tenancy import city_id_of
from src.tenants.appeals.models import Appeal, AppealEvent, AppealEventWords, Submission
from src.tenants.appeals.states import State

WAITS = (State.PUBLISHED, State.ROUTED, State.REOPENED, State.ENTRUSTED)
"""States in which a question waits for the officer's answer."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that waits: ``title`` is the public one, or for a private question its author's."""

    appeal_id: UUID
    number: str
    title: str
    private: bool
    since: datetime | None
    due_on: date | None


async def direct_question(session: AsyncSession, appeal_id: UUID, *, lock: bool = False) -> DirectQuestion | None:
    """That a question is addressed to an officer; none for all others."""
    query = select(DirectQuestion).where(DirectQuestion.city_id == city_id_of(session), DirectQuestion.id == appeal_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def waiting(session: AsyncSession, officer_id: UUID) -> list[Waiting]:
    """What an officer has to answer, the most urgent first."""
    query = (
        select(Appeal.id, Appeal.number, Appeal.title, Submission.title, Submission.private, DirectQuestion)
        .join(Submission, and_(Submission.city_id == Appeal.city_id, Submission.id == Appeal.id))
        .join(DirectQuestion, and_(DirectQuestion.city_id == Appeal.city_id, DirectQuestion.id == Appeal.id))
        .where(Appeal.city_id == city_id_of(session), DirectQuestion.officer_id == officer_id, Appeal.state.in_(WAITS))
        .where(or_(Submission.private.is_(False), Submission.erased_at.is_(None)))
        .order_by(DirectQuestion.due_on.nulls_last(), Appeal.id)
    )
    return [
        Waiting(appeal_id, number or "", public or own, private, direct.since, direct.due_on)
        for appeal_id, number, public, own, private, direct in await session.execute(query)
    ]


async def told_of(session: AsyncSession, appeal_id: UUID) -> list[dict[str, str]]:
    """What was answered to a private question and what its author wrote then (``kind`` settled or asked_again), in order."""
    query = (
        select(AppealEvent.kind, AppealEventWords.words)
        .join(AppealEventWords, and_(AppealEventWords.city_id == AppealEvent.city_id, AppealEventWords.id == AppealEvent.id))
        .where(
            AppealEvent.city_id == city_id_of(session),
            AppealEvent.appeal_id == appeal_id,
            AppealEvent.kind.in_(("settled", "asked_again")),
        )
        .order_by(AppealEvent.at, AppealEvent.id)
    )
    return [
        {"kind": kind, "words": str(words.get("answer") or words.get("why") or "")}
        for kind, words in await session.execute(query)
    ]
