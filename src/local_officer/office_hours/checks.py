"""What is wrong with hours as they were typed: pure, each fault with its field. Days and times are the city's zone."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.office_hours.times import falls_on
from src.platform.data.city_settings import CitySettings

PLACE_AT_MOST = 200
LOOKED_AHEAD = timedelta(days=800)
"""Two patterns of the same weekday that ever meet do so within two years."""
LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: a code, and the values that its sentence names."""

    code: str
    values: dict[str, str]


Faults = dict[str, Fault]


@dataclass(frozen=True, slots=True)
class RuleTyped:
    """A rule as somebody typed it; none for what could not be read."""

    weekday: int | None
    starts: time | None
    ends: time | None
    pattern: str
    reception: str
    station_id: UUID | None
    place: str
    valid_from: date | None
    valid_to: date | None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class ExceptionTyped:
    """An exception as somebody typed it."""

    day: date | None
    kind: str
    starts: time | None
    ends: time | None
    reception: str
    station_id: UUID | None
    place: str
    stand_in_id: UUID | None
    lon: float | None = None
    lat: float | None = None


def fault(code: str, **values: object) -> Fault:
    """A fault with its values as words."""
    return Fault(code, {key: str(value) for key, value in values.items()})


def in_curfew(starts: time, ends: time, options: CitySettings) -> bool:
    """Whether hours touch the city's curfew, which may go over midnight."""
    begin, end = options.curfew_from, options.curfew_to
    if begin is None or end is None or begin == end:
        return False
    if begin < end:
        return starts < end and ends > begin
    return starts < end or ends > begin


def check_interval(starts: time | None, ends: time | None, options: CitySettings) -> Faults:
    """Both ends there, in order, outside the curfew."""
    found: Faults = {}
    if starts is None:
        found["starts"] = fault("no_start")
    if ends is None:
        found["ends"] = fault("no_end")
    if starts is None or ends is None:
        return found
    if ends <= starts:
        return {"ends": fault("end_before_start", starts=f"{starts:%H:%M}")}
    if in_curfew(starts, ends, options):
        begin, end = options.curfew_from, options.curfew_to
        return {"starts": fault("curfew", begin=f"{begin:%H:%M}", end=f"{end:%H:%M}")}
    return found


def check_place(reception: str, station_id: UUID | None, place: str) -> Faults:
    """Somewhere to come to, unless one is received by phone."""
    if len(place) > PLACE_AT_MOST:
        return {"place": fault("place_too_long", limit=PLACE_AT_MOST)}
    if reception != "phone" and station_id is None and not place:
        return {"place": fault("no_place")}
    if reception != "phone" and station_id is not None and place:
        return {"place": fault("two_places")}
    return {}


def overlap(starts: time, ends: time, others_start: time, others_end: time) -> bool:
    """Whether two intervals share a moment; touching ends do not."""
    return starts < others_end and others_start < ends


def meet(one: HoursRule, other: HoursRule, since: date) -> date | None:
    """The first day, from one on, on which both rules hold at a common moment, or none."""
    if one.weekday != other.weekday or not overlap(one.starts, one.ends, other.starts, other.ends):
        return None
    first = max(one.valid_from, other.valid_from, since)
    last = min(filter(None, (one.valid_to, other.valid_to, first + LOOKED_AHEAD)))
    day = first + timedelta(days=(one.weekday - first.weekday()) % 7)
    while day <= last:
        if falls_on(one, day) and falls_on(other, day):
            return day
        day += timedelta(days=7)
    return None


def check_rule(  # noqa: C901  one rule after the other
    typed: RuleTyped,
    others: Iterable[HoursRule],
    options: CitySettings,
    *,
    today: date,
    began: date | None = None,
    exceptions: Iterable[HoursException] = (),
) -> Faults:
    """What is wrong with a weekly rule. ``others`` are the officer's other rules, ``exceptions`` their days that differ; ``began``
    is since when the changed one holds."""  # noqa: D209
    found = check_interval(typed.starts, typed.ends, options)
    found |= check_place(typed.reception, typed.station_id, typed.place)
    if typed.weekday is None:
        found["weekday"] = fault("no_weekday")
    if typed.valid_from is None:
        found["valid_from"] = fault("no_first_day")
    elif typed.valid_from < today and typed.valid_from != began:
        found["valid_from"] = fault("past")
    elif typed.valid_from > today + LONGEST:
        found["valid_from"] = fault("too_far")
    if typed.valid_to is not None and typed.valid_from is not None:
        if typed.valid_to < typed.valid_from:
            found["valid_to"] = fault("last_before_first")
        elif typed.valid_to < today:
            found["valid_to"] = fault("past")
    if found:
        return found
    draft = HoursRule(
        weekday=typed.weekday,
        starts=typed.starts,
        ends=typed.ends,
        pattern=typed.pattern,
        valid_from=typed.valid_from,
        valid_to=typed.valid_to,
    )
    for other in others:
        day = meet(draft, other, today)
        if day is not None:
            return {"starts": overlapping(other, day)}
    return on_extra_hours(draft, list(exceptions), today)


def on_extra_hours(draft: HoursRule, exceptions: Collection[HoursException], today: date) -> Faults:
    """Whether a rule would hold at the extra hours of a day on which it is not set aside."""
    aside = {one.day for one in exceptions if one.kind in {"closed", "replaced"}}
    for one in exceptions:
        if one.kind != "extra" or one.day in aside or one.day < today or one.starts is None or one.ends is None:
            continue
        if falls_on(draft, one.day) and overlap(draft.starts, draft.ends, one.starts, one.ends):
            return {"starts": overlapping(one, one.day)}
    return {}


def overlapping(other: HoursRule | HoursException, day: date) -> Fault:
    """That there are other hours at that time."""
    return fault("overlap", starts=f"{other.starts:%H:%M}", ends=f"{other.ends:%H:%M}", day=day.isoformat())


def check_exception(  # noqa: C901, PLR0911, PLR0912  one rule after the other
    typed: ExceptionTyped,
    same_day: Iterable[HoursException],
    rules: Iterable[HoursRule],
    options: CitySettings,
    *,
    today: date,
) -> Faults:
    """What is wrong with one day's exception. ``same_day`` are the officer's other exceptions of that day."""
    if typed.day is None:
        return {"day": fault("no_day")}
    if typed.day < today:
        return {"day": fault("past")}
    if typed.day > today + LONGEST:
        return {"day": fault("too_far")}
    there = list(same_day)
    kinds = {one.kind for one in there}
    if typed.kind == "closed" and "closed" in kinds:
        return {"day": fault("closed_already")}
    if typed.kind in {"replaced", "stand_in"} and "closed" in kinds:
        return {"day": fault("closed_that_day")}
    if typed.kind == "closed" and kinds & {"replaced", "stand_in"}:
        return {"kind": fault("other_that_day")}
    receives = [rule for rule in rules if falls_on(rule, typed.day)]
    if typed.kind == "closed" and not receives:
        return {"day": fault("nothing_that_day")}
    if typed.kind == "stand_in":
        if "stand_in" in kinds:
            return {"day": fault("stand_in_already")}
        if not receives and "replaced" not in kinds:
            return {"day": fault("nothing_that_day")}
        return {} if typed.stand_in_id is not None else {"stand_in": fault("no_stand_in")}
    if typed.kind == "closed":
        return {}
    found = check_interval(typed.starts, typed.ends, options) | check_place(typed.reception, typed.station_id, typed.place)
    if found or typed.starts is None or typed.ends is None:
        return found
    busy: list[HoursRule | HoursException] = [one for one in there if one.kind in {"replaced", "extra"}]
    if typed.kind == "extra" and "replaced" not in kinds and "closed" not in kinds:
        busy += receives
    for other in busy:
        if other.starts and other.ends and overlap(typed.starts, typed.ends, other.starts, other.ends):
            return {"starts": overlapping(other, typed.day)}
    return {}
