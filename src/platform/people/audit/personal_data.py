"""What the audit log keeps about people: values lie beside its lines and can be erased, the lines name nobody."""

from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from src.platform.data.tenancy import city_id_of
from src.platform.people.audit.models import AuditEvent, AuditValue
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid


async def lines(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """What they did, and what was done to what is theirs; staff who did it are not named."""
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.city_id == city_id_of(session),
            or_(AuditEvent.account_id == about.account_id, AuditEvent.subject_id.in_(about.ids)),
        )
        .order_by(AuditEvent.at, AuditEvent.id)
    )
    async for one in await session.stream_scalars(query.execution_options(yield_per=200)):
        yield {"at": one.at, "by": one.actor, "action": one.action, "subject": one.subject_kind, "fields": one.fields}


async def keep_lines(_session: AsyncSession, _about: Subject, _how: Erasure) -> None:
    """The lines stay: they hold ids that lead nowhere once the account is gone."""


async def values(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """Values before and after changes."""
    query = select(AuditValue).where(*theirs(session, about)).order_by(AuditValue.at, AuditValue.id)
    for one in await session.scalars(query):
        yield {"at": one.at, "field": one.field, "before": one.before, "after": one.after}


async def erase_values(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """Delete the values."""
    await session.execute(delete(AuditValue).where(*theirs(session, about)).execution_options(synchronize_session=False))


def theirs(session: AsyncSession, about: Subject) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Which values are about somebody: by what they were filed under, or because their line holds the address itself."""
    city = city_id_of(session)
    other = aliased(AuditValue)
    named = select(other.event_id).where(other.city_id == city, or_(other.before == about.email, other.after == about.email))
    return (AuditValue.city_id == city, or_(AuditValue.about.in_(about.ids), AuditValue.event_id.in_(named)))


async def forget_values(session: AsyncSession, *, before: datetime, at_most: int) -> int:
    """Delete values older than a moment, so many at once; how many."""
    old = (
        select(AuditValue.id)
        .where(AuditValue.city_id == city_id_of(session), AuditValue.at < before)
        .order_by(AuditValue.id)
        .limit(at_most)
    )
    gone = await session.execute(
        delete(AuditValue).where(AuditValue.city_id == city_id_of(session), AuditValue.id.in_(old)),
        execution_options={"synchronize_session": False},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


holders = [
    Holder(
        "audit",
        msgid("Рядки журналу дій про вас і ваші запитання: що зроблено й коли."),
        frozenset({"audit_event"}),
        lines,
        keep_lines,
    ),
    Holder(
        "audit_values",
        msgid("Значення, які журнал дій зберіг поруч із цими рядками: що було й що стало."),
        frozenset({"audit_value"}),
        values,
        erase_values,
    ),
]
