"""The verbs of a city's districts and boundary, each in the caller's transaction."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.city_settings import CitySettings
from src.platform.data.tenancy import City, catalogue_changed, city_id_of, published_changed
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import msgid
from src.tenants.appeals.models import Appeal
from src.tenants.cities.models import District, RoutingRule
from src.tenants.cities.outlines import geojson_of
from src.tenants.cities.service import locked, said
from src.tenants.cities.spelling import free_slug
from src.tenants.districts import queries
from src.tenants.districts.matching import Change, Plan
from src.tenants.districts.reading import KINDS
from src.tenants.districts.shapes import box_of, label_of, united, view_of

MADE = action("district.made", msgid("Додано район"))
CHANGED = action("district.changed", msgid("Змінено район"))
MOVED = action("district.moved", msgid("Змінено порядок районів"))
REMOVED = action("district.removed", msgid("Прибрано район"))
REPLACED = action("district.replaced", msgid("Завантажено нові межі районів"))
BOUNDARY = action("city.boundary", msgid("Змінено межу міста"))
VIEW = action("city.view", msgid("Змінено середину й масштаб карти"))


def kind_of(kind: str) -> dict[str, str]:
    """A kind in both languages."""
    return {"uk": kind, "en": KINDS.get(kind, "")}


def draw(row: District, made: BaseGeometry) -> None:
    """Another outline of a district, with its label inside."""
    row.boundary = geojson_of(made)
    row.label_lon, row.label_lat = label_of(made)


async def make(
    session: AsyncSession, name: Mapping[str, str], kind: str, made: BaseGeometry, *, by: UUID, now: datetime
) -> District:
    """Add a district at the end; its address never changes."""
    await locked(session)
    there = await queries.districts(session)
    row = new(session, there, name, kind_of(kind), made, max((each.position for each in there), default=-1) + 1)
    await session.flush()
    await record(session, MADE, now=now, by=by, subject=("district", row.id), values={"name": ("", said(row.name))})
    await settle(session)
    return row


def new(
    session: AsyncSession,
    there: Sequence[District],
    name: Mapping[str, str],
    kind: dict[str, str],
    made: BaseGeometry,
    position: int,
    slug: str = "",
) -> District:
    """A row of a new district."""
    taken = {each.slug for each in there}
    row = District(
        city_id=city_id_of(session),
        id=uuid7(),
        slug=slug if slug and slug not in taken else free_slug(name, taken, otherwise="district"),
        name=dict(name),
        kind=kind,
        position=position,
    )
    draw(row, made)
    session.add(row)
    return row


async def change(
    session: AsyncSession, row: District, name: Mapping[str, str], kind: str, made: BaseGeometry, *, by: UUID, now: datetime
) -> None:
    """Another name, kind or outline. Questions keep their district."""
    await locked(session)
    fields = []
    before = said(row.name)
    if row.name != dict(name):
        row.name = dict(name)
        fields.append("name")
    if row.kind.get("uk", "") != kind:
        row.kind = kind_of(kind)
        fields.append("kind")
    if row.boundary != geojson_of(made):
        draw(row, made)
        fields.append("boundary")
    if not fields:
        return
    await session.flush()
    values = {"name": (before, said(row.name))} if "name" in fields else None
    await record(session, CHANGED, now=now, by=by, subject=("district", row.id), fields=fields, values=values)
    await settle(session)


async def move(session: AsyncSession, row: District, *, up: bool, by: UUID, now: datetime) -> None:
    """Change places with the neighbour in the list; nothing at its end."""
    await locked(session)
    there = list(await queries.districts(session, lock=True))
    index = next(number for number, each in enumerate(there) if each.id == row.id)
    other = index - 1 if up else index + 1
    if not 0 <= other < len(there):
        return
    there[index], there[other] = there[other], there[index]
    for position, each in enumerate(there):
        each.position = position
    await session.flush()
    await record(session, MOVED, now=now, by=by, subject=("district", row.id))
    await catalogue_changed(session)


async def remove(session: AsyncSession, row: District, into: District | None, *, by: UUID, now: datetime) -> bool:
    """Take a district away, once what points to it was handed to ``into``. False: something points to it and there is no ``into``."""
    await locked(session)
    name = said(row.name)
    if not await clear(session, {row.id: into.id if into else None}):
        return False
    await session.execute(delete(District).where(District.city_id == row.city_id, District.id == row.id))
    values = {"name": (name, ""), **({"into": ("", said(into.name))} if into else {})}
    await record(session, REMOVED, now=now, by=by, subject=("district", row.id), values=values)
    await settle(session)
    return True


async def clear(session: AsyncSession, moves: Mapping[UUID, UUID | None]) -> bool:
    """Hand over what points to districts that go. False, and nothing moved: some have no heir and are pointed to."""
    there = await queries.counts(session)
    if any(there.get(gone) and into is None for gone, into in moves.items()):
        return False
    for gone, into in moves.items():
        if into is not None and there.get(gone):
            await hand_over(session, gone, into)
    return True


async def hand_over(session: AsyncSession, gone: UUID, into: UUID) -> None:
    """Everything of one district is another's from now on. Its rules go where the heir has the same case already."""
    city = city_id_of(session)
    theirs = select(RoutingRule.category_id).where(RoutingRule.city_id == city, RoutingRule.district_id == into)
    has = {category for (category,) in await session.execute(theirs)}
    mine = select(RoutingRule).where(RoutingRule.city_id == city, RoutingRule.district_id == gone)
    for rule in (await session.execute(mine)).scalars().all():
        if rule.category_id in has:
            await session.delete(rule)
    await session.flush()
    for table, column in queries.pointing():
        values: dict[str, Any] = {column: into}
        if table.name == Appeal.__tablename__:
            values |= {"version": table.c.version + 1, "changed_revision": await published_changed(session)}
        await session.execute(update(table).where(table.c.city_id == city, table.c[column] == gone).values(values))


async def replace_all(
    session: AsyncSession, plan: Plan, moves: Mapping[UUID, UUID | int | None], *, by: UUID, now: datetime
) -> bool:
    """The whole set as the plan says. ``moves``: for what goes, the district (or the number in the file) that inherits.

    False, and nothing is stored: something points to a district that goes without an heir.
    """
    rows = {row.id: row for row in await queries.districts(session, lock=True)}
    made: dict[int, District] = {}
    for position, each in enumerate(plan.changes):
        made[each.found.number] = stored_as(session, list(rows.values()) + list(made.values()), rows, each, position)
    await session.flush()
    heirs = {gone: made[into].id if isinstance(into, int) else into for gone, into in moves.items()}
    kept = {row.id for row in made.values()}
    if not await clear(session, {row.id: heirs.get(row.id) for row in plan.gone}) or any(
        heir is not None and heir not in kept for heir in heirs.values()
    ):
        return False
    gone = [row.id for row in plan.gone]
    await session.execute(delete(District).where(District.city_id == city_id_of(session), District.id.in_(gone)))
    await session.flush()
    counts = {kind: ("", str(count)) for kind, count in plan.counts().items() if count}
    await record(session, REPLACED, now=now, by=by, subject=("city", city_id_of(session)), values=counts)
    await settle(session)
    return True


def stored_as(
    session: AsyncSession, there: Sequence[District], rows: Mapping[UUID, District], change_: Change, position: int
) -> District:
    """The row of one feature: the one it was matched with, or a new one."""
    found, kind = change_.found, change_.found.kind
    if found.shape is None:
        raise ValueError("only what fits is planned")
    if change_.row is None:
        name = {"uk": found.name["uk"], "en": found.name["en"]}
        return new(session, there, name, kind_of(kind or "район"), found.shape, position, found.slug)
    row = rows[change_.row.id]
    row.name = row.name | {language: words for language, words in found.name.items() if words}
    if kind:
        row.kind = kind_of(kind)
    row.position = position
    draw(row, found.shape)
    return row


async def settle(session: AsyncSession) -> None:
    """After districts or the boundary changed: the box follows, and the view unless the city chose its own."""
    await session.flush()
    city = await locked(session)
    shapes = [
        shape(each) for each in ([city.boundary] if city.boundary else [row.boundary for row in await queries.districts(session)])
    ]
    whole = await asyncio.to_thread(united, shapes) if len(shapes) != 1 else shapes[0]
    if not whole.is_empty:
        city.west, city.south, city.east, city.north = box_of(whole)
        if not CitySettings.model_validate(city.settings).own_view:
            city.centre_lon, city.centre_lat, city.zoom = view_of(city.box)
        await session.flush()
    await catalogue_changed(session)


async def bound(session: AsyncSession, made: BaseGeometry | None, *, by: UUID, now: datetime) -> City:
    """The city's boundary; none: the districts are the city."""
    city = await locked(session)
    city.boundary = geojson_of(made) if made is not None else None
    await session.flush()
    await record(session, BOUNDARY, now=now, by=by, subject=("city", city.id), fields=["boundary"])
    await settle(session)
    return city


async def look_at(session: AsyncSession, view: tuple[float, float, float] | None, *, by: UUID, now: datetime) -> None:
    """Centre and zoom of the city's map (longitude, latitude, zoom); none: as the boundary gives them."""
    city = await locked(session)
    before = f"{city.centre_lon}, {city.centre_lat}, {city.zoom}"
    city.settings = city.settings | {"own_view": view is not None}
    if view is not None:
        city.centre_lon, city.centre_lat, city.zoom = view
        await session.flush()
        await catalogue_changed(session)
    else:
        await settle(session)
    after = f"{city.centre_lon}, {city.centre_lat}, {city.zoom}"
    await record(session, VIEW, now=now, by=by, subject=("city", city.id), values={"view": (before, after)})
