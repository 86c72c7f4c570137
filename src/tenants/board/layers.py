"""Points of the map in an order in which every cell of every zoom level is one stretch.

Counting a cell is then two look-ups, whatever the number of appeals in it. The order is that of Morton codes: the bits of
a cell's column and line, interleaved.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from src.tenants.board.snapshot import ANSWERED, WAITING, Mask, Rows, Snapshot

FINEST = 24
"""Bits of a column or line at the finest level."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_SPREADING = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def spread(bits: Ints) -> Ints:
    """The same bits with a nought before each."""
    for by, mask in _SPREADING:
        bits = (bits | (bits << by)) & mask
    return bits


def gathered(bits: Ints) -> Ints:
    """Every second bit, put together again."""
    bits = bits & _SPREADING[-1][1]
    for by, mask in zip(
        (1, 2, 4, 8, 16),
        (0x3333333333333333, 0x0F0F0F0F0F0F0F0F, 0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF, 0xFFFFFFFF),
        strict=True,
    ):
        bits = (bits | (bits >> by)) & mask
    return bits


def codes(column: Ints, line: Ints) -> Ints:
    """Morton codes of cells."""
    return spread(column) | (spread(line) << 1)


@dataclass(frozen=True)
class Layer:
    """The public appeals that pass some filters: those with a point in the order of their codes, the rest counted by district.

    ``rows`` are the snapshot's; ``x`` and ``y`` are of the unit square; ``loose`` is (district's key, waiting, answered).
    """

    rows: Rows
    code: Ints
    x: Floats
    y: Floats
    red: NDArray[np.bool_]
    loose: list[tuple[int, int, int]]

    @property
    def size(self) -> int:
        """Bytes, with the sums."""
        return 64 * len(self.rows)

    @cached_property
    def reds(self) -> Floats:
        """How many are red before each."""
        return running(self.red)

    @cached_property
    def xs(self) -> Floats:
        """The sum of ``x`` before each."""
        return running(self.x)

    @cached_property
    def ys(self) -> Floats:
        """The sum of ``y`` before each."""
        return running(self.y)


def running(values: NDArray[Any]) -> Floats:
    """Sums of all that comes before each, and of all."""
    sums = np.zeros(len(values) + 1)
    np.cumsum(values, out=sums[1:])
    return sums


def placed(found: Snapshot) -> tuple[Rows, Ints]:
    """All rows with a point in the order of their codes, and the codes; worked out once for each state of the snapshot."""
    held: tuple[Rows, Ints] | None = found.made("placed")
    if held is None:
        x, y = found.column("x"), found.column("y")
        rows = np.flatnonzero(~np.isnan(x)).astype(np.int32)
        size = 1 << FINEST
        code = codes((x[rows] * size).astype(np.int64), (y[rows] * size).astype(np.int64))
        order = np.argsort(code)
        held = (rows[order], code[order])
        found.keep("placed", held, held[0].nbytes + held[1].nbytes)
    return held


def layer(found: Snapshot, chosen: Mask) -> Layer:
    """The layer of the chosen rows."""
    rows, code = placed(found)
    passed = chosen[rows]
    rows = rows[passed]
    states = found.column("state")
    without = np.flatnonzero(chosen & np.isnan(found.column("x")))
    counts = np.bincount(found.column("district")[without] * np.int64(3) + states[without], minlength=len(found.keys) * 3)
    return Layer(
        rows=rows,
        code=code[passed],
        x=found.column("x")[rows],
        y=found.column("y")[rows],
        red=states[rows] == WAITING,
        loose=[
            (district, each[WAITING], each[ANSWERED]) for district, each in enumerate(counts.reshape(-1, 3).tolist()) if any(each)
        ],
    )
