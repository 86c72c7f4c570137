"""What is wrong with hours as they are typed: exactly where patterns and periods meet, whatever way they are combined."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.local_officer.office_hours.checks import RuleTyped, check_rule, in_curfew, meet
from src.local_officer.office_hours.models import PATTERNS, HoursException, HoursRule
from src.local_officer.office_hours.times import falls_on
from src.platform.data.city_settings import CitySettings
from tests.local_officer.test_times import exception, rule

TODAY = date(2026, 3, 2)


def typed(**changes: Any) -> RuleTyped:
    given_: dict[str, Any] = {
        "weekday": 1, "starts": time(17), "ends": time(19), "pattern": "weekly", "reception": "in_person", "station_id": None,
        "place": "вул. Хорива, 20", "valid_from": TODAY, "valid_to": None,
    }  # fmt: skip
    return RuleTyped(**given_ | changes)


def faults(
    one: RuleTyped, others: Sequence[HoursRule] = (), exceptions: Sequence[HoursException] = (), **options: Any
) -> dict[str, str]:
    began = options.pop("began", None)
    found = check_rule(one, others, CitySettings(**options), today=TODAY, began=began, exceptions=exceptions)
    return {field: fault.code for field, fault in found.items()}


@st.composite
def tuesdays(draw: st.DrawFn) -> HoursRule:
    since = TODAY + timedelta(days=draw(st.integers(-400, 60)))
    until = draw(st.none() | st.integers(0, 120).map(lambda days: max(since, TODAY) + timedelta(days=days)))
    starts = draw(st.integers(8, 18))
    ends = starts + draw(st.integers(1, 4))
    pattern = draw(st.sampled_from(PATTERNS))
    return rule(1, f"{starts:02}:00", f"{ends:02}:00", pattern=pattern, valid_from=since, valid_to=until)


@settings(max_examples=300, deadline=None)
@given(tuesdays(), tuesdays())
def test_two_rules_meet_exactly_when_some_day_from_today_on_has_both(one: HoursRule, other: HoursRule) -> None:
    shared = [
        hour for hour in range(24) if one.starts.hour <= hour < one.ends.hour and other.starts.hour <= hour < other.ends.hour
    ]
    days = (TODAY + timedelta(days=number) for number in range(3 * 366))
    assert meet(one, other, TODAY) == next((day for day in days if shared and falls_on(one, day) and falls_on(other, day)), None)


@pytest.mark.parametrize(
    ("pattern", "other", "meets"),
    [
        ("first", "weekly", True), ("first", "second", False), ("fourth", "last", True), ("first", "last", False),
        ("fortnightly", "third", True), ("fortnightly", "fortnightly", True),
    ],
)  # fmt: skip
def test_a_first_tuesday_meets_every_tuesday_and_no_second_one(pattern: str, other: str, *, meets: bool) -> None:
    found = faults(typed(pattern=pattern), [rule(1, "18:00", "20:00", pattern=other, valid_from=TODAY)])
    assert found == ({"starts": "overlap"} if meets else {})


def test_fortnights_of_the_other_week_do_not_meet() -> None:
    assert (
        faults(typed(pattern="fortnightly"), [rule(1, "17:00", "19:00", pattern="fortnightly", valid_from=date(2026, 3, 9))])
        == {}
    )


def test_hours_that_touch_or_follow_one_another_do_not_overlap() -> None:
    assert faults(typed(), [rule(1, "19:00", "20:00"), rule(1, "15:00", "17:00")]) == {}
    assert faults(typed(valid_from=date(2026, 4, 1)), [rule(1, "17:00", "19:00", valid_to=date(2026, 3, 31))]) == {}


def test_what_met_only_in_the_past_does_not_matter() -> None:
    began = date(2026, 1, 5)
    over = rule(1, "17:00", "19:00", valid_from=began, valid_to=TODAY)
    assert faults(typed(pattern="fortnightly", valid_from=began), [over], began=began) == {}


def test_extra_hours_count_unless_the_day_sets_the_rules_aside() -> None:
    day = date(2026, 3, 10)
    extra = exception(day, "extra", "18:00", "20:00")
    assert faults(typed(), exceptions=[extra]) == {"starts": "overlap"}
    assert faults(typed(), exceptions=[extra, exception(day, "closed")]) == {}
    assert faults(typed(weekday=2), exceptions=[extra]) == {}


def test_a_place_is_one_and_there_is_one() -> None:
    assert faults(typed(place="")) == {"place": "no_place"}
    assert faults(typed(station_id=uuid4())) == {"place": "two_places"}
    assert faults(typed(station_id=uuid4(), place="")) == {}
    assert faults(typed(reception="phone", place="")) == {}
    assert faults(typed(reception="mobile", place="")) == {"place": "no_place"}


@pytest.mark.parametrize(
    ("starts", "ends", "begin", "end", "inside"),
    [
        (4, 6, 0, 5, True), (5, 6, 0, 5, False), (22, 23, 0, 5, False),
        (22, 23, 23, 5, False), (21, 23, 22, 5, True), (4, 6, 22, 5, True), (5, 22, 22, 5, False), (10, 12, None, None, False),
    ],
)  # fmt: skip
def test_a_curfew_may_go_over_midnight(starts: int, ends: int, begin: int | None, end: int | None, *, inside: bool) -> None:
    options = CitySettings(
        curfew_from=None if begin is None else time(begin), curfew_to=None if end is None else time(end)
    )  # fmt: skip
    assert in_curfew(time(starts), time(ends), options) is inside
