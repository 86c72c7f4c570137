"""Tables that a city keeps of the platform's operator."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, Instant, within_city


class SupportEntry(CityOwned):
    """The operator came into the city as support: who, why, until when. The city's administrators see every line.

    ``token_digest`` is of the address that lets them in once; it is emptied by its use. ``account_id`` is the account
    through which they work here, with the role ``support``; it has no e-mail of anybody's to sign in with, and may be deleted.
    """

    __tablename__ = "support_entry"
    __table_args__ = (
        within_city("account_id", "account"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        CheckConstraint("until > created_at", name="is_limited"),
        Index("ix_support_entry_newest", "city_id", "created_at"),
    )

    account_id: Mapped[UUID | None]
    operator: Mapped[str]
    reason: Mapped[str]
    token_digest: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[Instant]
    until: Mapped[Instant]
    entered_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
