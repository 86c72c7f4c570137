"""What is kept, for minutes, of somebody who is about to sign in."""

from collections.abc import AsyncIterator

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.people.sign_in.models import SignInLink, SignInStep
from src.platform.web.i18n import msgid


async def links(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """Links that were sent and are not forgotten yet; not the secrets in them."""
    mine = (SignInLink.city_id == city_id_of(session), SignInLink.email == about.email)
    for one in await session.scalars(select(SignInLink).where(*mine).order_by(SignInLink.id)):
        yield {"created_at": one.created_at, "expires_at": one.expires_at, "used_at": one.used_at}


async def erase(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """Links and half-made sign-ins."""
    city = city_id_of(session)
    await session.execute(delete(SignInLink).where(SignInLink.city_id == city, SignInLink.email == about.email))
    await session.execute(delete(SignInStep).where(SignInStep.city_id == city, SignInStep.account_id == about.account_id))


holders = [
    Holder(
        "sign_in_links",
        msgid("Посилання для входу, надіслані вам останнім часом: коли надіслано й чи використано."),
        frozenset({"sign_in_link", "sign_in_step"}),
        links,
        erase,
    ),
]
