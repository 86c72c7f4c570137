"""The platform's operators: the first one is made from the command line, since nobody is there to invite them."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import APEX, City, city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.people.accounts.models import Account
from src.platform.people.accounts.queries import account_with
from src.platform.people.accounts.service import set_roles
from src.platform.people.audit.service import action, record
from src.platform.settings import Settings
from src.platform.web.i18n import msgid

OPERATOR_ADDED = action("operator.added", msgid("Додано оператора платформи"))


async def create_operator(settings: Settings, *, email: str, name: str) -> bool:
    """Make an account of an operator; whether it is new. A second call changes nothing but what is missing.

    There is no password: the operator signs in by a link and is then led to set up a second factor.
    """
    database = Database(settings.database_url, pool_size=1)
    try:
        async with database.unit() as session:
            apex = (await session.execute(select(City.id).where(City.slug == APEX))).scalar_one()
        async with database.unit(apex) as session:
            return await ensure_operator(session, email=email, name=name, now=datetime.now(UTC))
    finally:
        await database.close()


async def ensure_operator(session: AsyncSession, *, email: str, name: str, now: datetime) -> bool:
    """The same in the caller's unit of work, which must be the platform's own."""
    account = await account_with(session, email)
    if account is not None:
        account.active = True
        await set_roles(session, account, {*account.roles, "operator"}, by=None, now=now)
        return False
    account = Account(
        city_id=city_id_of(session), id=uuid7(), email=email, name=name, roles=["operator"], language="uk", created_at=now
    )
    session.add(account)
    await session.flush()
    await record(session, OPERATOR_ADDED, now=now, actor="system", subject=("account", account.id))
    return True
