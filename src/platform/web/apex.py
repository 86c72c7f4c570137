"""The apex host: which cities there are, where they lie, what is asked and answered in each; the nearest first for whoever says where
they are."""  # noqa: D209

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get

from src.platform.data.cities import Cities
from src.platform.data.tenancy import City, CityInLanguage
from src.platform.web.access import PUBLIC
from src.platform.web.here import Here, here, host_of
from src.platform.web.pages import page

WIDTH, EDGE = 720, 60
"""Units of the map's drawing, and of what stays free around the outermost cities."""
LABEL_HEIGHT, LABEL_LETTER = 26, 12
"""The room that a name takes, and one of its letters."""
KILOMETRES_PER_DEGREE = 111.32
LATITUDE_MOST, LONGITUDE_MOST = 90, 180


@dataclass(frozen=True, slots=True)
class OnMap:
    """A city on the drawing; a name that would lie over another one is left to the list."""

    city: CityInLanguage
    url: str
    x: float
    y: float
    left: bool
    named: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A city in the list; kilometres from where the reader is, if they said so."""

    city: CityInLanguage
    url: str
    received: int
    answered: int
    kilometres: int | None = None


def address_of(at: Here, city: City) -> str:
    """The city's home page in the reader's language."""
    return at.settings.origin(host_of(at.settings, city)) + at.url("/")


def placed(at: Here, cities: Sequence[City]) -> tuple[list[OnMap], int]:
    """Where the cities lie on a drawing of :data:`WIDTH` (Mercator, as on any map), and how high it is. Larger ones get names first."""
    if not cities:
        return [], 0
    points = {city.id: (math.radians(city.centre_lon), mercator(city.centre_lat)) for city in cities}
    xs, ys = [x for x, _ in points.values()], [y for _, y in points.values()]
    across = max(max(xs) - min(xs), 1e-9)
    scale = (WIDTH - 2 * EDGE) / max(across, (max(ys) - min(ys)) * 1.2, 0.02)
    height = round((max(ys) - min(ys)) * scale) + 2 * EDGE
    shift = (WIDTH - across * scale) / 2
    taken: list[tuple[float, float, float, float]] = []
    found = []
    for city in sorted(cities, key=lambda each: (-int(each.figures.get("received", 0)), each.slug)):
        x, y = points[city.id]
        px, py = shift + (x - min(xs)) * scale, EDGE + (max(ys) - y) * scale
        shown = CityInLanguage.of(city, at.lang)
        wide = len(shown.name) * LABEL_LETTER + 20
        left = px + wide > WIDTH
        box = (px - wide if left else px, py - LABEL_HEIGHT / 2, px if left else px + wide, py + LABEL_HEIGHT / 2)
        free = not any(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken)
        if free:
            taken.append(box)
        found.append(OnMap(shown, address_of(at, city), round(px, 1), round(py, 1), left, free))
    return found, height


def mercator(lat: float) -> float:
    """The northing of a latitude, in radians."""
    return math.asinh(math.tan(math.radians(lat)))


def near(typed: str) -> tuple[float, float] | None:
    """Latitude and longitude of «49.59,34.55»; none when it is no place on Earth."""
    lat, _, lon = typed.partition(",")
    try:
        found = (float(lat), float(lon))
    except ValueError:
        return None
    return found if abs(found[0]) <= LATITUDE_MOST and abs(found[1]) <= LONGITUDE_MOST else None


def kilometres(city: City, where: tuple[float, float]) -> int:
    """From a place (latitude, longitude) to the city's centre, as the crow flies (haversine)."""
    a, b = math.radians(where[0]), math.radians(city.centre_lat)
    across = math.radians(city.centre_lon - where[1])
    square = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return round(2 * 6371 * math.asin(math.sqrt(min(1.0, square))))


@get("/", access=PUBLIC, include_in_schema=False)
async def choose_city(request: Request[Any, Any, Any]) -> Response[Any]:
    """The cities on a map and by name, or the nearest first. Where somebody is, is not stored or logged."""
    at = here(request)
    cities: Cities = request.app.state.cities
    rows = [city for city in await cities.every() if city.suspended_at is None]
    where = near(request.query_params.get("near", ""))
    found = [
        Listed(
            CityInLanguage.of(city, at.lang),
            address_of(at, city),
            int(city.figures.get("received", 0)),
            int(city.figures.get("answered", 0)),
            kilometres(city, where) if where else None,
        )
        for city in sorted(rows, key=lambda each: each.name["uk"])
    ]
    if where:
        found.sort(key=lambda item: item.kilometres or 0)
    marks, height = placed(at, rows)
    return page(request, "apex.html", cities=found, marks=marks, width=WIDTH, height=height, where=where)
