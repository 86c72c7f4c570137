"""What is forgotten in every city, each day and each hour. A portion is a transaction; what is left waits for the next run."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City, city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.limits import service as limits
from src.platform.people.audit.personal_data import forget_values
from src.platform.people.providers.models import ProviderVisit
from src.platform.people.second_factor.models import WebauthnChallenge
from src.platform.work.jobs import job, job_with_own_transactions
from src.platform.work.schedule import repeat
from src.tenants.my_office import retention

PORTIONS_AT_MOST = 100
HOUR = 3600 * 1000

Portion = Callable[[AsyncSession, City, datetime], Awaitable[int]]


async def settled(session: AsyncSession, city: City, now: datetime) -> int:
    """Who asked what was settled long ago."""
    return await retention.forget_settled(session, city, now=now)


async def unused(session: AsyncSession, city: City, now: datetime) -> int:
    """Accounts that nobody uses."""
    return await retention.forget_unused(session, city, now=now)


async def values(session: AsyncSession, city: City, now: datetime) -> int:
    """Values beside the audit log."""
    before = now - timedelta(days=city.options.audit_days)
    return await forget_values(session, before=before, at_most=retention.AT_A_TIME)


PORTIONS: tuple[Portion, ...] = (settled, unused, values)


async def forget(database: Database, city_id: UUID) -> None:
    """Each kind of forgetting, portion by portion, until nothing is left or it is enough for today."""
    for portion in PORTIONS:
        for _ in range(PORTIONS_AT_MOST):
            async with database.unit(city_id) as session:
                city = (await session.execute(select(City).where(City.id == city_id))).scalar_one()
                done = await portion(session, city, datetime.now(UTC))
            if done < retention.AT_A_TIME:
                break


forget_people = repeat(
    job_with_own_transactions("forget_people", queue="default", retries=3, longest_pause_ms=HOUR)(forget), timedelta(days=1)
)


@job("forget_expired")
async def forget_expired(session: AsyncSession) -> None:
    """Visits to providers and challenges that are over, and counts whose window is."""
    now, city = datetime.now(UTC), city_id_of(session)
    for model in (ProviderVisit, WebauthnChallenge):
        await session.execute(delete(model).where(model.city_id == city, model.expires_at < now))
    await limits.forget_old(session, now=now)


repeat(forget_expired, timedelta(hours=1))
