"""Jobs of the slice."""

import asyncio
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import IO, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.local_officer.exchange import applying, queries, service
from src.local_officer.exchange.beats import Feature, features
from src.local_officer.exchange.checks import Checker, Data
from src.local_officer.exchange.models import ImportRow
from src.local_officer.exchange.tables import rows
from src.platform.data.tenancy import City, city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.files import store
from src.platform.files.tables import Unreadable
from src.platform.work.jobs import job, job_with_own_transactions
from src.platform.work.schedule import repeat

AT_A_TIME = 500
"""Rows read, checked and written in one short transaction, after which the page shows how far it is."""
HOUR = 3600 * 1000

Checked = tuple[int, Data, list[Any]]


def now_of() -> datetime:
    """The moment."""
    return datetime.now(UTC)


async def check(database: Database, city_id: UUID, import_id: str) -> None:
    """Read the file twice: first whether it can be read and how many rows there are, then row by row.

    Portions are read and checked in a thread. Run again, it begins anew; whoever discards it meanwhile stops it.
    """
    found = UUID(import_id)
    async with database.unit(city_id) as session:
        row = await queries.import_at(session, found, lock=True)
        if row is None or row.state not in {"waiting", "checking"}:
            return
        await applying.forget_rows(session, found)
        row.state, row.total, row.done, row.good, row.bad = "checking", 0, 0, 0, 0
        city = await session.get_one(City, city_id)
        known = await queries.known(session, city, row.kind, now_of().astimezone(ZoneInfo(city.timezone)).date())
        form = row.format
    with service.scratch() as file:
        try:
            await store.fetch(city_id, service.key_of(found), file)
            total = await asyncio.to_thread(lambda: sum(1 for _ in read(file, known.kind, form, known.box)))
            with closing(read(file, known.kind, form, known.box)) as source:
                await portions(database, city_id, found, Checker(known), source, total)
        except (Unreadable, FileNotFoundError) as problem:
            async with database.unit(city_id) as session:
                row = await queries.import_at(session, found, lock=True)
                if row is not None and row.state == "checking":
                    row.state, row.changed_at = "unreadable", now_of()
                    row.trouble = problem.code if isinstance(problem, Unreadable) else "gone"
                    if isinstance(problem, Unreadable) and problem.values:
                        row.trouble += ":" + ",".join(problem.values.values())


def read(file: IO[bytes], kind: str, form: str, box: tuple[float, float, float, float]) -> Generator[Any, None, None]:
    """Rows of a table, or features."""
    return features(file, box) if form == "geojson" else rows(file, kind, form)


def take(checker: Checker, source: Iterator[Any]) -> list[Checked]:
    """The next rows, checked."""
    found: list[Checked] = []
    for each in islice(source, AT_A_TIME):
        if isinstance(each, Feature):
            found.append((each.number, *checker.take(each.number, dict(each.said), each.shape, each.problems)))
        else:
            found.append((each[0], *checker.take(*each)))
    return found


async def portions(database: Database, city_id: UUID, found: UUID, checker: Checker, source: Iterator[Any], total: int) -> None:
    """Portion by portion, each in a transaction of its own; at the end what the rows show together."""
    done = 0
    while True:
        checked = await asyncio.to_thread(take, checker, source)
        late = await asyncio.to_thread(checker.finish) if not checked else {}
        async with database.unit(city_id) as session:
            row = await queries.import_at(session, found, lock=True)
            if row is None or row.state != "checking" or row.done != done:
                return  # discarded, or another run began anew
            row.total = total
            if not checked:
                await service.settle(session, row, late, now=now_of())
                return
            await session.execute(
                insert(ImportRow),
                [
                    {
                        "city_id": city_id_of(session),
                        "id": uuid7(),
                        "import_id": found,
                        "number": number,
                        "data": data,
                        "problems": problems,
                        "bad": bool(problems),
                    }
                    for number, data, problems in checked
                ],
            )
            done += len(checked)
            row.done = done


check_import = job_with_own_transactions("check_import", queue="default", retries=3, longest_pause_ms=HOUR)(check)


async def write(database: Database, city_id: UUID, import_id: str) -> None:
    """Write the good rows, all or none."""
    found = UUID(import_id)
    try:
        async with database.unit(city_id) as session:
            await service.apply(session, found, now=now_of())
    except service.ChangedMeanwhile:
        async with database.unit(city_id) as session:
            await service.check_again(session, found, now=now_of())


apply_import = job_with_own_transactions("apply_import", queue="default", retries=3, longest_pause_ms=HOUR)(write)


@job("forget_import")
async def forget_import(session: AsyncSession, import_id: str) -> None:
    """Delete the file of an import that was discarded."""
    await store.delete(city_id_of(session), service.key_of(UUID(import_id)))


async def forget(database: Database, city_id: UUID) -> None:
    """Imports of a week ago: files first, so that none is left without its row."""
    async with database.unit(city_id) as session:
        old = await service.old(session, now=now_of())
    for import_id in old:
        await store.delete(city_id, service.key_of(import_id))
        async with database.unit(city_id) as session:
            await service.forget(session, import_id)


forget_imports = repeat(
    job_with_own_transactions("forget_imports", queue="default", retries=3, longest_pause_ms=HOUR)(forget), timedelta(days=1)
)
