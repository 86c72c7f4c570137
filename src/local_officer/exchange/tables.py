"""Tables in files, row by row: CSV (of any usual separator and encoding) and XLSX, read within bounded memory."""

import codecs
import csv
import re
import zipfile
from collections.abc import Generator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from io import TextIOWrapper
from typing import IO, Any

from openpyxl import load_workbook

from src.local_officer.exchange.columns import keys_of, missing

ROWS_AT_MOST = 100_000
COLUMNS_AT_MOST = 60
CELL_AT_MOST = 2000
UNPACKED_AT_MOST = 200 * 1024 * 1024
STRINGS_AT_MOST = 60 * 1024 * 1024
PARTS_AT_MOST = 500
"""Of an XLSX, which is a ZIP: bytes of all parts and of the one that is read whole; a row of 50,000 takes some 100 bytes."""
SNIFFED = 64 * 1024
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
FORMULA = re.compile(r"'*[=+\-@\t\r]")
GUARDED = re.compile(r"'+[=+\-@\t\r]")

Row = tuple[int, dict[str, str]]


class Unreadable(Exception):  # noqa: N818  the domain's word
    """The file cannot be read at all: a code of :mod:`words`, and what the sentence names."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def guarded(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula (CWE-1236): an apostrophe before it, which :func:`cell` takes off."""
    return f"'{text}" if FORMULA.match(text) else text


def cell(value: object) -> str:
    """What a cell says, as text: days as 2027-01-15, times as 17:00, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    if GUARDED.match(text):
        text = text[1:]
    return CONTROL.sub("", text).strip()[: CELL_AT_MOST + 1]


def rows(file: IO[bytes], kind: str, form: str) -> Generator[Row, None, None]:
    """Numbered rows (the number is the line in the sheet, 2 is the first after the headings). Raises :class:`Unreadable`."""
    keys: list[str] = []
    found = 0
    with closing(xlsx_lines(file) if form == "xlsx" else csv_lines(file)) as lines:
        for number, line in lines:
            texts = [cell(value) for value in line[:COLUMNS_AT_MOST]]
            if not any(texts):
                continue
            if not keys:
                keys = headed(kind, texts)
                continue
            found += 1
            if found > ROWS_AT_MOST:
                raise Unreadable("too_many_rows", limit=str(ROWS_AT_MOST))
            texts += [""] * (len(keys) - len(texts))
            yield number, {key: text for key, text in zip(keys, texts, strict=False) if key}
    if not found:
        raise Unreadable("no_rows")


def headed(kind: str, texts: Sequence[str]) -> list[str]:
    """What each column is. Raises :class:`Unreadable` when one is lacking."""
    keys = keys_of(kind, texts)
    lacking = missing(kind, keys)
    if lacking:
        raise Unreadable("missing_column", columns=", ".join(column.uk for column in lacking))
    return keys


def csv_lines(file: IO[bytes]) -> Generator[tuple[int, Sequence[str]], None, None]:
    """Lines of a CSV."""
    encoding = encoding_of(file)
    file.seek(0)
    text = TextIOWrapper(file, encoding, newline="")
    try:
        sample = text.read(SNIFFED).split("\n", 1)[0]
        separator = max(";,\t", key=sample.count)
        text.seek(0)
        yield from enumerate(csv.reader(text, delimiter=separator), start=1)
    except (csv.Error, UnicodeError) as problem:
        raise Unreadable("broken") from problem
    finally:
        text.detach()


def encoding_of(file: IO[bytes]) -> str:
    """UTF-8 if all of it is, UTF-16 by its mark, else Windows-1251, which old spreadsheets write."""
    file.seek(0)
    start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while part := file.read(SNIFFED):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1251"
    return "utf-8-sig"


def xlsx_lines(file: IO[bytes]) -> Generator[tuple[int, Sequence[Any]], None, None]:
    """Lines of the first sheet, which is read as it goes."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
        swollen = is_swollen(parts)
        file.seek(0)
        book = None if swollen else load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as problem:  # the parsers raise whatever the bytes make them raise
        raise Unreadable("broken") from problem
    if book is None:
        raise Unreadable("too_large_unpacked")
    try:
        sheet = book.worksheets[0]
        yield from enumerate(sheet.iter_rows(values_only=True, max_col=COLUMNS_AT_MOST), start=1)
    except Exception as problem:
        raise Unreadable("broken") from problem
    finally:
        book.close()


def is_swollen(parts: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether an XLSX would be too large unpacked. ``zipfile`` unpacks no more of a part than its directory says."""
    strings = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
    return len(parts) > PARTS_AT_MOST or strings > STRINGS_AT_MOST or sum(part.file_size for part in parts) > UNPACKED_AT_MOST
