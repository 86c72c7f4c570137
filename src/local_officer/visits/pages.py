"""Booking a visit: choose a time, say who you are, confirm by the letter's link; the same link shows and cancels it."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.office_hours.words import day_words, kind_words
from src.local_officer.officers.office import OfficerHere
from src.local_officer.officers.queries import office
from src.local_officer.officers.shown import officer_name, officer_title
from src.local_officer.officers.switch import require_office
from src.local_officer.visits import service
from src.local_officer.visits.form import ABOUT_AT_MOST, moment_of, read_visitor
from src.local_officer.visits.letters import PURPOSE, when_of
from src.local_officer.visits.models import Visit
from src.local_officer.visits.queries import free_slots, visit_at, wait_for_office
from src.local_officer.visits.slots import Slot, slot_at
from src.platform.limits import rules
from src.platform.limits.guard import for_email
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.tenants.safety.bans import refuse_banned
from src.tenants.subscriptions.private import PRIVATE, gone, private_page, subject_of

AnyRequest = Request[Any, Any, Any]


async def officer_here(request: AnyRequest, session: AsyncSession, officer_id: UUID, *, now: datetime) -> OfficerHere:
    """Whom a visit is to; the 404 of a missing thing where there is no such officer, or no visits in this city."""
    at = require_office(request)
    officer = (await office(session)).officer.get(officer_id)
    today = now.astimezone(ZoneInfo(at.the_city.timezone)).date()
    if officer is None or not officer.serves(today) or not at.the_city.options.visits:
        raise NotFoundException
    return officer


def by_days(at: Here, found: list[Slot]) -> list[tuple[str, list[Slot]]]:
    """Slots under the words of their day."""
    days: dict[str, list[Slot]] = {}
    for slot in found:
        days.setdefault(day_words(at.lang, slot.starts_at.date()), []).append(slot)
    return list(days.items())


async def choose_page(
    request: AnyRequest, session: AsyncSession, officer: OfficerHere, *, now: datetime, status: int = 200, taken: bool = False,
    form: Form | None = None,
) -> Response[Any]:  # fmt: skip
    """The times to choose from; what was typed before travels along."""
    at = here(request)
    found = await free_slots(session, at.the_city, officer.id, now=now)
    return private_page(
        request,
        "visits/choose.html",
        status=status,
        officer=officer,
        name=officer_name(officer, at.the_city.options, at.lang),
        days=by_days(at, found),
        taken=taken,
        typed=form,
    )


async def details_page(request: AnyRequest, officer: OfficerHere, slot: Slot, form: Form, *, status: int = 200) -> Response[Any]:
    """Who wants to come at the chosen time."""
    at = here(request)
    return private_page(
        request,
        "visits/details.html",
        status=status,
        officer=officer,
        name=officer_name(officer, at.the_city.options, at.lang),
        slot=slot,
        day=day_words(at.lang, slot.starts_at.date()),
        kind=kind_words(at.language, slot.reception.reception),
        form=form,
        errors=form.errors,
        about_at_most=ABOUT_AT_MOST,
    )


@get("/office/officers/{officer_id:uuid}/visit", access=PUBLIC, include_in_schema=False)
async def choose(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Choose a time; with ``at`` the form for that time."""
    officer = await officer_here(request, uow, officer_id, now=now)
    wanted = moment_of(request.query_params.get("at", ""))
    if wanted is None:
        return await choose_page(request, uow, officer, now=now)
    slot = slot_at(await free_slots(uow, here(request).the_city, officer.id, now=now), wanted)
    if slot is None:
        return await choose_page(request, uow, officer, now=now, taken=True)
    return await details_page(request, officer, slot, Form())


@post("/office/officers/{officer_id:uuid}/visit", access=PUBLIC, limits=rules.VISITS, include_in_schema=False, status_code=303)
async def book(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Hold the time and send the letter. With a time only: the form for it, with what was typed before."""
    at = here(request)
    officer = await officer_here(request, uow, officer_id, now=now)
    form = await read_form(request)
    await refuse_banned(request, uow, now=now)
    wanted = moment_of(form.line("at"))
    slot = slot_at(await free_slots(uow, at.the_city, officer.id, now=now), wanted) if wanted else None
    if slot is None:
        raise Redisplay(await choose_page(request, uow, officer, now=now, status=409, taken=True, form=form))
    if form.flag("again"):
        raise Redisplay(await details_page(request, officer, slot, form))
    who = read_visitor(at, form, by_phone=slot.reception.reception == "phone")
    if form.errors:
        raise Redisplay(await details_page(request, officer, slot, form, status=422))
    await for_email(request, uow, rules.VISITS, who.email, form, now=now)
    try:
        await service.hold(uow, at.the_city, officer.id, slot.starts_at, who, now=now)
    except service.SlotTaken:
        raise Redisplay(await choose_page(request, uow, officer, now=now, status=409, taken=True, form=form)) from None
    return Redirect(at.url(f"/office/officers/{officer.id}/visit/sent"), status_code=303, headers=PRIVATE)


@get("/office/officers/{officer_id:uuid}/visit/sent", access=PUBLIC, include_in_schema=False)
async def sent(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Tell to look into the mail."""
    officer = await officer_here(request, uow, officer_id, now=now)
    return private_page(request, "visits/sent.html", officer=officer)


async def visit_behind(request: AnyRequest, session: AsyncSession, token: str, *, lock: bool = False) -> Visit:
    """The visit that a link is about. Raises the page that says that it leads nowhere."""
    visit = await visit_at(session, subject_of(request, PURPOSE, token), lock=lock)
    if visit is None:
        raise gone(request)
    return visit


async def own_page(
    request: AnyRequest, session: AsyncSession, token: str, visit: Visit, *, now: datetime, status: int = 200, late: bool = False
) -> Response[Any]:
    """A visit as its owner sees it."""
    at = here(request)
    receiver = (await office(session)).officer.get(visit.receiver_id)
    return private_page(
        request,
        "visits/own.html",
        status=status,
        token=token,
        visit=visit,
        when=when_of(at, visit),
        kind=kind_words(at.language, visit.reception),
        receiver=officer_name(receiver, at.the_city.options, at.lang) if receiver else "",
        title=officer_title(receiver, at.lang) if receiver else "",
        over=visit.ends_at <= now,
        begun=visit.starts_at <= now,
        late=late,
        again=await service.where_to_book(session, at.the_city, visit.officer_id, now=now),
    )


@get("/office/visits/{token:str}", access=PUBLIC, include_in_schema=False)
async def own(request: AnyRequest, token: str, uow: Uow, now: Now) -> Response[Any]:
    """Show it with its buttons; opening the page changes nothing, so a mail scanner may look at it."""
    return await own_page(request, uow, token, await visit_behind(request, uow, token), now=now)


@post("/office/visits/{token:str}/confirmation", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def confirm(request: AnyRequest, token: str, uow: Uow, now: Now) -> Response[Any]:
    """It stands from now on, if the time is still free."""
    seen = await visit_behind(request, uow, token)
    if seen.state in {"held", "lapsed"}:
        await wait_for_office(uow, seen.officer_id)
    visit = await visit_behind(request, uow, token, lock=True)
    await refuse_banned(request, uow, now=now, email=visit.email)
    if not await service.confirm(uow, here(request).the_city, visit, now=now):
        raise Redisplay(await own_page(request, uow, token, visit, now=now, status=409, late=True))
    return Redirect(here(request).url(f"/office/visits/{token}"), status_code=303, headers=PRIVATE)


@post("/office/visits/{token:str}/cancellation", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def cancel(request: AnyRequest, token: str, uow: Uow, now: Now) -> Response[Any]:
    """They do not come."""
    visit = await visit_behind(request, uow, token, lock=True)
    if visit.starts_at > now:
        await service.cancel(uow, here(request).the_city, visit, now=now)
    return Redirect(here(request).url(f"/office/visits/{token}"), status_code=303, headers=PRIVATE)


@get("/office/visits/{token:str}/visit.ics", access=PUBLIC, include_in_schema=False)
async def for_calendar(request: AnyRequest, token: str, uow: Uow) -> Response[bytes]:
    """The visit for one's own calendar."""
    at = here(request)
    visit = await visit_behind(request, uow, token)
    found, event, zone = Calendar(), Event(), ZoneInfo(at.the_city.timezone)
    found.add("prodid", "-//Vzaiemodiia//Visit//EN")
    found.add("version", "2.0")
    event.add("uid", f"visit-{visit.id}@{at.host}")
    event.add("dtstamp", visit.changed_at)
    event.add("dtstart", visit.starts_at.astimezone(zone))
    event.add("dtend", visit.ends_at.astimezone(zone))
    event.add("summary", at._("Прийом у дільничного офіцера поліції"))
    event.add("status", "CONFIRMED" if visit.state == "booked" else "TENTATIVE" if visit.state == "held" else "CANCELLED")
    if visit.place:
        event.add("location", visit.place)
    found.add_component(event)
    found.add_missing_timezones()
    return Response(bytes(found.to_ical()), media_type="text/calendar; charset=utf-8", headers=PRIVATE)


handlers = [choose, book, sent, own, confirm, cancel, for_calendar]
