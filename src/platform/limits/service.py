"""How often something may be done: counted in the database, so that all processes count together.

A count is a window that begins with the first use. It is written in a short transaction of its own, so that a
refusal, which rolls its request back, still counts.

Reading pages must stay cheap, so a process may take a lease: so many uses at once, which it then gives out without asking
again. What is leased is counted, so all processes together never give out more than the limit.
"""

import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.settings import get_settings

LEASES_AT_MOST = 20_000

TAKE = text(
    "INSERT INTO rate_count AS r (city_id, id, key, used, since, until) VALUES (:city, :id, :key, :cost, :now, :until) "
    "ON CONFLICT (city_id, key) DO UPDATE SET "
    "used = CASE WHEN r.until <= :now THEN :cost ELSE r.used + :cost END, "
    "since = CASE WHEN r.until <= :now THEN :now ELSE r.since END, "
    "until = CASE WHEN r.until <= :now THEN :until ELSE r.until END "
    "RETURNING used, until"
)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` uses in a window of ``per``. ``name`` is part of the count's key; ``lease`` how many a process
    takes at once."""  # noqa: D209

    name: str
    most: int
    per: timedelta
    lease: int = 1


class TooMany(Exception):  # noqa: N818
    """The limit is used up; ``wait`` is how long until it is not. Rendered as a page that says so (429, Retry-After)."""

    def __init__(self, limit: Limit, wait: timedelta) -> None:
        super().__init__(limit.name)
        self.limit = limit
        self.wait = wait


def key_of(limit: Limit, subject: str) -> str:
    """What a count is stored under: a keyed digest, so that the table tells nobody's address or e-mail."""
    secret = get_settings().secret_key.get_secret_value().encode()
    return hmac.new(secret, f"{limit.name}\0{subject}".encode(), hashlib.sha256).hexdigest()[:40]


async def take(session: AsyncSession, limit: Limit, subject: str, *, now: datetime, cost: int = 1) -> tuple[int, datetime]:
    """Count ``cost`` uses in the caller's transaction: how many there are now, and until when they count."""
    bound = {
        "city": city_id_of(session),
        "id": uuid7(),
        "key": key_of(limit, subject),
        "cost": cost,
        "now": now,
        "until": now + limit.per,
    }
    row = (await session.execute(TAKE, bound)).one()
    return row.used, row.until


class Counts:
    """The limits of one process; what they count is in the database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._leased: OrderedDict[tuple[UUID, str], tuple[int, datetime]] = OrderedDict()

    async def use(self, city_id: UUID, limit: Limit, subject: str, *, now: datetime) -> None:
        """Use the limit once; raises :class:`TooMany` when it is used up."""
        key = (city_id, key_of(limit, subject))
        left, until = self._leased.get(key, (0, now))
        if until > now and left > 0:
            self._leased[key] = (left - 1, until)
            return
        if until > now and left < 0:  # known to be used up
            raise TooMany(limit, until - now)
        async with self.database.unit(city_id) as session:
            used, until = await take(session, limit, subject, now=now, cost=limit.lease)
        granted = min(limit.lease, limit.most - (used - limit.lease))
        if limit.lease > 1:
            self._remember(key, granted - 1 if granted > 0 else -1, until)
        if granted <= 0:
            raise TooMany(limit, until - now)

    def _remember(self, key: tuple[UUID, str], left: int, until: datetime) -> None:
        self._leased[key] = (left, until)
        self._leased.move_to_end(key)
        while len(self._leased) > LEASES_AT_MOST:
            self._leased.popitem(last=False)


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Delete counts whose window is over."""
    await session.execute(
        text("DELETE FROM rate_count WHERE city_id = :city AND until < :now"), {"city": city_id_of(session), "now": now}
    )
