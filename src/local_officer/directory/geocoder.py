"""An outside geocoder, where the operator configured one: asked only for an address that the city's own lists do not know."""

from urllib.parse import quote

import httpx2
import structlog

from src.platform.data.tenancy import City
from src.platform.settings import Settings

SECONDS = 3.0
BYTES_AT_MOST = 64 * 1024

log = structlog.get_logger("geocoder")


async def located(settings: Settings, city: City, typed: str, *, language: str) -> tuple[float, float] | None:
    """Longitude and latitude (degrees) of an address within the city, or nothing: it is not found, or the service is down.

    The service answers with a GeoJSON FeatureCollection (Photon, Nominatim with ``format=geojson``); its first point counts.
    Neither the address nor the answer is logged.
    """
    box = ",".join(f"{edge:.5f}" for edge in city.box)
    address = settings.geocoder_url.format(query=quote(typed, safe=""), box=box, lang=language)
    try:
        async with httpx2.AsyncClient(timeout=SECONDS, trust_env=False) as client:
            answer = await client.get(address, headers={"Accept": "application/json"})
        point = first_point(answer)
    except (httpx2.HTTPError, ValueError, TypeError, KeyError) as problem:
        log.warning("the geocoder gave no answer that can be read", kind=type(problem).__name__)
        return None
    return point if point is not None and city.holds(*point) else None


def first_point(answer: httpx2.Response) -> tuple[float, float] | None:
    """The first feature's point; none when there is no feature. Raises what a malformed answer makes it raise."""
    if len(answer.content) > BYTES_AT_MOST:
        raise ValueError("an answer that is too large")
    features = answer.raise_for_status().json()["features"]
    if not features:
        return None
    lon, lat, *_ = features[0]["geometry"]["coordinates"]
    return float(lon), float(lat)
