"""What the slice keeps about people: invitations that wait."""

from collections.abc import AsyncIterator

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid
from src.tenants.staff.models import StaffInvitation


async def invited(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """Invitations that wait for them."""
    query = select(StaffInvitation).where(StaffInvitation.city_id == city_id_of(session), StaffInvitation.email == about.email)
    for one in await session.scalars(query):
        yield {"name": one.name, "roles": one.roles, "created_at": one.created_at, "expires_at": one.expires_at}


async def erase(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """Nobody is invited at this address."""
    mine = (StaffInvitation.city_id == city_id_of(session), StaffInvitation.email == about.email)
    await session.execute(delete(StaffInvitation).where(*mine))


holders = [
    Holder(
        "staff_invitations",
        msgid("Запрошення працювати в місті, яке ще чекає на вас."),
        frozenset({"staff_invitation"}),
        invited,
        erase,
    ),
]
