"""Changing a city's own row: what it says of itself, and what it chose. Each in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.city_settings import CitySettings
from src.platform.data.tenancy import City, catalogue_changed, city_id_of
from src.platform.people.audit.service import record

SAID_AT_MOST = 500
"""Characters of a value that the audit log keeps."""


async def locked(session: AsyncSession) -> City:
    """The city's row, locked until the transaction ends."""
    query = select(City).where(City.id == city_id_of(session)).with_for_update()
    return (await session.execute(query)).scalar_one()


async def choose(session: AsyncSession, what: str, chosen: Mapping[str, Any], *, by: UUID, now: datetime) -> None:
    """Store choices of :class:`CitySettings` and say so in the audit log as ``what``, with the values that changed.

    Raises pydantic's ``ValidationError`` for values that the form should not have let through.
    """
    city = await locked(session)
    before = CitySettings.model_validate(city.settings).model_dump(mode="json")
    stored = city.settings | dict(chosen)
    after = CitySettings.model_validate(stored).model_dump(mode="json")
    city.settings = stored
    await told(session, city, what, {key: (before[key], after[key]) for key in chosen}, by=by, now=now)


async def describe(session: AsyncSession, what: str, columns: Mapping[str, Any], *, by: UUID, now: datetime) -> None:
    """Store columns of the city's row, and say so in the audit log as ``what``."""
    city = await locked(session)
    before = {name: getattr(city, name) for name in columns}
    for name, value in columns.items():
        setattr(city, name, value)
    await told(session, city, what, {name: (before[name], value) for name, value in columns.items()}, by=by, now=now)


async def told(
    session: AsyncSession, city: City, what: str, values: Mapping[str, tuple[Any, Any]], *, by: UUID, now: datetime
) -> None:
    """One line with what changed; nothing when nothing did. Copies of the city in all processes are read anew."""
    changed = {key: (said(old), said(new)) for key, (old, new) in values.items() if old != new}
    if not changed:
        return
    await session.flush()
    await record(session, what, now=now, by=by, subject=("city", city.id), values=changed)
    await catalogue_changed(session)


def said(value: object) -> str:
    """A value as the audit log shows it."""
    if isinstance(value, dict):
        value = "; ".join(f"{key}: {text}" for key, text in value.items())
    elif isinstance(value, list | tuple):
        value = "; ".join(map(said, value))
    return str("" if value is None else value)[:SAID_AT_MOST]
