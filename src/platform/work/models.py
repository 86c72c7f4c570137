"""Outgoing mail."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, Instant


class Mail(CityOwned):
    """A letter, written in the transaction it tells about and sent by a job after it.

    ``dedupe_key`` makes writing it twice impossible; ``message_id`` (RFC 5322) is fixed before the first
    attempt, so that a re-send after a crash is recognisably the same letter. ``sending`` means that an attempt
    began: the server may or may not have it.
    """

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("city_id", "dedupe_key"),
        CheckConstraint("state IN ('queued', 'sending', 'sent', 'refused')", name="state"),
        Index("ix_mail_state", "city_id", "state", "created_at"),
    )

    dedupe_key: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    headers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    message_id: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued", server_default="queued")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    last_error: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[Instant]
    sent_at: Mapped[Instant | None]
