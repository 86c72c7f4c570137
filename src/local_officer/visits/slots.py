"""Slots inside reception hours: pure. Instants are aware; a slot is as long as the city says, the rest of a reception is not one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from src.local_officer.office_hours.times import Reception
from src.platform.data.city_settings import CitySettings

NOTICE = timedelta(hours=1)
"""A visit cannot be booked for what begins sooner: the officer must have time to see it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which somebody can come, and how many more."""

    reception: Reception
    starts_at: datetime
    ends_at: datetime
    free: int


Stay = tuple[datetime, datetime]
"""From when until when a visit that stands lasts."""


def slots(receptions: Iterable[Reception], options: CitySettings, taken: Collection[Stay], *, now: datetime) -> list[Slot]:
    """The slots of some receptions with room, in order of time. ``taken`` are the visits that stand.

    A visit takes the time it lasts, not only the slot it began with: hours, and the length that a city chose, may have changed
    since it was booked. All is counted in UTC, since local times go wrong where the clock changes.
    """
    length = timedelta(minutes=options.visit_minutes)
    found: dict[datetime, Slot] = {}
    for one in receptions:
        zone = one.starts_at.tzinfo
        if one.day > now.astimezone(zone).date() + timedelta(days=options.visit_days_ahead):
            continue
        starts, until = one.starts_at.astimezone(UTC), one.ends_at.astimezone(UTC)
        while starts + length <= until:
            free = options.visit_capacity - busiest(taken, starts, starts + length)
            if free > 0 and starts - now >= NOTICE:
                found.setdefault(starts, Slot(one, starts.astimezone(zone), (starts + length).astimezone(zone), free))
            starts += length
    return [found[starts] for starts in sorted(found)]


def busiest(taken: Iterable[Stay], since: datetime, until: datetime) -> int:
    """How many visits there are at the same moment, at most, in a stretch of time."""
    inside = [(starts, ends) for starts, ends in taken if starts < until and ends > since]
    moments = {since, *(starts for starts, _ in inside if starts > since)}
    return max(sum(starts <= moment < ends for starts, ends in inside) for moment in moments)


def slot_at(found: Iterable[Slot], starts_at: datetime) -> Slot | None:
    """The slot that starts at a moment. Compared in UTC: in the hour that October has twice, a time with a zone equals no time
    with an offset (PEP 495)."""  # noqa: D209
    moment = starts_at.astimezone(UTC)
    return next((slot for slot in found if slot.starts_at.astimezone(UTC) == moment), None)


def seat_for(taken: Collection[int], capacity: int) -> int | None:
    """The first seat of a slot that nobody has, or none."""
    return next((seat for seat in range(1, capacity + 1) if seat not in taken), None)
