"""Applies a route's limits before anything of the request is done."""

from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits.rules import By, Rule
from src.platform.limits.service import Counts, TooMany, use_within
from src.platform.web.forms import Form, TooLarge, Unreadable, read_form
from src.platform.web.here import Here, here

FORM_AT_MOST = 1024 * 1024
"""Bytes of a refused form that are read to show its words again; files are not kept."""


def network_of(client: str) -> str:
    """What counts as one address: an IPv4 address itself (also one written as IPv6), of an IPv6 address its /64."""
    try:
        found = ip_address(client.partition("%")[0])
    except ValueError:
        return client
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return f"{IPv6Address(int(found) >> 64 << 64)}/64"
    return str(found)


def subject_of(at: Here, by: By) -> str | None:
    """Whose use a request is; none where it is nobody's (no account), or where only the handler knows (an e-mail)."""
    if by is By.ADDRESS:
        return network_of(at.client)
    if by is By.ACCOUNT:
        return str(at.person.id) if at.person else None
    return "" if by is By.CITY else None


async def check_limits(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard. Raises :class:`TooMany`, with what was typed when it was a form."""
    rule = handler.opt.get("limits")
    if not isinstance(rule, Rule) or (rule.only_with and not connection.query_params.get(rule.only_with)):
        return
    at = here(connection)
    if at.settings.limits == "off":
        return
    counts: Counts = connection.app.state.counts
    uses = [(limit, subject) for limit in rule.limits if (subject := subject_of(at, limit.by)) is not None]
    try:
        await counts.use(at.the_tenant.id, uses, now=at.now)
    except TooMany as problem:
        if isinstance(connection, Request) and connection.method == "POST":
            await keep_typed(connection, problem)
        raise


async def keep_typed(request: Request[Any, Any, Any], problem: TooMany) -> None:
    """Read what was typed, so that the page can show it again. A form that cannot be read has nothing to show."""
    try:
        form = await read_form(request, bytes_at_most=FORM_AT_MOST)
    except (TooLarge, Unreadable):
        problem.files = True
        return
    problem.typed, problem.files = form.values, bool(form.uploads)
    form.drop_uploads()


async def for_email(
    request: Request[Any, Any, Any], session: AsyncSession, rule: Rule, email: str, form: Form, *, now: datetime
) -> None:
    """Use the rule's limit of an e-mail, in the request's own transaction. The same for every e-mail, known or not."""
    counts: Counts = request.app.state.counts
    limit = rule.by(By.EMAIL)
    if limit is None:
        return
    try:
        await use_within(session, counts.instead.get(limit.key, limit), email.lower(), now=now)
    except TooMany as problem:
        problem.typed = form.values
        raise
