"""Tables of answers."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, Instant, within_city


class Answer(CityOwned):
    """What a responder says to a question. Public once ``published_at`` is set; one draft at a time per appeal."""

    __tablename__ = "answer"
    __table_args__ = (
        within_city("appeal_id", "appeal", ondelete="CASCADE"),
        within_city("responder_id", "responder"),
        within_city("account_id", "account"),
        CheckConstraint("published_at IS NULL OR short <> ''", name="published_has_short_part"),
        Index("ix_answer_appeal", "city_id", "appeal_id", "published_at"),
        Index("uq_answer_one_draft", "city_id", "appeal_id", unique=True, postgresql_where="published_at IS NULL"),
    )

    appeal_id: Mapped[UUID]
    responder_id: Mapped[UUID]
    account_id: Mapped[UUID]
    short: Mapped[str] = mapped_column(default="", server_default="")
    body: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[Instant]
    published_at: Mapped[Instant | None]


class AnswerStep(CityOwned):
    """One next step for the resident: what to do, and whom to contact for it (may be empty)."""

    __tablename__ = "answer_step"
    __table_args__ = (
        within_city("answer_id", "answer", ondelete="CASCADE"),
        UniqueConstraint("city_id", "answer_id", "position"),
    )

    answer_id: Mapped[UUID]
    position: Mapped[int]
    action: Mapped[str]
    contact: Mapped[str] = mapped_column(default="", server_default="")


class AnswerFile(CityOwned):
    """A document that goes with an answer; ``media_type`` is what its bytes say, not what the browser claimed."""

    __tablename__ = "answer_file"
    __table_args__ = (
        within_city("answer_id", "answer", ondelete="CASCADE"),
        Index("ix_answer_file_answer", "city_id", "answer_id", "position"),
    )

    answer_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    name: Mapped[str]
    media_type: Mapped[str]
    bytes: Mapped[int]
    digest: Mapped[str]
