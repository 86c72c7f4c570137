"""Reads of visits."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.office_hours.queries import hours_of
from src.local_officer.officers.models import Officer
from src.local_officer.visits.models import Visit
from src.local_officer.visits.slots import Slot, Stay, slots
from src.platform.data.tenancy import City, city_id_of

STANDS = ("held", "booked")


def day_bounds(city: City, first_day: date, last_day: date) -> tuple[datetime, datetime]:
    """The moments at which the first day begins and the last one ends, in the city's zone."""
    zone = ZoneInfo(city.timezone)
    return datetime.combine(first_day, time(), zone), datetime.combine(last_day + timedelta(days=1), time(), zone)


async def taken(session: AsyncSession, officer_id: UUID, since: datetime, until: datetime, *, now: datetime) -> list[Stay]:
    """When visits that stand begin and end (UTC); those that were not confirmed in time do not stand."""
    query = select(Visit.starts_at, Visit.ends_at).where(
        Visit.city_id == city_id_of(session),
        Visit.officer_id == officer_id,
        Visit.starts_at >= since,
        Visit.starts_at < until,
        or_(Visit.state == "booked", and_(Visit.state == "held", Visit.held_until > now)),
    )
    return [(starts.astimezone(UTC), ends.astimezone(UTC)) for starts, ends in await session.execute(query)]


async def free_slots(session: AsyncSession, city: City, officer_id: UUID, *, now: datetime) -> list[Slot]:
    """When somebody can come: nothing where the city offers no visits. Five queries."""
    if not city.options.visits:
        return []
    today = now.astimezone(ZoneInfo(city.timezone)).date()
    last = today + timedelta(days=city.options.visit_days_ahead)
    receptions = (await hours_of(session, [officer_id], today, last, city=city))[officer_id]
    since, until = day_bounds(city, today, last)
    return slots(receptions, city.options, await taken(session, officer_id, since, until, now=now), now=now)


async def booked(session: AsyncSession, city: City, officer_id: UUID, first_day: date, last_day: date) -> list[Visit]:
    """Visits to an officer, or which they receive for somebody else, that are confirmed; in order of time."""
    since, until = day_bounds(city, first_day, last_day)
    query = select(Visit).where(
        Visit.city_id == city.id,
        or_(Visit.officer_id == officer_id, Visit.receiver_id == officer_id),
        Visit.state == "booked",
        Visit.starts_at >= since,
        Visit.starts_at < until,
    )
    return list(await session.scalars(query.order_by(Visit.starts_at, Visit.seat)))


async def wait_for_office(session: AsyncSession, officer_id: UUID) -> None:
    """Wait for whoever changes this office at the moment, and keep them waiting until this transaction ends: else a visit could
    be booked past an absence that is just being entered, and nobody would call it off. Before any visit is locked."""  # noqa: D209
    query = select(Officer.id).where(Officer.city_id == city_id_of(session), Officer.id == officer_id)
    await session.execute(query.with_for_update(read=True))


async def can_book(session: AsyncSession, city: City, officer_id: UUID, *, now: datetime) -> bool:
    """Whether there is a page for booking with an officer; read from the row, which this transaction may have changed."""
    today = now.astimezone(ZoneInfo(city.timezone)).date()
    query = select(Officer.id).where(
        Officer.city_id == city.id, Officer.id == officer_id, or_(Officer.left_on.is_(None), Officer.left_on > today)
    )
    return city.options.office and city.options.visits and await session.scalar(query) is not None


async def visit_at(session: AsyncSession, visit_id: UUID, *, lock: bool = False) -> Visit | None:
    """A visit by its id, which its link carries."""
    query = select(Visit).where(Visit.city_id == city_id_of(session), Visit.id == visit_id)
    if lock:  # as it is now: a page may have looked at it before it waited for the lock
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def visited_from(session: AsyncSession, moment: datetime) -> list[UUID]:
    """Officers to whom some visit stands that begins after a moment."""
    query = select(Visit.officer_id).where(
        Visit.city_id == city_id_of(session), Visit.state.in_(STANDS), Visit.starts_at > moment
    )
    return sorted(await session.scalars(query.distinct()))


async def standing_from(session: AsyncSession, officer_id: UUID, moment: datetime) -> list[Visit]:
    """Visits of an officer that stand and begin after a moment, locked."""
    query = select(Visit).where(
        Visit.city_id == city_id_of(session),
        Visit.officer_id == officer_id,
        Visit.state.in_(STANDS),
        Visit.starts_at > moment,
    )
    query = query.order_by(Visit.starts_at, Visit.seat).with_for_update().execution_options(populate_existing=True)
    return list(await session.scalars(query))
