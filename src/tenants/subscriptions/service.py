"""Following a question by e-mail: ask, confirm, stop. Each verb runs in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City, city_id_of
from src.platform.work.mail import letterhead, post
from src.tenants.appeals.models import Appeal
from src.tenants.subscriptions import letters_to_followers as letters
from src.tenants.subscriptions.models import Follower
from src.tenants.subscriptions.story import follow_link

CONFIRM_WITHIN = timedelta(days=7)
"""How long a link that confirms something works; what nobody confirmed is deleted after it."""
STOPPED_KEPT = timedelta(days=30)
UNCONFIRMED_AT_A_TIME = 5
"""Letters that strangers can have us send to one address in a day."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who follows a question, as a letter needs them."""

    id: UUID
    email: str
    language: str


async def ask_to_follow(session: AsyncSession, city: City, appeal: Appeal, *, email: str, language: str, now: datetime) -> None:
    """Send a letter with a link that confirms, at most one a day for a question and few a day for an address.

    Who follows already gets none. The caller answers the same in every case: whether an address follows is nobody's
    business.
    """
    await session.execute(
        insert(Follower)
        .values(city_id=city.id, appeal_id=appeal.id, email=email, language=language, created_at=now)
        .on_conflict_do_update(
            index_elements=["city_id", "appeal_id", "email"],
            set_={"language": language, "created_at": now, "confirmed_at": None, "stopped_at": None},
            where=or_(Follower.confirmed_at.is_(None), Follower.stopped_at.is_not(None)),
        )
    )
    follower = await follower_with(session, appeal.id, email)
    if follower is None or follower.confirmed_at is not None:
        return
    others = await session.scalar(
        text(
            "SELECT count(*) FROM follower WHERE city_id = :city AND email = :email AND confirmed_at IS NULL "
            "AND created_at > :since AND id <> :id"
        ),
        {"city": city.id, "email": email, "since": now - timedelta(days=1), "id": follower.id},
    )
    if (others or 0) >= UNCONFIRMED_AT_A_TIME:
        return
    at = letterhead(city, language)
    letter = letters.confirm_following(at, appeal, follow_link(at, follower.id))
    await post(session, city, to=email, language=language, letter=letter, key=f"follow {follower.id} {now:%Y-%m-%d}")


async def follower_with(session: AsyncSession, appeal_id: UUID, email: str) -> Follower | None:
    """The row of this address, as the database has it now."""
    return (
        await session.execute(
            select(Follower)
            .where(Follower.city_id == city_id_of(session), Follower.appeal_id == appeal_id, Follower.email == email)
            .execution_options(populate_existing=True)
        )
    ).scalar_one_or_none()


async def follower_of_id(session: AsyncSession, follower_id: UUID) -> Follower | None:
    """The row that a link is about; none when it was deleted."""
    return (
        await session.execute(select(Follower).where(Follower.city_id == city_id_of(session), Follower.id == follower_id))
    ).scalar_one_or_none()


async def confirm_following(session: AsyncSession, follower: Follower, *, now: datetime) -> None:
    """The owner of the address wants the letters; a second time does nothing."""
    await session.execute(
        update(Follower)
        .where(Follower.city_id == follower.city_id, Follower.id == follower.id)
        .where(or_(Follower.confirmed_at.is_(None), Follower.stopped_at.is_not(None)))
        .values(confirmed_at=now, stopped_at=None)
    )


async def stop_following(session: AsyncSession, follower_id: UUID, *, now: datetime) -> None:
    """No more letters about this question; a second time does nothing."""
    await session.execute(
        update(Follower)
        .where(Follower.city_id == city_id_of(session), Follower.id == follower_id, Follower.stopped_at.is_(None))
        .values(stopped_at=now)
    )


async def follow_as_author(session: AsyncSession, appeal: Appeal, *, email: str, language: str, at: datetime) -> Follower:
    """Make the author of a merged question a follower of the one it was merged into.

    Their address was confirmed with the question. Who stopped after the merging stays stopped, however often this runs.
    """
    await session.execute(
        insert(Follower)
        .values(city_id=appeal.city_id, appeal_id=appeal.id, email=email, language=language, created_at=at, confirmed_at=at)
        .on_conflict_do_update(
            index_elements=["city_id", "appeal_id", "email"],
            set_={"confirmed_at": at, "stopped_at": None},
            where=or_(Follower.confirmed_at.is_(None), Follower.stopped_at < at)
            & or_(Follower.stopped_at.is_(None), Follower.stopped_at < at),
        )
    )
    follower = await follower_with(session, appeal.id, email)
    if follower is None:
        msg = "a follower that was just written is not there"
        raise LookupError(msg)
    return follower


async def followers_of(session: AsyncSession, appeal_id: UUID, *, but: str) -> list[Reader]:
    """Whoever confirmed and has not stopped, without the address ``but`` (the author gets a letter of their own)."""
    rows = await session.execute(
        text(
            "SELECT id, email, language FROM follower WHERE city_id = :city AND appeal_id = :appeal "
            "AND confirmed_at IS NOT NULL AND stopped_at IS NULL AND email <> lower(:but) ORDER BY id"
        ),
        {"city": city_id_of(session), "appeal": appeal_id, "but": but},
    )
    return [Reader(row.id, row.email, row.language) for row in rows]


async def follower_count(session: AsyncSession, appeal_id: UUID) -> int:
    """How many follow a question."""
    found = await session.scalar(
        text(
            "SELECT count(*) FROM follower WHERE city_id = :city AND appeal_id = :appeal "
            "AND confirmed_at IS NOT NULL AND stopped_at IS NULL"
        ),
        {"city": city_id_of(session), "appeal": appeal_id},
    )
    return int(found or 0)


async def forget_followers(session: AsyncSession, *, now: datetime) -> None:
    """Delete addresses that nobody confirmed in time, and those that stopped a month ago."""
    await session.execute(
        delete(Follower).where(
            Follower.city_id == city_id_of(session),
            or_(
                Follower.confirmed_at.is_(None) & (Follower.created_at < now - CONFIRM_WITHIN),
                Follower.stopped_at < now - STOPPED_KEPT,
            ),
        )
    )
