"""What the slice keeps about people: who of the platform came as support. It is the city's record of who was let in."""

from collections.abc import AsyncIterator

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid
from src.tenants.console.models import SupportEntry


async def entries(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """When they came, and why."""
    query = select(SupportEntry).where(SupportEntry.city_id == city_id_of(session), SupportEntry.account_id == about.account_id)
    for one in await session.scalars(query.order_by(SupportEntry.id)):
        yield {"operator": one.operator, "reason": one.reason, "created_at": one.created_at, "until": one.until}


async def erase(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """That somebody came stays; who and in which words goes."""
    mine = (SupportEntry.city_id == city_id_of(session), SupportEntry.account_id == about.account_id)
    await session.execute(update(SupportEntry).where(*mine).values(account_id=None, operator="", reason="—"))


holders = [
    Holder(
        "support_entries",
        msgid("Коли ви заходили в місто як підтримка платформи й чому."),
        frozenset({"support_entry"}),
        entries,
        erase,
    ),
]
