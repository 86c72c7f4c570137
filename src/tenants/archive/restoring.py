"""Bringing a city's archive into a deployment: all of it in one transaction, or nothing."""

import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any
from uuid import UUID

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import MetaData, Table, insert, select, update
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City
from src.platform.data.unit_of_work import Database
from src.platform.files import store
from src.tenants.archive.checking import PART, ArchiveRefused, Checked, checked
from src.tenants.archive.deletion import delete_files
from src.tenants.archive.format import LATER, tables_of
from src.tenants.starter.opening import RESERVED, become

PORTION = 500
SLUG = re.compile(r"[a-z][a-z0-9-]{1,40}")


async def import_city(
    database: Database, metadata: MetaData, file: IO[bytes], *, schema: str, slug: str = ""
) -> tuple[str, dict[str, int]]:
    """Make the city; its slug, and how many rows each table got. Raises :class:`ArchiveRefused`.

    ``metadata`` are all tables of the house, ``schema`` the newest migration that it knows. Ids stay. Where a city with this id
    is here already, the new one gets an id of its own, which every key of its rows carries.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise ArchiveRefused("This is no ZIP file, or it breaks off.") from None
    with archive:
        found = checked(archive, metadata, schema)
        wanted = slug or str(found.city["slug"])
        if not SLUG.fullmatch(wanted):
            raise ArchiveRefused(f"{wanted!r} is no address of a city: 2 to 41 small Latin letters, digits and hyphens.")
        if wanted in RESERVED:
            raise ArchiveRefused(f"The platform itself needs the address {wanted!r}. Give another one with --slug.")
        filled: list[UUID] = []
        try:
            async with database.session() as session, session.begin():
                city_id = await make_city(session, found, wanted)
                counts = {table.name: await bring(session, found, table, city_id) for table in tables_of(metadata)}
                filled.append(city_id)
                await put_files(found, city_id)
        except BaseException:
            for city_id in filled:  # the id was this transaction's alone, so nobody else has files there
                await delete_files(city_id)
            raise
    return wanted, counts


@contextmanager
def told(where: str) -> Iterator[None]:
    """What the database refuses of an archive, in a sentence that names the place and not the values."""
    try:
        yield
    except OperationalError:
        raise
    except StatementError as problem:
        if isinstance(problem.orig, InsufficientPrivilege):
            raise
        diagnosis = getattr(problem.orig, "diag", None)
        rule = (diagnosis and (diagnosis.constraint_name or diagnosis.message_primary)) or type(problem.orig).__name__
        raise ArchiveRefused(f"{where}: the database does not take what is there ({rule}).") from None


async def make_city(session: AsyncSession, found: Checked, slug: str) -> UUID:
    """The city's row. From then on the transaction is the city's own."""
    taken = (await session.execute(select(City.id, City.slug, City.number_prefix))).all()
    if any(row.slug == slug for row in taken):
        raise ArchiveRefused(f"There is a city at {slug} already. Give another address with --slug.")
    if any(row.number_prefix == found.city["number_prefix"] for row in taken):
        raise ArchiveRefused(f"Numbers that begin with {found.city['number_prefix']} belong to another city here.")
    held = {row.id for row in taken}
    city_id = uuid7() if found.city["id"] in held else found.city["id"]
    session.add(City(**(found.city | {"id": city_id, "slug": slug})))
    with told("city.json"):
        await session.flush()
    await become(session, city_id)
    return city_id


async def bring(session: AsyncSession, found: Checked, table: Table, city_id: UUID) -> int:
    """A table's rows, in portions. What points into the table itself is set when all are there."""
    later = LATER.get(table.name, ())
    postponed: list[dict[str, Any]] = []
    portion: list[dict[str, Any]] = []
    count = 0
    for row in found.rows(table, city_id):
        count += 1
        if any(row[name] is not None for name in later):
            postponed.append({"id": row["id"], **{name: row[name] for name in later}})
        portion.append(row | dict.fromkeys(later))
        if len(portion) == PORTION:
            await write(session, table, portion)
            portion = []
    if portion:
        await write(session, table, portion)
    with told(f"tables/{table.name}.jsonl"):
        for values in postponed:
            own = (table.c.city_id == city_id, table.c.id == values.pop("id"))
            await session.execute(update(table).where(*own).values(**values))
    return count


async def write(session: AsyncSession, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """A portion of rows."""
    with told(f"tables/{table.name}.jsonl"):
        await session.execute(insert(table), rows)


async def put_files(found: Checked, city_id: UUID) -> None:
    """The files, before the rows commit: what a rollback leaves behind no row names."""
    for key in found.files:
        with found.archive.open(f"files/{key}") as member, tempfile.TemporaryFile() as held:
            while part := member.read(PART):
                held.write(part)
            await store.put_file(city_id, key, held)
