"""Officers and stations as the public may see them: what a city hides is left out here and nowhere else.

``hide_names``: rank and service number only; the e-mail (which mostly says the name) and the photo go with the name.
``hide_places``: stations without address and point. ``hide_photos``: no photos.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import phonenumbers

from src.local_officer.officers.models import Officer, OfficerPhone, Station
from src.local_officer.officers.queries import Office
from src.local_officer.officers.words import LANGUAGES, POSTS, RANKS
from src.platform.data.base import localized
from src.platform.data.city_settings import CitySettings
from src.platform.data.tenancy import City
from src.platform.web.i18n import Language


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone to press: what is read, what is dialled."""

    words: str
    tel: str
    short: bool


@dataclass(frozen=True, slots=True)
class ShownStation:
    """A station as the public may see it."""

    name: str
    address: str
    phone: Phone | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class ShownOfficer:
    """An officer as the public may see them. ``photo`` is the path of the picture, empty when there is none to show."""

    id: UUID
    name: str
    title: str
    post: str
    code: str
    email: str
    phones: tuple[Phone, ...]
    languages: tuple[str, ...]
    language_codes: tuple[str, ...]
    station: ShownStation | None
    photo: str
    confirmed_at: datetime | None
    stale: bool
    anonymous: bool


def phone_of(number: str, *, short: bool) -> Phone:
    """A number as people read it: short codes as they are, ordinary ones in the national format."""
    if short:
        return Phone(number, number, short=True)
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return Phone(number, number, short=False)
    kind = phonenumbers.PhoneNumberFormat.NATIONAL if parsed.country_code == 380 else phonenumbers.PhoneNumberFormat.INTERNATIONAL  # noqa: PLR2004
    return Phone(phonenumbers.format_number(parsed, kind), number, short=False)


def any_phone(number: str) -> Phone | None:
    """The phone of a station, ordinary or short; none when there is none."""
    return phone_of(number, short=not number.startswith("+")) if number else None


def photo_key(officer: Officer) -> str:
    """Where the photo lies in the city's store."""
    if officer.photo_at is None:
        raise LookupError("no photo")
    return f"officers/{officer.id}-{int(officer.photo_at.timestamp())}.jpg"


def photo_path(officer: Officer, options: CitySettings) -> str:
    """The path of the photo, or nothing when there is none or the city hides it."""
    if officer.photo_at is None or options.hide_photos or options.hide_names:
        return ""
    return f"/office/officers/{officer.id}/photo-{int(officer.photo_at.timestamp())}.jpg"


def title_of(officer: Officer, language: Language) -> str:
    """«капітан поліції, дільничний офіцер поліції»."""
    words = [RANKS.get(officer.rank, ""), POSTS.get(officer.post, "")]
    return ", ".join(language.gettext(word) for word in words if word)


def name_of(officer: Officer, options: CitySettings, language: Language) -> str:
    """The name, or rank and service number where the city hides names."""
    if not options.hide_names:
        return localized(officer.name, language.code)
    rank = language.gettext(RANKS[officer.rank]) if officer.rank in RANKS else language.gettext(POSTS["officer"])
    return f"{rank[:1].upper()}{rank[1:]} № {officer.code}"


def shown_station(station: Station | None, options: CitySettings, language: Language) -> ShownStation | None:
    """A station without what the city hides."""
    if station is None:
        return None
    hidden = options.hide_places
    return ShownStation(
        name=localized(station.name, language.code),
        address="" if hidden else localized(station.address, language.code),
        phone=any_phone(station.phone),
        lon=None if hidden else station.lon,
        lat=None if hidden else station.lat,
    )


def shown_officer(source: Office, officer: Officer, *, city: City, language: Language, now: datetime) -> ShownOfficer:
    """An officer without what the city hides."""
    options = city.options
    old = now - timedelta(days=options.office_confirm_days)
    return ShownOfficer(
        id=officer.id,
        name=name_of(officer, options, language),
        title=title_of(officer, language),
        post=language.gettext(POSTS[officer.post]) if officer.post in POSTS else "",
        code=officer.code,
        email="" if options.hide_names else officer.email,
        phones=tuple(phones_shown(source.phones.get(officer.id, []))),
        languages=tuple(language.gettext(LANGUAGES[code]) for code in officer.languages if code in LANGUAGES),
        language_codes=tuple(officer.languages),
        station=shown_station(source.station.get(officer.station_id) if officer.station_id else None, options, language),
        photo=photo_path(officer, options),
        confirmed_at=officer.confirmed_at,
        stale=officer.confirmed_at is None or officer.confirmed_at < old,
        anonymous=options.hide_names,
    )


def phones_shown(phones: list[OfficerPhone]) -> list[Phone]:
    """Duty phones in their order."""
    return [phone_of(phone.number, short=phone.kind == "short") for phone in phones]
