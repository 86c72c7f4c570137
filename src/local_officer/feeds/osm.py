"""Reception hours in the syntax of OpenStreetMap's ``opening_hours`` (wiki.openstreetmap.org/wiki/Key:opening_hours)."""

from collections.abc import Sequence
from datetime import date

from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.office_hours.words import interval
from src.local_officer.officers.models import Absence

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NTH = {"first": "[1]", "second": "[2]", "third": "[3]", "fourth": "[4]", "last": "[-1]"}


def opening_hours(
    rules: Sequence[HoursRule], exceptions: Sequence[HoursException], absences: Sequence[Absence], *, today: date
) -> str:
    """What holds from a day on; empty when there are no hours at all. Additional rules are joined by commas, what overrides them by
    semicolons. Hours at which a stand-in receives are open like any other."""  # noqa: D209
    held = [rule for rule in rules if rule.valid_to is None or rule.valid_to >= today]
    held.sort(key=lambda rule: (rule.weekday, rule.starts, str(rule.id)))
    found = ", ".join(weekly(rule, today) for rule in held)
    overrides = [
        f"{day_of(absence.first_day)}-{day_of(absence.last_day)} off"
        for absence in sorted(absences, key=lambda one: one.first_day)
        if absence.last_day >= today and not absence.stand_in_receives
    ]
    later = [one for one in exceptions if one.day >= today]
    for day in sorted({one.day for one in later}):
        kinds = {one.kind for one in later if one.day == day}
        replaced = [one for one in later if one.day == day and one.kind == "replaced"]
        if "closed" in kinds:
            overrides.append(f"{day_of(day)} off")
        elif replaced:
            overrides.append(f"{day_of(day)} {','.join(hours(one) for one in replaced)}")
    extra = [f"{day_of(one.day)} {hours(one)}" for one in sorted(later, key=lambda one: one.day) if one.kind == "extra"]
    whole = "; ".join(filter(None, [found, *overrides]))
    return ", ".join(filter(None, [whole, *extra]))


def weekly(rule: HoursRule, today: date) -> str:
    """«Tu 17:00-19:00», «Mo[1] 10:00-12:00», «week 01-53/2 We 10:00-12:00», with the period when it has one."""
    period = ""
    if rule.valid_from > today or rule.valid_to is not None:
        first, last = max(rule.valid_from, today), rule.valid_to
        period = f"{day_of(first)}-{day_of(last)} " if last else f"{day_of(first)}+ "
    if rule.pattern == "fortnightly":
        odd = rule.valid_from.isocalendar().week % 2 == 1
        period += f"week {'01' if odd else '02'}-53/2 "
    return f"{period}{DAYS[rule.weekday]}{NTH.get(rule.pattern, '')} {hours(rule)}{comment(rule)}"


def hours(one: HoursRule | HoursException) -> str:
    """«17:00-19:00»."""
    if one.starts is None or one.ends is None:
        raise ValueError(f"{one.id} has no hours")
    return interval(one.starts, one.ends).replace("–", "-")


def comment(rule: HoursRule) -> str:
    """By phone is not open to come in: said in a comment, as the syntax wants it."""
    return ' "by phone"' if rule.reception == "phone" else ""


def day_of(day: date) -> str:
    """«2026 Dec 24»."""
    return f"{day.year} {MONTHS[day.month - 1]} {day.day:02d}"
