"""Reading for imports and exports: what is stored, in the words of files."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from shapely import unary_union
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.exchange.beats import OUTLINE_SLACK
from src.local_officer.exchange.checks import Known, key_of, station_key
from src.local_officer.exchange.models import ImportRow, OfficeImport
from src.local_officer.office_hours.models import HoursRule
from src.local_officer.officers.models import Assignment, Beat, BeatStreet, Officer, OfficerPhone, Station
from src.platform.data.tenancy import City, city_id_of
from src.tenants.cities.models import District

ROWS_A_PAGE = 50
LATEST = 20


async def known(session: AsyncSession, city: City, kind: str, today: date) -> Known:
    """What rows of a kind are compared with."""
    city_id = city_id_of(session)
    officers = await session.execute(select(Officer.code, Officer.id).where(Officer.city_id == city_id, serves(today)))
    beats = await session.execute(select(Beat.number, Beat.id).where(Beat.city_id == city_id, Beat.retired_on.is_(None)))
    stations: dict[str, tuple[UUID, str]] = {}
    rows = (await session.execute(select(Station.id, Station.slug, Station.name).where(Station.city_id == city_id))).all()
    names = [station_key(name) for row in rows for name in row.name.values()]
    for row in rows:
        stations |= {station_key(name): (row.id, row.slug) for name in row.name.values() if names.count(station_key(name)) == 1}
    stations |= {station_key(row.slug): (row.id, row.slug) for row in rows}
    return Known(
        kind=kind,
        options=city.options,
        today=today,
        box=city.box,
        officers={row.code: row.id for row in officers},
        beats={row.number: row.id for row in beats},
        stations=stations,
        present={key_of(kind, row): row for row in await present(session, kind, today)},
        outline=await outline(session) if kind == "beats" else None,
    )


async def outline(session: AsyncSession) -> BaseGeometry | None:
    """The city's districts together, somewhat widened; none where it has none."""
    found = (await session.scalars(select(District.boundary).where(District.city_id == city_id_of(session)))).all()
    return unary_union([shape(boundary) for boundary in found]).buffer(OUTLINE_SLACK) if found else None


def serves(today: date) -> Any:  # noqa: ANN401  a clause
    """Officers who have not left."""
    return or_(Officer.left_on.is_(None), Officer.left_on > today)


async def present(session: AsyncSession, kind: str, today: date) -> list[dict[str, Any]]:
    """All rows of a kind as a file holds them, in its order."""
    return await {"beats": beats, "officers": officers, "streets": streets, "hours": hours}[kind](session, today)


async def slugs(session: AsyncSession) -> dict[UUID | None, str]:
    """Stations by id."""
    found = await session.execute(select(Station.id, Station.slug).where(Station.city_id == city_id_of(session)))
    return {row.id: row.slug for row in found}


async def beats(session: AsyncSession, today: date) -> list[dict[str, Any]]:  # noqa: ARG001  all kinds are asked alike
    """Beats that are in use."""
    station = await slugs(session)
    query = select(Beat).where(Beat.city_id == city_id_of(session), Beat.retired_on.is_(None)).order_by(Beat.number)
    return [
        {
            "number": row.number,
            "name_uk": row.name.get("uk", ""),
            "name_en": row.name.get("en", ""),
            "station": station.get(row.station_id, ""),
            "boundary": row.boundary,
            "official": row.official,
        }
        for row in await session.scalars(query)
    ]


async def officers(session: AsyncSession, today: date) -> list[dict[str, Any]]:
    """Officers who serve."""
    city_id, station = city_id_of(session), await slugs(session)
    phones: dict[UUID, list[str]] = {}
    numbers = select(OfficerPhone.officer_id, OfficerPhone.number).where(OfficerPhone.city_id == city_id)
    for row in await session.execute(numbers.order_by(OfficerPhone.position, OfficerPhone.id)):
        phones.setdefault(row.officer_id, []).append(row.number)
    serving: dict[UUID, set[str]] = {}
    assigned = select(Assignment.officer_id, Beat.number).join(Beat, Beat.id == Assignment.beat_id)
    for row in await session.execute(
        assigned.where(Assignment.city_id == city_id, Beat.city_id == city_id, Beat.retired_on.is_(None), *standing(today))
    ):
        serving.setdefault(row.officer_id, set()).add(row.number)
    query = select(Officer).where(Officer.city_id == city_id, serves(today)).order_by(Officer.code)
    return [
        {
            "code": row.code,
            "name_uk": row.name.get("uk", ""),
            "name_en": row.name.get("en", ""),
            "rank": row.rank,
            "post": row.post,
            "phones": ", ".join(phones.get(row.id, [])),
            "email": row.email,
            "station": station.get(row.station_id, ""),
            "languages": ", ".join(row.languages),
            "beats": ", ".join(sorted(serving.get(row.id, ()))),
        }
        for row in await session.scalars(query)
    ]


def standing(today: date) -> tuple[Any, ...]:
    """Assignments that a file of officers speaks about: one's own, from today on."""
    return (Assignment.stand_in.is_(False), or_(Assignment.last_day.is_(None), Assignment.last_day >= today))


async def streets(session: AsyncSession, today: date) -> list[dict[str, Any]]:  # noqa: ARG001  all kinds are asked alike
    """Streets of beats."""
    city_id = city_id_of(session)
    query = select(Beat.number, BeatStreet.street, BeatStreet.houses).join(Beat, Beat.id == BeatStreet.beat_id)
    query = query.where(BeatStreet.city_id == city_id, Beat.city_id == city_id, Beat.retired_on.is_(None))
    found = await session.execute(query.order_by(Beat.number, BeatStreet.street, BeatStreet.houses))
    return [{"beat": row.number, "street": row.street, "houses": row.houses} for row in found]


async def hours(session: AsyncSession, today: date) -> list[dict[str, Any]]:
    """Weekly hours from today on."""
    station = await slugs(session)
    return [hours_row(rule, code, station) for rule, code in await rules(session, today)]


async def rules(session: AsyncSession, today: date) -> list[tuple[HoursRule, str]]:
    """Rules that hold today or later, with the officer's service number."""
    city_id = city_id_of(session)
    query = select(HoursRule, Officer.code).join(Officer, Officer.id == HoursRule.officer_id)
    query = query.where(HoursRule.city_id == city_id, Officer.city_id == city_id, serves(today))
    query = query.where(or_(HoursRule.valid_to.is_(None), HoursRule.valid_to >= today))
    found = await session.execute(query.order_by(Officer.code, HoursRule.weekday, HoursRule.starts, HoursRule.id))
    return [(row[0], row[1]) for row in found]


def hours_row(rule: HoursRule, code: str, station: dict[UUID | None, str]) -> dict[str, Any]:
    """A rule as a file holds it."""
    return {
        "officer": code,
        "weekday": str(rule.weekday),
        "starts": f"{rule.starts:%H:%M}",
        "ends": f"{rule.ends:%H:%M}",
        "pattern": rule.pattern,
        "reception": rule.reception,
        "station": station.get(rule.station_id, ""),
        "place": rule.place,
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else "",
    }


async def import_at(session: AsyncSession, import_id: UUID, *, lock: bool = False) -> OfficeImport | None:
    """An import; with ``lock`` nobody else changes it until the transaction ends."""
    query = select(OfficeImport).where(OfficeImport.city_id == city_id_of(session), OfficeImport.id == import_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def latest(session: AsyncSession) -> list[OfficeImport]:
    """The newest imports."""
    query = select(OfficeImport).where(OfficeImport.city_id == city_id_of(session)).order_by(OfficeImport.created_at.desc())
    return list(await session.scalars(query.limit(LATEST)))


async def rows_after(
    session: AsyncSession, import_id: UUID, number: int, *, bad: bool | None = None, count: int = ROWS_A_PAGE
) -> list[ImportRow]:
    """Rows after a number; only the bad or good ones."""
    query = select(ImportRow).where(
        ImportRow.city_id == city_id_of(session), ImportRow.import_id == import_id, ImportRow.number > number
    )
    if bad is not None:
        query = query.where(ImportRow.bad.is_(bad))
    return list(await session.scalars(query.order_by(ImportRow.number).limit(count)))


async def whats(session: AsyncSession, import_id: UUID) -> dict[str, int]:
    """How many good rows are new, changed, the same."""
    what = ImportRow.data["what"].astext
    query = select(what, func.count()).where(
        ImportRow.city_id == city_id_of(session), ImportRow.import_id == import_id, ImportRow.bad.is_(False)
    )
    return {row[0]: row[1] for row in await session.execute(query.group_by(what))}


def today_in(city: City, now: datetime) -> date:
    """The day in the city's zone."""
    return now.astimezone(ZoneInfo(city.timezone)).date()
