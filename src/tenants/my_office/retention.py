"""Forgetting in time: who asked, so many days after it was settled; accounts that nobody uses. In small portions."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City, city_id_of
from src.platform.people.audit.models import AuditValue
from src.platform.people.audit.service import record
from src.tenants.appeals import erasing
from src.tenants.my_office.service import FORGOTTEN, erase

AT_A_TIME = 200
UNUSED_FOR = timedelta(days=365)
"""How long a resident's account may have no question, no subscription and no session."""

SETTLED = text(
    "SELECT s.id FROM submission s JOIN appeal a ON a.city_id = s.city_id AND a.id = s.id "
    "WHERE s.city_id = :city AND s.erased_at IS NULL AND a.created_at < :before "
    "AND a.state IN ('answered', 'rejected', 'withdrawn', 'merged', 'removed', 'settled') "
    "AND NOT EXISTS (SELECT FROM appeal_event e WHERE e.city_id = s.city_id AND e.appeal_id = s.id AND e.at >= :before) "
    "ORDER BY s.id LIMIT :at_most FOR UPDATE OF a SKIP LOCKED"
)
UNUSED = text(
    "SELECT a.id, a.email FROM account a WHERE a.city_id = :city AND a.roles = '{}' AND a.active AND a.created_at < :before "
    "AND NOT EXISTS (SELECT FROM account_session s WHERE s.city_id = :city AND s.account_id = a.id) "
    "AND NOT EXISTS (SELECT FROM submission s WHERE s.city_id = :city AND s.author_email = a.email) "
    "AND NOT EXISTS (SELECT FROM follower f WHERE f.city_id = :city AND f.email = a.email AND f.stopped_at IS NULL) "
    "AND NOT EXISTS (SELECT FROM appeal_event e WHERE e.city_id = :city AND e.account_id = a.id) "
    "AND NOT EXISTS (SELECT FROM answer n WHERE n.city_id = :city AND n.account_id = a.id) "
    "AND NOT EXISTS (SELECT FROM report r WHERE r.city_id = :city AND r.settled_by = a.id) "
    "AND NOT EXISTS (SELECT FROM ban b WHERE b.city_id = :city AND b.made_by = a.id) "
    "ORDER BY a.id LIMIT :at_most FOR UPDATE OF a SKIP LOCKED"
)


async def forget_settled(session: AsyncSession, city: City, *, now: datetime) -> int:
    """Forget who asked what was settled long ago: answered, sent back, taken back or joined to another; how many.

    The public question and the photos that everybody sees stay.
    """
    bound = {"city": city.id, "before": now - timedelta(days=city.options.personal_days), "at_most": AT_A_TIME}
    ids: list[UUID] = list((await session.scalars(SETTLED, bound)).all())
    await erasing.forget_author(session, ids, now=now, public_photos=False)
    if ids:
        await session.execute(
            delete(AuditValue).where(AuditValue.city_id == city_id_of(session), AuditValue.about.in_(ids)),
            execution_options={"synchronize_session": False},
        )
    return len(ids)


async def forget_unused(session: AsyncSession, city: City, *, now: datetime) -> int:
    """Delete accounts of residents that nobody has used for long and that nothing hangs on; how many."""
    bound = {"city": city.id, "before": now - UNUSED_FOR, "at_most": AT_A_TIME}
    found: list[Row[*tuple[UUID, str]]] = list((await session.execute(UNUSED, bound)).all())
    for row in found:
        await erase(session, city, email=row.email, account_id=row.id, now=now)
        await record(session, FORGOTTEN, now=now, actor="system", subject=("account", row.id))
    return len(found)
