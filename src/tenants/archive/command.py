"""``python -m src city export`` and ``city import``."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import MetaData, select

from src.platform.data.tenancy import City
from src.platform.data.unit_of_work import Database
from src.platform.local.errors import CannotStartError
from src.platform.settings import Settings
from src.tenants.archive.checking import ArchiveRefused
from src.tenants.archive.exporting import export_city
from src.tenants.archive.restoring import import_city

MINE = 0o600
"""Nobody else of this machine may read the file: it holds what a city knows about people."""


async def export_to(settings: Settings, metadata: MetaData, *, schema: str, slug: str, to: Path) -> str:
    """Write a city's archive beside its place, then move it there: a file of that name is whole. What was written, in words."""
    database = Database(settings.database_url, pool_size=1)
    beside = to.with_name(to.name + ".part")
    try:
        async with database.unit() as session:
            city_id = await session.scalar(select(City.id).where(City.slug == slug, City.kind == "city"))
        if city_id is None:
            raise CannotStartError(f"--slug: there is no city at {slug}.")
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MINE), "wb") as file:
                manifest = await export_city(database, city_id, metadata, file, schema=schema, now=datetime.now(UTC))
            beside.replace(to)
        finally:
            with suppress(OSError):
                beside.unlink()
    except OSError as problem:
        raise CannotStartError(f"{to} cannot be written: {problem.strerror or problem}.") from None
    finally:
        await database.close()
    rows = sum(member.get("rows", 0) for member in manifest["members"].values())
    files = sum(name.startswith("files/") for name in manifest["members"])
    return f"{to}: {rows} rows and {files} files of {slug}."


async def import_from(settings: Settings, metadata: MetaData, *, schema: str, path: Path, slug: str) -> str:
    """Bring an archive in; what was brought, in words."""
    database = Database(settings.database_url, pool_size=1)
    try:
        with path.open("rb") as file:
            made, counts = await import_city(database, metadata, file, schema=schema, slug=slug)
    except OSError as problem:
        what = problem.filename or path
        raise CannotStartError(f"{what} cannot be read or written: {problem.strerror or problem}.") from None
    except ArchiveRefused as refusal:
        raise CannotStartError(str(refusal)) from None
    finally:
        await database.close()
    return f"{made}: {sum(counts.values())} rows are here now. Staff sign in by a link and set up their second factors anew."
