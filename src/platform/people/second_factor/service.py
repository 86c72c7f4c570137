"""The verbs of second factors, each in the caller's transaction. Every change is written down, told to the account's owner
by a letter, and ends the account's other sessions."""  # noqa: D209

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City, city_id_of
from src.platform.people import vault
from src.platform.people.accounts.models import Account
from src.platform.people.accounts.service import actor_of, end_all
from src.platform.people.audit.service import action, record
from src.platform.people.second_factor import codes
from src.platform.people.second_factor.codes import Verdict
from src.platform.people.second_factor.letters import letter_about
from src.platform.people.second_factor.models import Passkey, RecoveryCode, Totp
from src.platform.people.second_factor.queries import factors_of, passkey_with, totp_of
from src.platform.people.secrets import digest
from src.platform.web.i18n import msgid
from src.platform.work.mail import post

log = structlog.get_logger("people")

NAME_AT_MOST = 60

TOTP_ADDED = action("factor.totp_added", msgid("Увімкнено коди із застосунку"))
TOTP_REPLACED = action("factor.totp_replaced", msgid("Замінено застосунок із кодами"))
TOTP_REMOVED = action("factor.totp_removed", msgid("Вимкнено коди із застосунку"))
PASSKEY_ADDED = action("factor.passkey_added", msgid("Додано ключ доступу"))
PASSKEY_REMOVED = action("factor.passkey_removed", msgid("Вилучено ключ доступу"))
CODES_MADE = action("factor.codes_made", msgid("Створено нові резервні коди"))
CODE_USED = action("factor.code_used", msgid("Використано резервний код"))
TRIES_OVER = action("factor.tries_over", msgid("Кілька разів поспіль введено неправильний код"))
PASSKEY_COPIED = action("factor.passkey_copied", msgid("Відхилено ключ доступу, схожий на копію"))


class LastFactor(Exception):  # noqa: N818
    """The account must have a second factor, and this is its last; nothing was changed."""


class AlreadyThere(Exception):  # noqa: N818
    """What was to be added is there."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes the protection of their account: from which session and browser, and whether it must keep a factor."""

    tenant: City
    session_id: UUID
    browser: str
    demanded: bool
    now: datetime


async def account_for_change(session: AsyncSession, account_id: UUID) -> Account:
    """The account, locked, so that two browsers cannot take away the last two factors at the same moment."""
    query = select(Account).where(Account.city_id == city_id_of(session), Account.id == account_id).with_for_update()
    return (await session.execute(query)).scalar_one()


async def set_totp(session: AsyncSession, account: Account, secret: str, code: str, change: Change) -> Verdict:
    """Take an app whose code was shown, instead of the former one if there is one."""
    former = await totp_of(session, account.id, lock=True)
    if former is not None and opened(former) == secret:
        raise AlreadyThere
    verdict, step = codes.match(secret, code, now=change.now, last_step=0)
    if verdict is not Verdict.RIGHT:
        return verdict
    kept = former or Totp(city_id=account.city_id, id=uuid7(), account_id=account.id)
    kept.secret, kept.last_step, kept.confirmed_at = vault.seal(secret), step, change.now
    session.add(kept)
    await session.flush()
    await changed(session, account, TOTP_REPLACED if former else TOTP_ADDED, change)
    return verdict


async def remove_totp(session: AsyncSession, account: Account, change: Change) -> bool:
    """Take the app away; whether there was one. Raises :class:`LastFactor`."""
    found = await totp_of(session, account.id, lock=True)
    if found is None:
        return False
    await session.delete(found)
    await session.flush()
    await keep_one(session, account, change)
    await changed(session, account, TOTP_REMOVED, change)
    return True


async def add_passkey(session: AsyncSession, account: Account, passkey: Passkey, change: Change) -> None:
    """Keep a verified passkey. Raises :class:`AlreadyThere`."""
    if await passkey_with(session, passkey.credential_id) is not None:
        raise AlreadyThere
    session.add(passkey)
    await session.flush()
    await changed(session, account, PASSKEY_ADDED, change, subject=("passkey", passkey.id), name=passkey.name)


async def remove_passkey(session: AsyncSession, account: Account, passkey_id: UUID, change: Change) -> bool:
    """Take a passkey away; whether there was one. Raises :class:`LastFactor`."""
    found = await passkey_of(session, account.id, passkey_id)
    if found is None:
        return False
    await session.delete(found)
    await session.flush()
    await keep_one(session, account, change)
    await changed(session, account, PASSKEY_REMOVED, change, subject=("passkey", passkey_id), name=found.name)
    return True


async def passkey_of(session: AsyncSession, account_id: UUID, passkey_id: UUID) -> Passkey | None:
    """One of an account's own passkeys."""
    where = (Passkey.city_id == city_id_of(session), Passkey.account_id == account_id, Passkey.id == passkey_id)
    return (await session.execute(select(Passkey).where(*where))).scalar_one_or_none()


async def keep_one(session: AsyncSession, account: Account, change: Change) -> None:
    """Refuse that nothing is left where a factor is demanded; elsewhere the recovery codes go with the last one."""
    if (await factors_of(session, account.id)).count:
        return
    if change.demanded:
        raise LastFactor
    await forget_codes(session, account)


async def make_codes(session: AsyncSession, account: Account, change: Change) -> list[str]:
    """New recovery codes instead of all former ones; they are known to the caller only."""
    await forget_codes(session, account)
    made = codes.new_recovery_codes()
    session.add_all(
        RecoveryCode(
            city_id=account.city_id,
            id=uuid7(),
            account_id=account.id,
            code_digest=digest(codes.typed_recovery_code(code)),
            created_at=change.now,
        )
        for code in made
    )
    await session.flush()
    await changed(session, account, CODES_MADE, change)
    return made


async def forget_codes(session: AsyncSession, account: Account) -> None:
    """Delete an account's recovery codes."""
    where = (RecoveryCode.city_id == city_id_of(session), RecoveryCode.account_id == account.id)
    await session.execute(delete(RecoveryCode).where(*where))


async def changed(
    session: AsyncSession,
    account: Account,
    what: str,
    change: Change,
    *,
    subject: tuple[str, UUID] | None = None,
    name: str = "",
) -> None:
    """Write a change down, end the account's other sessions, tell its owner."""
    await end_all(session, account.id, but=change.session_id)
    event = await record(
        session,
        what,
        now=change.now,
        by=account.id,
        actor=actor_of(account),
        subject=subject or ("account", account.id),
        fields=["protection"],
    )
    letter = letter_about(change.tenant, account, what, name=name, browser=change.browser, now=change.now)
    await post(session, change.tenant, to=account.email, language=account.language, letter=letter, key=f"protection {event.id}")


def opened(totp: Totp) -> str:
    """The secret of an app; nothing when it was sealed with a key that is gone, which the log says."""
    try:
        return vault.unseal(totp.secret)
    except vault.CannotOpen:
        log.error(  # noqa: TRY400  which key is missing is no matter of the stack
            "a sealed secret does not open; is a key missing in ENCRYPTION_KEYS?", totp=str(totp.id)
        )
        return ""


async def use_totp(session: AsyncSession, account_id: UUID, code: str, *, now: datetime) -> Verdict:
    """Use up a code of the app."""
    found = await totp_of(session, account_id, lock=True)
    secret = opened(found) if found else ""
    if found is None or not secret:
        return Verdict.WRONG
    verdict, found.last_step = codes.match(secret, code, now=now, last_step=found.last_step)
    return verdict


async def use_recovery_code(session: AsyncSession, account: Account, code: str, *, tenant: City, now: datetime) -> Verdict:
    """Use up a recovery code; its owner is told, and how many are left."""
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.city_id == city_id_of(session),
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_digest == digest(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    found = (await session.execute(used)).scalar_one_or_none()
    if found is None:
        return Verdict.WRONG
    left = (await factors_of(session, account.id)).codes_left
    await tell(session, account, CODE_USED, tenant=tenant, now=now, subject=("recovery_code", found), left=left)
    return Verdict.RIGHT


async def tell(  # noqa: PLR0913
    session: AsyncSession,
    account: Account,
    what: str,
    *,
    tenant: City,
    now: datetime,
    subject: tuple[str, UUID] | None = None,
    name: str = "",
    left: int | None = None,
) -> None:
    """Write down what happened at the door, and tell the account's owner."""
    event = await record(
        session, what, now=now, by=account.id, actor=actor_of(account), subject=subject or ("account", account.id)
    )
    letter = letter_about(tenant, account, what, name=name, left=left, now=now)
    await post(session, tenant, to=account.email, language=account.language, letter=letter, key=f"protection {event.id}")
