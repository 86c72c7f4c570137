"""From the place somebody gave to the place everybody sees."""

import re
from dataclasses import dataclass

from src.tenants.cities.geography import snapped
from src.tenants.cities.models import PRECISIONS

HOUSE_AFTER_COMMA = re.compile(r",\s*(?:буд(?:инок|\.)?\s*)?№?\s*\d.*$", re.IGNORECASE)
FLAT = re.compile(r",?\s*кв(?:\.|артира)?\s*№?\s*\d+.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """What the public may know: words, and a point or none (degrees, WGS 84)."""

    precision: str
    words: str
    lon: float | None
    lat: float | None


def public_place(
    *, precision: str, sensitive: bool, address: str, lon: float | None, lat: float | None
) -> PublicPlace:
    """The public place of a question, computed once, at publication, and stored.

    ``exact`` keeps the point and the house (never the flat), ``near`` snaps to a fixed grid of about 100 m and drops the
    house, ``district`` has neither point nor words. A sensitive category is never more exact than its district.
    """
    if precision not in PRECISIONS:
        msg = f"no such precision: {precision}"
        raise ValueError(msg)
    if sensitive:
        precision = "district"
    if precision == "district":
        return PublicPlace("district", "", None, None)
    if precision == "exact":
        return PublicPlace("exact", FLAT.sub("", address).strip(), lon, lat)
    words = HOUSE_AFTER_COMMA.sub("", FLAT.sub("", address)).strip()
    if lon is None or lat is None:
        return PublicPlace("near", words, None, None)
    return PublicPlace("near", words, *snapped(lon, lat))
