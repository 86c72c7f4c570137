"""Reads of answers: for staff who write them, and for whoever downloads their files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from litestar.exceptions import NotFoundException
from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.accounts.models import Account
from src.tenants.answers.models import Answer, AnswerFile, AnswerStep
from src.tenants.answers.words import Step, Words
from src.tenants.appeals.models import Appeal
from src.tenants.appeals.states import PUBLIC


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer as staff see it while it is written: its words, who wrote last, its files."""

    id: UUID
    words: Words
    by: str
    by_id: UUID
    files: Sequence[Row[*tuple[Any, ...]]]

    @property
    def mark(self) -> str:
        """Changes with the words: a form carries the mark of the draft it was opened on."""
        return mark_of(self.words)


def mark_of(words: Words | None) -> str:
    """A short digest of an answer's words; empty for none."""
    if words is None:
        return ""
    parts = [str(words.responder_id), words.short, words.body, *(f"{step.action}\0{step.contact}" for step in words.steps)]
    return sha256("\1".join(parts).encode()).hexdigest()[:20]


async def appeal_for_answer(session: AsyncSession, appeal_id: UUID) -> Row[*tuple[Any, ...]]:
    """The public side of the appeal to be answered. Raises the 404 of a missing thing."""
    query = select(
        Appeal.id,
        Appeal.number,
        Appeal.state,
        Appeal.version,
        Appeal.title,
        Appeal.body,
        Appeal.author,
        Appeal.place,
        Appeal.category_id,
        Appeal.district_id,
        Appeal.responder_id,
        Appeal.confirmed_at,
    ).where(Appeal.city_id == city_id_of(session), Appeal.id == appeal_id, Appeal.confirmed_at.is_not(None))
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise NotFoundException
    return found


async def draft(session: AsyncSession, appeal_id: UUID) -> Draft | None:
    """The draft of an appeal's answer with its steps and files."""
    return await whole(session, appeal_id, Answer.published_at.is_(None))


async def last_published(session: AsyncSession, appeal_id: UUID) -> Draft | None:
    """The newest published answer of an appeal, in the same shape."""
    return await whole(session, appeal_id, Answer.published_at.is_not(None))


async def whole(session: AsyncSession, appeal_id: UUID, which: ColumnElement[bool]) -> Draft | None:
    """The newest answer that meets a condition, with its steps and files."""
    city_id = city_id_of(session)
    query = (
        select(Answer.id, Answer.responder_id, Answer.short, Answer.body, Account.name, Answer.account_id)
        .join(Account, and_(Account.city_id == Answer.city_id, Account.id == Answer.account_id))
        .where(Answer.city_id == city_id, Answer.appeal_id == appeal_id, which)
        .order_by(Answer.published_at.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    steps = await session.execute(
        select(AnswerStep.action, AnswerStep.contact)
        .where(AnswerStep.city_id == city_id, AnswerStep.answer_id == row.id)
        .order_by(AnswerStep.position)
    )
    files = await session.execute(
        select(AnswerFile.id, AnswerFile.name, AnswerFile.bytes, AnswerFile.digest)
        .where(AnswerFile.city_id == city_id, AnswerFile.answer_id == row.id)
        .order_by(AnswerFile.position, AnswerFile.id)
    )
    words = Words(row.responder_id, row.short, row.body, tuple(Step(step.action, step.contact) for step in steps))
    return Draft(row.id, words, row.name, row.account_id, files.all())


@dataclass(frozen=True, slots=True)
class FileOfAnswer:
    """What is known of a file before its bytes are fetched; ``published`` when everybody may have it."""

    name: str
    media_type: str
    digest: str
    published: datetime | None


async def file_of(session: AsyncSession, answer_id: UUID, file_id: UUID) -> FileOfAnswer | None:
    """A file by its answer and id. An answer counts as published only while its appeal is public."""
    query = (
        select(AnswerFile.name, AnswerFile.media_type, AnswerFile.digest, Answer.published_at, Appeal.state)
        .join(Answer, and_(Answer.city_id == AnswerFile.city_id, Answer.id == AnswerFile.answer_id))
        .join(Appeal, and_(Appeal.city_id == Answer.city_id, Appeal.id == Answer.appeal_id))
        .where(AnswerFile.city_id == city_id_of(session), AnswerFile.id == file_id, AnswerFile.answer_id == answer_id)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    return FileOfAnswer(row.name, row.media_type, row.digest, row.published_at if row.state in PUBLIC else None)
