"""What somebody who leaves has not finished, and whom it goes to. Modules add theirs; the composition root hands them in."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.web.here import Here
from src.tenants.answers.models import Answer


class OpenWork(Protocol):
    """A kind of work that somebody may leave unfinished."""

    async def of(self, session: AsyncSession, at: Here, account_id: UUID) -> list[str]:
        """What of it they have, in words for the administrator; empty when nothing."""
        ...

    async def hand_over(self, session: AsyncSession, account_id: UUID, to: UUID, *, by: UUID, now: datetime) -> None:
        """Give it to ``to``, or back to the city where nobody else can have it."""
        ...


class AnswerDrafts:
    """Answers that they began to write."""

    async def of(self, session: AsyncSession, at: Here, account_id: UUID) -> list[str]:
        """How many."""
        count = await session.scalar(select(func.count()).select_from(Answer).where(*drafts_of(session, account_id)))
        if not count:
            return []
        words = at.language.ngettext("%(num)s недописана відповідь", "%(num)s недописаних відповідей", count)
        return [words % {"num": count}]

    async def hand_over(self, session: AsyncSession, account_id: UUID, to: UUID, *, by: UUID, now: datetime) -> None:  # noqa: ARG002
        """The drafts are somebody else's."""
        await session.execute(update(Answer).where(*drafts_of(session, account_id)).values(account_id=to))


def drafts_of(session: AsyncSession, account_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Unpublished answers of an account."""
    return (Answer.city_id == city_id_of(session), Answer.account_id == account_id, Answer.published_at.is_(None))


_kinds: list[OpenWork] = [AnswerDrafts()]


def also(kind: OpenWork) -> None:
    """A module's kind of work."""
    _kinds.append(kind)


async def open_work(session: AsyncSession, at: Here, account_id: UUID) -> list[str]:
    """Everything somebody has not finished, in words."""
    return [words for kind in _kinds for words in await kind.of(session, at, account_id)]


async def hand_over(session: AsyncSession, account_id: UUID, to: UUID, *, by: UUID, now: datetime) -> None:
    """Give all of it on."""
    for kind in _kinds:
        await kind.hand_over(session, account_id, to, by=by, now=now)
