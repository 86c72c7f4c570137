"""What tests of archives share."""

import io
from datetime import UTC, datetime

from sqlalchemy import select

from src.commands import newest_migration
from src.models import metadata
from src.platform.data.tenancy import City
from src.platform.data.unit_of_work import Database
from src.tenants.archive.exporting import export_city
from tests.site import Site

SCHEMA = newest_migration()
MOMENT = datetime(2026, 11, 27, 9, tzinfo=UTC)


async def packed(site: Site) -> io.BytesIO:
    """The city's archive."""
    into = io.BytesIO()
    await export_city(site.door.database, (await site.city()).id, metadata, into, schema=SCHEMA, now=MOMENT)
    into.seek(0)
    return into


async def cities(database: Database) -> list[str]:
    """Slugs of the cities that there are."""
    async with database.unit() as session:
        return list((await session.execute(select(City.slug).where(City.kind == "city"))).scalars())
