"""Support in a city: the button behind the operator's link, and the list that the city's administrators see."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from src.platform.limits import rules
from src.platform.people.sign_in.arriving import browser_of, keep_session
from src.platform.web.access import PUBLIC, Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.cookies import SESSION, read_cookie
from src.platform.web.here import here
from src.tenants.console import service
from src.tenants.settings.showing import AnyRequest, leads_to, settings_page
from src.tenants.subscriptions.private import PRIVATE, gone, private_page

ENTRY = "/support/"


@get("/support/{token:str}", access=PUBLIC, include_in_schema=False)
async def opened(request: AnyRequest, token: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Show the button; opening the page uses nothing up."""
    entry = await service.entry_behind(uow, token, now=now)
    if entry is None:
        raise gone(request)
    return private_page(request, "console/entry.html", entry=entry, action=here(request).url(ENTRY + token))


@post("/support/{token:str}", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def entered(request: AnyRequest, token: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Begin the session of support."""
    entry = await service.entry_behind(uow, token, now=now)
    begun = (
        await service.enter(uow, entry, browser=browser_of(request), instead_of=read_cookie(request, SESSION), now=now)
        if entry
        else None
    )
    if begun is None:
        raise gone(request)
    answer = Redirect(here(request).url("/staff/settings"), status_code=303, headers=PRIVATE)
    keep_session(request, answer, begun)
    return answer


@get("/staff/settings/support", access=staff(Permission.SEE_AUDIT), include_in_schema=False)
async def entries(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Who of the platform came into the city, why and until when."""
    at = here(request)
    return settings_page(
        request,
        "console/entries.html",
        entries=await service.entries(uow),
        now=now,
        done=at._("Доступ підтримки завершено.") if request.query_params.get("done") == "ended" else "",
    )


@post(
    "/staff/settings/support/{entry_id:uuid}/end",
    access=staff(Permission.MANAGE_STAFF),
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def end(request: AnyRequest, entry_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Show support out at once."""
    at = here(request)
    if not await service.end_support(uow, entry_id, by=at.the_person.id, now=now):
        raise NotFoundException
    return leads_to(request, "/staff/settings/support?done=ended")


handlers = [opened, entered, entries, end]
