"""The commands besides serving and working: migrate, fill in the demonstration, operators, cities, keys."""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy.exc import OperationalError, ProgrammingError

from src.models import metadata
from src.platform.local.errors import CannotStartError
from src.platform.logs import configure_logs, without_details
from src.platform.people import operators, resealing
from src.platform.settings import get_settings, needed
from src.platform.web.forms import email_address


@contextmanager
def database_explained() -> Iterator[None]:
    """A server that is not there, a wrong password, missing rights: a sentence, not a traceback."""
    try:
        yield
    except OperationalError as error:
        words = without_details(str(error.orig)).strip()
        msg = f"The database could not be used; is it running, and are the address and the password right? It said:\n{words}"
        raise CannotStartError(msg) from None
    except ProgrammingError as error:
        if not isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise
        words = without_details(str(error.orig)).strip()
        msg = f"The database role lacks a right ({words}). Run infra/sql/roles.sql as an administrator, then try again."
        raise CannotStartError(msg) from None


def migrate() -> int:
    """Bring the tables up to date, as the migrator role."""
    from alembic import command  # noqa: PLC0415  what serves and works does not migrate
    from alembic.config import Config  # noqa: PLC0415

    settings = get_settings()
    needed(settings, "migration_database_url")
    configure_logs(settings)
    with database_explained():
        command.upgrade(Config("alembic.ini"), "head")
    return 0


def seed() -> int:
    """Fill in the demonstration, once: a second call finds the cities and does nothing."""
    from src.local_officer.demo.seeding import seed_offices, sign_in  # noqa: PLC0415  their texts are not for the web process
    from src.tenants.demo import seeding  # noqa: PLC0415

    settings = get_settings()
    needed(settings, "database_url")
    configure_logs(settings)
    with database_explained():
        asyncio.run(seeding.seed(settings, also=[seed_offices]))
    for line in seeding.addresses(settings, also=sign_in):
        sys.stdout.write(line + "\n")
    return 0


def reseal() -> int:
    """Put all stored secrets under the newest key; the middle step of a change of ENCRYPTION_KEYS."""
    settings = get_settings()
    needed(settings, "database_url", "secret_key")
    configure_logs(settings)
    with database_explained():
        found = asyncio.run(resealing.reseal_all(settings))
    sys.stdout.write(f"{found.done} stored secrets are under the newest key now.\n")
    if found.closed:
        sys.stdout.write(
            f"{found.closed} do not open with any key of ENCRYPTION_KEYS: keep or put back the key that sealed them.\n"
        )
    return 1 if found.closed else 0


def create_operator(email: str, name: str) -> int:
    """Make an account of an operator; a second call finds it."""
    settings = get_settings()
    needed(settings, "database_url", "secret_key")
    configure_logs(settings)
    address = email_address(email)
    if address is None or not name.strip():
        msg = "--email has to be an e-mail address, and --name must not be empty."
        raise CannotStartError(msg)
    with database_explained():
        new = asyncio.run(operators.create_operator(settings, email=address, name=" ".join(name.split())))
    where = settings.origin(settings.base_domain)
    sys.stdout.write(f"{address} {'is an operator now' if new else 'was known already and is an operator'}. ")
    sys.stdout.write(f"Sign in by a link at {where}/sign-in, then set up a second factor.\n")
    return 0


def newest_migration() -> str:
    """The newest migration that this release knows, such as "0004"; the models that an archive is written from are of it."""
    from alembic.config import Config  # noqa: PLC0415  what serves and works does not migrate
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory.from_config(Config("alembic.ini")).get_current_head() or ""


def city_archive(given: Mapping[str, Any]) -> int:
    """Write a whole city into a file, or bring one in from a file."""
    from src.tenants.archive.command import export_to, import_from  # noqa: PLC0415  the web needs none of it

    settings = get_settings()
    needed(settings, "database_url", "secret_key")
    configure_logs(settings)
    schema = newest_migration()
    with database_explained():
        if given["what"] == "export":
            words = asyncio.run(export_to(settings, metadata, schema=schema, slug=given["slug"], to=given["to"]))
        else:
            words = asyncio.run(import_from(settings, metadata, schema=schema, path=given["file"], slug=given["slug"]))
    sys.stdout.write(f"{words}\n")
    return 0


def create_city(given: Mapping[str, str]) -> int:
    """Open a city from the starter kit and invite its first administrator. What the form refuses is refused here, in the same words."""
    from src.tenants.console.command import create_from_command  # noqa: PLC0415  the web needs none of it

    settings = get_settings()
    needed(settings, "database_url", "secret_key")
    configure_logs(settings)
    with database_explained():
        address = asyncio.run(create_from_command(settings, given))
    sys.stdout.write(f"{address}/\nThe invitation is on its way to {given['admin_email']}.\n")
    return 0


def operator_code() -> int:
    """Print the code of the demonstration's operator; nowhere else than in a demonstration."""
    from src.tenants.demo import seeding  # noqa: PLC0415  its texts are not for the web process

    settings = get_settings()
    needed(settings, "database_url", "secret_key")
    configure_logs(settings)
    try:
        with database_explained():
            code = asyncio.run(seeding.operator_code(settings, now=datetime.now(UTC)))
    except seeding.NoCode as reason:
        raise CannotStartError(str(reason)) from None
    sys.stdout.write(f"{code}\n")
    return 0
