"""Who may come in: every route says so itself, or the application does not start."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from src.platform.web.here import here
from src.platform.web.i18n import msgid

RECENT = timedelta(minutes=30)
"""How long ago somebody may have signed in to change what protects their account."""


class Permission(StrEnum):
    """What somebody may do; named here and nowhere else."""

    SEE_QUEUE = "see_queue"
    MODERATE = "moderate"
    ROUTE = "route"
    ANSWER = "answer"
    SETTLE_REPORTS = "settle_reports"
    BAN = "ban"
    SEE_AUDIT = "see_audit"
    MANAGE_SIGN_IN = "manage_sign_in"
    KEEP_OFFICE = "keep_office"
    MANAGE_OFFICES = "manage_offices"
    ANSWER_FOR_BODY = "answer_for_body"
    SEE_FIGURES = "see_figures"
    MANAGE_CITY = "manage_city"
    MANAGE_STAFF = "manage_staff"
    OPERATE = "operate"


WORDS: dict[Permission, str] = {
    Permission.SEE_QUEUE: msgid("бачити чергу й звернення"),
    Permission.MODERATE: msgid("перевіряти, публікувати й відхиляти запитання"),
    Permission.ROUTE: msgid("передавати запитання відповідачам"),
    Permission.ANSWER: msgid("писати й публікувати відповіді"),
    Permission.SETTLE_REPORTS: msgid("розглядати скарги на опубліковане"),
    Permission.BAN: msgid("закривати доступ тим, хто зловживає"),
    Permission.SEE_AUDIT: msgid("читати журнал дій"),
    Permission.MANAGE_SIGN_IN: msgid("налаштовувати вхід працівників"),
    Permission.KEEP_OFFICE: msgid("вести свій кабінет дільничного"),
    Permission.MANAGE_OFFICES: msgid("вести кабінети всіх дільничних, дільниці й налаштування модуля"),
    Permission.ANSWER_FOR_BODY: msgid("відповідати на запитання, передані своїй установі"),
    Permission.SEE_FIGURES: msgid("бачити показники міста й прогалини в розподілі запитань"),
    Permission.MANAGE_CITY: msgid("налаштовувати місто: теми, відповідачів, райони, вигляд, сторінки"),
    Permission.MANAGE_STAFF: msgid("запрошувати працівників, давати й забирати ролі"),
    Permission.OPERATE: msgid("керувати платформою"),
}
"""The same in words, for the people whom it is about."""

WORK = frozenset(
    {Permission.SEE_QUEUE, Permission.MODERATE, Permission.ROUTE, Permission.ANSWER, Permission.SETTLE_REPORTS, Permission.BAN}
)
MAKE_UP = frozenset(
    {
        Permission.SEE_AUDIT,
        Permission.MANAGE_SIGN_IN,
        Permission.MANAGE_OFFICES,
        Permission.MANAGE_CITY,
        Permission.MANAGE_STAFF,
        Permission.SEE_FIGURES,
    }
)
ROLES: dict[str, frozenset[Permission]] = {
    "administrator": WORK | MAKE_UP,
    "moderator": WORK,
    "responder": frozenset({Permission.ANSWER_FOR_BODY}),
    "local_officer": frozenset({Permission.KEEP_OFFICE}),
    "analyst": frozenset({Permission.SEE_FIGURES}),
    "support": frozenset({Permission.MANAGE_OFFICES, Permission.MANAGE_CITY, Permission.SEE_FIGURES}),
    "operator": frozenset({Permission.OPERATE, Permission.SEE_AUDIT}),
}
"""Roles are made of permissions. An operator's are the platform's: they open nothing in any city. Whoever of them enters a city as
support gets what sets the city up, and nothing that shows who asked or who works there."""
ROLE_WORDS: dict[str, str] = {
    "administrator": msgid("адміністратор міста"),
    "moderator": msgid("модератор"),
    "responder": msgid("відповідач"),
    "local_officer": msgid("дільничний офіцер"),
    "analyst": msgid("аналітик"),
    "support": msgid("підтримка платформи"),
    "operator": msgid("оператор платформи"),
}
HOMES: dict[str, str] = {
    "local_officer": "/staff/office",
    "responder": "/staff/body",
    "analyst": "/staff/gaps",
    "support": "/staff/settings",
    "operator": "/console",
}
"""Where those begin their work who have nothing to do in the queue."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a route asks of whoever comes.

    Nothing: everybody may. ``signed_in``: anybody who is. ``permission``: whose role carries it, or one of ``others``. ``recent``: only who has
    signed in within half an hour, for what protects an account or cannot be undone.
    """

    permission: Permission | None = None
    signed_in: bool = False
    recent: bool = False
    others: tuple[Permission, ...] = ()

    @property
    def permissions(self) -> frozenset[Permission]:
        """Any of these opens the route."""
        return frozenset(filter(None, (self.permission, *self.others)))


PUBLIC = Access()
SIGNED_IN = Access(signed_in=True)
SIGNED_IN_RECENTLY = Access(signed_in=True, recent=True)


class SignInFirst(Exception):  # noqa: N818
    """Somebody without a session came where one is needed; rendered as the way to the sign-in page."""


class SignInAgain(SignInFirst):
    """The session is too old for what is asked."""


class SecondFactorFirst(Exception):  # noqa: N818
    """The city asks a second factor of its staff, and this session has shown none."""


class CitySuspended(Exception):  # noqa: N818
    """The operator has closed the city's site; rendered as the page that says so."""


def staff(permission: Permission, *others: Permission, recent: bool = False) -> Access:
    """Only staff whose role carries ``permission`` or one of the others."""
    return Access(permission, recent=recent, others=others)


def home_of(roles: Collection[str]) -> str:
    """Where staff begin their work: at the queue's desk, or where their only business is."""
    return (
        "/staff"
        if {"administrator", "moderator"} & set(roles)
        else next((HOMES[role] for role in HOMES if role in roles), "/staff")
    )


async def check_access(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The one guard of the house. Missing rights look exactly like a missing page."""
    wanted: Access = handler.opt.get("access", PUBLIC)  # Litestar's own answer to OPTIONS declares none
    if wanted.permission is None and not wanted.signed_in:
        return
    at = here(connection)
    person = at.person
    if person is None:
        raise SignInFirst
    if wanted.permission is not None:
        if not wanted.permissions & person.permissions:
            raise NotFoundException
        if at.second_factor_demanded and not person.second_factor:
            raise SecondFactorFirst
    if wanted.recent and not is_recent(person.authenticated_at, at.now):
        raise SignInAgain


def is_recent(authenticated_at: datetime, now: datetime) -> bool:
    """Whether somebody has signed in just now."""
    return now - authenticated_at <= RECENT


def require_declarations(app: Litestar) -> None:
    """Stop the start when a route does not say who may come in."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if not isinstance(handler.opt.get("access"), Access) and "OPTIONS" not in handler.http_methods:
                    msg = f"{route.path} ({handler}) does not declare its access"
                    raise RuntimeError(msg)
