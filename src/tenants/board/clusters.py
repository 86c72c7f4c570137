"""Marks of a view: single points and clusters, made on the server.

A view is divided into cells of 64 to 128 screen pixels; what falls into one cell becomes one ring. Neither the number of
features nor the time they take depends on how many appeals the city has.
"""

from itertools import pairwise
from uuid import UUID

import msgspec
import numpy as np

from src.tenants.board.layers import FINEST, Floats, Ints, Layer, codes, gathered
from src.tenants.board.snapshot import Snapshot, latitude, mercator_y
from src.tenants.cities.catalogue import InLanguage

CELL_LEVEL = 3
"""The world is 512 = 64 * 2**3 pixels wide at zoom 0."""
FEATURES_AT_MOST = 600
CELLS_AT_MOST = 4000
TOLD_APART_FROM = 15.5
"""From this zoom on a ring of few names its appeals: those that share one place cannot be told apart by zooming."""
NAMED_AT_MOST = 12
ZOOM = (3.0, 20.0)

Box = tuple[float, float, float, float]


class Point(msgspec.Struct, tag_field="type", tag="Point"):
    """Where."""

    coordinates: tuple[float, ...]


class Mark(msgspec.Struct):
    """A single appeal."""

    number: str
    state: str


class Ring(msgspec.Struct, omit_defaults=True):
    """Several near each other; ``expand`` is the box in which they come apart."""

    count: int
    waiting: int
    answered: int
    expand: tuple[float, ...] = ()
    numbers: list[str] = []


class InDistrict(msgspec.Struct, tag_field="kind", tag="district"):
    """Appeals without a point, at their district's label."""

    district: str
    name: str
    count: int
    waiting: int
    answered: int


class Feature(msgspec.Struct, tag_field="type", tag="Feature"):
    """GeoJSON (RFC 7946)."""

    geometry: Point
    properties: Mark | Ring | InDistrict


class Features(msgspec.Struct, tag_field="type", tag="FeatureCollection"):
    """All marks of a view."""

    features: list[Feature]


class Cells:
    """Cells of a view that hold something: for each its stretch of the layer, how many of it lie in the view, their sums."""

    def __init__(self, layer: Layer, view: Box, level: int, cells: Ints) -> None:
        self.layer = layer
        self.view = view
        self.level = level
        shift = 2 * (FINEST - level)
        self.begin = np.searchsorted(layer.code, cells << shift)
        self.end = np.searchsorted(layer.code, (cells + 1) << shift)
        used = self.end > self.begin
        cells, self.begin, self.end = cells[used], self.begin[used], self.end[used]
        self.count = self.end - self.begin
        self.red = layer.reds[self.end] - layer.reds[self.begin]
        self.x = layer.xs[self.end] - layer.xs[self.begin]
        self.y = layer.ys[self.end] - layer.ys[self.begin]
        self._cut(cells, level)

    def _cut(self, cells: Ints, level: int) -> None:
        """Of cells on the view's edge only what lies in the view counts."""
        column, line = gathered(cells), gathered(cells >> 1)
        (first, last), (top, bottom) = spans(self.view, level)
        edge = np.flatnonzero((column == first) | (column == last) | (line == top) | (line == bottom))
        members, of = self.members(edge)
        self.count[edge] = np.bincount(of, minlength=len(edge))
        self.red[edge] = np.bincount(of, weights=self.layer.red[members], minlength=len(edge))
        self.x[edge] = np.bincount(of, weights=self.layer.x[members], minlength=len(edge))
        self.y[edge] = np.bincount(of, weights=self.layer.y[members], minlength=len(edge))
        full = self.count > 0
        for name in ("begin", "end", "count", "red", "x", "y"):
            setattr(self, name, getattr(self, name)[full])

    def members(self, which: Ints) -> tuple[Ints, Ints]:
        """Positions in the layer of what lies in some of the cells and in the view, and in which of them each lies."""
        begin, length = self.begin[which], self.end[which] - self.begin[which]
        of = np.repeat(np.arange(len(which)), length)
        position = np.arange(len(of)) + np.repeat(begin - (np.cumsum(length) - length), length)
        west, north, east, south = self.view
        x, y = self.layer.x[position], self.layer.y[position]
        inside = (x >= west) & (x <= east) & (y >= north) & (y <= south)
        return position[inside], of[inside]


def spans(view: Box, level: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last column, first and last line of a view."""
    size = 1 << level
    west, north, east, south = (min(int(edge * size), size - 1) for edge in view)
    return (west, east), (north, south)


def cells_of(layer: Layer, view: Box, zoom: float) -> Cells:
    """The cells of a view, made larger until there are few enough of them."""
    level = int(zoom) + CELL_LEVEL
    while True:
        (first, last), (top, bottom) = spans(view, level)
        if (last - first + 1) * (bottom - top + 1) <= CELLS_AT_MOST:
            grid = np.meshgrid(np.arange(first, last + 1), np.arange(top, bottom + 1))
            wanted = np.sort(codes(grid[0].ravel(), grid[1].ravel()))
        else:  # a large view at a zoom nobody looks at it with: rather the cells that are used anywhere
            wanted = np.unique(layer.code >> 2 * (FINEST - level))
            column, line = gathered(wanted), gathered(wanted >> 1)
            wanted = wanted[(column >= first) & (column <= last) & (line >= top) & (line <= bottom)]
        found = Cells(layer, view, level, wanted)
        if len(found.count) <= FEATURES_AT_MOST:
            return found
        level -= 1


def marks(found: Snapshot, layer: Layer, box: Box, zoom: float) -> list[Feature]:
    """Features of a box (west, south, east, north in degrees) at a zoom level of the map."""
    zoom = min(max(zoom, ZOOM[0]), ZOOM[1])
    west, east = ((min(max(edge, -180.0), 180.0) + 180) / 360 for edge in (box[0], box[2]))
    north, south = mercator_y(np.array([box[3], box[1]])).tolist()
    cells = cells_of(layer, (west, north, east, south), zoom)
    if not len(cells.count):
        return []
    few = np.flatnonzero(cells.count <= NAMED_AT_MOST)
    members, of = cells.members(few)
    first = np.searchsorted(of, np.arange(len(few)))
    rows = layer.rows[members].tolist()
    held = dict(zip(few.tolist(), pairwise([*first.tolist(), len(rows)]), strict=True))
    x, y = cells.x / cells.count, cells.y / cells.count
    bounds = degrees(*expansions(cells, few, layer.x[members], layer.y[members], first))
    features = []
    for n, (place, count, red) in enumerate(
        zip(degrees(x, y), cells.count.tolist(), cells.red.astype(int).tolist(), strict=True)
    ):
        told = n in held and (count == 1 or zoom >= TOLD_APART_FROM)
        numbers = [found.number(row) for row in rows[slice(*held[n])]] if told else []
        about: Mark | Ring = (
            Mark(numbers[0], "waiting" if red else "answered")
            if count == 1
            else Ring(count, red, count - red, bounds[n], numbers)
        )
        features.append(Feature(Point(place), about))
    return features


def expansions(cells: Cells, few: Ints, x: Floats, y: Floats, first: Ints) -> tuple[Floats, Floats, Floats, Floats]:
    """West, south, east, north of where a ring comes apart: of few appeals their extent, of many the cell around them."""
    middle_x, middle_y, half = cells.x / cells.count, cells.y / cells.count, 0.5 / (1 << cells.level)
    west, south, east, north = middle_x - half, middle_y + half, middle_x + half, middle_y - half
    if len(few):
        west[few], east[few] = np.minimum.reduceat(x, first), np.maximum.reduceat(x, first)
        north[few], south[few] = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    return west, south, east, north


def degrees(*edges: Floats) -> list[tuple[float, ...]]:
    """Columns of x, y, x, y … of the unit square as tuples of degrees."""
    columns = (latitude(edge) if n % 2 else edge * 360 - 180 for n, edge in enumerate(edges))
    return list(zip(*(np.round(column, 6).tolist() for column in columns), strict=True))


def loose(found: Snapshot, layer: Layer, known: InLanguage) -> list[Feature]:
    """Appeals without a point, counted at the labels of their districts."""
    keys = list(found.keys)
    counted = ((known.district.get(UUID(bytes=keys[key])), waiting, answered) for key, waiting, answered in layer.loose)
    return [
        Feature(Point(item.label), InDistrict(item.slug, item.name, waiting + answered, waiting, answered))
        for item, waiting, answered in counted
        if item is not None
    ]
