"""The process that is measured: the real web application, and beside it a bare Litestar route with the same unit of work."""

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Litestar, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from litestar.types import ASGIApp, Receive, Scope, Send
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.main import build_web, serve
from src.platform.data.tenancy import city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.logs import configure_logs
from src.platform.settings import get_settings
from src.platform.web.front_door import FrontDoor, host_name

ONE = text("SELECT number, public_state FROM appeal WHERE city_id = :city AND number = :number")


@get("/bare")
async def bare(uow: NamedDependency[AsyncSession], number: FromQuery[str]) -> dict[str, Any]:
    """One indexed query through the session, as any route would ask it."""
    found = (await uow.execute(ONE, {"city": city_id_of(uow), "number": number})).one()
    return {"number": found.number, "state": found.public_state}


def bare_application(door: FrontDoor) -> ASGIApp:
    """Nothing but the route: no front door, no headers, no log, no compression."""

    async def unit_of_work(scope: Scope) -> AsyncGenerator[AsyncSession, None]:
        database: Database = door.database
        city = await door.cities.at_host(host_name(dict(scope["headers"])[b"host"].decode()))
        async with database.unit(city.id if city else None) as session:
            yield session

    return Litestar([bare], dependencies={"uow": Provide(unit_of_work)}, openapi_config=None)


def main() -> None:
    """Serve both until told to stop."""
    settings = get_settings()
    configure_logs(settings)
    door = build_web(settings)
    beside = bare_application(door)

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        await (beside if scope.get("path") == "/bare" else door)(scope, receive, send)

    serve(both, settings)


if __name__ == "__main__":
    main()
