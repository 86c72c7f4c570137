"""One transaction per request or job, and the city it belongs to.

Law of this file: application code never commits. A unit of work commits when its block ends well and rolls
back when anything is raised; every transaction of a session with a city begins by telling the database so.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

BEGIN = "SELECT set_config('app.city_id', %s, true), catalogue_revision, published_revision FROM city WHERE id = %s::uuid"


class NoSuchCity(LookupError):  # noqa: N818
    """The city of a unit of work is not there: it was deleted for good."""


@event.listens_for(Session, "after_begin")
def tell_the_city(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Set the transaction's city, which row-level security compares with; read the city's revisions on the way.

    Registered on SQLAlchemy's own class, so that no session, whoever makes it, goes without.
    """
    session.info["driver"] = connection.connection.driver_connection
    city_id: UUID | None = session.info.get("city_id")
    if city_id is None or transaction.nested:
        return
    row = connection.exec_driver_sql(BEGIN, (str(city_id), str(city_id))).one_or_none()
    if row is None:
        msg = f"there is no city {city_id}"
        raise NoSuchCity(msg)
    session.info["catalogue_revision"] = row[1]
    session.info["published_revision"] = row[2]


def driver_address(url: str) -> str:
    """The address SQLAlchemy wants, from the plain ``postgresql://`` one that people write."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


class Database:
    """The pool of one process, as one role."""

    def __init__(self, url: str, *, pool_size: int = 10, **options: Any) -> None:  # noqa: ANN401  passed on to SQLAlchemy
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            driver_address(url), pool_size=pool_size, max_overflow=0, pool_timeout=10, hide_parameters=True, **options
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    def session(self, city_id: UUID | None = None) -> AsyncSession:
        """A session; its transactions see the rows of ``city_id``, or no city's rows."""
        return self._sessions(info={"city_id": city_id})

    @asynccontextmanager
    async def unit(self, city_id: UUID | None = None) -> AsyncIterator[AsyncSession]:
        """A unit of work: commits at the end of the block, rolls back when the block raises."""
        async with self.session(city_id) as session, session.begin():
            await session.connection()
            yield session

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()
