"""Cookies of the site. Host-only and HttpOnly; with the ``__Host-`` prefix wherever the browser takes it."""

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from src.platform.web.here import here

SESSION = "session"
BROWSER = "browser"
STEP = "step"
LANGUAGE = "language"
PREFIX = "__Host-"
YEAR = 365 * 24 * 3600


def read_cookie(connection: ASGIConnection[Any, Any, Any, Any], name: str) -> str:
    """The value of one of our cookies, or nothing."""
    return cookie_value(connection.cookies, name, plain_too=here(connection).settings.public_scheme == "http")


def cookie_value(cookies: Mapping[str, str], name: str, *, plain_too: bool) -> str:
    """The same from cookies that are already taken apart.

    The plain name is one of local mode. Behind TLS it is never read: a neighbouring host can set a cookie of that name for
    the whole domain, but none with the prefix (RFC 6265bis, 4.1.3.2).
    """
    return cookies.get(PREFIX + name) or (cookies.get(name, "") if plain_too else "")


def set_cookie(response: Response[Any], name: str, value: str, *, max_age: int, secure: bool) -> None:
    """Set one of our cookies.

    ``secure`` is false in local mode for browsers that refuse Secure cookies on plain http; Chromium and
    Firefox take them on ``*.localhost``.
    """
    response.set_cookie(
        Cookie(
            key=(PREFIX if secure else "") + name,
            value=value,
            max_age=max_age,
            path="/",
            secure=secure,
            httponly=True,
            samesite="lax",
        )
    )


def drop_cookie(response: Response[Any], name: str) -> None:
    """Take one of our cookies back, under either of its names."""
    for prefix, secure in ((PREFIX, True), ("", False)):
        response.set_cookie(
            Cookie(key=prefix + name, value="", max_age=0, path="/", secure=secure, httponly=True, samesite="lax")
        )
