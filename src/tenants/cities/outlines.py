"""Outlines of areas: as they are stored, and how large they are. Degrees are WGS 84."""

import json
from math import cos, radians
from typing import Any, cast

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from src.tenants.cities.geography import METRES_PER_DEGREE


def geojson_of(made: BaseGeometry) -> dict[str, Any]:
    """A shape as it is stored."""
    return cast("dict[str, Any]", json.loads(json.dumps(mapping(made))))


def square_metres(made: BaseGeometry) -> float:
    """The area of a shape in degrees; flat earth, right to a per cent within a city."""
    if made.is_empty:
        return 0.0
    lat = (made.bounds[1] + made.bounds[3]) / 2
    return float(made.area) * METRES_PER_DEGREE * METRES_PER_DEGREE * cos(radians(lat))
