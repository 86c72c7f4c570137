"""What questions keep about whoever asked."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, ExportedFile, Holder, Record, Subject
from src.platform.web.i18n import msgid
from src.tenants.appeals import erasing
from src.tenants.appeals.models import Appeal, AppealEvent, AppealEventWords, Photo, Submission
from src.tenants.appeals.photo_files import key

AT_A_TIME = 50


async def owned(session: AsyncSession, about: Subject) -> set[UUID]:
    """The questions asked from their address."""
    query = select(Submission.id).where(Submission.city_id == city_id_of(session), Submission.author_email == about.email)
    return set(await session.scalars(query))


async def questions(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """Every question: in their own words, as everybody sees it, what happened to it."""
    city = city_id_of(session)
    ids = sorted(about.owned)
    for start in range(0, len(ids), AT_A_TIME):
        part = ids[start : start + AT_A_TIME]
        events = await timelines(session, part)
        photos = await photos_of(session, part)
        query = (
            select(Appeal, Submission)
            .join(Submission, and_(Submission.city_id == Appeal.city_id, Submission.id == Appeal.id))
            .where(Appeal.city_id == city, Appeal.id.in_(part))
            .order_by(Appeal.id)
        )
        for appeal, own in await session.execute(query):
            yield {
                "id": appeal.id,
                "number": appeal.number,
                "state": appeal.state,
                "created_at": appeal.created_at,
                "confirmed_at": appeal.confirmed_at,
                "published_at": appeal.published_at,
                "answered_at": appeal.answered_at,
                "own_words": {
                    "title": own.title,
                    "body": own.body,
                    "address": own.address,
                    "lon": own.lon,
                    "lat": own.lat,
                    "name": own.author_name,
                    "email": own.author_email,
                    "publish_name": own.publish_name,
                    "language": own.language,
                    "rejected_because": own.rejected_because,
                    "extra": own.extra,
                },
                "as_published": {
                    "title": appeal.title,
                    "body": appeal.body,
                    "place": appeal.place,
                    "precision": appeal.precision,
                    "lon": appeal.lon,
                    "lat": appeal.lat,
                    "signature": appeal.author,
                },
                "photos": [file_name(appeal.id, photo) for photo in photos.get(appeal.id, [])],
                "events": events.get(appeal.id, []),
            }
            session.expunge(appeal)
            session.expunge(own)


async def timelines(session: AsyncSession, appeal_ids: list[UUID]) -> dict[UUID, list[Record]]:
    """What happened to some questions, with what was written on the way; staff are not named."""
    query = (
        select(AppealEvent, AppealEventWords.words)
        .outerjoin(AppealEventWords, and_(AppealEventWords.city_id == AppealEvent.city_id, AppealEventWords.id == AppealEvent.id))
        .where(AppealEvent.city_id == city_id_of(session), AppealEvent.appeal_id.in_(appeal_ids))
        .order_by(AppealEvent.at, AppealEvent.id)
    )
    found: dict[UUID, list[Record]] = {}
    for event, words in await session.execute(query):
        line = {"at": event.at, "kind": event.kind, "by": event.actor, "public": event.public, "words": words or {}}
        found.setdefault(event.appeal_id, []).append(line)
    return found


async def photos_of(session: AsyncSession, appeal_ids: list[UUID]) -> dict[UUID, list[Photo]]:
    """Photos of some questions in their order."""
    query = select(Photo).where(Photo.city_id == city_id_of(session), Photo.appeal_id.in_(appeal_ids))
    found: dict[UUID, list[Photo]] = {}
    for photo in await session.scalars(query.order_by(Photo.position, Photo.id)):
        if photo.appeal_id is not None:
            found.setdefault(photo.appeal_id, []).append(photo)
    return found


def file_name(appeal_id: UUID, photo: Photo) -> str:
    """What a photo is called in an archive."""
    return f"photos/{appeal_id}/{photo.position}-{photo.id}.webp"


async def files(session: AsyncSession, about: Subject) -> AsyncIterator[ExportedFile]:
    """The photos, as large as we keep them."""
    for appeal_id, photos in (await photos_of(session, sorted(about.owned))).items():
        for photo in photos:
            yield ExportedFile(file_name(appeal_id, photo), key(photo.id, "large"))


async def erase(session: AsyncSession, about: Subject, how: Erasure) -> None:
    """Nobody can tell any more who asked; public questions stay without a name, or go, as the city decided."""
    ids = sorted(about.owned)
    if ids:
        await erasing.leave(session, ids, now=how.now, take_down=how.public_questions == "remove")
        await erasing.forget_author(session, ids, now=how.now, public_photos=True)


holders = [
    Holder(
        "questions",
        msgid("Ваші запитання: вашими словами (own_words), як їх бачать усі (as_published), що з ними було (events), фото."),
        frozenset({"appeal", "submission", "appeal_event", "appeal_event_words", "photo", "appeal_word"}),
        questions,
        erase,
        owned=owned,
        files=files,
    ),
]
