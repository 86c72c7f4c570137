"""Reads of the public pages that are not in memory: notices and meetings, and answered questions of some beats."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.officers.models import Announcement
from src.platform.data.reading import rows
from src.platform.data.tenancy import city_id_of
from src.tenants.board import queries as board
from src.tenants.board.snapshot import ANSWERED, latitude, snapshot

ANSWERED_AT_MOST = 6
ANNOUNCEMENTS = (
    "SELECT id, kind, words, place, starts_at, ends_at, shown_until, created_at, changed_at, cancelled_at FROM announcement "
    "WHERE city_id = %(city)s AND officer_id = %(officer)s AND shown_until >= %(today)s "
    "AND (ends_at IS NULL OR ends_at > %(now)s) ORDER BY kind, starts_at, created_at DESC, id"
)


async def announcements(session: AsyncSession, officer_id: UUID, *, today: date, now: datetime) -> list[Any]:
    """What an officer tells at present: meetings first, the next one first; then notices, the newest first."""
    return await rows(session, ANNOUNCEMENTS, {"city": city_id_of(session), "officer": officer_id, "today": today, "now": now})


async def meetings(session: AsyncSession, officer_id: UUID, *, since: datetime) -> Sequence[Announcement]:
    """An officer's meetings that end after a moment, called off ones too, for calendars."""
    query = select(Announcement).where(
        Announcement.city_id == city_id_of(session),
        Announcement.officer_id == officer_id,
        Announcement.kind == "meeting",
        Announcement.ends_at > since,
    )
    return (await session.scalars(query.order_by(Announcement.starts_at, Announcement.id))).all()


async def answered_in(session: AsyncSession, shapes: Iterable[BaseGeometry]) -> list[Any]:
    """The newest answered public questions whose public point is in one of some shapes; rows of the board's cards.

    The points are the snapshot's, in memory; the rows of the few that are shown are read in one statement.
    """
    areas = list(shapes)
    if not areas:
        return []
    found = await snapshot(session)
    x, y = found.column("x"), found.column("y")
    lon, lat = x * 360 - 180, latitude(y)
    inside = np.zeros(found.count, bool)
    for shape in areas:
        west, south, east, north = shape.bounds
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        inside[near] |= shapely.contains_xy(shape, lon[near], lat[near])
    chosen = np.flatnonzero(inside & (found.column("state") == ANSWERED))
    newest = chosen[np.argsort(found.column("published")[chosen])[::-1]][:ANSWERED_AT_MOST]
    return await board.by_id(session, [found.appeal_id(int(row)) for row in newest])
