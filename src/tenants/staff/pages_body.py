"""What somebody who answers for a body has to do: its waiting questions, and a draft of an answer, which a moderator publishes."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import here
from src.tenants.answers import service as answers
from src.tenants.answers.words import Words
from src.tenants.answers.writing import BODY_AT_MOST, SHORT_AT_MOST
from src.tenants.appeals import service as appeals
from src.tenants.cities.catalogue import catalogue
from src.tenants.settings.showing import AnyRequest, leads_to, settings_page
from src.tenants.staff import queries

MINE = staff(Permission.ANSWER_FOR_BODY)


@get("/staff/body", access=MINE, include_in_schema=False)
async def body(request: AnyRequest, uow: Uow) -> Response[Any]:
    """What waits for the body's answer, oldest first."""
    at = here(request)
    known = (await catalogue(uow)).into(at.lang)
    mine = await queries.body_of(uow, at.the_person.id)
    return settings_page(
        request,
        "staff/body.html",
        nav="body",
        known=known,
        body=known.responder.get(mine) if mine else None,
        rows=await queries.waiting_at(uow, mine) if mine else [],
        done=at._("Надіслано модераторові. Він перевірить і опублікує.") if request.query_params.get("done") == "sent" else "",
    )


async def mine(request: AnyRequest, session: AsyncSession, appeal_id: UUID) -> tuple[UUID, Row[Any]]:
    """The body and its waiting question, or the 404 of a missing thing."""
    responder_id = await queries.body_of(session, here(request).the_person.id)
    rows = await queries.waiting_at(session, responder_id) if responder_id else []
    row = next((each for each in rows if each.id == appeal_id), None)
    if responder_id is None or row is None:
        raise NotFoundException
    return responder_id, row


async def question_page(
    request: AnyRequest, session: AsyncSession, row: Row[Any], form: Form, *, status: int = 200
) -> Response[Any]:
    """The question as everybody sees it, and the form of an answer."""
    known = (await catalogue(session)).into(here(request).lang)
    return settings_page(
        request,
        "staff/question.html",
        status=status,
        nav="body",
        row=row,
        category=known.category[row.category_id],
        district=known.district[row.district_id],
        form=form,
        short_at_most=SHORT_AT_MOST,
        body_at_most=BODY_AT_MOST,
    )


@get("/staff/body/{appeal_id:uuid}", access=MINE, include_in_schema=False)
async def question(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """One question, with the answer as far as it was written."""
    _, row = await mine(request, uow, appeal_id)
    draft = await answers.draft_of(uow, await appeals.for_change(uow, appeal_id))
    return await question_page(
        request, uow, row, Form({"short": [draft.short if draft else ""], "body": [draft.body if draft else ""]})
    )


@post("/staff/body/{appeal_id:uuid}", access=MINE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def answer(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Leave the answer with the moderator."""
    at = here(request)
    form = await read_form(request)
    responder_id, row = await mine(request, uow, appeal_id)
    short, words = form.line("short"), form.text("body")
    if not short:
        form.refuse("short", at._("Напишіть коротку відповідь"))
    for name, given, most in (("short", short, SHORT_AT_MOST), ("body", words, BODY_AT_MOST)):
        if len(given) > most:
            form.refuse(name, at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(most)})
    form.readable(("short", "body"), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    if form.errors:
        raise Redisplay(await question_page(request, uow, row, form, status=422))
    appeal = await appeals.for_change(uow, appeal_id)
    await answers.write(uow, appeal, Words(responder_id, short, words), by=at.the_person.id, now=now)
    return leads_to(request, "/staff/body?done=sent")


handlers = [body, question, answer]
