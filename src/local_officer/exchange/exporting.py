"""Files made of rows: what an export gives, and templates to fill in. What is written here an import takes back unchanged."""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from src.local_officer.exchange.columns import COLUMNS
from src.local_officer.exchange.values import WORDS
from src.platform.files.tables import guarded

BOM = "\ufeff"
"""Without it a spreadsheet takes UTF-8 for Windows-1251."""
PART = 64 * 1024
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}


def headings(kind: str, language: str) -> list[str]:
    """The first line of a table."""
    return [column.uk if language == "uk" else column.en for column in COLUMNS[kind]]


def shown(kind: str, row: Mapping[str, Any]) -> list[str]:
    """The cells of a row: words for codes, nothing that a spreadsheet would run."""
    return [
        guarded(WORDS[column.key].get(row[column.key], row[column.key]) if column.key in WORDS else row[column.key])
        for column in COLUMNS[kind]
    ]


def example(kind: str) -> dict[str, str]:
    """The row of a template."""
    return {column.key: column.example for column in COLUMNS[kind]}


def table(kind: str, form: str, language: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A CSV or XLSX, part by part."""
    return (as_xlsx if form == "xlsx" else as_csv)(kind, language, rows)


def as_csv(kind: str, language: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """With semicolons, as spreadsheets set to Ukrainian expect."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";")
    out.write(BOM)
    writer.writerow(headings(kind, language))
    for row in rows:
        writer.writerow(shown(kind, row))
        if out.tell() > PART:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def as_xlsx(kind: str, language: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """All cells are text, so that a service number keeps its noughts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(kind)
    sheet.append(headings(kind, language))
    for row in rows:
        cells = []
        for text in shown(kind, row):
            one = WriteOnlyCell(cast("Any", sheet), value=text)
            one.data_type, one.number_format = "s", "@"
            cells.append(one)
        sheet.append(cells)
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while part := file.read(PART):
            yield part


def geojson(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A FeatureCollection, feature by feature."""
    yield b'{"type": "FeatureCollection", "features": ['
    for index, row in enumerate(rows):
        properties = {column.key: row[column.key] for column in COLUMNS["beats"]}
        if not row.get("official", True):
            properties["official"] = False
        one = {"type": "Feature", "properties": properties, "geometry": row["boundary"]}
        yield (",\n" if index else "\n").encode() + json.dumps(one, ensure_ascii=False).encode()
    yield b"\n]}\n"
