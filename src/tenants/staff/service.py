"""The verbs of staff: invite, take an invitation up, change roles, leave. Each in the caller's transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.base import localized
from src.platform.data.tenancy import City, city_id_of
from src.platform.people.accounts import service as accounts
from src.platform.people.accounts.models import Account
from src.platform.people.audit.service import action, record
from src.platform.web import tokens
from src.platform.web.access import ROLE_WORDS
from src.platform.web.here import Here
from src.platform.web.i18n import msgid
from src.platform.work.mail import Letter, letterhead, post
from src.tenants.staff.models import ResponderPerson, StaffInvitation
from src.tenants.staff.open_work import hand_over

PURPOSE = "staff invitation"
LASTS = timedelta(days=7)
GIVEN = ("administrator", "moderator", "responder", "analyst")
"""Roles that an administrator gives; a local officer's comes with an office, support's with an entry."""
INVITED = action("staff.invited", msgid("Запрошено працівника"))
WITHDRAWN = action("staff.uninvited", msgid("Скасовано запрошення працівника"))
ACCEPTED = action("staff.accepted", msgid("Працівник прийняв запрошення"))
BODY_SET = action("staff.body", msgid("Змінено, за яку установу відповідає працівник"))
RETURNED = action("staff.returned", msgid("Працівник знову має доступ"))


@dataclass(frozen=True, slots=True)
class Invitee:
    """Who is asked to work here, as what; ``responder_id`` is the body for which a responder answers."""

    email: str
    name: str
    roles: Collection[str]
    responder_id: UUID | None = None


async def invite(session: AsyncSession, city: City, who: Invitee, *, by: UUID | None, now: datetime) -> StaffInvitation:
    """Send the letter; an invitation that waited at this address is replaced, and its link does not work any more.

    ``by`` is none for a city's first administrator, whom the operator invites.
    """
    await session.execute(
        delete(StaffInvitation).where(StaffInvitation.city_id == city_id_of(session), StaffInvitation.email == who.email)
    )
    one = StaffInvitation(
        city_id=city.id,
        id=uuid7(),
        email=who.email,
        name=who.name,
        roles=sorted(who.roles),
        responder_id=who.responder_id,
        invited_by=by,
        created_at=now,
        expires_at=now + LASTS,
    )
    session.add(one)
    await session.flush()
    at = letterhead(city, "uk")
    link = at.absolute(f"/invitations/{tokens.sign(PURPOSE, city.id, one.id)}")
    await post(session, city, to=who.email, language="uk", letter=letter_of(at, one, link), key=f"staff invitation {one.id}")
    await record(
        session,
        INVITED,
        now=now,
        by=by,
        actor="staff" if by else "operator",
        subject=("invitation", one.id),
        values={"email": ("", who.email), "roles": ("", ", ".join(one.roles))},
        about=one.id,
    )
    return one


def letter_of(at: Here, one: StaffInvitation, link: str) -> Letter:
    """Come and work with us."""
    roles = ", ".join(at._(ROLE_WORDS[role]) for role in one.roles)
    return Letter(
        subject=at._("Запрошення працювати на сайті: {city}").format(city=localized(at.the_city.name, at.lang)),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Вас запрошують працювати на сайті «Взаємодія» {where}. Ваша роль: {roles}.").format(
                where=localized(at.the_city.name_in, at.lang), roles=roles
            ),
            at._("Тут мешканці питають поліцію, місто й юристів, а відповіді читають усі."),
        ],
        action=(at._("Прийняти запрошення"), link),
        after=[at._("Посилання діє тиждень. Після цього входьте на сайт за посиланням, яке ми надсилатимемо на цю адресу.")],
        why=at._("Ви отримали цей лист, бо адміністратор міста вказав вашу адресу. Якщо це помилка, нічого не робіть."),
    )


async def withdraw(session: AsyncSession, one: StaffInvitation, *, by: UUID, now: datetime) -> None:
    """The link of the letter does not work any more."""
    await session.delete(one)
    await session.flush()
    values = {"email": (one.email, "")}
    await record(session, WITHDRAWN, now=now, by=by, subject=("invitation", one.id), values=values, about=one.id)


async def accept(session: AsyncSession, one: StaffInvitation, *, now: datetime) -> Account:
    """The button behind the link was pressed: the account is made or found and gets its roles; it signs in as everybody does."""
    account = await accounts.resident(session, one.email, language="uk", now=now)
    account.active = True
    account.name = account.name or one.name
    await accounts.set_roles(session, account, {*account.roles, *one.roles}, by=one.invited_by, now=now)
    if one.responder_id is not None:
        await set_body(session, account.id, one.responder_id)
    await session.delete(one)
    await session.flush()
    await record(session, ACCEPTED, now=now, by=account.id, subject=("account", account.id))
    return account


async def set_body(session: AsyncSession, account_id: UUID, responder_id: UUID | None) -> None:
    """For which body somebody answers; none: for nobody."""
    city = city_id_of(session)
    await session.execute(
        delete(ResponderPerson).where(ResponderPerson.city_id == city, ResponderPerson.account_id == account_id)
    )
    if responder_id is not None:
        session.add(ResponderPerson(city_id=city, id=uuid7(), account_id=account_id, responder_id=responder_id))
    await session.flush()


async def change(
    session: AsyncSession, account: Account, roles: Collection[str], responder_id: UUID | None, *, by: UUID, now: datetime
) -> None:
    """Other roles from now on; those that are given elsewhere stay. Raises :class:`accounts.LastAdministrator`."""
    kept = set(account.roles) - set(GIVEN)
    await accounts.set_roles(session, account, {*kept, *roles}, by=by, now=now)
    await set_body(session, account.id, responder_id if "responder" in roles else None)
    await record(session, BODY_SET, now=now, by=by, subject=("account", account.id), fields=["responder"])


async def leave(session: AsyncSession, account: Account, to: UUID, *, by: UUID, now: datetime) -> None:
    """Somebody leaves: their open work goes to ``to``, nothing signs them in any more. Raises :class:`accounts.LastAdministrator`."""
    await hand_over(session, account.id, to, by=by, now=now)
    await set_body(session, account.id, None)
    await accounts.switch_off(session, account, by=by, now=now)


async def come_back(session: AsyncSession, account: Account, *, by: UUID, now: datetime) -> None:
    """Somebody who left works here again, with the roles they had."""
    account.active = True
    await session.flush()
    await record(session, RETURNED, now=now, by=by, subject=("account", account.id), fields=["active"])
