"""Where uploads are kept: a folder of this machine, or a bucket (``files_url``).

Every file lies below the prefix of its city; the city is an argument of every call, and no key can climb out of it.
A file is written before the transaction that names it commits: what a rollback leaves behind is unreachable, and keys
carry fresh ids, so it can never be taken for something else.

The store's blocking calls run in threads of ours: its own asynchronous ones finish on threads of its runtime, and a
process that ends meanwhile is aborted (measured with obstore 0.12: 8 of 60 processes; none of 60 this way).
"""

import asyncio
import contextlib
import re
from datetime import datetime
from functools import lru_cache
from typing import IO
from uuid import UUID

from obstore.store import LocalStore, ObjectStore, from_url

from src.platform.settings import get_settings

KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}(?:/[a-z0-9][a-z0-9_.-]{0,99}){0,5}")
"""Parts of lower-case letters, digits and ``_ . -``, none of which begins with a point: no ``..``, nothing hidden."""


@lru_cache(maxsize=4)
def _store(files_url: str, folder: str) -> ObjectStore:
    if files_url:
        return from_url(files_url)
    return LocalStore(folder, mkdir=True)


def store() -> ObjectStore:
    """The deployment's store; opened once."""
    settings = get_settings()
    return _store(settings.files_url, str((settings.data_dir / "files").absolute()))


def path_of(city_id: UUID, key: str) -> str:
    """The whole path of a city's key. Raises ``ValueError`` for a key that is not plain parts joined by ``/``."""
    if not KEY.fullmatch(key):
        msg = f"not a key: {key!r}"
        raise ValueError(msg)
    return f"{city_id.hex}/{key}"


async def put(city_id: UUID, key: str, data: bytes) -> None:
    """Keep the bytes; what the key held before is replaced whole or not at all."""
    await asyncio.to_thread(store().put, path_of(city_id, key), data)


async def get(city_id: UUID, key: str) -> bytes:
    """The bytes. Raises ``FileNotFoundError`` when there are none."""
    return await asyncio.to_thread(_read, path_of(city_id, key))


def _read(path: str) -> bytes:
    return bytes(store().get(path).bytes())


async def put_file(city_id: UUID, key: str, file: IO[bytes]) -> None:
    """Keep what a file holds from its beginning, in parts: a large one is never whole in memory."""
    file.seek(0)
    await asyncio.to_thread(store().put, path_of(city_id, key), file)


async def fetch(city_id: UUID, key: str, into: IO[bytes]) -> None:
    """Copy the bytes into a file, in parts. Raises ``FileNotFoundError`` when there are none."""
    await asyncio.to_thread(_fetch, path_of(city_id, key), into)


def _fetch(path: str, into: IO[bytes]) -> None:
    for part in store().get(path).stream():
        into.write(part)


async def listed(city_id: UUID, folder: str) -> list[tuple[str, datetime]]:
    """Keys below a folder of the city with the moment each was last written."""
    start = path_of(city_id, folder)
    return await asyncio.to_thread(_listed, start, len(city_id.hex) + 1)


async def everything(city_id: UUID) -> list[tuple[str, datetime]]:
    """All keys of the city with the moment each was last written."""
    return await asyncio.to_thread(_listed, city_id.hex, len(city_id.hex) + 1)


def _listed(start: str, skip: int) -> list[tuple[str, datetime]]:
    return [(item["path"][skip:], item["last_modified"]) for chunk in store().list(start) for item in chunk]


async def delete(city_id: UUID, key: str) -> None:
    """Forget the bytes; forgetting what is not there does nothing."""
    with contextlib.suppress(FileNotFoundError):
        await asyncio.to_thread(store().delete, path_of(city_id, key))
