"""Changing what is already published: words of the question and of its answers, photos hidden or shown again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.platform.web.pages import page
from src.tenants.answers import redaction as answers
from src.tenants.answers.models import Answer
from src.tenants.answers.writing import BODY_AT_MOST as ANSWER_AT_MOST
from src.tenants.answers.writing import SHORT_AT_MOST
from src.tenants.appeals import redaction
from src.tenants.appeals.models import Appeal, AppealEvent, AppealEventWords
from src.tenants.desk.decisions import BODY_AT_MOST, TITLE_AT_MOST, version_of
from src.tenants.desk.reviews import photos as photos_of

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Work:
    """What is published of an appeal, locked."""

    appeal: Appeal
    answers: Sequence[Answer]
    photos: Sequence[Row[*tuple[Any, ...]]]
    before: Sequence[Row[*tuple[Any, ...]]]


async def before_of(session: AsyncSession, appeal: Appeal) -> Sequence[Row[*tuple[Any, ...]]]:
    """What it said before each redaction, the newest first."""
    query = (
        select(AppealEvent.at, AppealEventWords.words)
        .join(AppealEventWords, (AppealEventWords.city_id == AppealEvent.city_id) & (AppealEventWords.id == AppealEvent.id))
        .where(AppealEvent.city_id == appeal.city_id, AppealEvent.appeal_id == appeal.id, AppealEvent.kind == "redacted")
        .order_by(AppealEvent.at.desc(), AppealEvent.id.desc())
    )
    return (await session.execute(query)).all()


async def work_on(session: AsyncSession, appeal_id: UUID) -> Work:
    """The appeal with what everybody can read. Raises the 404 of a missing thing, and ``NotPublic``."""
    appeal = await redaction.public_for_change(session, appeal_id)
    return Work(
        appeal,
        await answers.published_of(session, appeal_id),
        await photos_of(session, appeal_id),
        await before_of(session, appeal),
    )


def opened(work: Work) -> Form:
    """The form as it opens: what everybody reads now."""
    values = {
        "title": [work.appeal.title],
        "body": [work.appeal.body],
        "version": [str(work.appeal.version)],
        "hide": [str(photo.id) for photo in work.photos if photo.hidden],
    }
    for answer in work.answers:
        values |= {f"short-{answer.id}": [answer.short], f"body-{answer.id}": [answer.body]}
    return Form(values=values)


def redaction_page(request: AnyRequest, work: Work, form: Form, *, status: int = 200, conflict: bool = False) -> Response[Any]:
    """The form; in a conflict what was typed is shown beside what is published now."""
    return page(
        request,
        "desk/redaction.html",
        status=status,
        cache="no-store",
        nav="queue",
        appeal=work.appeal,
        answers=work.answers,
        photos=work.photos,
        before=work.before,
        form=form,
        errors=form.errors,
        conflict=conflict,
        title_at_most=TITLE_AT_MOST,
        body_at_most=BODY_AT_MOST,
        short_at_most=SHORT_AT_MOST,
        answer_at_most=ANSWER_AT_MOST,
    )


def back(request: AnyRequest, appeal_id: UUID, done: str = "") -> Redirect:
    """To the appeal's page of the staff area."""
    path = f"/staff/appeals/{appeal_id}" + (f"?done={done}" if done else "")
    return Redirect(here(request).url(path), status_code=303, headers=NO_STORE)


@get("/staff/appeals/{appeal_id:uuid}/redaction", access=staff(Permission.MODERATE), include_in_schema=False)
async def open_redaction(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """What is published, to be changed."""
    try:
        work = await work_on(uow, appeal_id)
    except redaction.NotPublic:
        return back(request, appeal_id)
    return redaction_page(request, work, opened(work))


def check(at: Here, form: Form, work: Work) -> None:
    """Say at the field what is wrong."""
    if not form.line("title"):
        form.refuse("title", at._("Напишіть заголовок"))
    limits = {"title": TITLE_AT_MOST, "body": BODY_AT_MOST}
    for answer in work.answers:
        limits |= {f"short-{answer.id}": SHORT_AT_MOST, f"body-{answer.id}": ANSWER_AT_MOST}
        if not form.line(f"short-{answer.id}"):
            form.refuse(f"short-{answer.id}", at._("Напишіть коротку відповідь: одне-два речення, з яких усе зрозуміло"))
    for name, most in limits.items():
        if len(form.text(name)) > most:
            form.refuse(name, at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(most)})
    form.readable(limits, at._("Частину знаків не вдалося прочитати. Перевірте текст"))


@post(
    "/staff/appeals/{appeal_id:uuid}/redaction",
    access=staff(Permission.MODERATE),
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def redact(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Change it for everybody at once. What it said before stays for staff."""
    at = here(request)
    form = await read_form(request)
    try:
        work = await work_on(uow, appeal_id)
    except redaction.NotPublic:
        return back(request, appeal_id)
    check(at, form, work)
    if form.errors:
        raise Redisplay(redaction_page(request, work, form, status=422))
    if version_of(form) != work.appeal.version:
        form.values["version"] = [str(work.appeal.version)]
        raise Redisplay(redaction_page(request, work, form, status=409, conflict=True))
    done = await carry_out(uow, work, form, by=at.the_person.id, now=now)
    return back(request, appeal_id, f"redacted&of={work.appeal.number}" if done else "")


async def carry_out(session: AsyncSession, work: Work, form: Form, *, by: UUID, now: datetime) -> bool:
    """Store what was changed; whether anything was."""
    appeal, last = work.appeal, form.line(f"short-{work.answers[-1].id}") if work.answers else ""
    title, body = form.line("title"), form.text("body")
    changed = [await redaction.redact(session, appeal, title=title, body=body, answers=last, by=by, now=now)]
    for answer in work.answers:
        short, whole = form.line(f"short-{answer.id}"), form.text(f"body-{answer.id}")
        changed.append(await answers.redact(session, appeal, answer, short, whole, by=by, now=now))
    hidden = set(form.all("hide"))
    for photo in work.photos:
        hide = str(photo.id) in hidden
        if await redaction.set_hidden(session, appeal, photo.id, hidden=hide, by=by, now=now):
            changed.append(True)
    return any(changed)


handlers = [open_redaction, redact]
