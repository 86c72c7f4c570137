"""What an account and its sessions keep about their owner."""

from collections.abc import AsyncIterator

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.accounts.models import Account, AccountSession
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid


async def account(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """The account itself."""
    query = select(Account).where(Account.city_id == city_id_of(session), Account.id == about.account_id)
    for one in await session.scalars(query):
        yield {
            "id": one.id,
            "email": one.email,
            "name": one.name,
            "roles": one.roles,
            "language": one.language,
            "created_at": one.created_at,
        }


async def erase_account(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """Delete the account; whoever works or has worked for the city has none of these."""
    await session.execute(delete(Account).where(Account.city_id == city_id_of(session), Account.id == about.account_id))


async def sessions(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """Browsers that are signed in; not the secrets by which we know them."""
    mine = (AccountSession.city_id == city_id_of(session), AccountSession.account_id == about.account_id)
    for one in await session.scalars(select(AccountSession).where(*mine).order_by(AccountSession.id)):
        yield {
            "browser": one.browser,
            "method": one.method,
            "second_factor": one.second_factor,
            "created_at": one.created_at,
            "seen_at": one.seen_at,
            "expires_at": one.expires_at,
        }


async def erase_sessions(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """Sign out everywhere."""
    mine = (AccountSession.city_id == city_id_of(session), AccountSession.account_id == about.account_id)
    await session.execute(delete(AccountSession).where(*mine))


holders = [
    Holder(
        "account",
        msgid("Ваш обліковий запис: електронна адреса, ім’я, мова, коли його створено."),
        frozenset({"account"}),
        account,
        erase_account,
    ),
    Holder(
        "sessions",
        msgid("Браузери, у яких ви ввійшли: який браузер, як і коли."),
        frozenset({"account_session"}),
        sessions,
        erase_sessions,
    ),
]
