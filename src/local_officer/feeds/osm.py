"""Reception hours in the syntax of OpenStreetMap's ``opening_hours`` (wiki.openstreetmap.org/wiki/Key:opening_hours).

First the rules, then, for the days that are known, each day of which the rules alone do not say what happens.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from src.local_officer.office_hours.models import HoursRule
from src.local_officer.office_hours.times import Reception, days_between, falls_on
from src.local_officer.office_hours.words import interval

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NTH = {"first": "[1]", "second": "[2]", "third": "[3]", "fourth": "[4]", "last": "[-1]"}
LONG_YEAR = 53
"""Weeks of a long year: after one, odd weeks are even ones."""
FORESEEN = timedelta(days=730)

Hours = tuple[str, bool]
"""«17:00-19:00», and whether by phone."""


def opening_hours(rules: Sequence[HoursRule], coming: Sequence[Reception], *, today: date, last: date) -> str:
    """What holds from a day on; empty when there are no hours at all. ``coming`` are all receptions from ``today`` to ``last``.

    Rules are joined by commas, what overrides them by semicolons. Hours at which a stand-in receives are open like any other;
    by phone is not open to come in: said in a comment, as the syntax wants it.
    """
    held = [rule for rule in rules if rule.valid_to is None or rule.valid_to >= today]
    held.sort(key=lambda rule: (rule.weekday, rule.starts, str(rule.id)))
    week = ", ".join(part for rule in held for part in ruled(rule, today))
    return "; ".join(filter(None, [week, *overrides(held, coming, today, last)]))


def overrides(rules: Sequence[HoursRule], coming: Sequence[Reception], today: date, last: date) -> list[str]:
    """Days that are not as the rules say: their hours, or off; neighbours that are off are told together."""
    happening: dict[date, list[Hours]] = {}
    for one in coming:
        happening.setdefault(one.day, []).append(hours(one.starts_at, one.ends_at, one.reception))
    found: list[str] = []
    off: list[date] = []
    for day in days_between(today, last):
        really = sorted(happening.get(day, []))
        said = sorted(hours(rule.starts, rule.ends, rule.reception) for rule in rules if falls_on(rule, day))
        if really:
            found += closed(off)
            off = []
        if really == said:
            continue
        if really:
            found.append(", ".join(f"{day_of(day)} {part}" for part in together(really)))
        else:
            off.append(day)
    return found + closed(off)


def closed(days: Sequence[date]) -> list[str]:
    """«2026 Mar 10 off», or from the first to the last when nothing is open between them."""
    if not days:
        return []
    return [f"{day_of(days[0])} off" if len(days) == 1 else f"{day_of(days[0])}-{day_of(days[-1])} off"]


def together(several: Iterable[Hours]) -> list[str]:
    """«10:00-11:00,17:00-19:00», and apart from it what is by phone."""
    several = list(several)
    there = ",".join(words for words, phone in several if not phone)
    by_phone = ",".join(words for words, phone in several if phone)
    return list(filter(None, [there, f'{by_phone} "by phone"' if by_phone else ""]))


def ruled(rule: HoursRule, today: date) -> list[str]:
    """«Tu 17:00-19:00», «Mo[1] 10:00-12:00», with the period when it has one; a fortnight by the numbers of its weeks."""
    (words,) = together([hours(rule.starts, rule.ends, rule.reception)])
    words = f"{DAYS[rule.weekday]}{NTH.get(rule.pattern, '')} {words}"
    first, last = max(rule.valid_from, today), rule.valid_to
    always = rule.valid_from <= today and last is None
    if rule.pattern != "fortnightly":
        return [period(None if always else first, last) + words]
    turn = end_of_long_year(first)
    if turn - first > FORESEEN or (last is not None and last <= turn):
        found = [(period(None if always else first, last), weeks(rule, first, last))]
    else:
        after = turn + timedelta(days=1)
        found = [(period(first, turn), weeks(rule, first, turn)), (period(after, last), weeks(rule, after, last))]
    return [when + which + words for when, which in found if which]


def weeks(rule: HoursRule, first: date, last: date | None) -> str:
    """«week 02-53/2 » for a fortnight in a period in which odd weeks stay odd; nothing when none of its days is there."""
    end = first + timedelta(days=13)
    day = next((day for day in days_between(first, min(end, last or end)) if falls_on(rule, day)), None)
    return f"week {'01' if day.isocalendar().week % 2 else '02'}-53/2 " if day else ""


def end_of_long_year(day: date) -> date:
    """The last day of the next ISO year that has 53 weeks, from a day's own on."""
    year = day.isocalendar().year
    while date(year, 12, 28).isocalendar().week < LONG_YEAR:
        year += 1
    return date.fromisocalendar(year, LONG_YEAR, 7)


def hours(starts: time | datetime, ends: time | datetime, reception: str) -> Hours:
    """Two times as the syntax writes them."""
    return interval(starts, ends).replace("–", "-"), reception == "phone"


def period(first: date | None, last: date | None) -> str:
    """«2026 Apr 01-2026 May 31 », «2026 Apr 01+ », or nothing."""
    if first is None:
        return ""
    return f"{day_of(first)}-{day_of(last)} " if last else f"{day_of(first)}+ "


def day_of(day: date) -> str:
    """«2026 Dec 24»."""
    return f"{day.year} {MONTHS[day.month - 1]} {day.day:02d}"
