"""The way in: a link in a letter, then a second factor where the account has one, then a session.

Whoever shows a first factor (a link, a provider, a passkey) ends here, in :func:`enter`; nothing else begins sessions.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City, city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.limits.rules import TRIES
from src.platform.limits.service import take
from src.platform.people.accounts.models import Account
from src.platform.people.accounts.queries import account_of, account_with
from src.platform.people.accounts.service import NewSession, begin_session, resident
from src.platform.people.second_factor.queries import has_second_factor
from src.platform.people.secrets import digest
from src.platform.people.sign_in.models import SignInLink, SignInStep

LINK_LASTS = timedelta(minutes=15)
LINKS_AT_A_TIME = 5
STEP_LASTS = timedelta(minutes=10)
FAILURES_AT_MOST = 5


class NoTriesLeft(Exception):  # noqa: N818
    """Too many codes were tried: in this step, or for this account within an hour."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How somebody comes: the first factor, whether it was two in one, from where and whereto.

    ``session_token`` is what the browser had before; that session ends.
    """

    method: str
    two_in_one: bool
    next_path: str
    browser: str
    session_token: str


@dataclass(frozen=True, slots=True)
class Entered:
    """What comes next: a session, or the token of the step that asks for the second factor."""

    session: NewSession | None
    step_token: str
    next_path: str


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link to put into a letter; the token is known here and in the letter only."""

    token: str
    id: UUID


async def ask_for_link(
    session: AsyncSession, tenant: City, *, email: str, browser: str, next_path: str, now: datetime
) -> NewLink | None:
    """Make a link for an address; none when the account is switched off, or enough links to it are open.

    In a city everybody may come. The platform's own host knows its operators only. The caller answers the same
    either way: whether an account exists is nobody's business.
    """
    account = await account_with(session, email)
    if (account is None and tenant.kind == "platform") or (account is not None and not account.active):
        return None
    open_links = await session.scalar(
        select(func.count())
        .select_from(SignInLink)
        .where(
            SignInLink.city_id == city_id_of(session),
            SignInLink.email == email,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
    )
    if (open_links or 0) >= LINKS_AT_A_TIME:
        return None
    token = token_urlsafe(32)
    link = SignInLink(
        city_id=city_id_of(session),
        id=uuid7(),
        email=email,
        token_digest=digest(token),
        browser_digest=digest(browser),
        next_path=next_path,
        created_at=now,
        expires_at=now + LINK_LASTS,
    )
    session.add(link)
    await session.flush()
    return NewLink(token, link.id)


async def link_by_token(session: AsyncSession, token: str, now: datetime) -> SignInLink | None:
    """The unused, unexpired link with this token, locked."""
    query = (
        select(SignInLink)
        .where(SignInLink.city_id == city_id_of(session), SignInLink.token_digest == digest(token))
        .with_for_update()
    )
    found = (await session.execute(query)).scalar_one_or_none()
    return found if found and found.used_at is None and found.expires_at > now else None


async def use_link(session: AsyncSession, link: SignInLink, arrival: Arrival, *, language: str, now: datetime) -> Entered | None:
    """Use the link up and come in; none when the account was switched off meanwhile."""
    link.used_at = now
    account = await resident(session, link.email, language=language, now=now)
    return await enter(session, account, arrival, now=now)


async def enter(session: AsyncSession, account: Account, arrival: Arrival, *, now: datetime) -> Entered | None:
    """Somebody has shown their first factor: begin a session, or ask for the second. None for one who may not come in."""
    if not account.active:
        return None
    if not arrival.two_in_one and await has_second_factor(session, account.id):
        token = token_urlsafe(32)
        session.add(
            SignInStep(
                city_id=city_id_of(session),
                id=uuid7(),
                account_id=account.id,
                token_digest=digest(token),
                method=arrival.method,
                next_path=arrival.next_path,
                created_at=now,
                expires_at=now + STEP_LASTS,
            )
        )
        await session.flush()
        return Entered(None, token, arrival.next_path)
    begun = await begin_session(
        session,
        account,
        method=arrival.method,
        second_factor=arrival.two_in_one,
        browser=arrival.browser,
        instead_of=arrival.session_token,
        now=now,
    )
    return Entered(begun, "", arrival.next_path)


async def step_by_token(session: AsyncSession, token: str, now: datetime) -> SignInStep | None:
    """The step that this browser is at, unless its time or its tries are over. Not locked: see :func:`begin_try`."""
    if not token:
        return None
    query = select(SignInStep).where(SignInStep.city_id == city_id_of(session), SignInStep.token_digest == digest(token))
    found = (await session.execute(query)).scalar_one_or_none()
    return found if found and found.expires_at > now and found.failures < FAILURES_AT_MOST else None


async def begin_try(database: Database, step: SignInStep, *, now: datetime) -> int:
    """Count a try before its code is looked at; how many are left after it. Raises :class:`NoTriesLeft`.

    In a short transaction of its own: a refusal, which rolls its request back, still counts, and of two tries that are
    sent at once each takes one. An account has so many an hour besides, however often somebody begins anew.
    """
    count = (
        update(SignInStep)
        .where(SignInStep.city_id == step.city_id, SignInStep.id == step.id, SignInStep.failures < FAILURES_AT_MOST)
        .values(failures=SignInStep.failures + 1)
        .returning(SignInStep.failures)
    )
    async with database.unit(step.city_id) as own:
        failures = (await own.execute(count)).scalar_one_or_none()
        ((used, _),) = (await take(own, [(TRIES, str(step.account_id))], now=now)).values()
    if failures is None or used > TRIES.most:
        raise NoTriesLeft
    return FAILURES_AT_MOST - failures


async def finish_step(session: AsyncSession, step: SignInStep, arrival: Arrival, *, now: datetime) -> Entered | None:
    """The second factor was shown: the step ends and the session begins. None when the step had ended, or the account was
    switched off meanwhile."""  # noqa: D209
    account = await account_of(session, step.account_id)
    gone = await session.execute(delete(SignInStep).where(SignInStep.city_id == step.city_id, SignInStep.id == step.id))
    if not gone.rowcount or account is None or not account.active:  # type: ignore[attr-defined]
        return None
    begun = await begin_session(
        session,
        account,
        method=step.method,
        second_factor=True,
        browser=arrival.browser,
        instead_of=arrival.session_token,
        now=now,
    )
    return Entered(begun, "", step.next_path)


async def forget_expired(session: AsyncSession, *, now: datetime) -> None:
    """Delete links and steps whose time is over; a used link's address goes with it."""
    for model in (SignInLink, SignInStep):
        await session.execute(delete(model).where(model.city_id == city_id_of(session), model.expires_at < now))
