"""The desk's pages of hours and absences."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from src.local_officer.desk.after import hours_changed
from src.local_officer.desk.pages_own import MAY
from src.local_officer.desk.whose import AnyRequest, Desk, desk_of, others, stations
from src.local_officer.desk.words import done_words
from src.local_officer.office_hours import form as hours_form
from src.local_officer.office_hours import queries, service
from src.local_officer.office_hours.checks import LONGEST, check_exception, check_rule
from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.office_hours.shown import shown_reception
from src.local_officer.office_hours.words import KIND_WORDS, day_words, interval, kind_words, rule_words
from src.local_officer.officers import records
from src.local_officer.officers import service as officers
from src.local_officer.officers.form import AbsenceTyped, read_absence
from src.platform.data.base import localized
from src.platform.limits import rules
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form

DAY_FIELDS = frozenset({"starts", "ends", "reception", "station", "place"})
"""Fields that both forms of the page have; those of the second one are called otherwise."""
SHOWN_AHEAD = timedelta(days=27)


def rule_row(desk: Desk, rule: HoursRule) -> dict[str, Any]:
    """A rule in words."""
    station = desk.source.station.get(rule.station_id) if rule.station_id else None
    return {
        "id": rule.id,
        "words": rule_words(desk.at.language, rule),
        "kind": kind_words(desk.at.language, rule.reception),
        "place": rule.place or (localized(station.name, desk.at.lang) if station else ""),
        "valid_from": rule.valid_from if rule.valid_from > desk.today else None,
        "valid_to": rule.valid_to,
    }


def exception_row(desk: Desk, one: HoursException) -> dict[str, Any]:
    """An exception in words."""
    stand_in = desk.source.officer.get(one.stand_in_id) if one.stand_in_id else None
    return {
        "id": one.id,
        "day": day_words(desk.at.lang, one.day),
        "kind": desk.at._(KIND_WORDS[one.kind]),
        "hours": interval(one.starts, one.ends) if one.starts and one.ends else "",
        "who": localized(stand_in.name, desk.at.lang) if stand_in else "",
    }


async def hours_page(uow: Uow, desk: Desk, form: Form, *, status: int = 200, which: str = "") -> Response[Any]:
    """The week, days that differ, and what both make of the next four weeks; ``which`` form came back."""
    rows = await queries.rows_of(uow, [desk.officer.id], desk.today, desk.today + LONGEST)
    coming = queries.made_of(rows, desk.officer.id, desk.today, desk.today + SHOWN_AHEAD, city=desk.city)
    return desk.page(
        "hours",
        status=status,
        form=form,
        which=which,
        summary={f"day-{key}" if key in DAY_FIELDS else key: words for key, words in form.errors.items()}
        if which == "exception"
        else form.errors,
        done=done_words(desk.at, desk.request.query_params.get("done", "")),
        rules=[rule_row(desk, rule) for rule in rows.rules],
        exceptions=[exception_row(desk, one) for one in rows.exceptions],
        coming=[shown_reception(desk.source, one, city=desk.city, language=desk.at.language, whole=True) for one in coming],
        **choices(desk),
    )


def choices(desk: Desk) -> dict[str, Any]:
    """What the forms offer."""
    at = desk.at
    return {
        "weekdays": hours_form.weekdays(at),
        "patterns": hours_form.patterns(at),
        "receptions": hours_form.receptions(at),
        "kinds": hours_form.kinds(at),
        "stations": stations(desk),
        "others": others(desk),
    }


@get("/staff/offices/{officer_id:uuid}/hours", access=MAY, include_in_schema=False)
async def hours(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Hours as they are, and forms for more."""
    desk = await desk_of(request, uow, officer_id, now=now)
    return await hours_page(uow, desk, blank(desk))


def blank(desk: Desk) -> Form:
    """The forms as they begin."""
    station = str(desk.officer.station_id) if desk.officer.station_id else ""
    return Form({"valid_from": [desk.today.isoformat()], "station": [station], "kind": ["closed"]})


@post("/staff/offices/{officer_id:uuid}/hours", access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def add_rule(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Receive by another weekly rule."""
    form = await read_form(request)
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    typed = hours_form.read_rule(desk.at, form)
    rows = await queries.rows_of(uow, [officer_id], desk.today, desk.today + LONGEST)
    faults = check_rule(typed, rows.rules, desk.city.options, today=desk.today, exceptions=rows.exceptions)
    hours_form.say(desk.at, form, faults)
    refuse_strangers(desk, form)
    if form.errors:
        raise Redisplay(await hours_page(uow, desk, form, status=422, which="rule"))
    await service.add_rule(uow, officer_id, typed, by=desk.by, now=now)
    return await changed(uow, desk)


async def changed(uow: Uow, desk: Desk) -> Response[Any]:
    """Hours are others now: visits are put in order, and having looked is having confirmed."""
    outcome = await hours_changed(uow, desk)
    await officers.confirm(uow, desk.officer, by=desk.by, now=desk.now)
    return desk.back("/hours", done=".".join(filter(None, ("hours", outcome))))


def refuse_strangers(desk: Desk, form: Form) -> None:
    """A station or an officer that is not of this city's lists came: somebody changed the form by hand, or it is gone."""
    known = {"station": dict(stations(desk)), "stand_in": dict(others(desk))}
    for field, choices_ in known.items():
        if form.line(field) and form.line(field) not in choices_:
            form.refuse(field, desk.at._("Виберіть зі списку"))


async def own_rule(uow: Uow, officer_id: UUID, rule_id: UUID) -> HoursRule:
    """A rule of this office, or the 404 of a missing thing."""
    rule = await queries.rule_of(uow, officer_id, rule_id)
    if rule is None:
        raise NotFoundException
    return rule


async def rule_page(desk: Desk, rule: HoursRule, form: Form, *, status: int = 200) -> Response[Any]:
    """One rule to change."""
    return desk.page("rule", status=status, form=form, rule=rule, words=rule_words(desk.at.language, rule), **choices(desk))


@get("/staff/offices/{officer_id:uuid}/hours/{rule_id:uuid}", access=MAY, include_in_schema=False)
async def rule(request: AnyRequest, officer_id: FromPath[UUID], rule_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Change or end one rule."""
    desk = await desk_of(request, uow, officer_id, now=now)
    found = await own_rule(uow, officer_id, rule_id)
    form = Form(
        {
            "weekday": [str(found.weekday)], "starts": [f"{found.starts:%H:%M}"], "ends": [f"{found.ends:%H:%M}"],
            "pattern": [found.pattern], "reception": [found.reception],
            "station": [str(found.station_id or "")], "place": [found.place],
            "valid_from": [found.valid_from.isoformat()],
            "valid_to": [found.valid_to.isoformat() if found.valid_to else ""],
        }
    )  # fmt: skip
    return await rule_page(desk, found, form)


@post(
    "/staff/offices/{officer_id:uuid}/hours/{rule_id:uuid}",
    access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def change_rule(
    request: AnyRequest, officer_id: FromPath[UUID], rule_id: FromPath[UUID], uow: Uow, now: Now
) -> Response[Any]:
    """Other hours from today on."""
    form = await read_form(request)
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    found = await own_rule(uow, officer_id, rule_id)
    typed = hours_form.read_rule(desk.at, form)
    rows = await queries.rows_of(uow, [officer_id], desk.today, desk.today + LONGEST)
    rest = [one for one in rows.rules if one.id != rule_id]
    faults = check_rule(typed, rest, desk.city.options, today=desk.today, began=found.valid_from, exceptions=rows.exceptions)
    hours_form.say(desk.at, form, faults)
    refuse_strangers(desk, form)
    if form.errors:
        raise Redisplay(await rule_page(desk, found, form, status=422))
    await service.change_rule(uow, found, typed, by=desk.by, today=desk.today, now=now)
    return await changed(uow, desk)


@post(
    "/staff/offices/{officer_id:uuid}/hours/{rule_id:uuid}/end",
    access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def end_rule(request: AnyRequest, officer_id: FromPath[UUID], rule_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Receive by this rule no more."""
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    await service.end_rule(uow, await own_rule(uow, officer_id, rule_id), by=desk.by, today=desk.today, now=now)
    return await changed(uow, desk)


@post("/staff/offices/{officer_id:uuid}/days", access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def add_exception(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Make one day different."""
    form = await read_form(request)
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    typed = hours_form.read_exception(desk.at, form)
    rows = await queries.rows_of(uow, [officer_id], desk.today, desk.today + LONGEST)
    same_day = [one for one in rows.exceptions if one.day == typed.day]
    faults = check_exception(typed, same_day, rows.rules, desk.city.options, today=desk.today)
    hours_form.say(desk.at, form, faults)
    refuse_strangers(desk, form)
    if typed.day is not None:
        await refuse_who_is_away(uow, desk, form, typed.stand_in_id, (typed.day, typed.day))
    if form.errors:
        raise Redisplay(await hours_page(uow, desk, form, status=422, which="exception"))
    await service.add_exception(uow, officer_id, typed, by=desk.by, now=now)
    return await changed(uow, desk)


@post(
    "/staff/offices/{officer_id:uuid}/days/{exception_id:uuid}/removal",
    access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def remove_exception(
    request: AnyRequest, officer_id: FromPath[UUID], exception_id: FromPath[UUID], uow: Uow, now: Now
) -> Response[Any]:
    """The day is like any other again."""
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    one = await queries.exception_of(uow, officer_id, exception_id)
    if one is None:
        raise NotFoundException
    await service.remove_exception(uow, one, by=desk.by, now=now)
    return await changed(uow, desk)


# --- absences ------------------------------------------------------------------------------------


async def absences_page(uow: Uow, desk: Desk, form: Form, *, status: int = 200) -> Response[Any]:
    """Absences that are not over, and a form for another."""
    found = await records.absences_from(uow, desk.officer.id, desk.today)
    names = dict(others(desk))
    return desk.page(
        "absences",
        status=status,
        form=form,
        done=done_words(desk.at, desk.request.query_params.get("done", "")),
        absences=[(one, names.get(str(one.stand_in_id), "")) for one in found],
        others=others(desk),
    )


@get("/staff/offices/{officer_id:uuid}/absences", access=MAY, include_in_schema=False)
async def absences(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """When the officer is away."""
    desk = await desk_of(request, uow, officer_id, now=now)
    return await absences_page(uow, desk, Form({"first_day": [desk.today.isoformat()]}))


@post("/staff/offices/{officer_id:uuid}/absences", access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def add_absence(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """The officer is away; visits of those days are moved or called off, and people told."""
    form = await read_form(request)
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    typed = read_absence(desk.at, form, today=desk.today)
    refuse_strangers(desk, form)
    if not form.errors:
        await refuse_clashes(uow, desk, form, typed)
    if form.errors:
        raise Redisplay(await absences_page(uow, desk, form, status=422))
    await officers.add_absence(uow, officer_id, typed, by=desk.by, now=now)
    outcome = await hours_changed(uow, desk)
    return desk.back("/absences", done=".".join(filter(None, ("absence", outcome))))


async def refuse_clashes(uow: Uow, desk: Desk, form: Form, typed: AbsenceTyped) -> None:
    """Two absences of the same days; a stand-in who is away then."""
    if typed.first_day is None or typed.last_day is None:
        return
    days = (typed.first_day, typed.last_day)
    at = desk.at
    there = await records.absence_within(uow, desk.officer.id, *days)
    if there is not None:
        form.refuse(
            "first_day", at._("На ці дні вже є відсутність: %(days)s") % {"days": period(desk, there.first_day, there.last_day)}
        )
    await refuse_who_is_away(uow, desk, form, typed.stand_in_id, days)


async def refuse_who_is_away(uow: Uow, desk: Desk, form: Form, stand_in_id: UUID | None, days: tuple[date, date]) -> None:
    """A stand-in who is away on some of the days."""
    if stand_in_id is None:
        return
    away = await records.absence_within(uow, stand_in_id, *days)
    if away is not None:
        words = desk.at._("Ця людина сама буде відсутня: %(days)s. Виберіть іншу або інші дні")
        form.refuse("stand_in", words % {"days": period(desk, away.first_day, away.last_day)})


def period(desk: Desk, first: date, last: date) -> str:
    """«26 листопада – 2 грудня»."""
    zone, language = desk.city.timezone, desk.at.language
    return f"{language.date(first, zone, now=desk.now)} – {language.date(last, zone, now=desk.now)}"


@post(
    "/staff/offices/{officer_id:uuid}/absences/{absence_id:uuid}/end",
    access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def end_absence(
    request: AnyRequest, officer_id: FromPath[UUID], absence_id: FromPath[UUID], uow: Uow, now: Now
) -> Response[Any]:
    """Back from today on, or never away."""
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    one = await records.absence_of(uow, officer_id, absence_id)
    if one is None or one.last_day < desk.today:
        raise NotFoundException
    await officers.end_absence(uow, one, today=desk.today, by=desk.by, now=now)
    await hours_changed(uow, desk)
    return desk.back("/absences", done="back")


handlers = [
    hours, add_rule, rule, change_rule, end_rule, add_exception, remove_exception, absences, add_absence, end_absence,
]  # fmt: skip
