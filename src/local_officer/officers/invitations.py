"""Officers are invited to keep their own office: a link in a letter, for one use and one week."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.local_officer.officers import records
from src.local_officer.officers.models import Invitation, Officer
from src.platform.data.base import localized
from src.platform.data.tenancy import City, catalogue_changed, city_id_of
from src.platform.people.accounts import service as accounts
from src.platform.people.accounts.models import Account
from src.platform.people.accounts.queries import account_of
from src.platform.people.audit.service import action, record
from src.platform.web import tokens
from src.platform.web.here import Here
from src.platform.web.i18n import msgid
from src.platform.work.mail import Letter, letterhead, post

PURPOSE = "officer invitation"
LASTS = timedelta(days=7)
INVITED = action("officer.invited", msgid("Запрошено дільничного вести кабінет"))
ACCEPTED = action("officer.accepted", msgid("Дільничний почав вести свій кабінет"))
REVOKED = action("officer.uninvited", msgid("Скасовано запрошення або доступ дільничного"))


class KeepsAnother(Exception):  # noqa: N818
    """The account keeps the office of somebody else already: one person, one office."""


async def invite(session: AsyncSession, city: City, officer: Officer, email: str, *, by: UUID, now: datetime) -> Invitation:
    """Send the letter; an invitation that waited is replaced, and its link does not work any more."""
    await session.execute(
        delete(Invitation).where(Invitation.city_id == city_id_of(session), Invitation.officer_id == officer.id)
    )
    one = Invitation(
        city_id=city.id, id=uuid7(), officer_id=officer.id, email=email, invited_by=by, created_at=now, expires_at=now + LASTS
    )
    session.add(one)
    await session.flush()
    at = letterhead(city, "uk")
    letter = letter_of(at, officer, at.absolute(f"/office/invitations/{tokens.sign(PURPOSE, city.id, one.id)}"))
    await post(session, city, to=email, language="uk", letter=letter, key=f"invitation {one.id}")
    await record(
        session, INVITED, now=now, by=by, subject=("officer", officer.id), values={"email": ("", email)}, about=officer.id
    )
    return one


def letter_of(at: Here, officer: Officer, link: str) -> Letter:
    """Keep your own page."""
    return Letter(
        subject=at._("Запрошення вести кабінет дільничного"),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("{city} запрошує вас вести свою сторінку на сайті: {name}.").format(
                city=localized(at.the_city.name, at.lang), name=localized(officer.name, at.lang)
            ),
            at._("Мешканці бачать на ній, як із вами зв’язатися й коли ви приймаєте. Підтримувати її — дві хвилини з телефона."),
        ],
        action=(at._("Прийняти запрошення"), link),
        after=[at._("Посилання діє тиждень. Після цього входьте на сайт за посиланням, яке ми надсилатимемо на цю адресу.")],
        why=at._("Ви отримали цей лист, бо адміністратор міста вказав вашу адресу. Якщо це помилка, нічого не робіть."),
    )


async def accept(session: AsyncSession, one: Invitation, officer: Officer, *, now: datetime) -> Account:
    """The button behind the link was pressed: the account is made or found, gets its role and the office. Raises
    :class:`KeepsAnother`; whether the invitation still holds is the caller's to check."""  # noqa: D209
    account = await accounts.resident(session, one.email, language="uk", now=now)
    other = await records.officer_of_account(session, account.id)
    if other is not None and other.id != officer.id:
        raise KeepsAnother
    if not account.name:
        account.name = officer.name.get("uk", "")
    if officer.account_id is not None and officer.account_id != account.id:
        await take_role(session, officer.account_id, by=None, now=now)
    officer.account_id = account.id
    await session.flush()
    await accounts.set_roles(session, account, {*account.roles, "local_officer"}, by=one.invited_by, now=now)
    await session.delete(one)
    await session.flush()
    await record(session, ACCEPTED, now=now, by=account.id, subject=("officer", officer.id))
    await catalogue_changed(session)
    return account


async def revoke(session: AsyncSession, officer: Officer, *, by: UUID, now: datetime) -> None:
    """Neither an invitation that waits nor an account keeps this office any more; sessions end with the role."""
    await session.execute(
        delete(Invitation).where(Invitation.city_id == city_id_of(session), Invitation.officer_id == officer.id)
    )
    account_id, officer.account_id = officer.account_id, None
    await session.flush()
    if account_id is not None:
        await take_role(session, account_id, by=by, now=now)
    await record(session, REVOKED, now=now, by=by, subject=("officer", officer.id))
    await catalogue_changed(session)


async def take_role(session: AsyncSession, account_id: UUID, *, by: UUID | None, now: datetime) -> None:
    """Take the role away."""
    account = await account_of(session, account_id)
    if account is not None:
        await accounts.set_roles(session, account, set(account.roles) - {"local_officer"}, by=by, now=now)
