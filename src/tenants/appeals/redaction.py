"""Changing what is already published: words are taken out or put right, photos hidden. What was there before is kept for staff."""

from datetime import datetime
from uuid import UUID

from litestar.exceptions import NotFoundException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import msgid
from src.tenants.appeals.models import Appeal, AppealEventWords, Photo
from src.tenants.appeals.service import changed, for_change, note
from src.tenants.appeals.states import PUBLIC
from src.tenants.search import service as search

REDACTED = action("appeal.redacted", msgid("Змінено опублікований текст"))
PHOTO_HIDDEN = action("photo.hidden", msgid("Приховано фото"))
PHOTO_SHOWN = action("photo.shown", msgid("Знову показано фото"))


class NotPublic(Exception):  # noqa: N818
    """Nobody can read it, so there is nothing to take out of it."""


async def public_for_change(session: AsyncSession, appeal_id: UUID, *, version: int | None = None) -> Appeal:
    """The appeal, locked, that everybody can read. Raises as ``for_change`` does, and :class:`NotPublic`."""
    appeal = await for_change(session, appeal_id, version=version)
    if appeal.state not in PUBLIC:
        raise NotPublic
    return appeal


async def redact(session: AsyncSession, appeal: Appeal, *, title: str, body: str, answers: str, by: UUID, now: datetime) -> bool:
    """Change the question's published words; false when they are as they were. The caller has locked the appeal.

    ``answers`` are the words of its answers that the search knows it by, which this slice cannot read. The author's own
    words are not touched: they are staff's to read, in the submission.
    """
    before = {"title": appeal.title, "body": appeal.body}
    if before == {"title": title, "body": body}:
        return False
    appeal.title, appeal.body = title, body
    await search.index(session, appeal.id, title, body, appeal.place, answers)
    fields = [name for name, value in (("title", title), ("body", body)) if before[name] != value]
    await keep_and_note(session, appeal, part="question", before=before, fields=fields, by=by, now=now)
    return True


async def keep_and_note(
    session: AsyncSession, appeal: Appeal, *, part: str, before: dict[str, str], fields: list[str], by: UUID, now: datetime
) -> None:
    """The public line of the timeline, the words of before beside it, the line of the audit log, the new revision."""
    appeal.version += 1
    event = await note(session, appeal, "redacted", now=now, by=by, public=True, data={"part": part}, tell=False)
    session.add(AppealEventWords(city_id=appeal.city_id, id=event.id, words=before))
    await record(session, REDACTED, now=now, by=by, subject=("appeal", appeal.id), fields=[f"{part}.{name}" for name in fields])
    await changed(session, appeal)


async def photo_of(session: AsyncSession, appeal: Appeal, photo_id: UUID) -> Photo:
    """A photo of this appeal. Raises the 404 of a missing thing."""
    query = select(Photo).where(Photo.city_id == city_id_of(session), Photo.appeal_id == appeal.id, Photo.id == photo_id)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFoundException
    return found


async def set_hidden(session: AsyncSession, appeal: Appeal, photo_id: UUID, *, hidden: bool, by: UUID, now: datetime) -> bool:
    """Hide a published photo from the public, or show it again; false when it is so already. The caller has locked the appeal."""
    photo = await photo_of(session, appeal, photo_id)
    if photo.hidden == hidden:
        return False
    photo.hidden = hidden
    appeal.version += 1
    kind = "photo_hidden" if hidden else "photo_shown"
    await note(session, appeal, kind, now=now, by=by, data={"photo": str(photo_id)}, tell=False)
    await record(session, PHOTO_HIDDEN if hidden else PHOTO_SHOWN, now=now, by=by, subject=("photo", photo_id))
    await changed(session, appeal)
    return True
