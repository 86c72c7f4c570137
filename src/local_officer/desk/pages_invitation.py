"""Behind the link of an invitation: a button that makes the reader the keeper of their office."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.desk.whose import AnyRequest
from src.local_officer.officers import invitations, records
from src.local_officer.officers.models import Invitation, Officer
from src.local_officer.officers.switch import require_office
from src.platform.data.base import localized
from src.platform.limits import rules
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Redisplay
from src.platform.web.here import here
from src.tenants.subscriptions.private import PRIVATE, gone, private_page, subject_of


async def invitation_behind(request: AnyRequest, session: AsyncSession, token: str, now: datetime) -> tuple[Invitation, Officer]:
    """The invitation of a link that still holds, and whose office it is; else the page that says that it leads nowhere."""
    require_office(request)
    one = await records.invitation_at(session, subject_of(request, invitations.PURPOSE, token))
    officer = await records.officer_at(session, one.officer_id, lock=True) if one else None
    if one is None or officer is None or one.expires_at <= now:
        raise gone(request)
    return one, officer


@get("/office/invitations/{token:str}", access=PUBLIC, include_in_schema=False)
async def opened(request: AnyRequest, token: str, uow: Uow, now: Now) -> Response[Any]:
    """Show the button; opening the page changes nothing, so a mail scanner may look at it."""
    _, officer = await invitation_behind(request, uow, token, now)
    return private_page(
        request, "officer_desk/invitation.html", token=token, name=localized(officer.name, here(request).lang), taken=False
    )


@post("/office/invitations/{token:str}", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def accepted(request: AnyRequest, token: str, uow: Uow, now: Now) -> Response[Any]:
    """The office has its keeper; signing in comes next, by a link to the same address."""
    one, officer = await invitation_behind(request, uow, token, now)
    try:
        await invitations.accept(uow, one, officer, now=now)
    except invitations.KeepsAnother:
        name = localized(officer.name, here(request).lang)
        raise Redisplay(
            private_page(request, "officer_desk/invitation.html", status=409, token=token, name=name, taken=True)
        ) from None
    return Redirect(here(request).url("/sign-in?next=/staff/office"), status_code=303, headers=PRIVATE)


handlers = [opened, accepted]
