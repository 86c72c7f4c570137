"""Reading a city's archive: nothing in it is believed before it was checked."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, Table

from src.tenants.archive.format import CITY, FORMAT, MANIFEST, MEMBER, city_columns, columns_of, read_value, tables_of

PART = 1024 * 1024
MANIFEST_AT_MOST = 64 * 1024 * 1024
MEMBERS_AT_MOST = 2_000_000
UNPACKED_AT_MOST = 200 * 1024**3
CITY_AT_MOST = 64 * 1024 * 1024
LINE_AT_MOST = 32 * 1024 * 1024
"""Bytes: of all members, and of what is read whole."""
SWELLS_AT_MOST = 200
SMALL = 64 * 1024 * 1024
"""How many times as large as its file an archive may be unpacked, and from how many bytes on that matters; rows of a city pack
down to a tenth."""
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)
"""What unpacking raises for bytes that were changed, ciphers, and ways to pack that nobody uses."""
NO_ROW = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


class ArchiveRefused(Exception):  # noqa: N818  the domain's word
    """The archive cannot be taken; the message says why, for the terminal."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An archive that is whole and fits this deployment's schema."""

    archive: zipfile.ZipFile
    members: dict[str, Any]
    city: dict[str, Any]

    @property
    def files(self) -> list[str]:
        """Keys of its files, as in the city's store."""
        return [name.removeprefix("files/") for name in self.members if name.startswith("files/")]

    def rows(self, table: Table, city_id: UUID) -> Iterator[dict[str, Any]]:
        """A table's rows as values; wherever one names its city, it names ``city_id``.

        Raises :class:`ArchiveRefused` for a row that is none, or another city's.
        """
        wanted = {column.name: column for column in columns_of(table)}
        with self.archive.open(f"tables/{table.name}.jsonl") as member:
            number = 0
            while line := member.readline(LINE_AT_MOST):
                number += 1
                where = f"tables/{table.name}.jsonl, line {number}"
                try:
                    found = json.loads(line)
                    row = {name: read_value(column, found[name]) for name, column in wanted.items()}
                except NO_ROW as problem:
                    raise ArchiveRefused(f"{where}: this is no row of the table ({type(problem).__name__}).") from None
                own = self.city["id"]
                if row["city_id"] != own:
                    raise ArchiveRefused(f"{where}: the row belongs to another city.")
                yield {name: city_id if value == own else value for name, value in row.items()}


def checked(archive: zipfile.ZipFile, metadata: MetaData, schema: str) -> Checked:
    """Check everything that can be checked before a row is written. Raises :class:`ArchiveRefused`."""
    manifest = manifest_of(archive)
    if manifest.get("format") != FORMAT:
        raise ArchiveRefused(f"The archive has format {manifest.get('format')}; this release reads format {FORMAT}.")
    if manifest.get("schema") != schema:
        raise ArchiveRefused(
            f"The archive is of schema {manifest.get('schema')}, this deployment of {schema}. "
            "Bring the older one up to date (python -m src migrate) and export again."
        )
    members = manifest.get("members")
    if not isinstance(members, dict):
        raise ArchiveRefused("manifest.json does not list the members.")
    tables = tables_of(metadata)
    check_names(set(check_directory(archive)), set(members), {f"tables/{table.name}.jsonl" for table in tables})
    for name, said in members.items():
        check_member(archive, name, said)
    found = Checked(archive, members, city_of(archive, metadata))
    for table in tables:
        name = f"tables/{table.name}.jsonl"
        count, said = sum(1 for _ in found.rows(table, found.city["id"])), members[name].get("rows")
        if count != said:
            raise ArchiveRefused(f"{name} has {count} rows and not {said}, as manifest.json says.")
    return found


def check_names(there: set[str], said: set[str], tables: set[str]) -> None:
    """No member has a name that leads elsewhere, none is lacking, none is there that the manifest does not know."""
    if wrong := sorted(name for name in there if not MEMBER.fullmatch(name) or ".." in name):
        raise ArchiveRefused(f"The archive has a member with a name that no archive has: {wrong[0]!r}.")
    if strange := sorted(name for name in there - tables if name.startswith("tables/")):
        raise ArchiveRefused(f"The archive has a table that no archive has: {strange[0]}.")
    if lacking := sorted((tables | said | {CITY}) - there):
        raise ArchiveRefused(f"The archive lacks {lacking[0]}.")
    if more := sorted(there - said):
        raise ArchiveRefused(f"manifest.json does not know {more[0]}.")


def check_directory(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The members without the manifest: not too many, not too large, no name twice. ``zipfile`` unpacks no more of a member than
    the directory says."""  # noqa: D209
    listed = archive.infolist()
    there = {item.filename: item for item in listed}
    unpacked, packed = sum(item.file_size for item in listed), sum(item.compress_size for item in listed)
    if len(listed) > MEMBERS_AT_MOST or unpacked > UNPACKED_AT_MOST:
        raise ArchiveRefused("The archive is larger than any city.")
    if unpacked > max(SMALL, packed * SWELLS_AT_MOST):
        raise ArchiveRefused("The archive would be far larger unpacked than any that this program writes.")
    if len(there) < len(listed):
        raise ArchiveRefused("The archive has two members of one name.")
    if CITY in there and there[CITY].file_size > CITY_AT_MOST:
        raise ArchiveRefused("city.json is too large.")
    del there[MANIFEST]
    return there


def manifest_of(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest."""
    try:
        info = archive.getinfo(MANIFEST)
        if info.file_size > MANIFEST_AT_MOST:
            raise ArchiveRefused("manifest.json is too large.")
        found = json.loads(archive.read(MANIFEST))
    except KeyError:
        raise ArchiveRefused("This is no archive of a city: it has no manifest.json.") from None
    except (ValueError, RecursionError, *BROKEN):
        raise ArchiveRefused("manifest.json cannot be read.") from None
    if not isinstance(found, dict):
        raise ArchiveRefused("manifest.json cannot be read.")
    return found


def check_member(archive: zipfile.ZipFile, name: str, said: Any) -> None:  # noqa: ANN401  whatever the manifest holds
    """A member is as long as the manifest says, and has its digest; no more of it is read."""
    try:
        wanted, length = str(said["sha256"]), int(said["bytes"])
    except NO_ROW:
        raise ArchiveRefused(f"manifest.json does not describe {name}.") from None
    digest, left = hashlib.sha256(), length
    try:
        with archive.open(name) as member:
            while left >= 0 and (part := member.read(min(PART, left + 1))):
                digest.update(part)
                left -= len(part)
    except BROKEN:
        left = -1
    if left != 0 or digest.hexdigest() != wanted:
        raise ArchiveRefused(f"{name} is not what manifest.json says: the archive was damaged or changed.")


def city_of(archive: zipfile.ZipFile, metadata: MetaData) -> dict[str, Any]:
    """The city's row, each value as its column takes it."""
    try:
        found = json.loads(archive.read(CITY))
        row = {column.name: read_value(column, found[column.name]) for column in city_columns(metadata.tables["city"])}
    except NO_ROW:
        raise ArchiveRefused("city.json is no row of a city.") from None
    if row["kind"] != "city" or row["id"] is None:
        raise ArchiveRefused("The archive is not of a city.")
    return row
