"""How often something may be done: counted in the database, so that all processes count together.

A count is a window that begins with the first use. It is written in a short transaction of its own, before the request's
begins, so that a refusal still counts and no request waits with one connection for another.

Reading pages must stay cheap, so a process takes leases: so many uses at once, which it then gives out without asking
again. What is leased is counted, so all processes together never give out more than the limit.
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.limits.rules import Limit
from src.platform.settings import get_settings

LEASES_AT_MOST = 20_000

# Sorted by key, so that two requests that take the same counts never wait for each other crosswise.
TAKE = text(
    "INSERT INTO rate_count AS r (city_id, id, key, used, since, until) "
    "SELECT :city, w.id, w.key, w.cost, :now, w.until "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS text[]), CAST(:costs AS int[]), CAST(:untils AS timestamptz[])) "
    "AS w(id, key, cost, until) ORDER BY w.key "
    "ON CONFLICT (city_id, key) DO UPDATE SET "
    "used = CASE WHEN r.until <= :now THEN excluded.used ELSE r.used + excluded.used END, "
    "since = CASE WHEN r.until <= :now THEN :now ELSE r.since END, "
    "until = CASE WHEN r.until <= :now THEN excluded.until ELSE r.until END "
    "RETURNING key, used, until"
)

Use = tuple[Limit, str]
"""A limit and whose use it is: an address, an account's id, an e-mail, nothing for the whole city."""


class TooMany(Exception):  # noqa: N818
    """The limit is used up; ``wait`` is how long until it is not. Rendered as a page that says so (429, Retry-After).

    ``typed`` are a form's values, to be shown again.
    """

    def __init__(self, limit: Limit, wait: timedelta, typed: dict[str, list[str]] | None = None) -> None:
        super().__init__(limit.key)
        self.limit = limit
        self.wait = wait
        self.typed = typed or {}
        self.files = False


def key_of(limit: Limit, subject: str) -> str:
    """What a count is stored under: a keyed digest, so that the table tells nobody's address or e-mail."""
    secret = get_settings().secret_key.get_secret_value().encode()
    return hmac.new(secret, f"{limit.key}\0{subject}".encode(), hashlib.sha256).hexdigest()[:40]


async def take(session: AsyncSession, uses: Sequence[Use], *, now: datetime) -> dict[str, tuple[int, datetime]]:
    """Count each use (as many as its lease) in the caller's transaction and in one statement: by key, how many there are
    now, and until when they count."""  # noqa: D209
    bound = {
        "city": city_id_of(session),
        "ids": [uuid7() for _ in uses],
        "keys": [key_of(limit, subject) for limit, subject in uses],
        "costs": [limit.lease for limit, _ in uses],
        "untils": [now + limit.per for limit, _ in uses],
        "now": now,
    }
    return {row.key: (row.used, row.until) for row in await session.execute(TAKE, bound)}


async def use_within(session: AsyncSession, limit: Limit, subject: str, *, now: datetime) -> None:
    """Use a limit once in the caller's transaction: a refusal rolls back and is not counted. Raises :class:`TooMany`."""
    if get_settings().limits == "off":
        return
    ((used, until),) = (await take(session, [(limit, subject)], now=now)).values()
    if used > limit.most:
        raise TooMany(limit, until - now)


class Counts:
    """The limits of one process; what they count is in the database. ``instead`` replaces limits by their key (tests)."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.instead: dict[str, Limit] = {}
        self._leased: OrderedDict[tuple[UUID, str], tuple[int, datetime]] = OrderedDict()

    async def use(self, city_id: UUID, uses: Sequence[Use], *, now: datetime) -> None:
        """Use each limit once; raises :class:`TooMany` for the one that is longest used up."""
        uses = [(self.instead.get(limit.key, limit), subject) for limit, subject in uses]
        refused = [known for use in uses if (known := self._known(city_id, use, now)) is not None]
        asked = [use for use in uses if not self._from_lease(city_id, use, now)] if not refused else []
        if asked:
            async with self.database.unit(city_id) as session:
                found = await take(session, asked, now=now)
            for limit, subject in asked:
                key = key_of(limit, subject)
                used, until = found[key]
                granted = min(limit.lease, limit.most - (used - limit.lease))
                if limit.lease > 1:
                    self._remember((city_id, key), granted - 1 if granted > 0 else -1, until)
                if granted <= 0:
                    refused.append(TooMany(limit, until - now))
        if refused:
            raise max(refused, key=lambda problem: problem.wait)

    def _known(self, city_id: UUID, use: Use, now: datetime) -> TooMany | None:
        """The refusal, when this process knows already that the limit is used up."""
        left, until = self._leased.get((city_id, key_of(*use)), (0, now))
        return TooMany(use[0], until - now) if until > now and left < 0 else None

    def _from_lease(self, city_id: UUID, use: Use, now: datetime) -> bool:
        """Take a use from a lease, if there is one left."""
        key = (city_id, key_of(*use))
        left, until = self._leased.get(key, (0, now))
        if until <= now or left <= 0:
            return False
        self._leased[key] = (left - 1, until)
        return True

    def _remember(self, key: tuple[UUID, str], left: int, until: datetime) -> None:
        """Keep what is left of a lease, beside what another request of this process took meanwhile."""
        before, ends = self._leased.get(key, (0, until))
        self._leased[key] = (left + max(0, before) if ends == until else left, until)
        self._leased.move_to_end(key)
        while len(self._leased) > LEASES_AT_MOST:
            self._leased.popitem(last=False)


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Delete counts whose window is over."""
    await session.execute(
        text("DELETE FROM rate_count WHERE city_id = :city AND until < :now"), {"city": city_id_of(session), "now": now}
    )
