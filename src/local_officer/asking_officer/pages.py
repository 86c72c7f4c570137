"""The page on which an officer answers a question that is addressed to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.asking_officer.models import DirectQuestion
from src.local_officer.asking_officer.queries import WAITS, direct_question, told_of
from src.local_officer.office_hours.words import day_words
from src.local_officer.officers.records import officer_at
from src.local_officer.officers.switch import require_office
from src.platform.limits import rules
from src.platform.people.audit.service import action, record_once
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here
from src.platform.web.i18n import msgid
from src.platform.web.pages import page
from src.tenants.answers import service as answers
from src.tenants.answers.models import Answer
from src.tenants.answers.words import Words
from src.tenants.appeals import service as appeals
from src.tenants.appeals.entrusting import settle
from src.tenants.appeals.models import Appeal, Photo, Submission
from src.tenants.appeals.states import State
from src.tenants.asking.photo_answers import photo_file
from src.tenants.asking.photos import SIZES

AnyRequest = Request[Any, Any, Any]
MAY = staff(Permission.KEEP_OFFICE, Permission.MANAGE_OFFICES)
NO_STORE = {"Cache-Control": "no-store"}
SEEN = action("question.read", msgid("Прочитано запитання без публікації"))
ANSWERABLE = frozenset({State.ROUTED, State.REOPENED})
SHORT_AT_MOST = 300
ANSWER_AT_MOST = 8000


@dataclass(slots=True)
class Asked:
    """A question addressed to an officer, before whoever may answer it. ``draft`` is of a public one."""

    request: AnyRequest
    at: Here
    direct: DirectQuestion
    appeal: Appeal
    own: Submission
    draft: Answer | None
    events: list[dict[str, str]]
    now: datetime

    @property
    def others_draft(self) -> bool:
        """Whether a moderator works on the answer already."""
        return self.draft is not None and self.draft.account_id != self.at.the_person.id

    @property
    def may_answer(self) -> bool:
        """Whether an answer would be taken now."""
        if self.own.private:
            return self.appeal.state == State.ENTRUSTED
        return self.appeal.state in ANSWERABLE and self.appeal.responder_id is not None and not self.others_draft

    def page(self, form: Form | None = None, *, status: int = 200, told: str = "", photos: Sequence[Photo] = ()) -> Response[str]:
        """The page."""
        draft = self.draft
        shown = form or Form({"short": [draft.short if draft else ""], "answer": [draft.body if draft else ""]})
        today = self.now.astimezone(ZoneInfo(self.at.the_city.timezone)).date()
        due, private = self.direct.due_on, self.own.private
        return page(
            self.request,
            "asking_officer/question.html",
            status=status,
            cache="no-store",
            nav="office",
            asked=self,
            told=told,
            photos=photos,
            title=self.own.title if private else self.appeal.title,
            body=self.own.body if private else self.appeal.body,
            waits=self.appeal.state in WAITS,
            due_words=day_words(self.at.lang, due) if due else "",
            left=(due - today).days if due else None,
            form=shown,
            errors=shown.errors,
        )


async def asked_at(request: AnyRequest, session: AsyncSession, appeal_id: UUID, *, now: datetime, lock: bool = False) -> Asked:
    """The question, for the officer it is addressed to and for an administrator; the 404 of a missing thing for all others,
    and for one that no moderator has let through.
    """
    at = require_office(request)
    direct = await direct_question(session, appeal_id)
    officer = await officer_at(session, direct.officer_id) if direct else None
    if direct is None or direct.since is None or officer is None:
        raise NotFoundException
    person = at.the_person
    today = now.astimezone(ZoneInfo(at.the_city.timezone)).date()
    keeps = officer.account_id == person.id and (officer.left_on is None or today < officer.left_on)
    if not keeps and Permission.MANAGE_OFFICES not in person.permissions:
        raise NotFoundException
    appeal = await (appeals.for_change(session, appeal_id) if lock else session.get_one(Appeal, (direct.city_id, appeal_id)))
    own = await appeals.submission_of(session, appeal)
    if appeal.state == State.REMOVED or (own.private and own.erased_at is not None):
        raise NotFoundException
    draft = None if own.private else await answers.draft_of(session, appeal)
    return Asked(request, at, direct, appeal, own, draft, await told_of(session, appeal_id) if own.private else [], now)


@get("/staff/office/questions/{appeal_id:uuid}", access=MAY, include_in_schema=False)
async def open_question(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """The question, its term, the form for the answer. That a private one was read is noted."""
    asked = await asked_at(request, uow, appeal_id, now=now)
    if asked.own.private:
        by, day = asked.at.the_person.id, now.date().isoformat()
        await record_once(uow, SEEN, of=day, now=now, by=by, subject=("appeal", appeal_id), fields=["title", "body"])
    return asked.page(photos=await photos_of(uow, asked))


@post(
    "/staff/office/questions/{appeal_id:uuid}",
    access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def answer(request: AnyRequest, appeal_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """To a private question the answer goes to its author; to a public one it waits for a moderator as a draft."""
    form = await read_form(request)
    asked = await asked_at(request, uow, appeal_id, now=now, lock=True)
    at, private = asked.at, asked.own.private
    short, words = form.line("short"), form.text("answer")
    if not asked.may_answer:
        sentence = at._("Зараз відповісти не можна: запитання змінилося. Ваш текст лишився у формі, збережіть його в себе.")
        raise Redisplay(asked.page(form, status=409, told=sentence))
    form.readable(("short", "answer"), at._("Цей текст не вдалося прочитати. Введіть його ще раз."))
    check(at, form, "answer", words, ANSWER_AT_MOST, at._("Напишіть відповідь"))
    if not private:
        check(at, form, "short", short, SHORT_AT_MOST, at._("Напишіть коротку відповідь одним реченням"))
    if form.errors:
        raise Redisplay(asked.page(form, status=422))
    by = at.the_person.id
    if private:
        await settle(uow, appeal_id, words, by=by, now=now)
    elif asked.appeal.responder_id is not None:
        await answers.write(uow, asked.appeal, Words(asked.appeal.responder_id, short, words), by=by, now=now)
    return Redirect(at.url(f"/staff/office/questions/{appeal_id}?done=1"), status_code=303, headers=NO_STORE)


def check(at: Here, form: Form, name: str, value: str, most: int, missing: str) -> None:
    """Say at the field what is wrong with it."""
    if not value:
        form.refuse(name, missing)
    elif len(value) > most:
        form.refuse(name, at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(most)})


@get(
    "/staff/office/questions/{appeal_id:uuid}/photos/{photo_id:uuid}/{size:str}",
    access=MAY, include_in_schema=False, exclude_from_compression=True,
)  # fmt: skip
async def photo(
    request: AnyRequest, appeal_id: FromPath[UUID], photo_id: FromPath[UUID], size: FromPath[str], uow: Uow, now: Now
) -> Response[Any]:
    """A photo of a question, for whom it is addressed to: of a private one it is shown nowhere else but to moderators."""
    asked = await asked_at(request, uow, appeal_id, now=now)
    found = next((one for one in await photos_of(uow, asked) if one.id == photo_id), None)
    if found is None or size not in SIZES:
        raise NotFoundException
    return await photo_file(request, photo_id, size, digest=found.digest, cache="private, no-cache")


async def photos_of(session: AsyncSession, asked: Asked) -> Sequence[Photo]:
    """Photos in the author's order, but those that a moderator hid."""
    query = select(Photo).where(
        Photo.city_id == asked.direct.city_id, Photo.appeal_id == asked.appeal.id, Photo.hidden.is_(False)
    )
    return (await session.scalars(query.order_by(Photo.position, Photo.id))).all()


handlers: list[Any] = [open_question, answer, photo]
