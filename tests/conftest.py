"""What tests stand on: a real PostgreSQL, migrated once and cloned for each test; the real application; real SMTP."""

import atexit
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

os.environ.setdefault("SECRET_KEY", "tests-tests-tests-tests-tests-tests")
if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="vz-data-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
os.environ.setdefault("DEMO", "0")

from src.platform.local.postgres import LocalPostgres
from src.platform.local.roles import APP, MIGRATOR, bootstrap_roles
from src.platform.settings import get_settings
from src.platform.web.front_door import FrontDoor
from tests.logs_of_suite import LogsOfSuite
from tests.mailbox import Mailbox
from tests.site import Site

for own in ("httpx", "httpx2", "mail.log"):  # the tests' own browsers and mail server are not the application
    logging.getLogger(own).setLevel(logging.WARNING)

TEMPLATE = "vz_template"


def pytest_configure(config: pytest.Config) -> None:
    """Read the logs of the whole run, in the process that gathers all reports."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(LogsOfSuite(), "logs of suite")


@dataclass
class Clock:
    """The ``now`` of requests; stands still until it is moved."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def forward(self, **parts: float) -> datetime:
        """Move on by days, hours, minutes …"""
        self.now += timedelta(**parts)
        return self.now


@dataclass(frozen=True)
class Statement:
    """A statement with what was bound in it."""

    query: str
    params: Any


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    """A server of this test process; thrown away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="vzt-"))
    server = LocalPostgres(folder / "pg", durable=False)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(postgres: LocalPostgres) -> str:
    """A migrated database with Kyiv and Poltava, without appeals; clones of it are what tests use."""
    from tests.template import build_template

    admin = postgres.dsn("postgres", "postgres")
    bootstrap_roles(admin, TEMPLATE, postgres.password(MIGRATOR), postgres.password(APP))
    build_template(postgres.dsn(MIGRATOR, TEMPLATE), postgres.dsn(APP, TEMPLATE))
    return TEMPLATE


@dataclass(frozen=True)
class TestDatabase:
    """Addresses of one test's database."""

    __test__ = False

    app: str
    migrator: str
    name: str


@pytest.fixture
def database(postgres: LocalPostgres, template: str) -> Iterator[TestDatabase]:
    """This test's own clone."""
    name = f"t_{uuid4().hex[:12]}"
    with psycopg.connect(postgres.dsn("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY OWNER {}").format(
                sql.Identifier(name), sql.Identifier(template), sql.Identifier(MIGRATOR)
            )
        )
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(APP)))
    try:
        yield TestDatabase(postgres.dsn(APP, name), postgres.dsn(MIGRATOR, name), name)
    finally:
        with psycopg.connect(postgres.dsn("postgres", "postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def clock() -> Clock:
    """The time of requests."""
    return Clock()


@pytest.fixture
async def door(database: TestDatabase, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FrontDoor]:
    """The whole web application on this test's database."""
    from src.local_officer.officers import queries as offices
    from src.main import build_web
    from src.platform.people.providers import discovery
    from src.platform.web import app as web_app
    from src.tenants.board import pages as board_pages
    from src.tenants.board import snapshot as board_snapshot
    from src.tenants.cities import catalogue as city_catalogue

    monkeypatch.setenv("DATABASE_URL", database.app)
    monkeypatch.setenv("MIGRATION_DATABASE_URL", database.migrator)
    get_settings.cache_clear()
    monkeypatch.setattr(web_app, "now", lambda: clock.now)
    # Copies in memory belong to a process and its one database; the tests' process has one database after the other.
    for held in (board_snapshot, board_pages, city_catalogue, offices, discovery):
        for name in ("_held", "_copies", "_locks"):
            getattr(held, name, {}).clear()
    application = build_web(get_settings())
    yield application
    await application.database.close()
    get_settings.cache_clear()


@pytest.fixture
def site(door: FrontDoor, clock: Clock) -> Site:
    """Kyiv, as a browser without scripts sees it."""
    return Site(door, "kyiv", clock)


@pytest.fixture
def poltava(door: FrontDoor, clock: Clock) -> Site:
    """Poltava, another tenant of the same deployment."""
    return Site(door, "poltava", clock)


@pytest.fixture
async def mail(door: FrontDoor, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Mailbox]:
    """A mail server on loopback and the worker's jobs, run here on demand."""
    box = Mailbox(door.database)
    box.start()
    monkeypatch.setenv("SMTP_PORT", str(box.port))
    get_settings.cache_clear()
    yield box
    box.stop()


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[Statement]:
    """What was asked of the database since the test began, as it reached the driver; clear it to begin anew."""
    found: list[Statement] = []

    def noting(execute: Any) -> Any:
        def note(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
            found.append(Statement(query.decode() if isinstance(query, bytes) else str(query), params))
            return execute(cursor, query, params, **options)

        return note

    for kind in (psycopg.AsyncCursor, psycopg.AsyncServerCursor):
        monkeypatch.setattr(kind, "execute", noting(kind.execute))
    return found


def database_name(dsn: str) -> str:
    """The database a connection string names."""
    return str(conninfo_to_dict(dsn)["dbname"])
