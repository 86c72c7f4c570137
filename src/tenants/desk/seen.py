"""Who among staff looked at what is personal: an appeal under work, and who asked it. Every look is a line of the audit log.

Who asked stays folded until somebody presses for it, and then it is open to them alone, for a while. That it is open is not
kept anywhere but in the log: the line of the look is what opens it, so nothing can be forged, handed to a colleague, or seen
without a line.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City, city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.people.audit.models import AuditEvent
from src.platform.people.audit.naming import Kind, Named, fields, kind
from src.platform.people.audit.service import action, record, record_once
from src.platform.web.here import here
from src.platform.web.i18n import msgid
from src.tenants.appeals.models import Appeal
from src.tenants.appeals.service import AUDIT_KIND
from src.tenants.desk import queries

OPENED = action("appeal.opened", msgid("Відкрито звернення в роботу"))
SEEN = action("personal.seen", msgid("Переглянуто, хто запитує"))
STAYS_OPEN = timedelta(minutes=10)
FOLDED = ("author_name", "author_email", "exact_address", "point")
WORDS_SHOWN = ("own_words",)


@dataclass(frozen=True, slots=True)
class Looks:
    """What somebody has looked at already. ``open_until`` is set while who asked is open to them."""

    noted: bool
    open_until: datetime | None


async def looks(session: AsyncSession, appeal_id: UUID, *, by: UUID, now: datetime) -> Looks:
    """What this person has looked at of this appeal; one statement."""
    query = select(
        func.max(AuditEvent.at).filter(AuditEvent.action == SEEN),
        func.bool_or(AuditEvent.action == OPENED).filter(AuditEvent.at >= hour(now)),
    ).where(
        AuditEvent.city_id == city_id_of(session),
        AuditEvent.subject_id == appeal_id,
        AuditEvent.account_id == by,
        AuditEvent.at > now - timedelta(hours=1),
        AuditEvent.at <= now,
    )
    seen_at, noted = (await session.execute(query)).one()
    until = seen_at + STAYS_OPEN if seen_at else None
    return Looks(bool(noted), until if until and now < until else None)


def hour(now: datetime) -> datetime:
    """The beginning of the hour (UTC)."""
    return now.replace(minute=0, second=0, microsecond=0)


async def note_opened(session: AsyncSession, appeal_id: UUID, *, by: UUID, now: datetime) -> None:
    """Say that somebody opened an appeal: one line for a person, an appeal and an hour, however many ask at once."""
    of = hour(now).isoformat()
    await record_once(session, OPENED, of=of, now=now, by=by, subject=(AUDIT_KIND, appeal_id), fields=WORDS_SHOWN)


async def note_opened_apart(request: Request[Any, Any, Any], appeal_id: UUID) -> None:
    """The same in a short transaction of its own, for a page that comes back with a refusal: its transaction is undone, and
    still somebody sees what is on the page.
    """
    at = here(request)
    database: Database = request.app.state.database
    async with database.unit(at.the_city.id) as session:
        await note_opened(session, appeal_id, by=at.the_person.id, now=at.now)


async def note_seen(session: AsyncSession, appeal_id: UUID, *, by: UUID, now: datetime) -> Looks:
    """Open who asked to this person for a while; each time is a line."""
    await record(session, SEEN, now=now, by=by, subject=(AUDIT_KIND, appeal_id), fields=FOLDED)
    return Looks(noted=True, open_until=now + STAYS_OPEN)


async def names(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Appeals by their numbers, with their pages in the staff area."""
    query = select(Appeal.id, Appeal.number).where(Appeal.city_id == city_id_of(session), Appeal.id.in_(ids))
    return {row.id: Named(row.number, f"/staff/appeals/{row.id}") for row in await session.execute(query) if row.number}


async def find(session: AsyncSession, city: City, typed: str, now: datetime) -> UUID | None:
    """An appeal by its number, or the number's last digits."""
    found = await queries.by_number(session, city, typed, now)
    return found.id if found else None


kind(AUDIT_KIND, Kind(msgid("звернення"), names, find))
fields(
    {
        "author_name": msgid("ім’я автора"),
        "author_email": msgid("пошта автора"),
        "exact_address": msgid("точна адреса"),
        "point": msgid("точка на карті"),
        "own_words": msgid("слова автора"),
    }
)
