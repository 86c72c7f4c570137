"""Which beats a point is in: by one tree in memory, whatever their number. Pure; degrees are WGS 84."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, cast
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point, STRtree
from shapely.geometry.base import BaseGeometry

BORDER = 0.00001
"""Degrees, about a metre: nearer to a border than this a point is on it. A phone does not know its place any better."""


class Where(StrEnum):
    """What can be said of a point."""

    BEAT = "beat"
    BORDER = "border"
    HOLE = "hole"
    NO_BEAT = "no_beat"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: ``beats`` is the one beat, all beats that meet there, or for a hole those around it; in the order given."""

    where: Where
    beats: tuple[UUID, ...] = ()

    @property
    def inside(self) -> bool:
        """Whether some beat answers for the point."""
        return self.where in {Where.BEAT, Where.BORDER}


OUTSIDE = Found(Where.OUTSIDE)
NO_BEAT = Found(Where.NO_BEAT)


def is_on_earth(lon: float, lat: float) -> bool:
    """Whether a point can be one."""
    return isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90  # noqa: PLR2004


class Beats:
    """The shapes of a city's beats in a tree."""

    def __init__(self, beats: Sequence[tuple[UUID, BaseGeometry]]) -> None:
        self._ids = [beat_id for beat_id, _ in beats]
        self._shapes = np.array([shape for _, shape in beats], dtype=object)
        shapely.prepare(self._shapes)
        self._tree = STRtree(self._shapes)
        self._filled: dict[int, BaseGeometry] = {}

    def at(self, lon: float, lat: float, *, in_city: bool = True) -> Found:
        """Where a point is; ``in_city`` says whether a point in no beat is in the city at all.

        The tree gives the few whose boxes hold the point, each of which is asked exactly. A point nearer than ``BORDER`` to
        several beats is on their border, and so is one in an overlap, which an import refuses but a city may have.
        """
        if not is_on_earth(lon, lat):
            return OUTSIDE
        point = Point(lon, lat)
        near = self._boxes(lon, lat)
        hits = near[shapely.dwithin(self._shapes[near], point, BORDER)] if len(near) else near
        if len(hits):
            return Found(Where.BEAT if len(hits) == 1 else Where.BORDER, tuple(self._ids[i] for i in hits))
        around = [int(i) for i in near if self._filling(int(i)).contains(point)]
        if around:
            return Found(Where.HOLE, tuple(self._ids[i] for i in around))
        return NO_BEAT if in_city else OUTSIDE

    def nearest(self, lon: float, lat: float) -> UUID | None:
        """The beat nearest to a point; none when there is no beat."""
        if not is_on_earth(lon, lat) or not self._ids:
            return None
        return self._ids[int(self._tree.nearest(Point(lon, lat)))]

    def meeting(self, shape: BaseGeometry) -> list[UUID]:
        """Beats that have a point in common with a shape."""
        return [self._ids[int(i)] for i in np.sort(self._tree.query(shape, predicate="intersects"))]

    def _boxes(self, lon: float, lat: float) -> NDArray[np.intp]:
        box = shapely.box(lon - BORDER, lat - BORDER, lon + BORDER, lat + BORDER)
        return np.sort(self._tree.query(box))

    def _filling(self, index: int) -> BaseGeometry:
        """The shape with its holes filled in; made when it is first asked for."""
        if index not in self._filled:
            self._filled[index] = filled(self._shapes[index])
        return self._filled[index]


def filled(shape: BaseGeometry) -> BaseGeometry:
    """A polygon or multipolygon without its holes."""
    rings = [shapely.Polygon(part.exterior) for part in parts_of(shape)]
    return rings[0] if len(rings) == 1 else shapely.union_all(rings)


def parts_of(shape: BaseGeometry) -> list[Any]:
    """The polygons of a shape."""
    return list(cast("Any", shape).geoms) if shape.geom_type == "MultiPolygon" else [shape]
