"""Reports and bans."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, Instant, within_city


class Report(CityOwned):
    """Somebody says that something published should not be. ``part`` is what of the appeal it is about.

    ``words`` and ``email`` are the reporter's, both optional, and forgotten after the report is settled; ``language`` is the one
    that they read. ``note`` is what staff wrote when they settled it, for staff.
    """

    __tablename__ = "report"
    __table_args__ = (
        within_city("appeal_id", "appeal", ondelete="CASCADE"),
        within_city("photo_id", "photo", ondelete="CASCADE"),
        within_city("settled_by", "account"),
        CheckConstraint("part IN ('question', 'answer', 'photo')", name="part"),
        CheckConstraint("reason IN ('personal', 'offensive', 'false', 'other')", name="reason"),
        CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name="state"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled"),
        Index("ix_report_queue", "city_id", "state", "created_at"),
        Index("ix_report_appeal", "city_id", "appeal_id"),
    )

    appeal_id: Mapped[UUID]
    photo_id: Mapped[UUID | None]
    part: Mapped[str]
    reason: Mapped[str]
    words: Mapped[str] = mapped_column(default="", server_default="")
    email: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    created_at: Mapped[Instant]
    settled_at: Mapped[Instant | None]
    settled_by: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str] = mapped_column(default="uk", server_default="uk")


class Ban(CityOwned):
    """Whom a city takes no questions from, until when and why. ``value`` is an e-mail, or a network (CIDR)."""

    __tablename__ = "ban"
    __table_args__ = (
        UniqueConstraint("city_id", "kind", "value"),
        within_city("made_by", "account"),
        CheckConstraint("kind IN ('email', 'network')", name="kind"),
    )

    kind: Mapped[str]
    value: Mapped[str]
    reason: Mapped[str]
    until: Mapped[Instant | None]
    made_by: Mapped[UUID | None]
    created_at: Mapped[Instant]
