"""The verbs of officers, stations and beats, each in the caller's transaction. What they are given has been checked.

Each writes a line of the audit log and says that the city's catalogue changed, so that every process reads the office anew.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.local_officer.officers import records
from src.local_officer.officers.form import (
    AbsenceTyped,
    AnnouncementTyped,
    ContactsTyped,
    OfficerTyped,
    StationTyped,
)
from src.local_officer.officers.models import Absence, Announcement, Assignment, Beat, Officer, OfficerPhone, Station
from src.platform.data.base import Localized
from src.platform.data.tenancy import catalogue_changed, city_id_of
from src.platform.people.accounts import service as accounts
from src.platform.people.accounts.queries import account_of
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import msgid

ADDED = action("officer.added", msgid("Додано дільничного"))
CHANGED = action("officer.changed", msgid("Змінено відомості про дільничного"))
CONFIRMED = action("officer.confirmed", msgid("Підтверджено, що відомості в кабінеті правильні"))
LEFT = action("officer.left", msgid("Дільничний більше не служить тут"))
PHOTO = action("officer.photo", msgid("Змінено фото дільничного"))
ABSENT = action("officer.absent", msgid("Додано відсутність дільничного"))
BACK = action("officer.back", msgid("Прибрано або скорочено відсутність дільничного"))
ASSIGNED = action("beat.assigned", msgid("Дільницю закріплено за офіцером"))
UNASSIGNED = action("beat.unassigned", msgid("Дільницю відкріплено від офіцера"))
BEAT_CHANGED = action("beat.changed", msgid("Змінено дільницю"))
STATION_SAVED = action("station.saved", msgid("Змінено відділ поліції"))
ANNOUNCED = action("officer.announced", msgid("Додано оголошення або зустріч"))
CALLED_OFF = action("officer.called_off", msgid("Скасовано оголошення або зустріч"))


async def tell(
    session: AsyncSession,
    what: str,
    subject: tuple[str, UUID],
    *,
    by: UUID | None,
    now: datetime,
    fields: tuple[str, ...] = (),
    values: dict[str, tuple[str, str]] | None = None,
) -> None:
    """A line of the audit log, and word that the city's make-up changed."""
    await record(session, what, now=now, by=by, actor="staff" if by else "system", subject=subject, fields=fields, values=values)
    await catalogue_changed(session)


async def save_officer(
    session: AsyncSession, officer: Officer | None, typed: OfficerTyped, *, by: UUID | None, now: datetime
) -> Officer:
    """Add an officer, or change their record."""
    new = officer is None
    if officer is None:
        officer = Officer(city_id=city_id_of(session), id=uuid7(), created_at=now, confirmed_at=None)
    before = {"code": officer.code or "", "name": (officer.name or {}).get("uk", "")}
    officer.code, officer.name = typed.code, typed.name
    officer.rank, officer.post, officer.station_id = typed.rank, typed.post, typed.station_id
    officer.email, officer.languages = typed.contacts.email, list(typed.contacts.languages)
    if new:
        session.add(officer)
    await session.flush()
    await put_phones(session, officer, typed.contacts)
    after = {"code": officer.code, "name": officer.name.get("uk", "")}
    values = {key: (before[key], after[key]) for key in after if before[key] != after[key]}
    await tell(
        session, ADDED if new else CHANGED, ("officer", officer.id), by=by, now=now, values=values,
        fields=("rank", "post", "station", "contacts"),
    )  # fmt: skip
    return officer


async def change_contacts(session: AsyncSession, officer: Officer, typed: ContactsTyped, *, by: UUID, now: datetime) -> None:
    """What an officer may change themselves; looking through it is confirming it too."""
    officer.email, officer.languages = typed.email, list(typed.languages)
    officer.confirmed_at = now
    await put_phones(session, officer, typed)
    await tell(session, CHANGED, ("officer", officer.id), by=by, now=now, fields=("email", "phones", "languages"))


async def put_phones(session: AsyncSession, officer: Officer, typed: ContactsTyped) -> None:
    """Phones as they were typed, in their order."""
    await session.execute(
        delete(OfficerPhone).where(OfficerPhone.city_id == officer.city_id, OfficerPhone.officer_id == officer.id)
    )
    session.add_all(
        OfficerPhone(
            city_id=officer.city_id, id=uuid7(), officer_id=officer.id, kind=phone.kind, number=phone.number, position=position
        )
        for position, phone in enumerate(typed.phones)
    )
    await session.flush()


async def set_photo(session: AsyncSession, officer: Officer, photo_at: datetime | None, *, by: UUID, now: datetime) -> None:
    """Another photo, or none; the file that is not named any more is deleted by a job of the day."""
    officer.photo_at = photo_at
    await session.flush()
    await tell(session, PHOTO, ("officer", officer.id), by=by, now=now, fields=("photo",))


async def confirm(session: AsyncSession, officer: Officer, *, by: UUID, now: datetime) -> None:
    """Everything shown is still true."""
    officer.confirmed_at = now
    await session.flush()
    await tell(session, CONFIRMED, ("officer", officer.id), by=by, now=now)


async def leave(session: AsyncSession, officer: Officer, left_on: date, *, by: UUID, now: datetime) -> None:
    """They serve here no more, from a day on: their assignments end, and the account keeps no office. History stays."""
    last = left_on - timedelta(days=1)
    for one in await records.assigned_from(session, officer.id, left_on):
        if one.first_day > last:
            await session.delete(one)
        else:
            one.last_day = last
    account_id, officer.account_id, officer.left_on = officer.account_id, None, left_on
    await session.flush()
    if account_id is not None and (account := await account_of(session, account_id)) is not None:
        await accounts.set_roles(session, account, set(account.roles) - {"local_officer"}, by=by, now=now)
    await tell(session, LEFT, ("officer", officer.id), by=by, now=now, values={"left_on": ("", left_on.isoformat())})


async def save_station(
    session: AsyncSession, station: Station | None, typed: StationTyped, *, slug: str, by: UUID, now: datetime
) -> Station:
    """Add a station or change it."""
    if station is None:
        station = Station(city_id=city_id_of(session), id=uuid7(), slug=slug)
        session.add(station)
    station.name, station.address, station.phone = typed.name, typed.address, typed.phone
    station.lon, station.lat = typed.lon, typed.lat
    await session.flush()
    await tell(session, STATION_SAVED, ("station", station.id), by=by, now=now, fields=("name", "address", "phone", "point"))
    return station


async def change_beat(
    session: AsyncSession, beat: Beat, *, name: Localized, station_id: UUID | None, by: UUID, now: datetime
) -> None:
    """Another name or duty station; boundaries come with an import."""
    beat.name, beat.station_id = name, station_id
    await session.flush()
    await tell(session, BEAT_CHANGED, ("beat", beat.id), by=by, now=now, fields=("name", "station"))


async def assign(  # noqa: PLR0913  what an assignment is
    session: AsyncSession,
    beat_id: UUID,
    officer_id: UUID,
    *,
    first_day: date,
    last_day: date | None,
    stand_in: bool,
    by: UUID | None,
    now: datetime,
) -> Assignment:
    """An officer serves a beat from a day on."""
    one = Assignment(
        city_id=city_id_of(session), id=uuid7(), beat_id=beat_id, officer_id=officer_id, first_day=first_day,
        last_day=last_day, stand_in=stand_in,
    )  # fmt: skip
    session.add(one)
    await session.flush()
    await tell(
        session, ASSIGNED, ("beat", beat_id), by=by, now=now,
        values={"officer": ("", str(officer_id)), "days": ("", f"{first_day}/{last_day or ''}")},
    )  # fmt: skip
    return one


async def end_assignment(session: AsyncSession, one: Assignment, last_day: date, *, by: UUID | None, now: datetime) -> None:
    """They serve the beat until a day; one that had not begun is taken back."""
    values = {"officer": (str(one.officer_id), ""), "days": (f"{one.first_day}/{one.last_day or ''}", f"/{last_day}")}
    await tell(session, UNASSIGNED, ("beat", one.beat_id), by=by, now=now, values=values)
    if last_day < one.first_day:
        await session.delete(one)
    else:
        one.last_day = last_day
    await session.flush()


async def hand_over(
    session: AsyncSession, beat_id: UUID, officer_id: UUID, *, first_day: date, by: UUID | None, now: datetime
) -> Assignment:
    """From a day on somebody else serves the beat, and nobody of those who did: their time stays in its history."""
    for one in await records.history_of(session, beat_id):
        if not one.stand_in and (one.last_day is None or one.last_day >= first_day):
            await end_assignment(session, one, first_day - timedelta(days=1), by=by, now=now)
    return await assign(
        session, beat_id, officer_id, first_day=first_day, last_day=None, stand_in=False, by=by, now=now
    )  # fmt: skip


async def add_absence(session: AsyncSession, officer_id: UUID, typed: AbsenceTyped, *, by: UUID | None, now: datetime) -> Absence:
    """An officer is away."""
    if typed.first_day is None or typed.last_day is None:
        raise ValueError("an absence without days passed the checks")
    one = Absence(
        city_id=city_id_of(session), id=uuid7(), officer_id=officer_id, first_day=typed.first_day, last_day=typed.last_day,
        stand_in_id=typed.stand_in_id, stand_in_receives=typed.stand_in_receives, created_at=now,
    )  # fmt: skip
    session.add(one)
    await session.flush()
    await tell(
        session, ABSENT, ("officer", officer_id), by=by, now=now,
        values={"days": ("", f"{one.first_day}/{one.last_day}")}, fields=("stand_in",),
    )  # fmt: skip
    return one


async def end_absence(session: AsyncSession, one: Absence, *, today: date, by: UUID | None, now: datetime) -> None:
    """They are back from today on; an absence that had not begun never was."""
    await tell(
        session, BACK, ("officer", one.officer_id), by=by, now=now, values={"days": (f"{one.first_day}/{one.last_day}", "")}
    )
    if one.first_day >= today:
        await session.delete(one)
    else:
        one.last_day = today - timedelta(days=1)
    await session.flush()


async def announce(
    session: AsyncSession, officer_id: UUID, typed: AnnouncementTyped, *, by: UUID | None, now: datetime
) -> Announcement:
    """Put a notice or a meeting on the page."""
    if typed.shown_until is None:
        raise ValueError("an announcement without a day passed the checks")
    one = Announcement(
        city_id=city_id_of(session), id=uuid7(), officer_id=officer_id, kind=typed.kind, words=typed.words, place=typed.place,
        starts_at=typed.starts_at, ends_at=typed.ends_at, shown_until=typed.shown_until, created_at=now, changed_at=now,
    )  # fmt: skip
    session.add(one)
    await session.flush()
    await tell(session, ANNOUNCED, ("officer", officer_id), by=by, now=now, fields=(typed.kind,))
    return one


async def take_back(session: AsyncSession, one: Announcement, *, by: UUID | None, now: datetime) -> None:
    """A notice is deleted; a meeting stays, struck out, so that whoever meant to come learns of it."""
    await tell(session, CALLED_OFF, ("officer", one.officer_id), by=by, now=now, fields=(one.kind,))
    if one.kind == "notice":
        await session.delete(one)
    else:
        one.cancelled_at = one.changed_at = now
    await session.flush()
