"""Slots: which times inside receptions are offered, as pure functions, also on the days on which the clock changes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.local_officer.office_hours.times import Reception
from src.local_officer.visits.slots import NOTICE, Slot, seat_for, slot_at, slots
from src.platform.data.city_settings import CitySettings

KYIV = ZoneInfo("Europe/Kyiv")
OFFICER = uuid4()
LONG_BEFORE = datetime(2026, 3, 1, 9, 0, tzinfo=KYIV)


def options(minutes: int = 20, capacity: int = 1, ahead: int = 60) -> CitySettings:
    return CitySettings(visits=True, visit_minutes=minutes, visit_capacity=capacity, visit_days_ahead=ahead)


def reception(starts_at: datetime, ends_at: datetime, officer_id: UUID = OFFICER) -> Reception:
    return Reception(officer_id, officer_id, starts_at, ends_at, "in_person", None, "", None, None, uuid4())


def kyiv(day: str, moment: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(f"{day}T{moment}").replace(tzinfo=KYIV, fold=fold)


def hours(found: list[Slot]) -> list[str]:
    return [f"{slot.starts_at:%H:%M}–{slot.ends_at:%H:%M}" for slot in found]


def test_a_rest_that_is_shorter_than_a_visit_is_no_slot() -> None:
    one = reception(kyiv("2026-03-10", "17:00"), kyiv("2026-03-10", "17:50"))
    assert hours(slots([one], options(), [], now=LONG_BEFORE)) == ["17:00–17:20", "17:20–17:40"]


@pytest.mark.parametrize(("minutes", "offered"), [(61, True), (60, True), (59, False), (0, False), (-1, False)])
def test_what_begins_in_less_than_an_hour_is_not_offered(minutes: int, offered: bool) -> None:
    one = reception(kyiv("2026-03-10", "17:00"), kyiv("2026-03-10", "17:20"))
    assert bool(slots([one], options(), [], now=one.starts_at - timedelta(minutes=minutes))) is offered


def test_the_day_in_march_that_lacks_an_hour_has_its_slots_in_real_time() -> None:
    one = reception(kyiv("2026-03-29", "02:30"), kyiv("2026-03-29", "05:00"))  # at three o'clock it is four
    assert hours(slots([one], options(30), [], now=LONG_BEFORE)) == ["02:30–04:00", "04:00–04:30", "04:30–05:00"]


def test_the_hour_that_october_has_twice_has_twice_the_slots_and_each_can_be_chosen() -> None:
    one = reception(kyiv("2026-10-25", "02:30"), kyiv("2026-10-25", "04:30"))  # at four o'clock it is three
    found = slots([one], options(30), [], now=datetime(2026, 10, 1, tzinfo=UTC))
    assert [f"{slot.starts_at:%H:%M %z}" for slot in found] == [
        "02:30 +0300", "03:00 +0300", "03:30 +0300", "03:00 +0200", "03:30 +0200", "04:00 +0200",
    ]  # fmt: skip
    for slot in found:
        typed = datetime.fromisoformat(slot.starts_at.isoformat())
        assert slot_at(found, typed) is slot


@pytest.mark.parametrize(
    ("taken", "capacity", "offered"),
    [
        ([("17:00", "17:20")], 1, ["17:20", "17:40"]),
        ([("17:00", "17:20")], 2, ["17:00", "17:20", "17:40"]),
        ([("17:00", "17:20"), ("17:00", "17:20")], 2, ["17:20", "17:40"]),
        ([("17:10", "17:30")], 1, ["17:40"]),  # booked while hours or lengths were others
        ([("17:05", "17:15"), ("17:15", "17:20")], 2, ["17:00", "17:20", "17:40"]),  # one after the other: one at a time
        ([("16:00", "19:00")], 1, []),
    ],
)
def test_a_visit_takes_the_time_it_lasts_and_not_only_the_slot_it_begins_with(
    taken: list[tuple[str, str]], capacity: int, offered: list[str]
) -> None:
    day = "2026-03-10"
    one = reception(kyiv(day, "17:00"), kyiv(day, "18:00"))
    booked = [(kyiv(day, starts).astimezone(UTC), kyiv(day, ends).astimezone(UTC)) for starts, ends in taken]
    found = slots([one], options(capacity=capacity), booked, now=LONG_BEFORE)
    assert [f"{slot.starts_at:%H:%M}" for slot in found] == offered


@pytest.mark.parametrize(
    ("taken", "capacity", "seat"), [([], 1, 1), ([1], 1, None), ([2], 2, 1), ([1, 3], 3, 2), ([1, 2], 2, None)]
)
def test_the_first_free_seat(taken: list[int], capacity: int, seat: int | None) -> None:
    assert seat_for(taken, capacity) == seat


moments = st.integers(0, 230 * 24 * 60).map(lambda minutes: datetime(2026, 3, 20, tzinfo=UTC) + timedelta(minutes=minutes))
lengths = st.integers(1, 60).map(lambda minutes: timedelta(minutes=minutes))


@given(st.lists(st.tuples(moments, st.integers(10, 240)), max_size=4), st.integers(5, 60), st.integers(1, 3), st.data())
def test_a_slot_lies_in_a_reception_lasts_what_the_city_says_and_never_brings_too_many(
    made: list[tuple[datetime, int]], minutes: int, capacity: int, data: st.DataObject
) -> None:
    receptions = [
        reception(starts.astimezone(KYIV), (starts + timedelta(minutes=long)).astimezone(KYIV)) for starts, long in made
    ]
    taken = [
        (starts + timedelta(minutes=data.draw(st.integers(-60, 240))), data.draw(lengths))
        for starts, _ in made
        for _ in range(data.draw(st.integers(0, 3)))
    ]
    booked = [(starts, starts + long) for starts, long in taken]
    now = data.draw(moments)
    found = slots(receptions, options(minutes, capacity, 60), booked, now=now)
    assert found == sorted(found, key=lambda slot: slot.starts_at.astimezone(UTC))
    assert len({slot.starts_at.astimezone(UTC) for slot in found}) == len(found)
    for slot in found:
        starts, ends = slot.starts_at.astimezone(UTC), slot.ends_at.astimezone(UTC)
        assert ends - starts == timedelta(minutes=minutes)
        assert any(one.starts_at.astimezone(UTC) <= starts and ends <= one.ends_at.astimezone(UTC) for one in receptions)
        assert starts - now >= NOTICE
        busiest = max(
            sum(since <= minute < until for since, until in booked)
            for minute in (starts + timedelta(minutes=number) for number in range(minutes))
        )
        assert slot.free == capacity - busiest > 0
