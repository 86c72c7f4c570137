"""Files that were looked at and wait to be saved: in the city's store for a week, never in a table."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City
from src.platform.files import store
from src.tenants.districts.reading import Found

FOLDER = "district-uploads"
KEPT = timedelta(days=7)


@dataclass(slots=True)
class Checked:
    """A file that was looked at: what it was called, and its features."""

    name: str
    found: list[Found]


def key_of(upload_id: UUID) -> str:
    """Where it lies in the city's store."""
    return f"{FOLDER}/{upload_id}.json"


async def keep(city: City, name: str, found: list[Found]) -> UUID:
    """Keep a file as it was looked at; returns what its page is found by."""
    upload_id = uuid7()
    body = await asyncio.to_thread(lambda: json.dumps({"name": name, "features": [each.kept() for each in found]}).encode())
    await store.put(city.id, key_of(upload_id), body)
    return upload_id


async def kept(city: City, upload_id: UUID) -> Checked | None:
    """The file again; none when it was saved or is older than a week."""
    try:
        body = await store.get(city.id, key_of(upload_id))
    except FileNotFoundError:
        return None

    def again() -> Checked:
        data = json.loads(body)
        return Checked(data["name"], [Found.of(each) for each in data["features"]])

    return await asyncio.to_thread(again)


async def forget(city_id: UUID, upload_id: UUID) -> None:
    """It was saved: its copy goes."""
    await store.delete(city_id, key_of(upload_id))


async def forget_old(city_id: UUID, *, now: datetime) -> None:
    """Files to which nobody came back."""
    for key, written in await store.listed(city_id, FOLDER):
        if written < now - KEPT:
            await store.delete(city_id, key)
