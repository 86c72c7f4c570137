"""Places in words: what is near a point, which known places somebody means, which district a point is in."""

import re
from dataclasses import dataclass

from src.platform.data.base import localized
from src.platform.web.here import Here
from src.tenants.cities.catalogue import Catalogue, DistrictHere
from src.tenants.cities.geography import KnownPlace
from src.tenants.cities.spelling import folded

AT_IT_WITHIN = 30
"""Metres; nearer than this a distance says nothing."""
TENS_UP_TO = 300
"""Metres; farther than this, distances are told in fifties."""
HOUSE = re.compile(r"[\s,]№?\s*(\d{1,4}(?:[-/]?[а-яґєіїa-z]\b)?(?:[-/]\d{1,3})?)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A known place to choose: ``key`` is what a form sends back."""

    key: str
    name: str
    district: str
    lon: float
    lat: float


def key_of(place: KnownPlace) -> str:
    """What names a known place in a form: its middle and its Ukrainian name."""
    lon, lat = place.middle
    return f"{lon:.5f},{lat:.5f} {place.name['uk']}"


def place_by_key(source: Catalogue, key: str) -> KnownPlace | None:
    """The known place that a form sent back."""
    return next((place for place in source.geography.places if key_of(place) == key), None)


def suggestions(at: Here, source: Catalogue, typed: str) -> list[Suggestion]:
    """Known places that are called so, the best first."""
    found = []
    for place in source.geography.called(typed):
        district = district_of(at, source, *place.middle)
        if district is not None:
            found.append(Suggestion(key_of(place), localized(place.name, at.lang), district.full, *place.middle))
    return found


def district_of(at: Here, source: Catalogue, lon: float, lat: float) -> DistrictHere | None:
    """The district of a point in the reader's language; none outside the city."""
    if not at.the_city.holds(lon, lat):
        return None
    found = source.geography.district_at(lon, lat)
    return source.into(at.lang).district[found] if found else None


def near_words(at: Here, source: Catalogue, lon: float, lat: float) -> str:
    """«поруч: метро «Лісова», 200 м · Деснянський район»; empty outside the city."""
    district = district_of(at, source, lon, lat)
    if district is None:
        return ""
    near = [how_far(at, localized(place.name, at.lang), metres) for place, metres in source.geography.near(lon, lat)]
    if not near:
        return district.full
    return at._("поруч: %(places)s · %(district)s") % {"places": "; ".join(near), "district": district.full}


def how_far(at: Here, name: str, metres: float) -> str:
    """A place with its distance, in steps that somebody on foot would use."""
    if metres < AT_IT_WITHIN:
        return name
    step = 10 if metres < TENS_UP_TO else 50
    return at._("%(place)s, %(metres)s м") % {"place": name, "metres": round(metres / step) * step}


def address_with(place_name: str, typed: str) -> str:
    """The address once a known place was chosen for it: its right name and the house, or what was typed if it says more."""
    house = HOUSE.search(typed)
    said = folded(typed[: house.start()] if house else typed)
    if folded(place_name) in said and folded(place_name) != said:
        return typed
    return f"{place_name}, {house.group(1)}" if house else place_name


def left_behind(source: Catalogue, point: tuple[float, float], address: str) -> bool:
    """Whether a point stands for a known place that the address, changed since, no longer names."""
    found = [place for place in source.geography.places if place.middle == point]
    named = folded(address)
    return bool(found) and not any(spelling in named for place in found for spelling in place.spellings)
