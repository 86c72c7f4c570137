"""Officers are reminded to say that everything is still true; files of photos that nobody names are deleted."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.officers import photos, records
from src.platform.data.tenancy import City, city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.files import store
from src.platform.people.accounts.queries import account_of
from src.platform.web.here import Here
from src.platform.work.jobs import job, job_with_own_transactions
from src.platform.work.mail import Letter, letterhead, post
from src.platform.work.schedule import repeat

HOUR = 3600 * 1000


def reminder(at: Here) -> Letter:
    """Is everything still true?"""
    return Letter(
        subject=at._("Перевірте свою сторінку: чи все правильно?"),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Ви давно не підтверджували, що години прийому й контакти на вашій сторінці правильні."),
            at._("Поки ви цього не зробите, мешканці бачать застереження, що відомості могли застаріти."),
        ],
        action=(at._("Перевірити й підтвердити"), at.absolute("/staff/office")),
        why=at._("Ви отримали цей лист, бо ведете кабінет дільничного на сайті міста."),
    )


async def remind(session: AsyncSession, city: City, *, now: datetime) -> int:
    """Write to whoever confirmed nothing for as long as the city allows; once in that time. Returns how many letters."""
    before = now - timedelta(days=city.options.office_confirm_days)
    today = now.astimezone(ZoneInfo(city.timezone)).date()
    written = 0
    for officer in await records.silent_since(session, before, today=today):
        account = await account_of(session, officer.account_id) if officer.account_id else None
        if account is None or not account.active:
            continue
        officer.reminded_at = now
        letter = reminder(letterhead(city, account.language))
        written += await post(
            session, city, to=account.email, language=account.language, letter=letter, key=f"confirm {officer.id} {now:%Y%m%d}"
        )
    return written


@job("remind_officers")
async def remind_officers(session: AsyncSession) -> None:
    """The reminders of a city."""
    city = (await session.execute(select(City).where(City.id == city_id_of(session)))).scalar_one()
    if city.options.office:
        await remind(session, city, now=datetime.now(UTC))


async def tidy(database: Database, city_id: UUID) -> None:
    """Delete photos that no officer's row names any more."""
    async with database.unit(city_id) as session:
        left = await photos.orphans(session, now=datetime.now(UTC))
    for key in left:
        await store.delete(city_id, key)


tidy_officers_photos = job_with_own_transactions(
    "tidy_officers_photos", queue="default", retries=3, longest_pause_ms=HOUR
)(tidy)  # fmt: skip
repeat(remind_officers, timedelta(days=1))
repeat(tidy_officers_photos, timedelta(days=1))
