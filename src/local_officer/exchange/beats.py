"""Beats in GeoJSON: read feature by feature, looked at one by one, then against each other and those that there are."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import IO, Any

import ijson
import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from src.local_officer.exchange.columns import keys_of
from src.local_officer.exchange.tables import ROWS_AT_MOST
from src.local_officer.officers.lookup import parts_of
from src.platform.files.tables import Unreadable, cell
from src.tenants.cities.outlines import square_metres

POINTS_AT_MOST = 50_000
"""Of one beat; the most winding district of Kyiv has some two thousand."""
OVERLAP_FROM = 10.0
"""Square metres. Neighbours drawn by different hands, or rounded to seven digits, share slivers smaller than this."""
OVERLAPS_NAMED = 3
OUTSIDE_FROM = 10_000.0
"""Square metres of a beat that may lie beyond the city's districts: borders of other sources differ by that much."""
OUTLINE_SLACK = 0.001
"""Degrees, some 100 m, by which the city's districts together are widened."""
WORLD = (-180.0, -90.0, 180.0, 90.0)

Problem = list[Any]
"""``[code, values]``."""


def problem(code: str, /, **values: object) -> Problem:
    """A problem as it is stored."""
    return [code, {key: str(value) for key, value in values.items()}]


@dataclass(frozen=True, slots=True)
class Feature:
    """What a feature says: its properties by our keys, and its shape or what is wrong with it."""

    number: int
    said: dict[str, str]
    shape: BaseGeometry | None
    problems: list[Problem]


def features(file: IO[bytes], box: tuple[float, float, float, float]) -> Generator[Feature, None, None]:
    """Features one after the other. ``box`` is the city's. Raises :class:`Unreadable`."""
    file.seek(0)
    number = 0
    try:
        for number, found in enumerate(ijson.items(file, "features.item", use_float=True), start=1):
            if number > ROWS_AT_MOST:
                raise Unreadable("too_many_rows", limit=str(ROWS_AT_MOST))
            yield feature(number, found, box)
    except (ijson.JSONError, UnicodeError, ValueError) as fault:
        raise Unreadable("broken_json") from fault
    if not number:
        raise Unreadable("no_features")


def feature(number: int, found: Any, box: tuple[float, float, float, float]) -> Feature:  # noqa: ANN401  whatever JSON holds
    """One feature, looked at on its own."""
    given = found if isinstance(found, dict) else {}
    properties = given.get("properties")
    pairs = [(key, value) for key, value in (properties if isinstance(properties, dict) else {}).items()]
    keys = keys_of("beats", [key for key, _ in pairs])
    said = {key: cell(value) for key, (_, value) in zip(keys, pairs, strict=True) if key and not isinstance(value, dict | list)}
    made, problems = shape_of(given.get("geometry"), box)
    return Feature(number, said, made, problems)


def shape_of(geometry: Any, box: tuple[float, float, float, float]) -> tuple[BaseGeometry | None, list[Problem]]:  # noqa: ANN401, PLR0911
    """A polygon or multipolygon in two dimensions, or what is wrong with it."""
    if not isinstance(geometry, dict) or not geometry.get("coordinates"):
        return None, [problem("no_shape")]
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return None, [problem("not_an_area", type=cell(geometry.get("type"))[:40])]
    try:
        made = shapely.force_2d(shape(geometry))
    except Exception:  # noqa: BLE001  shapely raises whatever the coordinates make it raise
        return None, [problem("bad_coordinates")]
    bounds = made.bounds
    if made.is_empty or not all(isfinite(edge) for edge in bounds):
        return None, [problem("no_shape" if made.is_empty else "bad_coordinates")]
    if shapely.get_num_coordinates(made) > POINTS_AT_MOST:
        return None, [problem("too_detailed", limit=POINTS_AT_MOST)]
    if not made.is_valid:
        return None, [invalid(made)]
    west, south, east, north = bounds
    if not (west >= WORLD[0] and south >= WORLD[1] and east <= WORLD[2] and north <= WORLD[3]):
        return made, [problem("not_degrees")]
    if not inside(bounds, box):
        swapped = (south, west, north, east)
        return made, [problem("swapped") if inside(swapped, box) else problem("outside", lon=f"{west:.5f}", lat=f"{south:.5f}")]
    return made, []


def invalid(made: BaseGeometry) -> Problem:
    """What makes a shape none, and where."""
    words = explain_validity(made)
    what, _, place = words.partition("[")
    lon, _, lat = place.rstrip("]").partition(" ")
    return problem("self_crossing" if "ntersection" in what else "invalid", lon=lon[:12], lat=lat[:12])


def inside(inner: tuple[float, float, float, float], outer: tuple[float, float, float, float]) -> bool:
    """Whether a box lies in another, up to 100 m or so."""
    slack = 0.001
    return (
        inner[0] >= outer[0] - slack
        and inner[1] >= outer[1] - slack
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


@dataclass(slots=True)
class Shapes:
    """The shapes of a file, to be compared at the end."""

    rows: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    shapes: list[BaseGeometry] = field(default_factory=list)

    def add(self, row: int, name: str, made: BaseGeometry) -> None:
        """A shape of a row that may go in as far as it alone is concerned."""
        self.rows.append(row)
        self.names.append(name)
        self.shapes.append(made)

    def overlaps(self, there: Mapping[str, BaseGeometry]) -> dict[int, list[Problem]]:
        """Overlaps by row: with others of the file, and with beats that stay as they are (``there``, by number).

        A beat whose row in the file is bad stays as it is, so what is bad is looked for until nothing more is found.
        """
        found: dict[int, list[Problem]] = {}
        tree = STRtree(self.shapes)
        for index, made in enumerate(self.shapes):
            for other, area in meeting(tree, self.shapes, made, {index}):
                named = problem("overlap_row", row=self.rows[other], beat=self.names[other], area=round(area))
                found.setdefault(self.rows[index], []).append(named)
        numbers = list(there)
        standing = [there[number] for number in numbers]
        position = {number: at for at, number in enumerate(numbers)}
        tree = STRtree(standing)
        while True:
            good = [at for at, row in enumerate(self.rows) if row not in found]
            replaced = {position[self.names[at]] for at in good if self.names[at] in position}
            before = len(found)
            for at in good:
                for other, area in meeting(tree, standing, self.shapes[at], replaced):
                    named = problem("overlap_beat", beat=numbers[other], area=round(area))
                    found.setdefault(self.rows[at], []).append(named)
            if len(found) == before:
                return found


def meeting(tree: STRtree, shapes: list[BaseGeometry], made: BaseGeometry, aside: set[int]) -> list[tuple[int, float]]:
    """Shapes that share more than a sliver with one, the first few of them, with how much (m²)."""
    found: list[tuple[int, float]] = []
    for other in np.sort(tree.query(made, predicate="intersects")):
        if int(other) in aside:
            continue
        area = square_metres(made.intersection(shapes[int(other)]))
        if area > OVERLAP_FROM:
            found.append((int(other), area))
            if len(found) == OVERLAPS_NAMED:
                break
    return found


def label_of(made: BaseGeometry) -> tuple[float, float]:
    """A point in the largest part of a shape."""
    point = max(parts_of(made), key=lambda part: part.area).representative_point()
    return round(point.x, 6), round(point.y, 6)
