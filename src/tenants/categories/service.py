"""The verbs of a city's categories, each in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import catalogue_changed, city_id_of, published_changed
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import msgid
from src.tenants.appeals.models import Appeal
from src.tenants.cities.models import Category, RoutingRule
from src.tenants.cities.service import said
from src.tenants.cities.spelling import free_slug

MADE = action("category.made", msgid("Додано тему"))
CHANGED = action("category.changed", msgid("Змінено тему"))
RETIRED = action("category.retired", msgid("Тему закрито для нових запитань"))
REVIVED = action("category.revived", msgid("Тему знову відкрито"))
MERGED = action("category.merged", msgid("Тему об’єднано з іншою"))
MOVED = action("category.moved", msgid("Змінено порядок тем"))

MOVE_APPEALS = text(
    "UPDATE appeal SET category_id = :into, version = version + 1, changed_revision = :revision "
    "WHERE city_id = :city AND category_id = :category"
)
HIDE_PLACES = text(
    "UPDATE appeal SET precision = 'district', lon = NULL, lat = NULL, place = '' WHERE city_id = :city AND category_id = :category"
)


class MergeRefused(Exception):  # noqa: N818
    """Two categories that cannot be one: ``why`` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def category_at(session: AsyncSession, category_id: UUID, *, lock: bool = False) -> Category | None:
    """A category of the city."""
    query = select(Category).where(Category.city_id == city_id_of(session), Category.id == category_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def make(
    session: AsyncSession, columns: Mapping[str, Any], responder_id: UUID | None, *, by: UUID, now: datetime
) -> Category:
    """Add a category at the end; its address is made of its name and never changes."""
    city = city_id_of(session)
    slugs = set((await session.execute(select(Category.slug).where(Category.city_id == city))).scalars())
    last = await session.scalar(select(func.max(Category.position)).where(Category.city_id == city))
    made = Category(
        city_id=city,
        id=uuid7(),
        slug=free_slug(columns["name"], slugs, otherwise="topic"),
        position=(last if last is not None else -1) + 1,
        **columns,
    )
    session.add(made)
    await session.flush()
    await answer_by_default(session, made.id, responder_id)
    await record(session, MADE, now=now, by=by, subject=("category", made.id), values={"name": ("", said(made.name))})
    await catalogue_changed(session)
    return made


async def change(
    session: AsyncSession, row: Category, columns: Mapping[str, Any], responder_id: UUID | None, *, by: UUID, now: datetime
) -> None:
    """Store what was changed. A category that becomes sensitive hides the places of its published questions at once."""
    fields = [name for name, value in columns.items() if getattr(row, name) != value]
    became_sensitive = columns["sensitive"] and not row.sensitive
    for name in fields:
        setattr(row, name, columns[name])
    await session.flush()
    if await answer_by_default(session, row.id, responder_id):
        fields.append("responder")
    if became_sensitive:
        await hide_places(session, row.id)
    if fields:
        await record(session, CHANGED, now=now, by=by, subject=("category", row.id), fields=fields)
        await catalogue_changed(session)


async def hide_places(session: AsyncSession, category_id: UUID) -> None:
    """Questions of a sensitive category show a district and nothing else (PRODUCT: private by default)."""
    bound = {"city": city_id_of(session), "category": category_id}
    await session.execute(HIDE_PLACES, bound)
    await session.execute(MOVE_APPEALS, bound | {"into": category_id, "revision": await published_changed(session)})


async def answer_by_default(session: AsyncSession, category_id: UUID, responder_id: UUID | None) -> bool:
    """Who gets the category's questions wherever they are; whether that changed."""
    city = city_id_of(session)
    where = [RoutingRule.city_id == city, RoutingRule.category_id == category_id, RoutingRule.district_id.is_(None)]
    rule = (await session.execute(select(RoutingRule).where(*where))).scalar_one_or_none()
    if (rule.responder_id if rule else None) == responder_id:
        return False
    if responder_id is None:
        await session.execute(delete(RoutingRule).where(*where))
    elif rule is None:
        session.add(RoutingRule(city_id=city, category_id=category_id, district_id=None, responder_id=responder_id))
    else:
        rule.responder_id = responder_id
    await session.flush()
    return True


async def move(session: AsyncSession, row: Category, *, up: bool, by: UUID, now: datetime) -> None:
    """Change places with the neighbour of the same level; nothing at the end of the list."""
    query = select(Category).where(
        Category.city_id == city_id_of(session),
        Category.retired_at.is_(None),
        Category.parent_id.is_(None) if row.parent_id is None else Category.parent_id == row.parent_id,
    )
    level = list((await session.execute(query.order_by(Category.position, Category.slug).with_for_update())).scalars())
    here = next((n for n, each in enumerate(level) if each.id == row.id), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(level):
        return
    places = sorted({each.position for each in level})
    if len(places) < len(level):  # places that were never told apart
        places = list(range(len(level)))
    level[here], level[there] = level[there], level[here]
    for place, each in zip(places, level, strict=True):
        each.position = place
    await session.flush()
    await record(session, MOVED, now=now, by=by, subject=("category", row.id))
    await catalogue_changed(session)


async def retire(session: AsyncSession, row: Category, *, by: UUID, now: datetime) -> None:
    """Take no new questions here; what was asked keeps its category. Those below a heading go with it."""
    below = update(Category).where(Category.city_id == row.city_id, Category.parent_id == row.id, Category.retired_at.is_(None))
    await session.execute(below.values(retired_at=now))
    row.retired_at = now
    await session.flush()
    await record(session, RETIRED, now=now, by=by, subject=("category", row.id), values={"name": (said(row.name), "")})
    await catalogue_changed(session)


async def revive(session: AsyncSession, row: Category, *, by: UUID, now: datetime) -> None:
    """Take questions again; not for one that was merged."""
    if row.merged_into_id is not None:
        raise MergeRefused("merged")
    row.retired_at = None
    await session.flush()
    await record(session, REVIVED, now=now, by=by, subject=("category", row.id), values={"name": ("", said(row.name))})
    await catalogue_changed(session)


async def merge(session: AsyncSession, row: Category, into: Category, *, by: UUID, now: datetime) -> int:
    """Make two categories one; how many questions moved.

    Questions, and rules that the other does not have, go along; the old one is retired, its address leads to the other. Into a
    sensitive one they go without their places. Raises :class:`MergeRefused`.
    """
    city = city_id_of(session)
    bound = {"city": city, "category": row.id, "into": into.id}
    if row.id == into.id:
        raise MergeRefused("itself")
    if into.retired_at is not None:
        raise MergeRefused("retired")
    if row.emergency != into.emergency:
        raise MergeRefused("emergency")
    heads = select(Category.parent_id).where(
        Category.city_id == city, Category.parent_id.in_([row.id, into.id]), Category.retired_at.is_(None)
    )
    if (await session.execute(heads)).first() is not None:
        raise MergeRefused("heading")
    if into.sensitive and not row.sensitive:
        await session.execute(HIDE_PLACES, bound)
    moved = await session.execute(MOVE_APPEALS, bound | {"revision": await published_changed(session)})
    theirs = select(RoutingRule.district_id).where(RoutingRule.city_id == city, RoutingRule.category_id == into.id)
    has = set((await session.execute(theirs)).scalars())
    mine = select(RoutingRule).where(RoutingRule.city_id == city, RoutingRule.category_id == row.id)
    for rule in (await session.execute(mine)).scalars():
        if rule.district_id in has:
            await session.delete(rule)
        else:
            rule.category_id = into.id
    earlier = update(Category).where(Category.city_id == city, Category.merged_into_id == row.id)
    await session.execute(earlier.values(merged_into_id=into.id))
    row.retired_at, row.merged_into_id = row.retired_at or now, into.id
    into.keywords = sorted({*into.keywords, *row.keywords})
    await session.flush()
    values = {"name": (said(row.name), said(into.name))}
    await record(session, MERGED, now=now, by=by, subject=("category", row.id), values=values)
    await catalogue_changed(session)
    return int(moved.rowcount)  # type: ignore[attr-defined]


async def question_counts(session: AsyncSession) -> dict[UUID, int]:
    """How many confirmed questions each category has."""
    query = (
        select(Appeal.category_id, func.count())
        .where(Appeal.city_id == city_id_of(session), Appeal.confirmed_at.is_not(None))
        .group_by(Appeal.category_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}
