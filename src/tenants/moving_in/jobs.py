"""Jobs of the slice: files are read in threads and in short transactions, rows are written in one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import IO, Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.files import store
from src.platform.files.tables import Unreadable, lines
from src.platform.work.jobs import job, job_with_own_transactions
from src.platform.work.schedule import repeat
from src.tenants.answers.writing import BODY_AT_MOST as ANSWER_AT_MOST
from src.tenants.moving_in import queries, service
from src.tenants.moving_in.checks import Checked, Checker
from src.tenants.moving_in.fields import MAPPED, folded
from src.tenants.moving_in.models import PastImport

ROWS_AT_MOST = 20_000
AT_A_TIME = 500
SAMPLES = 3
SAMPLE_AT_MOST = 80
WORD_AT_MOST = 120
WORDS_AT_MOST = {"category": 80, "responder": 80, "state": 30}
"""Distinct words of a field; together fewer than a form may have fields."""
HOUR = 3600 * 1000

Line = tuple[int, list[str]]


def now_of() -> datetime:
    """The moment."""
    return datetime.now(UTC)


def body(file: IO[bytes], form: str) -> Generator[Line, None, None]:
    """The headings first, then the rows. Raises :class:`Unreadable`, for too many rows too."""
    count = -1
    with closing(lines(file, form, longest=ANSWER_AT_MOST)) as source:
        for line in source:
            count += 1
            if count > ROWS_AT_MOST:
                raise Unreadable("too_many_rows", limit=str(ROWS_AT_MOST))
            yield line
    if count < 1:
        raise Unreadable("no_rows")


@asynccontextmanager
async def opened(database: Database, city_id: UUID, import_id: UUID, state: str) -> AsyncIterator[IO[bytes]]:
    """A copy of the file; when it cannot be read, the import says so."""
    with service.scratch() as file:
        try:
            await store.fetch(city_id, service.key_of(import_id), file)
            yield file
        except (Unreadable, FileNotFoundError) as problem:
            async with database.unit(city_id) as session:
                row = await queries.import_at(session, import_id, lock=True)
                if row is not None and row.state == state:
                    known = isinstance(problem, Unreadable)
                    row.trouble = ":".join([problem.code, *problem.values.values()]) if known else "gone"  # type: ignore[union-attr]
                    too_many = known and row.trouble.startswith("too_many_words")
                    row.state, row.changed_at = "columns" if too_many else "unreadable", now_of()


async def in_state(database: Database, city_id: UUID, import_id: UUID, state: str) -> PastImport | None:
    """The import, if it waits for this job."""
    async with database.unit(city_id) as session:
        row = await queries.import_at(session, import_id)
        return row if row is not None and row.state == state else None


async def read(database: Database, city_id: UUID, import_id: str) -> None:
    """Read the headings and the first values of every column, and count the rows."""
    found = UUID(import_id)
    row = await in_state(database, city_id, found, "waiting")
    if row is None:
        return
    async with opened(database, city_id, found, "waiting") as file:
        headings, samples, total = await asyncio.to_thread(surveyed, file, row.format)
        async with database.unit(city_id) as session:
            row = await queries.import_at(session, found, lock=True)
            if row is not None and row.state == "waiting":
                await service.understood(session, row, headings, samples, total, now=now_of())


def surveyed(file: IO[bytes], form: str) -> tuple[list[str], list[list[str]], int]:
    """Headings, samples by column, the number of rows. Columns without a heading count when they have values."""
    with closing(body(file, form)) as source:
        headings = [each[:SAMPLE_AT_MOST] for each in next(source)[1]]
        samples: list[list[str]] = [[] for _ in headings]
        total = 0
        for _, cells in source:
            total += 1
            while len(cells) > len(headings):
                headings.append("")
                samples.append([])
            for column, value in enumerate(cells):
                if value and len(samples[column]) < SAMPLES:
                    samples[column].append(value[:SAMPLE_AT_MOST])
    return headings, samples, total


async def gather(database: Database, city_id: UUID, import_id: str) -> None:
    """Find the distinct words that have to be mapped."""
    found = UUID(import_id)
    row = await in_state(database, city_id, found, "gathering")
    if row is None:
        return
    async with opened(database, city_id, found, "gathering") as file:
        words = await asyncio.to_thread(distinct, file, row.format, dict(row.columns))
        async with database.unit(city_id) as session:
            row = await queries.import_at(session, found, lock=True)
            if row is not None and row.state == "gathering":
                await service.gathered(session, row, words, now=now_of())


def distinct(file: IO[bytes], form: str, columns: dict[str, int]) -> dict[str, list[list[Any]]]:
    """Words of each mapped field with how often they come, the most frequent first. Raises :class:`Unreadable` for too many."""
    wanted = [(field, columns[field]) for field in MAPPED if field in columns]
    shown: dict[str, dict[str, str]] = {field: {} for field, _ in wanted}
    counts: dict[str, Counter[str]] = {field: Counter() for field, _ in wanted}
    with closing(body(file, form)) as source:
        next(source)
        for _, cells in source:
            for field, column in wanted:
                word = cells[column] if column < len(cells) else ""
                if key := folded(word):
                    shown[field].setdefault(key, word[:WORD_AT_MOST])
                    counts[field][key] += 1
                    if len(counts[field]) > WORDS_AT_MOST[field]:
                        raise Unreadable("too_many_words", field=field, limit=str(WORDS_AT_MOST[field]))
    return {field: [[shown[field][key], count] for key, count in counts[field].most_common()] for field, _ in wanted}


async def check(database: Database, city_id: UUID, import_id: str) -> None:
    """Check every row, portion by portion. Run again, it begins anew; whoever discards it meanwhile stops it."""
    found = UUID(import_id)
    async with database.unit(city_id) as session:
        row = await queries.import_at(session, found, lock=True)
        if row is None or row.state != "checking":
            return
        await service.forget_rows(session, found)
        row.done, row.revision = 0, session.info["catalogue_revision"]
        known, form = await queries.known(session, row, now_of()), row.format
    async with opened(database, city_id, found, "checking") as file:
        with closing(body(file, form)) as source:
            await asyncio.to_thread(next, source)
            await portions(database, city_id, found, Checker(known), source)


async def portions(database: Database, city_id: UUID, found: UUID, checker: Checker, source: Iterator[Line]) -> None:
    """Each portion in a transaction of its own."""
    done = 0
    while True:
        checked = await asyncio.to_thread(take, checker, source)
        async with database.unit(city_id) as session:
            row = await queries.import_at(session, found, lock=True)
            if row is None or row.state != "checking" or row.done != done:
                return  # discarded, or another run began anew
            if not checked:
                await service.settle(session, row, now=now_of())
                return
            await service.keep_rows(session, found, checked)
            done += len(checked)
            row.done = done


def take(checker: Checker, source: Iterator[Line]) -> list[Checked]:
    """The next rows, checked."""
    return [checker.take(number, cells) for number, cells in islice(source, AT_A_TIME)]


PROGRESS = text("UPDATE past_import SET done = :done WHERE city_id = :city AND id = :id AND state = 'applying'")


async def write(database: Database, city_id: UUID, import_id: str) -> None:
    """Write the good rows, all or none; how far it is is written beside. What fails leaves nothing, and says so."""
    found = UUID(import_id)

    async def progress(done: int) -> None:
        async with database.unit(city_id) as session:
            await session.execute(PROGRESS, {"done": done, "city": city_id, "id": found})

    try:
        async with database.unit(city_id) as session:
            await service.apply(session, found, now=now_of(), progress=progress)
    except service.ChangedMeanwhile:
        async with database.unit(city_id) as session:
            row = await queries.import_at(session, found, lock=True)
            if row is not None and row.state == "applying":
                await service.check_again(session, row, now=now_of(), because="changed")
    except Exception:
        await settle_failed(database, city_id, found, "applying", back_to="checked", trouble="failed")
        raise


async def take_back(database: Database, city_id: UUID, import_id: str) -> None:
    """Take an import back, the whole of it or nothing."""
    found = UUID(import_id)
    try:
        async with database.unit(city_id) as session:
            await service.take_back(session, found, now=now_of())
    except service.Touched:
        await settle_failed(database, city_id, found, "taking_back", back_to="applied", trouble="touched")
    except Exception:
        await settle_failed(database, city_id, found, "taking_back", back_to="applied", trouble="failed")
        raise


async def settle_failed(database: Database, city_id: UUID, found: UUID, state: str, *, back_to: str, trouble: str) -> None:
    """The import is where it was, and says why."""
    async with database.unit(city_id) as session:
        row = await queries.import_at(session, found, lock=True)
        if row is not None and row.state == state:
            row.state, row.trouble, row.changed_at = back_to, trouble, now_of()


@job("forget_past_file")
async def forget_past_file(session: AsyncSession, import_id: str) -> None:
    """Delete the file of an import that is over."""
    await store.delete(city_id_of(session), service.key_of(UUID(import_id)))


async def forget(database: Database, city_id: UUID) -> None:
    """Imports of a week ago: files first, so that none is left without its row."""
    async with database.unit(city_id) as session:
        old = await service.old(session, now=now_of())
    for import_id in old:
        await store.delete(city_id, service.key_of(import_id))
        async with database.unit(city_id) as session:
            await service.forget(session, import_id)


read_past_import = job_with_own_transactions("read_past_import", queue="default", retries=3, longest_pause_ms=HOUR)(read)
gather_past_words = job_with_own_transactions("gather_past_words", queue="default", retries=3, longest_pause_ms=HOUR)(gather)
check_past_import = job_with_own_transactions("check_past_import", queue="default", retries=3, longest_pause_ms=HOUR)(check)
apply_past_import = job_with_own_transactions("apply_past_import", queue="default", retries=3, longest_pause_ms=HOUR)(write)
take_back_past_import = job_with_own_transactions("take_back_past_import", queue="default", retries=3, longest_pause_ms=HOUR)(
    take_back
)
forget_past_imports = repeat(
    job_with_own_transactions("forget_past_imports", queue="default", retries=3, longest_pause_ms=HOUR)(forget), timedelta(days=1)
)
