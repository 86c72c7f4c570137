"""Rows for whoever changes them: an officer's own record, absences, announcements, invitations. Read, never kept in memory."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.officers.models import (
    Absence,
    Announcement,
    Assignment,
    Beat,
    Invitation,
    Officer,
    OfficerPhone,
    Station,
)
from src.platform.data.tenancy import city_id_of


async def officer_of_account(session: AsyncSession, account_id: UUID) -> Officer | None:
    """The officer whose own office an account keeps."""
    query = select(Officer).where(Officer.city_id == city_id_of(session), Officer.account_id == account_id)
    return (await session.execute(query)).scalar_one_or_none()


async def officer_at(session: AsyncSession, officer_id: UUID, *, lock: bool = False) -> Officer | None:
    """An officer's row; with ``lock`` nobody else changes it until the transaction ends."""
    query = select(Officer).where(Officer.city_id == city_id_of(session), Officer.id == officer_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def officer_coded(session: AsyncSession, code: str) -> Officer | None:
    """The officer with a service number."""
    query = select(Officer).where(Officer.city_id == city_id_of(session), Officer.code == code)
    return (await session.execute(query)).scalar_one_or_none()


async def officers_of_city(session: AsyncSession) -> list[Officer]:
    """Everybody, those who left included, by service number."""
    query = select(Officer).where(Officer.city_id == city_id_of(session)).order_by(Officer.code)
    return list(await session.scalars(query))


async def phones_of(session: AsyncSession, officer_id: UUID) -> list[OfficerPhone]:
    """Duty phones in their order."""
    query = select(OfficerPhone).where(OfficerPhone.city_id == city_id_of(session), OfficerPhone.officer_id == officer_id)
    return list(await session.scalars(query.order_by(OfficerPhone.position, OfficerPhone.id)))


async def absences_from(session: AsyncSession, officer_id: UUID, day: date) -> list[Absence]:
    """Absences that are not over by a day, the earliest first."""
    query = select(Absence).where(
        Absence.city_id == city_id_of(session), Absence.officer_id == officer_id, Absence.last_day >= day
    )
    return list(await session.scalars(query.order_by(Absence.first_day, Absence.id)))


async def absence_of(session: AsyncSession, officer_id: UUID, absence_id: UUID) -> Absence | None:
    """An absence of an officer's own."""
    query = select(Absence).where(
        Absence.city_id == city_id_of(session), Absence.officer_id == officer_id, Absence.id == absence_id
    )
    return (await session.execute(query)).scalar_one_or_none()


async def absence_within(
    session: AsyncSession, officer_id: UUID, first_day: date, last_day: date, *, as_stand_in: bool = False
) -> Absence | None:
    """An absence that shares a day with a period: the officer's own, or one that they stand in for."""
    whose = Absence.stand_in_id if as_stand_in else Absence.officer_id
    query = (
        select(Absence)
        .where(
            Absence.city_id == city_id_of(session),
            whose == officer_id,
            Absence.first_day <= last_day,
            Absence.last_day >= first_day,
        )
        .order_by(Absence.first_day)
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def announcements_of(session: AsyncSession, officer_id: UUID, *, day: date) -> list[Announcement]:
    """Notices and meetings that are still shown on a day: meetings first, in order of time."""
    query = select(Announcement).where(
        Announcement.city_id == city_id_of(session), Announcement.officer_id == officer_id, Announcement.shown_until >= day
    )
    return list(await session.scalars(query.order_by(Announcement.starts_at.nulls_last(), Announcement.created_at.desc())))


async def announcement_of(session: AsyncSession, officer_id: UUID, announcement_id: UUID) -> Announcement | None:
    """An announcement of an officer's own."""
    query = select(Announcement).where(
        Announcement.city_id == city_id_of(session),
        Announcement.officer_id == officer_id,
        Announcement.id == announcement_id,
    )
    return (await session.execute(query)).scalar_one_or_none()


async def invitation_of(session: AsyncSession, officer_id: UUID) -> Invitation | None:
    """The invitation of an officer that was not used yet."""
    query = select(Invitation).where(Invitation.city_id == city_id_of(session), Invitation.officer_id == officer_id)
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def invitation_at(session: AsyncSession, invitation_id: UUID) -> Invitation | None:
    """An invitation by its id, which its link carries."""
    query = select(Invitation).where(Invitation.city_id == city_id_of(session), Invitation.id == invitation_id)
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def invited(session: AsyncSession) -> set[UUID]:
    """Officers whose invitation waits."""
    return set(await session.scalars(select(Invitation.officer_id).where(Invitation.city_id == city_id_of(session))))


async def station_at(session: AsyncSession, station_id: UUID) -> Station | None:
    """A station's row."""
    query = select(Station).where(Station.city_id == city_id_of(session), Station.id == station_id)
    return (await session.execute(query)).scalar_one_or_none()


async def beat_at(session: AsyncSession, beat_id: UUID) -> Beat | None:
    """A beat's row."""
    query = select(Beat).where(Beat.city_id == city_id_of(session), Beat.id == beat_id)
    return (await session.execute(query)).scalar_one_or_none()


async def history_of(session: AsyncSession, beat_id: UUID) -> list[Assignment]:
    """Everybody who ever served a beat, the newest first."""
    query = select(Assignment).where(Assignment.city_id == city_id_of(session), Assignment.beat_id == beat_id)
    return list(await session.scalars(query.order_by(Assignment.first_day.desc(), Assignment.id)))


async def assignment_at(session: AsyncSession, assignment_id: UUID) -> Assignment | None:
    """An assignment by its id."""
    query = select(Assignment).where(Assignment.city_id == city_id_of(session), Assignment.id == assignment_id)
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def assigned_from(session: AsyncSession, officer_id: UUID, day: date) -> list[Assignment]:
    """Assignments of an officer that hold on a day or later."""
    query = select(Assignment).where(
        Assignment.city_id == city_id_of(session),
        Assignment.officer_id == officer_id,
        or_(Assignment.last_day.is_(None), Assignment.last_day >= day),
    )
    return list(await session.scalars(query.order_by(Assignment.first_day, Assignment.id)))


async def silent_since(session: AsyncSession, before: datetime, *, today: date) -> list[Officer]:
    """Officers who keep their own office, confirmed nothing since a moment and were not reminded since; locked."""
    query = select(Officer).where(
        Officer.city_id == city_id_of(session),
        Officer.account_id.is_not(None),
        or_(Officer.left_on.is_(None), Officer.left_on > today),
        or_(Officer.confirmed_at.is_(None), Officer.confirmed_at < before),
        or_(Officer.reminded_at.is_(None), Officer.reminded_at < before),
    )
    return list(await session.scalars(query.order_by(Officer.id).with_for_update()))
