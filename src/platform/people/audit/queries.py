"""The log, newest first, a page at a time: a fixed number of statements however long it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, case, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from src.platform.data.tenancy import city_id_of
from src.platform.people.accounts.models import Account
from src.platform.people.audit.models import AuditEvent, AuditValue

ROWS = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands in the log; what comes after it is older."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        """As it goes into an address."""
        return f"{(self.at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)}.{self.id.hex}"

    @classmethod
    def read(cls, value: str) -> "Place | None":
        """From an address; nothing when it is none."""
        micros, _, key = value.partition(".")
        try:
            return cls(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros)), UUID(key))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Filters:
    """What the log is narrowed to. ``since`` inclusive, ``until`` exclusive."""

    account_id: UUID | None = None
    action: str = ""
    kind: str = ""
    subject_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line with what still exists beside it. ``values`` has a field's before and after, or none where they were erased."""

    id: UUID
    at: datetime
    actor: str
    account_id: UUID | None
    action: str
    kind: str
    subject_id: UUID | None
    fields: Sequence[str]
    who: str
    known: bool
    about: str
    values: Mapping[str, tuple[str, str] | None]

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.at, self.id)


async def lines(session: AsyncSession, filters: Filters, after: Place | None, *, limit: int = ROWS) -> tuple[list[Line], bool]:
    """So many lines after a place, newest first, and whether there are more. Two statements.

    Staff are named; residents are not, since reading a log is no reason to learn who they are.
    """
    who, whom = aliased(Account), aliased(Account)
    city = city_id_of(session)
    staffs = func.cardinality(who.roles) > 0
    query = (
        select(
            AuditEvent,
            case((staffs, func.coalesce(func.nullif(who.name, ""), who.email)), else_="").label("who"),
            who.id.is_not(None).label("known"),
            case((func.cardinality(whom.roles) > 0, func.coalesce(func.nullif(whom.name, ""), whom.email)), else_="").label(
                "about"
            ),
        )
        .outerjoin(who, and_(who.city_id == AuditEvent.city_id, who.id == AuditEvent.account_id))
        .outerjoin(
            whom,
            and_(whom.city_id == AuditEvent.city_id, whom.id == AuditEvent.subject_id, AuditEvent.subject_kind == "account"),
        )
        .where(AuditEvent.city_id == city, *conditions(filters))
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(tuple_(AuditEvent.at, AuditEvent.id) < tuple_(literal(after.at), literal(after.id)))
    found = list((await session.execute(query)).all())
    shown = found[:limit]
    beside = await values_of(session, [row[0].id for row in shown])
    return [line_of(row, beside.get(row[0].id, {})) for row in shown], len(found) > limit


def conditions(filters: Filters) -> list[Any]:
    """What the filters ask of a line."""
    wanted: list[tuple[Any, Any]] = [
        (AuditEvent.account_id, filters.account_id),
        (AuditEvent.action, filters.action),
        (AuditEvent.subject_kind, filters.kind),
        (AuditEvent.subject_id, filters.subject_id),
    ]
    found = [column == value for column, value in wanted if value]
    if filters.since is not None:
        found.append(AuditEvent.at >= filters.since)
    if filters.until is not None:
        found.append(AuditEvent.at < filters.until)
    return found


def line_of(row: Row[Any], beside: Mapping[str, tuple[str, str]]) -> Line:
    """A row with its values."""
    event: AuditEvent = row[0]
    return Line(
        id=event.id,
        at=event.at,
        actor=event.actor,
        account_id=event.account_id,
        action=event.action,
        kind=event.subject_kind,
        subject_id=event.subject_id,
        fields=event.fields,
        who=row.who,
        known=row.known,
        about=row.about,
        values={field: beside.get(field) for field in event.valued},
    )


async def values_of(session: AsyncSession, events: Collection[UUID]) -> dict[UUID, dict[str, tuple[str, str]]]:
    """What still lies beside lines."""
    query = select(AuditValue.event_id, AuditValue.field, AuditValue.before, AuditValue.after).where(
        AuditValue.city_id == city_id_of(session), AuditValue.event_id.in_(events)
    )
    found: dict[UUID, dict[str, tuple[str, str]]] = {}
    for row in await session.execute(query):
        found.setdefault(row.event_id, {})[row.field] = (row.before, row.after)
    return found


async def staff_accounts(session: AsyncSession) -> Sequence[Row[*tuple[Any, ...]]]:
    """Who works here or did (id, name), for choosing whose lines to see."""
    name = func.coalesce(func.nullif(Account.name, ""), Account.email).label("name")
    query = (
        select(Account.id, name).where(Account.city_id == city_id_of(session), func.cardinality(Account.roles) > 0).order_by(name)
    )
    found: Sequence[Row[*tuple[Any, ...]]] = (await session.execute(query)).all()
    return found
