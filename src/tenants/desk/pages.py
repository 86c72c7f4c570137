"""The desk (what waits, how much of it) and the queue."""

from typing import Any

from litestar import Request, Response, get
from litestar.response import Redirect
from sqlalchemy import Row

from src.platform.limits import room
from src.platform.web.access import Permission, home_of, staff
from src.platform.web.app import Now, Uow
from src.platform.web.here import Here, here
from src.platform.web.pages import page
from src.tenants.appeals.states import State
from src.tenants.cities.catalogue import Catalogue, catalogue
from src.tenants.desk import pages_redaction, pages_review, queries, words
from src.tenants.desk.duplicates import Alike, alike
from src.tenants.desk.highlight import findings
from src.tenants.desk.queries import DONE, WAITS, Place
from src.tenants.desk.showing import Trail
from src.tenants.safety import reports

AnyRequest = Request[Any, Any, Any]
SHOWN_ON_DESK = 5
NUMBER_AT_MOST = 40


ELSEWHERE = (Permission.KEEP_OFFICE, Permission.ANSWER_FOR_BODY, Permission.SEE_FIGURES, Permission.MANAGE_CITY)


@get("/staff", access=staff(Permission.SEE_QUEUE, *ELSEWHERE), include_in_schema=False)
async def desk(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """What waits for somebody, the oldest first, and how much of everything there is; whoever works elsewhere is led there."""
    at = here(request)
    if Permission.SEE_QUEUE not in at.the_person.permissions:
        return Redirect(at.url(home_of(at.the_person.roles)), status_code=303, headers={"Cache-Control": "no-store"})
    source = await catalogue(uow)
    found = await queries.oldest(uow, SHOWN_ON_DESK)
    repeats = await alike(uow, found[State.SUBMITTED])
    return page(
        request,
        "desk/desk.html",
        cache="no-store",
        nav="desk",
        room=await room.share(uow, at.the_city),
        reports=await reports.waiting(uow),
        counts=await queries.counts(uow, now),
        names=words.queue_names(at),
        sections=[
            (state, [row_of(at, source, row, repeats, Trail()) for row in found[state]]) for state in WAITS if found[state]
        ],
    )


@get("/staff/queue", access=staff(Permission.SEE_QUEUE), include_in_schema=False)
async def queue(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """One state's appeals, a page at a time; a number typed into the search leads straight to its appeal."""
    at = here(request)
    given = request.query_params
    typed = given.get("number", "").strip()[:NUMBER_AT_MOST]
    if typed and (found := await queries.by_number(uow, at.the_city, typed, now)) is not None:
        return Redirect(at.url(f"/staff/appeals/{found.id}"), status_code=303, headers={"Cache-Control": "no-store"})
    source = await catalogue(uow)
    known = source.into(at.lang)
    state = State(given["state"]) if given.get("state") in {*WAITS, *DONE} else State.SUBMITTED
    trail = Trail.of(given, known)
    after = Place.read(given.get("after", ""))
    rows, more = await queries.queue(uow, state, trail.filters(known), after)
    repeats = await alike(uow, rows if state == State.SUBMITTED else [])
    return page(
        request,
        "desk/queue.html",
        cache="no-store",
        nav="queue",
        state=state,
        counts=await queries.counts(uow, now),
        names=words.queue_names(at),
        tabs=[*WAITS, *DONE],
        trail=trail,
        categories=[item for item in known.categories if not item.emergency],
        districts=known.districts,
        rows=[row_of(at, source, row, repeats, trail) for row in rows],
        number_typed=typed,
        oldest_first=state in WAITS,
        next_url=at.url("/staff/queue" + trail.query(state=state, after=str(more))) if more else None,
        first_url=at.url("/staff/queue" + trail.query(state=state)) if after else None,
        done=words.done_words(at, given.get("done", ""), given.get("of", "")[:NUMBER_AT_MOST]),
    )


def row_of(at: Here, source: Catalogue, row: Row[Any], repeats: dict[Any, list[Alike]], trail: Trail) -> dict[str, Any]:
    """A row of the queue in the reader's language."""
    known = source.into(at.lang)
    # The rule says who would get it; where nobody will get it any more, it says nothing.
    by_rule = source.responder_for(row.category_id, row.district_id) if row.state in WAITS else None
    holds = row.responder_id or by_rule
    holder = known.responder.get(holds) if holds else None
    waits_for_review = row.state == State.SUBMITTED
    return {
        "url": at.url(f"/staff/appeals/{row.id}" + trail.query()),
        "number": row.number,
        "title": row.title or at._("Текст стерто"),
        "snippet": " ".join(row.body.split())[:200],
        "category": known.category[row.category_id].name,
        "district": known.district[row.district_id].name,
        "asked_at": row.confirmed_at,
        "answered_at": row.answered_at,
        "personal": len(findings(row.title, row.body)) if waits_for_review else 0,
        "repeats": sum(item.likely for item in repeats.get(row.id, [])),
        "responder": holder.name if holder else "",
        "suggested": row.responder_id is None,
        "status": {State.ANSWERED: "answered", State.REJECTED: "", State.MERGED: "", State.WITHDRAWN: ""}.get(
            State(row.state), "" if waits_for_review else "waiting"
        ),
    }


handlers = [desk, queue, *pages_review.handlers, *pages_redaction.handlers]
