"""Composition root: names the slices, builds the web application, the worker and the schedule.

The only module that imports pages and jobs of all slices.
"""

import gc
import signal
from types import FrameType
from typing import Any, cast

import uvicorn
from litestar.types import ASGIApp

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
from src.local_officer.officers.leaving import KeptOffice
from src.local_officer.visits import jobs as visits_jobs
from src.local_officer.visits import pages as visits_pages
from src.local_officer.visits import personal_data as visits_personal_data
from src.models import metadata
from src.platform.limits import jobs as limits_jobs
from src.platform.logs import configure_logs
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
from src.platform.web.front_door import FrontDoor
from src.platform.work import mail
from src.platform.work import personal_data as letters_personal_data
from src.tenants.answers import jobs as answers_jobs
from src.tenants.answers import pages as answers_pages
from src.tenants.answers import personal_data as answers_personal_data
from src.tenants.appeals import addressees
from src.tenants.appeals import personal_data as appeals_personal_data
from src.tenants.archive import jobs as archive_jobs
from src.tenants.asking import jobs as asking_jobs
from src.tenants.asking import pages as asking_pages
from src.tenants.asking import personal_data as asking_personal_data
from src.tenants.board import pages as board_pages
from src.tenants.categories import pages as categories_pages
from src.tenants.console import jobs as console_jobs
from src.tenants.console import pages as console_pages
from src.tenants.console import pages_support as support_pages
from src.tenants.console import personal_data as console_personal_data
from src.tenants.desk import pages as desk_pages
from src.tenants.districts import jobs as districts_jobs
from src.tenants.districts import pages as districts_pages
from src.tenants.guides import pages as guides_pages
from src.tenants.moving_in import jobs as moving_in_jobs
from src.tenants.moving_in import pages as moving_in_pages
from src.tenants.moving_in import personal_data as moving_in_personal_data
from src.tenants.my_office import jobs as my_office_jobs
from src.tenants.my_office import pages as my_office_pages
from src.tenants.open_data import pages as open_data_pages
from src.tenants.open_data.documentation import API
from src.tenants.responders import pages as responders_pages
from src.tenants.safety import jobs as safety_jobs
from src.tenants.safety import pages as safety_pages
from src.tenants.safety import personal_data as safety_personal_data
from src.tenants.settings import pages as settings_pages
from src.tenants.settings import pages_domain, pages_look, pages_texts
from src.tenants.staff import open_work
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
    *moving_in_pages.handlers,
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
    *pages_domain.handlers,
    *pages_look.handlers,
    *pages_texts.handlers,
    *categories_pages.handlers,
    *districts_pages.handlers,
    *responders_pages.handlers,
    *staff_pages.handlers,
    *support_pages.handlers,
    language.choose_language,
]
APEX_HANDLERS = [apex.choose_city, language.choose_language, *PEOPLE_HANDLERS, *console_pages.handlers]
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
    moving_in_jobs,
    visits_jobs,
    asking_officer_jobs,
    officers_desk_jobs,
    exchange_jobs,
    console_jobs,
    archive_jobs,
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
    *console_personal_data.holders,
    *moving_in_personal_data.holders,
)
"""Who keeps what about people. An erasure goes from the last to the first, so that each finds what those below still have."""
for _holder in PERSONAL_DATA:
    hold(_holder)
addressees.use(Officers())
open_work.also(KeptOffice())
archive_jobs.use(metadata)
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
