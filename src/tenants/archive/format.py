"""The format of a city's archive: which tables, in which order, how a value is written. docs/archive.md says it to others."""

import re
from collections.abc import Container, Iterable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Date, DateTime, MetaData, Table, Time, Uuid, null

FORMAT = 1
MANIFEST, CITY = "manifest.json", "city.json"
MEMBER = re.compile(r"city\.json|tables/[a-z_]{1,60}\.jsonl|files/[a-z0-9][a-z0-9_.-]{0,99}(?:/[a-z0-9][a-z0-9_.-]{0,99}){0,5}")
FILES_LEFT_OUT: dict[str, str] = {
    "office-imports": "files of imports that are left out",
    "past-appeals": "files of imports that are left out",
}
"""Folders of the city's store that an archive does not hold, each with its reason. Everything else is in it."""
PHOTOS = "photos"

LEFT_OUT: dict[str, str] = {
    "account_session": "browsers are signed in at one host",
    "draft": "lives seven days, at an address of one host",
    "external_identity": "belongs to a provider that is left out",
    "identity_provider": "its secret is sealed with this deployment's key, and it knows this deployment's address",
    "mail": "letters of this deployment, sent or on their way",
    "office_import": "work in progress; what was applied is in its tables",
    "office_import_row": "work in progress; what was applied is in its tables",
    "passkey": "belongs to one host",
    "past_import": "work in progress; what was moved in is among the appeals, and cannot be taken back any more",
    "past_import_row": "work in progress; what was moved in is among the appeals",
    "provider_visit": "lives minutes",
    "rate_count": "counts of this deployment",
    "recovery_code": "belongs to a second factor that is left out",
    "sign_in_link": "lives minutes",
    "sign_in_step": "lives minutes",
    "totp": "sealed with this deployment's key",
    "usage": "counted anew as the rows come in",
    "webauthn_challenge": "lives minutes",
}
"""Tables of a city that an archive does not hold, each with its reason. A test fails for a new one that is in neither list."""
NOT_HERE = ("domain", "domain_token", "domain_verified_at", "suspended_at", "suspended_because", "delete_after")
"""Columns of the city's row that say something about this deployment."""
EMPTIED: dict[str, dict[str, str]] = {"support_entry": {"token_digest": "it opens a door of this deployment"}}
"""Columns of text that are written empty, each with its reason."""
LATER: dict[str, tuple[str, ...]] = {"category": ("parent_id", "merged_into_id"), "responder": ("parent_id",)}
"""Columns that point into their own table: set once all rows are there."""


def tables_of(metadata: MetaData) -> list[Table]:
    """The tables of an archive, each after those that it points to."""
    return [table for table in metadata.sorted_tables if "city_id" in table.columns and table.name not in LEFT_OUT]


def columns_of(table: Table) -> list[Column[Any]]:
    """What is written of a row: everything that the database does not compute."""
    return [column for column in table.columns if column.computed is None]


def order_of(table: Table) -> list[ColumnElement[Any]]:
    """Rows by id; of questions those last that were merged into another one, which is itself never a merged one."""
    merged: list[ColumnElement[Any]] = [table.c.merged_into_id.is_not(null()).asc()] if table.name == "appeal" else []
    return [*merged, table.c.id.asc()]


def kept(table: Table) -> list[ColumnElement[bool]]:
    """Conditions on rows that are written: photos of drafts are none."""
    return [table.c.draft_id.is_(null())] if table.name == "photo" else []


def line_of(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row as it stands in an archive."""
    return {key: written(value) for key, value in row.items()} | dict.fromkeys(EMPTIED.get(table.name, ()), "")


def is_kept(key: str, photos: Container[UUID]) -> bool:
    """Whether a file goes into the archive; of photos only those whose rows do (``photos`` are their ids)."""
    folder, _, rest = key.partition("/")
    if folder != PHOTOS:
        return folder not in FILES_LEFT_OUT
    try:
        return UUID(rest.partition("/")[0]) in photos
    except ValueError:
        return False


def written(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    """A value as JSON: moments in UTC, ids and times as text; all else as it is."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return [written(item) for item in value]
    return value


def read_value(column: Column[Any], value: Any) -> Any:  # noqa: ANN401
    """A value of an archive as the column takes it. Raises ``ValueError``, ``TypeError`` or ``AttributeError`` for one that it
    cannot be; what only the database knows to be wrong, such as a number that is too large, it says itself."""  # noqa: D209
    if value is None:
        return None
    kind = column.type
    if isinstance(kind, Uuid):
        return UUID(value)
    if isinstance(kind, DateTime) or type(kind).__name__ == "DateTimeUTC":
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Time):
        return time.fromisoformat(value)
    return value


def city_columns(table: Table) -> Iterable[Column[Any]]:
    """What is written of the city's own row."""
    return (column for column in columns_of(table) if column.name not in NOT_HERE)
