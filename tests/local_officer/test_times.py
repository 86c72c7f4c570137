"""Reception hours: for any set of rules, exceptions and absences the answer equals a slow, obvious reference."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.local_officer.office_hours.models import KINDS, PATTERNS, HoursException, HoursRule
from src.local_officer.office_hours.times import receptions, status_of
from src.local_officer.officers.models import Absence

KYIV = ZoneInfo("Europe/Kyiv")
ME, OTHER, THIRD = uuid4(), uuid4(), uuid4()
FIRST = date(2026, 3, 2)
LAST = date(2026, 4, 26)
"""Eight weeks around the clock change of 29 March 2026."""


def rule(weekday: int, starts: str, ends: str, **changes: Any) -> HoursRule:
    given_: dict[str, Any] = {
        "id": uuid4(), "officer_id": ME, "weekday": weekday, "starts": time.fromisoformat(starts),
        "ends": time.fromisoformat(ends), "pattern": "weekly", "reception": "in_person", "station_id": None,
        "place": "вул. Хорива, 20", "lon": None, "lat": None, "valid_from": date(2026, 1, 5), "valid_to": None,
    }  # fmt: skip
    return HoursRule(**given_ | changes)


def exception(day: date, kind: str, starts: str = "", ends: str = "", **changes: Any) -> HoursException:
    given_: dict[str, Any] = {
        "id": uuid4(), "officer_id": ME, "day": day, "kind": kind, "reception": "in_person", "station_id": None,
        "starts": time.fromisoformat(starts) if starts else None, "ends": time.fromisoformat(ends) if ends else None,
        "place": "", "lon": None, "lat": None, "stand_in_id": OTHER if kind == "stand_in" else None,
    }  # fmt: skip
    return HoursException(**given_ | changes)


def absence(first: date, last: date, *, receives: bool = False, who: UUID = ME) -> Absence:
    return Absence(
        id=uuid4(), officer_id=who, first_day=first, last_day=last, stand_in_id=THIRD if receives else None,
        stand_in_receives=receives,
    )  # fmt: skip


def made(
    rules: list[HoursRule],
    exceptions: Sequence[HoursException] = (),
    absences: Sequence[Absence] = (),
    *,
    first: date = FIRST,
    last: date = LAST,
    closed: Collection[date] = (),
) -> list[tuple[str, str, UUID]]:
    found = receptions(rules, exceptions, absences, officer_id=ME, first_day=first, last_day=last, zone=KYIV, closed_days=closed)
    return [(f"{one.starts_at:%d.%m %H:%M}", f"{one.ends_at:%H:%M}", one.receiver_id) for one in found]


def days(found: list[tuple[str, str, UUID]]) -> list[str]:
    return [day.split()[0] for day, _, _ in found]


# --- the slow, obvious reference ----------------------------------------------------------------


def nth(day: date) -> int:
    return len([one for one in range(1, day.day + 1) if day.replace(day=one).weekday() == day.weekday()])


def says(one: HoursRule, day: date) -> bool:
    if day.weekday() != one.weekday or day < one.valid_from or (one.valid_to and day > one.valid_to):
        return False
    if one.pattern == "fortnightly":
        weeks, at = 0, one.valid_from - timedelta(days=one.valid_from.weekday())
        while at + timedelta(days=7) <= day:
            at, weeks = at + timedelta(days=7), weeks + 1
        return weeks % 2 == 0
    if one.pattern == "last":
        return (day + timedelta(days=7)).month != day.month
    return one.pattern == "weekly" or nth(day) == ["first", "second", "third", "fourth"].index(one.pattern) + 1


def reference(
    rules: list[HoursRule], exceptions: list[HoursException], absences: list[Absence], closed: set[date]
) -> list[tuple[datetime, datetime, UUID]]:
    """Day by day, from the words of the rules; instants by counting minutes from the midnight before."""
    found = []
    day = FIRST
    while day <= LAST:
        today = {kind: [one for one in exceptions if one.day == day and one.kind == kind] for kind in KINDS}
        hours: list[tuple[time | None, time | None]] = [(one.starts, one.ends) for one in rules if says(one, day)]
        if today["replaced"]:
            hours = [(one.starts, one.ends) for one in today["replaced"]]
        if today["closed"] or day in closed:
            hours = []
        besides = [(one.starts, one.ends) for one in today["extra"]]
        who: UUID | None = ME
        away = [one for one in absences if one.first_day <= day <= one.last_day and one.officer_id == ME]
        gone = [one.officer_id for one in absences if one.first_day <= day <= one.last_day and one.officer_id != ME]
        if away:
            who = away[0].stand_in_id if away[0].stand_in_receives else None
        besides_who = who
        if today["stand_in"]:
            who = today["stand_in"][0].stand_in_id
            besides_who = who if away else besides_who
        for several, whose in ((hours, who), (besides, besides_who)):
            for starts, ends in several:
                if whose is not None and whose not in gone and starts and ends and instant(day, ends) > instant(day, starts):
                    found.append((instant(day, starts), instant(day, ends), whose))
        day += timedelta(days=1)
    return sorted(found)


def instant(day: date, moment: time) -> datetime:
    """The first minute of which the clock on the wall shows this time; or, when none does, as if it had not been changed."""
    minute = datetime.combine(day, time(), KYIV).astimezone(UTC)
    for _ in range(26 * 60):
        shown = minute.astimezone(KYIV)
        if (shown.date(), shown.time()) == (day, moment):
            return minute
        minute += timedelta(minutes=1)
    return datetime.combine(day, moment, KYIV).astimezone(UTC)


minutes = st.integers(0, 47).map(lambda half: time(half // 2, half % 2 * 30))
intervals = st.tuples(minutes, minutes).map(sorted).filter(lambda pair: pair[0] < pair[1])
some_days = st.integers(0, (LAST - FIRST).days).map(lambda number: FIRST + timedelta(days=number))


@st.composite
def rules_(draw: st.DrawFn) -> HoursRule:
    starts, ends = draw(intervals)
    since = draw(some_days) - timedelta(days=draw(st.sampled_from([0, 7, 30, 60])))
    until = draw(st.none() | st.integers(0, 40).map(lambda number: since + timedelta(days=number)))
    return rule(
        draw(st.integers(0, 6)), starts.isoformat(), ends.isoformat(),
        pattern=draw(st.sampled_from(PATTERNS)), valid_from=since, valid_to=until,
    )  # fmt: skip


@st.composite
def exceptions_(draw: st.DrawFn) -> HoursException:
    kind = draw(st.sampled_from(KINDS))
    starts, ends = draw(intervals)
    hours = (starts.isoformat(), ends.isoformat()) if kind in {"replaced", "extra"} else ("", "")
    return exception(draw(some_days), kind, *hours)


@st.composite
def absences_(draw: st.DrawFn) -> Absence:
    first, who = draw(some_days), draw(st.sampled_from([ME, OTHER, THIRD]))
    receives = who == ME and draw(st.booleans())
    return absence(first, first + timedelta(days=draw(st.integers(0, 20))), receives=receives, who=who)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(rules_(), max_size=6),
    st.lists(exceptions_(), max_size=6, unique_by=lambda one: (one.day, one.kind)),
    st.lists(absences_(), max_size=3, unique_by=lambda one: one.officer_id),
    st.sets(some_days, max_size=3),
)
def test_any_rules_and_exceptions_give_what_the_reference_gives(
    rules: list[HoursRule], exceptions: list[HoursException], absences: list[Absence], closed: set[date]
) -> None:
    found = receptions(
        rules, exceptions, absences, officer_id=ME, first_day=FIRST, last_day=LAST, zone=KYIV, closed_days=closed
    )  # fmt: skip
    mine = sorted((one.starts_at.astimezone(UTC), one.ends_at.astimezone(UTC), one.receiver_id) for one in found)
    assert mine == reference(rules, exceptions, absences, closed)


# --- each rule in words a reader knows ------------------------------------------------------------


def test_every_week_on_both_sides_of_the_clock_change_at_the_same_time_on_the_wall() -> None:
    found = receptions([rule(1, "17:00", "19:00")], [], [], officer_id=ME, first_day=FIRST, last_day=LAST, zone=KYIV)
    assert {f"{one.starts_at:%H:%M}" for one in found} == {"17:00"}
    assert [one.starts_at.astimezone(UTC).hour for one in found] == [15] * 4 + [14] * 4


def test_a_time_that_march_leaves_out_is_moved_and_one_that_october_has_twice_is_the_first() -> None:
    night = rule(6, "03:30", "04:30")
    in_march = receptions([night], [], [], officer_id=ME, first_day=date(2026, 3, 29), last_day=date(2026, 3, 29), zone=KYIV)
    assert in_march == [], "the hour is not there at all"
    longer = receptions(
        [rule(6, "03:30", "05:00")], [], [], officer_id=ME, first_day=date(2026, 3, 29), last_day=date(2026, 3, 29), zone=KYIV
    )
    assert [(f"{one.starts_at:%H:%M}", f"{one.ends_at:%H:%M}") for one in longer] == [("04:30", "05:00")]
    october = date(2026, 10, 25)
    found = receptions([night], [], [], officer_id=ME, first_day=october, last_day=october, zone=KYIV)
    assert [(one.starts_at.astimezone(UTC).hour, one.ends_at.astimezone(UTC).hour) for one in found] == [(0, 2)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("weekly", ["02.03", "09.03", "16.03", "23.03", "30.03", "06.04", "13.04", "20.04"]),
        ("fortnightly", ["02.03", "16.03", "30.03", "13.04"]),
        ("first", ["02.03", "06.04"]),
        ("second", ["09.03", "13.04"]),
        ("third", ["16.03", "20.04"]),
        ("fourth", ["23.03"]),
        ("last", ["30.03"]),
    ],
)
def test_patterns_of_a_monday(pattern: str, expected: list[str]) -> None:
    assert days(made([rule(0, "10:00", "12:00", pattern=pattern, valid_from=date(2026, 1, 5))])) == expected


def test_several_intervals_of_a_day_come_in_order() -> None:
    tuesday = date(2026, 3, 3)
    found = made([rule(1, "17:00", "19:00"), rule(1, "09:00", "11:00")], first=tuesday, last=tuesday)
    assert [start.split()[1] for start, _, _ in found] == ["09:00", "17:00"]


def test_exceptions_of_each_kind() -> None:
    tuesday, sunday = date(2026, 3, 3), date(2026, 3, 8)
    weekly = [rule(1, "17:00", "19:00")]
    assert made(weekly, [exception(tuesday, "closed")], last=sunday) == []
    assert made(weekly, [exception(tuesday, "replaced", "10:00", "11:00")], last=sunday) == [("03.03 10:00", "11:00", ME)]
    assert made(weekly, [exception(tuesday, "stand_in")], last=sunday) == [("03.03 17:00", "19:00", OTHER)]
    extra = [exception(date(2026, 3, 5), "extra", "10:00", "11:00")]
    assert made(weekly, extra, last=sunday) == [("03.03 17:00", "19:00", ME), ("05.03 10:00", "11:00", ME)]


def test_an_absence_takes_receptions_away_or_gives_them_to_who_stands_in() -> None:
    weekly = [rule(1, "17:00", "19:00")]
    away = (date(2026, 3, 9), date(2026, 4, 26))
    assert days(made(weekly, [], [absence(*away)])) == ["03.03"]
    found = made(weekly, [], [absence(*away, receives=True)])
    assert [receiver for _, _, receiver in found] == [ME] + [THIRD] * 7


def test_a_stand_in_who_is_away_receives_nobody_and_the_others_absence_is_nobodys_elses() -> None:
    weekly, march = [rule(1, "17:00", "19:00")], (date(2026, 3, 9), date(2026, 3, 29))
    sick = absence(date(2026, 3, 16), date(2026, 3, 18), who=THIRD)
    assert days(made(weekly, [], [sick])) == days(made(weekly))
    found = made(weekly, [], [sick, absence(*march, receives=True)], last=date(2026, 3, 29))
    assert [(day.split()[0], who) for day, _, who in found] == [("03.03", ME), ("10.03", THIRD), ("24.03", THIRD)]
    named = made(weekly, [exception(date(2026, 3, 17), "stand_in")], [absence(*march, who=OTHER)])
    assert "17.03" not in days(named)


def test_a_day_on_which_the_city_is_closed_still_has_extra_hours() -> None:
    closed = {date(2026, 3, 3)}
    extra = [exception(date(2026, 3, 3), "extra", "10:00", "11:00")]
    found = made([rule(1, "17:00", "19:00")], extra, closed=closed, last=date(2026, 3, 4))
    assert found == [("03.03 10:00", "11:00", ME)]


def test_what_is_open_now_and_what_comes_next() -> None:
    found = receptions([rule(1, "17:00", "19:00")], [], [], officer_id=ME, first_day=FIRST, last_day=LAST, zone=KYIV)
    during = status_of(found, datetime(2026, 3, 3, 18, 0, tzinfo=KYIV))
    assert during.now and during.now.starts_at == datetime(2026, 3, 3, 17, 0, tzinfo=KYIV)
    assert during.next and during.next.day == date(2026, 3, 10)
    at_the_end = status_of(found, datetime(2026, 3, 3, 19, 0, tzinfo=KYIV))
    assert at_the_end.now is None
    assert status_of(found, datetime(2026, 5, 1, tzinfo=KYIV)).next is None
