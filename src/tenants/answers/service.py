"""Entering and publishing an answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.files import store
from src.platform.people.audit.naming import fields
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import msgid
from src.platform.work.jobs import enqueue
from src.tenants.answers.documents import Document
from src.tenants.answers.models import Answer, AnswerFile, AnswerStep
from src.tenants.answers.words import Step, Words
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Appeal
from src.tenants.search import service as search

__all__ = ["FORGET", "STEPS_AT_MOST", "Step", "Words", "attach", "detach", "draft_of", "file_key", "publish", "write"]

STEPS_AT_MOST = 12
FORGET = "forget_answer_file"
"""The job that deletes the bytes of a file that was taken off."""
WRITTEN = action("answer.written", msgid("Написано чернетку відповіді"))
fields({"short": msgid("коротка відповідь"), "steps": msgid("наступні кроки"), "files": msgid("файли")})


async def draft_of(session: AsyncSession, appeal: Appeal) -> Answer | None:
    """The answer that is being written, if any."""
    return (
        await session.execute(
            select(Answer).where(Answer.city_id == appeal.city_id, Answer.appeal_id == appeal.id, Answer.published_at.is_(None))
        )
    ).scalar_one_or_none()


async def write(session: AsyncSession, appeal: Appeal, words: Words, *, by: UUID, now: datetime) -> Answer:
    """Keep the answer as a draft; the public sees nothing of it. The appeal is locked by the caller."""
    answer = await draft_of(session, appeal)
    held = (answer.responder_id, answer.short, answer.body) if answer else (None, "", "")
    if answer is None:
        answer = Answer(city_id=appeal.city_id, appeal_id=appeal.id, created_at=now)
        session.add(answer)
    answer.responder_id, answer.account_id = words.responder_id, by
    answer.short, answer.body = words.short, words.body
    await session.flush()
    gone = await session.execute(
        delete(AnswerStep)
        .where(AnswerStep.city_id == answer.city_id, AnswerStep.answer_id == answer.id)
        .returning(AnswerStep.position, AnswerStep.action, AnswerStep.contact)
    )
    steps = [Step(row.action, row.contact) for row in sorted(gone, key=lambda row: row.position)]
    session.add_all(
        AnswerStep(city_id=answer.city_id, answer_id=answer.id, position=position, action=step.action, contact=step.contact)
        for position, step in enumerate(words.steps[:STEPS_AT_MOST], start=1)
    )
    await session.flush()
    pairs = zip(
        ("responder", "short", "body", "steps"),
        (*held, steps),
        (words.responder_id, words.short, words.body, list(words.steps[:STEPS_AT_MOST])),
        strict=True,
    )
    if changed := [name for name, before, after in pairs if before != after]:
        await audit(session, answer, changed, by=by, now=now)
    return answer


async def audit(session: AsyncSession, answer: Answer, changed: list[str], *, by: UUID, now: datetime) -> None:
    """Say in the audit log what of a draft was changed."""
    await record(session, WRITTEN, now=now, by=by, subject=(appeals.AUDIT_KIND, answer.appeal_id), fields=changed)


def file_key(answer_id: UUID, file_id: UUID) -> str:
    """Where a file of an answer is kept, below its city's prefix."""
    return f"answers/{answer_id.hex}/{file_id.hex}"


async def attach(session: AsyncSession, answer: Answer, document: Document, *, by: UUID, now: datetime) -> None:
    """Add a file to a draft; the same bytes a second time add nothing."""
    held = (
        await session.execute(
            select(func.max(AnswerFile.position), func.bool_or(AnswerFile.digest == document.digest)).where(
                AnswerFile.city_id == answer.city_id, AnswerFile.answer_id == answer.id
            )
        )
    ).one()
    if held[1]:
        return
    file_id = uuid7()
    await store.put(answer.city_id, file_key(answer.id, file_id), document.data)
    session.add(
        AnswerFile(
            city_id=answer.city_id,
            id=file_id,
            answer_id=answer.id,
            position=(held[0] or 0) + 1,
            name=document.name,
            media_type=document.media_type,
            bytes=len(document.data),
            digest=document.digest,
        )
    )
    await session.flush()
    await audit(session, answer, ["files"], by=by, now=now)


async def detach(session: AsyncSession, answer: Answer, file_id: UUID, *, by: UUID, now: datetime) -> None:
    """Take a file off a draft; a job deletes its bytes after the commit. Taking off what is not there does nothing."""
    gone = await session.scalar(
        delete(AnswerFile)
        .where(AnswerFile.city_id == answer.city_id, AnswerFile.answer_id == answer.id, AnswerFile.id == file_id)
        .returning(AnswerFile.id)
    )
    if gone is not None:
        await enqueue(session, FORGET, answer.id, file_id)
        await audit(session, answer, ["files"], by=by, now=now)


async def publish(session: AsyncSession, appeal: Appeal, answer: Answer, *, by: UUID, now: datetime) -> None:
    """Publish the answer: the question turns green for everyone when the transaction ends."""
    if not answer.short.strip():
        msg = "a published answer has a short part"
        raise ValueError(msg)
    answer.published_at = now
    await session.flush()
    await appeals.mark_answered(session, appeal, answer_id=answer.id, by=by, now=now)
    await search.index(session, appeal.id, appeal.title, appeal.body, appeal.place, answer.short)
