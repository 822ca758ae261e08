"""Small workbooks made by hand, for the tests of reading."""

import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

MADE = datetime(2020, 3, 2, tzinfo=UTC)  # the same bytes at every run
SHEET = "xl/worksheets/sheet1.xml"


def workbook(*sheets: Sequence[Sequence[Any]], names: Sequence[str] = ()) -> bytes:
    """A workbook of plain rows; None leaves a cell out."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": MADE})
    for place, rows in enumerate(sheets):
        sheet = book.add_worksheet(names[place] if names else None)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, value)
                elif value is not None:
                    sheet.write(number, column, value)
    book.close()
    return stream.getvalue()


def built(build: Callable[[Any, Any], None]) -> bytes:
    """A workbook of one sheet that `build(book, sheet)` fills."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream)
    book.set_properties({"created": MADE})
    build(book, book.add_worksheet())
    book.close()
    return stream.getvalue()


def repacked(
    content: bytes,
    changes: dict[str, Callable[[bytes], bytes]] | None = None,
    extra: dict[str, bytes] | None = None,
    without: Sequence[str] = (),
) -> bytes:
    """The same workbook with some parts changed, added or left out."""
    source, stream = zipfile.ZipFile(BytesIO(content)), BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in without:
                change = (changes or {}).get(name, bytes)
                target.writestr(name, change(source.read(name)))
        for name, data in (extra or {}).items():
            target.writestr(name, data)
    return stream.getvalue()


def in_sheet(content: bytes, old: bytes, new: bytes) -> bytes:
    """The same workbook with a piece of its first sheet's XML replaced."""

    def change(xml: bytes) -> bytes:
        assert old in xml, f"{old!r} is not in the sheet"
        return xml.replace(old, new, 1)

    return repacked(content, {SHEET: change})
