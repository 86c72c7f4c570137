"""What rules, exceptions and absences make of a stretch of days: the only place where reception hours are computed.

Days and times of day are the city's zone; what comes out is aware instants in that zone. A time of day that the clock
change of March leaves out is moved by the gap (02:30 becomes 03:30); one that October has twice means the first.

Which wins, on one day:

1. ``closed`` (or a closed day of the city): nothing but ``extra`` hours;
2. ``replaced``: these hours instead of the rules';
3. ``stand_in``: somebody else receives at the rules' (or the replaced) hours;
4. an absence: nobody receives at any hours, ``extra`` included, unless its stand-in does (``stand_in_receives``) or a
   ``stand_in`` exception of that day names somebody;
5. ``extra`` hours come besides;
6. whoever stands in and is away that day themselves receives nobody, and nobody is looked for instead of them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.officers.models import Absence

NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4}
WEEK = 7


@dataclass(frozen=True, slots=True)
class Reception:
    """One reception. ``receiver_id`` is who receives: the officer, or a stand-in. ``source_id`` is the rule's or the exception's;
    the place is the station's, or ``place`` in words."""  # noqa: D209

    officer_id: UUID
    receiver_id: UUID
    starts_at: datetime
    ends_at: datetime
    reception: str
    station_id: UUID | None
    place: str
    lon: float | None
    lat: float | None
    source_id: UUID
    extra: bool = False

    @property
    def stand_in(self) -> bool:
        """Whether somebody else receives."""
        return self.receiver_id != self.officer_id

    @property
    def day(self) -> date:
        """The day it is on, in the city's zone."""
        return self.starts_at.date()


@dataclass(frozen=True, slots=True)
class Status:
    """What holds at a moment: the reception that is on, else the next one, else neither."""

    now: Reception | None
    next: Reception | None


def days_between(first: date, last: date) -> Iterable[date]:
    """Every day from the first to the last, both included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def falls_on(rule: HoursRule, day: date) -> bool:
    """Whether a rule's pattern and period say this day."""
    if day.weekday() != rule.weekday or day < rule.valid_from or (rule.valid_to is not None and day > rule.valid_to):
        return False
    if rule.pattern == "weekly":
        return True
    if rule.pattern == "fortnightly":
        return (monday_of(day) - monday_of(rule.valid_from)).days % (2 * WEEK) == 0
    if rule.pattern == "last":
        return (day + timedelta(days=WEEK)).month != day.month
    return (day.day - 1) // WEEK + 1 == NTH[rule.pattern]


def at(day: date, moment: time, zone: ZoneInfo) -> datetime:
    """A time of day on a day as an aware moment; one that the clock leaves out is moved by the gap."""
    local = datetime.combine(day, moment, zone)
    return local.astimezone(ZoneInfo("UTC")).astimezone(zone)


def receptions(  # noqa: PLR0913  all that a day depends on
    rules: Iterable[HoursRule],
    exceptions: Iterable[HoursException],
    absences: Iterable[Absence],
    *,
    officer_id: UUID,
    first_day: date,
    last_day: date,
    zone: ZoneInfo,
    closed_days: Collection[date] = frozenset(),
) -> list[Reception]:
    """All receptions of an officer from one day to another, both included, in order of time.

    Of other officers' rows only the absences count, where they stand in; so rows of many may be given. ``closed_days`` are the days on which the city
    closes all offices (public holidays, where it says so).
    """
    own_rules = [rule for rule in rules if rule.officer_id == officer_id]
    absences = list(absences)
    by_day: dict[date, list[HoursException]] = {}
    for exception in exceptions:
        if exception.officer_id == officer_id and first_day <= exception.day <= last_day:
            by_day.setdefault(exception.day, []).append(exception)
    found: list[Reception] = []
    for day in days_between(first_day, last_day):
        different = by_day.get(day, [])
        extra = [one for one in different if one.kind == "extra"]
        sources: list[HoursRule | HoursException] = []
        if day not in closed_days and not any(one.kind == "closed" for one in different):
            replaced = [one for one in different if one.kind == "replaced"]
            sources = [*replaced] if replaced else [rule for rule in own_rules if falls_on(rule, day)]
        named = next((one.stand_in_id for one in different if one.kind == "stand_in"), None)
        receiver, extra_receiver = receivers(officer_id, named, [one for one in absences if one.first_day <= day <= one.last_day])
        if receiver is not None:
            found += [made(source, receiver, day, zone) for source in sources]
        if extra_receiver is not None:
            found += [made(source, extra_receiver, day, zone, extra=True) for source in extra]
    # Of hours that the clock of March swallowed nothing is left.
    return sorted(
        (one for one in found if one.ends_at > one.starts_at), key=lambda one: (one.starts_at, one.ends_at, one.source_id)
    )


def receivers(officer_id: UUID, named: UUID | None, away: Collection[Absence]) -> tuple[UUID | None, UUID | None]:
    """Who receives at an officer's hours and at the ``extra`` ones on a day; ``named`` by the day's exception, ``away`` are the
    absences that the day is in, of anybody."""  # noqa: D209
    own = next((one for one in away if one.officer_id == officer_id), None)
    receiver: UUID | None = named or officer_id
    extra_receiver: UUID | None = officer_id
    if own is not None:
        receiver = extra_receiver = named or (own.stand_in_id if own.stand_in_receives else None)
    gone = {one.officer_id for one in away if one is not own}
    return None if receiver in gone else receiver, None if extra_receiver in gone else extra_receiver


def made(source: HoursRule | HoursException, receiver_id: UUID, day: date, zone: ZoneInfo, *, extra: bool = False) -> Reception:
    """What a rule or an exception makes of a day."""
    if source.starts is None or source.ends is None:
        raise ValueError(f"{source.id} has no hours")
    return Reception(
        officer_id=source.officer_id,
        receiver_id=receiver_id,
        starts_at=at(day, source.starts, zone),
        ends_at=at(day, source.ends, zone),
        reception=source.reception,
        station_id=source.station_id,
        place=source.place,
        lon=source.lon,
        lat=source.lat,
        source_id=source.id,
        extra=extra,
    )


def status_of(found: Iterable[Reception], now: datetime) -> Status:
    """The reception that is on at a moment, and the next one after it; ``found`` may be in any order and hold past ones."""
    on = [one for one in found if one.starts_at <= now < one.ends_at]
    later = [one for one in found if one.starts_at > now]
    return Status(
        now=max(on, key=lambda one: one.ends_at, default=None), next=min(later, key=lambda one: one.starts_at, default=None)
    )
