"""The providers of a city, and whom they vouched for before."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.base import localized
from src.platform.data.tenancy import city_id_of
from src.platform.people import vault
from src.platform.people.providers.kinds import Terms
from src.platform.people.providers.models import ExternalIdentity, IdentityProvider

ROLES = ("moderator", "administrator")
"""What a provider may make somebody; never an operator."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A button on the sign-in page."""

    slug: str
    name: str


async def offered(session: AsyncSession, language: str) -> list[Offered]:
    """The providers that somebody may sign in with, in the order in which they were added."""
    query = (
        select(IdentityProvider.slug, IdentityProvider.name)
        .where(IdentityProvider.city_id == city_id_of(session), IdentityProvider.enabled)
        .order_by(IdentityProvider.created_at, IdentityProvider.id)
    )
    return [Offered(slug, localized(name, language)) for slug, name in await session.execute(query)]


async def all_providers(session: AsyncSession) -> list[IdentityProvider]:
    """Every provider, those that are switched off too."""
    query = (
        select(IdentityProvider)
        .where(IdentityProvider.city_id == city_id_of(session))
        .order_by(IdentityProvider.created_at, IdentityProvider.id)
    )
    return list((await session.execute(query)).scalars())


async def provider_of(session: AsyncSession, provider_id: UUID, *, lock: bool = False) -> IdentityProvider | None:
    """A provider by its id."""
    query = select(IdentityProvider).where(IdentityProvider.city_id == city_id_of(session), IdentityProvider.id == provider_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def provider_named(session: AsyncSession, slug: str) -> IdentityProvider | None:
    """A provider by the name in its addresses."""
    query = select(IdentityProvider).where(IdentityProvider.city_id == city_id_of(session), IdentityProvider.slug == slug)
    return (await session.execute(query)).scalar_one_or_none()


async def identity_of(session: AsyncSession, provider_id: UUID, subject: str) -> ExternalIdentity | None:
    """Our account for somebody whom a provider vouches for, if they came before."""
    query = select(ExternalIdentity).where(
        ExternalIdentity.city_id == city_id_of(session),
        ExternalIdentity.provider_id == provider_id,
        ExternalIdentity.subject == subject,
    )
    return (await session.execute(query)).scalar_one_or_none()


async def last_used(session: AsyncSession, account_id: UUID) -> IdentityProvider | None:
    """The provider with which an account came last."""
    query = (
        select(IdentityProvider)
        .join(
            ExternalIdentity,
            (ExternalIdentity.city_id == IdentityProvider.city_id) & (ExternalIdentity.provider_id == IdentityProvider.id),
        )
        .where(ExternalIdentity.city_id == city_id_of(session), ExternalIdentity.account_id == account_id)
        .order_by(ExternalIdentity.used_at.desc().nulls_last())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


def terms_of(provider: IdentityProvider) -> Terms:
    """A provider apart from the database, its secret open. Raises ``CannotOpen`` when no key of ours opens it."""
    return Terms(
        city_id=provider.city_id,
        discovery_url=provider.discovery_url,
        client_id=provider.client_id,
        client_secret=vault.unseal(provider.client_secret) if provider.client_secret else "",
        scopes=provider.scopes,
        claims=provider.claims,
    )


def roles_from(provider: IdentityProvider, claimed: object) -> set[str]:
    """The roles of ours that a role claim's value stands for: one text, or a list of them."""
    values = claimed if isinstance(claimed, list) else [claimed]
    known: Mapping[str, str] = provider.roles
    return {known[value] for value in values if isinstance(value, str) and known.get(value) in ROLES}


def may_bring_staff(provider: IdentityProvider) -> bool:
    """Whether staff may sign in with it at all: where it decides who is staff, or where staff may come for the first time."""
    return provider.create == "staff" or (provider.create == "nobody" and bool(provider.role_claim))
