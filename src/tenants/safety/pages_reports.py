"""«Поскаржитися» on anything public: a form, without scripts and without an account."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.limits.guard import for_email
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, email_address, read_form
from src.platform.web.here import Here, here
from src.platform.web.pages import page
from src.tenants.appeals.numbers import readable_number
from src.tenants.safety import reports
from src.tenants.safety.bans import refuse_banned
from src.tenants.safety.reports import Complaint
from src.tenants.safety.words import REASONS, part_words, reason_words

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
WORDS_AT_MOST = 1000


async def reportable(session: AsyncSession, number: str) -> Row[Any]:
    """The public appeal, or the 404 of a missing thing."""
    found = await reports.reportable(session, readable_number(number) or "")
    if found is None:
        raise NotFoundException
    return found


def parts_of(at: Here, found: Row[Any]) -> list[tuple[str, str]]:
    """What can be reported: the question, the answer, each photo by its place."""
    names = part_words(at)
    photos = [(str(photo), f"{names['photo']} {n}") for n, photo in enumerate(found.photos, start=1)]
    return [("question", names["question"]), *([("answer", names["answer"])] if found.answered else []), *photos]


def report_page(request: AnyRequest, found: Row[Any], form: Form, *, status: int = 200) -> Response[str]:
    """The form."""
    at = here(request)
    response = page(
        request,
        "safety/report.html",
        status=status,
        cache="no-store",
        nav="appeals",
        appeal=found,
        parts=parts_of(at, found),
        reasons=list(reason_words(at).items()),
        form=form,
        errors=form.errors,
        words_at_most=WORDS_AT_MOST,
    )
    response.headers["X-Robots-Tag"] = PRIVATE["X-Robots-Tag"]
    return response


@get("/appeals/{number:str}/report", access=PUBLIC, include_in_schema=False)
async def report_form(request: AnyRequest, number: FromPath[str], uow: Uow) -> Response[Any]:
    """Say what is wrong with something published; ``what`` is already chosen by the link that led here."""
    found = await reportable(uow, number)
    at = here(request)
    email = at.person.email if at.person and not at.staff else ""
    return report_page(request, found, Form({"what": [request.query_params.get("what", "")], "email": [email]}))


@post("/appeals/{number:str}/report", access=PUBLIC, limits=rules.REPORTS, include_in_schema=False, status_code=303)
async def send_report(request: AnyRequest, number: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Put the report into the queue of the city's staff."""
    at = here(request)
    found = await reportable(uow, number)
    form = await read_form(request)
    await refuse_banned(request, uow, now=now)
    what, words, typed = form.line("what"), form.text("words"), form.line("email")
    if what not in dict(parts_of(at, found)):
        form.refuse("what", at._("Виберіть, на що скаржитеся"))
    if form.raw("reason") not in REASONS:
        form.refuse("reason", at._("Виберіть, що саме не так"))
    if form.raw("reason") == "other" and not words:
        form.refuse("words", at._("Напишіть, що саме не так"))
    if len(words) > WORDS_AT_MOST:
        sentence = at._("Скоротіть текст до %(limit)s знаків: зараз їх %(count)s")
        form.refuse("words", sentence % {"limit": at.language.number(WORDS_AT_MOST), "count": at.language.number(len(words))})
    form.readable(("words",), at._("Цей текст не вдалося прочитати. Введіть його ще раз."))
    email = email_address(typed) if typed else ""
    if email is None:
        form.refuse("email", at._("Перевірте адресу: вона має бути такою, як oksana@ukr.net. Або залиште поле порожнім"))
    if form.errors or email is None:
        raise Redisplay(report_page(request, found, form, status=422))
    if email:
        await for_email(request, uow, rules.REPORTS, email, form, now=now)
    photo = UUID(what) if what not in part_words(at) else None
    part = "photo" if photo else what
    complaint = Complaint(part, photo, form.raw("reason"), words, email, at.lang)
    await reports.report(uow, found.id, complaint, now=now)
    return Redirect(at.url(f"/appeals/{found.number}/report/sent"), status_code=303, headers=PRIVATE)


@get("/appeals/{number:str}/report/sent", access=PUBLIC, include_in_schema=False)
async def report_sent(request: AnyRequest, number: FromPath[str], uow: Uow) -> Response[Any]:
    """Say what happens next."""
    found = await reportable(uow, number)
    response = page(request, "safety/report_sent.html", cache="no-store", nav="appeals", appeal=found)
    response.headers["X-Robots-Tag"] = PRIVATE["X-Robots-Tag"]
    return response


handlers = [report_form, send_report, report_sent]
