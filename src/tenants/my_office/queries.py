"""What somebody signed in sees of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.tenants.answers.models import Answer
from src.tenants.appeals.models import Appeal, AppealEvent, Photo, Submission
from src.tenants.appeals.states import PUBLIC
from src.tenants.board.queries import Cursor
from src.tenants.safety.models import Ban, Report
from src.tenants.subscriptions.models import Follower

PAGE = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A page of a list and where the next one begins."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    after: Cursor | None


def part(found: Sequence[Row[*tuple[Any, ...]]]) -> Part:
    """The first so many of what was found, which may be one more."""
    more = len(found) > PAGE
    return Part(found[:PAGE], Cursor(found[PAGE - 1].created_at, found[PAGE - 1].id) if more else None)


async def my_questions(session: AsyncSession, email: str, after: Cursor | None) -> Part:
    """Questions asked from an address, the newest first."""
    query = (
        select(
            Appeal.id,
            Appeal.number,
            Appeal.state,
            Appeal.category_id,
            Appeal.district_id,
            Appeal.created_at,
            case((Appeal.title != "", Appeal.title), else_=Submission.title).label("title"),
        )
        .join(Submission, and_(Submission.city_id == Appeal.city_id, Submission.id == Appeal.id))
        .where(Submission.city_id == city_id_of(session), Submission.author_email == email)
        .order_by(Appeal.created_at.desc(), Appeal.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(tuple_(Appeal.created_at, Appeal.id) < tuple_(literal(after.published_at), literal(after.id)))
    return part((await session.execute(query)).all())


async def followed(session: AsyncSession, email: str, after: Cursor | None) -> Part:
    """Public questions that an address hears of, the newest begun first."""
    query = (
        select(
            Follower.id,
            Follower.created_at,
            Appeal.number,
            Appeal.title,
            Appeal.public_state,
            Appeal.category_id,
            Appeal.district_id,
        )
        .join(Appeal, and_(Appeal.city_id == Follower.city_id, Appeal.id == Follower.appeal_id))
        .where(
            Follower.city_id == city_id_of(session),
            Follower.email == email,
            Follower.confirmed_at.is_not(None),
            Follower.stopped_at.is_(None),
            Appeal.state.in_(PUBLIC),
        )
        .order_by(Follower.created_at.desc(), Follower.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(tuple_(Follower.created_at, Follower.id) < tuple_(literal(after.published_at), literal(after.id)))
    return part((await session.execute(query)).all())


async def follows(session: AsyncSession, email: str, follower_id: UUID) -> bool:
    """Whether that is a subscription of this address."""
    query = select(Follower.id).where(
        Follower.city_id == city_id_of(session), Follower.id == follower_id, Follower.email == email
    )
    return await session.scalar(query) is not None


async def has_worked(session: AsyncSession, account_id: UUID) -> bool:
    """Whether the account has done staff's work: its name stays on what it did, so only the city may end it."""
    city = city_id_of(session)
    done = (
        exists().where(AppealEvent.city_id == city, AppealEvent.account_id == account_id),
        exists().where(Answer.city_id == city, Answer.account_id == account_id),
        exists().where(Report.city_id == city, Report.settled_by == account_id),
        exists().where(Ban.city_id == city, Ban.made_by == account_id),
    )
    return bool(await session.scalar(select(or_(*done))))


async def figures(session: AsyncSession, email: str) -> dict[str, int]:
    """How much there is of somebody: questions, those everybody can read, photos."""
    city = city_id_of(session)
    mine = select(Submission.id).where(Submission.city_id == city, Submission.author_email == email)
    counted = await session.execute(
        select(func.count(), func.count().filter(Appeal.state.in_(PUBLIC))).where(Appeal.city_id == city, Appeal.id.in_(mine))
    )
    questions, public = counted.one()
    photos = await session.scalar(select(func.count()).where(Photo.city_id == city, Photo.appeal_id.in_(mine)))
    return {"questions": questions, "public": public, "photos": photos or 0}
