"""The verbs of a question that its author does not want published: it goes to whom it is addressed, and the answer to its author."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.tenants.appeals.addressees import book
from src.tenants.appeals.models import Appeal
from src.tenants.appeals.service import changed, for_change, note, submission_of
from src.tenants.appeals.states import IllegalTransition, State


async def entrust(session: AsyncSession, appeal_id: UUID, *, by: UUID, now: datetime, version: int | None = None) -> Appeal:
    """Pass a private question on without publishing it. Raises ``IllegalTransition`` for one that its author wants published."""
    appeal = await for_change(session, appeal_id, version=version)
    if not (await submission_of(session, appeal)).private:
        raise IllegalTransition(State(appeal.state), State.ENTRUSTED)
    appeal.move(State.ENTRUSTED)
    await note(session, appeal, "entrusted", now=now, by=by)
    await book().accepted(session, appeal.id, now=now)
    await changed(session, appeal)
    return appeal


async def settle(session: AsyncSession, appeal_id: UUID, answer: str, *, by: UUID, now: datetime) -> Appeal:
    """Answer a private question: its author alone reads it. Raises ``ValueError`` for an empty answer."""
    if not answer.strip():
        msg = "an answer has words"
        raise ValueError(msg)
    appeal = await for_change(session, appeal_id)
    appeal.move(State.SETTLED)
    await note(session, appeal, "settled", now=now, by=by, words={"answer": answer})
    await changed(session, appeal)
    return appeal


async def ask_again(session: AsyncSession, appeal_id: UUID, why: str, *, now: datetime) -> Appeal:
    """The author of a private question says that it is not solved: whoever answered has it again, with a new term."""
    if not why.strip():
        msg = "asking again carries a reason"
        raise ValueError(msg)
    appeal = await for_change(session, appeal_id)
    appeal.move(State.ENTRUSTED)
    await note(session, appeal, "asked_again", now=now, by="author", words={"why": why})
    await book().accepted(session, appeal.id, now=now)
    await changed(session, appeal)
    return appeal
