"""Reads of the guides."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of

RECENT = 200
"""Among so many of the category's newest questions the best answers are looked for: older ones describe yesterday's rules,
and the page costs the same at any number of appeals."""
SHOWN = 6

BEST = text(
    "SELECT a.number, a.title, a.answered_at, n.short, n.responder_id, "
    "(SELECT count(*) FROM follower w WHERE w.city_id = :city AND w.appeal_id = a.id AND w.confirmed_at IS NOT NULL "
    "AND w.stopped_at IS NULL) AS followers "
    "FROM (SELECT id, number, title, public_state, answered_at, published_at FROM appeal WHERE city_id = :city "
    "AND category_id = :category AND published_at IS NOT NULL ORDER BY published_at DESC, id DESC LIMIT :recent) a "
    "CROSS JOIN LATERAL (SELECT short, responder_id FROM answer WHERE city_id = :city AND appeal_id = a.id "
    "AND published_at IS NOT NULL ORDER BY published_at DESC LIMIT 1) n "
    "WHERE a.public_state = 'answered' ORDER BY followers DESC, a.answered_at DESC, a.id DESC LIMIT :shown"
)


async def best_answers(session: AsyncSession, category_id: UUID) -> Sequence[Row[Any]]:
    """Answered questions of a category: the most followed, then the newest answers; each with its short answer."""
    bound = {"city": city_id_of(session), "category": category_id, "recent": RECENT, "shown": SHOWN}
    return (await session.execute(BEST, bound)).all()
