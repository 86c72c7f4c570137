"""Reads of reception hours: rows of many officers in a fixed number of queries, and what they make of some days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.office_hours.times import Reception, Status, days_between, receptions, status_of
from src.local_officer.officers.models import Absence
from src.platform.data.tenancy import City, city_id_of

AHEAD = timedelta(days=35)
"""How far ahead the next reception is looked for: a first Monday of the month is at most five weeks away."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What the database holds of some officers' hours, for a stretch of days."""

    rules: Sequence[HoursRule]
    exceptions: Sequence[HoursException]
    absences: Sequence[Absence]


@lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[date]:
    """Public holidays of Ukraine."""
    return frozenset(holidays.country_holidays("UA", years=year))


def closed_days(city: City, first_day: date, last_day: date) -> frozenset[date]:
    """Days on which the city closes all offices: public holidays, where it says so."""
    if not city.options.holidays_close:
        return frozenset()
    return frozenset(day for day in days_between(first_day, last_day) if day in public_holidays(day.year))


async def rows_of(session: AsyncSession, officer_ids: Collection[UUID], first_day: date, last_day: date) -> Rows:
    """Rules that hold on some of these days, exceptions and absences of them; three queries."""
    city = city_id_of(session)
    rules = select(HoursRule).where(
        HoursRule.city_id == city,
        HoursRule.officer_id.in_(officer_ids),
        HoursRule.valid_from <= last_day,
        or_(HoursRule.valid_to.is_(None), HoursRule.valid_to >= first_day),
    )
    exceptions = select(HoursException).where(
        HoursException.city_id == city,
        HoursException.officer_id.in_(officer_ids),
        HoursException.day.between(first_day, last_day),
    )
    absences = select(Absence).where(
        Absence.city_id == city,
        Absence.officer_id.in_(officer_ids),
        Absence.first_day <= last_day,
        Absence.last_day >= first_day,
    )
    return Rows(
        (await session.scalars(rules.order_by(HoursRule.weekday, HoursRule.starts, HoursRule.id))).all(),
        (await session.scalars(exceptions.order_by(HoursException.day, HoursException.starts, HoursException.id))).all(),
        (await session.scalars(absences.order_by(Absence.first_day, Absence.id))).all(),
    )


async def hours_of(
    session: AsyncSession, officer_ids: Collection[UUID], first_day: date, last_day: date, *, city: City
) -> dict[UUID, list[Reception]]:
    """The receptions of some officers from one day to another, both included."""
    rows = await rows_of(session, officer_ids, first_day, last_day)
    return {one: made_of(rows, one, first_day, last_day, city=city) for one in officer_ids}


def made_of(rows: Rows, officer_id: UUID, first_day: date, last_day: date, *, city: City) -> list[Reception]:
    """What rows make of some days, for one officer."""
    return receptions(
        rows.rules,
        rows.exceptions,
        rows.absences,
        officer_id=officer_id,
        first_day=first_day,
        last_day=last_day,
        zone=ZoneInfo(city.timezone),
        closed_days=closed_days(city, first_day, last_day),
    )


async def next_of(session: AsyncSession, officer_ids: Collection[UUID], *, city: City, now: datetime) -> dict[UUID, Status]:
    """Whether each officer receives now, and when next; looked for five weeks ahead."""
    today = now.astimezone(ZoneInfo(city.timezone)).date()
    found = await hours_of(session, officer_ids, today, today + AHEAD, city=city)
    return {one: status_of(of_one, now) for one, of_one in found.items()}


async def rule_of(session: AsyncSession, officer_id: UUID, rule_id: UUID) -> HoursRule | None:
    """A rule of an officer's own; none for anybody else's."""
    query = select(HoursRule).where(
        HoursRule.city_id == city_id_of(session), HoursRule.officer_id == officer_id, HoursRule.id == rule_id
    )
    return (await session.execute(query)).scalar_one_or_none()


async def exception_of(session: AsyncSession, officer_id: UUID, exception_id: UUID) -> HoursException | None:
    """An exception of an officer's own; none for anybody else's."""
    query = select(HoursException).where(
        HoursException.city_id == city_id_of(session),
        HoursException.officer_id == officer_id,
        HoursException.id == exception_id,
    )
    return (await session.execute(query)).scalar_one_or_none()
