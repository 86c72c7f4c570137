"""What visits keep about people."""

from collections.abc import AsyncIterator

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.visits.models import Visit
from src.local_officer.visits.queries import STANDS
from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid


async def visits(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """The visits that were booked with their address."""
    query = select(Visit).where(Visit.city_id == city_id_of(session), Visit.email == about.email).order_by(Visit.id)
    for one in await session.scalars(query):
        yield {
            "officer": one.officer_id,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "place": one.place,
            "state": one.state,
            "name": one.name,
            "phone": one.phone,
            "about": one.about,
            "created_at": one.created_at,
        }


async def erase(session: AsyncSession, about: Subject, how: Erasure) -> None:
    """Nobody's visit; one that is still to come is cancelled, so that somebody else can have the time."""
    mine = (Visit.city_id == city_id_of(session), Visit.email == about.email)
    await session.execute(
        update(Visit)
        .where(*mine, Visit.state.in_(STANDS), Visit.starts_at > how.now)
        .values(state="cancelled", changed_at=how.now)
    )
    await session.execute(update(Visit).where(*mine).values(name="", email="", phone="", about="", erased_at=how.now))


holders = [
    Holder(
        "visits",
        msgid("Прийоми в дільничного, на які ви записалися. Через 30 днів після прийому ми забуваємо, хто приходив."),
        frozenset({"visit"}),
        visits,
        erase,
    ),
]
