"""What happens to visits by itself: unconfirmed ones lapse, people are reminded, who came is forgotten."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.visits import service
from src.platform.data.tenancy import City, city_id_of
from src.platform.work.jobs import job
from src.platform.work.schedule import repeat


@job("lapse_visits")
async def lapse_visits(session: AsyncSession) -> None:
    """Free the seats that nobody confirmed within the hour."""
    await service.lapse_due(session, now=datetime.now(UTC))


@job("remind_of_visits")
async def remind_of_visits(session: AsyncSession) -> None:
    """Write to whoever comes tomorrow."""
    city = (await session.execute(select(City).where(City.id == city_id_of(session)))).scalar_one()
    if city.options.office:
        await service.remind_of_tomorrow(session, city, now=datetime.now(UTC))


@job("reconcile_visits")
async def reconcile_visits(session: AsyncSession) -> None:
    """Put visits in order after changes that no desk made: holidays that the city began to keep, an office that was handed over."""
    city = (await session.execute(select(City).where(City.id == city_id_of(session)))).scalar_one()
    await service.reconcile_all(session, city, now=datetime.now(UTC))


@job("forget_visits")
async def forget_visits(session: AsyncSession) -> None:
    """Forget who came a month ago."""
    await service.forget_past(session, now=datetime.now(UTC))


repeat(lapse_visits, timedelta(minutes=15))
repeat(reconcile_visits, timedelta(hours=1))
repeat(remind_of_visits, timedelta(hours=3))
repeat(forget_visits, timedelta(days=1))
