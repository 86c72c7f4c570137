"""Who is who, and whose session a cookie is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.accounts.models import Account, AccountSession
from src.platform.people.secrets import digest
from src.platform.web.access import ROLES, Permission

SEEN_EVERY = timedelta(minutes=5)
"""How exact a session's «last seen» is; each page would otherwise write."""

WHO = (
    "SELECT a.id, a.name, a.email, a.roles, s.id AS session_id, s.second_factor, s.authenticated_at, s.seen_at "
    "FROM account_session s JOIN account a ON a.city_id = s.city_id AND a.id = s.account_id "
    "WHERE s.city_id = :city AND s.token_digest = :digest AND s.expires_at > :now AND a.active"
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, and how."""

    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    session_id: UUID
    second_factor: bool
    authenticated_at: datetime

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the person's roles allow together; a resident's none."""
        return frozenset[Permission]().union(*(ROLES.get(role, frozenset()) for role in self.roles))


async def who_has(session: AsyncSession, token: str, now: datetime) -> Person | None:
    """The person whose session this cookie is."""
    bound = {"city": city_id_of(session), "digest": digest(token), "now": now}
    row = (await session.execute(text(WHO), bound)).one_or_none()
    if row is None:
        return None
    if now - row.seen_at > SEEN_EVERY:
        seen = text("UPDATE account_session SET seen_at = :now WHERE city_id = :city AND id = :id")
        await session.execute(seen, {"now": now, "city": city_id_of(session), "id": row.session_id})
    return Person(row.id, row.name, row.email, tuple(row.roles), row.session_id, row.second_factor, row.authenticated_at)


async def account_with(session: AsyncSession, email: str) -> Account | None:
    """The account with this address (in lower case)."""
    query = select(Account).where(Account.city_id == city_id_of(session), Account.email == email)
    return (await session.execute(query)).scalar_one_or_none()


async def account_of(session: AsyncSession, account_id: UUID) -> Account | None:
    """An account by its id."""
    query = select(Account).where(Account.city_id == city_id_of(session), Account.id == account_id)
    return (await session.execute(query)).scalar_one_or_none()


async def sessions_of(session: AsyncSession, account_id: UUID, now: datetime) -> list[AccountSession]:
    """Where somebody is signed in, last seen first."""
    query = (
        select(AccountSession)
        .where(
            AccountSession.city_id == city_id_of(session),
            AccountSession.account_id == account_id,
            AccountSession.expires_at > now,
        )
        .order_by(AccountSession.seen_at.desc(), AccountSession.id)
    )
    return list((await session.execute(query)).scalars())
