"""The database that tests clone: migrated as in production, with two cities made as the demonstration makes them."""

import asyncio
from datetime import UTC, datetime

from alembic import command
from alembic.config import Config

from src.platform.data.unit_of_work import Database


def build_template(migrator: str, app: str) -> None:
    """Migrate up from nothing as the migrator, then make the cities as the runtime role."""
    config = Config("alembic.ini")
    config.attributes["url"] = migrator
    command.upgrade(config, "head")
    asyncio.run(make_cities(app))


async def make_cities(app: str) -> None:
    """Kyiv and Poltava, without appeals."""
    from src.tenants.demo.seeding import seed_city, seed_operator

    database = Database(app, pool_size=1)
    await seed_operator(database, datetime.now(UTC))
    for slug in ("kyiv", "poltava"):
        await seed_city(database, slug, datetime.now(UTC), with_appeals=False)
    await database.close()
