"""Two working days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from src.local_officer.asking_officer.working_days import due_day

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize(
    ("since", "due"),
    [
        ("2026-11-23T10:00+02:00", date(2026, 11, 25)),
        ("2026-11-26T10:00+02:00", date(2026, 11, 30)),
        ("2026-11-27T23:59+02:00", date(2026, 12, 1)),
        ("2026-11-28T10:00+02:00", date(2026, 12, 1)),
        ("2026-11-29T10:00+02:00", date(2026, 12, 1)),
        ("2026-11-23T22:30+00:00", date(2026, 11, 26)),
    ],
)
def test_weekends_and_the_day_it_came_do_not_count(since: str, due: date) -> None:
    assert due_day(datetime.fromisoformat(since), zone=KYIV, is_holiday=lambda _: False) == due


def test_holidays_move_the_term() -> None:
    since = datetime.fromisoformat("2026-12-23T10:00+02:00")
    assert due_day(since, zone=KYIV, is_holiday=lambda day: day == date(2026, 12, 25)) == date(2026, 12, 28)


def test_a_city_may_work_on_other_days() -> None:
    friday = datetime.fromisoformat("2026-11-27T10:00+02:00")
    assert due_day(friday, zone=KYIV, is_holiday=lambda _: False, works_on=range(6)) == date(2026, 11, 30)
    assert due_day(friday, zone=KYIV, is_holiday=lambda _: False, works_on=(1,)) == date(2026, 12, 8)
