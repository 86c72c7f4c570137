"""The verbs of visits, each in the caller's transaction: hold, confirm, cancel, call off, put in order after hours changed.

Nobody can get the last seat twice: a held or booked visit takes a seat of its slot, and the database's unique index over those
decides between two who ask at the same moment.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.local_officer.office_hours.queries import hours_of
from src.local_officer.office_hours.shown import shown_reception
from src.local_officer.office_hours.times import Reception
from src.local_officer.officers.office import Office
from src.local_officer.officers.queries import office
from src.local_officer.officers.shown import officer_name
from src.local_officer.visits import letters
from src.local_officer.visits.models import Visit
from src.local_officer.visits.queries import STANDS, can_book, free_slots, standing_from, visited_from, wait_for_office
from src.local_officer.visits.slots import Slot, seat_for, slot_at
from src.platform.data.tenancy import City, city_id_of
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import language_named, msgid
from src.platform.work.mail import letterhead, post

HELD_FOR = timedelta(minutes=60)
FORGOTTEN_AFTER = timedelta(days=30)
CALLED_OFF = action("visit.called_off", msgid("Скасовано прийом відвідувача"))
MOVED = action("visit.moved", msgid("Прийом відвідувача змінено"))


class SlotTaken(Exception):  # noqa: N818
    """There is no such slot any more: somebody was quicker, or the hours changed."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who wants to come, as they typed it."""

    name: str
    email: str
    phone: str
    about: str
    language: str


async def hold(session: AsyncSession, city: City, officer_id: UUID, starts_at: datetime, who: Visitor, *, now: datetime) -> Visit:
    """Take a seat for an hour and send the letter that confirms it. Raises :class:`SlotTaken`."""
    await wait_for_office(session, officer_id)
    await lapse_due(session, now=now, officer_id=officer_id)
    slot = slot_at(await free_slots(session, city, officer_id, now=now), starts_at)
    if slot is None:
        raise SlotTaken
    visit_id = await seat(session, city, officer_id, slot, who, now=now)
    if visit_id is None:
        raise SlotTaken
    visit = await session.get_one(Visit, (city.id, visit_id))
    await write(session, city, visit, "confirm", now=now)
    return visit


async def seat(session: AsyncSession, city: City, officer_id: UUID, slot: Slot, who: Visitor, *, now: datetime) -> UUID | None:
    """Put a visit on the first free seat of a slot; none when they are all taken. Waits for others who ask at this moment."""
    source = await office(session)
    taken: set[int] = set()
    while (number := seat_for(taken, city.options.visit_capacity)) is not None:
        written = await session.execute(
            insert(Visit)
            .values(
                city_id=city.id,
                id=uuid7(),
                officer_id=officer_id,
                receiver_id=slot.reception.receiver_id,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                seat=number,
                reception=slot.reception.reception,
                place=place_of(source, city, slot.reception, who.language),
                state="held",
                name=who.name,
                email=who.email,
                phone=who.phone,
                about=who.about,
                language=who.language,
                created_at=now,
                held_until=now + HELD_FOR,
                changed_at=now,
            )
            .on_conflict_do_nothing(
                index_elements=["city_id", "officer_id", "starts_at", "seat"], index_where=Visit.state.in_(STANDS)
            )
            .returning(Visit.id)
        )
        visit_id: UUID | None = written.scalar_one_or_none()
        if visit_id is not None:
            return visit_id
        taken.add(number)
    return None


async def confirm(session: AsyncSession, city: City, visit: Visit, *, now: datetime) -> bool:
    """The letter's button was pressed; whether the visit stands now. One whose hour passed stands if its time is still free.

    Whoever gets ``False`` rolls the transaction back.
    """
    if visit.state == "booked":
        return True
    if visit.state == "lapsed" or (visit.state == "held" and visit.held_until <= now):
        return await book_again(session, city, visit, now=now)
    if visit.state != "held":
        return False
    await put_in_order(session, city, visit.officer_id, [visit], by=None, now=now)
    if visit.state != "held":  # the hours changed meanwhile
        return False
    visit.state, visit.changed_at = "booked", now
    await session.flush()
    await write(session, city, visit, "booked", now=now)
    return True


async def book_again(session: AsyncSession, city: City, visit: Visit, *, now: datetime) -> bool:
    """Confirmed late: the slot may still be free. Another may take its seat at this moment, then there may be the next seat."""
    visit.state, visit.changed_at = "lapsed", now
    await session.flush()
    await lapse_due(session, now=now, officer_id=visit.officer_id)
    slot = slot_at(await free_slots(session, city, visit.officer_id, now=now), visit.starts_at)
    if slot is None:
        return False
    source = await office(session)
    place = place_of(source, city, slot.reception, visit.language)
    taken: set[int] = set()
    while (number := seat_for(taken, city.options.visit_capacity)) is not None:
        try:
            async with session.begin_nested():
                visit.seat, visit.state, visit.ends_at = number, "booked", slot.ends_at
                visit.receiver_id, visit.reception, visit.place = slot.reception.receiver_id, slot.reception.reception, place
                await session.flush()
        except IntegrityError as problem:
            if "uq_visit_seat" not in str(problem.orig):
                raise
            await session.refresh(visit)
            taken.add(number)
            continue
        await write(session, city, visit, "booked", now=now)
        return True
    return False


async def cancel(session: AsyncSession, city: City, visit: Visit, *, now: datetime) -> None:
    """The visitor does not come; the seat is free again."""
    if visit.state not in STANDS:
        return
    was = visit.state
    visit.state, visit.changed_at = "cancelled", now
    await session.flush()
    if was == "booked":
        await write(session, city, visit, "cancelled", now=now)


async def call_off(session: AsyncSession, city: City, visit: Visit, *, by: UUID | None, now: datetime) -> None:
    """The officer cannot receive; the visitor is told."""
    if visit.state not in STANDS:
        return
    visit.state, visit.changed_at = "called_off", now
    await session.flush()
    await record(
        session, CALLED_OFF, now=now, by=by, actor="staff" if by else "system", subject=("visit", visit.id), fields=["state"]
    )
    await write(session, city, visit, "called_off", now=now)


async def reconcile(session: AsyncSession, city: City, officer_id: UUID, *, by: UUID | None, now: datetime) -> tuple[int, int]:
    """Put visits in order after hours or absences changed: (moved, called off).

    A visit that still lies in a reception follows it to who receives now, and to where; one that lies in none is called
    off. People get letters. The copy in memory does not know this transaction's changes, so rows are read.
    """
    return await put_in_order(session, city, officer_id, await standing_from(session, officer_id, now), by=by, now=now)


async def reconcile_all(session: AsyncSession, city: City, *, now: datetime) -> None:
    """The same for every officer whom somebody is to visit: what the city's settings changed, and what slipped through."""
    for officer_id in await visited_from(session, now):
        await reconcile(session, city, officer_id, by=None, now=now)


async def put_in_order(
    session: AsyncSession, city: City, officer_id: UUID, standing: list[Visit], *, by: UUID | None, now: datetime
) -> tuple[int, int]:
    """Move visits of one officer to who receives now and to where, or call them off; they are locked by the caller."""
    if not standing:
        return 0, 0
    zone = ZoneInfo(city.timezone)
    days = [visit.starts_at.astimezone(zone).date() for visit in standing]
    receptions = (await hours_of(session, [officer_id], min(days), max(days), city=city))[officer_id]
    source = await office(session)
    moved = gone = 0
    for visit in standing:
        holding = [one for one in receptions if one.starts_at <= visit.starts_at and visit.ends_at <= one.ends_at]
        if not holding:
            await call_off(session, city, visit, by=by, now=now)
            gone += 1
            continue
        one = next((each for each in holding if each.receiver_id == visit.receiver_id), holding[0])
        place = place_of(source, city, one, visit.language)
        if (one.receiver_id, one.reception, place) != (visit.receiver_id, visit.reception, visit.place):
            await move(session, city, visit, one, place, by=by, now=now)
            moved += 1
    return moved, gone


def place_of(source: Office, city: City, one: Reception, language: str) -> str:
    """Where a visitor comes: exactly, also where the public is not told. Nowhere, by phone."""
    if one.reception == "phone":
        return ""
    return shown_reception(source, one, city=city, language=language_named(language), whole=True).place


async def move(
    session: AsyncSession, city: City, visit: Visit, one: Reception, place: str, *, by: UUID | None, now: datetime
) -> None:
    """The same time, but somebody else receives, or elsewhere."""
    visit.receiver_id, visit.reception, visit.place, visit.changed_at = one.receiver_id, one.reception, place, now
    await session.flush()
    await record(
        session,
        MOVED,
        now=now,
        by=by,
        actor="staff" if by else "system",
        subject=("visit", visit.id),
        fields=["receiver", "place"],
    )
    if visit.state == "booked":
        await write(session, city, visit, "moved", now=now)


async def lapse_due(session: AsyncSession, *, now: datetime, officer_id: UUID | None = None) -> None:
    """Free the seats of visits that nobody confirmed, of one officer or of all; those that somebody just holds are passed over."""
    due = select(Visit.id).where(Visit.city_id == city_id_of(session), Visit.state == "held", Visit.held_until <= now)
    if officer_id is not None:
        due = due.where(Visit.officer_id == officer_id)
    await session.execute(
        update(Visit)
        .where(Visit.city_id == city_id_of(session), Visit.id.in_(due.with_for_update(skip_locked=True)))
        .values(state="lapsed", changed_at=now)
        .execution_options(synchronize_session=False)
    )


async def forget_past(session: AsyncSession, *, now: datetime) -> None:
    """Forget who came a month ago; what nobody confirmed, and what was cancelled, the same."""
    old = now - FORGOTTEN_AFTER
    await session.execute(
        update(Visit)
        .where(
            Visit.city_id == city_id_of(session),
            Visit.erased_at.is_(None),
            or_(Visit.ends_at < old, (Visit.state.in_(("lapsed", "cancelled", "called_off"))) & (Visit.changed_at < old)),
        )
        .values(name="", email="", phone="", about="", erased_at=now)
    )


async def remind_of_tomorrow(session: AsyncSession, city: City, *, now: datetime) -> int:
    """Letters about the visits of the city's next day; a second run writes none. Visits booked today get none: they just had one."""
    tomorrow = now.astimezone(ZoneInfo(city.timezone)).date() + timedelta(days=1)
    query = select(Visit).where(
        Visit.city_id == city.id,
        Visit.state == "booked",
        Visit.starts_at > now,
        Visit.starts_at < now + timedelta(days=3),
        Visit.created_at < now - timedelta(hours=20),
    )
    found = [
        visit
        for visit in await session.scalars(query.order_by(Visit.starts_at))
        if visit.starts_at.astimezone(ZoneInfo(city.timezone)).date() == tomorrow
    ]
    for visit in found:
        await write(session, city, visit, "tomorrow", now=visit.starts_at)
    return len(found)


async def where_to_book(session: AsyncSession, city: City, officer_id: UUID, *, now: datetime) -> str:
    """The path of the page for another time; where this officer has none any more, of the page that finds whoever serves now."""
    if await can_book(session, city, officer_id, now=now):
        return f"/office/officers/{officer_id}/visit"
    return "/office" if city.options.office else "/"


async def write(session: AsyncSession, city: City, visit: Visit, what: str, *, now: datetime) -> None:
    """A letter to the visitor about a step."""
    if not visit.email:
        return
    at = letterhead(city, visit.language)
    source = await office(session)
    receiver = source.officer.get(visit.receiver_id)
    name = officer_name(receiver, city.options, at.lang) if receiver is not None else ""
    again = await where_to_book(session, city, visit.officer_id, now=now) if what == "called_off" else ""
    letter = {
        "confirm": lambda: letters.confirm(at, visit, name),
        "booked": lambda: letters.booked(at, visit, name),
        "moved": lambda: letters.moved(at, visit, name),
        "tomorrow": lambda: letters.tomorrow(at, visit, name),
        "cancelled": lambda: letters.cancelled(at, visit),
        "called_off": lambda: letters.called_off(at, visit, at.absolute(again)),
    }[what]()
    key = letters.key_of(visit, what, now.astimezone(UTC))
    await post(session, city, to=visit.email, language=visit.language, letter=letter, key=key, urgent=what == "confirm")
