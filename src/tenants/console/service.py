"""The operator's verbs over a city. Each runs in a unit of work of that city, so that row-level security holds for the operator too."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City, catalogue_changed, city_id_of
from src.platform.people.accounts import service as accounts
from src.platform.people.accounts.models import Account, AccountSession
from src.platform.people.accounts.service import NewSession
from src.platform.people.audit.service import action, record
from src.platform.people.secrets import digest
from src.platform.web.i18n import msgid
from src.tenants.cities.service import locked
from src.tenants.console.models import SupportEntry
from src.tenants.staff.service import Invitee, invite
from src.tenants.starter.opening import Plan, open_city

OPENED = action("city.opened", msgid("Місто відкрито на платформі"))
SUSPENDED = action("city.suspended", msgid("Оператор платформи призупинив сайт міста"))
RESUMED = action("city.resumed", msgid("Оператор платформи відновив сайт міста"))
CONDEMNED = action("city.condemned", msgid("Заплановано видалення міста"))
SPARED = action("city.spared", msgid("Видалення міста скасовано"))
ENTERED = action("support.entered", msgid("Підтримка платформи отримала доступ до міста"))
LEFT = action("support.left", msgid("Доступ підтримки платформи завершено"))

WAITS = timedelta(days=30)
"""From the decision to delete a city until nothing of it is left."""
LINK_LASTS = timedelta(minutes=10)
SUPPORT_AT_MOST = timedelta(hours=8)


class NotSuspended(Exception):  # noqa: N818
    """A city that still works cannot be deleted."""


async def create(session: AsyncSession, plan: Plan, *, email: str, name: str, now: datetime) -> City:
    """Open a city and invite its first administrator. The transaction must have no city yet. Raises ``Taken``."""
    city = await open_city(session, plan, now=now)
    await record(session, OPENED, now=now, actor="operator", subject=("city", city.id))
    if email:
        await invite(session, city, Invitee(email, name, ["administrator"]), by=None, now=now)
    return city


async def suspend(session: AsyncSession, *, because: str, now: datetime) -> None:
    """The city's site shows one page that says that it is closed, and why; nothing of its data changes."""
    city = await locked(session)
    city.suspended_at, city.suspended_because = city.suspended_at or now, because
    await session.flush()
    values = {"reason": ("", because)}
    await record(session, SUSPENDED, now=now, actor="operator", subject=("city", city.id), values=values)
    await catalogue_changed(session)


async def resume(session: AsyncSession, *, now: datetime) -> None:
    """The city works again; a planned deletion is off."""
    city = await locked(session)
    city.suspended_at, city.suspended_because, city.delete_after = None, "", None
    await session.flush()
    await record(session, RESUMED, now=now, actor="operator", subject=("city", city.id))
    await catalogue_changed(session)


async def condemn(session: AsyncSession, *, now: datetime) -> datetime:
    """Plan the city's end, :data:`WAITS` from now; until then it can be spared. Raises :class:`NotSuspended`."""
    city = await locked(session)
    if city.suspended_at is None:
        raise NotSuspended
    city.delete_after = now + WAITS
    await session.flush()
    values = {"delete_after": ("", city.delete_after.isoformat())}
    await record(session, CONDEMNED, now=now, actor="operator", subject=("city", city.id), values=values)
    return city.delete_after


async def spare(session: AsyncSession, *, now: datetime) -> None:
    """The city stays, suspended as it was."""
    city = await locked(session)
    city.delete_after = None
    await session.flush()
    await record(session, SPARED, now=now, actor="operator", subject=("city", city.id))


async def let_support_in(
    session: AsyncSession, *, operator_id: UUID, operator: str, reason: str, lasts: timedelta, now: datetime
) -> str:
    """Give the operator a way in, for one use within ten minutes and for no longer than ``lasts``; the token of its address.

    The account behind it has the role ``support``, which sets a city up and sees nobody; its address leads nowhere.
    """
    city_id = city_id_of(session)
    address = f"support-{operator_id.hex}@support.invalid"
    account = await accounts.resident(session, address, language="uk", now=now)
    account.name, account.roles, account.active = operator, ["support"], True
    token = token_urlsafe(32)
    session.add(
        SupportEntry(
            city_id=city_id,
            id=uuid7(),
            account_id=account.id,
            operator=operator,
            reason=reason,
            token_digest=digest(token),
            created_at=now,
            until=now + min(lasts, SUPPORT_AT_MOST),
        )
    )
    await session.flush()
    values = {"reason": ("", reason), "operator": ("", operator)}
    await record(session, ENTERED, now=now, actor="operator", subject=("account", account.id), values=values)
    return token


async def entry_behind(session: AsyncSession, token: str, *, now: datetime) -> SupportEntry | None:
    """The entry that a link opens, while it does."""
    query = select(SupportEntry).where(
        SupportEntry.city_id == city_id_of(session),
        SupportEntry.token_digest == digest(token),
        SupportEntry.created_at > now - LINK_LASTS,
        SupportEntry.ended_at.is_(None),
    )
    return (await session.execute(query.with_for_update())).scalar_one_or_none() if token else None


async def enter(session: AsyncSession, entry: SupportEntry, *, browser: str, instead_of: str, now: datetime) -> NewSession | None:
    """Begin the session; it ends when the entry does, whatever the cookie says."""
    account = (
        await session.execute(select(Account).where(Account.city_id == entry.city_id, Account.id == entry.account_id))
    ).scalar_one()
    begun = await accounts.begin_session(
        session, account, method="link", second_factor=True, browser=browser, instead_of=instead_of, now=now
    )
    mine = (AccountSession.city_id == entry.city_id, AccountSession.token_digest == digest(begun.token))
    await session.execute(update(AccountSession).where(*mine).values(expires_at=entry.until))
    entry.token_digest, entry.entered_at = "", now
    await session.flush()
    return NewSession(begun.token, entry.until - now, account, second_factor=True)


async def entries(session: AsyncSession) -> list[SupportEntry]:
    """Everybody who came as support, newest first."""
    query = select(SupportEntry).where(SupportEntry.city_id == city_id_of(session)).order_by(SupportEntry.created_at.desc())
    return list(await session.scalars(query.limit(100)))


async def end_support(session: AsyncSession, entry_id: UUID, *, by: UUID | None, now: datetime) -> bool:
    """Show support out at once; whether there was such an entry in force."""
    query = select(SupportEntry).where(SupportEntry.city_id == city_id_of(session), SupportEntry.id == entry_id)
    entry = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if entry is None or entry.ended_at is not None or entry.until <= now:
        return False
    entry.ended_at, entry.token_digest = now, ""
    if entry.account_id is not None:
        await accounts.end_all(session, entry.account_id)
    await record(session, LEFT, now=now, by=by, actor="staff" if by else "operator", subject=("support", entry.id))
    return True
