"""Whose account somebody gets whom a provider vouches for, and what they may do there.

First by the provider's own name for them (its ``sub``). By their e-mail only the first time, only a verified one, only where
the provider's rules let people come for the first time; and an account of staff only where the rules name staff and the
domain of the address. What the provider says of roles is taken over each time.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import city_id_of
from src.platform.people.accounts.models import Account
from src.platform.people.accounts.queries import account_of, account_with
from src.platform.people.accounts.service import LastAdministrator, actor_of, resident, set_roles
from src.platform.people.audit.service import action, record
from src.platform.people.providers.kinds import Vouched, claim
from src.platform.people.providers.models import ExternalIdentity, IdentityProvider
from src.platform.people.providers.queries import identity_of, may_bring_staff, roles_from
from src.platform.web.forms import email_address
from src.platform.web.i18n import msgid

log = structlog.get_logger("sign_in")

LINKED = action("provider.linked", msgid("Вхід через сервіс пов’язано з обліковим записом"))
NAME_AT_MOST = 120


class NotLetIn(Exception):  # noqa: N818
    """The provider vouches for somebody whom the city's rules do not let in. The text is for the log."""


@dataclass(frozen=True, slots=True)
class Come:
    """Who came, and whether two factors were shown."""

    account: Account
    two_in_one: bool


async def account_for(
    session: AsyncSession, provider: IdentityProvider, vouched: Vouched, *, language: str, now: datetime
) -> Come:
    """The account, with its roles brought up to date; raises :class:`NotLetIn`."""
    identity = await identity_of(session, provider.id, vouched.subject)
    if identity is None:
        account = await first_time(session, provider, vouched, language=language, now=now)
        identity = ExternalIdentity(
            city_id=city_id_of(session),
            id=uuid7(),
            account_id=account.id,
            provider_id=provider.id,
            subject=vouched.subject,
            created_at=now,
        )
        session.add(identity)
        await session.flush()
        await record(session, LINKED, now=now, by=account.id, actor=actor_of(account), subject=("account", account.id))
    else:
        found = await account_of(session, identity.account_id)
        if found is None:  # pragma: no cover  the foreign key does not let it happen
            raise NotLetIn("no account")
        account = found
    if not account.active:
        raise NotLetIn("the account is switched off")
    if account.roles and not may_bring_staff(provider):
        raise NotLetIn("an account of staff")
    identity.used_at = now
    if not account.name:
        account.name = " ".join(vouched.name.replace("\x00", "").split())[:NAME_AT_MOST]
    await bring_roles_up_to_date(session, provider, account, vouched, now=now)
    await session.flush()
    return Come(account, provider.second_factor or vouched.second_factor)


async def first_time(
    session: AsyncSession, provider: IdentityProvider, vouched: Vouched, *, language: str, now: datetime
) -> Account:
    """The account of somebody who never came with this provider: one with the same address, or a new one."""
    if provider.create == "nobody":
        raise NotLetIn("nobody may come for the first time")
    email = email_address(vouched.email)
    if email is None:
        raise NotLetIn("no e-mail")
    if not vouched.email_verified:
        raise NotLetIn("the e-mail is not verified")
    if provider.email_domains and email.rsplit("@", 1)[1] not in provider.email_domains:
        raise NotLetIn("an e-mail of another domain")
    known = await account_with(session, email)
    if known is not None and known.roles and not (provider.create == "staff" and provider.email_domains):
        raise NotLetIn("an account of staff")
    return known or await resident(session, email, language=language, now=now)


async def bring_roles_up_to_date(
    session: AsyncSession, provider: IdentityProvider, account: Account, vouched: Vouched, *, now: datetime
) -> None:
    """Give and take what the provider gives and takes. The last administrator keeps what they have; the log says so."""
    if not provider.role_claim or not may_bring_staff(provider):
        return
    wanted = roles_from(provider, claim(vouched.claims, provider.role_claim))
    kept = set(account.roles) - {"moderator", "administrator"}
    try:
        await set_roles(session, account, wanted | kept, by=None, now=now)
    except LastAdministrator:
        log.warning("the last administrator keeps their role", provider=provider.slug, account=str(account.id))
