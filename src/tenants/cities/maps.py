"""What a map on a page needs to know of its city."""

from html import escape
from pathlib import Path
from typing import Any

from src.platform.data.city_settings import CitySettings
from src.platform.settings import Settings
from src.platform.web.here import Here

LOCAL_TILES = "/map/basemap.pmtiles"
"""Where a PMTiles file of this machine is served from."""


def map_config(at: Here) -> dict[str, Any]:
    """For the map's script; the revision in the outlines' address lets browsers keep them."""
    city = at.the_city
    return {
        "basemap": basemap(at.settings, city.options),
        "box": list(city.box),
        "centre": [city.centre_lon, city.centre_lat],
        "zoom": city.zoom,
        "outlines_url": at.url(f"/map/outlines?v={city.catalogue_revision}"),
    }


def basemap(settings: Settings, options: CitySettings | None = None) -> dict[str, str] | None:
    """What lies under the pins: kind, address, attribution (HTML); none draws the city's own outlines only.

    A city's own attribution is plain text: the map's library takes it for HTML.
    """
    if options is not None and options.basemap == "none":
        return None
    if options is not None and options.basemap != "deployment":
        return {"kind": options.basemap, "url": options.basemap_url, "attribution": escape(options.basemap_attribution)}
    if settings.basemap_kind == "none" or not settings.basemap_url:
        return None
    return {
        "kind": settings.basemap_kind,
        "url": LOCAL_TILES if local_tiles(settings) else settings.basemap_url,
        "attribution": settings.basemap_attribution,
    }


def local_tiles(settings: Settings) -> Path | None:
    """The PMTiles file on this machine, when the setting names one."""
    if settings.basemap_kind != "pmtiles" or settings.basemap_url.startswith(("http://", "https://")):
        return None
    return Path(settings.basemap_url)
