"""What the public sees of officers, stations and places. The city's choice to hide names, photos and places is applied here
and nowhere else: pages, the API, feeds, letters and exports for the public ask this."""  # noqa: D209

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import phonenumbers

from src.local_officer.officers.office import OfficerHere, Phone, StationHere
from src.local_officer.officers.words import BADGE, LANGUAGES, post_words, rank_words
from src.platform.data.base import localized
from src.platform.data.city_settings import CitySettings
from src.platform.web.i18n import language_named, msgid

WHERE_ON_CALL = msgid("місце скажуть за телефоном")
BY_PHONE = msgid("за телефоном")


class NamedOfficer(Protocol):
    """Whatever has an officer's name, rank and service number: the copy in memory or the table's row."""

    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def rank(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> Mapping[str, str]: ...  # noqa: D102


class AtAPlace(Protocol):
    """A reception, a rule of hours or a visit: where it is."""

    @property
    def reception(self) -> str: ...  # noqa: D102
    @property
    def station_id(self) -> UUID | None: ...  # noqa: D102
    @property
    def place(self) -> str: ...  # noqa: D102
    @property
    def lon(self) -> float | None: ...  # noqa: D102
    @property
    def lat(self) -> float | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is received, in words, with a point (degrees) when the public may know it."""

    words: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class ShownStation:
    """A station as the public sees it; ``address`` is empty where places are hidden."""

    id: UUID
    name: str
    address: str
    phone: str
    phone_words: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class ShownPhone:
    """A phone: what is dialled (``tel:``) and how it is written in this country."""

    kind: str
    number: str
    words: str


def capitalised(text: str) -> str:
    """The same with a capital first letter."""
    return text[:1].upper() + text[1:]


def officer_name(row: NamedOfficer, options: CitySettings, language: str) -> str:
    """«Ірина Мельник», or where names are hidden «Капітан поліції, жетон № 0001234»."""
    if not options.hide_names:
        return localized(dict(row.name), language)
    _ = language_named(language).gettext
    badge = _(BADGE) % {"code": row.code}
    return capitalised(f"{_(rank_words(row.rank))}, {badge}" if row.rank else badge)


def officer_title(row: OfficerHere, language: str) -> str:
    """«Дільничний офіцер поліції, капітан поліції»."""
    _ = language_named(language).gettext
    parts = [_(post_words(row.post)), *([_(rank_words(row.rank))] if row.rank else [])]
    return capitalised(", ".join(parts))


def officer_email(row: OfficerHere, options: CitySettings) -> str:
    """The e-mail address; empty where names are hidden, since addresses are made of names."""
    return "" if options.hide_names else row.email


def officer_photo(row: OfficerHere, options: CitySettings) -> datetime | None:
    """When the photo was put in; none for none, where photos are hidden, and where names are: a face is one too."""
    return None if options.hide_photos or options.hide_names else row.photo_at


def languages_spoken(row: OfficerHere, language: str) -> list[str]:
    """The languages in words."""
    _ = language_named(language).gettext
    return [_(LANGUAGES[code]) for code in row.languages if code in LANGUAGES]


def station_shown(row: StationHere, options: CitySettings, language: str) -> ShownStation:
    """A station without what the city hides."""
    hidden = options.hide_places
    return ShownStation(
        id=row.id,
        name=localized(row.name, language),
        address="" if hidden else localized(row.address, language),
        phone=row.phone,
        phone_words=phone_words(row.phone),
        lon=None if hidden else row.lon,
        lat=None if hidden else row.lat,
    )


def place_words(what: AtAPlace, options: CitySettings, language: str, station: StationHere | None = None) -> Place:
    """Where a reception is. ``station`` is the one of its ``station_id``; a reception by phone has no place."""
    _ = language_named(language).gettext
    if what.reception == "phone":
        return Place(_(BY_PHONE))
    if options.hide_places:
        return Place(localized(station.name, language) if station else _(WHERE_ON_CALL))
    if station is not None:
        words = ", ".join(part for part in (localized(station.name, language), localized(station.address, language)) if part)
        return Place(words, station.lon, station.lat)
    return Place(what.place, what.lon, what.lat)


def meeting_place(words: str, options: CitySettings, language: str) -> str:
    """Where a meeting is; where places are hidden it is told by phone, for a gathering is a place too."""
    return language_named(language).gettext(WHERE_ON_CALL) if options.hide_places and words else words


def phone_shown(phone: Phone) -> ShownPhone:
    """A phone with its words."""
    return ShownPhone(phone.kind, phone.number, phone_words(phone.number))


def phone_words(number: str) -> str:
    """«044 555 1234» as it is written in Ukraine; short codes as they are, foreign numbers in the international way."""
    if not number.startswith("+"):
        return number
    try:
        found = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    home = found.country_code == 380  # noqa: PLR2004  Ukraine
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(found, form).replace(" ", "\u00a0")
