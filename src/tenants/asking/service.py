"""Drafts: begun, kept, found by the key of their address, sent once."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import city_id_of
from src.platform.people.accounts.queries import Person, account_of
from src.platform.people.secrets import digest
from src.platform.web.forms import email_address
from src.tenants.appeals import service as appeals
from src.tenants.appeals.addressees import book
from src.tenants.appeals.models import Appeal, Draft, Submission
from src.tenants.asking import photos
from src.tenants.asking.answers import Answers
from src.tenants.cities.catalogue import CategoryHere, DistrictHere
from src.tenants.cities.extra import kept

LASTS = timedelta(days=7)


async def begin(session: AsyncSession, answers: Answers, *, now: datetime) -> str:
    """Begin a draft; returns the key of its address, which is known there only."""
    key = token_urlsafe(18)
    draft = Draft(
        city_id=city_id_of(session), id=uuid7(), key_digest=digest(key), data=answers.data(), created_at=now, updated_at=now
    )
    session.add(draft)
    await session.flush()
    return key


async def draft_at(session: AsyncSession, key: str, *, now: datetime, lock: bool = False) -> Draft | None:
    """The draft of an address; none when there is none such in this city, or it is too old.

    ``lock`` makes whoever comes second wait, so that two posts at once see each other.
    """
    wanted = select(Draft).where(
        Draft.city_id == city_id_of(session), Draft.key_digest == digest(key), Draft.updated_at > now - LASTS
    )
    return (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()


async def keep(session: AsyncSession, draft: Draft, answers: Answers, *, now: datetime) -> None:
    """Keep the answers."""
    draft.data, draft.updated_at = answers.data(), now
    await session.flush()


async def send(
    session: AsyncSession,
    draft: Draft,
    answers: Answers,
    *,
    category: CategoryHere,
    district: DistrictHere,
    language: str,
    now: datetime,
) -> UUID:
    """Make the draft, which the caller has locked and checked, a question that waits for its author's confirmation.

    The draft remembers the question, so that sending again leads to it; of the answers only the e-mail stays.
    """
    email = email_address(answers.email)
    if draft.appeal_id is not None or email is None:
        msg = "only a draft that is whole and was not yet sent can be sent"
        raise ValueError(msg)
    lon, lat = answers.point or (None, None)
    question = appeals.Question(
        title=answers.title,
        body=answers.body,
        category_id=category.id,
        district_id=district.id,
        address=answers.address,
        lon=lon,
        lat=lat,
        author_name=answers.name,
        author_email=email,
        publish_name=answers.publish_name,
        language=language,
        private=answers.private and bool(answers.addressee),
        extra=kept(category.questions, answers.extra),
    )
    appeal = await appeals.ask(session, question, now=now)
    if answers.addressee:
        await book().addressed(session, appeal.id, UUID(answers.addressee))
    if category.sensitive:
        await photos.remove_all(session, draft)
    else:
        await photos.hand_over(session, draft, appeal.id)
    draft.appeal_id, draft.data, draft.updated_at = appeal.id, Answers(email=email).data(), now
    await session.flush()
    return appeal.id


async def name_of(session: AsyncSession, person: Person) -> str:
    """How somebody who is signed in called themselves: on the account, or when they last asked from its address."""
    if person.name:
        return person.name
    last = (
        select(Submission.author_name)
        .join(Appeal, (Appeal.city_id == Submission.city_id) & (Appeal.id == Submission.id))
        .where(
            Submission.city_id == city_id_of(session),
            Submission.author_email == person.email,
            Appeal.confirmed_at.is_not(None),
        )
        .order_by(Appeal.created_at.desc())
        .limit(1)
    )
    return await session.scalar(last) or ""


async def keep_name(session: AsyncSession, person: Person, name: str) -> None:
    """Remember the name of somebody who is signed in, unless they have one."""
    account = await account_of(session, person.id)
    if account is not None and not account.name:
        account.name = name
        await session.flush()


async def drop(session: AsyncSession, draft: Draft) -> None:
    """Forget a draft that is not needed any more, with its photos."""
    await photos.remove_all(session, draft)
    await session.delete(draft)
    await session.flush()


async def forget_old(session: AsyncSession, *, now: datetime) -> int:
    """Delete the drafts that nobody has touched for seven days, with their photos; returns how many."""
    old = (
        await session.execute(select(Draft).where(Draft.city_id == city_id_of(session), Draft.updated_at <= now - LASTS))
    ).scalars()
    gone = 0
    for draft in old.all():
        await drop(session, draft)
        gone += 1
    return gone
