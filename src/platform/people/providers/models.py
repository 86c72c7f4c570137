"""Providers of a city, whom they vouch for, and visits that are under way."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from src.platform.data.base import CityOwned, Instant, Localized, within_city


class IdentityProvider(CityOwned):
    """A provider as an administrator configured it.

    ``kind`` names the code that speaks with it (``oidc``; one with a shape of its own gets its own). ``client_secret``
    is sealed by the vault. ``claims`` says which claim is the name, the e-mail and whether it was verified;
    ``role_claim`` with ``roles`` (claim's value → role of ours) who becomes staff; ``create`` who may come for the
    first time: nobody, residents, or also staff; ``email_domains`` narrows that. ``second_factor`` says that the
    provider always asks for two factors, so we need not.
    """

    __tablename__ = "identity_provider"
    __table_args__ = (
        UniqueConstraint("city_id", "slug"),
        CheckConstraint("\"create\" IN ('nobody', 'residents', 'staff')", name="create"),
        CheckConstraint("slug ~ '^[a-z][a-z0-9-]{0,40}$'", name="slug"),
    )

    slug: Mapped[str]
    kind: Mapped[str] = mapped_column(default="oidc", server_default="oidc")
    name: Mapped[Localized] = mapped_column(JSONB)
    discovery_url: Mapped[str]
    client_id: Mapped[str]
    client_secret: Mapped[str] = mapped_column(default="", server_default="")
    scopes: Mapped[str] = mapped_column(default="openid email profile", server_default="openid email profile")
    claims: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    role_claim: Mapped[str] = mapped_column(default="", server_default="")
    roles: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    create: Mapped[str] = mapped_column(default="nobody", server_default="nobody")
    email_domains: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    second_factor: Mapped[bool] = mapped_column(default=False, server_default="false")
    enabled: Mapped[bool] = mapped_column(default=True, server_default="true")
    created_at: Mapped[Instant]


class ExternalIdentity(CityOwned):
    """Whom a provider vouches for: its ``sub`` (never re-used, unlike an e-mail) and our account."""

    __tablename__ = "external_identity"
    __table_args__ = (
        UniqueConstraint("city_id", "provider_id", "subject"),
        within_city("account_id", "account", ondelete="CASCADE"),
        within_city("provider_id", "identity_provider", ondelete="CASCADE"),
        Index("ix_external_identity_account", "city_id", "account_id"),
    )

    account_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    subject: Mapped[str]
    created_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class ProviderVisit(CityOwned):
    """Somebody was sent to a provider and may come back: once, within minutes, in the same browser.

    ``verifier`` (PKCE, RFC 7636) is sealed by the vault.
    """

    __tablename__ = "provider_visit"
    __table_args__ = (
        UniqueConstraint("city_id", "state_digest"),
        within_city("provider_id", "identity_provider", ondelete="CASCADE"),
        Index("ix_provider_visit_provider", "city_id", "provider_id"),
        Index("ix_provider_visit_age", "city_id", "expires_at"),
    )

    provider_id: Mapped[UUID]
    state_digest: Mapped[str]
    nonce: Mapped[str]
    verifier: Mapped[str]
    browser_digest: Mapped[str]
    next_path: Mapped[str] = mapped_column(default="/", server_default="/")
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
