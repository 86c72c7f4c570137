"""Residents who are signed in, and what can be known of them."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from src.platform.people.accounts.models import Account
from src.platform.people.accounts.service import begin_session, resident
from tests.site import Site

EMAIL = "olena@ukr.example"


async def signed_in(site: Site, email: str = EMAIL, *, name: str = "") -> UUID:
    """Give this browser the session of a resident, without the letter; returns the account."""
    async with site.unit() as session:
        account = await resident(session, email, language="uk", now=site.clock.now)
        account.name = account.name or name
        begun = await begin_session(
            session,
            account,
            method="link",
            second_factor=False,
            browser="Firefox, Android",
            instead_of="",
            now=site.clock.now,
        )
    site.client.cookies.set("__Host-session", begun.token, domain=site.host, path="/")
    return account.id


async def has_account(site: Site, email: str = EMAIL) -> bool:
    """Whether the city knows an account with this address."""
    async with site.unit() as session:
        return await session.scalar(select(Account.id).where(Account.email == email)) is not None


def real_now() -> datetime:
    """The moment that jobs go by."""
    return datetime.now(UTC)
