"""Composition root: names the slices, builds the web application, the worker and the schedule.

The only module that imports pages and jobs of all slices.
"""

import asyncio
import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Any, cast

import psycopg
import uvicorn
from litestar.types import ASGIApp
from sqlalchemy.exc import OperationalError, ProgrammingError

from src.local_officer.asking_officer import jobs as asking_officer_jobs
from src.local_officer.asking_officer import pages as asking_officer_pages
from src.local_officer.asking_officer.addressing import Officers
from src.local_officer.desk import jobs as officers_desk_jobs
from src.local_officer.desk import pages as officers_desk_pages
from src.local_officer.directory import pages as directory_pages
from src.local_officer.exchange import jobs as exchange_jobs
from src.local_officer.exchange import pages as exchange_pages
from src.local_officer.exchange import personal_data as exchange_personal_data
from src.local_officer.officers import personal_data as officers_personal_data
from src.local_officer.visits import jobs as visits_jobs
from src.local_officer.visits import pages as visits_pages
from src.local_officer.visits import personal_data as visits_personal_data
from src.platform.limits import jobs as limits_jobs
from src.platform.local.errors import CannotStartError
from src.platform.logs import configure_logs, without_details
from src.platform.people import operators, resealing
from src.platform.people.accounts import pages as accounts_pages
from src.platform.people.accounts import personal_data as accounts_personal_data
from src.platform.people.audit import pages as audit_pages
from src.platform.people.audit import personal_data as audit_personal_data
from src.platform.people.personal_data import hold
from src.platform.people.providers import jobs as providers_jobs
from src.platform.people.providers import oidc
from src.platform.people.providers import pages as providers_pages
from src.platform.people.providers import pages_settings as providers_settings
from src.platform.people.providers import personal_data as providers_personal_data
from src.platform.people.second_factor import jobs as second_factor_jobs
from src.platform.people.second_factor import pages as second_factor_pages
from src.platform.people.second_factor import passkey_pages, step_pages
from src.platform.people.second_factor import personal_data as second_factor_personal_data
from src.platform.people.sign_in import jobs as sign_in_jobs
from src.platform.people.sign_in import pages as sign_in_pages
from src.platform.people.sign_in import personal_data as sign_in_personal_data
from src.platform.settings import Settings, get_settings, needed
from src.platform.web import apex, language
from src.platform.web.app import front_door
from src.platform.web.forms import email_address
from src.platform.web.front_door import FrontDoor
from src.platform.work import mail
from src.platform.work import personal_data as letters_personal_data
from src.tenants.answers import jobs as answers_jobs
from src.tenants.answers import pages as answers_pages
from src.tenants.answers import personal_data as answers_personal_data
from src.tenants.appeals import addressees
from src.tenants.appeals import personal_data as appeals_personal_data
from src.tenants.asking import jobs as asking_jobs
from src.tenants.asking import pages as asking_pages
from src.tenants.asking import personal_data as asking_personal_data
from src.tenants.board import pages as board_pages
from src.tenants.categories import pages as categories_pages
from src.tenants.desk import pages as desk_pages
from src.tenants.districts import jobs as districts_jobs
from src.tenants.districts import pages as districts_pages
from src.tenants.guides import pages as guides_pages
from src.tenants.my_office import jobs as my_office_jobs
from src.tenants.my_office import pages as my_office_pages
from src.tenants.open_data import pages as open_data_pages
from src.tenants.open_data.documentation import API
from src.tenants.responders import pages as responders_pages
from src.tenants.safety import jobs as safety_jobs
from src.tenants.safety import pages as safety_pages
from src.tenants.safety import personal_data as safety_personal_data
from src.tenants.settings import pages as settings_pages
from src.tenants.staff import pages as staff_pages
from src.tenants.staff import personal_data as staff_personal_data
from src.tenants.subscriptions import author_pages
from src.tenants.subscriptions import jobs as subscriptions_jobs
from src.tenants.subscriptions import pages as subscriptions_pages
from src.tenants.subscriptions import personal_data as subscriptions_personal_data

PEOPLE_HANDLERS = [
    *sign_in_pages.handlers,
    *accounts_pages.handlers,
    *second_factor_pages.handlers,
    *passkey_pages.handlers,
    *step_pages.handlers,
    *audit_pages.handlers,
]
"""Accounts and sign-in work alike in a city and on the platform's own host."""
CITY_HANDLERS = [
    *PEOPLE_HANDLERS,
    *providers_pages.handlers,
    *providers_settings.handlers,
    *answers_pages.handlers,
    *asking_pages.handlers,
    *board_pages.handlers,
    *desk_pages.handlers,
    *guides_pages.handlers,
    *my_office_pages.handlers,
    *open_data_pages.handlers,
    *safety_pages.handlers,
    *subscriptions_pages.handlers,
    *author_pages.handlers,
    *directory_pages.handlers,
    *visits_pages.handlers,
    *asking_officer_pages.handlers,
    *officers_desk_pages.handlers,
    *exchange_pages.handlers,
    *settings_pages.handlers,
    *categories_pages.handlers,
    *districts_pages.handlers,
    *responders_pages.handlers,
    *staff_pages.handlers,
    language.choose_language,
]
APEX_HANDLERS = [apex.choose_city, language.choose_language, *PEOPLE_HANDLERS]
JOB_MODULES = (
    mail,
    limits_jobs,
    sign_in_jobs,
    second_factor_jobs,
    providers_jobs,
    answers_jobs,
    asking_jobs,
    subscriptions_jobs,
    safety_jobs,
    my_office_jobs,
    visits_jobs,
    asking_officer_jobs,
    officers_desk_jobs,
    exchange_jobs,
    districts_jobs,
)
"""Importing them is what makes their jobs known, to the worker and to whoever enqueues them."""
PERSONAL_DATA = (
    *accounts_personal_data.holders,
    *sign_in_personal_data.holders,
    *second_factor_personal_data.holders,
    *providers_personal_data.holders,
    *audit_personal_data.holders,
    *letters_personal_data.holders,
    *appeals_personal_data.holders,
    *answers_personal_data.holders,
    *subscriptions_personal_data.holders,
    *safety_personal_data.holders,
    *asking_personal_data.holders,
    *officers_personal_data.holders,
    *visits_personal_data.holders,
    *exchange_personal_data.holders,
    *staff_personal_data.holders,
)
"""Who keeps what about people. An erasure goes from the last to the first, so that each finds what those below still have."""
for _holder in PERSONAL_DATA:
    hold(_holder)
addressees.use(Officers())
PROVIDER_KINDS = (oidc,)
"""Importing them is what makes their kinds of identity providers known."""


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
