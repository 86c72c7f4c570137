"""Where a point lies: its district, what is near it, which places are called so. All in memory, per city."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from shapely import Point, STRtree, from_geojson, prepare
from shapely.geometry import shape

from src.tenants.cities.spelling import GENERIC, folded

METRES_PER_DEGREE = 111_320.0
NEAREST_DISTRICT_WITHIN = 0.004
"""Degrees; a point on the water or on a bridge belongs to the nearest district within some 400 m."""
NEAR_WITHIN = 900.0
"""Metres; farther than this nothing is called near."""
GRID_LAT = 0.001
GRID_LON = 0.0015
"""Degrees of the grid on which «about 100 m» snaps: 111 m by some 107 m at the latitude of Kyiv."""
SIMILAR_ENOUGH = 0.72
GENERIC_WORDS = frozenset(GENERIC.values())


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A street or landmark: its names by language, its points, its folded spellings."""

    name: dict[str, str]
    kind: str
    points: tuple[tuple[float, float], ...]
    spellings: tuple[str, ...]

    @property
    def middle(self) -> tuple[float, float]:
        """The point that stands for the whole: the middle one of its points."""
        return self.points[len(self.points) // 2]


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two (longitude, latitude) points; flat earth, right to a per cent within a city."""
    dx = (a[0] - b[0]) * METRES_PER_DEGREE * math.cos(math.radians((a[1] + b[1]) / 2))
    dy = (a[1] - b[1]) * METRES_PER_DEGREE
    return math.hypot(dx, dy)


def snapped(lon: float, lat: float) -> tuple[float, float]:
    """The middle of the grid cell the point is in: the same for the same place each time, so that asking often
    does not give the exact place away."""  # noqa: D209
    return (
        round((math.floor(lon / GRID_LON) + 0.5) * GRID_LON, 6),
        round((math.floor(lat / GRID_LAT) + 0.5) * GRID_LAT, 6),
    )


class Geography:
    """Districts and known places of one city, and its boundary if it has one; without, the districts are the city."""

    def __init__(
        self,
        districts: Sequence[tuple[UUID, dict[str, Any]]],
        places: Sequence[KnownPlace],
        boundary: dict[str, Any] | None = None,
    ) -> None:
        self.boundary = shape(boundary) if boundary else None
        if self.boundary is not None:
            prepare(self.boundary)
        self._ids: list[UUID] = [district_id for district_id, _ in districts]
        self._shapes = [shape(boundary) for _, boundary in districts]
        self._tree = STRtree(self._shapes)
        self.places = list(places)
        points = [(lon, lat, index) for index, place in enumerate(self.places) for lon, lat in spread(place)]
        self._points = np.array(points, dtype=float).reshape(-1, 3)

    def district_at(self, lon: float, lat: float) -> UUID | None:
        """The district of a point: on a shared border the first of the two, on a bridge the nearest, outside the city none.

        Inside the city's boundary every point has a district: where it lies in none, the nearest.
        """
        if not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004  not on Earth, or no number
            return None
        point = Point(lon, lat)
        if self.boundary is not None and not self.boundary.intersects(point):
            return None
        hits = sorted(self._tree.query(point, predicate="intersects"))
        if hits:
            return self._ids[int(hits[0])]
        nearest = self._tree.query_nearest(point, max_distance=NEAREST_DISTRICT_WITHIN if self.boundary is None else None)
        return self._ids[int(min(nearest))] if len(nearest) else None

    def near(self, lon: float, lat: float, *, count: int = 2) -> list[tuple[KnownPlace, float]]:
        """Known places near a point with their distance in metres, nearest first."""
        if not len(self._points):
            return []
        dx = (self._points[:, 0] - lon) * METRES_PER_DEGREE * math.cos(math.radians(lat))
        dy = (self._points[:, 1] - lat) * METRES_PER_DEGREE
        found: dict[int, float] = {}
        distances = np.hypot(dx, dy)
        for position in np.argsort(distances)[:40]:
            index, distance = int(self._points[position, 2]), float(distances[position])
            if distance > NEAR_WITHIN:
                break
            found.setdefault(index, distance)
        best = sorted(found.items(), key=lambda item: item[1])[:count]
        return [(self.places[index], distance) for index, distance in best]

    def called(self, typed: str, *, count: int = 6) -> list[KnownPlace]:
        """Known places by a name as somebody types it: house numbers are left aside, small typing errors forgiven."""
        words = [word for word in folded(typed).split() if not word[0].isdigit()]
        wanted = " ".join(words)
        if len(wanted) < 2:  # noqa: PLR2004  one letter names nothing
            return []
        bare = without_generic(wanted)
        scored = [
            (max(max(likeness(wanted, each), 0.98 * likeness(bare, without_generic(each))) for each in place.spellings), place)
            for place in self.places
        ]
        good = [item for item in scored if item[0] >= SIMILAR_ENOUGH]
        good.sort(key=lambda item: (-item[0], len(item[1].spellings[0])))
        return [place for _, place in good[:count]]


@lru_cache(maxsize=20_000)
def without_generic(spelling: str) -> str:
    """A name without «вулиця», «метро» and the like: «глибочитська» is near «глибочицька», whatever stands before it."""
    return " ".join(word for word in spelling.split() if word not in GENERIC_WORDS)


def likeness(wanted: str, spelling: str) -> float:
    """How well a typed name fits a known one, 0 to 1; a beginning or a whole word counts most."""
    if not wanted or not spelling:
        return 0.0
    if wanted == spelling:
        return 1.0
    if spelling.startswith(wanted) or f" {wanted}" in f" {spelling}":
        return 0.95
    if f" {spelling} " in f" {wanted} ":
        return 0.93
    if abs(len(wanted) - len(spelling)) > max(4, len(wanted) // 2):
        return 0.0
    match = SequenceMatcher(None, wanted, spelling)
    return match.ratio() * 0.9 if match.real_quick_ratio() * 0.9 >= SIMILAR_ENOUGH <= match.quick_ratio() * 0.9 else 0.0


def spread(place: KnownPlace) -> list[tuple[float, float]]:
    """Points every 150 m or so along a street, so that its middle counts as near too."""
    if place.kind != "street" or len(place.points) < 2:  # noqa: PLR2004
        return list(place.points)
    found: list[tuple[float, float]] = [place.points[0]]
    for a, b in zip(place.points, place.points[1:], strict=False):
        steps = max(1, min(40, round(metres(a, b) / 150)))
        found += [(a[0] + (b[0] - a[0]) * n / steps, a[1] + (b[1] - a[1]) * n / steps) for n in range(1, steps + 1)]
    return found


def is_valid_boundary(boundary: dict[str, Any]) -> bool:
    """Whether GeoJSON is a valid, non-empty polygon or multipolygon."""
    import json  # noqa: PLC0415

    found = from_geojson(json.dumps(boundary))
    return found.geom_type in {"Polygon", "MultiPolygon"} and found.is_valid and not found.is_empty
