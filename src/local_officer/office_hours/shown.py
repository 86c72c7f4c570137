"""Receptions as the public may see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from src.local_officer.office_hours.times import Reception
from src.local_officer.office_hours.words import day_words, interval, kind_words
from src.local_officer.officers.queries import Office
from src.local_officer.officers.shown import name_of
from src.platform.data.base import localized
from src.platform.data.tenancy import City
from src.platform.web.i18n import Language


@dataclass(frozen=True, slots=True)
class ShownReception:
    """A reception in words. ``place`` is empty by phone, or when the city hides places; ``receiver`` only of a stand-in."""

    starts_at: datetime
    ends_at: datetime
    day: str
    hours: str
    kind: str
    reception: str
    place: str
    place_hidden: bool
    lon: float | None
    lat: float | None
    receiver: str
    receiver_id: UUID
    source_id: UUID

    @property
    def when(self) -> str:
        """«четвер, 26 листопада, 17:00–19:00»."""
        return f"{self.day}, {self.hours}"


def place_of(source: Office, one: Reception, language: Language) -> str:
    """Where it is, in words, hidden from nobody: for whoever booked, and for the officers themselves."""
    if one.place:
        return one.place
    station = source.station.get(one.station_id) if one.station_id else None
    if station is None:
        return ""
    return ", ".join(filter(None, (localized(station.name, language.code), localized(station.address, language.code))))


def shown_reception(source: Office, one: Reception, *, city: City, language: Language, whole: bool = False) -> ShownReception:
    """A reception in words; ``whole`` leaves out nothing (staff, and whoever booked a visit)."""
    hidden = city.options.hide_places and not whole and one.reception != "phone"
    station = source.station.get(one.station_id) if one.station_id else None
    receiver = source.officer.get(one.receiver_id)
    return ShownReception(
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        day=day_words(language.code, one.day),
        hours=interval(one.starts_at, one.ends_at),
        kind=kind_words(language, one.reception),
        reception=one.reception,
        place="" if hidden or one.reception == "phone" else place_of(source, one, language),
        place_hidden=hidden,
        lon=None if hidden else (one.lon if one.lon is not None else station.lon if station else None),
        lat=None if hidden else (one.lat if one.lat is not None else station.lat if station else None),
        receiver=name_of(receiver, city.options, language) if receiver is not None and one.stand_in else "",
        receiver_id=one.receiver_id,
        source_id=one.source_id,
    )
