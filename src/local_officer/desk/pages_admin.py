"""The administrator's pages: all offices, an officer's record, invitations, leaving."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from src.local_officer.desk.after import hours_changed
from src.local_officer.desk.whose import NO_STORE, AnyRequest, desk_of
from src.local_officer.desk.words import done_words
from src.local_officer.officers import invitations, records, service
from src.local_officer.officers.form import OfficerTyped, day_of, read_officer, record_values
from src.local_officer.officers.models import Officer
from src.local_officer.officers.office import Office, OfficerHere
from src.local_officer.officers.queries import office
from src.local_officer.officers.switch import require_office
from src.local_officer.officers.words import LANGUAGES, POSTS, RANKS, rank_words
from src.platform.data.base import localized
from src.platform.limits import rules
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, email_address, read_form
from src.platform.web.here import Here
from src.platform.web.pages import page

ADMIN = staff(Permission.MANAGE_OFFICES)
SHOWN = 100
DIGITS = 7
FILTERS = ("all", "stale", "away", "uninvited")


def row_of(at: Here, source: Office, row: OfficerHere, today: date, waiting: set[UUID]) -> dict[str, Any]:
    """An officer of the list."""
    away = source.away(row.id, today)
    return {
        "id": row.id,
        "name": localized(row.name, at.lang),
        "code": row.code,
        "rank": at._(rank_words(row.rank)) if row.rank else "",
        "beats": [beat.number for beat in source.beats_of(row.id, today)],
        "confirmed_at": row.confirmed_at,
        "away": away.last_day if away else None,
        "keeper": row.account_id is not None,
        "invited": row.id in waiting,
    }


def address_of(at: Here, which: str, typed: str, after: int) -> str:
    """The list from a place on; it is sorted in memory, so a place is a count."""
    given = {"show": which, "q": typed, "after": str(after) if after else ""}
    return at.url("/staff/offices?" + urlencode({key: value for key, value in given.items() if value}))


@get("/staff/offices", access=ADMIN, include_in_schema=False)
async def offices(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Everybody, or those who need something."""
    at = require_office(request)
    source = await office(uow)
    today = now.astimezone(ZoneInfo(at.the_city.timezone)).date()
    old = now - timedelta(days=at.the_city.options.office_confirm_days)
    which = request.query_params.get("show", "all")
    typed = request.query_params.get("q", "").strip()[:100]
    everybody = source.on_duty(today)
    kinds = {
        "all": everybody,
        "stale": [row for row in everybody if row.confirmed_at is None or row.confirmed_at < old],
        "away": [row for row in everybody if source.away(row.id, today)],
        "uninvited": [row for row in everybody if row.account_id is None],
    }
    shown = kinds.get(which, everybody)
    if typed:
        wanted = {row.id for row in source.called(typed, today, most=SHOWN)}
        shown = [row for row in shown if row.id in wanted]
    waiting = await records.invited(uow)
    given = request.query_params.get("after", "")
    first = min(int(given), len(shown)) if given.isdecimal() and len(given) < DIGITS else 0
    return page(
        request,
        "officer_desk/offices.html",
        cache="no-store",
        nav="offices",
        rows=[row_of(at, source, row, today, waiting) for row in shown[first : first + SHOWN]],
        next_url=address_of(at, which, typed, first + SHOWN) if first + SHOWN < len(shown) else None,
        first_url=address_of(at, which, typed, 0) if first else None,
        which=which if which in FILTERS else "all",
        counts={key: len(found) for key, found in kinds.items()},
        typed=typed,
        vacant=sum(source.vacant(beat.id, today) for beat in source.beats if beat.stands(today)),
        beats=len(source.beats),
        done=done_words(at, request.query_params.get("done", "")),
    )


async def record_page(
    request: AnyRequest, uow: Uow, form: Form, officer: Officer | None, *, status: int = 200, done: str = ""
) -> Response[Any]:
    """An officer's record to fill in."""
    at = require_office(request)
    source = await office(uow)
    return page(
        request,
        "officer_desk/record.html",
        status=status,
        cache="no-store",
        nav="offices",
        form=form,
        errors=form.errors,
        officer=officer,
        name=localized(officer.name, at.lang) if officer else "",
        done=done,
        invitation=await records.invitation_of(uow, officer.id) if officer else None,
        ranks=[(code, at._(words)) for code, words in RANKS.items()],
        posts=[(code, at._(words)) for code, words in POSTS.items()],
        languages=[(code, at._(words)) for code, words in LANGUAGES.items()],
        stations=[(str(row.id), localized(row.name, at.lang)) for row in source.stations],
    )


@get("/staff/offices/new", access=ADMIN, include_in_schema=False)
async def new(request: AnyRequest, uow: Uow) -> Response[Any]:
    """A record to fill in."""
    require_office(request)
    return await record_page(request, uow, Form({"post": ["officer"], "languages": ["uk"]}), None)


async def checked(request: AnyRequest, uow: Uow, form: Form, officer: Officer | None) -> OfficerTyped:
    """The record as typed, or the form again with what is wrong."""
    at = require_office(request)
    typed = read_officer(at, form)
    same = await records.officer_coded(uow, typed.code) if typed.code else None
    if same is not None and (officer is None or same.id != officer.id):
        form.refuse("code", at._("Цей номер жетона вже має %(name)s") % {"name": localized(same.name, at.lang)})
    if typed.station_id is not None and typed.station_id not in (await office(uow)).station:
        form.refuse("station", at._("Виберіть зі списку"))
    if form.errors:
        raise Redisplay(await record_page(request, uow, form, officer, status=422))
    return typed


@post("/staff/offices/new", access=ADMIN, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def add(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Another officer."""
    at = require_office(request)
    form = await read_form(request)
    typed = await checked(request, uow, form, None)
    officer = await service.save_officer(uow, None, typed, by=at.the_person.id, now=now)
    return Redirect(at.url(f"/staff/offices/{officer.id}/record?done=saved"), status_code=303, headers=NO_STORE)


@get("/staff/offices/{officer_id:uuid}/record", access=ADMIN, include_in_schema=False)
async def record(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """An officer's record."""
    desk = await desk_of(request, uow, officer_id, now=now)
    row = desk.officer
    form = Form(record_values(row, await records.phones_of(uow, officer_id)))
    return await record_page(request, uow, form, row, done=done_words(desk.at, request.query_params.get("done", "")))


@post("/staff/offices/{officer_id:uuid}/record", access=ADMIN, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change_record(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Another name, rank, station."""
    form = await read_form(request)
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    typed = await checked(request, uow, form, desk.officer)
    await service.save_officer(uow, desk.officer, typed, by=desk.by, now=now)
    return desk.back("/record", done="saved")


@post(
    "/staff/offices/{officer_id:uuid}/invitation",
    access=ADMIN, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def invite(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Ask the officer to keep their own office."""
    form = await read_form(request)
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    email = email_address(form.line("invite_email"))
    if email is None:
        at, row = desk.at, desk.officer
        stored = record_values(row, await records.phones_of(uow, officer_id))
        shown = Form(stored | {"invite_email": [form.raw("invite_email")]})
        shown.refuse("invite_email", at._("Перевірте електронну адресу: вона має бути такою, як oksana@ukr.net"))
        raise Redisplay(await record_page(request, uow, shown, row, status=422))
    await invitations.invite(uow, desk.city, desk.officer, email, by=desk.by, now=now)
    return desk.back("/record", done="invited")


@post(
    "/staff/offices/{officer_id:uuid}/invitation/removal",
    access=ADMIN, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def revoke(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Nobody keeps this office but the administrator."""
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    await invitations.revoke(uow, desk.officer, by=desk.by, now=now)
    return desk.back("/record", done="revoked")


@post(
    "/staff/offices/{officer_id:uuid}/departure",
    access=ADMIN, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def leave(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """They serve here no more."""
    form = await read_form(request)
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    left_on = day_of(form, "left_on", desk.at) or desk.today
    left_on = max(left_on, desk.today)
    await invitations.revoke(uow, desk.officer, by=desk.by, now=now)
    await service.leave(uow, desk.officer, left_on, by=desk.by, now=now)
    await hours_changed(uow, desk)
    return Redirect(desk.at.url("/staff/offices?done=left"), status_code=303, headers=NO_STORE)


handlers = [offices, new, add, record, change_record, invite, revoke, leave]
