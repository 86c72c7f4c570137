"""What lies between asking to come in and being in. All of it is short-lived, and only digests of secrets are stored."""

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, Instant, within_city


class SignInLink(CityOwned):
    """A link sent by e-mail: works once, for fifteen minutes.

    It names an address, not an account: a resident's account begins when the link is used, and whether there was
    one before makes no difference to anything that can be observed. ``browser_digest`` is of the cookie of the browser
    that asked; opened elsewhere, the page asks for the address once more.
    """

    __tablename__ = "sign_in_link"
    __table_args__ = (
        UniqueConstraint("city_id", "token_digest"),
        Index("ix_sign_in_link_email", "city_id", "email"),
        Index("ix_sign_in_link_age", "city_id", "expires_at"),
    )

    email: Mapped[str] = mapped_column(default="", server_default="")
    token_digest: Mapped[str]
    browser_digest: Mapped[str]
    next_path: Mapped[str] = mapped_column(default="/", server_default="/")
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class SignInStep(CityOwned):
    """The first factor was shown, the second is still asked for. No session yet: nothing opens with it.

    ``failures`` counts wrong codes; too many end it.
    """

    __tablename__ = "sign_in_step"
    __table_args__ = (
        UniqueConstraint("city_id", "token_digest"),
        within_city("account_id", "account", ondelete="CASCADE"),
        Index("ix_sign_in_step_account", "city_id", "account_id"),
        Index("ix_sign_in_step_age", "city_id", "expires_at"),
    )

    account_id: Mapped[UUID]
    token_digest: Mapped[str]
    method: Mapped[str]
    next_path: Mapped[str] = mapped_column(default="/", server_default="/")
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
