"""Everything about somebody, as one archive: ``data.json``, the files they sent, and a page that explains it.

The archive is written to a temporary file and sent from there: neither the memory of the process nor a database connection
waits for somebody's slow line.
"""

import tempfile
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import IO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City
from src.platform.files import store
from src.platform.people.audit.service import action
from src.platform.people.personal_data import HOLDERS, Subject
from src.platform.web.here import Here
from src.platform.web.i18n import msgid

EXPORTED = action("person.exported", msgid("Людина отримала копію своїх даних"))
FORMAT = 1
"""Counts the shapes of ``data.json``: raise it with each change of its keys."""
CHUNK = 64 * 1024


async def archive(session: AsyncSession, at: Here, about: Subject, now: datetime) -> IO[bytes]:
    """The archive, open at its beginning; whoever closes it deletes it."""
    whole = tempfile.TemporaryFile()  # noqa: SIM115  closed by whoever sends it
    try:
        with ZipFile(whole, "w", ZIP_DEFLATED) as archived:
            archived.writestr(at._("прочитайте.txt"), explanation(at))
            await write_data(session, archived, at.the_city, now, about)
            for holder in HOLDERS.values():
                if holder.files is not None:
                    async for file in holder.files(session, about):
                        await write_file(archived, at.the_city.id, file.name, file.key)
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole


async def write_data(session: AsyncSession, archived: ZipFile, city: City, now: datetime, about: Subject) -> None:
    """``data.json``: a key for each holder with a list of records, one record a line. UTF-8, times as ISO 8601 in UTC."""
    with archived.open("data.json", "w") as out:
        head = msgspec.json.encode({"format": FORMAT, "city": city.slug, "made_at": now})
        out.write(head[:-1])
        for holder in HOLDERS.values():
            out.write(b",\n" + msgspec.json.encode(holder.name) + b":[")
            first = True
            async for record in holder.export(session, about):
                out.write((b"\n" if first else b",\n") + msgspec.json.encode(record))
                first = False
            out.write(b"]")
        out.write(b"}\n")


async def write_file(archived: ZipFile, city_id: UUID, name: str, key: str) -> None:
    """One file as it is kept; one whose bytes are missing is named and empty."""
    try:
        data = await store.get(city_id, key)
    except FileNotFoundError:
        data = b""
    archived.writestr(name, data, compress_type=ZIP_STORED)


def explanation(at: Here) -> str:
    """What the archive holds, in the reader's language."""
    lines = [
        at._("Усе, що місто зберігає про вас на сайті «Взаємодія»."),
        "",
        at._("data.json — дані. Файл у кодуванні UTF-8, час у форматі ISO 8601 (UTC). У ньому такі частини:"),
        "",
        *(f"{holder.name} — {at._(holder.says)}" for holder in HOLDERS.values()),
        "",
        at._("photos, drafts — папки з фото, які ви надіслали, у тому вигляді, у якому ми їх зберігаємо."),
    ]
    return "\r\n".join(lines) + "\r\n"


async def pieces(whole: IO[bytes]) -> AsyncGenerator[bytes, None]:
    """The archive bit by bit; deleted at the end, or when the reader goes away."""
    with whole:
        while chunk := whole.read(CHUNK):
            yield chunk
