"""One appeal as staff see it: both sides, photos, the whole timeline with names, what is like it, what comes after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar.exceptions import NotFoundException
from sqlalchemy import Row, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from src.platform.data.tenancy import city_id_of
from src.platform.people.accounts.models import Account
from src.platform.web.here import Here
from src.tenants.answers.models import Answer
from src.tenants.appeals.addressees import Addressed, book
from src.tenants.appeals.models import Appeal, AppealEvent, AppealEventWords, Photo, Submission
from src.tenants.appeals.states import State
from src.tenants.desk.duplicates import Alike, alike
from src.tenants.desk.queries import Filters, Place, next_in_queue
from src.tenants.desk.seen import Looks, looks

MERGED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the review page is made of."""

    appeal: Row[*tuple[Any, ...]]
    photos: Sequence[Row[*tuple[Any, ...]]]
    events: Sequence[Row[*tuple[Any, ...]]]
    alike: list[Alike]
    answers: Sequence[Row[*tuple[Any, ...]]]
    merged: Sequence[Row[*tuple[Any, ...]]]
    after: Row[*tuple[Any, ...]] | None
    looks: Looks
    addressed: Addressed | None = None

    @property
    def state(self) -> State:
        """Where the appeal is in its life."""
        return State(self.appeal.state)

    def since(self, event_id: str) -> list[Row[*tuple[Any, ...]]]:
        """What happened after the event that was the last one when a form was opened."""
        seen = [n for n, event in enumerate(self.events) if str(event.id) == event_id]
        return list(self.events[seen[0] + 1 :]) if seen else []


async def review(
    session: AsyncSession, appeal_id: UUID, filters: Filters, queue: str = "", *, by: UUID, now: datetime, at: Here | None = None
) -> Review:
    """The appeal for staff; the 404 of a missing thing when there is none here, or when nobody confirmed it yet.

    ``queue`` names the queue that goes on after it, when that is not the one of its own state. ``by`` is who looks.
    """
    appeal = (await session.execute(both_sides(session).where(Appeal.id == appeal_id))).one_or_none()
    if appeal is None:
        raise NotFoundException
    return Review(
        appeal=appeal,
        photos=await photos(session, appeal_id),
        events=await events(session, appeal_id),
        alike=(await alike(session, [appeal]))[appeal_id] if appeal.state == State.SUBMITTED else [],
        answers=await answers(session, appeal_id),
        merged=await merged_into(session, appeal_id),
        after=await next_in_queue(session, queue or appeal.state, filters, Place(appeal.confirmed_at, appeal.id)),
        looks=await looks(session, appeal_id, by=by, now=now),
        addressed=(await book().of(session, at, [appeal_id])).get(appeal_id) if at else None,
    )


def both_sides(session: AsyncSession) -> Any:  # noqa: ANN401  a select of some thirty columns
    """The public and the private side in one row; ``title`` and ``body`` are the author's own words."""
    target = aliased(Appeal)
    return (
        select(
            Appeal.id,
            Appeal.number,
            Appeal.state,
            Appeal.version,
            Appeal.category_id,
            Appeal.district_id,
            Appeal.responder_id,
            Appeal.confirmed_at,
            Appeal.published_at,
            Appeal.answered_at,
            Appeal.title.label("public_title"),
            Appeal.body.label("public_body"),
            Appeal.place,
            Appeal.precision,
            Appeal.author,
            Submission.title,
            Submission.body,
            Submission.address,
            Submission.lon,
            Submission.lat,
            Submission.author_name,
            Submission.author_email,
            Submission.publish_name,
            Submission.private,
            Submission.language,
            Submission.extra,
            Submission.rejected_because,
            Submission.erased_at,
            target.id.label("target_id"),
            target.number.label("target_number"),
            target.title.label("target_title"),
        )
        .join(Submission, and_(Submission.city_id == Appeal.city_id, Submission.id == Appeal.id))
        .outerjoin(target, and_(target.city_id == Appeal.city_id, target.id == Appeal.merged_into_id))
        .where(Appeal.city_id == city_id_of(session), Appeal.confirmed_at.is_not(None))
    )


async def photos(session: AsyncSession, appeal_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """The appeal's photos in the author's order, hidden ones too."""
    query = (
        select(Photo.id, Photo.width, Photo.height, Photo.hidden)
        .where(Photo.city_id == city_id_of(session), Photo.appeal_id == appeal_id)
        .order_by(Photo.position, Photo.id)
    )
    return (await session.execute(query)).all()


async def events(session: AsyncSession, appeal_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """The whole timeline, private lines too, with the names of staff."""
    query = (
        select(
            AppealEvent.id,
            AppealEvent.at,
            AppealEvent.kind,
            AppealEvent.actor,
            AppealEvent.public,
            AppealEvent.data,
            func.coalesce(AppealEventWords.words, text("'{}'::jsonb")).label("words"),
            AppealEvent.account_id,
            Account.name.label("who"),
        )
        .outerjoin(AppealEventWords, and_(AppealEventWords.city_id == AppealEvent.city_id, AppealEventWords.id == AppealEvent.id))
        .outerjoin(Account, and_(Account.city_id == AppealEvent.city_id, Account.id == AppealEvent.account_id))
        .where(AppealEvent.city_id == city_id_of(session), AppealEvent.appeal_id == appeal_id)
        .order_by(AppealEvent.at, AppealEvent.id)
    )
    return (await session.execute(query)).all()


async def answers(session: AsyncSession, appeal_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """Answers, the draft among them."""
    query = (
        select(Answer.id, Answer.responder_id, Answer.short, Answer.published_at)
        .where(Answer.city_id == city_id_of(session), Answer.appeal_id == appeal_id)
        .order_by(Answer.created_at)
    )
    return (await session.execute(query)).all()


async def merged_into(session: AsyncSession, appeal_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """Appeals that were joined to this one."""
    query = (
        select(Appeal.id, Appeal.number, Submission.title)
        .join(Submission, and_(Submission.city_id == Appeal.city_id, Submission.id == Appeal.id))
        .where(Appeal.city_id == city_id_of(session), Appeal.merged_into_id == appeal_id)
        .order_by(Appeal.confirmed_at)
        .limit(MERGED_SHOWN)
    )
    return (await session.execute(query)).all()
