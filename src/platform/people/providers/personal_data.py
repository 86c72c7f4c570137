"""Whom providers vouched for."""

from collections.abc import AsyncIterator

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.people.providers.models import ExternalIdentity, IdentityProvider
from src.platform.web.i18n import msgid


async def identities(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """By which name each provider knows them."""
    query = (
        select(IdentityProvider.slug, ExternalIdentity)
        .join(
            IdentityProvider,
            and_(
                IdentityProvider.city_id == ExternalIdentity.city_id,
                IdentityProvider.id == ExternalIdentity.provider_id,
            ),
        )
        .where(ExternalIdentity.city_id == city_id_of(session), ExternalIdentity.account_id == about.account_id)
        .order_by(ExternalIdentity.id)
    )
    for provider, one in await session.execute(query):
        yield {"provider": provider, "subject": one.subject, "created_at": one.created_at, "used_at": one.used_at}


async def erase(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """Forget who they are elsewhere."""
    mine = (ExternalIdentity.city_id == city_id_of(session), ExternalIdentity.account_id == about.account_id)
    await session.execute(delete(ExternalIdentity).where(*mine))


holders = [
    Holder(
        "external_identities",
        msgid("Служби, через які ви входили, і як вас там позначено."),
        frozenset({"external_identity"}),
        identities,
        erase,
    ),
]
