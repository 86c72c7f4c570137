"""The verbs of reception hours, each in the caller's transaction; what they are given has been checked (``checks``)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.local_officer.office_hours.checks import ExceptionTyped, RuleTyped
from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.office_hours.times import monday_of
from src.local_officer.office_hours.words import interval
from src.platform.data.tenancy import city_id_of
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import msgid

RULE_ADDED = action("hours.rule_added", msgid("Додано години прийому"))
RULE_CHANGED = action("hours.rule_changed", msgid("Змінено години прийому"))
RULE_ENDED = action("hours.rule_ended", msgid("Прибрано години прийому"))
EXCEPTION_ADDED = action("hours.exception_added", msgid("Змінено прийом на один день"))
EXCEPTION_REMOVED = action("hours.exception_removed", msgid("Прибрано зміну прийому на один день"))


async def add_rule(session: AsyncSession, officer_id: UUID, typed: RuleTyped, *, by: UUID | None, now: datetime) -> HoursRule:
    """Receive by a new weekly rule."""
    rule = HoursRule(city_id=city_id_of(session), id=uuid7(), officer_id=officer_id)
    fill(rule, typed, now)
    session.add(rule)
    await session.flush()
    await tell(session, RULE_ADDED, officer_id, "", summary(rule), by=by, now=now)
    return rule


async def change_rule(
    session: AsyncSession, rule: HoursRule, typed: RuleTyped, *, by: UUID | None, today: date, now: datetime
) -> HoursRule:
    """Change a rule from the day that was typed, today at the earliest: what it was before stays as it was."""
    before = summary(rule)
    changed = rule
    if rule.valid_from >= today:
        fill(rule, typed, now)
    else:
        changed = HoursRule(city_id=rule.city_id, id=uuid7(), officer_id=rule.officer_id)
        fill(changed, typed, now)
        last = max(changed.valid_from, today) - timedelta(days=1)
        rule.valid_to = min(last, rule.valid_to or last)
        rule.changed_at = now
        if begin(changed, today):
            session.add(changed)
    await session.flush()
    await tell(session, RULE_CHANGED, rule.officer_id, before, summary(changed), by=by, now=now)
    return changed


def begin(rule: HoursRule, today: date) -> bool:
    """Let a rule hold from today at the earliest; false when nothing is left of it. Its fortnights stay those that were counted
    from its first day: in a week between two of them it begins next Monday."""  # noqa: D209
    first = rule.valid_from
    if first < today:
        between = rule.pattern == "fortnightly" and (monday_of(today) - monday_of(first)).days % 14 != 0
        rule.valid_from = monday_of(today) + timedelta(days=7) if between else today
    return rule.valid_to is None or rule.valid_from <= rule.valid_to


async def touch(session: AsyncSession, officer_ids: Collection[UUID], *, today: date, now: datetime) -> None:
    """Say that rules which still hold have changed: the days that calendars take out of them are others now."""
    mine = update(HoursRule).where(HoursRule.city_id == city_id_of(session), HoursRule.officer_id.in_(officer_ids))
    await session.execute(mine.where(or_(HoursRule.valid_to.is_(None), HoursRule.valid_to >= today)).values(changed_at=now))


async def end_rule(session: AsyncSession, rule: HoursRule, *, by: UUID | None, today: date, now: datetime) -> None:
    """Receive by this rule no more, from today on; one that never held is deleted."""
    await tell(session, RULE_ENDED, rule.officer_id, summary(rule), "", by=by, now=now)
    if rule.valid_from >= today:
        await session.delete(rule)
    else:
        rule.valid_to = today - timedelta(days=1)
        rule.changed_at = now
    await session.flush()


async def add_exception(
    session: AsyncSession, officer_id: UUID, typed: ExceptionTyped, *, by: UUID | None, now: datetime
) -> HoursException:
    """Make one day different."""
    if typed.day is None:
        raise ValueError("an exception without a day passed the checks")
    one = HoursException(
        city_id=city_id_of(session),
        id=uuid7(),
        officer_id=officer_id,
        day=typed.day,
        kind=typed.kind,
        starts=typed.starts,
        ends=typed.ends,
        reception=typed.reception,
        station_id=typed.station_id,
        place=typed.place,
        lon=typed.lon,
        lat=typed.lat,
        stand_in_id=typed.stand_in_id,
        changed_at=now,
    )
    session.add(one)
    await session.flush()
    await tell(session, EXCEPTION_ADDED, officer_id, "", f"{one.day} {one.kind}", by=by, now=now)
    return one


async def remove_exception(session: AsyncSession, one: HoursException, *, by: UUID | None, now: datetime) -> None:
    """Let the day be as the rules say again."""
    await tell(session, EXCEPTION_REMOVED, one.officer_id, f"{one.day} {one.kind}", "", by=by, now=now)
    await session.delete(one)
    await session.flush()


def fill(rule: HoursRule, typed: RuleTyped, now: datetime) -> None:
    """Put what was typed into a rule."""
    if typed.weekday is None or typed.starts is None or typed.ends is None or typed.valid_from is None:
        raise ValueError("a rule without its hours passed the checks")
    rule.weekday, rule.starts, rule.ends = typed.weekday, typed.starts, typed.ends
    rule.pattern, rule.reception = typed.pattern, typed.reception
    rule.station_id, rule.place = typed.station_id, typed.place
    rule.lon, rule.lat = typed.lon, typed.lat
    rule.valid_from, rule.valid_to = typed.valid_from, typed.valid_to
    rule.changed_at = now


def summary(rule: HoursRule) -> str:
    """A rule for the audit log: its numbers, no words of anybody."""
    until = rule.valid_to.isoformat() if rule.valid_to else ""
    return f"{rule.pattern} {rule.weekday} {interval(rule.starts, rule.ends)} {rule.reception} {rule.valid_from}/{until}"


async def tell(
    session: AsyncSession, what: str, officer_id: UUID, before: str, after: str, *, by: UUID | None, now: datetime
) -> None:
    """A line of the audit log."""
    await record(
        session,
        what,
        now=now,
        by=by,
        actor="staff" if by else "system",
        subject=("officer", officer_id),
        values={"hours": (before, after)},
    )
