"""Another deployment, for what moves from one into another."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg import sql

from src.platform.local.postgres import LocalPostgres
from src.platform.local.roles import APP, MIGRATOR, bootstrap_roles


@pytest.fixture(scope="session")
def migrated(postgres: LocalPostgres) -> str:
    """A migrated database without a city."""
    name = f"e_{uuid4().hex[:12]}"
    bootstrap_roles(postgres.dsn("postgres", "postgres"), name, postgres.password(MIGRATOR), postgres.password(APP))
    config = Config("alembic.ini")
    config.attributes["url"] = postgres.dsn(MIGRATOR, name)
    command.upgrade(config, "head")
    return name


@pytest.fixture
def empty(postgres: LocalPostgres, migrated: str) -> Iterator[str]:
    """The address of another deployment's database, migrated and without a city."""
    name = sql.Identifier(f"e_{uuid4().hex[:12]}")
    with psycopg.connect(postgres.dsn("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(name, sql.Identifier(migrated), sql.Identifier(MIGRATOR))
        )
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(APP)))
        yield postgres.dsn(APP, name.as_string().strip('"'))
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
