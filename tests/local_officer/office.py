"""What tests of the local officer's office share: stations, officers, beats and hours put in without pages."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.officers.models import Assignment, Beat, Officer, OfficerPhone, Station
from src.platform.data.tenancy import catalogue_changed, city_id_of
from src.platform.people.accounts.models import Account
from tests.mailbox import Mailbox
from tests.site import Site

LONG_AGO = date(2026, 1, 5)
"""A Monday before everything that tests do."""


def square(lon: float, lat: float, size: float = 0.01) -> dict[str, Any]:
    """A GeoJSON square with its south-west corner at a point; ``size`` in degrees."""
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


async def put(session: AsyncSession, row: Any) -> Any:
    """Add a row of the session's city and write it down; returns the row."""
    row.city_id = city_id_of(session)
    if row.id is None:
        row.id = uuid7()
    session.add(row)
    await session.flush()
    return row


async def station(session: AsyncSession, **changes: Any) -> Station:
    """A police station."""
    given: dict[str, Any] = {
        "slug": "podil",
        "name": {"uk": "Подільський відділ поліції", "en": "Podil police station"},
        "address": {"uk": "вул. Хорива, 20", "en": "20 Khoryva St"},
        "phone": "+380444161202",
        "lon": 30.512,
        "lat": 50.466,
    }
    row: Station = await put(session, Station(**given | changes))
    await catalogue_changed(session)
    return row


async def officer(session: AsyncSession, *, phones: tuple[str, ...] = ("+380671234567", "102"), **changes: Any) -> Officer:
    """An officer with duty phones."""
    code = str(changes.pop("code", "0001234"))
    given: dict[str, Any] = {
        "code": code,
        "name": {"uk": "Ірина Мельник", "en": "Iryna Melnyk"},
        "rank": "captain",
        "post": "officer",
        "email": "iryna.melnyk@police.example",
        "languages": ["uk", "en"],
        "created_at": datetime.fromisoformat("2026-01-05T09:00+02:00"),
    }
    row: Officer = await put(session, Officer(**given | changes))
    for position, number in enumerate(phones):
        kind = "ordinary" if number.startswith("+") else "short"
        await put(session, OfficerPhone(officer_id=row.id, kind=kind, number=number, position=position))
    await catalogue_changed(session)
    return row


async def beat(session: AsyncSession, *, number: str = "1", boundary: dict[str, Any] | None = None, **changes: Any) -> Beat:
    """A beat; by default a square around Kontraktova Square in Kyiv."""
    shape = boundary or square(30.51, 50.46)
    lon, lat = shape["coordinates"][0][0] if shape["type"] == "Polygon" else shape["coordinates"][0][0][0]
    given: dict[str, Any] = {
        "number": number,
        "name": {"uk": f"Дільниця № {number}", "en": f"Beat No. {number}"},
        "boundary": shape,
        "label_lon": lon + 0.005,
        "label_lat": lat + 0.005,
    }
    row: Beat = await put(session, Beat(**given | changes))
    await catalogue_changed(session)
    return row


async def assign(session: AsyncSession, beat_id: UUID, officer_id: UUID, **changes: Any) -> Assignment:
    """Who serves a beat, since long ago."""
    row: Assignment = await put(
        session, Assignment(**{"beat_id": beat_id, "officer_id": officer_id, "first_day": LONG_AGO, "last_day": None} | changes)
    )
    await catalogue_changed(session)
    return row


async def rule(session: AsyncSession, officer_id: UUID, weekday: int, starts: str, ends: str, **changes: Any) -> HoursRule:
    """Weekly hours; ``weekday`` 0 is Monday, times «17:00»."""
    given: dict[str, Any] = {
        "officer_id": officer_id,
        "weekday": weekday,
        "starts": time.fromisoformat(starts),
        "ends": time.fromisoformat(ends),
        "place": "вул. Хорива, 20",
        "valid_from": LONG_AGO,
        "changed_at": datetime.fromisoformat("2026-01-05T09:00+02:00"),
    }
    row: HoursRule = await put(session, HoursRule(**given | changes))
    return row


async def exception(session: AsyncSession, officer_id: UUID, day: date, kind: str, **changes: Any) -> HoursException:
    """What is different on one day."""
    given: dict[str, Any] = {
        "officer_id": officer_id,
        "day": day,
        "kind": kind,
        "changed_at": datetime.fromisoformat("2026-01-05T09:00+02:00"),
    }
    row: HoursException = await put(session, HoursException(**given | changes))
    return row


async def own_account(session: AsyncSession, whose: Officer, email: str = "own.officer@police.example") -> Account:
    """The account by which an officer keeps their own office."""
    row: Account = await put(
        session,
        Account(email=email, name=whose.name["uk"], roles=["local_officer"], created_at=whose.created_at),
    )
    whose.account_id = row.id
    await session.flush()
    await catalogue_changed(session)
    return row


async def set_options(site: Site, **options: Any) -> None:
    """What the city chose for the module."""
    async with site.unit() as session:
        from src.platform.data.tenancy import City

        row = await session.get_one(City, (await site.city()).id)
        row.settings = row.settings | options
        await session.flush()
        await catalogue_changed(session)
    site._city = None


async def subjects(mail: Mailbox, to: str) -> list[str]:
    """What the letters to an address are called, the oldest first."""
    await mail.deliver()
    return [str(letter["Subject"]) for letter in mail.to(to)]


async def token(mail: Mailbox, to: str, path: str) -> str:
    """What stands behind a path in the newest letter to an address."""
    await mail.deliver()
    body = mail.to(to)[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content()).split(path)[1].split()[0]
