"""A city's officers and beats in memory: exact, because the copy is used only at the revision the transaction read."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.officers.houses import BadHouses, Houses, read_houses
from src.local_officer.officers.lookup import Beats, Located, StreetPart, Streets
from src.local_officer.officers.models import (
    Absence,
    Announcement,
    Assignment,
    Beat,
    BeatStreet,
    Invitation,
    Officer,
    OfficerPhone,
    Station,
)
from src.platform.data.tenancy import City, city_id_of
from src.tenants.cities.geography import SIMILAR_ENOUGH, likeness
from src.tenants.cities.spelling import folded, sort_key

KEPT_CITIES = 64


@dataclass(frozen=True, slots=True)
class Serving:
    """Who serves a beat on a day. ``instead_of`` is whom they stand in for, ``until`` the last day of that; ``away`` marks an
    officer who is absent that day and whom nobody stands in for."""  # noqa: D209

    officer_id: UUID
    instead_of: UUID | None = None
    until: date | None = None
    away: bool = False


class Office:
    """Everything of a city's officers that changes rarely. Rows are detached: read them, never change them."""

    def __init__(  # noqa: PLR0913  what there is
        self,
        revision: int,
        *,
        officers: list[Officer],
        phones: list[OfficerPhone],
        stations: list[Station],
        beats: list[Beat],
        streets: list[BeatStreet],
        assignments: list[Assignment],
        absences: list[Absence],
    ) -> None:
        self.revision = revision
        self.officer = {row.id: row for row in sorted(officers, key=lambda row: sort_key(row.name.get("uk", "")))}
        self.station = {row.id: row for row in stations}
        self.beat = {row.id: row for row in sorted(beats, key=lambda row: number_key(row.number))}
        self.beat_by_number = {row.number: row for row in self.beat.values()}
        self.phones: dict[UUID, list[OfficerPhone]] = {}
        for phone in phones:
            self.phones.setdefault(phone.officer_id, []).append(phone)
        self.streets_of: dict[UUID, list[BeatStreet]] = {}
        for street in streets:
            self.streets_of.setdefault(street.beat_id, []).append(street)
        self._assignments: dict[UUID, list[Assignment]] = {}
        self._of_officer: dict[UUID, list[Assignment]] = {}
        for one in assignments:
            self._assignments.setdefault(one.beat_id, []).append(one)
            self._of_officer.setdefault(one.officer_id, []).append(one)
        self._absences: dict[UUID, list[Absence]] = {}
        self._stands_in: dict[UUID, list[Absence]] = {}
        for absence in absences:
            self._absences.setdefault(absence.officer_id, []).append(absence)
            if absence.stand_in_id:
                self._stands_in.setdefault(absence.stand_in_id, []).append(absence)
        self._beats = Beats([(row.id, row.boundary) for row in self.beat.values()])
        self._streets = Streets(
            [StreetPart(row.street, row.spelling, row.beat_id, houses_of(row)) for row in streets if row.beat_id in self.beat]
        )
        self.outlines: dict[str, bytes] = {}
        """GeoJSON made of this copy, by language and kind; whoever makes it puts it here."""

    def locate(self, lon: float, lat: float) -> Located:
        """Which beat a point lies in."""
        return self._beats.at(lon, lat)

    @property
    def streets(self) -> Streets:
        """The street lists of the beats."""
        return self._streets

    def serves(self, officer: Officer, day: date) -> bool:
        """Whether somebody is an officer of this city on a day."""
        return officer.left_on is None or day < officer.left_on

    def serving_officers(self, day: date) -> list[Officer]:
        """All officers on a day, in the order of the alphabet."""
        return [row for row in self.officer.values() if self.serves(row, day)]

    def away(self, officer_id: UUID, day: date) -> Absence | None:
        """The absence of an officer on a day, or none."""
        return next((one for one in self._absences.get(officer_id, []) if one.first_day <= day <= one.last_day), None)

    def absences_of(self, officer_id: UUID, from_day: date) -> list[Absence]:
        """Absences of an officer that are not over, the earliest first."""
        return sorted((one for one in self._absences.get(officer_id, []) if one.last_day >= from_day), key=lambda o: o.first_day)

    def assignments(self, beat_id: UUID, day: date) -> list[Assignment]:
        """Assignments to a beat that hold on a day; those who stand in last."""
        found = [one for one in self._assignments.get(beat_id, []) if holds(one, day)]
        return sorted(found, key=lambda one: (one.stand_in, one.first_day, str(one.id)))

    def serving(self, beat_id: UUID, day: date) -> list[Serving]:
        """Who serves a beat on a day, stand-ins of absent officers in their place. Nobody: the beat is vacant."""
        found: list[Serving] = []
        for one in self.assignments(beat_id, day):
            officer = self.officer.get(one.officer_id)
            if officer is None or not self.serves(officer, day):
                continue
            absence = self.away(one.officer_id, day)
            if absence is None:
                found.append(Serving(one.officer_id, until=one.last_day if one.stand_in else None))
            elif absence.stand_in_id in self.officer:
                found.append(Serving(absence.stand_in_id, one.officer_id, absence.last_day))
            else:
                found.append(Serving(one.officer_id, until=absence.last_day, away=True))
        unique: dict[UUID, Serving] = {}
        for serving in found:
            unique.setdefault(serving.officer_id, serving)
        return list(unique.values())

    def own_beats(self, officer_id: UUID, day: date) -> list[Beat]:
        """The beats that an officer is assigned to on a day, in the order of their numbers."""
        mine = {one.beat_id for one in self._of_officer.get(officer_id, []) if holds(one, day)}
        return [row for row in self.beat.values() if row.id in mine and row.retired_on is None]

    def stands_in_for(self, officer_id: UUID, day: date) -> list[Absence]:
        """Absences of others that an officer covers on a day."""
        return [one for one in self._stands_in.get(officer_id, []) if one.first_day <= day <= one.last_day]

    def history(self, beat_id: UUID) -> list[Assignment]:
        """Everybody who ever served a beat, the newest first."""
        return sorted(self._assignments.get(beat_id, []), key=lambda one: (one.first_day, str(one.id)), reverse=True)

    def named(self, typed: str, day: date, *, count: int = 8) -> list[Officer]:
        """Officers by a name as somebody types it, in any language and order of words."""
        words = folded(typed).split()
        if not words:
            return []
        scored = []
        for officer in self.serving_officers(day):
            parts = [part for name in officer.name.values() for part in folded(name).split()]
            score = min(max((likeness(word, part) for part in parts), default=0.0) for word in words)
            if score >= SIMILAR_ENOUGH or officer.code == typed.strip():
                scored.append((max(score, float(officer.code == typed.strip())), officer))
        scored.sort(key=lambda one: -one[0])
        return [officer for _, officer in scored[:count]]


def holds(one: Assignment, day: date) -> bool:
    """Whether an assignment holds on a day."""
    return one.first_day <= day and (one.last_day is None or day <= one.last_day)


def number_key(number: str) -> tuple[int, str]:
    """«9» before «10», «10» before «10-А»."""
    digits = "".join(character for character in number if character.isdigit())
    return (int(digits[:9]) if digits else 0, number)


def houses_of(row: BeatStreet) -> Houses:
    """The houses of a row; a list that cannot be read (it was checked when it came) counts as none of its own."""
    try:
        return read_houses(row.houses)
    except BadHouses:
        return Houses(single=frozenset({"?"}))


def today_of(city: City, now: datetime) -> date:
    """The day it is in a city."""
    return now.astimezone(ZoneInfo(city.timezone)).date()


_copies: OrderedDict[UUID, Office] = OrderedDict()
_locks: dict[UUID, asyncio.Lock] = {}


async def office(session: AsyncSession) -> Office:
    """The officers and beats of the transaction's city, at the revision that the transaction read."""
    city_id = city_id_of(session)
    await session.connection()
    revision: int = session.info["catalogue_revision"]
    held = _copies.get(city_id)
    if held is not None and held.revision == revision:
        _copies.move_to_end(city_id)
        return held
    async with _locks.setdefault(city_id, asyncio.Lock()):
        held = _copies.get(city_id)
        if held is None or held.revision != revision:
            held = await read(session, revision)
            _copies[city_id] = held
            _copies.move_to_end(city_id)
            while len(_copies) > KEPT_CITIES:
                _copies.popitem(last=False)
    return held


async def read(session: AsyncSession, revision: int) -> Office:
    """Read the rows; seven queries, once a revision."""
    city = city_id_of(session)
    before = await session.execute(select(Officer).where(Officer.city_id == city))
    officers = list(before.scalars())
    found = Office(
        revision,
        officers=officers,
        phones=list(
            await session.scalars(select(OfficerPhone).where(OfficerPhone.city_id == city).order_by(OfficerPhone.position))
        ),
        stations=list(await session.scalars(select(Station).where(Station.city_id == city).order_by(Station.slug))),
        beats=list(await session.scalars(select(Beat).where(Beat.city_id == city, Beat.retired_on.is_(None)))),
        streets=list(
            await session.scalars(
                select(BeatStreet).where(BeatStreet.city_id == city).order_by(BeatStreet.spelling, BeatStreet.id)
            )
        ),
        assignments=list(await session.scalars(select(Assignment).where(Assignment.city_id == city))),
        absences=list(await session.scalars(select(Absence).where(Absence.city_id == city))),
    )
    for row in (
        *found.officer.values(),
        *found.station.values(),
        *found.beat.values(),
        *(phone for phones in found.phones.values() for phone in phones),
        *(street for streets in found.streets_of.values() for street in streets),
        *(one for beat in found.beat for one in found.history(beat)),
        *(one for officer in found.officer for one in found.absences_of(officer, date.min)),
    ):
        if row in session:
            session.expunge(row)
    return found


async def announcements_of(
    session: AsyncSession, officer_id: UUID, *, day: date, all_of_them: bool = False
) -> list[Announcement]:
    """Notices and meetings of an officer that are shown on a day, meetings first in order of time."""
    query = select(Announcement).where(Announcement.city_id == city_id_of(session), Announcement.officer_id == officer_id)
    if not all_of_them:
        query = query.where(Announcement.shown_until >= day)
    rows = (await session.scalars(query.order_by(Announcement.starts_at.nulls_last(), Announcement.created_at.desc()))).all()
    return list(rows)


async def announcement_of(session: AsyncSession, officer_id: UUID, announcement_id: UUID) -> Announcement | None:
    """An announcement of an officer's own."""
    query = select(Announcement).where(
        Announcement.city_id == city_id_of(session),
        Announcement.officer_id == officer_id,
        Announcement.id == announcement_id,
    )
    return (await session.execute(query)).scalar_one_or_none()


async def absence_of(session: AsyncSession, officer_id: UUID, absence_id: UUID) -> Absence | None:
    """An absence of an officer's own."""
    query = select(Absence).where(
        Absence.city_id == city_id_of(session), Absence.officer_id == officer_id, Absence.id == absence_id
    )
    return (await session.execute(query)).scalar_one_or_none()


async def officer_of_account(session: AsyncSession, account_id: UUID) -> Officer | None:
    """The officer whose own office an account keeps."""
    query = select(Officer).where(Officer.city_id == city_id_of(session), Officer.account_id == account_id)
    return (await session.execute(query)).scalar_one_or_none()


async def officer_for_change(session: AsyncSession, officer_id: UUID) -> Officer | None:
    """An officer's row, locked until the transaction ends."""
    query = select(Officer).where(Officer.city_id == city_id_of(session), Officer.id == officer_id).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def phones_of(session: AsyncSession, officer_id: UUID) -> list[OfficerPhone]:
    """Duty phones in their order."""
    query = select(OfficerPhone).where(OfficerPhone.city_id == city_id_of(session), OfficerPhone.officer_id == officer_id)
    return list(await session.scalars(query.order_by(OfficerPhone.position)))


async def overlapping_absence(
    session: AsyncSession, officer_id: UUID, first_day: date, last_day: date, *, as_stand_in: bool = False
) -> Absence | None:
    """An absence of these days: the officer's own, or one that they stand in for."""
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


async def invitations(session: AsyncSession) -> dict[UUID, Invitation]:
    """Invitations that were not used, by officer."""
    query = select(Invitation).where(Invitation.city_id == city_id_of(session))
    return {row.officer_id: row for row in await session.scalars(query)}


async def silent_since(session: AsyncSession, before: datetime, *, today: date) -> list[Officer]:
    """Officers who keep their own office, confirmed nothing since a moment, and were not reminded since."""
    query = select(Officer).where(
        Officer.city_id == city_id_of(session),
        Officer.account_id.is_not(None),
        or_(Officer.left_on.is_(None), Officer.left_on > today),
        or_(Officer.confirmed_at.is_(None), Officer.confirmed_at < before),
        or_(Officer.reminded_at.is_(None), Officer.reminded_at < before),
    )
    return list(await session.scalars(query.order_by(Officer.id).with_for_update()))
