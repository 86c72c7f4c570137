"""Reads of officers and beats. The office of a city is kept in memory and used only at the revision the transaction read."""

import asyncio
from collections import OrderedDict, defaultdict
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Date, Text, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.officers.models import Absence, Assignment, Beat, BeatStreet, Officer, OfficerPhone, Station
from src.local_officer.officers.office import (
    AbsenceHere,
    AssignmentHere,
    BeatHere,
    Office,
    OfficerHere,
    Phone,
    StationHere,
)
from src.local_officer.officers.streets import StreetRow
from src.platform.data.tenancy import city_id_of
from src.tenants.cities.spelling import sort_key

CITIES_AT_MOST = 32
"""Copies that a process keeps; of 5,000 beats one takes some 20 MB."""
PAST_DAYS = 35

_copies: OrderedDict[UUID, Office] = OrderedDict()
_locks: dict[UUID, asyncio.Lock] = {}


async def office(session: AsyncSession) -> Office:
    """The offices of the transaction's city, exact: at the catalogue revision that the transaction read.

    No statement when the copy is current, else seven. Whoever changed rows in this very transaction sees the copy of before.
    """
    city_id = city_id_of(session)
    await session.connection()
    revision: int = session.info["catalogue_revision"]
    held = _copies.get(city_id)
    if held is None or held.revision != revision:
        async with _locks.setdefault(city_id, asyncio.Lock()):
            held = _copies.get(city_id)
            if held is None or held.revision != revision:
                held = await read(session, revision)
                _copies[city_id] = held
                while len(_copies) > CITIES_AT_MOST:
                    _copies.popitem(last=False)
    if city_id in _copies:
        _copies.move_to_end(city_id)
    return held


async def read(session: AsyncSession, revision: int) -> Office:
    """Read the rows; columns and not entities, shapes by GEOS and not by Python."""
    lately = func.current_date() - PAST_DAYS
    phones: dict[UUID, list[Phone]] = defaultdict(list)
    for row in await rows(
        session, select(OfficerPhone.officer_id, OfficerPhone.kind, OfficerPhone.number).order_by(OfficerPhone.position)
    ):
        phones[row.officer_id].append(Phone(row.kind, row.number))
    stations = [
        StationHere(*row)
        for row in await rows(
            session,
            select(
                Station.id, Station.slug, Station.name, Station.address, Station.phone, Station.lon, Station.lat,
                Station.district_id,
            ),
        )
    ]  # fmt: skip
    officers = [
        OfficerHere(
            row.id, row.code, row.account_id, row.station_id, row.name, row.rank, row.post, row.email, tuple(row.languages),
            row.photo_at, row.confirmed_at, row.left_on, tuple(phones.get(row.id, ())),
        )
        for row in await rows(
            session,
            select(
                Officer.id, Officer.code, Officer.account_id, Officer.station_id, Officer.name, Officer.rank, Officer.post,
                Officer.email, Officer.languages, Officer.photo_at, Officer.confirmed_at, Officer.left_on,
            ).where(or_(Officer.left_on.is_(None), Officer.left_on > cast(lately, Date))),
        )
    ]  # fmt: skip
    beats = await rows(
        session,
        select(
            Beat.id, Beat.number, Beat.name, cast(Beat.boundary, Text).label("boundary"), Beat.label_lon, Beat.label_lat,
            Beat.district_id, Beat.station_id, Beat.official, Beat.retired_on,
        ).where(or_(Beat.retired_on.is_(None), Beat.retired_on > cast(lately, Date))),
    )  # fmt: skip
    shapes = [shapely.from_geojson(row.boundary) for row in beats]
    streets = await rows(
        session,
        select(BeatStreet.beat_id, BeatStreet.street, BeatStreet.spelling, BeatStreet.houses).order_by(BeatStreet.street),
    )
    assignments = await rows(
        session,
        select(Assignment.beat_id, Assignment.officer_id, Assignment.first_day, Assignment.last_day, Assignment.stand_in).where(
            or_(Assignment.last_day.is_(None), Assignment.last_day > cast(lately, Date))
        ),
    )
    absences = await rows(
        session,
        select(
            Absence.id, Absence.officer_id, Absence.first_day, Absence.last_day, Absence.stand_in_id, Absence.stand_in_receives
        ).where(Absence.last_day > cast(lately, Date)),
    )
    return Office(
        revision,
        stations=stations,
        officers=sorted(officers, key=lambda row: sort_key(row.name.get("uk", ""))),
        beats=[
            BeatHere(
                row.id, row.number, row.name, shape, (row.label_lon, row.label_lat), row.district_id, row.station_id,
                row.official, row.retired_on,
            )
            for row, shape in zip(beats, shapes, strict=True)
        ],
        streets=[StreetRow(*row) for row in streets],
        assignments=[AssignmentHere(*row) for row in assignments],
        absences=[AbsenceHere(*row) for row in absences],
    )  # fmt: skip


async def rows(session: AsyncSession, statement: Any) -> list[Any]:  # noqa: ANN401  a select of columns
    """All rows of a statement; row-level security keeps them to the city."""
    return list((await session.execute(statement)).all())
