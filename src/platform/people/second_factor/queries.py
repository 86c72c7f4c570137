"""What second factors an account has."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.second_factor.models import Passkey, RecoveryCode, Totp


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account has besides its e-mail. Recovery codes alone are none: they stand in for a factor that was lost."""

    totp: Totp | None
    passkeys: list[Passkey]
    codes_left: int

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.passkeys) + bool(self.totp)


async def has_second_factor(session: AsyncSession, account_id: UUID) -> bool:
    """Whether the account has an app for codes, or a passkey."""
    city = city_id_of(session)
    codes = exists().where(Totp.city_id == city, Totp.account_id == account_id)
    passkeys = exists().where(Passkey.city_id == city, Passkey.account_id == account_id)
    return bool(await session.scalar(select(or_(codes, passkeys))))


async def factors_of(session: AsyncSession, account_id: UUID) -> Factors:
    """Everything an account has."""
    city = city_id_of(session)
    passkeys = select(Passkey).where(Passkey.city_id == city, Passkey.account_id == account_id).order_by(Passkey.id)
    left = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.city_id == city, RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    )
    return Factors(
        totp=await totp_of(session, account_id),
        passkeys=list((await session.execute(passkeys)).scalars()),
        codes_left=await session.scalar(left) or 0,
    )


async def totp_of(session: AsyncSession, account_id: UUID, *, lock: bool = False) -> Totp | None:
    """The account's app for codes; locked where a code is about to be used up."""
    query = select(Totp).where(Totp.city_id == city_id_of(session), Totp.account_id == account_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def passkey_with(session: AsyncSession, credential_id: str) -> Passkey | None:
    """The passkey with this id of its own (base64url), locked."""
    query = select(Passkey).where(Passkey.city_id == city_id_of(session), Passkey.credential_id == credential_id)
    return (await session.execute(query.with_for_update())).scalar_one_or_none()
