"""Composition root: names the slices, builds the web application, the worker and the schedule.

The only module that imports pages and jobs of all slices.
"""

import asyncio
import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, cast

import psycopg
import uvicorn
from litestar.types import ASGIApp
from sqlalchemy.exc import OperationalError, ProgrammingError

from src.platform.local.errors import CannotStartError
from src.platform.logs import configure_logs, without_details
from src.platform.people.accounts import pages as accounts_pages
from src.platform.people.audit import pages as audit_pages
from src.platform.people.sign_in import jobs as sign_in_jobs
from src.platform.people.sign_in import pages as sign_in_pages
from src.platform.settings import Settings, get_settings, needed
from src.platform.web import apex, language
from src.platform.web.app import front_door
from src.platform.web.front_door import FrontDoor
from src.platform.work import mail
from src.tenants.answers import jobs as answers_jobs
from src.tenants.answers import pages as answers_pages
from src.tenants.asking import jobs as asking_jobs
from src.tenants.asking import pages as asking_pages
from src.tenants.board import pages as board_pages
from src.tenants.desk import pages as desk_pages
from src.tenants.guides import pages as guides_pages
from src.tenants.open_data import pages as open_data_pages
from src.tenants.open_data.documentation import API
from src.tenants.subscriptions import author_pages
from src.tenants.subscriptions import jobs as subscriptions_jobs
from src.tenants.subscriptions import pages as subscriptions_pages

PEOPLE_HANDLERS = [*sign_in_pages.handlers, *accounts_pages.handlers, *audit_pages.handlers]
"""Accounts and sign-in work alike in a city and on the platform's own host."""
CITY_HANDLERS = [
    *PEOPLE_HANDLERS,
    *answers_pages.handlers,
    *asking_pages.handlers,
    *board_pages.handlers,
    *desk_pages.handlers,
    *guides_pages.handlers,
    *open_data_pages.handlers,
    *subscriptions_pages.handlers,
    *author_pages.handlers,
    language.choose_language,
]
APEX_HANDLERS = [apex.choose_city, language.choose_language, *PEOPLE_HANDLERS]
JOB_MODULES = (mail, sign_in_jobs, answers_jobs, asking_jobs, subscriptions_jobs)
"""Importing them is what makes their jobs known, to the worker and to whoever enqueues them."""


def build_web(settings: Settings | None = None) -> FrontDoor:
    """The web application of this deployment."""
    return front_door(
        settings or get_settings(),
        city_handlers=CITY_HANDLERS,
        apex_handlers=APEX_HANDLERS,
        api=API,
    )


def run_web() -> int:
    """Serve the web pages until told to stop."""
    settings = get_settings()
    needed(settings, "database_url", "secret_key")
    configure_logs(settings)
    serve(build_web(settings), settings)
    return 0


def serve(application: ASGIApp, settings: Settings) -> None:
    """Serve an application as this deployment does, until told to stop."""
    gc.collect()
    gc.freeze()  # what was made until here stays: no collection need look at it again
    uvicorn.run(
        cast("Any", application),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )


def run_worker() -> int:
    """Carry out jobs until told to stop."""
    from src.platform.work.worker import Worker  # noqa: PLC0415  the web needs no broker

    settings = get_settings()
    needed(settings, "database_url", "secret_key")
    configure_logs(settings)
    worker = Worker(settings)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worker.run()
    return 0


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
    from src.tenants.demo import seeding  # noqa: PLC0415  its texts are not for the web process

    settings = get_settings()
    needed(settings, "database_url")
    configure_logs(settings)
    with database_explained():
        asyncio.run(seeding.seed(settings))
    for line in seeding.addresses(settings):
        sys.stdout.write(line + "\n")
    return 0
