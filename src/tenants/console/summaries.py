"""What the operator may know of a city: counts and health, written by the city's own job. No row of a city is shown to them."""

from datetime import datetime, timedelta
from json import dumps
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.tenants.cities.catalogue import catalogue

COUNTS = text(
    "SELECT count(*) FILTER (WHERE confirmed_at IS NOT NULL) AS received, "
    "count(*) FILTER (WHERE public_state = 'waiting') AS waiting, "
    "count(*) FILTER (WHERE public_state = 'answered') AS answered, "
    "count(*) FILTER (WHERE state = 'submitted') AS to_review, "
    "min(confirmed_at) FILTER (WHERE state = 'submitted') AS oldest_to_review, "
    "count(*) FILTER (WHERE confirmed_at > :week_ago) AS this_week FROM appeal WHERE city_id = :city"
)
STAFF = text(
    "SELECT count(*) FROM account WHERE city_id = :city AND active AND cardinality(roles) > 0 AND NOT 'support' = ANY(roles)"
)
STUCK = text("SELECT count(*) FROM mail WHERE city_id = :city AND state = 'refused'")
BYTES = text("SELECT coalesce(sum(used), 0) FROM usage WHERE city_id = :city AND kind = 'storage'")
KEEP = text("UPDATE city SET figures = CAST(:figures AS jsonb), figures_at = :now WHERE id = :city")


async def summarise(session: AsyncSession, *, now: datetime) -> dict[str, Any]:
    """Count, and keep the counts in the city's row."""
    city = city_id_of(session)
    counted = (await session.execute(COUNTS, {"city": city, "week_ago": now - timedelta(days=7)})).one()
    source = await catalogue(session)
    figures = {
        "received": counted.received,
        "waiting": counted.waiting,
        "answered": counted.answered,
        "to_review": counted.to_review,
        "oldest_to_review": counted.oldest_to_review.isoformat() if counted.oldest_to_review else None,
        "this_week": counted.this_week,
        "staff": await session.scalar(STAFF, {"city": city}),
        "letters_stuck": await session.scalar(STUCK, {"city": city}),
        "bytes": int(await session.scalar(BYTES, {"city": city}) or 0),
        "responders": sum(row.retired_at is None for row in source.responders),
        "districts": len(source.districts),
    }
    await session.execute(KEEP, {"city": city, "figures": dumps(figures), "now": now})
    return figures
