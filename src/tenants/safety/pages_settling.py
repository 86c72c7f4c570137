"""Reports in the staff area: what waits, what was decided, deciding."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import here
from src.platform.web.pages import page
from src.tenants.safety import reports
from src.tenants.safety.words import part_words, reason_words

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}
NOTE_AT_MOST = 1000


@get("/staff/reports", access=staff(Permission.SETTLE_REPORTS), include_in_schema=False)
async def report_list(request: AnyRequest, uow: Uow) -> Response[Any]:
    """What waits for somebody to look, or what was decided."""
    at = here(request)
    settled = request.query_params.get("state") == "settled"
    words = {
        "upheld": at._("Скаргу підтримано."),
        "hidden": at._("Скаргу підтримано, фото приховано."),
        "dismissed": at._("Скаргу відхилено, опубліковане лишилося, як було."),
    }
    return page(
        request,
        "safety/reports.html",
        cache="no-store",
        nav="reports",
        settled=settled,
        rows=await reports.listed(uow, settled=settled),
        waiting=await reports.waiting(uow),
        reasons=reason_words(at),
        parts=part_words(at),
        done=words.get(request.query_params.get("done", ""), ""),
    )


async def existing(session: AsyncSession, report_id: UUID) -> Row[Any]:
    """The report, or the 404 of a missing thing."""
    found = await reports.one(session, report_id)
    if found is None:
        raise NotFoundException
    return found


def one_page(request: AnyRequest, found: Row[Any], form: Form, *, status: int = 200, told: str = "") -> Response[Any]:
    """A report with what it is about, and the decision's form while there is one to make."""
    at = here(request)
    return page(
        request,
        "safety/settle.html",
        status=status,
        cache="no-store",
        nav="reports",
        report=found,
        reasons=reason_words(at),
        parts=part_words(at),
        form=form,
        errors=form.errors,
        told=told,
        note_at_most=NOTE_AT_MOST,
    )


@get("/staff/reports/{report_id:uuid}", access=staff(Permission.SETTLE_REPORTS), include_in_schema=False)
async def open_report(request: AnyRequest, report_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """One report."""
    return one_page(request, await existing(uow, report_id), Form())


@post(
    "/staff/reports/{report_id:uuid}/settlement",
    access=staff(Permission.SETTLE_REPORTS),
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def settle(request: AnyRequest, report_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Decide. Upheld, a photo is hidden at once; for words the way leads on to where they are taken out."""
    at = here(request)
    form = await read_form(request)
    found = await existing(uow, report_id)
    note, decision = form.text("note"), form.raw("decision")
    if decision not in {"uphold", "dismiss"}:
        form.refuse("decision", at._("Виберіть рішення: підтримати скаргу чи відхилити"))
    if len(note) > NOTE_AT_MOST:
        form.refuse("note", at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(NOTE_AT_MOST)})
    form.readable(("note",), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    if form.errors:
        raise Redisplay(one_page(request, found, form, status=422))
    try:
        done = await reports.settle(
            uow, at.the_city, report_id, uphold=decision == "uphold", note=note, by=at.the_person.id, now=now
        )
    except reports.Settled:
        told = at._("Поки ви дивилися, цю скаргу вже розглянули. Рішення — нижче, ваше не записано.")
        raise Redisplay(one_page(request, await existing(uow, report_id), form, status=409, told=told)) from None
    if done.state == "upheld" and done.part != "photo" and Permission.MODERATE in at.the_person.permissions:
        return Redirect(at.url(f"/staff/appeals/{done.appeal_id}/redaction"), status_code=303, headers=NO_STORE)
    word = {"upheld": "hidden" if done.part == "photo" else "upheld"}.get(done.state, done.state)
    return Redirect(at.url(f"/staff/reports?done={word}"), status_code=303, headers=NO_STORE)


handlers = [report_list, open_report, settle]
