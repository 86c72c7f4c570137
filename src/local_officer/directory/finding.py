"""«Мій дільничний»: from a point, an address or a name to beats and officers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from src.local_officer.officers.lookup import Where
from src.local_officer.officers.office import BeatHere, Office, OfficerHere, StationHere
from src.platform.data.base import localized
from src.platform.data.tenancy import City
from src.tenants.cities.catalogue import Catalogue

LONGEST = 200
"""Signs of what is typed that are looked at."""
BEATS_AT_MOST = 12
BEAT_NUMBER = re.compile(r"^(?:дільниця|дільниці|beat)?\s*(?:№|n|no\.?|#)?\s*(\S{1,20})$", re.IGNORECASE)


class Kind(StrEnum):
    """What was found out."""

    BEAT = "beat"
    BORDER = "border"
    HOLE = "hole"
    NO_BEAT = "no_beat"
    OUTSIDE = "outside"
    CHOICE = "choice"
    NOTHING = "nothing"


KINDS = {
    Where.BEAT: Kind.BEAT, Where.BORDER: Kind.BORDER, Where.HOLE: Kind.HOLE, Where.NO_BEAT: Kind.NO_BEAT,
    Where.OUTSIDE: Kind.OUTSIDE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Street:
    """A street that may be meant, and its beats."""

    name: str
    beats: list[BeatHere]


@dataclass(frozen=True, slots=True)
class Answer:
    """What there is to say. ``station`` is the duty station where no beat answers; ``station`` of a vacant beat is the beat's."""

    kind: Kind
    beats: list[BeatHere] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)
    officers: list[OfficerHere] = field(default_factory=list)
    station: StationHere | None = None


def by_point(source: Office, known: Catalogue, city: City, lon: float, lat: float, day: date) -> Answer:
    """Who answers for a point (degrees). Outside the city nobody here does, and no station is named."""
    district_id = known.geography.district_at(lon, lat)
    found = source.at(lon, lat, day, in_city=district_id is not None and city.holds(lon, lat))
    beats = [source.beat[beat_id] for beat_id in found.beats]
    station = None
    if found.where in {Where.HOLE, Where.NO_BEAT}:
        station = source.duty_station(beat=beats[0] if beats else None, district_id=district_id, point=(lon, lat))
    return Answer(KINDS[found.where], beats, station=station)


def by_words(source: Office, known: Catalogue, typed: str, day: date, *, language: str, by_name: bool) -> Answer:
    """Who answers for an address, a known place, a beat's number; or officers of a name, where names are public.

    The beats' own street lists come first; where they say nothing, the city's known places do, by their points.
    """
    words = typed[:LONGEST]
    number = BEAT_NUMBER.match(words.strip())
    numbered = source.beat_by_number.get(number[1]) if number else None
    officers = source.called(words, day, by_name=by_name)
    if numbered is not None and numbered.stands(day):
        return Answer(Kind.BEAT, [numbered], officers=officers)
    matches = source.streets.find(words)
    streets = [Street(item.street, standing(source, item.beats, day)) for item in matches]
    if len(matches) == 1 and matches[0].sure and streets[0].beats:
        return Answer(Kind.BEAT, streets[0].beats, officers=officers)
    if not matches:
        streets = [
            Street(localized(place.name, language), standing(source, source.along(place.points, day), day))
            for place in known.geography.called(words)
        ]
    streets = [item for item in streets if item.beats]
    if not streets and not officers:
        return Answer(Kind.NOTHING, station=None)
    return Answer(Kind.CHOICE, streets=streets, officers=officers)


def standing(source: Office, beat_ids: Iterable[UUID], day: date) -> list[BeatHere]:
    """The beats that there are on a day, a few at most."""
    found = [source.beat[beat_id] for beat_id in beat_ids]
    return [beat for beat in found if beat.stands(day)][:BEATS_AT_MOST]
