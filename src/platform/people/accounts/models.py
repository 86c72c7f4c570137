"""Accounts and sessions. The same e-mail in two cities is two accounts; the operator's belong to the platform's own row."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from src.platform.data.base import CityOwned, Instant, within_city


class Account(CityOwned):
    """Somebody known to a city: a resident (no roles) or staff. ``email`` is stored in lower case and was confirmed.

    ``active`` is false for staff who left: nothing signs them in, and their name stays on what they did.
    """

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("city_id", "email"),
        CheckConstraint(
            "roles <@ ARRAY['moderator', 'administrator', 'operator', 'local_officer', 'responder', 'analyst', 'support']",
            name="roles",
        ),
    )

    email: Mapped[str]
    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str] = mapped_column(default="uk", server_default="uk")
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    created_at: Mapped[Instant]


class AccountSession(CityOwned):
    """A browser that is signed in. Only the digest of its cookie is stored.

    ``method`` is how (``link``, ``provider``, ``passkey``); ``second_factor`` whether two factors were shown;
    ``authenticated_at`` when last; ``browser`` a few words such as «Firefox, Android» by which its owner knows it.
    """

    __tablename__ = "account_session"
    __table_args__ = (
        UniqueConstraint("city_id", "token_digest"),
        within_city("account_id", "account", ondelete="CASCADE"),
        Index("ix_account_session_account", "city_id", "account_id"),
    )

    account_id: Mapped[UUID]
    token_digest: Mapped[str]
    method: Mapped[str]
    second_factor: Mapped[bool] = mapped_column(default=False, server_default="false")
    browser: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[Instant]
    authenticated_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    expires_at: Mapped[Instant]
