"""One area: read from GeoJSON, repaired or refused with the reason. Degrees of WGS 84, longitude first (RFC 7946)."""

from math import isfinite, log, log2, pi, radians, sin
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from src.tenants.cities.outlines import square_metres

Box = tuple[float, float, float, float]
Problem = list[Any]
"""``[code, values]``; the codes are in :mod:`words`."""

GRID = 1e-6
"""Degrees, some 10 cm: nothing finer is stored."""
POINTS_AT_MOST = 20_000
"""Corners of one area; the most winding district of Kyiv has some two thousand, and every visitor's map loads them all."""
LEAST_AREA = 1_000.0
"""Square metres; what is smaller is a slip of the drawing."""
UKRAINE: Box = (22.0, 44.2, 40.4, 52.5)
WORLD: Box = (-180.0, -90.0, 180.0, 90.0)
REACH = 0.5
"""Degrees around the city's box, some 50 km: what lies farther away belongs to another place."""
PAD = 0.005
"""Degrees by which the city's box is wider than the city: a point on a bridge at its edge still counts."""
TILE, FRAME, MARGIN = 512, 800, 0.9
"""Pixels of a tile at zoom 0; of the frame that a city's zoom is meant for; the part of it that the city fills."""
ZOOM_LEAST, ZOOM_MOST = 8.0, 15.0


def problem(code: str, /, **values: object) -> Problem:
    """A problem as it is kept."""
    return [code, {key: str(value) for key, value in values.items()}]


def area_of(geometry: Any, box: Box) -> tuple[BaseGeometry | None, list[Problem], str]:  # noqa: ANN401, PLR0911
    """A stored area of GeoJSON, what is to say of it, and its state: good, repaired, refused or skipped.

    What is refused may have a shape too: it is shown on the map. ``box`` is the city's.
    """
    if not isinstance(geometry, dict) or not geometry.get("type"):
        return None, [problem("no_shape")], "refused"
    kind = str(geometry["type"])[:40]
    if kind in ("Point", "MultiPoint", "LineString", "MultiLineString"):
        return None, [problem("not_an_area", type=kind)], "skipped"
    if kind not in ("Polygon", "MultiPolygon"):
        return None, [problem("not_an_area", type=kind)], "refused"
    if not geometry.get("coordinates"):
        return None, [problem("no_shape")], "refused"
    try:
        made = shapely.force_2d(shape(geometry))
    except Exception:  # noqa: BLE001  shapely raises whatever the coordinates make it raise
        return None, [problem("bad_coordinates")], "refused"
    if made.is_empty or not isinstance(made, Polygon | MultiPolygon):
        return None, [problem("no_shape")], "refused"
    bounds = extent(made)
    if not all(isfinite(edge) for edge in bounds):
        return None, [problem("bad_coordinates")], "refused"
    corners = int(shapely.get_num_coordinates(made))
    if corners > POINTS_AT_MOST:
        return None, [problem("too_detailed", count=corners, limit=POINTS_AT_MOST)], "refused"
    out_of_place = misplaced(bounds, box)
    if out_of_place:
        return (flipped(made) if out_of_place[0] == "swapped" else None), [out_of_place], "refused"
    return repaired(made)


def extent(made: BaseGeometry) -> Box:
    """The box of all corners. A hole may lie outside of what it is a hole in, and a repair makes an area of it."""
    points = shapely.get_coordinates(made)
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    return float(west), float(south), float(east), float(north)


def misplaced(bounds: Box, box: Box) -> Problem | None:
    """Why an area cannot be a part of this city; none when it can. ``box`` is the city's."""
    west, south, east, north = bounds
    swapped = (south, west, north, east)
    if not within(bounds, WORLD):
        return problem("not_degrees", x=f"{west:.0f}", y=f"{south:.0f}")
    if within(bounds, UKRAINE) and near(bounds, box):
        return None
    if within(swapped, UKRAINE) and near(swapped, box):
        return problem("swapped", first=f"{west:.3f}", second=f"{south:.3f}")
    if not within(bounds, UKRAINE):
        return problem("outside_ukraine", lon=f"{west:.3f}", lat=f"{south:.3f}")
    return problem("far_away", lon=f"{west:.3f}", lat=f"{south:.3f}")


def within(inner: Box, outer: Box) -> bool:
    """Whether a box lies in another."""
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def near(bounds: Box, box: Box) -> bool:
    """Whether a box lies in the widened box of the city."""
    return within(bounds, (box[0] - REACH, box[1] - REACH, box[2] + REACH, box[3] + REACH))


def flipped(made: BaseGeometry) -> BaseGeometry | None:
    """The same with the coordinates the right way round, to be shown; none when it is no shape then."""
    turned = stored(shapely.transform(made, lambda points: points[:, ::-1]))
    return None if turned.is_empty else turned


def repaired(made: BaseGeometry) -> tuple[BaseGeometry | None, list[Problem], str]:
    """What can be stored of an area, with what was put right."""
    problems: list[Problem] = []
    if not made.is_valid:
        words = shapely.is_valid_reason(made)
        what, _, place = words.partition("[")
        lon, _, lat = place.rstrip("]").partition(" ")
        problems.append(problem("self_crossing" if "ntersection" in what else "invalid", lon=lon[:9], lat=lat[:9]))
    found = stored(made)
    if square_metres(found) < LEAST_AREA:
        return None, [*problems, problem("too_small", area=round(square_metres(found)))], "refused"
    return found, problems, "repaired" if problems else "good"


def stored(made: BaseGeometry) -> BaseGeometry:
    """A valid polygon or multipolygon on the grid, without slips of other kinds; empty when nothing is left."""
    whole = areas(made if made.is_valid else shapely.make_valid(made))
    found = areas(shapely.set_precision(whole, GRID))
    written = shapely.transform(found, lambda points: points.round(6))
    if not written.is_valid:  # a rounded corner that fell onto an edge
        written = areas(shapely.make_valid(written))
        written = areas(shapely.set_precision(written, GRID))
    return written


def areas(made: BaseGeometry) -> BaseGeometry:
    """The areas of whatever a repair made: lines and points go."""
    parts = [part for part in parts_of(made) if part.area > 0]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts) if parts else Polygon()


def parts_of(made: BaseGeometry) -> list[Polygon]:
    """The single polygons of a shape."""
    if isinstance(made, Polygon):
        return [] if made.is_empty else [made]
    return [part for each in getattr(made, "geoms", ()) for part in parts_of(each)]


def share(part: BaseGeometry, whole: BaseGeometry) -> float:
    """Which part of an area another one is, 0 to 1 (of areas near each other)."""
    return float(part.area / whole.area) if whole.area else 0.0


def label_of(made: BaseGeometry) -> tuple[float, float]:
    """A point in the largest part of a shape."""
    point = max(parts_of(made), key=lambda part: part.area).representative_point()
    return round(point.x, 6), round(point.y, 6)


def united(shapes: list[BaseGeometry]) -> BaseGeometry:
    """All areas as one, the hairlines between neighbours closed."""
    hair = GRID * 20
    whole = unary_union([each.buffer(hair, join_style="mitre") for each in shapes]).buffer(-hair, join_style="mitre")
    return stored(whole)


def box_of(made: BaseGeometry) -> Box:
    """The city's box: a little wider than the city."""
    west, south, east, north = made.bounds
    return (round(west - PAD, 6), round(south - PAD, 6), round(east + PAD, 6), round(north + PAD, 6))


def view_of(box: Box) -> tuple[float, float, float]:
    """Centre (longitude, latitude) and zoom at which a box fills a frame of 800 pixels (Web Mercator)."""
    west, south, east, north = box
    wide = (east - west) / 360
    high = (mercator(north) - mercator(south)) / 2
    zoom = log2(FRAME * MARGIN / TILE / max(wide, high, 1e-9))
    return round((west + east) / 2, 5), round((south + north) / 2, 5), round(min(ZOOM_MOST, max(ZOOM_LEAST, zoom)), 1)


def mercator(lat: float) -> float:
    """Latitude on Web Mercator, -1 to 1."""
    sine = sin(radians(lat))
    return log((1 + sine) / (1 - sine)) / 2 / pi
