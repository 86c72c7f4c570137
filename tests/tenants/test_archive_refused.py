"""Archives that are broken, changed or wicked: each with its sentence, and nothing of any is left."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from src.models import metadata
from src.platform.data.unit_of_work import Database
from src.platform.web.front_door import FrontDoor
from src.tenants.archive.checking import ArchiveRefused
from src.tenants.archive.restoring import import_city
from tests.site import Site
from tests.tenants.archives import SCHEMA, cities, packed


def rewritten(archive: io.BytesIO, change: Callable[[dict[str, bytes]], None], packing: int = zipfile.ZIP_STORED) -> io.BytesIO:
    """The archive with some members changed, and a manifest that says what it said."""
    with zipfile.ZipFile(archive) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", packing) as new:
        for name, data in members.items():
            new.writestr(name, data)
    into.seek(0)
    return into


def manifest(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    """Another manifest."""
    return lambda members: members.update({"manifest.json": json.dumps(json.loads(members["manifest.json"]) | changes).encode()})


def member(name: str, data: bytes | None, *, known: bool = False, rows: int = 0) -> Callable[[dict[str, bytes]], None]:
    """Another member, or none; ``known``: the manifest says that it is right."""

    def change(members: dict[str, bytes]) -> None:
        members.pop(name, None)
        if data is not None:
            members[name] = data
        if known and data is not None:
            said = json.loads(members["manifest.json"])
            said["members"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "rows": rows}
            members["manifest.json"] = json.dumps(said).encode()

    return change


def water(*changes: dict[str, Any], rows: int | None = None) -> Callable[[dict[str, bytes]], None]:
    """Rivers, each with changes; the manifest says that they are right."""

    def change(members: dict[str, bytes]) -> None:
        city = json.loads(members["city.json"])["id"]
        found = [{"city_id": city, "id": str(UUID(int=n)), "name": {}, "shape": {}} | one for n, one in enumerate(changes)]
        lines = "".join(json.dumps(one) + "\n" for one in found).encode()
        member("tables/water.jsonl", lines, known=True, rows=len(changes) if rows is None else rows)(members)

    return change


def category(field: str, value: Any) -> Callable[[dict[str, bytes]], None]:
    """A category with another value; the manifest says that it is right."""

    def change(members: dict[str, bytes]) -> None:
        lines = members["tables/category.jsonl"].splitlines()
        lines[0] = json.dumps(json.loads(lines[0]) | {field: value}).encode()
        member("tables/category.jsonl", b"\n".join(lines), known=True, rows=len(lines))(members)

    return change


def city_says(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    """The city's row with other values; the manifest says that it is right."""

    def change(members: dict[str, bytes]) -> None:
        member("city.json", json.dumps(json.loads(members["city.json"]) | changes).encode(), known=True)(members)

    return change


NO_ROW = "tables/water.jsonl, line 1: this is no row of the table"
TAKES_NOT = "the database does not take what is there"
REFUSED: list[tuple[Callable[[dict[str, bytes]], None], str]] = [
    (member("manifest.json", None), "it has no manifest.json"),
    (member("manifest.json", b"{"), "manifest.json cannot be read"),
    (member("manifest.json", b"[]"), "manifest.json cannot be read"),
    (member("manifest.json", b"[" * 100_000), "manifest.json cannot be read"),
    (manifest(format=9), "The archive has format 9; this release reads format 1"),
    (manifest(format=None), "The archive has format None"),
    (manifest(schema="0001"), "The archive is of schema 0001"),
    (manifest(members=[]), "does not list the members"),
    (manifest(members={}), "manifest.json does not know city.json"),
    (member("../../etc/passwd", b"x", known=True), "a name that no archive has"),
    (member("/etc/passwd", b"x", known=True), "a name that no archive has"),
    (member("files/../x", b"x", known=True), "a name that no archive has"),
    (member("files/photos/..", b"x", known=True), "a name that no archive has"),
    (member("files\\x", b"x", known=True), "a name that no archive has"),
    (member("files/photos/", b"", known=True), "a name that no archive has"),
    (member("tables/account_session.jsonl", b"", known=True), "has a table that no archive has: tables/account_session.jsonl"),
    (member("tables/appeal.jsonl", None), "The archive lacks tables/appeal.jsonl"),
    (member("files/photos/x", b"x"), "manifest.json does not know files/photos/x"),
    (member("city.json", b"{}"), "city.json is not what manifest.json says"),
    (member("city.json", b"{}", known=True), "city.json is no row of a city"),
    (member("city.json", b"[]", known=True), "city.json is no row of a city"),
    (city_says(kind="platform"), "The archive is not of a city"),
    (city_says(id=None), "The archive is not of a city"),
    (city_says(id=7), "city.json is no row of a city"),
    (city_says(slug="Зле"), "'Зле' is no address of a city"),
    (city_says(zoom="near"), f"city.json: {TAKES_NOT}"),
    (member("tables/water.jsonl", b"{}\n", known=True, rows=1), NO_ROW),
    (member("tables/water.jsonl", b"\xff\n", known=True, rows=1), NO_ROW),
    (member("tables/water.jsonl", b"[" * 100_000, known=True, rows=1), NO_ROW),
    (member("tables/water.jsonl", b"7\n", known=True, rows=1), NO_ROW),
    (water({"id": "x"}), NO_ROW),
    (water({"id": 7}), NO_ROW),
    (water({"city_id": str(uuid4())}), "line 1: the row belongs to another city"),
    (water({}, {"city_id": str(uuid4())}), "line 2: the row belongs to another city"),
    (water({}, rows=2), "tables/water.jsonl has 1 rows and not 2, as manifest.json says"),
    (water({"id": str(UUID(int=5))}, {"id": str(UUID(int=5))}), f"tables/water.jsonl: {TAKES_NOT} (pk_water)"),
    (water({"id": None}), f"tables/water.jsonl: {TAKES_NOT}"),
    (water({"name": {"uk": "\x00"}}), f"tables/water.jsonl: {TAKES_NOT}"),
    (category("slug", "\x00"), f"tables/category.jsonl: {TAKES_NOT}"),
    (category("slug", {"a": 1}), f"tables/category.jsonl: {TAKES_NOT}"),
    (category("position", 2**40), f"tables/category.jsonl: {TAKES_NOT}"),
    (category("position", "first"), f"tables/category.jsonl: {TAKES_NOT}"),
    (category("precision", "none"), f"tables/category.jsonl: {TAKES_NOT} (ck_category_"),
    (category("parent_id", str(uuid4())), f"tables/category.jsonl: {TAKES_NOT} (fk_category_parent)"),
    (category("retired_at", "2026-11-27T09:00:00"), "tables/category.jsonl, line 1: this is no row of the table"),
]


@pytest.mark.parametrize(("change", "sentence"), REFUSED)
async def test_a_broken_archive_is_refused_and_nothing_is_left(
    poltava: Site, empty: str, change: Callable[[dict[str, bytes]], None], sentence: str
) -> None:
    archive = rewritten(await packed(poltava), change)
    await refused(empty, archive, sentence)


async def refused(empty: str, archive: io.BytesIO, sentence: str) -> None:
    """The archive is not taken, for this reason, and leaves nothing."""
    database = Database(empty, pool_size=1)
    try:
        with pytest.raises(ArchiveRefused, match=re.escape(sentence)):
            await import_city(database, metadata, archive, schema=SCHEMA)
        assert await cities(database) == []
    finally:
        await database.close()


@pytest.mark.parametrize("where", [0.2, 0.4, 0.6, 0.8])
async def test_bytes_that_were_changed_are_noticed(poltava: Site, empty: str, where: float) -> None:
    data = bytearray((await packed(poltava)).getvalue())
    at = int(len(data) * where)
    data[at : at + 8] = bytes(byte ^ 0x5A for byte in data[at : at + 8])
    await refused(empty, io.BytesIO(bytes(data)), "the archive was damaged or changed")


async def test_an_archive_that_breaks_off_is_no_zip(poltava: Site, empty: str) -> None:
    await refused(empty, io.BytesIO((await packed(poltava)).getvalue()[:-200]), "This is no ZIP file, or it breaks off")


async def test_a_bomb_is_not_unpacked(poltava: Site, empty: str) -> None:
    bomb = member("files/photos/x", b"\0" * (80 * 1024 * 1024), known=True)
    await refused(empty, rewritten(await packed(poltava), bomb, packing=zipfile.ZIP_DEFLATED), "far larger unpacked")


async def test_members_of_one_name_are_refused(poltava: Site, empty: str) -> None:
    archive = await packed(poltava)
    with zipfile.ZipFile(archive, "a") as found, pytest.warns(UserWarning, match="Duplicate name"):
        found.writestr("city.json", "{}")
    await refused(empty, archive, "two members of one name")


async def test_a_cipher_is_refused(poltava: Site, empty: str) -> None:
    data = bytearray((await packed(poltava)).getvalue())
    at = data.index(b"city.json", data.index(b"PK\x01\x02")) - 46  # the member's line in the directory (APPNOTE 4.3.12)
    data[at + 8] |= 1
    await refused(empty, io.BytesIO(bytes(data)), "city.json is not what manifest.json says")


async def test_what_is_no_zip_is_refused(door: FrontDoor) -> None:
    with pytest.raises(ArchiveRefused, match="This is no ZIP file"):
        await import_city(door.database, metadata, io.BytesIO(b"PK not really"), schema=SCHEMA)
