"""Reads of the API: the table of public sides, published answers, public events. Nothing here names ``submission``.

Every statement carries the city beside row-level security and follows an index of ``appeal`` (a test explains them).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.reading import rows
from src.platform.data.tenancy import city_id_of
from src.tenants.board.snapshot import STATES, snapshot
from src.tenants.open_data.filters import Asked
from src.tenants.search import queries as search

MARKS_AT_MOST = 2000

PUBLIC = (
    "a.id, a.number, a.public_state, a.title, a.body, a.category_id, a.district_id, a.place, a.precision, a.lon, a.lat, "
    "a.author, a.confirmed_at, a.published_at, a.answered_at"
)
MARKED = "a.number, a.public_state, a.title, a.category_id, a.district_id, a.precision, a.lon, a.lat, a.published_at"
LAST_ANSWER = (
    "(SELECT short FROM answer WHERE city_id = %(city)s AND appeal_id = a.id AND published_at IS NOT NULL "
    "ORDER BY published_at DESC LIMIT 1) AS answer_short"
)
NEWEST = "ORDER BY a.published_at DESC, a.id DESC"

Rows = Sequence[Row[Any]]


async def narrowed(session: AsyncSession, asked: Asked) -> tuple[str, dict[str, Any]]:
    """Conditions on public appeals, and what is bound in them; the place on a map and in the list are left to the caller."""
    bound: dict[str, Any] = {"city": city_id_of(session)}
    wanted: dict[str, tuple[str, Any]] = {
        "a.public_state = %(state)s": ("state", asked.state),
        "a.district_id = %(district)s": ("district", asked.district_id),
        "a.published_at >= %(since)s": ("since", asked.since),
        "a.published_at < %(until)s": ("until", asked.until),
    }
    if len(asked.categories) == 1:  # with one the index gives the order
        wanted["a.category_id = %(category)s"] = ("category", asked.categories[0])
    elif asked.categories:
        wanted["a.category_id = ANY(%(category)s)"] = ("category", list(asked.categories))
    conditions = ["a.city_id = %(city)s", "a.public_state IS NOT NULL", "a.published_at IS NOT NULL"]
    for condition, (name, value) in wanted.items():
        if value is not None:
            conditions.append(condition)
            bound[name] = value
    if asked.words:
        conditions.append("a.id = ANY(%(found)s)")
        bound["found"] = await search.matching(session, asked.words)
    return " AND ".join(conditions), bound


async def a_page(session: AsyncSession, asked: Asked) -> Rows:
    """Public appeals after the cursor, newest publication first; one more than the limit, when there are more."""
    where, bound = await narrowed(session, asked)
    if asked.after is not None:
        where += " AND (a.published_at, a.id) < (%(after_at)s, %(after_id)s)"
        bound["after_at"], bound["after_id"] = asked.after
    query = f"SELECT {PUBLIC}, {LAST_ANSWER} FROM appeal a WHERE {where} {NEWEST} LIMIT %(most)s"  # noqa: S608  our own words
    return await rows(session, query, {**bound, "most": asked.limit + 1})


async def marks(session: AsyncSession, asked: Asked) -> Rows:
    """Public appeals that have a point, newest first; one more than the most, when there are more."""
    where, bound = await narrowed(session, asked)
    if asked.bbox is not None:
        where += " AND a.lon BETWEEN %(west)s AND %(east)s AND a.lat BETWEEN %(south)s AND %(north)s"
        bound |= dict(zip(("west", "south", "east", "north"), asked.bbox, strict=True))
    query = f"SELECT {MARKED} FROM appeal a WHERE {where} AND a.lon IS NOT NULL {NEWEST} LIMIT %(most)s"  # noqa: S608
    return await rows(session, query, {**bound, "most": MARKS_AT_MOST + 1})


async def without_point(session: AsyncSession, asked: Asked) -> int:
    """How many public appeals with the same filters have no point."""
    found = await snapshot(session)
    passed = found.mask(
        state=STATES.get(asked.state or ""),
        category=asked.categories,
        district=asked.district_id,
        since=asked.since,
        until=asked.until,
    )
    return int(np.count_nonzero(passed & np.isnan(found.column("x"))))


async def one(session: AsyncSession, number: str) -> Row[Any] | None:
    """The public appeal with this number."""
    query = f"SELECT {PUBLIC}, {LAST_ANSWER} FROM appeal a WHERE a.city_id = %(city)s AND a.number = %(number)s AND a.public_state IS NOT NULL"  # noqa: S608
    found = await rows(session, query, {"city": city_id_of(session), "number": number})
    return found[0] if found else None


async def answers(session: AsyncSession, appeal_id: UUID) -> Rows:
    """Its published answers with their steps, older first."""
    query = (
        "SELECT n.responder_id, n.published_at, n.short, n.body, coalesce(s.steps, '[]') AS steps FROM answer n "
        "LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(action, contact) ORDER BY position) AS steps "
        "FROM answer_step WHERE city_id = %(city)s AND answer_id = n.id) s ON true "
        "WHERE n.city_id = %(city)s AND n.appeal_id = %(appeal)s AND n.published_at IS NOT NULL ORDER BY n.published_at, n.id"
    )
    return await rows(session, query, {"city": city_id_of(session), "appeal": appeal_id})


async def events(session: AsyncSession, appeal_id: UUID) -> Rows:
    """Its public events, older first; of what an event carries only to whom the question went, nobody's words."""
    query = (
        "SELECT kind, at, data ->> 'responder' AS responder FROM appeal_event "
        "WHERE city_id = %(city)s AND appeal_id = %(appeal)s AND public ORDER BY at, id"
    )
    return await rows(session, query, {"city": city_id_of(session), "appeal": appeal_id})
