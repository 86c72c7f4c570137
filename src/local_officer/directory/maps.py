"""What the map of beats needs to know."""

from collections.abc import Sequence
from typing import Any

from src.platform.web.here import Here
from src.tenants.cities.maps import map_config


def beats_map(
    at: Here,
    numbers: Sequence[str] = (),
    *,
    box: tuple[float, float, float, float] | None = None,
    point: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """The city's map with its beats; ``numbers`` are shown boldly, ``box`` (degrees) is what is looked at, ``point`` is marked."""
    revision = at.the_city.catalogue_revision
    return {
        **map_config(at),
        "beats_url": at.url(f"/api/v1/beats.geojson?v={revision}"),
        "beat_url": at.url("/office/beats/"),
        "chosen": list(numbers),
        "look": list(box) if box else None,
        "point": list(point) if point else None,
    }
