"""One's own account: where one is signed in."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from src.platform.people.accounts.queries import account_of, sessions_of
from src.platform.people.accounts.service import end_all, end_one
from src.platform.web.access import SIGNED_IN
from src.platform.web.app import Now, Uow
from src.platform.web.here import here
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]


@get("/account", access=SIGNED_IN, include_in_schema=False)
async def account(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Where somebody is signed in."""
    at = here(request)
    words = {"ended": at._("Сеанс завершено."), "others": at._("Ви вийшли всюди, крім цього браузера.")}
    return page(
        request,
        "people/account.html",
        cache="no-store",
        nav="account",
        sessions=await sessions_of(uow, at.the_person.id, now),
        done=words.get(request.query_params.get("done", ""), ""),
    )


@post("/account/sessions/{session_id:uuid}/end", access=SIGNED_IN, include_in_schema=False, status_code=303)
async def end_session(request: AnyRequest, session_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Sign another browser of one's own out."""
    at = here(request)
    mine = await account_of(uow, at.the_person.id)
    if mine is None or not await end_one(uow, mine, session_id, now=now):
        raise NotFoundException
    return Redirect(at.url("/account?done=ended"), status_code=303, headers={"Cache-Control": "no-store"})


@post("/account/sessions/end-others", access=SIGNED_IN, include_in_schema=False, status_code=303)
async def end_others(request: AnyRequest, uow: Uow) -> Response[Any]:
    """Sign every other browser out."""
    at = here(request)
    await end_all(uow, at.the_person.id, but=at.the_person.session_id)
    return Redirect(at.url("/account?done=others"), status_code=303, headers={"Cache-Control": "no-store"})


handlers = [account, end_session, end_others]
