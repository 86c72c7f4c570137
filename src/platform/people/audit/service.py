"""Writing into the audit log."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import city_id_of
from src.platform.people.audit.models import AuditEvent, AuditValue

ACTIONS: dict[str, str] = {}
"""Every kind of line: its key and its words (a text to translate). Slices add theirs with :func:`action`."""


def action(key: str, words: str) -> str:
    """Name a kind of line, once; two of one key are a programming error. ``words`` is marked with ``msgid``."""
    if key in ACTIONS:
        raise ValueError(f"two audit actions are called {key}")
    ACTIONS[key] = words
    return key


async def record(  # noqa: PLR0913  a line has that many parts
    session: AsyncSession,
    what: str,
    *,
    now: datetime,
    by: UUID | None = None,
    actor: str = "staff",
    subject: tuple[str, UUID] | None = None,
    fields: Iterable[str] = (),
    values: Mapping[str, tuple[str, str]] | None = None,
    about: UUID | None = None,
) -> AuditEvent:
    """Add a line, in the caller's transaction: what is not committed did not happen.

    ``values`` maps a field to what it held before and after; they are stored beside the log, where they can be erased with
    ``about`` (the account or appeal they are personal data of; else the subject). Raises ``KeyError`` for an action
    that no slice named.
    """
    ACTIONS[what]
    changed = values or {}
    event = AuditEvent(
        city_id=city_id_of(session),
        id=uuid7(),
        at=now,
        actor=actor,
        account_id=by,
        action=what,
        subject_kind=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
        fields=sorted({*fields, *changed}),
        valued=sorted(changed),
    )
    session.add(event)
    await session.flush()
    session.add_all(
        AuditValue(
            city_id=event.city_id,
            event_id=event.id,
            about=about or event.subject_id,
            field=field,
            before=before,
            after=after,
            at=now,
        )
        for field, (before, after) in changed.items()
    )
    return event


async def record_once(
    session: AsyncSession,
    what: str,
    *,
    of: str,
    now: datetime,
    by: UUID,
    subject: tuple[str, UUID],
    fields: Iterable[str] = (),
) -> None:
    """Add a line of staff unless there is one: one at most for the same action, person, subject and ``of`` (a period's name).

    The line's id is made of these, so the database itself refuses a second one, however many ask at the same moment.
    """
    ACTIONS[what]
    city_id = city_id_of(session)
    line = insert(AuditEvent).values(
        city_id=city_id,
        id=uuid5(city_id, f"{what} {by} {subject[1]} {of}"),
        at=now,
        actor="staff",
        account_id=by,
        action=what,
        subject_kind=subject[0],
        subject_id=subject[1],
        fields=sorted(fields),
        valued=[],
    )
    await session.execute(line.on_conflict_do_nothing(index_elements=["city_id", "id"]))
