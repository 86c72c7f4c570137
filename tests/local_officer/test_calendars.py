"""The calendar feed, read back by an independent library: the same occurrences, whatever rules, exceptions and absences."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from src.local_officer.feeds.calendars import Feed, Said, calendar
from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.office_hours.times import receptions
from src.local_officer.officers.models import Absence, Announcement
from tests.local_officer.test_times import (
    FIRST,
    KYIV,
    LAST,
    ME,
    absence,
    absences_,
    exception,
    exceptions_,
    rule,
    rules_,
    some_days,
)

CHANGED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def feed(
    rules: Sequence[HoursRule],
    exceptions: Sequence[HoursException] = (),
    absences: Sequence[Absence] = (),
    meetings: Sequence[Announcement] = (),
    closed: Collection[date] = (),
) -> bytes:
    for rule_ in rules:
        rule_.changed_at = CHANGED
    for one in exceptions:
        one.changed_at = CHANGED
    return calendar(
        Feed(
            name="Прийом: Ірина Мельник",
            url="https://kyiv.vz.example/office/officers/1",
            host="kyiv.vz.example",
            officer_id=ME,
            zone=KYIV,
            rules=rules,
            exceptions=exceptions,
            absences=absences,
            meetings=meetings,
            closed_days=closed,
            said=lambda one: Said("Прийом", one.place, "за вас приймає інший" if one.stand_in else ""),
            meeting_said=lambda one: Said(one.words, one.place),
            now=CHANGED,
        )
    )


def read_back(data: bytes) -> list[tuple[datetime, datetime]]:
    events = recurring_ical_events.of(Calendar.from_ical(data)).between(FIRST, LAST + timedelta(days=1))
    return sorted((event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC)) for event in events)


def by_day(one: HoursRule | HoursException) -> bool:
    """Not in the hour that the clock change swallows: whether it is there at all, libraries see differently."""
    return one.starts is None or one.ends is None or one.starts.hour >= 5


@settings(max_examples=120, deadline=None)
@given(
    st.lists(rules_().filter(by_day), max_size=5),
    st.lists(exceptions_().filter(by_day), max_size=5, unique_by=lambda one: (one.day, one.kind)),
    st.lists(absences_(), max_size=3, unique_by=lambda one: one.officer_id),
    st.sets(some_days, max_size=2),
)
def test_another_library_reads_the_same_occurrences(
    rules: list[HoursRule], exceptions: list[HoursException], absences: list[Absence], closed: set[date]
) -> None:
    ours = receptions(rules, exceptions, absences, officer_id=ME, first_day=FIRST, last_day=LAST, zone=KYIV, closed_days=closed)
    expected = sorted((one.starts_at.astimezone(UTC), one.ends_at.astimezone(UTC)) for one in ours)
    assert read_back(feed(rules, exceptions, absences, closed=closed)) == expected


def test_across_both_clock_changes_the_time_on_the_wall_stays() -> None:
    found = Calendar.from_ical(feed([rule(1, "17:00", "19:00")]))
    year = recurring_ical_events.of(found).between(date(2026, 1, 5), date(2027, 1, 5))
    assert len(year) == 52
    assert {event["DTSTART"].dt.strftime("%H:%M %Z") for event in year} == {"17:00 EET", "17:00 EEST"}


def test_the_zone_is_told_as_it_is_now_and_for_years_ahead() -> None:
    found = Calendar.from_ical(feed([rule(1, "17:00", "19:00")]))
    (zone,) = found.walk("VTIMEZONE")
    names = {str(part["TZNAME"]) for part in zone.subcomponents}
    assert (str(zone["TZID"]), names) == ("Europe/Kyiv", {"EET", "EEST"})
    later = recurring_ical_events.of(found).between(date(2035, 1, 1), date(2036, 1, 1))
    assert {event["DTSTART"].dt.strftime("%H:%M %z") for event in later} == {"17:00 +0200", "17:00 +0300"}


def test_the_zone_is_told_and_uids_stay_from_fetch_to_fetch() -> None:
    rules = [rule(1, "17:00", "19:00"), rule(0, "10:00", "12:00", pattern="last")]
    away = [absence(date(2026, 3, 9), date(2026, 3, 15), receives=True)]
    first, second = feed(rules, [], away), feed(rules, [], away)
    assert first == second
    text = first.decode()
    assert "BEGIN:VTIMEZONE" in text
    assert "TZID:Europe/Kyiv" in text
    assert text.count("RRULE") == text.count("RRULE:FREQ")
    assert "BYDAY=-1MO" in text
    assert "EXDATE;TZID=Europe/Kyiv:20260310T170000" in text
    uids = [line for line in text.splitlines() if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == 3
    assert f"UID:day-{rules[0].id}-20260310@kyiv.vz.example" in text.replace("\r\n ", "")


def test_the_last_day_of_a_rule_is_told_in_utc() -> None:
    text = feed([rule(1, "17:00", "19:00", valid_to=date(2026, 3, 31))]).decode()
    assert "UNTIL=20260331T205959Z" in text
    assert len(read_back(feed([rule(1, "17:00", "19:00", valid_to=date(2026, 3, 31))]))) == 5


def test_meetings_come_along_and_one_that_was_called_off_says_so() -> None:
    starts = datetime(2026, 3, 12, 18, 0, tzinfo=KYIV)
    meeting = Announcement(
        id=uuid4(), officer_id=ME, kind="meeting", words="Зустріч, сквер; безпека", place="школа № 5",
        starts_at=starts, ends_at=starts + timedelta(hours=1), shown_until=date(2026, 3, 12), created_at=CHANGED,
        changed_at=CHANGED, cancelled_at=None,
    )  # fmt: skip
    event: Any = Calendar.from_ical(feed([], meetings=[meeting])).walk("VEVENT")[0]
    assert (str(event["SUMMARY"]), str(event["STATUS"]), event["DTSTART"].dt) == (meeting.words, "CONFIRMED", starts)
    meeting.cancelled_at = meeting.changed_at = CHANGED + timedelta(hours=1)
    called_off: Any = Calendar.from_ical(feed([], meetings=[meeting])).walk("VEVENT")[0]
    assert (str(called_off["STATUS"]), called_off["UID"]) == ("CANCELLED", event["UID"])
    assert called_off["SEQUENCE"] > event["SEQUENCE"]


def test_a_replaced_day_is_taken_out_of_the_week_and_comes_by_itself() -> None:
    text = feed([rule(1, "17:00", "19:00")], [exception(date(2026, 3, 10), "replaced", "10:00", "11:00")]).decode()
    assert "EXDATE;TZID=Europe/Kyiv:20260310T170000" in text
    assert "DTSTART;TZID=Europe/Kyiv:20260310T100000" in text
