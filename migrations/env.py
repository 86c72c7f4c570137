"""Runs migrations as the migrator role, one transaction for all of them."""

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

from src.models import metadata
from src.platform.data.unit_of_work import driver_address
from src.platform.settings import get_settings

LOCK_TIMEOUT = "4s"
"""A migration that waits longer for a table than this gives up: it would hold up every reader behind it."""


def of_this_house(name: str | None, kind: str, parents: object) -> bool:  # noqa: ARG001  Alembic's signature
    """Leave the job queue's own schema and Alembic's table alone."""
    return not (kind == "table" and name == "alembic_version")


def migrate(connection: Connection) -> None:
    """Run what was asked for on this connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=of_this_house,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    settings = get_settings()
    url = context.config.attributes.get("url") or settings.migration_database_url or settings.database_url
    engine = create_engine(driver_address(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        migrate(connection)
    engine.dispose()
