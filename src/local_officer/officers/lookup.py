"""Which beat a point lies in, and which beats a street belongs to. Pure and in memory: no database, no clock.

The lookup is one query of a shapely STRtree per city: flat from 40 to 5,000 beats. Degrees are WGS 84.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from shapely import Point, STRtree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from src.local_officer.officers.houses import Houses, split_address
from src.tenants.cities.geography import SIMILAR_ENOUGH, likeness, without_generic
from src.tenants.cities.spelling import folded

Where = Literal["beat", "border", "hole", "none"]
AS_GOOD = 0.04
"""Streets that fit as well as the best one but for this are all told."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point lies: in one ``beat``; on the ``border`` of several (all named); in a ``hole`` of one; in ``none``."""

    where: Where
    beats: tuple[UUID, ...]


class Beats:
    """The boundaries of a city's beats, in an index."""

    def __init__(self, boundaries: Sequence[tuple[UUID, dict[str, Any]]]) -> None:
        self._ids = [beat_id for beat_id, _ in boundaries]
        self._shapes: list[BaseGeometry] = [shape(boundary) for _, boundary in boundaries]
        self._tree = STRtree(self._shapes)

    def at(self, lon: float, lat: float) -> Located:
        """Where a point lies. What is no place on Earth lies nowhere."""
        if not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004  not on Earth, or no number
            return Located("none", ())
        point = Point(lon, lat)
        hits = sorted(int(hit) for hit in self._tree.query(point, predicate="intersects"))
        if len(hits) == 1:
            return Located("beat", (self._ids[hits[0]],))
        if hits:
            return Located("border", tuple(self._ids[hit] for hit in hits))
        around = sorted(int(hit) for hit in self._tree.query(point) if in_hole(self._shapes[int(hit)], point))
        return Located("hole", tuple(self._ids[hit] for hit in around)) if around else Located("none", ())


def in_hole(area: BaseGeometry, point: Point) -> bool:
    """Whether a point lies in a hole of an area."""
    parts = getattr(area, "geoms", [area])
    return any(not ring.is_empty and shape_of(ring).contains(point) for part in parts for ring in part.interiors)


def shape_of(ring: Any) -> BaseGeometry:  # noqa: ANN401  a linear ring
    """The area inside a ring."""
    from shapely import Polygon  # noqa: PLC0415

    return Polygon(ring)


@dataclass(frozen=True, slots=True)
class StreetPart:
    """A street of a beat with its houses."""

    street: str
    spelling: str
    beat_id: UUID
    houses: Houses


@dataclass(frozen=True, slots=True)
class StreetFound:
    """A street that somebody may mean, with the beats of the house (or of all its houses when none was typed)."""

    street: str
    house: str
    beats: tuple[UUID, ...]
    score: float


class Streets:
    """The street lists of a city's beats: found with the typing errors people make."""

    def __init__(self, parts: Sequence[StreetPart]) -> None:
        self._by_spelling: dict[str, list[StreetPart]] = {}
        for part in parts:
            self._by_spelling.setdefault(part.spelling, []).append(part)
        self._by_word: dict[str, set[str]] = {}
        for spelling in self._by_spelling:
            for word in spelling.split():
                self._by_word.setdefault(word[:2], set()).add(spelling)

    def called(self, typed: str, *, count: int = 6) -> list[StreetFound]:
        """Streets of the lists by an address as somebody types it, the best first."""
        street, house = split_address(typed)
        wanted = folded(street)
        if len(wanted) < 2:  # noqa: PLR2004  one letter names nothing
            return []
        bare = without_generic(wanted)
        near: set[str] = set()
        for word in bare.split():
            near |= self._by_word.get(word[:2], set())
        scored = [
            (max(likeness(wanted, each), 0.98 * likeness(bare, without_generic(each))), each)
            for each in (near or self._by_spelling)
        ]
        if near and max(scored, default=(0.0, ""))[0] < SIMILAR_ENOUGH:  # the error is in the first letters
            scored = [(0.98 * likeness(bare, without_generic(each)), each) for each in self._by_spelling]
        good = sorted((one for one in scored if one[0] >= SIMILAR_ENOUGH), key=lambda one: (-one[0], len(one[1]), one[1]))
        return [self._found(spelling, house, score) for score, spelling in good[:count]]

    def _found(self, spelling: str, house: str, score: float) -> StreetFound:
        parts = self._by_spelling[spelling]
        mine = [part for part in parts if not house or part.houses.hold(house)]
        exact = [part for part in mine if house and not part.houses.all]
        return StreetFound(parts[0].street, house, tuple(dict.fromkeys(part.beat_id for part in exact or mine)), score)
