"""Past appeals on their way in: taken, understood, checked, moved in or not, taken back, forgotten."""

import tempfile
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City, city_id_of
from src.platform.files import store
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import msgid
from src.platform.work.jobs import enqueue
from src.tenants.answers.models import Answer
from src.tenants.cities.catalogue import catalogue
from src.tenants.moving_in import applying, mapping, queries
from src.tenants.moving_in.checks import Checked
from src.tenants.moving_in.fields import folded, guessed
from src.tenants.moving_in.models import PastImport, PastRow

MOVED_IN = action("past.moved_in", msgid("Перенесено звернення з попереднього сервісу"))
TAKEN_BACK = action("past.taken_back", msgid("Скасовано перенесення звернень"))
DISCARDED = action("past.discarded", msgid("Відхилено файл зі зверненнями попереднього сервісу"))
KEPT = timedelta(days=7)
"""How long a file waits, and how long what was moved in can be taken back."""
BUSY = frozenset({"waiting", "gathering", "checking", "applying", "taking_back"})
OPEN = frozenset({"columns", "values", "checked"})
"""Somebody may change what columns and words mean."""
OVER = frozenset({"applied", "taken_back", "discarded"})


class ChangedMeanwhile(Exception):  # noqa: N818  the domain's word
    """What the rows were compared with is not what there is now."""


class Touched(Exception):  # noqa: N818  the domain's word
    """Somebody has worked on an appeal that was moved in."""


def key_of(import_id: UUID) -> str:
    """Where the file lies in the city's store."""
    return f"past-appeals/{import_id}"


def new_id() -> UUID:
    """The id of an import, needed before its row."""
    return uuid7()


def scratch() -> IO[bytes]:
    """A temporary file for a copy of an upload."""
    return tempfile.TemporaryFile()


async def keep(city: City, import_id: UUID, file: IO[bytes]) -> None:
    """Keep the file, before the transaction that names it."""
    await store.put_file(city.id, key_of(import_id), file)


async def begin(
    session: AsyncSession, import_id: UUID, *, form: str, name: str, size: int, by: UUID, now: datetime
) -> PastImport:
    """Write an import down and have its headings read."""
    row = PastImport(
        city_id=city_id_of(session), id=import_id, format=form, name=name, bytes=size, made_by=by, created_at=now, changed_at=now
    )
    session.add(row)
    await session.flush()
    await enqueue(session, "read_past_import", import_id)
    return row


async def understood(
    session: AsyncSession, row: PastImport, headings: list[str], samples: list[list[str]], total: int, *, now: datetime
) -> None:
    """The headings are read: guess what the columns are, first as the city said of its last file."""
    last = await queries.before(session, row)
    said = {key: folded(last.headings[column]) for key, column in last.columns.items()} if last else {}
    row.headings, row.samples, row.total = headings, samples, total
    row.columns = guessed(headings, said)
    row.state, row.trouble, row.changed_at = "columns", "", now


async def set_columns(session: AsyncSession, row: PastImport, columns: dict[str, int], *, now: datetime) -> None:
    """Somebody said what the columns are: gather the words that have to be mapped."""
    await forget_rows(session, row.id)
    row.columns, row.state, row.trouble, row.done, row.changed_at = columns, "gathering", "", 0, now
    await session.flush()
    await enqueue(session, "gather_past_words", row.id)


async def gathered(session: AsyncSession, row: PastImport, found: dict[str, list[list[Any]]], *, now: datetime) -> None:
    """The words are there: guess what they mean; what was said of this file, or of the city's last one, stays."""
    last = await queries.before(session, row)
    before = {field: dict(words) for field, words in (last.values if last else {}).items()}
    for field, words in row.values.items():
        before[field] = before.get(field, {}) | words
    texts = {field: [str(word) for word, _ in words] for field, words in found.items()}
    row.found = found
    row.values = mapping.guessed(await catalogue(session), texts, before)
    row.state, row.changed_at = "values", now


async def set_values(session: AsyncSession, row: PastImport, values: dict[str, dict[str, str]], *, now: datetime) -> None:
    """Somebody said what the words mean: check every row."""
    row.values = values
    await check_again(session, row, now=now)


async def check_again(session: AsyncSession, row: PastImport, *, now: datetime, because: str = "") -> None:
    """Have every row checked anew."""
    await forget_rows(session, row.id)
    row.state, row.trouble, row.changed_at = "checking", because, now
    row.done = row.good = row.bad = row.warned = 0
    await session.flush()
    await enqueue(session, "check_past_import", row.id)


async def keep_rows(session: AsyncSession, import_id: UUID, checked: list[Checked]) -> None:
    """Store a portion of checked rows."""
    city = city_id_of(session)
    await session.execute(
        insert(PastRow),
        [
            {
                "city_id": city, "id": one.id, "import_id": import_id, "number": one.number, "asked_at": one.asked_at,
                "data": one.data, "problems": one.problems, "warnings": one.warnings, "bad": bool(one.problems),
            }
            for one in checked
        ],
    )  # fmt: skip


async def settle(session: AsyncSession, row: PastImport, *, now: datetime) -> None:
    """All rows are checked: count them."""
    mine = (PastRow.city_id == row.city_id, PastRow.import_id == row.id)
    counts = select(
        func.count(), func.count().filter(PastRow.bad), func.count().filter(func.jsonb_array_length(PastRow.warnings) > 0)
    ).where(*mine)
    row.total, row.bad, row.warned = (await session.execute(counts)).one()
    row.good = row.total - row.bad
    row.state, row.changed_at = "checked", now


async def accept(session: AsyncSession, row: PastImport, *, skip: bool, by: UUID, now: datetime) -> bool:
    """Have the good rows written. False when there are none, or bad ones that nobody agreed to leave out."""
    if row.state != "checked" or not row.good or (row.bad and not skip):
        return False
    row.state, row.trouble, row.made_by, row.done, row.changed_at = "applying", "", by, 0, now
    await session.flush()
    await enqueue(session, "apply_past_import", row.id)
    return True


async def one_at_a_time(session: AsyncSession) -> None:
    """Imports of a city are written and taken back one after the other."""
    name = {"name": f"past import {city_id_of(session)}"}
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), name)


async def apply(session: AsyncSession, import_id: UUID, *, now: datetime, progress: applying.Progress) -> None:
    """Write all good rows or none. Raises :class:`ChangedMeanwhile` when the city is not what the rows were compared with.

    The import's row is locked only at the end, so that ``progress`` can be written beside this transaction.
    """
    await one_at_a_time(session)
    session.info["quiet"] = True
    row = await queries.import_at(session, import_id)
    if row is None or row.state != "applying" or row.made_by is None:
        return
    city = await session.get_one(City, row.city_id)
    if row.revision != city.catalogue_revision or await moved_meanwhile(session, import_id):
        raise ChangedMeanwhile
    done = await applying.write(session, city, import_id, by=row.made_by, now=now, progress=progress)
    row = await queries.import_at(session, import_id, lock=True)
    if row is None or row.state != "applying" or row.made_by is None:
        raise ChangedMeanwhile
    row.state, row.done, row.samples, row.changed_at, row.applied_at = "applied", done, [], now, now
    await record(session, MOVED_IN, now=now, by=row.made_by, subject=("past_import", import_id))
    await enqueue(session, "forget_past_file", import_id)


async def moved_meanwhile(session: AsyncSession, import_id: UUID) -> bool:
    """Whether a number of the import came in with another one since it was checked."""
    query = select(PastRow.data["number"].astext).where(
        PastRow.city_id == city_id_of(session), PastRow.import_id == import_id, PastRow.bad.is_(False)
    )
    moved = await queries.moved_numbers(session)
    return bool(moved) and any(folded(number) in moved for number in await session.scalars(query) if number)


def may_be_taken_back(row: PastImport, now: datetime) -> bool:
    """Whether it is not too late."""
    return row.state == "applied" and row.applied_at is not None and now <= row.applied_at + KEPT


async def ask_back(session: AsyncSession, row: PastImport, *, by: UUID, now: datetime) -> bool:
    """Have an import taken back. False when it is too late."""
    if not may_be_taken_back(row, now):
        return False
    row.state, row.trouble, row.made_by, row.changed_at = "taking_back", "", by, now
    await session.flush()
    await enqueue(session, "take_back_past_import", row.id)
    return True


async def take_back(session: AsyncSession, import_id: UUID, *, now: datetime) -> None:
    """Take the whole import back. Raises :class:`Touched` when somebody has changed one of its appeals or begun an answer."""
    await one_at_a_time(session)
    row = await queries.import_at(session, import_id, lock=True)
    if row is None or row.state != "taking_back" or row.made_by is None:
        return
    appeals = await queries.moved_appeals(session, import_id)
    drafts = select(func.count()).where(
        Answer.city_id == row.city_id, Answer.appeal_id.in_([one.id for one in appeals]), Answer.published_at.is_(None)
    )
    if any(one.version != 1 for one in appeals) or await session.scalar(drafts):
        raise Touched
    await applying.remove(session, appeals, by=row.made_by, now=now)
    row.state, row.done, row.changed_at = "taken_back", len(appeals), now
    await record(session, TAKEN_BACK, now=now, by=row.made_by, subject=("past_import", import_id))


async def discard(session: AsyncSession, row: PastImport, *, by: UUID, now: datetime) -> bool:
    """Take nothing of it; file, rows and samples go at once. False when it is too late for that."""
    if row.state in OVER or row.state in {"applying", "taking_back"}:
        return False
    row.state, row.samples, row.changed_at = "discarded", [], now
    await forget_rows(session, row.id)
    await record(session, DISCARDED, now=now, by=by, subject=("past_import", row.id))
    await enqueue(session, "forget_past_file", row.id)
    return True


async def forget_rows(session: AsyncSession, import_id: UUID) -> None:
    """Delete what was found in a file."""
    mine = PastRow.city_id == city_id_of(session)
    gone = delete(PastRow).where(mine, PastRow.import_id == import_id)
    await session.execute(gone, execution_options={"synchronize_session": False})


async def old(session: AsyncSession, *, now: datetime) -> list[UUID]:
    """Imports to which nobody came back for a week, or that were moved in longer ago."""
    query = select(PastImport.id).where(PastImport.city_id == city_id_of(session), PastImport.changed_at < now - KEPT)
    return list(await session.scalars(query))


async def forget(session: AsyncSession, import_id: UUID) -> None:
    """Delete an import with its rows; what it did stays in the audit log."""
    gone = delete(PastImport).where(PastImport.city_id == city_id_of(session), PastImport.id == import_id)
    await session.execute(gone, execution_options={"synchronize_session": False})
