"""The front door: every request passes here before a route is looked for.

It decides the city from the host, takes the language's prefix off the address, refuses unsafe requests that
another site sent, answers health questions on any host, and puts the security headers on whatever goes out.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

import structlog
from litestar._parsers import parse_cookie_string
from litestar.types import ASGIApp, Message, Receive, Send
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from src.platform.data.cities import Cities
from src.platform.data.tenancy import APEX, City
from src.platform.data.unit_of_work import Database, NoSuchCity
from src.platform.people.accounts.queries import who_has
from src.platform.settings import Settings
from src.platform.web.compression import compressed, takes_gzip
from src.platform.web.cookies import SESSION, cookie_value
from src.platform.web.errors import AWAY_SECONDS
from src.platform.web.headers import security_headers
from src.platform.web.here import Here
from src.platform.web.i18n import split_prefix

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HOST_NAME = re.compile(r"^[a-z0-9.-]{1,253}$")

INTERRUPTED = "/sign-in/interrupted"
"""The route that gives a form back which somebody sent to the staff area without a session."""

AWAY = "Сайт тимчасово не відповідає. Спробуйте за хвилину.\nThe site does not answer for the moment. Try again in a minute.\n"

Scope = Any
"""An ASGI scope before its kind is known: a dictionary, to which our own key is added."""

log = structlog.get_logger("web")


class FrontDoor:
    """ASGI application around the city's and the apex host's applications."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        cities: Cities,
        *,
        city: ASGIApp,
        apex: ASGIApp,
        now: Callable[[], datetime],
    ) -> None:
        self.settings = settings
        self.database = database
        self.cities = cities
        self.city = city
        self.apex = apex
        self.now = now
        self.proxies = frozenset(filter(None, map(str.strip, settings.trusted_proxies.split(","))))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a connection in, or send it away."""
        if scope["type"] == "lifespan":
            await self.city(scope, receive, send)
        elif scope["type"] == "http":
            try:
                await self.let_in(scope, receive, send)
            except (OperationalError, PoolTimeout) as problem:  # before any route ran: those have a page for it
                log.error("the database does not answer", kind=type(problem).__name__)  # noqa: TRY400  no defect of ours
                await plain(send, 503, AWAY, [(b"retry-after", b"%d" % AWAY_SECONDS)])
        else:
            await send({"type": "websocket.close", "code": 4404, "reason": ""})

    async def let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        client, scheme = self.origin_of(scope, headers)
        host = host_name(headers.get("host", ""))
        # No address of ours has a NUL; the file system and PostgreSQL would stumble over it.
        path: str = scope["path"].replace("\x00", "\ufffd")
        if path.startswith("/health/"):
            await self.answer_health(path, scope, send)
            return
        language, plain_path = split_prefix(path)
        at = Here(
            settings=self.settings,
            host=host,
            path=plain_path,
            language=language,
            client=client,
            query=scope["query_string"].decode("latin-1"),
            request_id=headers.get("x-request-id", "")[:64] or uuid4().hex,
            now=self.now(),
        )
        at.tenant = await self.tenant_at(host)
        if at.tenant is None:
            await plain(send, 404, "There is no city at this address.\nЗа цією адресою міста немає.\n")
            return
        if at.tenant.kind == "city":
            at.city, application = at.tenant, self.city
        else:
            application = self.apex
        if scope["method"] not in SAFE_METHODS and not from_this_site(headers, scheme, headers.get("host", "")):
            log.warning("cross-site request refused", city=at.city.slug if at.city else "", route=at.section)
            await plain(send, 403, "This form was sent from another site.\nЦю форму надіслано з іншого сайту.\n")
            return
        if language.code not in at.tenant.options.languages and scope["method"] in SAFE_METHODS:
            query = f"?{at.query}" if at.query else ""
            await plain(send, 302, "", [(b"location", quote(plain_path, safe="/").encode() + query.encode("latin-1"))])
            return
        if not plain_path.startswith("/static/"):
            await self.recognise(at, headers.get("cookie", ""))
        inner_path = INTERRUPTED if interrupted(at, scope["method"]) else plain_path
        inner = {**scope, "here": at, "path": inner_path, "raw_path": inner_path.encode(), "scheme": scheme}
        if scope["method"] == "HEAD":  # RFC 9110, 9.3.2: the same as GET, without the content
            inner["method"], send = "GET", without_content(send)
        if takes_gzip(headers.get("accept-encoding", "")):
            send = compressed(send)
        structlog.contextvars.bind_contextvars(request=at.request_id, city=at.city.slug if at.city else "")
        await self.serve(application, at, inner, receive, send)

    async def serve(self, application: ASGIApp, at: Here, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401
        """Run the application; headers on the way out, one log line at the end (never query, body or cookie)."""
        began, status = perf_counter(), 0

        async def out(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                extra = security_headers(at)  # now that the request has read the city's row as it is
                present = {key.lower() for key, _ in message["headers"]}
                message["headers"] = [*message["headers"], *((k, v) for k, v in extra if k not in present)]
            await send(message)

        try:
            await application(scope, receive, out)
        finally:
            log.info(
                "request",
                method=scope["method"],
                route=scope.get("path_template") or at.section,
                status=status,
                ms=round((perf_counter() - began) * 1000, 1),
            )
            structlog.contextvars.clear_contextvars()

    async def tenant_at(self, host: str) -> City | None:
        """Whose host this is: a city's, or the platform's own; nobody's is none."""
        if host in {self.settings.base_domain, "127.0.0.1"}:
            return await self.cities.of_slug(APEX)
        return await self.cities.at_host(host)

    async def recognise(self, at: Here, cookies: str) -> None:
        """Who is signed in: looked up in a short transaction of its own, and only where a session cookie came.

        The guard runs before the request's own transaction, so what the city demands of its staff is brought up to date here.
        """
        plain_too = self.settings.public_scheme == "http"
        token = cookie_value(parse_cookie_string(cookies), SESSION, plain_too=plain_too) if cookies else ""
        if not token:
            return
        with suppress(NoSuchCity):  # then nobody is signed in; the request's own unit of work says what to answer
            async with self.database.unit(at.the_tenant.id) as session:
                at.person = await who_has(session, token, at.now)
                at.tenant = await self.cities.current(session, at.the_tenant)
                at.city = at.tenant if at.city else None

    def origin_of(self, scope: Scope, headers: dict[str, str]) -> tuple[str, str]:
        """The client's address and scheme; what a header says is believed from configured proxies only."""
        peer = scope["client"][0] if scope.get("client") else ""
        scheme: str = scope.get("scheme", "http")
        if peer in self.proxies:
            forwarded = [part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]
            while forwarded and forwarded[-1] in self.proxies:
                forwarded.pop()
            if forwarded:
                peer = forwarded[-1]
            if headers.get("x-forwarded-proto") in {"http", "https"}:
                scheme = headers["x-forwarded-proto"]
        return peer, scheme

    async def answer_health(self, path: str, scope: Scope, send: Send) -> None:
        """``live``: the process answers; ``ready``: the database does; ``host``: may a certificate be made for it."""
        if path == "/health/live":
            await plain(send, 200, "ok\n")
        elif path == "/health/ready":
            ready = await self.database_answers()
            await plain(send, 200 if ready else 503, "ok\n" if ready else "the database does not answer\n")
        elif path == "/health/host":
            asked = host_name(parse_qs(scope["query_string"].decode("latin-1")).get("domain", [""])[0])
            ours = asked == self.settings.base_domain or await self.cities.is_ours(asked)
            await plain(send, 200 if ours else 404, "yes\n" if ours else "no\n")
        else:
            await plain(send, 404, "no\n")

    async def database_answers(self) -> bool:
        """Whether a transaction can be begun."""
        try:
            async with self.database.unit() as session:
                await session.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            return False
        return True


def interrupted(at: Here, method: str) -> bool:
    """Whether somebody sends a form to the staff area and is not, or no longer, signed in.

    Told by the address alone, before a route is looked for, so that nobody learns which staff addresses there are.
    """
    staffs = at.path == "/staff" or at.path.startswith("/staff/")
    return staffs and method == "POST" and at.city is not None and at.person is None


def host_name(value: str) -> str:
    """The host of a Host header, without port and in lower case; empty when it is no host name."""
    name = value.rsplit(":", 1)[0] if value.rsplit(":", 1)[-1].isdigit() else value
    name = name.lower().rstrip(".")
    return name if HOST_NAME.match(name) else ""


def from_this_site(headers: dict[str, str], scheme: str, host: str) -> bool:
    """Whether an unsafe request comes from a page of the very same origin.

    Browsers say so themselves: Sec-Fetch-Site in all current ones, Origin in older ones. Another city of the same
    deployment is another origin. A request with neither header comes from no browser and carries no cookie of one.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.netloc.lower() == host.lower() and parts.scheme in {scheme, "https"}


def without_content(send: Send) -> Send:
    """Passes the headers of an answer on, and no byte of its content."""

    async def out(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return out


async def plain(send: Send, status: int, words: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """A response without a page: no cookie, no city."""
    start: Any = {
        "type": "http.response.start",
        "status": status,
        "headers": [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
            *headers,
        ],
    }
    await send(start)
    await send({"type": "http.response.body", "body": words.encode(), "more_body": False})
