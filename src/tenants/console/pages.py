"""The operator's console, at the apex host: cities in figures, a new one, one of them. Each verb runs in that city's own unit of work,
one after the other with the platform's, so that no request holds two connections."""  # noqa: D209

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.cities import Cities
from src.platform.data.tenancy import City
from src.platform.data.unit_of_work import Database
from src.platform.limits import rules
from src.platform.people.audit.service import action, record
from src.platform.web.access import Access, Permission, staff
from src.platform.web.app import Now
from src.platform.web.forms import Form, Redisplay, email_address, read_form
from src.platform.web.here import Here, city_host, here
from src.platform.web.i18n import msgid
from src.platform.web.pages import page
from src.tenants.console import form as forms
from src.tenants.console import service
from src.tenants.console.pages_support import ENTRY
from src.tenants.console.summaries import summarise
from src.tenants.staff.service import Invitee, invite
from src.tenants.starter.opening import Taken

AnyRequest = Request[Any, Any, Any]
OPERATE: Access = staff(Permission.OPERATE)
SURE: Access = staff(Permission.OPERATE, recent=True)
NO_STORE = {"Cache-Control": "no-store"}
REASON_AT_MOST = 500
HOURS = ("1", "4", "8")
DID = action("operator.city", msgid("Оператор діяв у місті"))


def database_of(request: AnyRequest) -> Database:
    """The process's database."""
    found: Database = request.app.state.database
    return found


async def city_called(request: AnyRequest, slug: str) -> City:
    """The city's row as it is now, or the 404 of a missing thing."""
    cities: Cities = request.app.state.cities
    found = next((city for city in await cities.every() if city.slug == slug), None)
    if found is None:
        raise NotFoundException
    return found


async def told(request: AnyRequest, city: City, what: str, *, now: datetime) -> None:
    """A line in the platform's own log; the city's log has one of its own."""
    at = here(request)
    async with database_of(request).unit(at.the_tenant.id) as session:
        values = {"city": ("", city.slug), "what": ("", what)}
        await record(session, DID, now=now, by=at.the_person.id, actor="operator", subject=("city", city.id), values=values)


def done_words(at: Here, request: AnyRequest) -> str:
    """What was done, after a redirect."""
    return {
        "opened": at._("Місто відкрито. Запрошення адміністраторові надіслано."),
        "suspended": at._("Сайт міста призупинено."),
        "resumed": at._("Сайт міста знову працює."),
        "condemned": at._("Видалення заплановано. До того дня його можна скасувати."),
        "spared": at._("Видалення скасовано."),
        "invited": at._("Запрошення надіслано."),
    }.get(request.query_params.get("done", ""), "")


def address_of(at: Here, city: City) -> str:
    """Where the city's site is."""
    return at.settings.origin(city_host(at.settings, city.slug))


@get("/console", access=OPERATE, include_in_schema=False)
async def console(request: AnyRequest) -> Response[Any]:
    """The cities with counts and health."""
    at = here(request)
    cities: Cities = request.app.state.cities
    found = await cities.every()
    return page(
        request,
        "console/all.html",
        cache="no-store",
        nav="console",
        cities=[{"row": city, "name": city.name.get(at.lang) or city.name["uk"], "url": address_of(at, city)} for city in found],
        done=done_words(at, request),
    )


def new_page(request: AnyRequest, form: Form, *, status: int = 200) -> Response[Any]:
    """The form of a new city."""
    at = here(request)
    return page(
        request,
        "console/new.html",
        status=status,
        cache="no-store",
        nav="console",
        form=form,
        errors=form.errors,
        base=at.settings.base_domain,
    )


@get("/console/new", access=OPERATE, include_in_schema=False)
async def new(request: AnyRequest) -> Response[Any]:
    """An empty form."""
    return new_page(request, Form())


@post("/console/new", access=OPERATE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def make(request: AnyRequest, now: Now) -> Response[Any]:
    """Open a city from the starter kit and invite its first administrator."""
    at = here(request)
    form = await read_form(request)
    plan = forms.read_plan(form, at)
    if plan is None:
        raise Redisplay(new_page(request, form, status=422))
    who = email_address(form.line("admin_email")) or ""
    try:
        async with database_of(request).unit() as session:
            city = await service.create(session, plan, email=who, name=form.line("admin_name"), now=now)
            await summarise(session, now=now)
    except Taken:
        form.refuse("slug", at._("Місто з такою адресою вже є"))
        raise Redisplay(new_page(request, form, status=422)) from None
    await told(request, city, "opened", now=now)
    return Redirect(at.url(f"/console/{city.slug}?done=opened"), status_code=303, headers=NO_STORE)


def city_page(request: AnyRequest, city: City, form: Form, *, status: int = 200) -> Response[Any]:
    """One city: counts, health, what can be done."""
    at = here(request)
    return page(
        request,
        "console/one.html",
        status=status,
        cache="no-store",
        nav="console",
        row=city,
        name=city.name.get(at.lang) or city.name["uk"],
        url_of_city=address_of(at, city),
        form=form,
        errors=form.errors,
        hours=[(each, at.language.ngettext("%(num)s година", "%(num)s годин", int(each)) % {"num": each}) for each in HOURS],
        waits=service.WAITS.days,
        reason_at_most=REASON_AT_MOST,
        done=done_words(at, request),
    )


@get("/console/{slug:str}", access=OPERATE, include_in_schema=False)
async def one(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One city."""
    return city_page(request, await city_called(request, slug), Form())


def reason_in(form: Form, name: str, at: Here) -> str:
    """Why; it is shown to the city."""
    reason = form.text(name)
    if not reason:
        form.refuse(name, at._("Напишіть причину: її побачать у місті"))
    elif len(reason) > REASON_AT_MOST:
        form.refuse(name, at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(REASON_AT_MOST)})
    return reason


async def act(
    request: AnyRequest, slug: str, done: str, verb: Callable[[AsyncSession], Awaitable[object]], *, now: datetime
) -> Response[Any]:
    """Do something in a city, say so in the platform's log, go back to the city's page."""
    city = await city_called(request, slug)
    async with database_of(request).unit(city.id) as session:
        await verb(session)
    await told(request, city, done, now=now)
    return Redirect(here(request).url(f"/console/{slug}?done={done}"), status_code=303, headers=NO_STORE)


@post("/console/{slug:str}/suspension", access=SURE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def suspend(request: AnyRequest, slug: FromPath[str], now: Now) -> Response[Any]:
    """Close a city's site, or open it again."""
    form = await read_form(request)
    if form.flag("resume"):
        return await act(request, slug, "resumed", lambda session: service.resume(session, now=now), now=now)
    reason = reason_in(form, "because", here(request))
    if form.errors:
        raise Redisplay(city_page(request, await city_called(request, slug), form, status=422))
    return await act(request, slug, "suspended", lambda session: service.suspend(session, because=reason, now=now), now=now)


@post("/console/{slug:str}/deletion", access=SURE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def condemn(request: AnyRequest, slug: FromPath[str], now: Now) -> Response[Any]:
    """Plan a city's end, or call it off. Its address has to be typed, so that it is never the wrong one."""
    at = here(request)
    form = await read_form(request)
    if form.flag("spare"):
        return await act(request, slug, "spared", lambda session: service.spare(session, now=now), now=now)
    city = await city_called(request, slug)
    if form.line("typed") != city.slug:
        form.refuse("typed", at._("Напишіть адресу міста: %(slug)s") % {"slug": city.slug})
    elif city.suspended_at is None:
        form.refuse("typed", at._("Спершу призупиніть сайт міста"))
    if form.errors:
        raise Redisplay(city_page(request, city, form, status=422))
    return await act(request, slug, "condemned", lambda session: service.condemn(session, now=now), now=now)


@post("/console/{slug:str}/administrators", access=OPERATE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def invite_administrator(request: AnyRequest, slug: FromPath[str], now: Now) -> Response[Any]:
    """Invite an administrator: the first one again, or when the last one cannot be reached."""
    at = here(request)
    form = await read_form(request)
    city = await city_called(request, slug)
    forms.read_administrator(form, at)
    if form.errors:
        raise Redisplay(city_page(request, city, form, status=422))
    who = Invitee(email_address(form.line("admin_email")) or "", form.line("admin_name"), ["administrator"])
    return await act(request, slug, "invited", lambda session: invite(session, city, who, by=None, now=now), now=now)


@post("/console/{slug:str}/support", access=SURE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def support(request: AnyRequest, slug: FromPath[str], now: Now) -> Response[Any]:
    """Go into a city as support: with a reason, for some hours; the city sees it."""
    at = here(request)
    form = await read_form(request)
    city = await city_called(request, slug)
    reason = reason_in(form, "reason", at)
    if form.line("hours") not in HOURS:
        form.refuse("hours", at._("Виберіть, на який час"))
    if form.errors:
        raise Redisplay(city_page(request, city, form, status=422))
    person = at.the_person
    async with database_of(request).unit(city.id) as session:
        token = await service.let_support_in(
            session,
            operator_id=person.id,
            operator=person.name or person.email,
            reason=reason,
            lasts=timedelta(hours=int(form.line("hours"))),
            now=now,
        )
    await told(request, city, "support", now=now)
    return page(request, "console/support.html", cache="no-store", nav="console", link=address_of(at, city) + ENTRY + token)


@get("/staff", access=OPERATE, include_in_schema=False)
async def workplace(request: AnyRequest) -> Response[Any]:
    """Where everybody else's work begins, the operator's does too."""
    return Redirect(here(request).url("/console"), status_code=303, headers=NO_STORE)


handlers = [workplace, console, new, make, one, suspend, condemn, invite_administrator, support]
