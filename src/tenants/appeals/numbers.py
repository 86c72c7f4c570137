"""Visible numbers: ``KYIV-2026-000403``, without gaps and without doubles."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City

NUMBER = re.compile(r"^([A-Z][A-Z0-9]{1,11})-([0-9]{4})-([0-9]{6,9})$")

NEXT_NUMBER = text(
    "INSERT INTO number_counter (city_id, id, year, last) VALUES (:city, :id, :year, 1) "
    "ON CONFLICT (city_id, year) DO UPDATE SET last = number_counter.last + 1 RETURNING last"
)
NEXT_NUMBERS = text(
    "INSERT INTO number_counter (city_id, id, year, last) VALUES (:city, :id, :year, :count) "
    "ON CONFLICT (city_id, year) DO UPDATE SET last = number_counter.last + :count RETURNING last"
)


async def next_number(session: AsyncSession, city: City, moment: datetime) -> str:
    """The city's next number of the year (in the city's zone).

    The counter's row stays locked until the transaction ends: whoever comes second waits, and a rollback gives the
    number back, so there is neither a gap nor a double.
    """
    year = moment.astimezone(ZoneInfo(city.timezone)).year
    last = await session.scalar(NEXT_NUMBER, {"city": city.id, "id": uuid7(), "year": year})
    return f"{city.number_prefix}-{year}-{last:06d}"


async def next_numbers(session: AsyncSession, city: City, year: int, count: int) -> list[str]:
    """The city's next ``count`` numbers of a year (in the city's zone), in order; see :func:`next_number`."""
    last = int(await session.scalar(NEXT_NUMBERS, {"city": city.id, "id": uuid7(), "year": year, "count": count}) or 0)
    return [f"{city.number_prefix}-{year}-{number:06d}" for number in range(last - count + 1, last + 1)]


def readable_number(typed: str) -> str | None:
    """A number as somebody types it, in its usual form; nothing when it cannot be one."""
    found = typed.strip().upper().replace(" ", "")
    return found if NUMBER.match(found) else None
