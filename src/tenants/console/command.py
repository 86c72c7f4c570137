"""``python -m src city create``: the operator's form, filled in by a command."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import select

from src.platform.data.tenancy import APEX, City
from src.platform.data.unit_of_work import Database
from src.platform.local.errors import CannotStartError
from src.platform.settings import Settings
from src.platform.web.forms import Form, email_address
from src.platform.web.here import Here, city_host, language_of
from src.tenants.console.form import read_plan
from src.tenants.console.service import create
from src.tenants.console.summaries import summarise
from src.tenants.starter.opening import Taken

FIELDS = {
    "slug": "slug",
    "name": "name_uk",
    "name_en": "name_en",
    "centre": "centre",
    "admin_email": "admin_email",
    "admin_name": "admin_name",
    "contact_email": "contact_email",
}
"""The command's arguments and the form's fields."""


async def create_from_command(settings: Settings, given: Mapping[str, str]) -> str:
    """Open the city; its address. Raises :class:`CannotStartError` with what is wrong."""
    form = Form({field: [given.get(argument) or ""] for argument, field in FIELDS.items()})
    now = datetime.now(UTC)
    database = Database(settings.database_url, pool_size=1)
    try:
        async with database.unit() as session:
            apex = (await session.execute(select(City).where(City.slug == APEX))).scalar_one()
        at = Here(
            settings=settings, host=settings.base_domain, path="/console/new", language=language_of("en"), tenant=apex, now=now
        )
        plan = read_plan(form, at)
        if plan is None:
            wrong = {field: argument for argument, field in FIELDS.items()}
            told = [f"--{wrong.get(field, field).replace('_', '-')}: {words}" for field, words in form.errors.items()]
            raise CannotStartError("\n".join(told))
        try:
            async with database.unit() as session:
                who = email_address(form.line("admin_email")) or ""
                await create(session, plan, email=who, name=form.line("admin_name"), now=now)
                await summarise(session, now=now)
        except Taken:
            msg = f"--slug: there is a city at {plan.slug} already."
            raise CannotStartError(msg) from None
    finally:
        await database.close()
    return settings.origin(city_host(settings, plan.slug))
