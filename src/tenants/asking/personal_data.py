"""Drafts of questions."""

from collections.abc import AsyncIterator

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, ExportedFile, Holder, Record, Subject
from src.platform.web.i18n import msgid
from src.tenants.appeals.models import Draft
from src.tenants.asking import photos, service


async def of(session: AsyncSession, about: Subject) -> list[Draft]:
    """Drafts in which somebody has written their address, and those that became their questions."""
    query = select(Draft).where(
        Draft.city_id == city_id_of(session),
        or_(func.lower(func.trim(Draft.data["email"].astext)) == about.email, Draft.appeal_id.in_(about.owned)),
    )
    return list(await session.scalars(query.order_by(Draft.id)))


async def drafts(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """What is not sent yet."""
    for draft in await of(session, about):
        names = [name(draft, position) for position, _ in enumerate(await photos.of_draft(session, draft), start=1)]
        yield {"created_at": draft.created_at, "updated_at": draft.updated_at, "answers": draft.data, "photos": names}


def name(draft: Draft, position: int) -> str:
    """What a photo of a draft is called in an archive."""
    return f"drafts/{draft.id}/{position}.webp"


async def files(session: AsyncSession, about: Subject) -> AsyncIterator[ExportedFile]:
    """Their photos."""
    for draft in await of(session, about):
        for position, photo in enumerate(await photos.of_draft(session, draft), start=1):
            yield ExportedFile(name(draft, position), photos.key(photo.id, "large"))


async def erase(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """Drop them with their photos."""
    for draft in await of(session, about):
        await service.drop(session, draft)


holders = [
    Holder(
        "drafts",
        msgid("Чернетки, у яких ви вказали свою адресу. Чернетка живе сім днів."),
        frozenset({"draft"}),
        drafts,
        erase,
        files=files,
    ),
]
