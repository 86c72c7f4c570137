"""Forgetting who asked: because they wish it, or because its time has come. What the public may keep stays nameless."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of, published_changed
from src.tenants.appeals import photo_files
from src.tenants.appeals.models import Appeal, Photo
from src.tenants.appeals.service import note
from src.tenants.appeals.states import PUBLIC, State
from src.tenants.search import service as search

SUBMISSIONS = text(
    "UPDATE submission SET title = '', body = '', address = '', lon = NULL, lat = NULL, author_name = '', author_email = '', "
    "publish_name = false, rejected_because = '', extra = '[]', erased_at = :now "
    "WHERE city_id = :city AND id = ANY(:ids) AND erased_at IS NULL"
)
NAMES = text(
    "UPDATE appeal SET author = '', version = version + 1, changed_revision = :revision "
    "WHERE city_id = :city AND id = ANY(:ids) AND author <> ''"
)
WORDS = text(
    "DELETE FROM appeal_event_words w USING appeal_event e WHERE w.city_id = :city AND e.city_id = :city AND e.id = w.id "
    "AND e.appeal_id = ANY(:ids)"
)


async def forget_author(session: AsyncSession, appeal_ids: Sequence[UUID], *, now: datetime, public_photos: bool) -> None:
    """Erase who asked, their own words, the exact place, what was written on the way, and photos nobody else sees.

    ``public_photos`` says that those everybody sees go too. A second time does nothing.
    """
    if not appeal_ids:
        return
    city = city_id_of(session)
    bound = {"city": city, "ids": list(appeal_ids), "now": now}
    await session.flush()
    await session.execute(SUBMISSIONS, bound)
    await session.execute(WORDS, bound)
    await forget_photos(session, appeal_ids, public=public_photos)
    await session.execute(NAMES, bound | {"revision": await published_changed(session)})


async def forget_photos(session: AsyncSession, appeal_ids: Sequence[UUID], *, public: bool) -> None:
    """Delete photos of appeals: all, or only those that the public does not see."""
    city = city_id_of(session)
    which = [Photo.city_id == city, Photo.appeal_id.in_(appeal_ids)]
    if not public:
        shown = select(Appeal.id).where(Appeal.city_id == city, Appeal.id.in_(appeal_ids), Appeal.state.in_(PUBLIC))
        which.append(Photo.hidden | Photo.appeal_id.not_in(shown))
    gone = await session.execute(
        delete(Photo).where(*which).returning(Photo.id), execution_options={"synchronize_session": False}
    )
    await photo_files.forget(session, gone.scalars().all())


async def leave(session: AsyncSession, appeal_ids: Sequence[UUID], *, now: datetime, take_down: bool) -> None:
    """The author leaves: what was not confirmed is deleted, what is not public yet is taken back, and what is public
    goes from everybody's sight when ``take_down`` says so. Nobody is written to."""  # noqa: D209
    city = city_id_of(session)
    query = select(Appeal).where(Appeal.city_id == city, Appeal.id.in_(appeal_ids)).order_by(Appeal.id).with_for_update()
    found = (await session.scalars(query.execution_options(populate_existing=True))).all()
    unconfirmed = [appeal.id for appeal in found if appeal.state == State.UNCONFIRMED]
    if unconfirmed:
        await forget_photos(session, unconfirmed, public=True)
        gone = delete(Appeal).where(Appeal.city_id == city, Appeal.id.in_(unconfirmed))
        await session.execute(gone, execution_options={"synchronize_session": False})
    revision = await published_changed(session)
    for appeal in found:
        if appeal.state in {State.SUBMITTED, State.REJECTED, State.ENTRUSTED, State.SETTLED}:
            appeal.move(State.WITHDRAWN)
            await note(session, appeal, "withdrawn", now=now, by="author", tell=False)
        elif appeal.state in PUBLIC and take_down:
            await remove(session, appeal, now=now)
        else:
            continue
        appeal.changed_revision = revision
    await session.flush()


async def remove(session: AsyncSession, appeal: Appeal, *, now: datetime) -> None:
    """Take a public question down, for good: off the map, the lists, the search and the API; its number stays counted."""
    appeal.move(State.REMOVED)
    appeal.title = appeal.body = appeal.place = appeal.author = ""
    appeal.lon = appeal.lat = appeal.published_at = None
    appeal.precision = "district"
    await search.index(session, appeal.id)
    await note(session, appeal, "removed", now=now, by="author", tell=False)
