"""What the slice keeps about people: an officer's own record, and the invitation sent to an address.

An officer's public record is the city's and serves the public: whoever deletes their account leaves the office without a
keeper, and their e-mail goes with them; name, rank and duty phones stay until the administrator says that they left.
"""

from collections.abc import AsyncIterator

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.officers.models import Absence, Announcement, Invitation, Officer, OfficerPhone
from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid


async def own(session: AsyncSession, about: Subject) -> list[Officer]:
    """Offices that their account keeps or that show their address."""
    query = select(Officer).where(
        Officer.city_id == city_id_of(session), or_(Officer.account_id == about.account_id, Officer.email == about.email)
    )
    return list(await session.scalars(query.order_by(Officer.id)))


async def offices(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """The record, phones, absences and announcements."""
    city = city_id_of(session)
    for officer in await own(session, about):
        phones = select(OfficerPhone.number).where(OfficerPhone.city_id == city, OfficerPhone.officer_id == officer.id)
        away = select(Absence.first_day, Absence.last_day).where(Absence.city_id == city, Absence.officer_id == officer.id)
        told = select(Announcement.words, Announcement.place).where(
            Announcement.city_id == city, Announcement.officer_id == officer.id
        )
        yield {
            "code": officer.code,
            "name": officer.name,
            "rank": officer.rank,
            "post": officer.post,
            "email": officer.email,
            "languages": officer.languages,
            "confirmed_at": officer.confirmed_at,
            "phones": list(await session.scalars(phones)),
            "absences": [{"first_day": first, "last_day": last} for first, last in await session.execute(away)],
            "announcements": [{"words": words, "place": place} for words, place in await session.execute(told)],
        }


async def erase_offices(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """The office has no keeper and no address any more."""
    city = city_id_of(session)
    await session.execute(
        update(Officer).where(Officer.city_id == city, Officer.account_id == about.account_id).values(account_id=None)
    )
    await session.execute(update(Officer).where(Officer.city_id == city, Officer.email == about.email).values(email=""))


async def invited(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """Invitations that wait for them."""
    query = select(Invitation).where(Invitation.city_id == city_id_of(session), Invitation.email == about.email)
    for one in await session.scalars(query):
        yield {"officer": one.officer_id, "created_at": one.created_at, "expires_at": one.expires_at}


async def erase_invitations(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """Nobody is invited at this address."""
    await session.execute(delete(Invitation).where(Invitation.city_id == city_id_of(session), Invitation.email == about.email))


holders = [
    Holder(
        "local_officer",
        msgid("Ваш кабінет дільничного, якщо ви його ведете: відомості, телефони, відсутності, оголошення."),
        frozenset({"officer", "officer_phone", "absence", "announcement"}),
        offices,
        erase_offices,
    ),
    Holder(
        "officer_invitations",
        msgid("Запрошення вести кабінет дільничного, яке ще чекає на вас."),
        frozenset({"officer_invitation"}),
        invited,
        erase_invitations,
    ),
]
