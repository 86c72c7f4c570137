"""The city's own domain, in the staff area: say which, put two records into the DNS, have them checked."""

from typing import Any

from litestar import Response, get, post
from sqlalchemy import select

from src.platform.data.tenancy import APEX, City
from src.platform.limits import rules
from src.platform.people.audit.service import action
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import city_host, here
from src.platform.web.i18n import msgid
from src.tenants.cities.service import describe
from src.tenants.settings import domains
from src.tenants.settings.showing import MANAGE, AnyRequest, done_of, leads_to, settings_page

NAMED = action("city.domain", msgid("Змінено власну адресу міста"))
VERIFIED = action("city.domain_verified", msgid("Власну адресу міста перевірено"))


def domain_page(request: AnyRequest, form: Form, *, status: int = 200, found: domains.Found | None = None) -> Response[Any]:
    """The address, the records, what the last check found."""
    at = here(request)
    city = at.the_city
    done = {"named": at._("Тепер додайте два записи в DNS і натисніть «Перевірити»."), "verified": at._("Адреса працює.")}
    return settings_page(
        request,
        "settings/domain.html",
        status=status,
        form=form,
        row=city,
        home=city_host(at.settings, city.slug),
        record=f"{domains.LABEL}.{city.domain}",
        found=found,
        done=done_of(request, done),
    )


@get("/staff/settings/domain", access=MANAGE, include_in_schema=False)
async def domain(request: AnyRequest, uow: Uow) -> Response[Any]:  # noqa: ARG001  brings the city's row up to date
    """The city's own domain."""
    return domain_page(request, Form({"domain": [here(request).the_city.domain or ""]}))


@post("/staff/settings/domain", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def name_domain(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Say which domain it is; nothing means none."""
    at = here(request)
    form = await read_form(request)
    typed = form.line("domain")
    name = domains.domain_of(typed)
    if typed and not name:
        form.refuse("domain", at._("Напишіть адресу без «https://», наприклад vzaiemodiia.poltava.ua"))
    elif name and (name == at.settings.base_domain or name.endswith("." + at.settings.base_domain)):
        form.refuse("domain", at._("Ця адреса вже належить платформі. Напишіть власну адресу міста"))
    elif name and await uow.scalar(select(City.id).where(City.domain == name, City.slug != at.the_city.slug, City.slug != APEX)):
        form.refuse("domain", at._("Цю адресу вже вказало інше місто"))
    if form.errors:
        raise Redisplay(domain_page(request, form, status=422))
    if name != (at.the_city.domain or ""):
        columns = {"domain": name or None, "domain_token": domains.new_token() if name else "", "domain_verified_at": None}
        await describe(uow, NAMED, columns, by=at.the_person.id, now=now)
    done = "?done=named" if name else ""
    return leads_to(request, "/staff/settings/domain" + done)


@post("/staff/settings/domain/check", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def check_domain(request: AnyRequest, now: Now) -> Response[Any]:
    """Ask the DNS, between two short transactions."""
    at = here(request)
    database = request.app.state.database
    async with database.unit(at.the_city.id) as session:
        at.city = at.tenant = await request.app.state.cities.current(session, at.the_city)
    city = at.the_city
    form = Form({"domain": [city.domain or ""]})
    if not city.domain:
        form.refuse("domain", at._("Спершу збережіть адресу"))
        raise Redisplay(domain_page(request, form, status=422))
    found = await domains.look_up(at.settings, city.domain, token=city.domain_token, home=city_host(at.settings, city.slug))
    if not found.fine:
        form.refuse("domain", trouble(at._, found))
        raise Redisplay(domain_page(request, form, status=422, found=found))
    async with database.unit(city.id) as session:
        await describe(session, VERIFIED, {"domain_verified_at": now}, by=at.the_person.id, now=now)
    return leads_to(request, "/staff/settings/domain?done=verified")


def trouble(translate: Any, found: domains.Found) -> str:  # noqa: ANN401  the reader's gettext
    """What the DNS lacks."""
    if not found.answered:
        return str(translate("Сервер імен не відповів. Спробуйте ще раз за кілька хвилин"))
    if not found.owned:
        return str(translate("Запису TXT іще не видно. Після зміни в DNS він з’являється за час від хвилини до доби"))
    return str(translate("Запис TXT є, але сама адреса ще не веде сюди. Перевірте запис CNAME"))


handlers = [domain, name_domain, check_domain]
