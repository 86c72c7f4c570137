"""The verbs of accounts and sessions, each in the caller's transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import city_id_of
from src.platform.people.accounts.models import Account, AccountSession
from src.platform.people.accounts.queries import account_with
from src.platform.people.audit.service import action, record
from src.platform.people.secrets import digest
from src.platform.web.i18n import msgid

STAFF_LASTS = timedelta(days=14)
RESIDENT_LASTS = timedelta(days=60)

SIGNED_IN = action("session.begun", msgid("Вхід"))
ENDED = action("session.ended", msgid("Сеанс завершено"))
ROLES_CHANGED = action("account.roles", msgid("Змінено ролі"))
SWITCHED_OFF = action("account.off", msgid("Обліковий запис вимкнено"))


class LastAdministrator(Exception):  # noqa: N818
    """The city would be left without an administrator; nothing was stored."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """What the browser gets; the token is stored as a digest only."""

    token: str
    lasts: timedelta
    account: Account
    second_factor: bool


async def resident(session: AsyncSession, email: str, *, language: str, now: datetime) -> Account:
    """The account with this confirmed address; a resident's is made when there is none."""
    found = await account_with(session, email)
    if found is None:
        found = Account(
            city_id=city_id_of(session), id=uuid7(), email=email, name="", roles=[], language=language, created_at=now
        )
        session.add(found)
        await session.flush()
    return found


async def begin_session(
    session: AsyncSession, account: Account, *, method: str, second_factor: bool, browser: str, instead_of: str, now: datetime
) -> NewSession:
    """Sign in: a new cookie each time (never one that was there before), and the browser's former session ends."""
    if instead_of:
        await end_session(session, instead_of)
    token = token_urlsafe(32)
    lasts = STAFF_LASTS if account.roles else RESIDENT_LASTS
    begun = AccountSession(
        city_id=city_id_of(session),
        id=uuid7(),
        account_id=account.id,
        token_digest=digest(token),
        method=method,
        second_factor=second_factor,
        browser=browser[:80],
        created_at=now,
        authenticated_at=now,
        seen_at=now,
        expires_at=now + lasts,
    )
    session.add(begun)
    await session.flush()
    await record(session, SIGNED_IN, now=now, by=account.id, actor=actor_of(account), subject=("session", begun.id))
    return NewSession(token, lasts, account, second_factor)


async def renew_session(
    session: AsyncSession, account: Account, session_id: UUID, *, second_factor: bool, now: datetime
) -> NewSession:
    """A new cookie for a session whose rights change, because a second factor was shown or the last one was removed."""
    token = token_urlsafe(32)
    expires_at = (
        await session.execute(
            update(AccountSession)
            .where(
                AccountSession.city_id == city_id_of(session),
                AccountSession.account_id == account.id,
                AccountSession.id == session_id,
            )
            .values(token_digest=digest(token), second_factor=second_factor)
            .returning(AccountSession.expires_at)
        )
    ).scalar_one()
    return NewSession(token, expires_at - now, account, second_factor)


def actor_of(account: Account) -> str:
    """How the audit log calls somebody."""
    return actor_of_roles(account.roles)


def actor_of_roles(roles: Collection[str]) -> str:
    """The same by the roles alone."""
    if "operator" in roles:
        return "operator"
    return "staff" if roles else "person"


async def end_session(session: AsyncSession, token: str) -> str:
    """Sign this browser out; by which method it had come, or nothing when it had not."""
    ended = await session.execute(
        delete(AccountSession)
        .where(AccountSession.city_id == city_id_of(session), AccountSession.token_digest == digest(token))
        .returning(AccountSession.method)
    )
    return ended.scalar_one_or_none() or ""


async def end_one(session: AsyncSession, account: Account, session_id: UUID, *, now: datetime) -> bool:
    """End one session of an account's own; whether there was one."""
    gone = await session.execute(
        delete(AccountSession).where(
            AccountSession.city_id == city_id_of(session),
            AccountSession.account_id == account.id,
            AccountSession.id == session_id,
        )
    )
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    await record(session, ENDED, now=now, by=account.id, actor=actor_of(account), subject=("session", session_id))
    return True


async def end_all(session: AsyncSession, account_id: UUID, *, but: UUID | None = None) -> None:
    """End an account's sessions, all or all but the one it is looking from."""
    where = [AccountSession.city_id == city_id_of(session), AccountSession.account_id == account_id]
    await session.execute(delete(AccountSession).where(*where, *([AccountSession.id != but] if but else [])))


async def set_roles(session: AsyncSession, account: Account, roles: Collection[str], *, by: UUID | None, now: datetime) -> None:
    """Give and take rights. Whenever one is taken away, all sessions of the account end.

    Raises :class:`LastAdministrator` when it was the city's last.
    """
    before, after = set(account.roles), set(roles)
    if before == after:
        return
    if "administrator" in before - after:
        await keep_an_administrator(session, account)
    account.roles = sorted(after)
    await record(
        session,
        ROLES_CHANGED,
        now=now,
        by=by,
        actor="staff" if by else "system",
        subject=("account", account.id),
        values={"roles": (", ".join(sorted(before)), ", ".join(sorted(after)))},
    )
    if before - after:
        await end_all(session, account.id)
    await session.flush()


async def switch_off(session: AsyncSession, account: Account, *, by: UUID | None, now: datetime) -> None:
    """Somebody left: nothing signs them in any more, and they are out at once. Their name stays on what they did."""
    if "administrator" in account.roles:
        await keep_an_administrator(session, account)
    account.active = False
    await end_all(session, account.id)
    await record(
        session,
        SWITCHED_OFF,
        now=now,
        by=by,
        actor="staff" if by else "system",
        subject=("account", account.id),
        fields=["active"],
    )
    await session.flush()


async def keep_an_administrator(session: AsyncSession, leaving: Account) -> None:
    """Refuse to leave a city without an administrator; locks them all, so that two cannot leave at the same moment."""
    query = (
        select(Account.id)
        .where(Account.city_id == city_id_of(session), Account.roles.contains(["administrator"]), Account.active)
        .with_for_update()
    )
    if set((await session.execute(query)).scalars()) <= {leaving.id}:
        raise LastAdministrator


async def forget_expired(session: AsyncSession, *, now: datetime) -> int:
    """Delete sessions whose time is over; how many."""
    gone = await session.execute(
        delete(AccountSession).where(AccountSession.city_id == city_id_of(session), AccountSession.expires_at < now)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
