"""What second factors an account has."""

from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.second_factor.models import Passkey, Totp


async def has_second_factor(session: AsyncSession, account_id: UUID) -> bool:
    """Whether the account has a confirmed app for codes, or a passkey."""
    city = city_id_of(session)
    codes = exists().where(Totp.city_id == city, Totp.account_id == account_id, Totp.confirmed_at.is_not(None))
    passkeys = exists().where(Passkey.city_id == city, Passkey.account_id == account_id)
    return bool(await session.scalar(select(or_(codes, passkeys))))
