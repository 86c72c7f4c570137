"""A new city from the starter kit: its row, categories, pages, one district to begin with. In the caller's transaction, which has
no city until then."""  # noqa: D209

import math
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City
from src.tenants.cities.models import Category, District
from src.tenants.starter.kit import kit_categories, make_category, make_pages

ACCENT, ACCENT_DARK = "#1d4e89", "#8fbcf0"
ZOOM = 11.5
REACH = 9.0
"""Kilometres from the centre to each side of a new city's box, until it says where it ends."""
KILOMETRES_PER_DEGREE = 111.32
EXAMPLE = {
    "uk": "Наприклад: на розі ввечері не горить ліхтар",
    "en": "For example: the street lamp on the corner is out in the evening",
}


RESERVED = frozenset({"apex", "www", "api", "mail", "smtp", "admin", "console", "static", "ns", "ns1", "ns2", "ftp", "localhost"})
"""Addresses that no city gets."""


class Taken(Exception):  # noqa: N818
    """There is such a city already: ``what`` is ``slug`` or ``prefix``."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new city is. Names in both languages; the centre in degrees (WGS 84)."""

    slug: str
    name: dict[str, str]
    name_in: dict[str, str]
    name_of: dict[str, str]
    lon: float
    lat: float
    contact_email: str = ""


async def open_city(session: AsyncSession, plan: Plan, *, now: datetime) -> City:
    """Make the city; from then on the transaction is the city's own. Raises :class:`Taken`."""
    prefix = plan.slug.upper()
    for what, column, value in (("slug", City.slug, plan.slug), ("prefix", City.number_prefix, prefix)):
        if await session.scalar(select(City.id).where(column == value)) is not None:
            raise Taken(what)
    north = REACH / KILOMETRES_PER_DEGREE
    east = north / math.cos(math.radians(plan.lat))
    city = City(
        id=uuid7(),
        slug=plan.slug,
        number_prefix=prefix,
        name=plan.name,
        name_in=plan.name_in,
        name_of=plan.name_of,
        example=EXAMPLE,
        centre_lon=plan.lon,
        centre_lat=plan.lat,
        zoom=ZOOM,
        west=round(plan.lon - east, 6),
        south=round(plan.lat - north, 6),
        east=round(plan.lon + east, 6),
        north=round(plan.lat + north, 6),
        accent=ACCENT,
        accent_dark=ACCENT_DARK,
        contact_email=plan.contact_email,
        created_at=now,
    )
    session.add(city)
    await session.flush()
    await become(session, city.id)
    session.add_all(categories(city))
    session.add_all(make_pages(city))
    session.add(whole_city(city))
    await session.flush()
    return city


async def become(session: AsyncSession, city_id: UUID) -> None:
    """The city was made in this very transaction, which began before it could be named."""
    session.info.update(city_id=city_id, catalogue_revision=1, published_revision=1)
    connection = await session.connection()
    await connection.exec_driver_sql("SELECT set_config('app.city_id', %s, true)", (str(city_id),))


def categories(city: City) -> list[Category]:
    """The kit's categories in their order, «other» and the emergency last."""
    found = kit_categories()
    last = [found.pop(slug) for slug in ("other", "emergency")]
    return [make_category(city, position, item) for position, item in enumerate([*found.values(), *last])]


def whole_city(city: City) -> District:
    """One district as large as the city's box, so that questions can come before the real ones are uploaded."""
    ring = [[city.west, city.south], [city.east, city.south], [city.east, city.north], [city.west, city.north]]
    return District(
        city_id=city.id,
        id=uuid7(),
        slug="whole-city",
        name={"uk": "Усе місто", "en": "Whole city"},
        kind={"uk": "", "en": ""},
        boundary={"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        label_lon=city.centre_lon,
        label_lat=city.centre_lat,
    )
