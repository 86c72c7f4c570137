"""Tables of subscriptions."""

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, Instant, within_city


class Follower(CityOwned):
    """Somebody who gets letters about a question; only after they confirmed their e-mail, until they stop."""

    __tablename__ = "follower"
    __table_args__ = (
        within_city("appeal_id", "appeal", ondelete="CASCADE"),
        UniqueConstraint("city_id", "appeal_id", "email"),
        Index("ix_follower_confirmed", "city_id", "appeal_id", "confirmed_at"),
    )

    appeal_id: Mapped[UUID]
    email: Mapped[str]
    language: Mapped[str] = mapped_column(default="uk", server_default="uk")
    created_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    stopped_at: Mapped[Instant | None]
