"""«Мій кабінет» of whoever is signed in."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from src.platform.web.access import SIGNED_IN
from src.platform.web.app import Now, Uow
from src.platform.web.here import Here, here
from src.platform.web.pages import page
from src.tenants.appeals.states import State
from src.tenants.board.queries import Cursor
from src.tenants.cities.catalogue import catalogue
from src.tenants.my_office import pages_data, pages_privacy, queries
from src.tenants.subscriptions import service as subscriptions

AnyRequest = Request[Any, Any, Any]


def state_words(at: Here, state: str) -> str:
    """Where a question is, told to whoever asked it; public ones have the marks that everybody knows."""
    return {
        State.UNCONFIRMED: at._("Чекає на ваше підтвердження"),
        State.SUBMITTED: at._("У модератора"),
        State.REJECTED: at._("Треба виправити"),
        State.MERGED: at._("Приєднано до такого самого"),
        State.WITHDRAWN: at._("Ви забрали запитання"),
        State.ENTRUSTED: at._("Передано без публікації"),
        State.SETTLED: at._("Є відповідь лише для вас"),
    }.get(State(state), "")


@get("/me", access=SIGNED_IN, include_in_schema=False)
async def my_questions(request: AnyRequest, uow: Uow) -> Response[Any]:
    """My questions, the newest first."""
    at = here(request)
    after = Cursor.read(request.query_params.get("after", ""))
    found = await queries.my_questions(uow, at.the_person.email, after)
    known = (await catalogue(uow)).into(at.lang)
    return page(
        request,
        "my_office/questions.html",
        cache="no-store",
        nav="me",
        tab="questions",
        questions=[
            {
                "url": at.url(f"/my/{row.id}"),
                "number": row.number,
                "title": row.title,
                "words": state_words(at, row.state),
                "mark": "answered" if row.state == State.ANSWERED else "waiting",
                "category": known.category[row.category_id].name,
                "district": known.district[row.district_id].name,
                "asked_at": row.created_at,
            }
            for row in found.rows
        ],
        next_url=at.url(f"/me?after={found.after}") if found.after else None,
        first_url=at.url("/me") if after else None,
    )


@get("/me/following", access=SIGNED_IN, include_in_schema=False)
async def following(request: AnyRequest, uow: Uow) -> Response[Any]:
    """What I follow."""
    at = here(request)
    after = Cursor.read(request.query_params.get("after", ""))
    found = await queries.followed(uow, at.the_person.email, after)
    known = (await catalogue(uow)).into(at.lang)
    return page(
        request,
        "my_office/following.html",
        cache="no-store",
        nav="me",
        tab="following",
        stopped=request.query_params.get("done") == "stopped",
        followed=[
            {
                "id": row.id,
                "url": at.url(f"/appeals/{row.number}"),
                "title": row.title,
                "status": row.public_state,
                "category": known.category[row.category_id].name,
                "district": known.district[row.district_id].name,
            }
            for row in found.rows
        ],
        next_url=at.url(f"/me/following?after={found.after}") if found.after else None,
        first_url=at.url("/me/following") if after else None,
    )


@post("/me/following/{follower_id:uuid}/end", access=SIGNED_IN, include_in_schema=False, status_code=303)
async def stop(request: AnyRequest, follower_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """No more letters about a question."""
    at = here(request)
    if not await queries.follows(uow, at.the_person.email, follower_id):
        raise NotFoundException
    await subscriptions.stop_following(uow, follower_id, now=now)
    return Redirect(at.url("/me/following?done=stopped"), status_code=303, headers={"Cache-Control": "no-store"})


handlers = [my_questions, following, stop, *pages_data.handlers, *pages_privacy.handlers]
