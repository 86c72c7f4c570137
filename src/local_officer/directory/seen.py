"""Beats, officers and stations as pages show them: in the reader's language, without what the city hides."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from src.local_officer.office_hours.shown import ShownReception, shown_reception
from src.local_officer.office_hours.times import Reception, Status
from src.local_officer.officers import shown
from src.local_officer.officers.office import BeatHere, Office, OfficerHere, Serving, StationHere
from src.local_officer.officers.shown import ShownPhone, ShownStation
from src.platform.data.base import localized
from src.platform.web.here import Here
from src.tenants.cities.catalogue import Catalogue

NUMBER = re.compile(r"(№|No\.) (?=\d)")
"""No line breaks between the sign and the number."""
NOTHING_KNOWN = Status(None, None)


@dataclass(frozen=True, slots=True)
class OfficerSeen:
    """An officer in a list or on their page. ``instead_of`` and ``until`` are of one who stands in, ``back_on`` of one away."""

    id: UUID
    url: str
    name: str
    title: str
    code: str
    phones: list[ShownPhone]
    email: str
    languages: list[str]
    photo_url: str
    instead_of: str = ""
    until: date | None = None
    away: bool = False
    back_on: date | None = None
    now: ShownReception | None = None
    next: ShownReception | None = None


@dataclass(frozen=True, slots=True)
class BeatSeen:
    """A beat with who serves it today; ``station`` answers where nobody does. ``vacant``: nobody is there today."""

    id: UUID
    number: str
    url: str
    name: str
    district: str
    official: bool
    officers: list[OfficerSeen]
    vacant: bool
    station: ShownStation | None
    label: tuple[float, float]


def beat_address(number: str) -> str:
    """The path of a beat's page."""
    return f"/office/beats/{quote(number, safe='')}"


def officer_address(officer_id: UUID) -> str:
    """The path of an officer's page."""
    return f"/office/officers/{officer_id}"


def visit_address(officer_id: UUID) -> str:
    """Where the slice of visits has its page for booking one."""
    return f"{officer_address(officer_id)}/visit"


def question_address(officer_id: UUID) -> str:
    """Where asking begins, addressed to this officer."""
    return f"/ask?to={officer_id}"


class Seeing:
    """Shows what an office holds to one reader on one day."""

    def __init__(self, at: Here, source: Office, known: Catalogue, now: datetime) -> None:
        self.at, self.source = at, source
        self.options = at.the_city.options
        self.known = known.into(at.lang)
        self.geography = known.geography
        self.now = now
        self.today = now.astimezone(ZoneInfo(at.the_city.timezone)).date()

    def name(self, row: OfficerHere) -> str:
        """An officer's name, or what stands for it."""
        return shown.officer_name(row, self.options, self.at.lang)

    def officer(self, row: OfficerHere, serving: Serving | None = None, status: Status = NOTHING_KNOWN) -> OfficerSeen:
        """An officer; ``serving`` says in what way they serve the beat that is shown."""
        photo_at = shown.officer_photo(row, self.options)
        replaced = self.source.officer.get(serving.instead_of) if serving and serving.instead_of else None
        absence = serving.absence if serving else self.source.away(row.id, self.today)
        return OfficerSeen(
            id=row.id,
            url=self.at.url(officer_address(row.id)),
            name=self.name(row),
            title=shown.officer_title(row, self.at.lang),
            code=row.code,
            phones=[shown.phone_shown(phone) for phone in row.phones],
            email=shown.officer_email(row, self.options),
            languages=shown.languages_spoken(row, self.at.lang),
            photo_url=f"{officer_address(row.id)}/photo?v={int(photo_at.timestamp())}" if photo_at else "",
            instead_of=self.name(replaced) if replaced else "",
            until=serving.last_day if serving else None,
            away=absence is not None,
            back_on=absence.last_day + timedelta(days=1) if absence else None,
            now=self.reception(status.now),
            next=self.reception(status.next),
        )

    def reception(self, one: Reception | None) -> ShownReception | None:
        """A reception in words."""
        if one is None:
            return None
        return shown_reception(self.source, one, city=self.at.the_city, language=self.at.language)

    def station(self, row: StationHere | None) -> ShownStation | None:
        """A station."""
        return shown.station_shown(row, self.options, self.at.lang) if row else None

    def beat_name(self, row: BeatHere) -> str:
        """A beat's name; its number where it has none."""
        name = localized(row.name, self.at.lang) or self.at._("Дільниця № %(number)s") % {"number": row.number}
        return NUMBER.sub("\\1\u00a0", name)

    def beat_url(self, row: BeatHere) -> str:
        """The address of a beat's page in the reader's language."""
        return self.at.url(beat_address(row.number))

    def beat(self, row: BeatHere, statuses: Mapping[UUID, Status] | None = None) -> BeatSeen:
        """A beat with those who serve it."""
        serving = self.source.serving(row.id, self.today)
        return BeatSeen(
            id=row.id,
            number=row.number,
            url=self.beat_url(row),
            name=self.beat_name(row),
            district=self.known.district[row.district_id].full if row.district_id in self.known.district else "",
            official=row.official,
            officers=[
                self.officer(self.source.officer[item.officer_id], item, (statuses or {}).get(item.officer_id, NOTHING_KNOWN))
                for item in serving
            ],
            vacant=not any(item.present for item in serving),
            station=self.station(self.source.duty_station(beat=row)),
            label=row.label,
        )

    def officers_of(self, beats: Iterable[BeatHere]) -> list[UUID]:
        """Everybody who serves some beats today."""
        found = [item.officer_id for beat in beats for item in self.source.serving(beat.id, self.today)]
        return list(dict.fromkeys(found))

    def out_of_date(self, row: OfficerHere) -> bool:
        """Whether what is shown of an officer was confirmed too long ago, or never."""
        limit = timedelta(days=self.options.office_confirm_days)
        return row.confirmed_at is None or self.now - row.confirmed_at > limit
