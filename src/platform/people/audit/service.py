"""Writing into the audit log."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

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
