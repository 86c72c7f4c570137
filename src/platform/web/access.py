"""Who may come in: every route says so itself, or the application does not start."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from src.platform.web.here import here


class Permission(StrEnum):
    """What somebody may do in a city's staff area."""

    SEE_QUEUE = "see_queue"
    MODERATE = "moderate"
    ROUTE = "route"
    ANSWER = "answer"


ROLES: dict[str, frozenset[Permission]] = {
    "moderator": frozenset(Permission),
    "administrator": frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class Access:
    """What a route asks of whoever comes. No permission: everybody may."""

    permission: Permission | None = None


PUBLIC = Access()


class SignInFirst(Exception):  # noqa: N818
    """Somebody without a session came to a staff address; rendered as the way to the sign-in page."""


def staff(permission: Permission) -> Access:
    """Only staff whose role carries ``permission``."""
    return Access(permission)


async def check_access(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The one guard of the house. Missing rights look exactly like a missing page."""
    wanted: Access = handler.opt.get("access", PUBLIC)  # Litestar's own answer to OPTIONS declares none
    if wanted.permission is None:
        return
    person = here(connection).staff
    if person is None:
        raise SignInFirst
    if wanted.permission not in person.permissions:
        raise NotFoundException


def require_declarations(app: Litestar) -> None:
    """Stop the start when a route does not say who may come in."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if not isinstance(handler.opt.get("access"), Access) and "OPTIONS" not in handler.http_methods:
                    msg = f"{route.path} ({handler}) does not declare its access"
                    raise RuntimeError(msg)
