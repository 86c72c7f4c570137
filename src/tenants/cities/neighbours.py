"""Which other city of this deployment has a point: asked only when a place was refused here."""

from dataclasses import dataclass
from urllib.parse import quote

from shapely import Point
from shapely.geometry import shape
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.base import localized
from src.platform.data.tenancy import City
from src.platform.web.here import Here, city_host

LOOKED_AT = 5
"""Cities whose box may have the point; boxes of neighbours overlap, boundaries do not."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another city: its name, where it is («у Полтаві»), and the address where one asks there."""

    name: str
    name_in: str
    ask_url: str

    def ask(self, title: str = "") -> str:
        """The address that begins a question there, with what was already written."""
        return self.ask_url + (f"?title={quote(title)}" if title else "")


async def neighbour_at(session: AsyncSession, at: Here, lon: float, lat: float) -> Neighbour | None:
    """The city that has a point: by its boundary, else by its box, the smallest. Suspended ones take no questions."""
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004  not on Earth
        return None
    area = (City.east - City.west) * (City.north - City.south)
    query = (
        select(City)
        .where(City.kind == "city", City.id != at.the_city.id, City.suspended_at.is_(None))
        .where(City.west <= lon, City.east >= lon, City.south <= lat, City.north >= lat)
        .order_by(City.boundary.is_(None), area)
        .limit(LOOKED_AT)
    )
    point = Point(lon, lat)
    for city in (await session.execute(query)).scalars():
        if city.boundary is None or shape(city.boundary).intersects(point):
            where = at.settings.origin(city_host(at.settings, city.slug)) + at.url("/ask")
            return Neighbour(localized(city.name, at.lang), localized(city.name_in, at.lang), where)
    return None
