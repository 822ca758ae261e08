"""Tables out of the portal: xlsx and csv whose cells no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

import xlsxwriter

from .vocabulary import FORMULA_STARTS

LONGEST_CELL = 32_767
#: Rows that a sheet holds below its headings.
MOST_ROWS = 1_048_575
#: Rows in one piece of a csv.
PIECE = 500
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# A printable text can do harm by its first character alone; a blank may hide one.
_TO_LOOK_AT = f"{FORMULA_STARTS} "


def neutral(text: str) -> str:
    """Text that a spreadsheet shows and does not run.

    SECURITY: what begins with = + - @ (half or full width), a tab, a line end or NUL gets an
    apostrophe in front; spaces before the sign do not help it. Characters that no workbook may
    hold fall away. The import takes the apostrophe off again.
    """
    if text.isprintable() and text[:1] not in _TO_LOOK_AT and len(text) <= LONGEST_CELL:
        return text
    clean = _ILLEGAL.sub("", text)
    start = clean.lstrip(" \u3000\ufeff\u200b")[:1]
    if text[:1] == "\x00" or (start and (start in FORMULA_STARTS or start in "\t\r\n")):
        clean = f"'{clean}"
    return clean[:LONGEST_CELL]


def plain(value: Any) -> Any:
    """A value as it may stand in a cell: numbers and dates as they are, all else neutral text."""
    if type(value) is str:
        return neutral(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float | Decimal | date):
        return value
    return neutral(str(value))


def csv_lines(headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A csv piece by piece for a streaming response: UTF-8 with BOM, so that Excel shows it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    stream.write("\ufeff")
    writer.writerow([plain(heading) for heading in headings])
    waiting = iter(rows)
    while True:
        # The headings go out before the first row is asked for.
        yield stream.getvalue().encode()
        stream.seek(0)
        stream.truncate()
        piece = list(islice(waiting, PIECE))
        if not piece:
            return
        writer.writerows([plain(value) for value in row] for row in piece)


@dataclass(slots=True)
class OutSheet:
    """One sheet to be written. `widths` are in characters, by the place of the column."""

    title: str
    headings: Sequence[Any]
    rows: Iterable[Sequence[Any]]
    widths: Mapping[int, int] = field(default_factory=dict)


def new_workbook(stream: BinaryIO) -> xlsxwriter.Workbook:
    """A workbook that keeps one row in memory and never makes formulas or links of text.

    Rows wait in a temporary file that only this user may read and that is gone after `close`.
    """
    return xlsxwriter.Workbook(
        stream,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )


_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def sheet_title(text: Any) -> str:
    """A name that Excel allows for a sheet."""
    return _TITLE.sub(" ", str(text)).strip(" '")[:31] or "1"


def write_cell(sheet: Any, row: int, column: int, value: Any, style: Any = None) -> None:
    """Write one value neutralised, by its type."""
    value = plain(value)
    if isinstance(value, str):
        if value:
            sheet.write_string(row, column, value, style)
        elif style is not None:
            sheet.write_blank(row, column, None, style)
    elif isinstance(value, date):
        if value.year < 1900:
            sheet.write_string(row, column, value.isoformat(), style)
        else:
            moment = value.replace(tzinfo=None) if isinstance(value, datetime) else value
            sheet.write_datetime(row, column, moment, style)
    elif value != value or abs(value) > 1e300:  # not a number, or beyond Excel
        sheet.write_string(row, column, str(value), style)
    else:
        sheet.write_number(row, column, value, style)


def write_xlsx(stream: BinaryIO, sheets: Iterable[OutSheet]) -> None:
    """Write the sheets to `stream`, row by row, each with its header frozen."""
    book = new_workbook(stream)
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF2", "text_wrap": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for out in sheets:
        sheet = book.add_worksheet(sheet_title(out.title))
        sheet.freeze_panes(1, 0)
        for place in range(len(out.headings)):
            sheet.set_column(place, place, out.widths.get(place, 16))
        for place, heading in enumerate(out.headings):
            write_cell(sheet, 0, place, str(heading), bold)
        for number, row in enumerate(out.rows, 1):
            for place, value in enumerate(row):
                style = moment if isinstance(value, datetime) else None
                write_cell(sheet, number, place, value, style)
    book.close()


def xlsx_bytes(sheets: Iterable[OutSheet]) -> bytes:
    """The same as one piece of bytes."""
    stream = io.BytesIO()
    write_xlsx(stream, sheets)
    return stream.getvalue()
