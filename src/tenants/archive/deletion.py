"""The end of a city: all rows in one transaction, then its files. The database itself refuses before its time
(policy ``its_time_is_over``)."""  # noqa: D209

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import MetaData, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import APEX, City
from src.platform.data.unit_of_work import Database
from src.platform.files import store
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import msgid
from src.tenants.starter.opening import become

ENDED = action("city.ended", msgid("Місто видалено назавжди"))
log = structlog.get_logger("archive")
APPEND_ONLY = frozenset({"appeal_event", "audit_event"})
"""Tables from which the application may delete nothing: their rows go with what they are about, or with the city."""
JOBS = text("DELETE FROM dramatiq.queue WHERE message -> 'kwargs' ->> 'city' = :city AND state <> 'consumed'")
CITY = text("DELETE FROM city WHERE id = :city RETURNING id")


async def delete_for_good(database: Database, city_id: UUID, metadata: MetaData, *, now: datetime) -> bool:
    """Delete a city whose waiting period is over; whether it was. The platform's own log keeps a line of it.

    For a city that is gone only files are left to be deleted: the process may have ended before it came to them.
    """
    async with database.unit() as session:
        gone = await session.scalar(select(City.id).where(City.id == city_id)) is None
        apex = (await session.execute(select(City.id).where(City.slug == APEX))).scalar_one()
    if gone:
        await delete_files(city_id)
        return True
    async with database.unit(city_id) as session:
        city = (await session.execute(select(City).where(City.id == city_id).with_for_update())).scalar_one()
        if city.kind != "city" or city.delete_after is None or city.delete_after > now:
            return False
        slug = city.slug
        session.expunge(city)
        await delete_rows(session, city_id, metadata)
        await become(session, apex)
        await record(session, ENDED, now=now, actor="system", subject=("city", city_id), values={"slug": (slug, "")})
    await delete_files(city_id)
    log.info("city deleted", city=slug)
    return True


async def delete_rows(session: AsyncSession, city_id: UUID, metadata: MetaData) -> None:
    """Tables from the last to the first, so that no key is left pointing at nothing; then the city itself."""
    for table in reversed(metadata.sorted_tables):
        if "city_id" in table.columns and table.name not in APPEND_ONLY:
            await session.execute(delete(table).where(table.c.city_id == city_id))
    await session.execute(JOBS, {"city": str(city_id)})
    gone = await session.execute(CITY, {"city": city_id})
    if gone.one_or_none() is None:
        msg = "the database keeps a city whose time is not over"
        raise LookupError(msg)


async def delete_files(city_id: UUID) -> None:
    """Everything below the city's prefix. A second time does nothing."""
    for key, _ in await store.everything(city_id):
        await store.delete(city_id, key)
