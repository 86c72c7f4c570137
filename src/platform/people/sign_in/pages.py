"""Signing in: ask for a link, open it, press the button. Signing out."""

from secrets import token_urlsafe
from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.limits.guard import for_email
from src.platform.people.accounts.service import end_session
from src.platform.people.providers.queries import last_used, offered
from src.platform.people.secrets import same
from src.platform.people.sign_in.arriving import NO_STORE, arrival, let_in, secure_cookies, way_on
from src.platform.people.sign_in.service import ask_for_link, link_by_token, use_link
from src.platform.web.access import PUBLIC
from src.platform.web.app import BODY_AT_MOST, Now, Uow
from src.platform.web.cookies import BROWSER, SESSION, STEP, drop_cookie, read_cookie, set_cookie
from src.platform.web.forms import FILES_LOST, TEXT_AT_MOST, Form, Redisplay, TooLarge, email_address, read_form
from src.platform.web.front_door import INTERRUPTED
from src.platform.web.here import Here, here
from src.platform.web.pages import page
from src.platform.work.mail import Letter
from src.platform.work.mail import post as post_letter

AnyRequest = Request[Any, Any, Any]


async def sign_in_page(
    request: AnyRequest, session: AsyncSession, form: Form, next_path: str, *, status: int = 200
) -> Response[Any]:
    """The page with every way in."""
    return page(
        request,
        "people/sign_in.html",
        status=status,
        cache="no-store",
        form=form,
        errors=form.errors,
        next_path=next_path,
        again=bool(here(request).person),
        to_work=next_path.startswith("/staff"),
        providers=await offered(session, here(request).lang),
    )


@get("/sign-in", access=PUBLIC, include_in_schema=False)
async def sign_in(request: AnyRequest, uow: Uow) -> Response[Any]:
    """Ask for the e-mail."""
    at = here(request)
    form = Form()
    if at.person is not None:
        form.values["email"] = [at.person.email]
    return await sign_in_page(request, uow, form, way_on(request.query_params.get("next", "")))


@post("/sign-in", access=PUBLIC, limits=rules.SIGN_IN, include_in_schema=False, status_code=303)
async def send_link(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Send a link; the page says the same whoever the address belongs to."""
    at = here(request)
    form = await read_form(request)
    next_path = way_on(form.line("next"))
    email = email_address(form.line("email"))
    if email is None:
        form.refuse("email", at._("Напишіть свою електронну адресу, наприклад oksana@ukr.net"))
        raise Redisplay(await sign_in_page(request, uow, form, next_path, status=422))
    await for_email(request, uow, rules.SIGN_IN, email, form, now=now)
    browser = read_cookie(request, BROWSER) or token_urlsafe(24)
    link = await ask_for_link(uow, at.the_tenant, email=email, browser=browser, next_path=next_path, now=now)
    if link is not None:
        await post_letter(
            uow,
            at.the_tenant,
            to=email,
            language=at.lang,
            letter=letter_with(at, link.token),
            key=f"sign-in {link.id}",
            urgent=True,
        )
    answer = Redirect(at.url("/sign-in/sent"), status_code=303, headers=NO_STORE)
    set_cookie(answer, BROWSER, browser, max_age=3600, secure=secure_cookies(request))
    return answer


def letter_with(at: Here, token: str) -> Letter:
    """The letter that carries a link."""
    return Letter(
        subject=at._("Посилання для входу"),
        paragraphs=[at._("Щоб увійти, відкрийте це посилання. Воно діє 15 хвилин і лише один раз.")],
        action=(at._("Увійти"), at.absolute(f"/sign-in/link/{token}")),
        after=[at._("Якщо ви не просили про вхід, нічого не робіть: без цього посилання ніхто не увійде.")],
    )


@get("/sign-in/sent", access=PUBLIC, include_in_schema=False)
async def sent(request: AnyRequest) -> Response[Any]:
    """Tell to look into the mail."""
    return page(request, "people/sent.html", cache="no-store")


@get("/sign-in/link/{token:str}", access=PUBLIC, include_in_schema=False)
async def open_link(request: AnyRequest, token: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Show the button; opening the page uses nothing up, so a mail scanner may look at it."""
    link = await link_by_token(uow, token, now)
    if link is None:
        return page(request, "people/expired.html", status=404, cache="no-store")
    elsewhere = not same(read_cookie(request, BROWSER), link.browser_digest)
    return page(request, "people/open_link.html", cache="no-store", token=token, elsewhere=elsewhere, form=Form())


@post("/sign-in/link/{token:str}", access=PUBLIC, limits=rules.CODES, include_in_schema=False, status_code=303)
async def enter_by_link(request: AnyRequest, token: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Use the link up and come in.

    In another browser than the one that asked, the address must be typed once more: a link that was forwarded, or that
    somebody sent to draw a reader into an account not their own, opens nothing.
    """
    at = here(request)
    form = await read_form(request)
    link = await link_by_token(uow, token, now)
    if link is None:
        raise Redisplay(page(request, "people/expired.html", status=404, cache="no-store"))
    if not same(read_cookie(request, BROWSER), link.browser_digest) and email_address(form.line("email")) != link.email:
        form.refuse("email", at._("Напишіть ту саму адресу, на яку прийшов лист із цим посиланням"))
        raise Redisplay(
            page(
                request,
                "people/open_link.html",
                status=422,
                cache="no-store",
                token=token,
                elsewhere=True,
                form=form,
                errors=form.errors,
            )
        )
    entered = await use_link(uow, link, arrival(request, method="link", next_path=link.next_path), language=at.lang, now=now)
    if entered is None:
        raise Redisplay(page(request, "people/expired.html", status=404, cache="no-store"))
    return let_in(request, entered)


@post(INTERRUPTED, access=PUBLIC, limits=rules.LIGHT, include_in_schema=False, status_code=403)
async def interrupted(request: AnyRequest) -> Response[Any]:
    """Give a form back that came without a session: all that was typed, to be sent again after signing in in another tab.

    The front door leads here, whatever the form's address was. Nothing is stored: nobody knows who sent it.
    """
    at = here(request)
    if at.path == INTERRUPTED:
        raise NotFoundException
    form = await read_form(request, bytes_at_most=BODY_AT_MOST)
    form.drop_uploads()
    typed = [(name, value.replace("\x00", "")) for name, values in form.values.items() for value in values]
    if sum(len(value) for _, value in typed) > TEXT_AT_MOST:
        raise TooLarge
    files = [upload.name for found in form.uploads.values() for upload in found]
    return page(
        request,
        "people/interrupted.html",
        status=403,
        cache="no-store",
        action=at.url(at.path),
        typed=typed,
        told=[value for _, value in typed if " " in value.strip()],
        files=files,
        FILES_LOST=FILES_LOST,
        other_language_url=None,
    )


@post("/sign-out", access=PUBLIC, limits=rules.LIGHT, include_in_schema=False, status_code=303)
async def sign_out(request: AnyRequest, uow: Uow) -> Response[Any]:
    """End this browser's session; then lead to the provider that began it, to end its own."""
    at = here(request)
    token = read_cookie(request, SESSION)
    to = "/"
    if token:
        method = await end_session(uow, token)
        came_with = await last_used(uow, at.person.id) if at.person and method == "provider" else None
        if came_with is not None and came_with.enabled:
            to = f"/sign-out/with/{came_with.slug}"
    answer = Redirect(at.url(to), status_code=303, headers=NO_STORE)
    for name in (SESSION, STEP, BROWSER):
        drop_cookie(answer, name)
    return answer


handlers = [sign_in, send_link, sent, open_link, enter_by_link, interrupted, sign_out]
