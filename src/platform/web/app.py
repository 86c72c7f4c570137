"""The web applications: one for a city's host, one for the apex host."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from litestar import Litestar, Request, Router
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.cities import Cities
from src.platform.data.unit_of_work import Database
from src.platform.limits.guard import check_limits
from src.platform.limits.service import Counts
from src.platform.settings import Settings
from src.platform.web import errors
from src.platform.web.access import PUBLIC, CitySuspended, check_access, require_declarations
from src.platform.web.front_door import FrontDoor
from src.platform.web.here import here
from src.platform.web.pages import STATIC

AnyRequest = Request[Any, Any, Any]
BODY_AT_MOST = 64 * 1024 * 1024
"""For the whole server; each form has its own, smaller limit."""


def now() -> datetime:
    """The moment; tests put another provider in its place."""
    return datetime.now(UTC)


Uow = NamedDependency[AsyncSession]
"""What a handler declares to get the request's transaction."""

Now = NamedDependency[datetime]
"""What a handler declares to get the moment."""


async def unit_of_work(request: AnyRequest, now: Now) -> AsyncGenerator[AsyncSession, None]:  # noqa: ARG001
    """The request's transaction: begun with the city, committed after the handler returns and before the answer goes out.

    It takes ``now`` so that Litestar makes the two one after the other: those that do not depend on each other it makes
    in a task group, which costs as much as the transaction itself.
    """
    at = here(request)
    database: Database = request.app.state.database
    async with database.unit(at.the_tenant.id) as session:
        app_cities: Cities = request.app.state.cities
        at.tenant = await app_cities.current(session, at.the_tenant)
        at.city = at.tenant if at.city else None
        if at.city is not None and at.city.suspended_at is not None:
            raise CitySuspended
        if at.city is not None and not app_cities.lives_at(at.city, at.host):
            raise NotFoundException
        yield session


def application(
    handlers: Sequence[Any], *, settings: Settings, database: Database, cities: Cities, openapi: OpenAPIConfig | None = None
) -> Litestar:
    """A Litestar application with the house's dependencies, guard and error pages."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None, None]:
        yield
        await database.close()

    static = create_static_files_router(
        path="/static",
        directories=[STATIC],
        include_in_schema=False,
        cache_control=None,
        opt={"access": PUBLIC},
        after_request=keep_for_ever,
    )
    app = Litestar(
        route_handlers=[*handlers, static],
        dependencies={
            "uow": Provide(unit_of_work),
            "now": Provide(now, sync_to_thread=False),
        },
        guards=[check_access, check_limits],
        exception_handlers=errors.HANDLERS,
        lifespan=[lifespan],
        openapi_config=openapi,
        logging_config=None,
        request_max_body_size=BODY_AT_MOST,
        middleware=[],
    )
    app.state.database = database
    app.state.cities = cities
    app.state.counts = Counts(database)
    app.state.settings = settings
    require_declarations(app)
    return app


class NoPages(Router):
    """Where Litestar would put its own pages about the API: nowhere.

    They load scripts from elsewhere, and their page for what is missing is not ours. The slice ``open_data`` serves
    the description itself.
    """

    def register(self, value: Any) -> list[Any]:  # noqa: ANN401, ARG002  Litestar's signature
        """Take no page."""
        return []


def keep_for_ever(response: Any) -> Any:  # noqa: ANN401  Litestar's hook
    """Built files carry a hash of their content in their name."""
    response.headers.setdefault("Cache-Control", "public, max-age=31536000, immutable")
    return response


def front_door(
    settings: Settings,
    *,
    city_handlers: Sequence[Any],
    apex_handlers: Sequence[Any],
    api: Mapping[str, Any],
) -> FrontDoor:
    """The whole web application. ``api`` is what the description of its API says of the whole (OpenAPIConfig)."""
    database = Database(settings.database_url, pool_size=settings.database_pool)
    cities = Cities(database, settings.base_domain)
    openapi = OpenAPIConfig(**api, openapi_router=NoPages("/", route_handlers=[]), render_plugins=[JsonRenderPlugin()])
    return FrontDoor(
        settings,
        database,
        cities,
        city=application(city_handlers, settings=settings, database=database, cities=cities, openapi=openapi),
        apex=application(apex_handlers, settings=settings, database=database, cities=cities),
        now=now,
    )
