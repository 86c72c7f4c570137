"""What second factors keep about their owner: never a secret leaves in an export."""

from collections.abc import AsyncIterator

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.people.second_factor.models import Passkey, RecoveryCode, Totp, WebauthnChallenge
from src.platform.web.i18n import msgid


async def factors(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """Which there are, and since when."""
    city = city_id_of(session)
    for code in await session.scalars(select(Totp).where(Totp.city_id == city, Totp.account_id == about.account_id)):
        yield {"kind": "app", "confirmed_at": code.confirmed_at}
    keys = select(Passkey).where(Passkey.city_id == city, Passkey.account_id == about.account_id).order_by(Passkey.id)
    for key in await session.scalars(keys):
        yield {"kind": "passkey", "name": key.name, "created_at": key.created_at, "used_at": key.used_at}
    codes = select(RecoveryCode).where(RecoveryCode.city_id == city, RecoveryCode.account_id == about.account_id)
    for spare in await session.scalars(codes.order_by(RecoveryCode.id)):
        yield {"kind": "recovery_code", "created_at": spare.created_at, "used_at": spare.used_at}


async def erase(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """All of them."""
    for model in (Totp, RecoveryCode, Passkey, WebauthnChallenge):
        mine = (model.city_id == city_id_of(session), model.account_id == about.account_id)
        await session.execute(delete(model).where(*mine))


holders = [
    Holder(
        "second_factors",
        msgid("Чим ви підтверджуєте вхід, крім листа: назви й дати, без самих ключів і кодів."),
        frozenset({"totp", "recovery_code", "passkey", "webauthn_challenge"}),
        factors,
        erase,
    ),
]
