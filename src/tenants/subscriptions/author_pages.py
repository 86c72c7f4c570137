"""The author's own page: confirm the question, see what happens to it, correct it, withdraw it, say that it is not solved."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.access import PUBLIC, SignInFirst
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import here
from src.tenants.appeals import service as appeals
from src.tenants.appeals.entrusting import ask_again
from src.tenants.appeals.models import Appeal, AppealEvent, AppealEventWords, Submission
from src.tenants.appeals.states import State
from src.tenants.safety.bans import refuse_banned
from src.tenants.subscriptions.author_view import author_view
from src.tenants.subscriptions.private import PRIVATE, AnyRequest, gone, private_page, subject_of
from src.tenants.subscriptions.service import CONFIRM_WITHIN
from src.tenants.subscriptions.story import author_path

TITLE_AT_LEAST = 10
TITLE_AT_MOST = 120
BODY_AT_MOST = 4000
WHY_AT_MOST = 2000


async def own_appeal(request: AnyRequest, session: AsyncSession, purpose: str, token: str) -> Appeal:
    """The question that a link is about, to look at."""
    signed_in = await by_account(request, session, purpose, token)
    appeal_id = signed_in or subject_of(request, purpose, token)
    found = (
        await session.execute(
            select(Appeal)
            .join(Submission, (Submission.city_id == Appeal.city_id) & (Submission.id == Appeal.id))
            .where(Appeal.city_id == here(request).the_city.id, Appeal.id == appeal_id, Submission.erased_at.is_(None))
        )
    ).scalar_one_or_none()
    if found is None:
        raise gone(request)
    return found


async def own_appeal_for_change(request: AnyRequest, session: AsyncSession, purpose: str, token: str) -> Appeal:
    """The same, locked before it is read: whoever sends a form twice waits, and then sees what the first one did."""
    signed_in = await by_account(request, session, purpose, token)
    try:
        found = await appeals.for_change(session, signed_in or subject_of(request, purpose, token))
    except NotFoundException:
        raise gone(request) from None
    if (await appeals.submission_of(session, found)).erased_at is not None:
        raise gone(request)
    return found


async def by_account(request: AnyRequest, session: AsyncSession, purpose: str, token: str) -> UUID | None:
    """The question in an address that names it by its id, when whoever is signed in asked it; none for a signed address.

    Raises the way to sign in when nobody is signed in, and for a question of somebody else what is raised for none.
    """
    try:
        appeal_id = UUID(token)
    except ValueError:
        return None
    person = here(request).person
    if purpose != "author":
        raise gone(request)
    if person is None:
        raise SignInFirst
    mine = select(Submission.id).where(
        Submission.city_id == here(request).the_city.id, Submission.id == appeal_id, Submission.author_email == person.email
    )
    if await session.scalar(mine) is None:
        raise gone(request)
    return appeal_id


def expired(appeal: Appeal, now: datetime) -> bool:
    """Whether it waited too long for its confirmation and is about to be deleted."""
    return appeal.state == State.UNCONFIRMED and appeal.created_at < now - CONFIRM_WITHIN


def to_author_page(request: AnyRequest, appeal: Appeal) -> Redirect:
    """On to the author's page: by the id where they came by the id, signed in, else by the signed address."""
    at = here(request)
    path = f"/my/{appeal.id}" if at.path.startswith(f"/my/{appeal.id}/") else author_path(at, appeal.id)
    return Redirect(at.url(path), status_code=303, headers=PRIVATE)


@get("/confirm/{token:str}", access=PUBLIC, include_in_schema=False)
async def open_confirm_link(request: AnyRequest, token: str, uow: AsyncSession, now: datetime) -> Response[Any]:
    """Show the button; opening the page confirms nothing, so a mail scanner may look at it."""
    appeal = await own_appeal(request, uow, "confirm", token)
    if expired(appeal, now):
        raise gone(request)
    if appeal.state != State.UNCONFIRMED:
        return to_author_page(request, appeal)
    submission = await appeals.submission_of(uow, appeal)
    return private_page(request, "subscriptions/confirm.html", token=token, title=submission.title)


@post("/confirm/{token:str}", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def confirm(request: AnyRequest, token: str, uow: AsyncSession, now: datetime) -> Response[Any]:
    """The question gets its number; a second time leads to the same page."""
    appeal = await own_appeal_for_change(request, uow, "confirm", token)
    if expired(appeal, now):
        raise gone(request)
    submission = await appeals.submission_of(uow, appeal)
    await refuse_banned(request, uow, now=now, email=submission.author_email)
    await appeals.confirm(uow, here(request).the_city, appeal.id, now=now)
    return to_author_page(request, appeal)


async def author_page(  # noqa: PLR0913  what a page that comes back with its form needs
    request: AnyRequest,
    session: AsyncSession,
    appeal: Appeal,
    token: str,
    now: datetime,
    *,
    status: int = 200,
    form: Form | None = None,
    told: str = "",
    typed: Sequence[str] = (),
) -> Response[str]:
    """The page; ``told`` is why something could not be done, ``form`` what was typed, ``typed`` the same where the page
    has no form for it any more."""  # noqa: D209
    view = await author_view(session, here(request), appeal, now)
    if form is None:
        form = Form({"title": [view.submission.title], "body": [view.submission.body]})
    return private_page(
        request,
        "subscriptions/author.html",
        status=status,
        view=view,
        token=token,
        form=form,
        errors=form.errors,
        told=told,
        typed=[text for text in typed if text],
        title_at_most=TITLE_AT_MOST,
        body_at_most=BODY_AT_MOST,
        why_at_most=WHY_AT_MOST,
    )


@get("/my/{token:str}", access=PUBLIC, include_in_schema=False)
async def my_question(request: AnyRequest, token: str, uow: AsyncSession, now: datetime) -> Response[Any]:
    """Where the question is and what the author can do."""
    appeal = await own_appeal(request, uow, "author", token)
    return await author_page(request, uow, appeal, token, now)


@post("/my/{token:str}/withdrawal", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def withdraw(request: AnyRequest, token: str, uow: AsyncSession, now: datetime) -> Response[Any]:
    """Take the question back, while it is not public."""
    at = here(request)
    appeal = await own_appeal_for_change(request, uow, "author", token)
    if appeal.state not in {State.UNCONFIRMED, State.SUBMITTED, State.REJECTED, State.WITHDRAWN}:
        told = at._("Забрати запитання вже не можна: модератор його розглянув. Що з ним зараз, написано нижче.")
        raise Redisplay(await author_page(request, uow, appeal, token, now, status=409, told=told))
    if appeal.state != State.WITHDRAWN:
        await appeals.withdraw(uow, appeal.id, now=now)
    return to_author_page(request, appeal)


@post("/my/{token:str}/correction", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def correct(request: AnyRequest, token: str, uow: AsyncSession, now: datetime) -> Response[Any]:
    """Mend the words of a rejected question and send it again."""
    at = here(request)
    form = await read_form(request)
    title, body = form.line("title"), form.text("body")
    appeal = await own_appeal_for_change(request, uow, "author", token)
    asked = await appeals.submission_of(uow, appeal)
    await refuse_banned(request, uow, now=now, email=asked.author_email)
    if appeal.state != State.REJECTED:
        words = await appeals.submission_of(uow, appeal)
        if appeal.state == State.SUBMITTED and (words.title, words.body) == (title, body):
            return to_author_page(request, appeal)
        told = at._("Виправити текст зараз не можна: запитання вже не чекає на виправлення. Що з ним, написано нижче.")
        raise Redisplay(await author_page(request, uow, appeal, token, now, status=409, told=told, typed=(title, body)))
    check_words(request, form, title, body)
    told = ""
    if form.raw("version") != str(appeal.version):
        told = at._("Поки сторінка була відкрита, запитання змінилося. Перевірте текст і надішліть ще раз.")
    if form.errors or told:
        status = 422 if form.errors else 409
        raise Redisplay(await author_page(request, uow, appeal, token, now, status=status, form=form, told=told))
    await appeals.correct(uow, appeal.id, title=title, body=body, now=now)
    return to_author_page(request, appeal)


def check_words(request: AnyRequest, form: Form, title: str, body: str) -> None:
    """Say at the field what is wrong with the words of a question."""
    at = here(request)
    form.readable(("title", "body"), at._("Цей текст не вдалося прочитати. Введіть його ще раз."))
    if not title:
        form.refuse("title", at._("Напишіть запитання одним реченням"))
    elif len(title) < TITLE_AT_LEAST or not any(letter.isalpha() for letter in title):
        form.refuse("title", at._("Напишіть запитання повним реченням, хоча б 10 знаків"))
    elif len(title) > TITLE_AT_MOST:
        words = at._("Скоротіть запитання до {limit} знаків: зараз їх {count}")
        form.refuse("title", words.format(limit=TITLE_AT_MOST, count=len(title)))
    if len(body) > BODY_AT_MOST:
        words = at._("Скоротіть подробиці до {limit} знаків: зараз їх {count}")
        form.refuse("body", words.format(limit=BODY_AT_MOST, count=len(body)))


async def last_why(session: AsyncSession, appeal: Appeal) -> str:
    """What the author wrote when they opened the question again; for telling a second press of the button from other words."""
    query = (
        select(AppealEventWords.words["why"].astext)
        .join(AppealEvent, (AppealEvent.city_id == AppealEventWords.city_id) & (AppealEvent.id == AppealEventWords.id))
        .where(AppealEvent.city_id == appeal.city_id, AppealEvent.appeal_id == appeal.id, AppealEvent.kind == "reopened")
        .order_by(AppealEvent.at.desc(), AppealEvent.id.desc())
        .limit(1)
    )
    return await session.scalar(query) or ""


@post("/my/{token:str}/reopening", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def reopen(request: AnyRequest, token: str, uow: AsyncSession, now: datetime) -> Response[Any]:
    """Say that the answer did not solve it."""
    at = here(request)
    form = await read_form(request)
    why = form.text("why")
    appeal = await own_appeal_for_change(request, uow, "author", token)
    if appeal.state == State.REOPENED and why in {"", await last_why(uow, appeal)}:
        return to_author_page(request, appeal)
    if appeal.state != State.ANSWERED:
        told = at._("Відкрити запитання знову можна лише після відповіді. Що з ним зараз, написано нижче.")
        if appeal.state == State.REOPENED:
            told = at._(
                "Запитання вже відкрите знову, цього тексту модератор не отримав. Напишіть про це, коли буде нова відповідь."
            )
        raise Redisplay(await author_page(request, uow, appeal, token, now, status=409, told=told, typed=(why,)))
    check_why(request, form, why, at._("Напишіть, що саме не вирішено"))
    if form.errors:
        raise Redisplay(await author_page(request, uow, appeal, token, now, status=422, form=form))
    await appeals.reopen(uow, appeal.id, why, now=now)
    return to_author_page(request, appeal)


@post("/my/{token:str}/again", access=PUBLIC, limits=rules.LINKS, include_in_schema=False, status_code=303)
async def again(request: AnyRequest, token: str, uow: AsyncSession, now: datetime) -> Response[Any]:
    """Say that the answer, which nobody else saw, did not solve it; once."""
    at = here(request)
    form = await read_form(request)
    why = form.text("why")
    appeal = await own_appeal_for_change(request, uow, "author", token)
    if not (await author_view(uow, at, appeal, now)).may_ask_again:
        if appeal.state == State.ENTRUSTED:
            return to_author_page(request, appeal)
        told = at._("Написати ще раз можна один раз, після відповіді. Що із запитанням зараз, написано нижче.")
        raise Redisplay(await author_page(request, uow, appeal, token, now, status=409, told=told, typed=(why,)))
    check_why(request, form, why, at._("Напишіть, що саме лишилося"))
    if form.errors:
        raise Redisplay(await author_page(request, uow, appeal, token, now, status=422, form=form))
    await ask_again(uow, appeal.id, why, now=now)
    return to_author_page(request, appeal)


def check_why(request: AnyRequest, form: Form, why: str, missing: str) -> None:
    """Say at the field what is wrong with what is not solved."""
    at = here(request)
    form.readable(("why",), at._("Цей текст не вдалося прочитати. Введіть його ще раз."))
    if not why:
        form.refuse("why", missing)
    elif len(why) > WHY_AT_MOST:
        words = at._("Скоротіть текст до {limit} знаків: зараз їх {count}")
        form.refuse("why", words.format(limit=WHY_AT_MOST, count=len(why)))


handlers = [open_confirm_link, confirm, my_question, withdraw, correct, reopen, again]
