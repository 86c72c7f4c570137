"""Marks of a view: single points and clusters, made on the server.

A view is divided into cells of some 64 screen pixels; what falls into one cell becomes one ring. The number of features
depends on the view and not on how many appeals the city has.
"""

from typing import Any
from uuid import UUID

import numpy as np

from src.tenants.board.snapshot import WAITING, Mask, Snapshot, latitude
from src.tenants.cities.catalogue import InLanguage

CELL = 64.0
WORLD = 512.0
FEATURES_AT_MOST = 600
TOLD_APART_FROM = 15.5
"""From this zoom on a ring of few names its appeals: those that share one place cannot be told apart by zooming."""
NAMED_AT_MOST = 12
ZOOM = (3.0, 20.0)


def marks(
    found: Snapshot, chosen: Mask, box: tuple[float, float, float, float], zoom: float
) -> list[dict[str, Any]]:
    """GeoJSON features for a box (west, south, east, north) at a zoom level of the map (world of 512 px at zoom 0)."""
    zoom = min(max(zoom, ZOOM[0]), ZOOM[1])
    west, east = (box[0] + 180) / 360, (box[2] + 180) / 360
    north, south = mercator(box[3]), mercator(box[1])
    x, y = found.column("x"), found.column("y")
    inside = np.flatnonzero(chosen & (x >= west) & (x <= east) & (y >= north) & (y <= south))
    if not len(inside):
        return []
    x, y, waiting = x[inside], y[inside], found.column("state")[inside] == WAITING
    per_cell = WORLD * 2**zoom / CELL
    while True:
        # Cells are counted from the world's corner, so that a ring stays where it is while the map moves.
        column = np.floor(x * per_cell).astype(np.int64)
        line = np.floor(y * per_cell).astype(np.int64)
        column -= column.min()
        line -= line.min()
        width = int(column.max()) + 1
        if width * (int(line.max()) + 1) <= 400_000:  # noqa: PLR2004  beyond that a table of cells costs more than it saves
            cell = line * width + column
            count = np.bincount(cell)
            used = np.flatnonzero(count)
            if len(used) <= FEATURES_AT_MOST:
                break
        per_cell /= 2
    red = np.bincount(cell, weights=waiting)
    mean_x, mean_y = np.bincount(cell, weights=x)[used] / count[used], np.bincount(cell, weights=y)[used] / count[used]
    lon, lat = mean_x * 360 - 180, latitude(mean_y)
    first = np.zeros(len(count), np.int64)
    first[cell[::-1]] = np.arange(len(cell))[::-1]
    features = []
    for n, key in enumerate(used.tolist()):
        total, of_red = int(count[key]), int(red[key])
        if total == 1:
            row = int(inside[first[key]])
            properties: dict[str, Any] = {"number": found.numbers[row], "state": "waiting" if of_red else "answered"}
        else:
            properties = {"count": total, "waiting": of_red, "answered": total - of_red}
            if zoom >= TOLD_APART_FROM and total <= NAMED_AT_MOST:
                properties["numbers"] = [found.numbers[int(row)] for row in inside[cell == key]]
            members = cell == key if total <= NAMED_AT_MOST else None
            properties["expand"] = (
                extent(x[members], y[members]) if members is not None else cell_box(float(mean_x[n]), float(mean_y[n]), per_cell)
            )
        features.append(point(round(float(lon[n]), 6), round(float(lat[n]), 6), properties))
    return features


def extent(x: Any, y: Any) -> list[float]:  # noqa: ANN401  numpy arrays
    """Bounds of points of the unit square, in degrees."""
    lats = latitude(np.array([y.max(), y.min()]))
    return [round(float(v), 6) for v in (x.min() * 360 - 180, lats[0], x.max() * 360 - 180, lats[1])]


def cell_box(x: float, y: float, per_cell: float) -> list[float]:
    """Bounds of a cell around a point, in degrees."""
    half = 0.5 / per_cell
    lats = latitude(np.array([y + half, y - half]))
    return [round(v, 6) for v in ((x - half) * 360 - 180, float(lats[0]), (x + half) * 360 - 180, float(lats[1]))]


def mercator(lat: float) -> float:
    """Latitude to the unit square, bounded to where the projection ends."""
    sine = np.sin(np.radians(min(max(lat, -85.0), 85.0)))
    return float(0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi))


def loose(found: Snapshot, chosen: Mask, known: InLanguage) -> list[dict[str, Any]]:
    """Appeals without a point, counted at the labels of their districts."""
    placeless = chosen & np.isnan(found.column("x"))
    if not placeless.any():
        return []
    keys = {key: item for item, key in found.keys.items()}
    combined = np.bincount(
        found.column("district")[placeless] * 2 + (found.column("state")[placeless] == WAITING), minlength=2
    )
    features = []
    for key in np.unique(found.column("district")[placeless]).tolist():
        district = known.district.get(UUID(int=keys[key].int))
        if district is None:
            continue
        answered = int(combined[key * 2])
        waiting = int(combined[key * 2 + 1]) if key * 2 + 1 < len(combined) else 0
        properties = {
            "kind": "district",
            "district": district.slug,
            "name": district.name,
            "count": answered + waiting,
            "waiting": waiting,
            "answered": answered,
        }
        features.append(point(*district.label, properties))
    return features


def point(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature."""
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties}
