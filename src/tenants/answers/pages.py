"""Writing an answer: the form, its draft, the preview, the publication."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import room, rules
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import FILES_LOST, Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.platform.web.pages import page
from src.tenants.answers import pages_files, queries, service, writing
from src.tenants.answers.models import Answer
from src.tenants.answers.queries import Draft, mark_of
from src.tenants.answers.words import Words
from src.tenants.appeals import service as appeals
from src.tenants.appeals.states import State
from src.tenants.cities.catalogue import InLanguage, catalogue

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}
ANSWERABLE = frozenset({State.ROUTED, State.REOPENED})


@dataclass(frozen=True, slots=True)
class Work:
    """An answer being written: the appeal, the draft so far, who writes, in which language."""

    request: AnyRequest
    at: Here
    known: InLanguage
    appeal: Row[Any]
    draft: Draft | None

    @property
    def by(self) -> UUID:
        """Who writes; the guard let nobody else in."""
        if self.at.staff is None:
            raise LookupError
        return self.at.staff.id

    def url(self, rest: str = "") -> str:
        """The address of the form, or of what lies below it."""
        return self.at.url(f"/staff/appeals/{self.appeal.id}/answer{rest}")

    def show(self, form: Form, *, status: int = 200, conflict: str = "", saved: bool = False) -> Response[Any]:
        """The form."""
        return page(
            self.request,
            "answers/write.html",
            status=status,
            cache="no-store",
            nav="queue",
            appeal=self.appeal,
            category=self.known.category[self.appeal.category_id],
            district=self.known.district[self.appeal.district_id],
            responders=[(str(item.id), item.name) for item in self.known.responders],
            draft=self.draft,
            mark=self.draft.mark if self.draft else "",
            form=form,
            errors=form.errors,
            rows=writing.rows_of(form),
            more_rows=len(writing.rows_of(form)) < writing.ROWS_AT_MOST,
            conflict=conflict,
            saved=saved,
            limits=writing,
        )

    def not_now(self, form: Form | None = None) -> Response[Any]:
        """A page instead of the form: there is nothing to answer, or it is answered. Holds on to what was typed."""
        typed = [form.raw("short"), form.raw("body"), *(" — ".join(row) for row in writing.rows_of(form))] if form else []
        return page(
            self.request,
            "answers/not_now.html",
            status=409,
            cache="no-store",
            nav="queue",
            appeal=self.appeal,
            typed=[text for text in typed if text.strip(" —")],
        )


async def work_on(request: AnyRequest, session: AsyncSession, appeal_id: UUID) -> Work:
    """The appeal and the draft of its answer. Raises the 404 of a missing thing."""
    at = here(request)
    known = (await catalogue(session)).into(at.lang)
    appeal = await queries.appeal_for_answer(session, appeal_id)
    return Work(request, at, known, appeal, await queries.draft(session, appeal_id))


@get("/staff/appeals/{appeal_id:uuid}/answer", access=staff(Permission.ANSWER), include_in_schema=False)
async def write_answer(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """The form, with the draft in it when there is one."""
    work = await work_on(request, uow, appeal_id)
    if work.appeal.state not in ANSWERABLE:
        return work.not_now()
    given = request.query_params
    wanted = int(given["rows"]) if given.get("rows", "") in {str(n) for n in range(writing.ROWS_AT_MOST + 1)} else 0
    form = writing.opened(work.draft, work.appeal.responder_id, max(wanted, writing.ROWS_AT_FIRST))
    return work.show(form, saved="saved" in given)


@post(
    "/staff/appeals/{appeal_id:uuid}/answer",
    access=staff(Permission.ANSWER),
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def send_answer(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Keep the draft; then, as the pressed button says, publish, preview, give more rows or take a file off."""
    form = await read_form(request, bytes_at_most=writing.FORM_BYTES_AT_MOST)
    appeal = await appeals.for_change(uow, appeal_id)
    work = await work_on(request, uow, appeal_id)
    publishing = form.raw("then") == "publish"
    words = writing.words_of(work.at, work.known, form, to_publish=publishing)
    if work.appeal.state not in ANSWERABLE:
        form.drop_uploads()
        if publishing and words is not None and await already_published(uow, work, mark_of(words)):
            return published(work)
        raise Redisplay(work.not_now(form))
    if form.flag(FILES_LOST):
        form.refuse("files", work.at._("Виберіть файли ще раз: браузер не зберігає їх."))
    files = await writing.files_of(work.at, form, held=len(work.draft.files) if work.draft else 0)
    if files and await room.full(uow, work.at.the_city, more=sum(len(document.data) for document in files)):
        form.refuse("files", work.at._("Для файлів у міста вже немає місця. Текст можна зберегти й опублікувати без них"))
    if words is None or form.errors:
        raise Redisplay(work.show(form, status=422))
    refuse_stale(work, form, words, publishing=publishing)
    answer = await service.write(uow, appeal, words, by=work.by, now=now)
    for document in files:
        await service.attach(uow, answer, document, by=work.by, now=now)
    if publishing:
        await service.publish(uow, appeal, answer, by=work.by, now=now)
        return published(work)
    return await kept(uow, work, form, answer, len(words.steps))


async def kept(session: AsyncSession, work: Work, form: Form, answer: Answer, steps: int) -> Response[Any]:
    """Where to go once the draft is kept."""
    then = form.raw("then")
    if then == "preview":
        return Redirect(work.url("/preview"), status_code=303, headers=NO_STORE)
    rows = max(steps, writing.ROWS_AT_FIRST)
    if then == "more":
        rows = min(writing.ROWS_AT_MOST, max(len(writing.rows_of(form)), rows) + writing.ROWS_AT_FIRST)
        return Redirect(work.url(f"?rows={rows}#do-{steps + 1}"), status_code=303, headers=NO_STORE)
    if form.raw("remove") and (file_id := id_of(form.raw("remove"))) is not None:
        await service.detach(session, answer, file_id, by=work.by, now=work.at.now)
        return Redirect(work.url(f"?rows={rows}#files"), status_code=303, headers=NO_STORE)
    return Redirect(work.url(f"?saved&rows={rows}"), status_code=303, headers=NO_STORE)


def id_of(value: str) -> UUID | None:
    """An id as it comes from a form; nothing when it is none."""
    try:
        return UUID(value)
    except ValueError:
        return None


def refuse_stale(work: Work, form: Form, words: Words, *, publishing: bool) -> None:
    """Refuse to overwrite what somebody else wrote meanwhile, or to publish on an appeal that changed."""
    at = work.at
    stored = work.draft.words if work.draft else None
    if form.raw("mark") != mark_of(stored) and words != stored:
        sentence = (
            at._(
                "Поки ви писали, чернетку змінено: %(who)s. Нижче ваш текст; збережена чернетка — під ним. Надішліть ще раз, щоб замінити її."
            )
            % {"who": work.draft.by}
            if work.draft
            else at._("Чернетки, яку ви відкривали, вже немає. Ваш текст на місці: надішліть його ще раз.")
        )
        raise Redisplay(work.show(form, status=409, conflict=sentence))
    if publishing and form.raw("version") != str(work.appeal.version):
        sentence = at._(
            "Поки ви писали, звернення змінилося: перегляньте, у кого воно тепер. Ваш текст на місці, надішліть ще раз."
        )
        raise Redisplay(work.show(form, status=409, conflict=sentence))


async def already_published(session: AsyncSession, work: Work, mark: str) -> bool:
    """Whether this very answer was published a moment ago: the second press of a button is not a conflict."""
    last = await queries.last_published(session, work.appeal.id)
    return last is not None and last.by_id == work.by and last.mark == mark


def published(work: Work) -> Response[Any]:
    """Back to the appeal, which says what happened and what comes next in the queue of those that wait."""
    done = f"?done=answered&of={work.appeal.number}&queue={State.ROUTED}"
    return Redirect(work.at.url(f"/staff/appeals/{work.appeal.id}{done}"), status_code=303, headers=NO_STORE)


@get("/staff/appeals/{appeal_id:uuid}/answer/preview", access=staff(Permission.ANSWER), include_in_schema=False)
async def preview(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """The draft as everybody would see it."""
    work = await work_on(request, uow, appeal_id)
    if work.appeal.state not in ANSWERABLE:
        return work.not_now()
    if work.draft is None:
        return Redirect(work.url(), status_code=303, headers=NO_STORE)
    return show_preview(work)


def show_preview(work: Work, *, status: int = 200, errors: dict[str, str] | None = None) -> Response[Any]:
    """The preview's page."""
    draft = work.draft
    if draft is None:
        raise LookupError
    responder = work.known.responder[draft.words.responder_id]
    return page(
        work.request,
        "answers/preview.html",
        status=status,
        cache="no-store",
        nav="queue",
        appeal=work.appeal,
        category=work.known.category[work.appeal.category_id],
        district=work.known.district[work.appeal.district_id],
        mark=draft.mark,
        form_url=work.url(),
        errors=errors or {},
        answer={
            "responder": responder.name,
            "initials": responder.initials,
            "short": draft.words.short,
            "body": draft.words.body,
            "steps": [{"do": step.action, "contact": step.contact} for step in draft.words.steps],
            "files": [
                {"name": file.name, "size": file.bytes, "url": f"/answers/{draft.id}/files/{file.id}"} for file in draft.files
            ],
        },
    )


@post(
    "/staff/appeals/{appeal_id:uuid}/answer/publication",
    access=staff(Permission.ANSWER),
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def publish_draft(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Publish the draft as it was previewed."""
    form = await read_form(request)
    appeal = await appeals.for_change(uow, appeal_id)
    work = await work_on(request, uow, appeal_id)
    if work.appeal.state not in ANSWERABLE or work.draft is None:
        if await already_published(uow, work, form.raw("mark")):
            return published(work)
        raise Redisplay(work.not_now())
    problem = ""
    if not work.draft.words.short:
        problem = work.at._("Короткої відповіді ще немає. Поверніться й напишіть її")
    elif form.raw("mark") != work.draft.mark or form.raw("version") != str(work.appeal.version):
        problem = work.at._("Поки ви дивилися, відповідь або звернення змінилися. Перегляньте ще раз і тоді публікуйте")
    if problem:
        raise Redisplay(show_preview(work, status=409, errors={"publish": problem}))
    answer = await service.draft_of(uow, appeal)
    if answer is None:
        raise LookupError
    await service.publish(uow, appeal, answer, by=work.by, now=now)
    return published(work)


@get("/staff/appeals/{appeal_id:uuid}/answer/publication", access=staff(Permission.ANSWER), include_in_schema=False)
async def back_to_preview(request: AnyRequest, appeal_id: FromPath[UUID]) -> Response[Any]:
    """Where the preview's form was sent to and somebody had to sign in first: back to the page that has the form."""
    return Redirect(here(request).url(f"/staff/appeals/{appeal_id}/answer/preview"), status_code=303, headers=NO_STORE)


handlers = [write_answer, send_answer, preview, publish_draft, back_to_preview, *pages_files.handlers]
