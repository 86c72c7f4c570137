"""Reads of reception hours: rows of many officers in a fixed number of queries, and what they make of some days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import ColumnElement, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.office_hours.times import Reception, Status, days_between, receptions, status_of
from src.local_officer.officers.models import Absence, Officer
from src.platform.data.tenancy import City, city_id_of

AHEAD = timedelta(days=35)
"""How far ahead the next reception is looked for: a first Monday of the month is at most five weeks away."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What the database holds of some officers' hours, for a stretch of days. ``absences`` are also those of whoever stands in;
    having left is an absence without an end."""  # noqa: D209

    rules: Sequence[HoursRule]
    exceptions: Sequence[HoursException]
    absences: Sequence[Absence]


@lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[date]:
    """Public holidays of Ukraine. Under martial law they are working days: the library then keeps them in a category of their
    own, and without it every year since 2023 is empty. Whether they close an office here is the city's switch."""  # noqa: D209
    return frozenset(holidays.country_holidays("UA", years=year, categories=("public", "workday")))


def closed_days(city: City, first_day: date, last_day: date) -> frozenset[date]:
    """Days on which the city closes all offices: public holidays, where it says so."""
    if not city.options.holidays_close:
        return frozenset()
    return frozenset(day for day in days_between(first_day, last_day) if day in public_holidays(day.year))


async def rows_of(session: AsyncSession, officer_ids: Collection[UUID], first_day: date, last_day: date) -> Rows:
    """Rules that hold on some of these days, exceptions and absences of them; four queries."""
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
    instead = union(
        select(Absence.stand_in_id).where(
            Absence.officer_id.in_(officer_ids), Absence.stand_in_receives, *on(city, first_day, last_day)
        ),
        exceptions.with_only_columns(HoursException.stand_in_id),
    )
    concerned = or_(Absence.officer_id.in_(officer_ids), Absence.officer_id.in_(instead))
    absences = select(Absence).where(concerned, *on(city, first_day, last_day))
    gone = select(Officer.id, Officer.left_on).where(
        Officer.city_id == city, Officer.left_on <= last_day, or_(Officer.id.in_(officer_ids), Officer.id.in_(instead))
    )
    return Rows(
        (await session.scalars(rules.order_by(HoursRule.weekday, HoursRule.starts, HoursRule.id))).all(),
        (await session.scalars(exceptions.order_by(HoursException.day, HoursException.starts, HoursException.id))).all(),
        [
            *(Absence(officer_id=one, first_day=left_on, last_day=last_day) for one, left_on in await session.execute(gone)),
            *await session.scalars(absences.order_by(Absence.first_day, Absence.id)),
        ],
    )


def on(city_id: UUID, first_day: date, last_day: date) -> tuple[ColumnElement[bool], ...]:
    """Absences of which some day is in a period."""
    return (Absence.city_id == city_id, Absence.first_day <= last_day, Absence.last_day >= first_day)


async def since_ever(session: AsyncSession, officer_id: UUID, first_day: date, last_day: date) -> tuple[Rows, date]:
    """The rules of some days with everything that was ever different since the first of them began, and that day: a calendar
    tells of a rule from its beginning."""  # noqa: D209
    rows = await rows_of(session, [officer_id], first_day, last_day)
    since = min((rule.valid_from for rule in rows.rules), default=first_day)
    if since >= first_day:
        return rows, first_day
    whole = await rows_of(session, [officer_id], since, last_day)
    return Rows(rows.rules, whole.exceptions, whole.absences), since


async def standing_in_for(session: AsyncSession, officer_id: UUID, day: date) -> list[UUID]:
    """Officers at whose hours this one receives on a day or later."""
    city = city_id_of(session)
    away = select(Absence.officer_id).where(
        Absence.city_id == city, Absence.stand_in_id == officer_id, Absence.stand_in_receives, Absence.last_day >= day
    )
    named = select(HoursException.officer_id).where(
        HoursException.city_id == city, HoursException.stand_in_id == officer_id, HoursException.day >= day
    )
    return sorted(await session.scalars(union(away, named)))


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
