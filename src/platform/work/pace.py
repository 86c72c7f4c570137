"""The pace of a city's jobs and letters: what comes faster is run later, so that no city holds up the others.

One row per city and kind (``usage``) holds when the next one would be due if they came evenly: microseconds since 1970, the
"theoretical arrival time" of GCRA (the generic cell rate algorithm, ITU-T I.371). A tenth of a period's number may be at
once; a queue is taken in the order of ``available_at``, so a larger burst would itself stand in the others' way.

The enqueueing statement reads the row and does not lock it: else all transactions of a city that enqueue something would
wait for each other until they commit, and sometimes crosswise. The row is moved on by one statement just before the commit,
as the last lock that a transaction takes. Transactions that run at the same moment may therefore read the same place in the
line; each is counted, so the line itself is exact.
"""

from typing import Any, Final

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from src.platform.data.city_settings import CitySettings
from src.platform.data.tenancy import city_id_of

JOBS_BEGUN: Final = "jobs"
LETTERS: Final = "letters"
MAIL_QUEUE: Final = "mail"
AT_ONCE = 10
"""The part of a period's number that may be at once: one in so many."""

PACES: dict[str, tuple[str, int]] = {JOBS_BEGUN: ("jobs_per_minute", 60), LETTERS: ("letters_per_hour", 3600)}
"""By kind: the city's setting, and the seconds that it is about."""

NOW = "CAST(extract(epoch FROM statement_timestamp()) * 1000000 AS bigint)"
GAP = (
    "SELECT greatest(1, CAST(%(period)s AS bigint) / coalesce(CAST(c.settings ->> %(setting)s AS bigint), %(usual)s)) AS gap, "
    "greatest(1, coalesce(CAST(c.settings ->> %(setting)s AS bigint), %(usual)s) / %(part)s) AS burst "
    "FROM city c WHERE c.id = %(city)s"
)
SLOT = (
    f"SELECT CASE WHEN NOT %(paced)s THEN now() ELSE greatest(now(), to_timestamp((greatest({NOW}, coalesce((SELECT used "  # noqa: S608
    "FROM usage WHERE city_id = %(city)s AND kind = %(kind)s), 0)) + (%(already)s - p.burst + 1) * p.gap) / 1000000.0)) END AS at "
    f"FROM ({GAP}) AS p"
)
MOVE_ON = (
    f"INSERT INTO usage AS u (city_id, id, kind, used) SELECT %(city)s, %(id)s, %(kind)s, {NOW} + %(count)s * p.gap "  # noqa: S608
    f"FROM ({GAP}) AS p ON CONFLICT (city_id, kind) DO UPDATE SET used = greatest(u.used, {NOW}) + excluded.used - {NOW}"
)


def pace_of(kind: str) -> dict[str, Any]:
    """What the statements need to know of a kind."""
    setting, seconds = PACES[kind]
    usual = CitySettings.model_fields[setting].default
    return {"kind": kind, "setting": setting, "usual": usual, "period": seconds * 1_000_000, "part": AT_ONCE}


def slot_of(session: AsyncSession, kind: str, *, paced: bool) -> dict[str, Any]:
    """What :data:`SLOT` is bound to: after what this transaction has enqueued already."""
    already = session.info.get("enqueued", {}).get(kind, 0)
    return {"city": city_id_of(session), "paced": paced, "already": already, **pace_of(kind)}


def count(session: AsyncSession, kind: str) -> None:
    """Note that something was enqueued; the line moves on when the transaction commits."""
    counted = session.info.setdefault("enqueued", {})
    counted[kind] = counted.get(kind, 0) + 1


@event.listens_for(Session, "before_commit")
def move_on(session: Session) -> None:
    """Move the city's lines on, always in the same order and after everything else that the transaction does."""
    if session.in_nested_transaction():
        return
    counted: dict[str, int] = session.info.pop("enqueued", {})
    if not counted:
        return
    session.flush()
    connection: Connection = session.connection()
    for kind in sorted(counted):
        bound = {"city": session.info["city_id"], "id": uuid7(), "count": counted[kind], **pace_of(kind)}
        connection.exec_driver_sql(MOVE_ON, bound)


@event.listens_for(Session, "after_rollback")
def stay(session: Session) -> None:
    """What was rolled back was not enqueued."""
    session.info.pop("enqueued", None)
