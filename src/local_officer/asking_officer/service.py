"""The clock of questions to an officer, and the officer's answers."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.asking_officer import letters
from src.local_officer.asking_officer.models import DirectQuestion
from src.local_officer.asking_officer.queries import WAITS, direct_question
from src.local_officer.asking_officer.working_days import due_day
from src.local_officer.office_hours.queries import public_holidays
from src.local_officer.officers.records import officer_at
from src.platform.data.tenancy import City, city_id_of
from src.platform.people.accounts.queries import account_of
from src.platform.work.jobs import enqueue
from src.platform.work.mail import Letter, letterhead, post
from src.tenants.appeals.models import Appeal, Submission

TELL_OFFICER = "tell_officer"
OFFICERS_READ = "uk"


async def city_of(session: AsyncSession) -> City:
    """The session's city."""
    return (await session.execute(select(City).where(City.id == city_id_of(session)))).scalar_one()


async def accept(session: AsyncSession, appeal_id: UUID, *, now: datetime) -> None:
    """It is the officer's to answer from now on. Nothing happens for a question to nobody in person."""
    direct = await direct_question(session, appeal_id, lock=True)
    if direct is None:
        return
    city = await city_of(session)
    closes = city.options.holidays_close
    direct.since, direct.reminded_at = now, None
    direct.due_on = due_day(
        now,
        zone=ZoneInfo(city.timezone),
        is_holiday=lambda day: closes and day in public_holidays(day.year),
        works_on=city.options.working_days,
    )
    await session.flush()
    if not session.info.get("quiet"):
        await enqueue(session, TELL_OFFICER, appeal_id, now.isoformat())


async def tell(session: AsyncSession, appeal_id: UUID, moment: str) -> None:
    """Write to the officer that a question has reached them; once for each ``moment`` at which one did."""
    direct = await direct_question(session, appeal_id)
    if direct is not None and direct.due_on is not None:
        await write(session, direct, key=f"question {appeal_id} {moment}", late=False)


async def remind(session: AsyncSession, *, now: datetime) -> int:
    """Write once to each officer whose term has passed; how many letters."""
    city = await city_of(session)
    today = now.astimezone(ZoneInfo(city.timezone)).date()
    query = (
        select(DirectQuestion)
        .join(Appeal, (Appeal.city_id == DirectQuestion.city_id) & (Appeal.id == DirectQuestion.id))
        .where(
            DirectQuestion.city_id == city.id,
            DirectQuestion.due_on < today,
            DirectQuestion.reminded_at.is_(None),
            Appeal.state.in_(WAITS),
        )
        .order_by(DirectQuestion.due_on)
        .with_for_update(of=DirectQuestion, skip_locked=True)
    )
    late = (await session.scalars(query)).all()
    for direct in late:
        direct.reminded_at = now
        await write(session, direct, key=f"question {direct.id} late {direct.due_on}", late=True)
    await session.flush()
    return len(late)


async def write(session: AsyncSession, direct: DirectQuestion, *, key: str, late: bool) -> None:
    """A letter to the officer: to the address of their account, else to the duty one. It says nothing of the author."""
    officer = await officer_at(session, direct.officer_id)
    if officer is None:
        return
    account = await account_of(session, officer.account_id) if officer.account_id else None
    to = account.email if account else officer.email
    if not to:
        return
    row = await session.execute(
        select(Appeal.number, Appeal.title, Submission.private)
        .join(Submission, (Submission.city_id == Appeal.city_id) & (Submission.id == Appeal.id))
        .where(Appeal.city_id == direct.city_id, Appeal.id == direct.id)
    )
    number, title, private = row.one()
    city = await city_of(session)
    letter: Letter = letters.question(
        letterhead(city, OFFICERS_READ), direct, number=number or "", title="" if private else title, private=private, late=late
    )
    await post(session, city, to=to, language=OFFICERS_READ, letter=letter, key=key)
