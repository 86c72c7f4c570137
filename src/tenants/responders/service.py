"""The verbs of bodies that answer and of routing rules, each in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import catalogue_changed, city_id_of
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import msgid
from src.tenants.cities.models import Responder, RoutingRule
from src.tenants.cities.service import said
from src.tenants.cities.spelling import free_slug

MADE = action("responder.made", msgid("Додано відповідача"))
CHANGED = action("responder.changed", msgid("Змінено відповідача"))
RETIRED = action("responder.retired", msgid("Відповідачеві більше не передають запитань"))
REVIVED = action("responder.revived", msgid("Відповідачеві знову передають запитання"))
RULED = action("routing.set", msgid("Змінено правило розподілу запитань"))
UNRULED = action("routing.removed", msgid("Прибрано правило розподілу запитань"))


async def responder_at(session: AsyncSession, responder_id: UUID, *, lock: bool = False) -> Responder | None:
    """A body of the city."""
    query = select(Responder).where(Responder.city_id == city_id_of(session), Responder.id == responder_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def make(session: AsyncSession, columns: Mapping[str, Any], *, by: UUID, now: datetime) -> Responder:
    """Add a body, or a unit of one."""
    city = city_id_of(session)
    taken = set((await session.execute(select(Responder.slug).where(Responder.city_id == city))).scalars())
    last = await session.scalar(select(func.max(Responder.position)).where(Responder.city_id == city))
    slug = free_slug(columns["name"], taken, otherwise="responder")
    made = Responder(city_id=city, id=uuid7(), slug=slug, position=(last if last is not None else -1) + 1, **columns)
    session.add(made)
    await session.flush()
    await record(session, MADE, now=now, by=by, subject=("responder", made.id), values={"name": ("", said(made.name))})
    await catalogue_changed(session)
    return made


async def change(session: AsyncSession, row: Responder, columns: Mapping[str, Any], *, by: UUID, now: datetime) -> None:
    """Store what was changed."""
    changed = {name: (said(getattr(row, name)), said(value)) for name, value in columns.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, columns[name])
    await session.flush()
    if changed:
        await record(session, CHANGED, now=now, by=by, subject=("responder", row.id), values=changed)
        await catalogue_changed(session)


async def retire(session: AsyncSession, row: Responder, *, back: bool, by: UUID, now: datetime) -> None:
    """Send nothing new here, or again. Its rules stay and are passed over meanwhile; what it was sent stays with it."""
    row.retired_at = None if back else now
    await session.flush()
    await record(session, REVIVED if back else RETIRED, now=now, by=by, subject=("responder", row.id))
    await catalogue_changed(session)


async def set_rule(
    session: AsyncSession,
    category_id: UUID | None,
    district_id: UUID | None,
    responder_id: UUID | None,
    *,
    by: UUID,
    now: datetime,
) -> None:
    """Who gets questions of this case; nobody takes the rule away. No category and no district is the city's fallback."""
    city = city_id_of(session)
    where = [
        RoutingRule.city_id == city,
        RoutingRule.category_id == category_id if category_id else RoutingRule.category_id.is_(None),
        RoutingRule.district_id == district_id if district_id else RoutingRule.district_id.is_(None),
    ]
    rule = (await session.execute(select(RoutingRule).where(*where).with_for_update())).scalar_one_or_none()
    if (rule.responder_id if rule else None) == responder_id:
        return
    if responder_id is None:
        await session.execute(delete(RoutingRule).where(*where))
    elif rule is None:
        session.add(
            RoutingRule(city_id=city, id=uuid7(), category_id=category_id, district_id=district_id, responder_id=responder_id)
        )
    else:
        rule.responder_id = responder_id
    await session.flush()
    subject = ("responder", responder_id) if responder_id else None
    await record(session, RULED if responder_id else UNRULED, now=now, by=by, subject=subject)
    await catalogue_changed(session)
