"""An officer's hours and meetings as an iCalendar feed (RFC 5545) that Thunderbird, Google and Apple subscribe to.

A weekly rule is one event that recurs; days on which something is different are taken out of it (EXDATE) and, where there is
a reception all the same, come as events of their own. So the occurrences are exactly those of ``times.receptions``.
UIDs are made of the ids of rows: the same from one fetch to the next.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDDDTypes, vRecur

from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.office_hours.times import Reception, at, days_between, falls_on, receptions
from src.local_officer.officers.models import Absence, Announcement

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MONTHLY = {"first": "1", "second": "2", "third": "3", "fourth": "4", "last": "-1"}
AHEAD = timedelta(days=400)
"""How far ahead days on which the city closes are taken out; exceptions and absences are, however far."""
FIRST_AFTER = timedelta(days=62)
"""A rule's first day is at most two months after it begins to hold."""
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
CLOCKS_KNOWN = date(1997, 1, 1)
"""Since then the clocks of Ukraine change as they do now."""

Happening = dict[date, list[Reception]]


@dataclass(frozen=True, slots=True)
class Said:
    """What an event says: a line, and where (empty: nowhere)."""

    summary: str
    location: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """Everything a feed is made of. ``said`` gives the words of a reception, ``meeting_said`` those of a meeting."""

    name: str
    url: str
    host: str
    officer_id: UUID
    zone: ZoneInfo
    rules: Sequence[HoursRule]
    exceptions: Sequence[HoursException]
    absences: Sequence[Absence]
    meetings: Sequence[Announcement]
    closed_days: Collection[date]
    said: Callable[[Reception], Said]
    meeting_said: Callable[[Announcement], Said]
    now: datetime


def calendar(feed: Feed) -> bytes:
    """The feed as ``text/calendar``."""
    found = Calendar()
    found.add("prodid", "-//Vzaiemodiia//Local officer//EN")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    found.add("name", feed.name)
    found.add("x-wr-calname", feed.name)
    found.add("x-wr-timezone", feed.zone.key)
    found.add("url", feed.url)
    found.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", timedelta(hours=12))
    different = different_days(feed)
    happening = really(feed, different)
    for rule in feed.rules:
        if (event := recurring(feed, rule, happening)) is not None:
            found.add_component(event)
    for event in single(feed, happening):
        found.add_component(event)
    for meeting in feed.meetings:
        if meeting.starts_at is not None:
            found.add_component(gathering(feed, meeting))
    found.add_missing_timezones(first_date=zone_since(feed))
    return bytes(found.to_ical())


def zone_since(feed: Feed) -> date:
    """From when the zone's clock changes are told: a year before anything happens, not back to the clocks of 1970."""
    first = min([feed.now.date(), *(rule.valid_from for rule in feed.rules), *(one.day for one in feed.exceptions)])
    return max(first - timedelta(days=366), CLOCKS_KNOWN)


def different_days(feed: Feed) -> set[date]:
    """Days of which the rules alone do not say what happens."""
    found = {one.day for one in feed.exceptions if one.officer_id == feed.officer_id}
    for absence in feed.absences:
        if absence.officer_id == feed.officer_id:
            found |= set(days_between(absence.first_day, absence.last_day))
    return found | set(feed.closed_days)


def really(feed: Feed, days: set[date]) -> Happening:
    """What really happens on some days, which may lie apart."""
    found: Happening = {day: [] for day in sorted(days)}
    if not days:
        return found
    for one in receptions(
        feed.rules,
        feed.exceptions,
        feed.absences,
        officer_id=feed.officer_id,
        first_day=min(days),
        last_day=max(days),
        zone=feed.zone,
        closed_days=feed.closed_days,
    ):
        if one.day in found:
            found[one.day].append(one)
    return found


def recurring(feed: Feed, rule: HoursRule, happening: Happening) -> Event | None:
    """A rule as one event that recurs; none when it never holds."""
    until = rule.valid_to
    last_looked = min(until, rule.valid_from + FIRST_AFTER) if until else rule.valid_from + FIRST_AFTER
    first = next((day for day in days_between(rule.valid_from, last_looked) if falls_on(rule, day)), None)
    if first is None:
        return None
    left_out = [
        day
        for day, there in happening.items()
        if falls_on(rule, day) and not any(one.source_id == rule.id and not one.stand_in for one in there)
    ]
    one = Reception(
        feed.officer_id,
        feed.officer_id,
        at(first, rule.starts, feed.zone),
        at(first, rule.ends, feed.zone),
        rule.reception,
        rule.station_id,
        rule.place,
        rule.lon,
        rule.lat,
        rule.id,
    )
    event = event_of(feed, f"rule-{rule.id}", one.starts_at, one.ends_at, feed.said(one), rule.changed_at)
    event.add("rrule", recurrence(rule, feed.zone))
    for day in left_out:
        event.add("exdate", at(day, rule.starts, feed.zone))
    return event


def recurrence(rule: HoursRule, zone: ZoneInfo) -> vRecur:
    """The pattern as RRULE; the last day as UNTIL in UTC (RFC 5545, 3.3.10)."""
    day = WEEKDAYS[rule.weekday]
    parts: dict[str, Any]
    if rule.pattern in MONTHLY:
        parts = {"FREQ": "MONTHLY", "BYDAY": MONTHLY[rule.pattern] + day}
    else:
        parts = {"FREQ": "WEEKLY", "BYDAY": day, "WKST": "MO"}
        if rule.pattern == "fortnightly":
            parts["INTERVAL"] = 2
    if rule.valid_to is not None:
        parts["UNTIL"] = datetime.combine(rule.valid_to, time(23, 59, 59), zone).astimezone(UTC)
    return vRecur(parts)


def single(feed: Feed, happening: Happening) -> list[Event]:
    """Receptions of days that are different, each as an event of its own."""
    changed = {rule.id: rule.changed_at for rule in feed.rules} | {one.id: one.changed_at for one in feed.exceptions}
    ruled = {rule.id for rule in feed.rules}
    found = []
    for day, there in happening.items():
        for one in there:
            if one.source_id in ruled and not one.stand_in:
                continue  # it is an occurrence of the rule's event
            uid = f"day-{one.source_id}-{day:%Y%m%d}"
            found.append(event_of(feed, uid, one.starts_at, one.ends_at, feed.said(one), changed.get(one.source_id, feed.now)))
    return found


def gathering(feed: Feed, meeting: Announcement) -> Event:
    """A meeting; one that was called off stays in the feed as such."""
    if meeting.starts_at is None or meeting.ends_at is None:
        raise ValueError(f"{meeting.id} is no meeting")
    starts, ends = meeting.starts_at.astimezone(feed.zone), meeting.ends_at.astimezone(feed.zone)
    event = event_of(feed, f"meeting-{meeting.id}", starts, ends, feed.meeting_said(meeting), meeting.changed_at)
    event.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    return event


def event_of(feed: Feed, uid: str, starts: datetime, ends: datetime, said: Said, changed_at: datetime) -> Event:
    """An event with what all of them have; the sequence grows with each change."""
    event = Event()
    event.add("uid", f"{uid}@{feed.host}")
    event.add("dtstamp", changed_at.astimezone(UTC))
    event.add("last-modified", changed_at.astimezone(UTC))
    event.add("sequence", max(0, int((changed_at - EPOCH).total_seconds())))
    event["dtstart"] = vDDDTypes(starts)
    event["dtend"] = vDDDTypes(ends)
    event.add("summary", said.summary)
    if said.location:
        event.add("location", said.location)
    if said.description:
        event.add("description", said.description)
    event.add("url", feed.url)
    event.add("transp", "TRANSPARENT")
    return event
