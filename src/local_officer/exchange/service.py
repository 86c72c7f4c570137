"""An import on its way: taken in, checked, accepted or not, forgotten."""

import asyncio
import tempfile
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.local_officer.exchange import applying, queries
from src.local_officer.exchange.checks import Checker, Data
from src.local_officer.exchange.models import ImportRow, OfficeImport
from src.platform.data.tenancy import City, catalogue_changed, city_id_of
from src.platform.files import store
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import msgid
from src.platform.work.jobs import enqueue

APPLIED = action("office.imported", msgid("Прийнято файл з даними дільничних"))
DISCARDED = action("office.import_discarded", msgid("Відхилено файл з даними дільничних"))
KEPT = timedelta(days=7)
FINISHED = ("applied", "discarded", "unreadable")


class ChangedMeanwhile(Exception):  # noqa: N818  the domain's word
    """What is stored is not what the preview was compared with."""


def key_of(import_id: UUID) -> str:
    """Where the file lies in the city's store."""
    return f"office-imports/{import_id}"


async def keep(city: City, import_id: UUID, file: IO[bytes]) -> None:
    """Keep the file, before the transaction that names it."""
    await store.put_file(city.id, key_of(import_id), file)


async def begin(  # noqa: PLR0913  what there is to know of a file
    session: AsyncSession, import_id: UUID, *, kind: str, form: str, name: str, size: int, by: UUID, now: datetime
) -> OfficeImport:
    """Write an import down and have it checked."""
    row = OfficeImport(
        city_id=city_id_of(session),
        id=import_id,
        kind=kind,
        format=form,
        name=name,
        bytes=size,
        made_by=by,
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    await session.flush()
    await enqueue(session, "check_import", import_id)
    return row


async def accept(session: AsyncSession, import_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Have the good rows written. False: there is no such import that waits for this."""
    row = await queries.import_at(session, import_id, lock=True)
    if row is None or row.state != "checked" or not row.good:
        return False
    row.state, row.trouble, row.made_by, row.changed_at, row.done = "applying", "", by, now, 0
    await session.flush()
    await enqueue(session, "apply_import", import_id)
    return True


async def discard(session: AsyncSession, import_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Take nothing of it; file and rows go at once."""
    row = await queries.import_at(session, import_id, lock=True)
    if row is None or row.state in {"applying", "applied", "discarded"}:
        return False
    row.state, row.changed_at = "discarded", now
    await applying.forget_rows(session, import_id)
    await record(session, DISCARDED, now=now, by=by, subject=("office_import", import_id))
    await enqueue(session, "forget_import", import_id)
    return True


async def settle(session: AsyncSession, row: OfficeImport, late: dict[int, list[Any]], *, now: datetime) -> None:
    """All rows are read: what they show together, and how many are good."""
    await applying.mark(session, row.id, late)
    mine = (ImportRow.city_id == row.city_id, ImportRow.import_id == row.id)
    row.bad = int(await session.scalar(select(func.count()).where(*mine, ImportRow.bad)) or 0)
    row.good = row.total - row.bad
    row.state, row.changed_at = "checked", now


async def apply(session: AsyncSession, import_id: UUID, *, now: datetime) -> None:
    """Write all good rows, in the caller's transaction. Raises :class:`ChangedMeanwhile` when one is good no more.

    Imports of a city are written one after the other.
    """
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"office import {city_id_of(session)}"}
    )
    row = await queries.import_at(session, import_id, lock=True)
    if row is None or row.state != "applying":
        return
    city = await session.get_one(City, row.city_id)
    known = await queries.known(session, city, row.kind, now.astimezone(ZoneInfo(city.timezone)).date())
    checker, good = Checker(known), list[Data]()
    last = 0
    while rows := await queries.rows_after(session, import_id, last, bad=False, count=applying.AT_ONCE):
        good += await asyncio.to_thread(again, checker, rows)
        for each in rows:
            session.expunge(each)
        last = rows[-1].number
    if await asyncio.to_thread(checker.finish):
        raise ChangedMeanwhile
    await applying.apply(session, city, known, good, by=row.made_by, now=now)
    row.state, row.done, row.changed_at = "applied", len(good), now
    await record(session, APPLIED, now=now, by=row.made_by, subject=("office_import", import_id), fields=[row.kind])
    await catalogue_changed(session)


def again(checker: Checker, rows: list[ImportRow]) -> list[Data]:
    """Rows as they are to be written, if they are still what the preview said. Raises :class:`ChangedMeanwhile`."""
    found = []
    for each in rows:
        said = {key: value for key, value in each.data.items() if key != "what"}
        data, problems = checker.take(each.number, said)
        if problems or data != each.data:
            raise ChangedMeanwhile
        found.append(data)
    return found


async def check_again(session: AsyncSession, import_id: UUID, *, now: datetime) -> None:
    """The preview was of yesterday: have the file checked anew, and say why."""
    row = await queries.import_at(session, import_id, lock=True)
    if row is None or row.state != "applying":
        return
    row.state, row.trouble, row.changed_at = "waiting", "changed", now
    await session.flush()
    await enqueue(session, "check_import", import_id)


async def old(session: AsyncSession, *, now: datetime) -> list[UUID]:
    """Imports whose file and rows are to be forgotten: over, or nobody came back to them."""
    query = select(OfficeImport.id).where(OfficeImport.city_id == city_id_of(session), OfficeImport.created_at < now - KEPT)
    return list(await session.scalars(query))


async def forget(session: AsyncSession, import_id: UUID) -> None:
    """Delete an import with its rows; what it did stays in the audit log."""
    mine = OfficeImport.city_id == city_id_of(session)
    await session.execute(delete(OfficeImport).where(mine, OfficeImport.id == import_id))


def new_id() -> UUID:
    """The id of an import, needed before its row."""
    return uuid7()


def scratch() -> IO[bytes]:
    """A temporary file for a copy of an upload."""
    return tempfile.TemporaryFile()
