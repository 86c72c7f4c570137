"""What the pages of all ways in share: where somebody goes next, which browser it is, and the answer that lets them in."""

import re
from typing import Any

from litestar import Request, Response
from litestar.response import Redirect

from src.platform.people.accounts.service import NewSession
from src.platform.people.sign_in.service import Arrival, Entered
from src.platform.web.access import home_of
from src.platform.web.cookies import BROWSER, SESSION, STEP, drop_cookie, read_cookie, set_cookie
from src.platform.web.here import here
from src.platform.web.language import safe_return

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}
STEP_AGE = 600
BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def way_on(path: str) -> str:
    """Where to go after signing in: only an address of this site, and not back to signing in. Nothing: where they belong."""
    safe = safe_return(path) if path else ""
    return "" if safe == "/" or re.match(r"/sign-(in|out)\b", safe) else safe


def browser_of(request: AnyRequest) -> str:
    """A few words by which somebody knows their browser again: «Firefox, Android»."""
    agent = request.headers.get("user-agent", "")
    found = [next((name for mark, name in names if mark in agent), "") for names in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found))


def arrival(request: AnyRequest, *, method: str, next_path: str, two_in_one: bool = False) -> Arrival:
    """How this browser comes."""
    return Arrival(
        method=method,
        two_in_one=two_in_one,
        next_path=next_path,
        browser=browser_of(request),
        session_token=read_cookie(request, SESSION),
    )


def let_in(request: AnyRequest, entered: Entered) -> Response[Any]:
    """The answer: a session's cookie and the way on, or the page that asks for the second factor."""
    at = here(request)
    secure = secure_cookies(request)
    if entered.session is None:
        answer = Redirect(at.url("/sign-in/second-factor"), status_code=303, headers=NO_STORE)
        set_cookie(answer, STEP, entered.step_token, max_age=STEP_AGE, secure=secure)
        return answer
    account = entered.session.account
    home = home_of(account.roles) if account.roles else "/me"
    if account.roles and at.second_factor_demanded and not entered.session.second_factor:
        home = "/account/second-factor"
    answer = Redirect(at.url(entered.next_path or home), status_code=303, headers=NO_STORE)
    keep_session(request, answer, entered.session)
    drop_cookie(answer, BROWSER)
    drop_cookie(answer, STEP)
    return answer


def keep_session(request: AnyRequest, answer: Response[Any], session: NewSession) -> None:
    """Give the browser its session's cookie."""
    lasts = int(session.lasts.total_seconds())
    set_cookie(answer, SESSION, session.token, max_age=lasts, secure=secure_cookies(request))


def secure_cookies(request: AnyRequest) -> bool:
    """Secure cookies always, but for browsers on plain http that are known to refuse them on ``*.localhost``."""
    if here(request).settings.public_scheme == "https":
        return True
    agent = request.headers.get("user-agent", "")
    return "Chrome/" in agent or "Firefox/" in agent
