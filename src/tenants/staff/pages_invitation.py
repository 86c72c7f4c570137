"""Behind the link of an invitation: a button that makes the reader a member of the city's staff."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.access import PUBLIC, ROLE_WORDS
from src.platform.web.app import Now, Uow
from src.platform.web.here import here
from src.tenants.staff import queries, service
from src.tenants.staff.models import StaffInvitation
from src.tenants.subscriptions.private import PRIVATE, gone, private_page, subject_of

AnyRequest = Request[Any, Any, Any]


async def behind(request: AnyRequest, session: AsyncSession, token: str, now: datetime) -> StaffInvitation:
    """The invitation of a link that still holds; else the page that says that it leads nowhere."""
    one = await queries.invitation_at(session, subject_of(request, service.PURPOSE, token))
    if one is None or one.expires_at <= now:
        raise gone(request)
    return one


@get("/invitations/{token:str}", access=PUBLIC, include_in_schema=False)
async def opened(request: AnyRequest, token: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Show the button; opening the page changes nothing, so a mail scanner may look at it."""
    at = here(request)
    one = await behind(request, uow, token, now)
    roles = [at._(ROLE_WORDS[role]) for role in one.roles]
    return private_page(request, "staff/invitation.html", token=token, name=one.name, roles=roles)


@post("/invitations/{token:str}", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def accepted(request: AnyRequest, token: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Taken up; signing in comes next, by a link to the same address."""
    await service.accept(uow, await behind(request, uow, token, now), now=now)
    return Redirect(here(request).url("/sign-in?next=/staff"), status_code=303, headers=PRIVATE)


handlers = [opened, accepted]
