"""Signing in with a provider: to it, back from it, and out of it again.

The handlers take no unit of work: what the provider takes its time for must not hold a transaction. A short one before,
a short one after; between them nothing is half done, because a visit is stored before the browser leaves, used up when
it comes back, and the session begins last.
"""

from datetime import datetime
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

import structlog
from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from src.platform.data.base import localized
from src.platform.data.unit_of_work import Database
from src.platform.limits import rules
from src.platform.people.providers import service, visits
from src.platform.people.providers.kinds import KINDS, Declined, Kind, ProviderDown, ProviderLies, Vouched
from src.platform.people.providers.models import IdentityProvider
from src.platform.people.providers.queries import provider_named, terms_of
from src.platform.people.providers.service import NotLetIn
from src.platform.people.sign_in.arriving import NO_STORE, arrival, let_in, secure_cookies, way_on
from src.platform.people.sign_in.service import enter
from src.platform.people.vault import CannotOpen
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now
from src.platform.web.cookies import BROWSER, read_cookie, set_cookie
from src.platform.web.forms import read_form
from src.platform.web.here import here
from src.platform.web.i18n import languages
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]
log = structlog.get_logger("sign_in")

WHAT: dict[type[Exception], str] = {
    ProviderDown: "down",
    ProviderLies: "lies",
    Declined: "declined",
    NotLetIn: "not_let_in",
}
STATUS = {"down": 503, "lies": 502, "declined": 403, "not_let_in": 403, "lost": 404}
PARAMETER_AT_MOST = 4096


def spoken(provider: IdentityProvider) -> Kind:
    """The code that speaks with a provider."""
    made = KINDS.get(provider.kind)
    if made is None:
        raise ProviderDown("no code speaks with its kind")
    try:
        return made(terms_of(provider))
    except CannotOpen as problem:
        raise ProviderDown("its secret cannot be opened with our keys") from problem


def failed(request: AnyRequest, provider: IdentityProvider, what: str, reason: str) -> Response[Any]:
    """The page that says in words that nobody was signed in, and one line for the log."""
    at = here(request)
    log.warning("sign-in with a provider failed", provider=provider.slug, what=what, reason=reason)
    return page(
        request,
        "people/provider_failed.html",
        status=STATUS[what],
        cache="no-store",
        what=what,
        provider=localized(provider.name, at.lang),
    )


async def enabled(request: AnyRequest, slug: str) -> IdentityProvider:
    """The provider of an address; one that is switched off is as good as none."""
    database: Database = request.app.state.database
    async with database.unit(here(request).the_tenant.id) as session:
        found = await provider_named(session, slug)
    if found is None or not found.enabled:
        raise NotFoundException
    return found


@post("/sign-in/with/{slug:str}", access=PUBLIC, limits=rules.SIGN_IN, include_in_schema=False, status_code=200)
async def go(request: AnyRequest, slug: FromPath[str], now: Now) -> Response[Any]:
    """Begin: remember the visit and show a page that leads to the provider.

    A page and not a redirect: the policy ``form-action 'self'`` also holds for where a form's redirects lead.
    """
    at = here(request)
    form = await read_form(request)
    provider = await enabled(request, slug)
    attempt = visits.new_attempt(visits.way_back(at, slug), language=at.lang, fresh=at.person is not None, now=now)
    try:
        address = await spoken(provider).begin(attempt)
    except (ProviderDown, ProviderLies) as problem:
        return failed(request, provider, WHAT[type(problem)], str(problem))
    browser = read_cookie(request, BROWSER) or token_urlsafe(24)
    database: Database = request.app.state.database
    async with database.unit(at.the_tenant.id) as session:
        await visits.remember(session, provider, attempt, browser=browser, next_path=way_on(form.line("next")))
    answer = page(
        request, "people/provider_go.html", cache="no-store", provider=localized(provider.name, at.lang), address=address
    )
    set_cookie(answer, BROWSER, browser, max_age=3600, secure=secure_cookies(request))
    return answer


@get("/sign-in/back/{slug:str}", access=PUBLIC, limits=rules.LINKS, include_in_schema=False)
async def back(request: AnyRequest, slug: FromPath[str], now: Now) -> Response[Any]:
    """Come back: use the visit up, ask the provider, and only then begin a session."""
    at = here(request)
    given = {name: request.query_params.get(name, "") for name in request.query_params}
    given = {name: value for name, value in given.items() if len(value) <= PARAMETER_AT_MOST}
    language = given.get("state", "").split(".", 1)[0]
    if language != at.lang and language in languages():
        # The address registered at the provider has no language; the reader has one.
        where = f"{languages()[language].prefix}{at.path}?{urlencode(given)}"
        return Redirect(where, status_code=303, headers=NO_STORE)
    provider = await enabled(request, slug)
    returned = await come_back(request, provider, given.get("state", ""), now)
    if isinstance(returned, str):
        return failed(request, provider, "lost", returned)
    try:
        vouched = await spoken(provider).finish(given, returned.attempt, now=now)
        return await come_in(request, provider, vouched, returned, now)
    except (ProviderDown, ProviderLies, Declined, NotLetIn) as problem:
        return failed(request, provider, WHAT[type(problem)], str(problem))


async def come_back(request: AnyRequest, provider: IdentityProvider, state: str, now: datetime) -> visits.Returned | str:
    """The visit of this browser with this state, used up; or why there is none."""
    at = here(request)
    database: Database = request.app.state.database
    try:
        async with database.unit(at.the_tenant.id) as session:
            return await visits.come_back(
                session,
                provider,
                state=state,
                browser=read_cookie(request, BROWSER),
                back=visits.way_back(at, provider.slug),
                fresh=at.person is not None,
                now=now,
            )
    except CannotOpen:
        return "its verifier cannot be opened with our keys"


async def come_in(
    request: AnyRequest,
    provider: IdentityProvider,
    vouched: Vouched,
    returned: visits.Returned,
    now: datetime,
) -> Response[Any]:
    """The session, in one transaction with the account and its roles."""
    at = here(request)
    database: Database = request.app.state.database
    async with database.unit(at.the_tenant.id) as session:
        come = await service.account_for(session, provider, vouched, language=at.lang, now=now)
        arriving = arrival(request, method="provider", next_path=returned.next_path, two_in_one=come.two_in_one)
        entered = await enter(session, come.account, arriving, now=now)
        if entered is None:
            raise NotLetIn("the account is switched off")
    return let_in(request, entered)


@get("/sign-out/with/{slug:str}", access=PUBLIC, include_in_schema=False)
async def leave(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Our session is over; lead to where the provider ends its own. When it has no such place or is down, home."""
    at = here(request)
    provider = await enabled(request, slug)
    try:
        address = await spoken(provider).leave(at.settings.origin(at.host) + "/")
    except (ProviderDown, ProviderLies) as problem:
        log.warning("sign-out from a provider failed", provider=provider.slug, reason=str(problem))
        address = ""
    if not address:
        return Redirect(at.url("/"), status_code=303, headers=NO_STORE)
    return page(
        request, "people/provider_leave.html", cache="no-store", provider=localized(provider.name, at.lang), address=address
    )


handlers = [go, back, leave]
