"""What an account shows besides its e-mail."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from src.platform.data.base import CityOwned, Instant, within_city


class Totp(CityOwned):
    """One-time codes of an app (RFC 6238). ``secret`` is sealed by the vault; ``last_step`` is the last used time step,
    so that a code works once. There is a row only once a code of the app was shown."""  # noqa: D209

    __tablename__ = "totp"
    __table_args__ = (UniqueConstraint("city_id", "account_id"), within_city("account_id", "account", ondelete="CASCADE"))

    account_id: Mapped[UUID]
    secret: Mapped[str]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    confirmed_at: Mapped[Instant]


class RecoveryCode(CityOwned):
    """A code for the day the phone is lost; long and random, so a plain digest suffices. Works once."""

    __tablename__ = "recovery_code"
    __table_args__ = (
        UniqueConstraint("city_id", "account_id", "code_digest"),
        within_city("account_id", "account", ondelete="CASCADE"),
    )

    account_id: Mapped[UUID]
    code_digest: Mapped[str]
    created_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class Passkey(CityOwned):
    """A WebAuthn credential. ``credential_id`` and ``public_key`` are base64url; ``name`` is its owner's word for it."""

    __tablename__ = "passkey"
    __table_args__ = (
        UniqueConstraint("city_id", "credential_id"),
        within_city("account_id", "account", ondelete="CASCADE"),
        Index("ix_passkey_account", "city_id", "account_id"),
    )

    account_id: Mapped[UUID]
    credential_id: Mapped[str]
    public_key: Mapped[str]
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    transports: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    name: Mapped[str]
    created_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class WebauthnChallenge(CityOwned):
    """A challenge that a browser was given; taken away when it comes back, so that it works once."""

    __tablename__ = "webauthn_challenge"
    __table_args__ = (
        UniqueConstraint("city_id", "challenge_digest"),
        CheckConstraint("purpose IN ('register', 'sign_in')", name="purpose"),
        within_city("account_id", "account", ondelete="CASCADE"),
        Index("ix_webauthn_challenge_account", "city_id", "account_id"),
        Index("ix_webauthn_challenge_age", "city_id", "expires_at"),
    )

    challenge_digest: Mapped[str]
    purpose: Mapped[str]
    account_id: Mapped[UUID | None]
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
