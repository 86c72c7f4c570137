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

Lines = Generator[tuple[int, list[str]], None, None]


class Unreadable(Exception):  # noqa: N818  the domain's word
    """The file cannot be read at all: a code, for which the slice has a sentence, and what that names."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def guarded(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula (CWE-1236): an apostrophe before it, which :func:`cell` takes off."""
    return f"'{text}" if FORMULA.match(text) else text


def cell(value: object, longest: int = CELL_AT_MOST) -> str:
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
    return CONTROL.sub("", text).strip()[: longest + 1]


def lines(file: IO[bytes], form: str, *, columns: int = COLUMNS_AT_MOST, longest: int = CELL_AT_MOST) -> Lines:
    """Lines that say something, as texts, with their numbers in the sheet (from 1); ``form`` is "csv" or "xlsx".

    Of each line ``columns`` cells are read, of each cell ``longest`` characters and one more, which tells that it was longer.
    Raises :class:`Unreadable`.
    """
    with closing(xlsx_lines(file, columns) if form == "xlsx" else csv_lines(file)) as found:
        for number, line in found:
            texts = [cell(value, longest) for value in line[:columns]]
            if any(texts):
                yield number, texts


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


def xlsx_lines(file: IO[bytes], columns: int) -> Generator[tuple[int, Sequence[Any]], None, None]:
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
        yield from enumerate(sheet.iter_rows(values_only=True, max_col=columns), start=1)
    except Exception as problem:
        raise Unreadable("broken") from problem
    finally:
        book.close()


def is_swollen(parts: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether an XLSX would be too large unpacked. ``zipfile`` unpacks no more of a part than its directory says."""
    strings = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
    return len(parts) > PARTS_AT_MOST or strings > STRINGS_AT_MOST or sum(part.file_size for part in parts) > UNPACKED_AT_MOST
