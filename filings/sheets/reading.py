"""From an uploaded file to a plain grid of cells with true row numbers, or a clear refusal."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO, TextIOWrapper
from pathlib import PurePath
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from . import package
from .limits import STANDARD, Limits, SheetRefused
from .vocabulary import CSV_DELIMITERS
from .words import Phrase

HEADER_ROWS = 10
LONGEST_RECORD = 1_000_000  # characters of one csv record
BLANK_RECORDS = 200_000  # blank csv records after the last row that are still passed over


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a usable value: `code` is "formula" (nothing stored) or an error such as
    "#N/A".
    """

    code: str

    def __str__(self) -> str:
        return "" if self.code == "formula" else self.code


Cell = str | int | float | bool | date | datetime | time | timedelta | Fault
Row = list[Cell]


@dataclass(slots=True)
class Grid:
    """The cells of one sheet: `rows[0][0]` is A1. An empty cell is "".

    `kind` is "xlsx" or "csv"; `sheet` the name of the sheet that was taken ("" for csv) and
    `passed_over` those that were not; `notes` can be shown to the person.
    """

    kind: str
    rows: list[Row]
    sheet: str = ""
    passed_over: tuple[str, ...] = ()
    encoding: str = ""
    notes: list[Any] = field(default_factory=list)


HeaderTest = Callable[[Sequence[Row]], bool]


def read_grid(
    content: bytes,
    name: str,
    *,
    fits: HeaderTest | None = None,
    limits: Limits = STANDARD,
) -> Grid:
    """The grid of an uploaded xlsx or csv file.

    `name` is the file's name as the person gave it; the content decides what the file is.
    `fits` receives the first ten rows of a sheet and says whether its header is the wanted one:
    the first sheet that fits is taken, else the first that is not empty. Raises SheetRefused.
    """
    if not content:
        raise SheetRefused("empty", _("文件是空的。请填写后保存，再上传。"))
    if len(content) > limits.file:
        raise SheetRefused(
            "too_large",
            Phrase(
                _("文件超过 %(size)s MB。请删除图片和没有用的工作表，或分成几个文件上传。"),
                size=limits.file // (1024 * 1024),
            ),
        )
    _refuse_by_name(name)
    _refuse_by_signature(content)
    if content.startswith(b"PK"):
        return _read_workbook(content, fits, limits)
    return _read_csv(content, limits)


def _refuse_by_name(name: str) -> None:
    suffix = PurePath(name.replace("\\", "/")).suffix.lower()
    if suffix in {".xlsm", ".xltm"}:
        raise SheetRefused(
            "macro",
            _("这是带宏的工作簿。请另存为“Excel 工作簿（.xlsx）”后再上传。"),
        )
    if suffix not in {".xlsx", ".xls", ".csv", ".txt", ".tsv"}:
        raise SheetRefused(
            "not_a_table",
            _("只接收 .xlsx 或 .csv 表格。请下载模板，填好后再上传。"),
        )


# The first bytes of files that people, or their programs, pass off as tables.
_SIGNATURES: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"), "executable"),
    ((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), "picture"),
    ((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"), "archive"),
    ((b"{\\rtf",), "other_office"),
)
_SIGNATURE_MESSAGES = {
    "executable": _("这是程序文件，不是表格，不能接收。请下载模板，填好后再上传。"),
    "picture": _("这是图片或 PDF，不是表格。请把内容填入下载的模板后再上传。"),
    "archive": _("这是压缩包。请先解压，再上传里面的表格文件（.xlsx 或 .csv）。"),
    "other_office": _("这是文字文档，不是表格。请把内容填入下载的模板（.xlsx）后再上传。"),
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _refuse_by_signature(content: bytes) -> None:
    if content.startswith(_OLE):
        _refuse_old_office(content)
    for starts, key in _SIGNATURES:
        if content.startswith(starts):
            raise SheetRefused(key, _SIGNATURE_MESSAGES[key])
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<workbook", b"<script")):
        raise SheetRefused(
            "html",
            _(
                "文件名是表格，内容却是网页。请用 Excel 或 WPS 打开，"
                "另存为“Excel 工作簿（.xlsx）”后再上传。"
            ),
        )


def _refuse_old_office(content: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise SheetRefused(
            "encrypted", _("文件设有密码，无法读取。请在 Excel 或 WPS 中取消密码并保存后再上传。")
        )
    raise SheetRefused(
        "old_xls",
        _("这是旧版 Excel 文件（.xls）。请打开后另存为“Excel 工作簿（.xlsx）”再上传。"),
    )


# Workbooks


def _read_workbook(content: bytes, fits: HeaderTest | None, limits: Limits) -> Grid:
    checked = package.inspect(content, limits)
    try:
        return _choose_sheet(checked, fits, limits)
    except CalamineError:
        raise SheetRefused("damaged", package.DAMAGED) from None
    except BaseException as error:
        # A panic inside calamine arrives as a BaseException of its own.
        if type(error).__name__ == "PanicException":
            raise SheetRefused("damaged", package.DAMAGED) from None
        raise


def _choose_sheet(checked: package.Package, fits: HeaderTest | None, limits: Limits) -> Grid:
    with CalamineWorkbook.from_object(BytesIO(checked.content)) as book:
        seen = [
            (place, sheet.name)
            for place, sheet in enumerate(book.sheets_metadata)
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if len(seen) > limits.sheets:
            raise SheetRefused(
                "too_many_sheets",
                Phrase(
                    _("工作簿里有 %(count)s 张工作表，过多。请只保留要导入的一张后再上传。"),
                    count=len(seen),
                ),
            )
        first: Grid | None = None
        for place, name in seen:
            scan = checked.scan_of(place)
            grid = _grid_of(book.get_sheet_by_index(place), name, scan, limits)
            if not grid.rows:
                continue
            if fits is None or fits(grid.rows[:HEADER_ROWS]):
                return _with_others(grid, [other for _place, other in seen if other != name])
            first = first or grid
    if first is None:
        raise SheetRefused("no_sheet", _("工作簿里没有填写任何内容。请填写后保存，再上传。"))
    return _with_others(first, [other for _place, other in seen if other != first.sheet])


def _with_others(grid: Grid, others: list[str]) -> Grid:
    grid.passed_over = tuple(others)
    return grid


def _grid_of(
    sheet: CalamineSheet, name: str, scan: package.PartScan | None, limits: Limits
) -> Grid:
    rows = cast(list[Row], sheet.to_python(skip_empty_area=False))
    grid = Grid("xlsx", rows, sheet=name)
    if scan is not None:
        _place_faults(rows, scan.faults, limits)
        if scan.merged:
            _fill_merged(grid, sheet)
        if scan.hidden_rows:
            grid.notes.append(
                Phrase(
                    _("有 %(count)s 行被隐藏，也按正常的行读取，例如第 %(row)s 行。"),
                    count=len(scan.hidden_rows),
                    row=scan.hidden_rows[0],
                )
            )
    _refuse_long_cells(rows, limits)
    _drop_blank_end(rows)
    return grid


def _place_faults(rows: list[Row], faults: dict[tuple[int, int], str], limits: Limits) -> None:
    """Put back what calamine leaves empty: error cells and formulas without a stored value."""
    known: dict[str, Fault] = {}
    for (row, column), code in faults.items():
        if row >= limits.rows or column >= limits.columns:
            continue
        while len(rows) <= row:
            rows.append([])
        line = rows[row]
        if len(line) <= column:
            line.extend([""] * (column + 1 - len(line)))
        if line[column] == "":
            line[column] = known.setdefault(code, Fault(code))


def _fill_merged(grid: Grid, sheet: CalamineSheet) -> None:
    """Give every row of a cell merged downwards the value of that cell.

    A workshop written once beside its thirty people means all thirty. Cells merged across
    columns are titles and stay as they are.
    """
    filled, example, rows = 0, 0, grid.rows
    for (top, left), (bottom, right) in (sheet.merged_cell_ranges or [])[:20_000]:
        if left != right or top >= len(rows) or left >= len(rows[top]) or rows[top][left] == "":
            continue
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and row[left] == "":
                row[left] = rows[top][left]
        filled, example = filled + 1, example or top + 1
        if filled > 20_000:
            break
    if filled:
        grid.notes.append(
            Phrase(
                _("有 %(count)s 处合并单元格，其中每一行都按合并的内容读取，例如第 %(row)s 行起。"),
                count=filled,
                row=example,
            )
        )


def _refuse_long_cells(rows: list[Row], limits: Limits) -> None:
    most = limits.cell_characters
    for number, row in enumerate(rows, 1):
        for value in row:
            if type(value) is str and len(value) > most:
                raise _too_long(number, most)


def _too_long(row: int, most: int) -> SheetRefused:
    return SheetRefused(
        "cell_too_long",
        Phrase(
            _("第 %(row)s 行有一格超过 %(most)s 个字。请检查是否多粘贴了内容，改短后再上传。"),
            row=row,
            most=most,
        ),
    )


def _drop_blank_end(rows: list[Row]) -> None:
    while rows and not any(value != "" for value in rows[-1]):
        rows.pop()


# Csv

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODING = _(
    "文件的文字编码无法识别。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传。"
)
_BINARY = _("文件里有表格不会有的字符，可能已损坏或不是表格。请重新从 Excel 或 WPS 导出后再上传。")
# A text holds tabs and line ends and no other control character; a page break is let pass.
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13})


def _read_csv(content: bytes, limits: Limits) -> Grid:
    encoding = _encoding_of(content)
    grid = Grid("csv", [], encoding=encoding.removesuffix("-sig"))
    with TextIOWrapper(BytesIO(content), encoding=encoding, newline="") as text:
        lines = _Lines(text)
        delimiter = _delimiter_of(lines, grid)
        _read_records(lines, delimiter, grid, limits)
    if not grid.rows:
        raise SheetRefused("empty", _("文件里没有内容。请填写后保存，再上传。"))
    return grid


def _encoding_of(content: bytes) -> str:
    """UTF-16 by its mark, UTF-8 with or without, else GB18030: the first that fits throughout."""
    marked = next((name for mark, name in _BOMS if content.startswith(mark)), "")
    if marked != "utf-16" and len(content.translate(None, _CONTROLS)) != len(content):
        raise SheetRefused("binary", _BINARY)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        if _decodes(content, encoding):
            return encoding
    raise SheetRefused("encoding", _ENCODING)


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for offset in range(0, len(content), package.PIECE):
            text = decoder.decode(content[offset : offset + package.PIECE])
            if "\x00" in text:
                raise SheetRefused("binary", _BINARY)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


class _Lines:
    """The lines of a text, each whole; `used` and `count` are the characters and lines since the
    last record.

    SECURITY: one quote that is never closed, or one line without an end, would otherwise gather
    the whole file in a single record.
    """

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self._first: list[str] = []
        self.used = self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._first.pop() if self._first else self._text.readline(LONGEST_RECORD + 1)
        if not line:
            raise StopIteration
        self.used += len(line)
        self.count += 1
        if self.used > LONGEST_RECORD:
            raise SheetRefused(
                "quotes",
                _(
                    "文件里有一行过长，可能是引号没有成对，或者这不是表格。"
                    "请用 Excel 或 WPS 打开检查，另存后再上传。"
                ),
            )
        return line

    def start_record(self) -> None:
        """Count anew."""
        self.used = self.count = 0

    def peek(self) -> str:
        """The first line, which is still to be read."""
        line = next(self, "")
        self._first.append(line)
        self.start_record()
        return line


def _delimiter_of(lines: _Lines, grid: Grid) -> str:
    """The mark between the cells: as `sep=;` says, else the one the first line has most of."""
    line = lines.peek()
    if line.lower().startswith("sep=") and len(line.rstrip("\r\n")) == 5:
        next(lines)
        grid.rows.append([])
        return line[4]
    return max(CSV_DELIMITERS, key=line.count)


def _read_records(lines: _Lines, delimiter: str, grid: Grid, limits: Limits) -> None:
    """Append the records to the grid, without empty cells at their end or blank ones at the end."""
    number, cells = len(grid.rows), 0
    try:
        for record in csv.reader(lines, delimiter=delimiter, strict=True):
            lines.start_record()
            number += 1
            while record and not record[-1].strip():
                record.pop()
            if not record:
                if number - len(grid.rows) > BLANK_RECORDS:
                    raise package.too_many_rows(number, limits)
                continue
            cells += len(record)
            _refuse_large_record(number, cells, record, limits)
            grid.rows.extend([] for _blank in range(number - 1 - len(grid.rows)))
            grid.rows.append(record)  # type: ignore[arg-type]
    except csv.Error as error:
        if "larger" in str(error) and lines.count == 1:
            raise _too_long(number + 1, limits.cell_characters) from None
        raise SheetRefused(
            "quotes",
            Phrase(
                _("第 %(row)s 行的引号没有成对。请用 Excel 或 WPS 打开检查，另存后再上传。"),
                row=number + 1,
            ),
        ) from None


def _refuse_large_record(number: int, cells: int, record: list[str], limits: Limits) -> None:
    if number > limits.rows:
        raise package.too_many_rows(number, limits)
    if len(record) > limits.columns:
        raise package.too_many_columns(len(record), limits)
    if cells > limits.cells:
        raise package.too_many_cells(cells, limits)
    if max(map(len, record)) > limits.cell_characters:
        raise _too_long(number, limits.cell_characters)
