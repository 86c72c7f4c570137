"""Rows of the tables that an import takes: what each column is, and how many rows there may be."""

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import IO

from src.local_officer.exchange.columns import keys_of, missing
from src.platform.files.tables import Unreadable, lines

ROWS_AT_MOST = 100_000

Row = tuple[int, dict[str, str]]


def rows(file: IO[bytes], kind: str, form: str) -> Generator[Row, None, None]:
    """Numbered rows (the number is the line in the sheet, 2 is the first after the headings). Raises :class:`Unreadable`."""
    keys: list[str] = []
    found = 0
    with closing(lines(file, form)) as source:
        for number, texts in source:
            if not keys:
                keys = headed(kind, texts)
                continue
            found += 1
            if found > ROWS_AT_MOST:
                raise Unreadable("too_many_rows", limit=str(ROWS_AT_MOST))
            filled = texts + [""] * (len(keys) - len(texts))
            yield number, {key: text for key, text in zip(keys, filled, strict=False) if key}
    if not found:
        raise Unreadable("no_rows")


def headed(kind: str, texts: Sequence[str]) -> list[str]:
    """What each column is. Raises :class:`Unreadable` when one is lacking."""
    keys = keys_of(kind, texts)
    lacking = missing(kind, keys)
    if lacking:
        raise Unreadable("missing_column", columns=", ".join(column.uk for column in lacking))
    return keys
