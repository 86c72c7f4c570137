"""Sign-in of staff by a link in an e-mail, and their sessions."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.models import Account, SignInLink, StaffSession
from src.platform.web.access import ROLES, Permission

LINK_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(days=14)
LINKS_AT_A_TIME = 5


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who is signed in."""

    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the person's roles allow together."""
        return frozenset[Permission]().union(*(ROLES.get(role, frozenset()) for role in self.roles))


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link to put into a letter; the token is known here and in the letter only."""

    account: Account
    token: str
    id: UUID


def digest(secret: str) -> str:
    """What is stored of a secret that is long and random, so that a plain hash suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(secret: str, stored: str) -> bool:
    """Whether a secret is the one whose digest was stored."""
    return hmac.compare_digest(digest(secret), stored)


async def ask_for_link(session: AsyncSession, *, email: str, browser: str, next_path: str, now: datetime) -> NewLink | None:
    """Make a link for the account with this e-mail; none when there is no such account or it has enough open links.

    The caller answers the same either way: whether an account exists is nobody's business.
    """
    account = (await session.execute(select(Account).where(Account.email == email))).scalar_one_or_none()
    if account is None or not account.roles:
        return None
    open_links = await session.scalar(
        text("SELECT count(*) FROM sign_in_link WHERE account_id = :id AND used_at IS NULL AND expires_at > :now"),
        {"id": account.id, "now": now},
    )
    if (open_links or 0) >= LINKS_AT_A_TIME:
        return None
    token = token_urlsafe(32)
    link = SignInLink(
        city_id=city_id_of(session),
        account_id=account.id,
        token_digest=digest(token),
        browser_digest=digest(browser),
        next_path=next_path,
        created_at=now,
        expires_at=now + LINK_LASTS,
    )
    session.add(link)
    await session.flush()
    return NewLink(account, token, link.id)


async def link_by_token(session: AsyncSession, token: str, now: datetime) -> SignInLink | None:
    """The unused, unexpired link with this token."""
    found = (
        await session.execute(select(SignInLink).where(SignInLink.token_digest == digest(token)).with_for_update())
    ).scalar_one_or_none()
    return found if found and found.used_at is None and found.expires_at > now else None


async def use_link(session: AsyncSession, link: SignInLink, now: datetime) -> str:
    """Use the link up and start a session; returns the cookie's value, which is stored as a digest only."""
    link.used_at = now
    token = token_urlsafe(32)
    session.add(
        StaffSession(
            city_id=city_id_of(session),
            account_id=link.account_id,
            token_digest=digest(token),
            created_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )
    await session.flush()
    return token


async def who_has(session: AsyncSession, token: str, now: datetime) -> Staff | None:
    """The person whose session this cookie is."""
    row = (
        await session.execute(
            text(
                "SELECT a.id, a.name, a.email, a.roles FROM staff_session s "
                "JOIN account a ON a.city_id = s.city_id AND a.id = s.account_id "
                "WHERE s.city_id = :city AND s.token_digest = :digest AND s.expires_at > :now"
            ),
            {"city": city_id_of(session), "digest": digest(token), "now": now},
        )
    ).one_or_none()
    return Staff(row.id, row.name, row.email, tuple(row.roles)) if row and row.roles else None


async def end_session(session: AsyncSession, token: str) -> None:
    """Sign this browser out."""
    await session.execute(delete(StaffSession).where(StaffSession.token_digest == digest(token)))
