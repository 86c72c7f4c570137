"""Reads of the letters and of the author's page."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """What a letter says of an answer."""

    responder_id: UUID
    short: str
    steps: list[str]


ANSWER = text(
    "SELECT a.responder_id, a.short, coalesce((SELECT array_agg(s.action || CASE WHEN s.contact = '' THEN '' "
    "ELSE ' — ' || s.contact END ORDER BY s.position) FROM answer_step s "
    "WHERE s.city_id = a.city_id AND s.answer_id = a.id), '{}') AS steps "
    "FROM answer a WHERE a.city_id = :city AND a.appeal_id = :appeal AND a.published_at IS NOT NULL "
    "AND (CAST(:answer AS uuid) IS NULL OR a.id = CAST(:answer AS uuid)) ORDER BY a.published_at DESC LIMIT 1"
)


async def published_answer(session: AsyncSession, appeal_id: UUID, answer_id: UUID | None = None) -> PublishedAnswer | None:
    """A published answer of an appeal; the newest when none is named."""
    row = (
        await session.execute(
            ANSWER, {"city": city_id_of(session), "appeal": appeal_id, "answer": str(answer_id) if answer_id else None}
        )
    ).one_or_none()
    return PublishedAnswer(row.responder_id, row.short, list(row.steps)) if row else None
