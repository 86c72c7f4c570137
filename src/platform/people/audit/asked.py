"""The filters of the log: read from an address or a form, each fault a sentence at its field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.people.audit.naming import APPEAL, KINDS, Kind
from src.platform.people.audit.queries import Filters
from src.platform.people.audit.service import ACTIONS
from src.platform.web.here import Here

NAMES = ("who", "action", "kind", "number", "from", "to")
TYPED_AT_MOST = 60


@dataclass(slots=True)
class Asked:
    """What was asked for, as typed, and what is wrong with it."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    filters: Filters = field(default_factory=Filters)

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked for at all."""
        return any(self.typed.values())

    def query(self, **changes: str) -> str:
        """As the end of an address; what is empty is left out."""
        kept = {name: value for name, value in (self.typed | changes).items() if value}
        return "?" + urlencode(kept) if kept else ""


def kinds_here(at: Here) -> dict[str, Kind]:
    """The kinds of things that this host's log may be about: what a city has is not on the platform's own host."""
    return {key: kind for key, kind in KINDS.items() if at.city is not None or kind.names is None}


async def read(at: Here, session: AsyncSession, given: Mapping[str, Any], now: datetime) -> Asked:
    """The filters; when something is wrong with one, ``errors`` says what to do, and nothing should be shown."""
    typed = {name: "".join(c for c in str(given.get(name) or "") if c.isprintable()).strip()[:TYPED_AT_MOST] for name in NAMES}
    asked = Asked(typed)
    account_id = id_of(typed["who"])
    if typed["who"] and account_id is None:
        asked.errors["who"] = at._("Виберіть людину зі списку")
    choose(asked, "action", ACTIONS, at._("Такої дії немає. Виберіть зі списку"))
    choose(asked, "kind", kinds_here(at), at._("Виберіть зі списку, про що мають бути записи"))
    since, until = day(at, asked, "from"), day(at, asked, "to")
    if since is not None and until is not None and since > until:
        asked.errors["to"] = at._("Остання дата раніша за першу. Поміняйте їх місцями")
    asked.filters = Filters(
        account_id=account_id,
        action=typed["action"],
        kind=typed["kind"],
        subject_id=await subject(at, session, asked, now),
        since=midnight(at, since),
        until=midnight(at, until + timedelta(days=1)) if until is not None else None,
    )
    return asked


def id_of(value: str) -> UUID | None:
    """An id as it comes in an address; nothing when it is none."""
    try:
        return UUID(value)
    except ValueError:
        return None


def choose(asked: Asked, name: str, known: Iterable[str], sentence: str) -> None:
    """Refuse what is not among the choices."""
    if asked.typed[name] and asked.typed[name] not in known:
        asked.errors[name] = sentence


def day(at: Here, asked: Asked, name: str) -> date | None:
    """A day as a browser sends it, 2026-11-24, or as it is written here, 24.11.2026."""
    value = asked.typed[name]
    if not value:
        return None
    parts = value.split(".")
    try:
        found = date.fromisoformat("-".join(part.zfill(2) for part in reversed(parts)) if len(parts) == 3 else value)  # noqa: PLR2004
    except ValueError:
        found = date.min
    if date(2000, 1, 1) <= found < date(9999, 12, 31):
        return found
    asked.errors[name] = at._("«%(typed)s» — не дата. Напишіть її так: 24.11.2026") % {"typed": value}
    return None


def midnight(at: Here, found: date | None) -> datetime | None:
    """The beginning of a day in the city's zone."""
    return datetime.combine(found, time(), ZoneInfo(at.the_tenant.timezone)) if found is not None else None


async def subject(at: Here, session: AsyncSession, asked: Asked, now: datetime) -> UUID | None:
    """The appeal with the number that was typed."""
    number, kind = asked.typed["number"], KINDS.get(APPEAL)
    if not number or at.city is None or kind is None or kind.find is None:
        return None
    found = await kind.find(session, at.city, number, now)
    if found is None:
        asked.errors["number"] = at._("Звернення з номером «%(typed)s» немає. Перевірте номер") % {"typed": number}
    return found
