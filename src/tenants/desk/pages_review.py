"""The page of an appeal under work, and the steps that are taken from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.tenants.appeals import service as appeals
from src.tenants.appeals.entrusting import entrust
from src.tenants.appeals.states import NEXT, IllegalTransition, State
from src.tenants.cities.catalogue import Catalogue, catalogue
from src.tenants.desk import decisions, seen, words
from src.tenants.desk.highlight import take_all_out, take_out
from src.tenants.desk.queries import Place, by_number, next_in_queue
from src.tenants.desk.reviews import Review, review
from src.tenants.desk.showing import FORMS, Conflict, Trail, author_language, show, typed_words

AnyRequest = Request[Any, Any, Any]
NUMBER_AT_MOST = 40


@get("/staff/appeals/{appeal_id:uuid}", access=staff(Permission.SEE_QUEUE), include_in_schema=False)
async def open_appeal(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """The appeal with everything that a decision needs. That somebody opened it is noted in the page's own transaction: what
    is not committed is not shown either.
    """
    at = here(request)
    source = await catalogue(uow)
    given = request.query_params
    trail = Trail.of(given, source.into(at.lang))
    goes_on = given.get("queue", "")
    known, queue, by = source.into(at.lang), goes_on if goes_on in set(State) else "", at.the_person.id
    found = await review(uow, appeal_id, trail.filters(known), queue, by=by, now=now, at=at)
    if not found.looks.noted:
        await seen.note_opened(uow, appeal_id, by=by, now=now)
    done = words.done_words(at, given.get("done", ""), given.get("of", "")[:NUMBER_AT_MOST])
    return show(request, source, found, trail, done=done, stayed=done != "" and given.get("of") == found.appeal.number)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form of the review page as it came in, with the appeal as it is now."""

    request: AnyRequest
    at: Here
    source: Catalogue
    trail: Trail
    review: Review
    form: Form
    name: str

    @property
    def by(self) -> UUID:
        """Who sent it; the guard let nobody else in."""
        if self.at.staff is None:
            raise LookupError
        return self.at.staff.id

    async def refused(self) -> Redisplay:
        """The page with sentences at its fields."""
        await self.note_look()
        return Redisplay(show(self.request, self.source, self.review, self.trail, sent=self.name, form=self.form, status=422))

    async def note_look(self) -> None:
        """A page that comes back is a look at the appeal too."""
        if not self.review.looks.noted:
            await seen.note_opened_apart(self.request, self.review.appeal.id)

    async def stale(self, found: Review) -> Redisplay:
        """The page that says what happened meanwhile and holds on to what was typed."""
        await self.note_look()
        at, known = self.at, self.source.into(self.at.lang)
        possible = FORMS[self.name] in NEXT[found.state]
        sentence = (
            at._("Поки ви працювали, звернення змінилося. Перегляньте зміни й надішліть ще раз: усе, що ви написали, на місці.")
            if possible
            else words.not_now(at, found.state)
        )
        conflict = Conflict(
            sentence=sentence,
            changes=words.lines(at, known, found.since(self.form.raw("seen"))),
            typed=[] if possible else typed_words(at, self.form),
        )
        kept = Form(values=self.form.values) if possible else None
        return Redisplay(
            show(self.request, self.source, found, self.trail, sent=self.name, form=kept, status=409, conflict=conflict)
        )

    def already_done(self, found: Review) -> bool:
        """Whether this very form was sent a moment ago: the second press of a button is not a conflict. Another reason is."""
        since = found.since(self.form.raw("seen"))
        reasons = {event.words.get("reason", "") for event in since if event.kind == "rejected"}
        return (
            bool(since)
            and (not reasons or self.form.text("reason") in reasons | {""})
            and {event.kind for event in since} <= MAKES[self.name]
            and all(event.account_id == self.by for event in since)
        )


MAKES = {
    "publication": {"published", "routed"},
    "entrusting": {"entrusted"},
    "rejection": {"rejected"},
    "merger": {"merged"},
    "routing": {"routed"},
}
"""Which events the forms leave behind."""


async def received(request: AnyRequest, session: AsyncSession, appeal_id: UUID, name: str) -> Sent:
    """Read a form of the review page and the appeal beside it."""
    at = here(request)
    form = await read_form(request)
    source = await catalogue(session)
    known = source.into(at.lang)
    trail = Trail.of({"category": form.line("trail_category"), "district": form.line("trail_district")}, known)
    found = await review(session, appeal_id, trail.filters(known), by=at.the_person.id, now=at.now, at=at)
    return Sent(request, at, source, trail, found, form, name)


async def carry_out(session: AsyncSession, sent: Sent, step: Callable[[int], Awaitable[str]]) -> Response[Any]:
    """Take a step against the version that the form was filled in with, then go on to the next appeal of the queue."""
    appeal, state = sent.review.appeal, sent.review.state
    version = decisions.version_of(sent.form)
    current = version == appeal.version and FORMS[sent.name] in NEXT[state]
    try:
        done = await step(version) if current else ""
    except (appeals.Stale, IllegalTransition):  # somebody was faster between our look and the lock
        done = ""
    if not done:
        filters = sent.trail.filters(sent.source.into(sent.at.lang))
        now_is = await review(session, appeal.id, filters, by=sent.by, now=sent.at.now, at=sent.at)
        if not sent.already_done(now_is):
            raise await sent.stale(now_is)
        done = DONE_WORD[sent.name]
    return await onward(session, sent, done)


DONE_WORD = {
    "publication": "published",
    "entrusting": "entrusted",
    "rejection": "rejected",
    "merger": "merged",
    "routing": "routed",
}


async def onward(session: AsyncSession, sent: Sent, done: str) -> Response[Any]:
    """To the next appeal of the same queue; to the queue, which then says that it is empty, when there is none."""
    at, appeal, trail = sent.at, sent.review.appeal, sent.trail
    state = sent.form.raw("queue") if sent.form.raw("queue") in set(State) else appeal.state
    filters = trail.filters(sent.source.into(at.lang))
    following = await next_in_queue(session, state, filters, Place(appeal.confirmed_at, appeal.id))
    path = (
        f"/staff/appeals/{following.id}" + trail.query(done=done, of=appeal.number)
        if following
        else "/staff/queue" + trail.query(state=state, done=done, of=appeal.number)
    )
    return Redirect(at.url(path), status_code=303, headers={"Cache-Control": "no-store"})


@post("/staff/appeals/{appeal_id:uuid}/publication", access=staff(Permission.MODERATE), include_in_schema=False, status_code=303)
async def publication(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Publish; with ``then=route`` also give it to the chosen responder, in the same transaction."""
    sent = await received(request, uow, appeal_id, "publication")
    form, at = sent.form, sent.at

    async def step(version: int) -> str:
        what = decisions.publication(at, sent.source.into(at.lang), sent.review, form)
        at_once = form.raw("then") == "route" and at.staff is not None and Permission.ROUTE in at.staff.permissions
        to = None
        if at_once and what is not None:
            to = decisions.responder(at, sent.source, form, category=what.category_id, district=what.district_id)
        if what is None or form.errors:
            raise await sent.refused()
        await appeals.publish(uow, appeal_id, what, by=sent.by, now=now, version=version)
        if to is None:
            return "published"
        await appeals.route(uow, appeal_id, to, by=sent.by, now=now)
        return "published-routed"

    return await carry_out(uow, sent, step)


@post("/staff/appeals/{appeal_id:uuid}/check", access=staff(Permission.MODERATE), include_in_schema=False, status_code=200)
async def check(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """Show the publication form again with words taken out of it, looked at anew; nothing is stored.

    What the page's script does in place, for those without it.
    """
    sent = await received(request, uow, appeal_id, "publication")
    form = sent.form
    if State.PUBLISHED not in NEXT[sent.review.state]:
        raise await sent.stale(sent.review)
    for name in ("title", "body"):
        text = form.text(name)
        if form.raw("take_out"):
            text = take_out(text, form.raw("take_out"))
        if form.raw("take_all_out"):
            text = take_all_out(text)
        form.values[name] = [text]
    if form.raw("use_category"):
        form.values["category"] = [form.raw("use_category")]
    await sent.note_look()
    return show(request, sent.source, sent.review, sent.trail, sent="publication", form=form, merge_with=form.line("merge_with"))


@post("/staff/appeals/{appeal_id:uuid}/author-view", access=staff(Permission.MODERATE), include_in_schema=False, status_code=200)
async def author_view(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Open who asked, to this person and for a while. What stands in the publication form comes along and stays in it."""
    sent = await received(request, uow, appeal_id, "publication")
    opened = await seen.note_seen(uow, appeal_id, by=sent.by, now=now)
    if "title" not in sent.form.values or State.PUBLISHED not in NEXT[sent.review.state]:
        path = sent.at.url(f"/staff/appeals/{appeal_id}{sent.trail.query()}#private")
        return Redirect(path, status_code=303, headers={"Cache-Control": "no-store"})
    await sent.note_look()
    return show(request, sent.source, replace(sent.review, looks=opened), sent.trail, sent="publication", form=sent.form)


@post("/staff/appeals/{appeal_id:uuid}/entrusting", access=staff(Permission.MODERATE), include_in_schema=False, status_code=303)
async def entrusting(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Pass a private question on to whom it is addressed, without publishing it."""
    sent = await received(request, uow, appeal_id, "entrusting")

    async def step(version: int) -> str:
        await entrust(uow, appeal_id, by=sent.by, now=now, version=version)
        return "entrusted"

    return await carry_out(uow, sent, step)


@post("/staff/appeals/{appeal_id:uuid}/rejection", access=staff(Permission.MODERATE), include_in_schema=False, status_code=303)
async def rejection(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Send it back to its author with a reason."""
    sent = await received(request, uow, appeal_id, "rejection")

    async def step(version: int) -> str:
        reason = decisions.rejection(sent.at, author_language(sent.at, sent.review), sent.form)
        if sent.form.errors:
            raise await sent.refused()
        await appeals.reject(uow, appeal_id, reason, by=sent.by, now=now, version=version)
        return "rejected"

    return await carry_out(uow, sent, step)


@post("/staff/appeals/{appeal_id:uuid}/merger", access=staff(Permission.MODERATE), include_in_schema=False, status_code=303)
async def merger(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Join it to a public appeal about the same."""
    sent = await received(request, uow, appeal_id, "merger")

    async def step(version: int) -> str:
        number = await whole_number(uow, sent, now)
        if sent.form.errors:
            raise await sent.refused()
        try:
            await appeals.merge(uow, appeal_id, number, by=sent.by, now=now, version=version)
        except LookupError:
            sentence = sent.at._("Немає опублікованого звернення з таким номером. Перевірте номер")
            sent.form.refuse("number", sentence)
            raise await sent.refused() from None
        return "merged"

    return await carry_out(uow, sent, step)


async def whole_number(session: AsyncSession, sent: Sent, now: datetime) -> str:
    """The number to merge into, of which only the last digits may have been typed."""
    typed = sent.form.line("number")[:NUMBER_AT_MOST]
    if not typed:
        sent.form.refuse("number", sent.at._("Напишіть номер звернення, до якого приєднати"))
        return ""
    found = await by_number(session, sent.at.the_city, typed, now)
    return found.number if found else typed


@post("/staff/appeals/{appeal_id:uuid}/routing", access=staff(Permission.ROUTE), include_in_schema=False, status_code=303)
async def routing(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Give it to a responder, who gets it by e-mail."""
    sent = await received(request, uow, appeal_id, "routing")
    appeal = sent.review.appeal

    async def step(version: int) -> str:
        to = decisions.responder(sent.at, sent.source, sent.form, category=appeal.category_id, district=appeal.district_id)
        if to is None:
            raise await sent.refused()
        await appeals.route(uow, appeal_id, to, by=sent.by, now=now, version=version)
        return "routed"

    return await carry_out(uow, sent, step)


@get(
    [f"/staff/appeals/{{appeal_id:uuid}}/{name}" for name in (*FORMS, "check", "author-view")],
    access=staff(Permission.SEE_QUEUE),
    include_in_schema=False,
)
async def back_to_appeal(request: AnyRequest, appeal_id: FromPath[UUID]) -> Response[Any]:
    """Where a form was sent to and somebody had to sign in first: back to the page that has the form."""
    return Redirect(here(request).url(f"/staff/appeals/{appeal_id}"), status_code=303, headers={"Cache-Control": "no-store"})


handlers = [open_appeal, publication, check, author_view, entrusting, rejection, merger, routing, back_to_appeal]
