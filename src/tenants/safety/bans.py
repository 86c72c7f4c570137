"""Whom a city takes no questions from: the verbs, and the check that routes call. Reading is never closed to anybody.

A ban of a network acts at once. A ban of an e-mail acts only where its owner has shown that it is theirs (signed in, or
behind a link of a letter): when it is merely typed, nothing tells that it is banned, or anybody could find out.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from uuid import UUID

from litestar import Request, Response
from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.audit.service import action, record
from src.platform.settings import get_settings
from src.platform.web.forms import Redisplay
from src.platform.web.here import here
from src.platform.web.i18n import msgid
from src.platform.web.pages import page
from src.tenants.safety.models import Ban

AnyRequest = Request[Any, Any, Any]
ADDED = action("ban.added", msgid("Закрито доступ"))
LIFTED = action("ban.lifted", msgid("Відкрито доступ"))
FORGOTTEN_AFTER = timedelta(days=365)
WIDEST = {4: 16, 6: 32}
"""The shortest prefix that may be banned: a larger network is a whole provider."""


class BanRefused(Exception):  # noqa: N818
    """What was typed is nothing that can be banned; ``why`` names the reason, pages say it in words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def network_in(typed: str) -> IPv4Network | IPv6Network:
    """The network that was typed: an address alone (of IPv6 its /64, as limits count it), or CIDR. Raises :class:`BanRefused`."""
    try:
        found = ip_network(typed, strict=False)
    except ValueError as problem:
        raise BanRefused("unreadable") from problem
    if isinstance(found, IPv6Network):
        mapped = found.network_address.ipv4_mapped
        if mapped is not None and found.prefixlen == found.max_prefixlen:
            return IPv4Network(mapped)
        if found.prefixlen == found.max_prefixlen:
            found = found.supernet(new_prefix=64)
    if found.prefixlen < WIDEST[found.version]:
        raise BanRefused("too wide")
    return found


def covers(value: str, client: str) -> bool:
    """Whether a banned network holds an address."""
    try:
        network, address = ip_network(value), ip_address(client.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address) in network


def without_address(email: str) -> str:
    """What a ban holds in the place of an address that was erased: enough to know it again, not enough to read it.

    Deleting one's data is no way out of a ban. Whoever asks whether an address is banned compares with both.
    """
    secret = get_settings().secret_key.get_secret_value().encode()
    return "erased:" + hmac.new(secret, f"ban\0{email}".encode(), hashlib.sha256).hexdigest()[:40]


async def in_force(session: AsyncSession, *, client: str, emails: set[str], now: datetime) -> Ban | None:
    """The ban that holds somebody who comes from an address and owns these e-mails; the one that lasts longest."""
    known = sorted(emails | {without_address(email) for email in emails})
    query = select(Ban).where(
        Ban.city_id == city_id_of(session),
        or_(Ban.until.is_(None), Ban.until > now),
        or_(Ban.kind == "network", Ban.value.in_(known)) if emails else Ban.kind == "network",
    )
    found = [ban for ban in (await session.execute(query)).scalars() if ban.kind == "email" or covers(ban.value, client)]
    return max(found, key=lambda ban: (ban.until is None, ban.until or now), default=None)


async def refuse_banned(request: AnyRequest, session: AsyncSession, *, now: datetime, email: str = "") -> None:
    """Raise the calm page for whoever is banned. ``email`` is one that they have shown to be theirs."""
    at = here(request)
    owned = {value.lower() for value in (email, at.person.email if at.person else "") if value}
    ban = await in_force(session, client=at.client, emails=owned, now=now)
    if ban is not None:
        raise Redisplay(banned_page(request, ban))


def banned_page(request: AnyRequest, ban: Ban) -> Response[str]:
    """Until when, whom to write to, and that reading goes on. The reason is for staff."""
    answer = page(request, "safety/banned.html", status=403, cache="no-store", until=ban.until, network=ban.kind == "network")
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


async def listed(session: AsyncSession) -> list[Ban]:
    """All bans, the newest first."""
    query = select(Ban).where(Ban.city_id == city_id_of(session)).order_by(Ban.created_at.desc(), Ban.id.desc())
    return list((await session.execute(query)).scalars())


async def with_value(session: AsyncSession, kind: str, value: str) -> Ban | None:
    """The ban of an e-mail or a network, in force or over."""
    query = select(Ban).where(Ban.city_id == city_id_of(session), Ban.kind == kind, Ban.value == value).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def add(
    session: AsyncSession, *, kind: str, value: str, reason: str, until: datetime | None, by: UUID, now: datetime
) -> Ban:
    """Close the city to an e-mail or a network. A ban of the same that is there takes the new reason and term."""
    ban = await with_value(session, kind, value)
    before = (ban.reason, words_of(ban.until)) if ban else ("", "")
    if ban is None:
        ban = Ban(city_id=city_id_of(session), kind=kind, value=value, created_at=now)
        session.add(ban)
    ban.reason, ban.until, ban.made_by, ban.created_at = reason, until, by, now
    await session.flush()
    values = {"value": ("", value), "reason": (before[0], reason), "until": (before[1], words_of(until))}
    await record(session, ADDED, now=now, by=by, subject=("ban", ban.id), values=values)
    return ban


def words_of(until: datetime | None) -> str:
    """A term for the log."""
    return until.isoformat(timespec="minutes") if until else ""


async def lift(session: AsyncSession, ban_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Open the city again; whether there was such a ban."""
    query = select(Ban).where(Ban.city_id == city_id_of(session), Ban.id == ban_id).with_for_update()
    ban = (await session.execute(query)).scalar_one_or_none()
    if ban is None:
        return False
    values = {"value": (ban.value, ""), "reason": (ban.reason, "")}
    await record(session, LIFTED, now=now, by=by, subject=("ban", ban.id), values=values)
    await session.delete(ban)
    await session.flush()
    return True


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Delete bans that ended a year ago: the e-mails in them are nobody's business any more."""
    await session.execute(delete(Ban).where(Ban.city_id == city_id_of(session), Ban.until < now - FORGOTTEN_AFTER))
