"""The log as a file, in portions: neither the whole log nor one long transaction is ever held."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from src.platform.data.unit_of_work import Database
from src.platform.people.audit.queries import Filters, Place, lines
from src.platform.people.audit.telling import Change, Told, tell
from src.platform.web.here import Here

PORTION = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"
"""Without it the usual spreadsheet takes Ukrainian letters for something else."""


@dataclass(frozen=True, slots=True)
class Format:
    """How lines become text: what stands first, and each line."""

    media_type: str
    ending: str
    head: Callable[[Here], str]
    line: Callable[[Here, Told], str]


async def portions(at: Here, database: Database, filters: Filters, before: Place, form: Format) -> AsyncIterator[bytes]:
    """The file's bytes: all lines older than ``before``, newest first. Each portion is a short transaction of its own, since
    the request's has ended before the first byte goes out.
    """
    city_id: UUID = at.the_tenant.id
    yield form.head(at).encode()
    place: Place | None = before
    while place is not None:
        async with database.unit(city_id) as session:
            found, more = await lines(session, filters, place, limit=PORTION)
            told = await tell(at, session, found)
        yield "".join(form.line(at, one) for one in told).encode()
        place = found[-1].place if more else None


def moment(at: Here, told: Told) -> str:
    """When, in the city's zone, with the offset (ISO 8601)."""
    return told.line.at.astimezone(ZoneInfo(at.the_tenant.timezone)).isoformat()


def csv_row(cells: list[str]) -> str:
    """A row (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    csv.writer(out).writerow(["'" + cell if cell.startswith(FORMULA) else cell for cell in cells])
    return out.getvalue()


def csv_head(at: Here) -> str:
    """The headings."""
    headings = [at._("Коли"), at._("Хто"), at._("Дія"), at._("Про що"), at._("Поля"), at._("Що змінилося"), at._("Код дії"), "id"]
    return BYTE_ORDER_MARK + csv_row(headings)


def csv_line(at: Here, told: Told) -> str:
    """A line for people with a spreadsheet."""
    changes = "; ".join(f"{item.words}: {in_words(at, item)}" for item in told.changes if item.valued)
    fields = ", ".join(item.words for item in told.changes)
    about = " ".join(part for part in (told.kind, told.subject.name) if part)
    return csv_row([moment(at, told), told.who, told.what, about, fields, changes, told.line.action, str(told.line.id)])


def in_words(at: Here, change: Change) -> str:
    """Before and after."""
    nothing = at._("нічого")
    return at._("стерто") if change.erased else f"{change.before or nothing} → {change.after or nothing}"


def json_line(at: Here, told: Told) -> str:
    """A line for programs: keys as they are stored, and the words beside them."""
    line = told.line
    found = {
        "id": str(line.id),
        "at": moment(at, told),
        "actor": line.actor,
        "account_id": str(line.account_id) if line.account_id else None,
        "who": told.who,
        "action": line.action,
        "words": told.what,
        "subject_kind": line.kind,
        "subject_id": str(line.subject_id) if line.subject_id else None,
        "subject": told.subject.name,
        "fields": list(line.fields),
        "values": {
            item.field: None if item.erased else {"before": item.before, "after": item.after}
            for item in told.changes
            if item.valued
        },
    }
    return json.dumps(found, ensure_ascii=False) + "\n"


FORMATS = {
    "csv": Format("text/csv; charset=utf-8", "csv", csv_head, csv_line),
    "jsonl": Format("application/jsonl; charset=utf-8", "jsonl", lambda _: "", json_line),
}
