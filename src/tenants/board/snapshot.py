"""The city's appeals as columns in memory, for counting and for drawing the map.

Exact, not approximately fresh: every transaction reads the city's ``published_revision`` when it begins, and a snapshot is
brought up to it (by reading the rows that changed since) before it is used. What costs a scan of 100,000 rows in the
database costs a fraction of a millisecond here. Nothing private is in it: of an appeal that is not public, only that it
was received, its category and its district.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PRIVATE, WAITING, ANSWERED = 0, 1, 2
STATES = {"waiting": WAITING, "answered": ANSWERED}
CITIES_AT_MOST = 64
AT_A_TIME = 5000
"""Rows that are taken in at once; between them the process answers others."""
MADE_AT_MOST = 8 * 2**20
"""Bytes of what one city's snapshot keeps of what was worked out from it."""

CHANGED = (
    "SELECT uuid_send(id), number, CASE public_state WHEN 'waiting' THEN 1 WHEN 'answered' THEN 2 ELSE 0 END, "
    "uuid_send(category_id), uuid_send(district_id), lon, lat, (coalesce(extract(epoch FROM published_at), 0) * 1000000)::bigint "
    "FROM appeal WHERE city_id = %s AND number IS NOT NULL AND changed_revision > %s"
)

Mask = NDArray[np.bool_]
Rows = NDArray[np.int32]
Halves = NDArray[np.uint64]
NUMBER = "S28"
"""Prefix (12 letters at most), year, at most ten digits."""


class Snapshot:
    """Columns by row; a row stays where it is when its appeal changes. ``x`` and ``y`` are of the unit square of the
    Web Mercator projection (0,0 is north-west), not-a-number without a point; ``published`` is in microseconds (UTC)."""  # noqa: D209

    def __init__(self) -> None:
        self.revision = 0
        self.count = 0
        self.keys: dict[bytes, int] = {}
        self._made: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._made_size = 0
        self._order: tuple[Rows, Halves] | None = None
        self._room = 1024
        self._columns: dict[str, NDArray[Any]] = {
            "high": np.zeros(self._room, np.uint64),
            "low": np.zeros(self._room, np.uint64),
            "number": np.zeros(self._room, NUMBER),
            "state": np.zeros(self._room, np.uint8),
            "category": np.zeros(self._room, np.int16),
            "district": np.zeros(self._room, np.int16),
            "published": np.zeros(self._room, np.int64),
            "x": np.full(self._room, np.nan),
            "y": np.full(self._room, np.nan),
        }

    def column(self, name: str) -> NDArray[Any]:
        """A column, as long as there are rows."""
        return self._columns[name][: self.count]

    def key(self, item: bytes) -> int:
        """The small number that stands for a category or district in the columns."""
        return self.keys.setdefault(item, len(self.keys))

    def appeal_id(self, row: int) -> UUID:
        """The id of a row's appeal."""
        return UUID(int=int(self._columns["high"][row]) << 64 | int(self._columns["low"][row]))

    def number(self, row: int) -> str:
        """The visible number of a row's appeal."""
        return str(self._columns["number"][row].decode())

    def put(self, changed: Sequence[Any], *, all_new: bool = False) -> None:
        """Take rows of CHANGED in as the database has them now; ``all_new`` when it knows none of them yet."""
        if not changed:
            return
        ids, numbers, states, categories, districts, lons, lats, published = zip(*changed, strict=True)
        halves = halves_of(b"".join(ids))
        at = np.full(len(halves), -1, np.int32)
        if not all_new and self.count:
            places = self._places(halves)
            at = np.where(places < 0, -1, self._by_id()[0][places])
        new = np.flatnonzero(at < 0)
        if len(new):
            at[new] = np.arange(self.count, self.count + len(new))
            self.count += len(new)
            self._make_room()
            self._order = None
        columns = self._columns
        columns["high"][at], columns["low"][at] = halves[:, 0], halves[:, 1]
        columns["number"][at] = np.array(numbers, NUMBER)
        columns["state"][at] = states
        columns["category"][at] = [self.key(item) for item in categories]
        columns["district"][at] = [self.key(item) for item in districts]
        columns["published"][at] = published
        columns["x"][at] = (np.array(lons, float) + 180) / 360
        columns["y"][at] = mercator_y(np.array(lats, float))
        self._made.clear()
        self._made_size = 0

    def _make_room(self) -> None:
        while self._room < self.count:
            self._room *= 2
        for name, column in self._columns.items():
            if len(column) < self._room:
                self._columns[name] = np.concatenate([column, np.zeros(self._room - len(column), column.dtype)])

    def rows(self, ids: bytes) -> Rows:
        """The rows of appeals, the newest asked first; ``ids`` are 16 bytes each, unknown ones are left out."""
        places = self._places(halves_of(ids))
        found: Rows = self._by_id()[0][np.unique(places[places >= 0])[::-1]]
        return found

    def _by_id(self) -> tuple[Rows, Halves]:
        """Rows in the order of their ids, and the ids."""
        if self._order is None:
            high, low = self.column("high"), self.column("low")
            order = np.lexsort((low, high)).astype(np.int32)
            self._order = (order, np.stack((high[order], low[order]), axis=1))
        return self._order

    def _places(self, wanted: Halves) -> Rows:
        """Where in the order of ids some are; -1 for those that it does not know."""
        known = self._by_id()[1]
        found = np.full(len(wanted), -1, np.int32)
        place = np.searchsorted(known[:, 0], wanted[:, 0])
        left = np.flatnonzero(place < len(known))
        # The first half is a moment and some chance bits: where several share it, look on until the second half fits.
        while len(left):
            here, there = known[place[left]], wanted[left]
            same = here[:, 0] == there[:, 0]
            hit = same & (here[:, 1] == there[:, 1])
            found[left[hit]] = place[left[hit]]
            left = left[same & ~hit]
            place[left] += 1
            left = left[place[left] < len(known)]
        return found

    def made(self, name: Hashable) -> Any:  # noqa: ANN401
        """What was worked out from the columns as they are; none when it has to be worked out."""
        held = self._made.get(name)
        if held is None:
            return None
        self._made.move_to_end(name)
        return held[0]

    def keep(self, name: Hashable, value: Any, size: int) -> None:  # noqa: ANN401
        """Keep something of ``size`` bytes until the columns change; what was not used for longest goes to make room."""
        self._made_size += size - self._made.pop(name, (None, 0))[1]
        self._made[name] = (value, size)
        while self._made_size > MADE_AT_MOST and len(self._made) > 1:
            self._made_size -= self._made.popitem(last=False)[1][1]

    def mask(
        self,
        *,
        state: int | None = None,
        category: UUID | Sequence[UUID] | None = None,
        district: UUID | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        among: Rows | None = None,
    ) -> Mask:
        """Which rows are public and pass the filters."""
        states = self.column("state")
        chosen: Mask = states != PRIVATE if state is None else states == state
        if category:
            keys = [self.keys.get(item.bytes, -1) for item in ([category] if isinstance(category, UUID) else category)]
            column = self.column("category")
            chosen &= column == keys[0] if len(keys) == 1 else np.isin(column, keys)
        if district is not None:
            chosen &= self.column("district") == self.keys.get(district.bytes, -1)
        if since is not None:
            chosen &= self.column("published") >= microseconds(since)
        if until is not None:
            chosen &= self.column("published") < microseconds(until)
        if among is not None:
            listed = np.zeros(self.count, bool)
            listed[among] = True
            chosen &= listed
        return chosen

    def tally(self, chosen: Mask | None = None) -> dict[str, int]:
        """``all``, ``waiting``, ``answered`` among the chosen; ``received`` counts every confirmed appeal of the city."""
        red, green = self.column("state") == WAITING, self.column("state") == ANSWERED
        if chosen is not None:
            red, green = red & chosen, green & chosen
        waiting, answered = int(np.count_nonzero(red)), int(np.count_nonzero(green))
        return {"all": waiting + answered, "waiting": waiting, "answered": answered, "received": self.count}

    def tally_by(self, name: str) -> dict[UUID, dict[str, int]]:
        """The same three by category or district: ``received``, ``waiting``, ``answered``."""
        held: dict[UUID, dict[str, int]] | None = self.made(("tally", name))
        if held is not None:
            return held
        combined = np.bincount(self.column(name).astype(np.int32) * 3 + self.column("state"), minlength=len(self.keys) * 3)
        found = {
            UUID(bytes=item): {"received": sum(counts), "waiting": counts[WAITING], "answered": counts[ANSWERED]}
            for item, counts in zip(self.keys, combined.reshape(-1, 3).tolist(), strict=True)
            if any(counts)
        }
        self.keep(("tally", name), found, 0)
        return found


def halves_of(ids: bytes) -> Halves:
    """Ids of 16 bytes each as pairs of numbers, which compare as the ids do."""
    return np.frombuffer(ids, ">u8").astype(np.uint64).reshape(-1, 2)


def microseconds(moment: datetime) -> int:
    """Since 1970, exactly."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def mercator_y(lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Latitude in degrees to the unit square's y; the projection ends at some 85 degrees."""
    sine: NDArray[np.float64] = np.sin(np.radians(np.clip(lat, -85.0, 85.0)))
    y: NDArray[np.float64] = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    return y


def latitude(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The unit square's y to latitude in degrees."""
    return np.degrees(2 * np.arctan(np.exp((0.5 - y) * 2 * np.pi)) - np.pi / 2)


_held: OrderedDict[UUID, Snapshot] = OrderedDict()
_locks: dict[UUID, asyncio.Lock] = {}


async def snapshot(session: AsyncSession) -> Snapshot:
    """The snapshot of the transaction's city, not older than what the transaction itself sees."""
    city_id = city_id_of(session)
    revision: int = session.info["published_revision"]
    held = _held.get(city_id)
    if held is not None and held.revision >= revision:
        _held.move_to_end(city_id)
        return held
    async with _locks.setdefault(city_id, asyncio.Lock()):
        held = _held.get(city_id)
        if held is None:
            held = await whole(session)
            _held[city_id] = held
            if len(_held) > CITIES_AT_MOST:
                _held.popitem(last=False)
        elif held.revision < revision:
            driver: AsyncConnection[Any] = session.info["driver"]
            async with driver.cursor(binary=True) as cursor:
                await cursor.execute(CHANGED, (city_id, held.revision))
                # Taken in at once, since others read it meanwhile. A row may already be of a later revision than the one
                # read at the beginning: it comes again then.
                held.put(await cursor.fetchall())
            held.revision = revision
    return held


async def whole(session: AsyncSession) -> Snapshot:
    """A new snapshot, read in parts: nobody sees it before it is whole, and no part takes long."""
    made = Snapshot()
    driver: AsyncConnection[Any] = session.info["driver"]
    async with driver.cursor("changed", binary=True) as cursor:
        await cursor.execute(CHANGED + " ORDER BY id", (city_id_of(session), 0))
        while part := await cursor.fetchmany(AT_A_TIME):
            made.put(part, all_new=True)
    made.revision = session.info["published_revision"]
    return made


def midnight(moment: datetime) -> datetime:
    """The beginning of the day in UTC; periods are counted from there, so that pages of one day agree."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
