"""Writing a city's archive: one snapshot of the database, rows in portions, files as they are in the store."""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from sqlalchemy import MetaData, Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from src.platform.data.unit_of_work import Database
from src.platform.files import store
from src.tenants.archive.format import (
    CITY,
    FORMAT,
    MANIFEST,
    city_columns,
    columns_of,
    is_kept,
    kept,
    line_of,
    order_of,
    tables_of,
    written,
)

PORTION = 500
PART = 1024 * 1024
Member = dict[str, Any]


async def export_city(
    database: Database, city_id: UUID, metadata: MetaData, into: IO[bytes], *, schema: str, now: datetime
) -> dict[str, Any]:
    """Write the archive; its manifest. ``metadata`` are all tables of the house, ``schema`` the newest migration that it knows.

    Files are those that there are once the rows are written; one that is deleted meanwhile is left out. Raises ``LookupError``
    when there is no such city.
    """
    members: dict[str, Member] = {}
    photos: set[UUID] = set()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        async with database.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            async with connection.begin():
                await connection.execute(text("SELECT set_config('app.city_id', :city, true)"), {"city": str(city_id)})
                city = await city_row(connection, metadata.tables["city"], city_id)
                members[CITY] = add(archive, CITY, json.dumps(city, ensure_ascii=False, indent=1).encode())
                for table in tables_of(metadata):
                    seen = photos if table.name == "photo" else None
                    lines = rows_of(connection, table, city_id, seen)
                    members[f"tables/{table.name}.jsonl"] = await add_rows(archive, f"tables/{table.name}.jsonl", lines)
        for key, _ in sorted(await store.everything(city_id)):
            if is_kept(key, photos) and (member := await add_file(archive, city_id, key)):
                members[f"files/{key}"] = member
        manifest = {"format": FORMAT, "schema": schema, "made_at": written(now), "city": city["slug"], "members": members}
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return manifest


async def city_row(connection: AsyncConnection, table: Table, city_id: UUID) -> dict[str, Any]:
    """The city's own row."""
    row = (await connection.execute(select(*city_columns(table)).where(table.c.id == city_id))).mappings().one_or_none()
    if row is None:
        raise LookupError(city_id)
    return {key: written(value) for key, value in row.items()}


async def rows_of(
    connection: AsyncConnection, table: Table, city_id: UUID, seen: set[UUID] | None = None
) -> AsyncIterator[bytes]:
    """A table's rows of the city, a line each. ``seen`` gets their ids."""
    query = select(*columns_of(table)).where(table.c.city_id == city_id, *kept(table)).order_by(*order_of(table))
    async with connection.stream(query.execution_options(yield_per=PORTION)) as result:
        async for row in result.mappings():
            if seen is not None:
                seen.add(row["id"])
            yield json.dumps(line_of(table, dict(row)), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def add(archive: zipfile.ZipFile, name: str, data: bytes) -> Member:
    """A small member."""
    archive.writestr(name, data)
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


async def add_rows(archive: zipfile.ZipFile, name: str, lines: AsyncIterator[bytes]) -> Member:
    """A member of lines, never whole in memory."""
    digest, size, count = hashlib.sha256(), 0, 0
    with archive.open(name, "w", force_zip64=True) as member:
        async for line in lines:
            member.write(line)
            digest.update(line)
            size, count = size + len(line), count + 1
    return {"sha256": digest.hexdigest(), "bytes": size, "rows": count}


async def add_file(archive: zipfile.ZipFile, city_id: UUID, key: str) -> Member | None:
    """A file of the city's store, as it is: pictures do not get smaller. None when it is not there any more."""
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as held:
        try:
            await store.fetch(city_id, key, held)
        except FileNotFoundError:
            return None
        held.seek(0)
        with archive.open(zipfile.ZipInfo(f"files/{key}"), "w", force_zip64=True) as member:
            while part := held.read(PART):
                member.write(part)
                digest.update(part)
                size += len(part)
    return {"sha256": digest.hexdigest(), "bytes": size}
