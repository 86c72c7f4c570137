"""Following a question by e-mail: ask for the letters, confirm, stop."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.limits.guard import for_email
from src.platform.web.access import PUBLIC
from src.platform.web.forms import Form, Redisplay, email_address, read_form
from src.platform.web.here import here
from src.tenants.appeals.models import Appeal
from src.tenants.safety.bans import refuse_banned
from src.tenants.subscriptions import service
from src.tenants.subscriptions.models import Follower
from src.tenants.subscriptions.private import PRIVATE, AnyRequest, gone, private_page, subject_of
from src.tenants.subscriptions.story import public_appeal, public_appeal_numbered

ONE_CLICK = "One-Click"


async def appeal_numbered(session: AsyncSession, number: str) -> Appeal:
    """The public question, or the 404 of a missing thing."""
    found = await public_appeal_numbered(session, number)
    if found is None:
        raise NotFoundException
    return found


@get("/appeals/{number:str}/followers", access=PUBLIC, include_in_schema=False)
async def follow_form(request: AnyRequest, number: str, uow: AsyncSession) -> Response[Any]:
    """Ask for the e-mail."""
    appeal = await appeal_numbered(uow, number)
    return private_page(request, "subscriptions/follow.html", appeal=appeal, form=Form())


@post("/appeals/{number:str}/followers", access=PUBLIC, limits=rules.FOLLOWING, include_in_schema=False, status_code=303)
async def follow(request: AnyRequest, number: str, uow: AsyncSession, now: datetime) -> Response[Any]:
    """Send the link that confirms; the answer is the same whether the address follows already or not."""
    at = here(request)
    appeal = await appeal_numbered(uow, number)
    form = await read_form(request)
    await refuse_banned(request, uow, now=now)
    email = email_address(form.line("email"))
    if email is None:
        form.refuse("email", at._("Напишіть свою електронну адресу, наприклад oksana@ukr.net"))
        raise Redisplay(
            private_page(request, "subscriptions/follow.html", status=422, appeal=appeal, form=form, errors=form.errors)
        )
    await for_email(request, uow, rules.FOLLOWING, email, form, now=now)
    await service.ask_to_follow(uow, at.the_city, appeal, email=email, language=at.lang, now=now)
    return Redirect(at.url(f"/appeals/{appeal.number}/followers/sent"), status_code=303, headers=PRIVATE)


@get("/appeals/{number:str}/followers/sent", access=PUBLIC, include_in_schema=False)
async def follow_sent(request: AnyRequest, number: str, uow: AsyncSession) -> Response[Any]:
    """Tell to look into the mail."""
    appeal = await appeal_numbered(uow, number)
    return private_page(request, "subscriptions/follow_sent.html", appeal=appeal)


async def follower_behind(
    request: AnyRequest, session: AsyncSession, purpose: str, token: str
) -> tuple[Follower | None, Appeal | None]:
    """Whom a link is about and what they follow. Without a row: it was deleted, a while after they stopped."""
    follower = await service.follower_of_id(session, subject_of(request, purpose, token))
    return (follower, await public_appeal(session, follower.appeal_id)) if follower else (None, None)


@get("/follow/{token:str}", access=PUBLIC, include_in_schema=False)
async def open_follow_link(request: AnyRequest, token: str, uow: AsyncSession) -> Response[Any]:
    """Show the button; opening the page changes nothing, so a mail scanner may look at it."""
    follower, appeal = await follower_behind(request, uow, "follow", token)
    if follower is None or appeal is None:
        raise gone(request)
    following = follower.confirmed_at is not None and follower.stopped_at is None
    return private_page(request, "subscriptions/follow_link.html", token=token, appeal=appeal, following=following)


@post("/follow/{token:str}", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def confirm_following(request: AnyRequest, token: str, uow: AsyncSession, now: datetime) -> Response[Any]:
    """Letters from now on."""
    follower, appeal = await follower_behind(request, uow, "follow", token)
    if follower is None or appeal is None:
        raise gone(request)
    await refuse_banned(request, uow, now=now, email=follower.email)
    await service.confirm_following(uow, follower, now=now)
    return Redirect(here(request).url(f"/follow/{token}"), status_code=303, headers=PRIVATE)


@get("/stop/{token:str}", access=PUBLIC, include_in_schema=False)
async def open_stop_link(request: AnyRequest, token: str, uow: AsyncSession) -> Response[Any]:
    """Show the button, or that there will be no more letters."""
    follower, appeal = await follower_behind(request, uow, "stop", token)
    stopped = follower is None or follower.stopped_at is not None
    return private_page(request, "subscriptions/stop.html", token=token, appeal=appeal, stopped=stopped)


@post("/stop/{token:str}", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def stop_following(request: AnyRequest, token: str, uow: AsyncSession, now: datetime) -> Response[Any]:
    """No more letters. A mail program's own click (RFC 8058) carries no cookie and is not to be redirected."""
    follower, appeal = await follower_behind(request, uow, "stop", token)
    if follower is not None:
        await service.stop_following(uow, follower.id, now=now)
    form = await read_form(request)
    if form.raw("List-Unsubscribe") == ONE_CLICK:
        return private_page(request, "subscriptions/stop.html", token=token, appeal=appeal, stopped=True)
    return Redirect(here(request).url(f"/stop/{token}"), status_code=303, headers=PRIVATE)


handlers = [follow_form, follow, follow_sent, open_follow_link, confirm_following, open_stop_link, stop_following]
