"""Receptions in words, as the public may see them, or whole for staff and for whoever booked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from src.local_officer.office_hours.times import Reception
from src.local_officer.office_hours.words import day_words, interval, kind_words
from src.local_officer.officers.office import Office
from src.local_officer.officers.shown import officer_name, place_words
from src.platform.data.tenancy import City
from src.platform.web.i18n import Language


@dataclass(frozen=True, slots=True)
class ShownReception:
    """A reception in words. ``place`` says «за телефоном» by phone; ``receiver`` is named only when it is a stand-in."""

    starts_at: datetime
    ends_at: datetime
    day: str
    hours: str
    kind: str
    reception: str
    place: str
    lon: float | None
    lat: float | None
    receiver: str
    receiver_id: UUID
    source_id: UUID

    @property
    def when(self) -> str:
        """«четвер, 26 листопада, 17:00–19:00»."""
        return f"{self.day}, {self.hours}"


def shown_reception(source: Office, one: Reception, *, city: City, language: Language, whole: bool = False) -> ShownReception:
    """A reception in words; ``whole`` hides no place (staff, and whoever booked a visit)."""
    station = source.station.get(one.station_id) if one.station_id else None
    options = city.options.model_copy(update={"hide_places": False}) if whole else city.options
    place = place_words(one, options, language.code, station)
    receiver = source.officer.get(one.receiver_id)
    return ShownReception(
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        day=day_words(language.code, one.day),
        hours=interval(one.starts_at, one.ends_at),
        kind=kind_words(language, one.reception),
        reception=one.reception,
        place=place.words,
        lon=place.lon,
        lat=place.lat,
        receiver=officer_name(receiver, city.options, language.code) if receiver is not None and one.stand_in else "",
        receiver_id=one.receiver_id,
        source_id=one.source_id,
    )
