"""The ban list of the staff area: whom the city takes no questions from, add, lift."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, email_address, read_form
from src.platform.web.here import Here, here
from src.platform.web.pages import page
from src.tenants.safety import bans
from src.tenants.safety.bans import BanRefused

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}
REASON_AT_MOST = 500
WHOM_AT_MOST = 300
TERMS = {"1": 1, "7": 7, "30": 30, "365": 365, "never": None}


def terms(at: Here) -> list[tuple[str, str]]:
    """For how long."""
    return [
        ("1", at._("На добу")),
        ("7", at._("На тиждень")),
        ("30", at._("На місяць")),
        ("365", at._("На рік")),
        ("never", at._("Доки не відкриємо самі")),
    ]


async def bans_page(
    request: AnyRequest, session: AsyncSession, now: datetime, form: Form, *, status: int = 200, done: str = "", own: bool = False
) -> Response[Any]:
    """The list and the form above it; ``own`` asks to confirm a ban that holds whoever makes it."""
    found = await bans.listed(session)
    return page(
        request,
        "safety/bans.html",
        status=status,
        cache="no-store",
        nav="bans",
        form=form,
        errors=form.errors,
        terms=terms(here(request)),
        own=own,
        done=done,
        reason_at_most=REASON_AT_MOST,
        in_force=[ban for ban in found if ban.until is None or ban.until > now],
        over=[ban for ban in found if ban.until is not None and ban.until <= now],
    )


@get("/staff/bans", access=staff(Permission.BAN), include_in_schema=False)
async def ban_list(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Whom the city takes no questions from."""
    at = here(request)
    words = {"added": at._("Доступ закрито."), "lifted": at._("Доступ знову відкрито.")}
    form = Form({"term": ["7"]})
    return await bans_page(request, uow, now, form, done=words.get(request.query_params.get("done", ""), ""))


@post("/staff/bans", access=staff(Permission.BAN), limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def add_ban(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Close the city to somebody."""
    at = here(request)
    form = await read_form(request)
    kind, value = whom(at, form)
    reason = form.text("reason")
    if not reason:
        form.refuse("reason", at._("Напишіть причину: її побачать лише працівники"))
    elif len(reason) > REASON_AT_MOST:
        form.refuse("reason", at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(REASON_AT_MOST)})
    form.readable(("whom", "reason"), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    if form.raw("term") not in TERMS:
        form.refuse("term", at._("Виберіть, на який час"))
    own = False
    if not form.errors and holds_me(at, kind, value) and not form.flag("own"):
        own = True
        form.refuse("own", at._("З цієї мережі зараз працюєте ви самі. Якщо так і треба, позначте це нижче"))
    if form.errors:
        raise Redisplay(await bans_page(request, uow, now, form, status=422, own=own))
    days = TERMS[form.raw("term")]
    until = now + timedelta(days=days) if days else None
    await bans.add(uow, kind=kind, value=value, reason=reason, until=until, by=at.the_person.id, now=now)
    return Redirect(at.url("/staff/bans?done=added"), status_code=303, headers=NO_STORE)


def holds_me(at: Here, kind: str, value: str) -> bool:
    """Whether a ban would hold whoever makes it."""
    return kind == "network" and bans.covers(value, at.client)


def whom(at: Here, form: Form) -> tuple[str, str]:
    """What was typed, in its usual form: an e-mail or a network; what cannot be banned the form says."""
    typed = form.line("whom")[:WHOM_AT_MOST]
    if not typed:
        form.refuse("whom", at._("Напишіть електронну або мережеву адресу"))
    elif "@" in typed:
        email = email_address(typed)
        if email is None:
            form.refuse("whom", at._("Перевірте електронну адресу: вона має бути такою, як oksana@ukr.net"))
        elif email == at.the_person.email:
            form.refuse("whom", at._("Це ваша власна адреса. Напишіть іншу"))
        else:
            return "email", email
    else:
        try:
            network = bans.network_in(typed)
        except BanRefused as problem:
            form.refuse("whom", refusals(at)[problem.why])
        else:
            if any(is_in(proxy, network) for proxy in at.settings.trusted_proxies.split(",")):
                form.refuse("whom", at._("Через цю адресу приходять усі: це наш власний сервер. Напишіть адресу відвідувача"))
            return "network", str(network)
    return "", ""


def is_in(address: str, network: Any) -> bool:  # noqa: ANN401  of either version
    """Whether a setting's address lies in a network."""
    try:
        return ip_address(address.strip()) in network
    except ValueError:
        return False


def refusals(at: Here) -> dict[str, str]:
    """Why a network cannot be banned, and what to do."""
    return {
        "unreadable": at._("Це не електронна й не мережева адреса. Приклади: oksana@ukr.net, 203.0.113.7, 203.0.113.0/24"),
        "too wide": at._("Завелика мережа: так можна закрити доступ цілому провайдеру. Найбільша — /16 для IPv4 і /32 для IPv6"),
    }


@post(
    "/staff/bans/{ban_id:uuid}/lifting",
    access=staff(Permission.BAN),
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def lift_ban(request: AnyRequest, ban_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Open the city again."""
    at = here(request)
    if not await bans.lift(uow, ban_id, by=at.the_person.id, now=now):
        raise NotFoundException
    return Redirect(at.url("/staff/bans?done=lifted"), status_code=303, headers=NO_STORE)


handlers = [ban_list, add_ban, lift_ban]
