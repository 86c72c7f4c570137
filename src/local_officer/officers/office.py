"""A city's offices in memory: officers, beats, streets, stations, and who serves what on a day.

Everything here is of one catalogue revision. Days are the city's; both ends of a period belong to it. What ended more than
a month ago is not here: history is in the tables.
"""

import re
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from src.local_officer.officers.lookup import Beats, Found, Where, is_on_earth
from src.local_officer.officers.streets import Spellings, StreetRow, Streets, bare_of
from src.platform.data.base import Localized
from src.tenants.cities.geography import metres
from src.tenants.cities.spelling import folded

DIGITS = re.compile(r"(\d+)")
WRITTEN_AT_MOST = 4
STAND_INS_AT_MOST = 5
"""A stand-in may be away too, and theirs; somewhere it ends."""


def natural(text: str) -> list[tuple[int, str]]:
    """Sorts «2» before «10», «12» before «12-А»."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in DIGITS.split(text) if part]


@dataclass(frozen=True, slots=True)
class StationHere:
    """A police station."""

    id: UUID
    slug: str
    name: Localized
    address: Localized
    phone: str
    lon: float | None
    lat: float | None
    district_id: UUID | None


@dataclass(frozen=True, slots=True)
class Phone:
    """A duty phone: ``kind`` ordinary or short, ``number`` E.164 or the short code's digits."""

    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class OfficerHere:
    """An officer, with what the public may or may not see of them: ask ``shown`` before showing any of it."""

    id: UUID
    code: str
    account_id: UUID | None
    station_id: UUID | None
    name: Localized
    rank: str
    post: str
    email: str
    languages: tuple[str, ...]
    photo_at: datetime | None
    confirmed_at: datetime | None
    left_on: date | None
    phones: tuple[Phone, ...] = ()

    def serves(self, day: date) -> bool:
        """Whether they have not left by a day."""
        return self.left_on is None or day < self.left_on


@dataclass(frozen=True, slots=True)
class BeatHere:
    """A beat."""

    id: UUID
    number: str
    name: Localized
    shape: BaseGeometry = field(repr=False)
    label: tuple[float, float]
    district_id: UUID | None
    station_id: UUID | None
    official: bool
    retired_on: date | None

    @property
    def boundary(self) -> dict[str, Any]:
        """The shape as GeoJSON."""
        found: dict[str, Any] = mapping(self.shape)
        return found

    def stands(self, day: date) -> bool:
        """Whether there is such a beat on a day."""
        return self.retired_on is None or day < self.retired_on


@dataclass(frozen=True, slots=True)
class AssignmentHere:
    """Who serves a beat, from when, until when."""

    beat_id: UUID
    officer_id: UUID
    first_day: date
    last_day: date | None
    stand_in: bool

    def holds(self, day: date) -> bool:
        """Whether a day is of its period."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class AbsenceHere:
    """An officer is away; ``stand_in_id`` serves their beats meanwhile, if anybody."""

    id: UUID
    officer_id: UUID
    first_day: date
    last_day: date
    stand_in_id: UUID | None
    stand_in_receives: bool


@dataclass(frozen=True, slots=True)
class Serving:
    """One who serves a beat on a day. ``instead_of`` is for whom, ``last_day`` until when; ``absence`` is set for one who is
    away: they are named too, but do not answer now."""  # noqa: D209

    officer_id: UUID
    instead_of: UUID | None = None
    last_day: date | None = None
    absence: AbsenceHere | None = None

    @property
    def present(self) -> bool:
        """Whether they answer for the beat on that day."""
        return self.absence is None


class Office:
    """All of it, by id and by place."""

    def __init__(
        self,
        revision: int,
        *,
        stations: Iterable[StationHere] = (),
        officers: Iterable[OfficerHere] = (),
        beats: Iterable[BeatHere] = (),
        streets: Iterable[StreetRow] = (),
        assignments: Iterable[AssignmentHere] = (),
        absences: Iterable[AbsenceHere] = (),
    ) -> None:
        self.revision = revision
        self.stations = sorted(stations, key=lambda row: natural(row.slug))
        self.officers = list(officers)
        self.beats = sorted(beats, key=lambda row: natural(row.number))
        self.station = {row.id: row for row in self.stations}
        self.officer = {row.id: row for row in self.officers}
        self.beat = {row.id: row for row in self.beats}
        self.beat_by_number = {row.number: row for row in self.beats}
        self.officer_by_code = {row.code: row for row in self.officers}
        self._serving: dict[UUID, list[AssignmentHere]] = defaultdict(list)
        self._served: dict[UUID, list[AssignmentHere]] = defaultdict(list)
        for row in sorted(assignments, key=lambda row: (row.stand_in, row.first_day, row.officer_id)):
            self._serving[row.beat_id].append(row)
            self._served[row.officer_id].append(row)
        self._absences: dict[UUID, list[AbsenceHere]] = defaultdict(list)
        self._replacing: dict[UUID, list[AbsenceHere]] = defaultdict(list)
        for absence in absences:
            self._absences[absence.officer_id].append(absence)
            if absence.stand_in_id:
                self._replacing[absence.stand_in_id].append(absence)
        self._street_rows = list(streets)
        self._written: OrderedDict[str, bytes] = OrderedDict()

    def written(self, name: str, write: Callable[[], bytes]) -> bytes:
        """Something large made out of this copy, kept for as long as the copy is; a few of them, by name."""
        if name not in self._written:
            self._written[name] = write()
            while len(self._written) > WRITTEN_AT_MOST:
                self._written.popitem(last=False)
        return self._written[name]

    @cached_property
    def places(self) -> Beats:
        """The tree of beats."""
        return Beats([(row.id, row.shape) for row in self.beats])

    @cached_property
    def streets(self) -> Streets:
        """The street lists."""
        return Streets(self._street_rows)

    @cached_property
    def streets_of(self) -> dict[UUID, list[StreetRow]]:
        """The streets of each beat."""
        found: dict[UUID, list[StreetRow]] = defaultdict(list)
        for row in self._street_rows:
            found[row.beat_id].append(row)
        return found

    @cached_property
    def _names(self) -> dict[str, list[UUID]]:
        found: dict[str, list[UUID]] = defaultdict(list)
        for row in self.officers:
            for spelling in {bare_of(folded(name)) for name in row.name.values() if name}:
                found[spelling].append(row.id)
        return found

    @cached_property
    def _spelt(self) -> Spellings:
        return Spellings(self._names)

    # --- who ---------------------------------------------------------------------------------

    def away(self, officer_id: UUID, day: date) -> AbsenceHere | None:
        """The absence in which a day is; of several the one that ends last."""
        found = [row for row in self._absences.get(officer_id, ()) if row.first_day <= day <= row.last_day]
        return max(found, key=lambda row: row.last_day, default=None)

    def stand_in(self, absence: AbsenceHere, day: date) -> UUID | None:
        """Who is really there for somebody absent: the stand-in, or where they are away or gone too, theirs."""
        seen = {absence.officer_id}
        current: AbsenceHere | None = absence
        while current is not None and current.stand_in_id and current.stand_in_id not in seen and len(seen) <= STAND_INS_AT_MOST:
            seen.add(current.stand_in_id)
            officer = self.officer.get(current.stand_in_id)
            if officer is None or not officer.serves(day):
                return None
            away = self.away(officer.id, day)
            if away is None:
                return officer.id
            current = away
        return None

    def serving(self, beat_id: UUID, day: date) -> list[Serving]:
        """Who serves a beat on a day: those who are there, then those who stand in, then those who are away.

        Nobody at all, or nobody present: the beat is vacant that day and its station answers.
        """
        there: list[Serving] = []
        instead: list[Serving] = []
        away: list[Serving] = []
        for row in self._serving.get(beat_id, ()):
            officer = self.officer.get(row.officer_id)
            if officer is None or not row.holds(day) or not officer.serves(day):
                continue
            absence = self.away(officer.id, day)
            if absence is None:
                (instead if row.stand_in else there).append(Serving(officer.id, last_day=row.last_day))
                continue
            away.append(Serving(officer.id, last_day=row.last_day, absence=absence))
            if other := self.stand_in(absence, day):
                instead.append(Serving(other, instead_of=officer.id, last_day=absence.last_day))
        present = {item.officer_id for item in there}
        return [*there, *(item for item in instead if item.officer_id not in present), *away]

    def vacant(self, beat_id: UUID, day: date) -> bool:
        """Whether nobody answers for a beat on a day."""
        return not any(item.present for item in self.serving(beat_id, day))

    def beats_of(self, officer_id: UUID, day: date) -> list[BeatHere]:
        """The beats that an officer is assigned on a day, away or not."""
        return self._sorted({row.beat_id for row in self._served.get(officer_id, ()) if row.holds(day)}, day)

    def _sorted(self, held: set[UUID], day: date) -> list[BeatHere]:
        found = [row for beat_id in held if (row := self.beat.get(beat_id)) and row.stands(day)]
        return sorted(found, key=lambda row: natural(row.number))

    def standing_in(self, officer_id: UUID, day: date) -> list[tuple[BeatHere, AbsenceHere]]:
        """The beats that an officer serves for others who are away that day."""
        found = []
        for absence in self._replacing.get(officer_id, ()):
            if absence.first_day <= day <= absence.last_day and self.stand_in(absence, day) == officer_id:
                found += [(beat, absence) for beat in self.beats_of(absence.officer_id, day)]
        return found

    def on_duty(self, day: date) -> list[OfficerHere]:
        """Officers who have not left by a day, in the order of their names."""
        return [row for row in self.officers if row.serves(day)]

    # --- where -------------------------------------------------------------------------------

    def at(self, lon: float, lat: float, day: date, *, in_city: bool) -> Found:
        """What is at a point on a day; ``in_city`` says whether it lies in the city (the districts know)."""
        found = self.places.at(lon, lat, in_city=in_city)
        standing = tuple(beat_id for beat_id in found.beats if self.beat[beat_id].stands(day))
        if standing == found.beats:
            return found
        if not standing:
            return Found(Where.NO_BEAT if in_city else Where.OUTSIDE)
        return Found(found.where if found.where != Where.BORDER or len(standing) > 1 else Where.BEAT, standing)

    def along(self, points: Iterable[tuple[float, float]], day: date) -> list[UUID]:
        """The beats that a line of points goes through, or one point is in."""
        line = [point for point in points if is_on_earth(*point)]
        if not line:
            return []
        shape = shapely.Point(line[0]) if len(line) == 1 else shapely.LineString(line)
        return [beat_id for beat_id in self.places.meeting(shape) if self.beat[beat_id].stands(day)]

    def duty_station(
        self, *, beat: BeatHere | None = None, district_id: UUID | None = None, point: tuple[float, float] | None = None
    ) -> StationHere | None:
        """Who answers where nobody serves: the beat's station, the district's, the nearest one, any."""
        if beat is not None and beat.station_id in self.station:
            return self.station[beat.station_id]
        district_id = district_id or (beat.district_id if beat else None)
        of_district = [row for row in self.stations if district_id and row.district_id == district_id]
        point = point or (beat.label if beat else None)
        among = of_district or self.stations
        if point is not None and len(among) > 1:
            return min(among, key=lambda row: metres(point, (row.lon, row.lat)) if row.lon and row.lat else float("inf"))
        return among[0] if among else None

    # --- by name -----------------------------------------------------------------------------

    def called(self, typed: str, day: date, *, by_name: bool = True, most: int = 10) -> list[OfficerHere]:
        """Officers by service number or, if that may be asked, by a name as somebody types it; the best first."""
        code = "".join(typed.split()).lstrip("№#")
        found = [self.officer_by_code[code].id] if code in self.officer_by_code else []
        if by_name:
            for spelling, _ in self._spelt.like(bare_of(folded(typed))):
                found += self._names[spelling]
        officers = [self.officer[officer_id] for officer_id in dict.fromkeys(found)]
        return [row for row in officers if row.serves(day)][:most]
