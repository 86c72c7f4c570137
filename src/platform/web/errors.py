"""What a person sees when something is not there, not allowed or broken."""

from typing import Any
from urllib.parse import urlencode

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from src.platform.data.unit_of_work import NoSuchCity
from src.platform.limits.service import TooMany
from src.platform.web.access import CitySuspended, SecondFactorFirst, SignInAgain, SignInFirst
from src.platform.web.forms import Redisplay, TooLarge, Unreadable
from src.platform.web.here import here
from src.platform.web.pages import page
from src.platform.web.too_many import on_too_many

log = structlog.get_logger("web")

AnyRequest = Request[Any, Any, Any]
AWAY_SECONDS = 10
"""After which a browser or a machine may ask again while the database is away."""


def error_page(request: AnyRequest, status: int) -> Response[Any]:
    """The page for a status; JSON for addresses of machines."""
    at = here(request)
    if at.path.startswith("/api/"):
        return Response({"status": status, "detail": REASONS.get(status, "Error")}, status_code=status)
    return page(request, "error.html", status=status, cache="no-store", error_status=status)


REASONS = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The request is too large.",
    429: "Too many requests; try again later.",
    500: "Something broke on our side.",
    503: "The service does not answer for the moment; try again soon.",
}


def on_http(request: AnyRequest, problem: HTTPException) -> Response[Any]:
    """Litestar's own refusals: missing pages, wrong methods, values of the wrong kind in an address."""
    at = here(request)
    hidden = at.person is None and (at.path == "/staff" or at.path.startswith("/staff/"))
    if problem.status_code == 404 and hidden:  # noqa: PLR2004
        return on_sign_in_first(request, SignInFirst())
    if at.path.startswith("/api/") and problem.status_code == 400:  # noqa: PLR2004
        return Response({"status": 400, "detail": problem.detail, "extra": problem.extra or []}, status_code=400)
    answer = error_page(request, problem.status_code)
    if allowed := (problem.headers or {}).get("allow"):  # RFC 9110, 15.5.6
        answer.headers["Allow"] = allowed
    return answer


def on_sign_in_first(request: AnyRequest, problem: SignInFirst) -> Response[Any]:
    """The same way to the sign-in page from every staff address, real or not."""
    at = here(request)
    asked = {"next": way_back(request)} | ({"again": "1"} if isinstance(problem, SignInAgain) else {})
    where = f"{at.url('/sign-in')}?{urlencode(asked, safe='/')}"
    return Redirect(where, status_code=303, headers={"Cache-Control": "no-store"})


def way_back(request: AnyRequest) -> str:
    """Where somebody goes after signing in: the page they wanted, with what it was asked (which rows, which filters)."""
    at = here(request)
    return f"{at.path}?{at.query}" if at.query and request.method == "GET" else at.path


def on_second_factor_first(request: AnyRequest, _: SecondFactorFirst) -> Response[Any]:
    """The way to where a second factor is set up."""
    at = here(request)
    where = f"{at.url('/account/second-factor')}?{urlencode({'next': way_back(request)}, safe='/')}"
    return Redirect(where, status_code=303, headers={"Cache-Control": "no-store"})


def on_redisplay(_: AnyRequest, problem: Redisplay) -> Response[Any]:
    """A form goes back with its sentences; the unit of work has been rolled back."""
    return problem.response


def on_too_large(request: AnyRequest, _: TooLarge) -> Response[Any]:
    """More bytes than a form takes."""
    return error_page(request, 413)


def on_unreadable(request: AnyRequest, _: Unreadable) -> Response[Any]:
    """A body that is no form."""
    return error_page(request, 400)


def on_database_away(request: AnyRequest, problem: Exception) -> Response[Any]:
    """The database cannot be reached, or has no connection free: nothing was kept, and it passes by itself."""
    log.error("the database does not answer", kind=type(problem).__name__)
    answer = error_page(request, 503)
    answer.headers["Retry-After"] = str(AWAY_SECONDS)
    return answer


def on_no_such_city(request: AnyRequest, _: NoSuchCity) -> Response[Any]:
    """The city was deleted since this process read its row; the next request to its address finds nobody, or the next city there."""
    at = here(request)
    request.app.state.cities.forget(at.the_tenant)
    return error_page(request, 404)


def on_anything(request: AnyRequest, problem: Exception) -> Response[Any]:
    """A defect of ours: logged whole, told in a sentence."""
    log.error("unhandled", exc_info=problem, route=request.scope.get("path_template") or here(request).section)
    return error_page(request, 500)


def on_suspended(request: AnyRequest, _: CitySuspended) -> Response[Any]:
    """The city's site is closed: why, in the operator's words."""
    at = here(request)
    if at.path.startswith("/api/"):
        return error_page(request, 503)
    words = {"title": at._("Сайт міста призупинено"), "text": at.the_city.suspended_because}
    return page(request, "error.html", status=503, cache="no-store", error_status=503, **words)


HANDLERS: dict[int | type[Exception], Any] = {
    HTTPException: on_http,
    SignInFirst: on_sign_in_first,
    SecondFactorFirst: on_second_factor_first,
    TooMany: on_too_many,
    CitySuspended: on_suspended,
    Redisplay: on_redisplay,
    TooLarge: on_too_large,
    Unreadable: on_unreadable,
    NoSuchCity: on_no_such_city,
    OperationalError: on_database_away,
    PoolTimeout: on_database_away,
    Exception: on_anything,
}
