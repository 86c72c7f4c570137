"""Accounts of a city and how they get in. The same e-mail in two cities is two accounts."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from src.platform.data.base import CityOwned, Instant, within_city


class Account(CityOwned):
    """Somebody who works in a city's staff area. ``email`` is stored in lower case."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("city_id", "email"),
        CheckConstraint("roles <@ ARRAY['moderator', 'administrator']", name="roles"),
    )

    email: Mapped[str]
    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str] = mapped_column(default="uk", server_default="uk")
    created_at: Mapped[Instant]


class SignInLink(CityOwned):
    """A link sent by e-mail: works once, for fifteen minutes. Only digests are stored.

    ``browser_digest`` is of the cookie of the browser that asked; opened elsewhere, the page asks once more.
    """

    __tablename__ = "sign_in_link"
    __table_args__ = (
        UniqueConstraint("city_id", "token_digest"),
        within_city("account_id", "account", ondelete="CASCADE"),
        Index("ix_sign_in_link_account", "city_id", "account_id"),
    )

    account_id: Mapped[UUID]
    token_digest: Mapped[str]
    browser_digest: Mapped[str]
    next_path: Mapped[str] = mapped_column(default="/staff", server_default="/staff")
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class StaffSession(CityOwned):
    """A browser that is signed in. Only the digest of its cookie is stored."""

    __tablename__ = "staff_session"
    __table_args__ = (
        UniqueConstraint("city_id", "token_digest"),
        within_city("account_id", "account", ondelete="CASCADE"),
        Index("ix_staff_session_account", "city_id", "account_id"),
    )

    account_id: Mapped[UUID]
    token_digest: Mapped[str]
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
