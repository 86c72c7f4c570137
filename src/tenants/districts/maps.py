"""What the maps of these pages need to know."""

from collections.abc import Mapping
from typing import Any

from src.platform.web.here import Here
from src.tenants.cities.maps import map_config

AROUND = 0.12
"""Degrees around the city that can be looked at: a new district may lie outside of what is the city now."""


def wide_map(at: Here) -> dict[str, Any]:
    """The city's map with more around it."""
    config = map_config(at)
    west, south, east, north = config["box"]
    return config | {"box": [west - AROUND, south - AROUND, east + AROUND, north + AROUND]}


def list_map(at: Here, links: Mapping[str, str]) -> dict[str, Any]:
    """All districts; ``links`` lead from a slug to the district's page."""
    return {"map": map_config(at), "links": dict(links)}


def editor_map(at: Here, field: str) -> dict[str, Any]:
    """Drawing into the field of that id."""
    return {"map": wide_map(at), "edit": field}


def preview_map(at: Here, shapes_url: str) -> dict[str, Any]:
    """Areas of a file in the colours of their states."""
    return {"map": wide_map(at), "shapes_url": shapes_url}
