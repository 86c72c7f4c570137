"""Slots inside reception hours: pure. Instants are aware; a slot is as long as the city says, the rest of a reception is not one."""

from collections.abc import Collection, Iterable, Mapping
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


def slots(receptions: Iterable[Reception], options: CitySettings, taken: Mapping[datetime, int], *, now: datetime) -> list[Slot]:
    """The slots of some receptions with room, in order of time. ``taken`` counts visits that stand, by when they start (UTC)."""
    length = timedelta(minutes=options.visit_minutes)
    found = []
    for one in receptions:
        starts = one.starts_at.astimezone(UTC)
        while starts + length <= one.ends_at:
            free = options.visit_capacity - taken.get(starts, 0)
            zone = one.starts_at.tzinfo
            last_day = now.astimezone(zone).date() + timedelta(days=options.visit_days_ahead)
            if free > 0 and now + NOTICE <= starts and one.day <= last_day:
                found.append(Slot(one, starts.astimezone(zone), (starts + length).astimezone(zone), free))
            starts += length
    unique = {slot.starts_at.astimezone(UTC): slot for slot in sorted(found, key=lambda slot: slot.starts_at)}
    return list(unique.values())


def slot_at(found: Iterable[Slot], starts_at: datetime) -> Slot | None:
    """The slot that starts at a moment."""
    return next((slot for slot in found if slot.starts_at == starts_at), None)


def seat_for(taken: Collection[int], capacity: int) -> int | None:
    """The first seat of a slot that nobody has, or none."""
    return next((seat for seat in range(1, capacity + 1) if seat not in taken), None)
