"""Made-up beats: every district of a city cut into cells, the same at each seeding. Nobody's real borders."""

import math
import random
from collections.abc import Sequence

import shapely
from shapely import MultiPoint, Point
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

from src.local_officer.officers.lookup import parts_of

ROUNDS = 3
"""How often the cells' middles are moved to where they belong (Lloyd), which makes the cells alike in size."""
GRID = 0.000001
"""Degrees that corners are rounded to, a tenth of a metre."""


def shares(areas: Sequence[float], total: int) -> list[int]:
    """How many beats each district gets: bigger ones more, but not in proportion, for their outskirts are empty."""
    weights = [area**0.7 for area in areas]
    exact = [total * weight / sum(weights) for weight in weights]
    counts = [max(1, math.floor(each)) for each in exact]
    by_rest = sorted(range(len(exact)), key=lambda index: counts[index] - exact[index])
    for index in by_rest[: max(0, total - sum(counts))]:
        counts[index] += 1
    return counts


def split(district: BaseGeometry, count: int, seed: str) -> list[BaseGeometry]:
    """A district in ``count`` cells, from the north-west to the south-east."""
    stretch = math.cos(math.radians(district.centroid.y))
    flat = scale(district, xfact=stretch, yfact=1.0, origin=(0, 0))
    middles = scattered(flat, count, random.Random(seed))  # noqa: S311  the same at each seeding, no secret
    for _ in range(ROUNDS):
        middles = [
            cell.centroid if cell.contains(cell.centroid) else cell.representative_point() for cell in cells(flat, middles)
        ]
    found = [scale(cell, xfact=1 / stretch, yfact=1.0, origin=(0, 0)) for cell in cells(flat, middles)]
    rounded = [only_polygons(shapely.set_precision(cell, GRID)) for cell in found]
    return sorted(rounded, key=lambda cell: (-round(cell.centroid.y, 2), cell.centroid.x))


def scattered(shape: BaseGeometry, count: int, chance: random.Random) -> list[Point]:
    """Points inside a shape."""
    west, south, east, north = shape.bounds
    shapely.prepare(shape)
    found: list[Point] = []
    while len(found) < count:
        point = Point(chance.uniform(west, east), chance.uniform(south, north))
        if shape.contains(point):
            found.append(point)
    return found


def cells(shape: BaseGeometry, middles: Sequence[Point]) -> list[BaseGeometry]:
    """What of a shape is nearest to each of the points."""
    if len(middles) == 1:
        return [shape]
    drawn = shapely.voronoi_polygons(MultiPoint(list(middles)), extend_to=shape)
    return [only_polygons(cell.intersection(shape)) for cell in parts(drawn)]


def parts(shape: BaseGeometry) -> list[BaseGeometry]:
    """The members of a collection."""
    return list(shapely.get_parts(shape))


def only_polygons(shape: BaseGeometry) -> BaseGeometry:
    """The areas of what an intersection left, without its lines and points."""
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    areas = [area for part in parts(shape) if part.geom_type in {"Polygon", "MultiPolygon"} for area in parts_of(part)]
    return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)
