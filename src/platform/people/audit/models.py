"""The audit log's tables."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from src.platform.data.base import CityOwned, Instant, within_city


class AuditEvent(CityOwned):
    """One thing that somebody did; append-only (the application's role may neither change nor delete it).

    ``account_id`` points at nobody by a key: the account may be erased, the line stays. ``fields`` are names of what was
    changed or seen, never values; ``valued`` are those of which values were put beside the log, so that it can be told where
    they were erased since.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        CheckConstraint("actor IN ('person', 'staff', 'operator', 'system')", name="actor"),
        Index("ix_audit_event_newest", "city_id", "at", "id"),
        Index("ix_audit_event_account", "city_id", "account_id", "at"),
        Index("ix_audit_event_action", "city_id", "action", "at"),
        Index("ix_audit_event_subject", "city_id", "subject_id", "at"),
    )

    at: Mapped[Instant]
    actor: Mapped[str]
    account_id: Mapped[UUID | None]
    action: Mapped[str]
    subject_kind: Mapped[str] = mapped_column(default="", server_default="")
    subject_id: Mapped[UUID | None]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    valued: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")


class AuditValue(CityOwned):
    """What a field held before and after, where that is needed to understand a line; erased with whom it is about.

    ``about`` is the account or appeal whose personal data the values are.
    """

    __tablename__ = "audit_value"
    __table_args__ = (
        within_city("event_id", "audit_event", ondelete="CASCADE"),
        Index("ix_audit_value_event", "city_id", "event_id"),
        Index("ix_audit_value_about", "city_id", "about"),
    )

    event_id: Mapped[UUID]
    about: Mapped[UUID | None]
    field: Mapped[str]
    before: Mapped[str] = mapped_column(default="", server_default="")
    after: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[Instant]
