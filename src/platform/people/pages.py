"""Sign-in of staff: ask for a link, open it, press the button."""

from secrets import token_urlsafe
from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from src.platform.people.staff import SESSION_LASTS, ask_for_link, end_session, link_by_token, same, use_link
from src.platform.web.access import PUBLIC
from src.platform.web.app import BODY_AT_MOST, Now, Uow
from src.platform.web.cookies import BROWSER, SESSION, drop_cookie, read_cookie, set_cookie
from src.platform.web.forms import FILES_LOST, TEXT_AT_MOST, Form, Redisplay, TooLarge, email_address, read_form
from src.platform.web.front_door import INTERRUPTED
from src.platform.web.here import here
from src.platform.web.pages import page
from src.platform.work.mail import Letter
from src.platform.work.mail import post as post_letter

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}


def local_path(path: str) -> str:
    """Where to go after signing in: only an address of this site's staff area."""
    return path if path.startswith("/staff") and "//" not in path and "\\" not in path else "/staff"


@get("/sign-in", access=PUBLIC, include_in_schema=False)
async def sign_in(request: AnyRequest) -> Response[Any]:
    """Ask for the e-mail."""
    next_path = local_path(request.query_params.get("next", ""))
    return page(request, "people/sign_in.html", cache="no-store", form=Form(), next_path=next_path)


@post("/sign-in", access=PUBLIC, include_in_schema=False, status_code=303)
async def send_link(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Send a link when there is such an account; the page says the same either way."""
    at = here(request)
    form = await read_form(request)
    next_path = local_path(form.line("next"))
    email = email_address(form.line("email"))
    if email is None:
        form.refuse("email", at._("Напишіть свою електронну адресу, наприклад oksana@ukr.net"))
        raise Redisplay(
            page(request, "people/sign_in.html", status=422, cache="no-store", form=form, errors=form.errors, next_path=next_path)
        )
    browser = read_cookie(request, BROWSER) or token_urlsafe(24)
    link = await ask_for_link(uow, email=email, browser=browser, next_path=next_path, now=now)
    if link is not None:
        letter = Letter(
            subject=at._("Посилання для входу"),
            paragraphs=[at._("Щоб увійти на робоче місце, відкрийте це посилання. Воно діє 15 хвилин і лише один раз.")],
            action=(at._("Увійти"), at.absolute(f"/sign-in/link/{link.token}")),
            after=[at._("Якщо ви не просили про вхід, нічого не робіть: без цього посилання ніхто не увійде.")],
        )
        await post_letter(uow, at.the_city, to=link.account.email, language=at.lang, letter=letter, key=f"sign-in {link.id}")
    answer = Redirect(at.url("/sign-in/sent"), status_code=303, headers=NO_STORE)
    set_cookie(answer, BROWSER, browser, max_age=3600, secure=secure_cookies(request))
    return answer


def secure_cookies(request: AnyRequest) -> bool:
    """Secure cookies always, but for browsers on plain http that are known to refuse them on ``*.localhost``."""
    at = here(request)
    if at.settings.public_scheme == "https":
        return True
    agent = request.headers.get("user-agent", "")
    return "Chrome/" in agent or "Firefox/" in agent


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
    return page(request, "people/open_link.html", cache="no-store", token=token, elsewhere=elsewhere)


@post("/sign-in/link/{token:str}", access=PUBLIC, include_in_schema=False, status_code=303)
async def enter(request: AnyRequest, token: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Use the link up and sign in."""
    at = here(request)
    link = await link_by_token(uow, token, now)
    if link is None:
        raise Redisplay(page(request, "people/expired.html", status=404, cache="no-store"))
    session_token = await use_link(uow, link, now)
    answer = Redirect(at.url(local_path(link.next_path)), status_code=303, headers=NO_STORE)
    set_cookie(answer, SESSION, session_token, max_age=int(SESSION_LASTS.total_seconds()), secure=secure_cookies(request))
    drop_cookie(answer, BROWSER)
    return answer


@post(INTERRUPTED, access=PUBLIC, include_in_schema=False, status_code=403)
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


@post("/sign-out", access=PUBLIC, include_in_schema=False, status_code=303)
async def sign_out(request: AnyRequest, uow: Uow) -> Response[Any]:
    """End this browser's session."""
    token = read_cookie(request, SESSION)
    if token:
        await end_session(uow, token)
    answer = Redirect(here(request).url("/"), status_code=303, headers=NO_STORE)
    drop_cookie(answer, SESSION)
    return answer


handlers = [sign_in, send_link, sent, open_link, enter, interrupted, sign_out]
