"""From a grid to checked columns: which column is which, and every bad cell at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from .identity import mask_numbers, masked
from .limits import SheetRefused
from .reading import HEADER_ROWS, Cell, Grid, Row
from .values import Parser, is_blank, refuse_fault
from .vocabulary import EXAMPLE_MARK, FULL_STOPS, HEADING_TO_PASS_OVER, LIST_MARK
from .words import BadValue, Phrase, Words

MOST_ERRORS = 20_000
_BRACKETS = re.compile(r"[(\[\u3010<].*?[)\]\u3011>]")
_LOOSE = re.compile(rf"[\s*:;,{LIST_MARK}{FULL_STOPS}\u200b\ufeff_-]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    `need` is "cell" (every row fills it), "column" (the column is there, empty cells are only
    noted) or "optional". `personal` values are masked in every message.
    """

    key: str
    heading: Words
    aliases: tuple[str, ...]
    need: str
    parse: Parser
    blank: Any
    hint: Words
    example: str
    personal: bool = False
    unique: bool = False  # hardly two rows alike, so that remembering values does not pay


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that cannot be taken. `row` is the row of the file, from 1; `column` its letters.

    `value` is what stood there, ids and mobile numbers masked. The texts are lazy: `as_dict`
    puts them into the language of the moment.
    """

    row: int
    column: str
    key: str
    heading: Any
    value: str
    message: Any
    expected: Any

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON and templates."""
        return {
            "row": self.row,
            "column": self.column,
            "key": self.key,
            "heading": str(self.heading),
            "value": self.value,
            "message": str(self.message),
            "expected": str(self.expected),
        }


@dataclass(slots=True)
class Errors:
    """All errors of a sheet; past MOST_ERRORS they are only counted."""

    found: list[CellError] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    count: int = 0

    def add(self, error: CellError) -> None:
        """Keep the error, or only count it."""
        self.count += 1
        self.rows.add(error.row)
        if len(self.found) < MOST_ERRORS:
            self.found.append(error)


@dataclass(slots=True)
class Header:
    """Where the header stands (`row` from 0) and which column holds which key."""

    row: int
    places: dict[str, int]
    ignored: list[str]
    twice: list[tuple[Column, int]]


def column_letters(place: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def fold_heading(value: Cell) -> str:
    """A heading without case, width, spaces and punctuation."""
    text = unicodedata.normalize("NFKC", str(value)).lower()
    return _LOOSE.sub("", text)


def _forms(value: Cell) -> tuple[str, str]:
    """A heading whole, and without what stands in brackets."""
    text = unicodedata.normalize("NFKC", str(value)).lower()
    return _LOOSE.sub("", text), _LOOSE.sub("", _BRACKETS.sub("", text))


class Headings:
    """The headings of one kind of sheet, ready to be found in a row."""

    def __init__(self, columns: Iterable[Column], least: int = 3) -> None:
        self.columns = {column.key: column for column in columns}
        self.least = least
        self._known: dict[str, str] = {}
        for column in self.columns.values():
            for form in (column.heading.zh, column.heading.en, column.key):
                self._known[fold_heading(form)] = column.key
        for column in self.columns.values():
            for form in column.aliases:
                self._known.setdefault(fold_heading(form), column.key)

    def key_of(self, value: Cell) -> str:
        """The key of the column that a heading stands for, or ""."""
        whole, bare = _forms(value)
        return self._known.get(whole) or self._known.get(bare) or ""

    def fit(self, rows: Sequence[Row]) -> bool:
        """Whether one of the rows looks like the header: for read_grid."""
        return any(self.score(row) >= self.least for row in rows[:HEADER_ROWS])

    def score(self, row: Row) -> int:
        """How many different known headings a row holds."""
        return len({self.key_of(value) for value in row if type(value) is str and value} - {""})

    def find(self, grid: Grid) -> Header:
        """The header within the first ten rows: the row with most known headings.

        Of neighbours that are alike, as merged cells make them, the lowest is taken. Raises
        SheetRefused when there is none.
        """
        scores = [self.score(row) for row in grid.rows[:HEADER_ROWS]]
        best = max(scores, default=0)
        if best < self.least:
            raise SheetRefused(
                "header_missing",
                Phrase(
                    _(
                        "前 %(rows)s 行里没有找到表头。请下载模板，"
                        "或在数据上方加一行列名，例如：%(headings)s。"
                    ),
                    rows=HEADER_ROWS,
                    headings=_Listed(
                        [column.heading for column in self.columns.values() if _needed(column)]
                    ),
                ),
            )
        row = scores.index(best)
        while row + 1 < len(scores) and scores[row + 1] == best:
            row += 1
        return self._read(grid.rows[row], row)

    def _read(self, cells: Row, row: int) -> Header:
        header = Header(row, {}, [], [])
        for place, value in enumerate(cells):
            if is_blank(value):
                continue
            key = self.key_of(value)
            if not key:
                if fold_heading(value) not in HEADING_TO_PASS_OVER:
                    header.ignored.append(str(value))
            elif key in header.places:
                header.twice.append((self.columns[key], place))
            else:
                header.places[key] = place
        return header


def _needed(column: Column) -> bool:
    return column.need != "optional"


class _Listed:
    """Words joined in the reader's language."""

    def __init__(self, words: Sequence[Any]) -> None:
        self._words = words

    def __str__(self) -> str:
        return LIST_MARK.join(map(str, self._words))


@dataclass(slots=True)
class Table:
    """The data rows of a sheet column by column.

    `numbers[i]` is the row in the file (from 1) of the i-th data row, `values[key][i]` its
    parsed value (the column's blank where it is empty or bad).
    """

    header: Header
    numbers: list[int]
    cells: list[Row]
    values: dict[str, list[Any]]
    errors: Errors
    ignored: list[str]
    warnings: list[Any]
    missing: list[Words]
    empty: dict[str, list[int]] = field(default_factory=dict)

    def place(self, key: str) -> str:
        """The letters of the column that holds `key`, "" when the sheet has none."""
        place = self.header.places.get(key)
        return "" if place is None else column_letters(place)


def shown(value: Cell, *, personal: bool) -> str:
    """A cell as an error may show it: shortened, and masked where it could name a person."""
    text = str(value).strip()
    if personal:
        return masked(text[:40])
    return mask_numbers(text if len(text) <= 60 else f"{text[:59]}…")


def read_table(
    grid: Grid,
    headings: Headings,
    *,
    today: date,
    skip: frozenset[str] = frozenset(),
) -> Table:
    """Find the header and check every cell of every known column but those in `skip`.

    Rows without any known cell filled, example rows of the template and repeated headers are
    passed over. Raises SheetRefused when no header is found.
    """
    header = headings.find(grid)
    table = Table(header, [], [], {}, Errors(), header.ignored, list(grid.notes), [])
    _note_columns(table, headings)
    _collect_rows(grid, table, headings)
    for key, place in header.places.items():
        if key not in skip:
            table.values[key] = _column(table, headings.columns[key], place, today)
    for column in headings.columns.values():
        if column.key not in header.places:
            table.values[column.key] = [column.blank] * len(table.numbers)
    return table


def _note_columns(table: Table, headings: Headings) -> None:
    header = table.header
    for column in headings.columns.values():
        if _needed(column) and column.key not in header.places:
            table.missing.append(column.heading)
            table.errors.add(
                CellError(
                    header.row + 1,
                    "",
                    column.key,
                    column.heading,
                    "",
                    _("缺少这一列"),
                    Phrase(_("在表头加上“%(heading)s”列并填写"), heading=column.heading),
                )
            )
    for column, place in header.twice:
        table.warnings.append(
            Phrase(
                _("有两列都是“%(heading)s”，只读取 %(first)s 列，没有读取 %(second)s 列。"),
                heading=column.heading,
                first=column_letters(header.places[column.key]),
                second=column_letters(place),
            )
        )


def _collect_rows(grid: Grid, table: Table, headings: Headings) -> None:
    """Keep the rows that hold data, each as long as the furthest known column."""
    header = table.header
    places = sorted(header.places.values())
    width = places[-1] + 1
    first = header.places.get(next(iter(headings.columns)), places[0])
    example = (EXAMPLE_MARK.zh, EXAMPLE_MARK.en)
    repeated = 0
    for number, row in enumerate(grid.rows[header.row + 1 :], header.row + 2):
        if len(row) < width:
            row = row + [""] * (width - len(row))
        lead = row[first]
        if type(lead) is str:
            if lead.startswith(example):
                continue
            if lead and headings.key_of(lead) and headings.score(row) >= headings.least:
                repeated += 1
                continue
        if lead == "" and all(is_blank(row[place]) for place in places):
            continue
        if row.count("") >= len(row) - 1 and len(places) > 2:
            _note_lone_cell(table, headings, number, row)
            continue
        table.numbers.append(number)
        table.cells.append(row)
    if repeated:
        table.warnings.append(Phrase(_("有 %(count)s 行是重复的表头，没有读取。"), count=repeated))


def _note_lone_cell(table: Table, headings: Headings, number: int, row: Row) -> None:
    """A row with one cell filled is a sum or a remark below the list: one error, not eight."""
    for key, place in table.header.places.items():
        if row[place] != "":
            column = headings.columns[key]
            table.errors.add(
                CellError(
                    number,
                    column_letters(place),
                    key,
                    column.heading,
                    shown(row[place], personal=column.personal),
                    _("这一行只填了一格，不是完整的一行"),
                    _("补全这一行，或者删除这一行"),
                )
            )


def _column(table: Table, column: Column, place: int, today: date) -> list[Any]:
    """The parsed values of one column; what is wrong goes to the errors."""
    cells = [row[place] for row in table.cells]
    return parse_cells(table, column, cells, today)


def parse_cells(table: Table, column: Column, cells: Sequence[Cell], today: date) -> list[Any]:
    """Parse `cells`, one for each data row of the table, by the column's parser."""
    parse, blank = column.parse, column.blank
    # A roster repeats its workshops and answers thousands of times: each is parsed once.
    seen: dict[Cell, Any] = {}
    known = seen if not column.unique else None
    values: list[Any] = []
    for index, cell in enumerate(cells):
        if known is not None and cell in known:
            value = known[cell]
        else:
            value = _parsed(cell, parse, blank, today)
            if known is not None and not isinstance(cell, bool):
                known[cell] = value
        if type(value) is BadValue:
            add_error(table, index, column, cell, value)
            value = blank
        elif value is _EMPTY:
            _note_empty(table, index, column)
            value = blank
        values.append(value)
    return values


_EMPTY = object()


def _parsed(cell: Cell, parse: Parser, blank: Any, today: date) -> Any:
    if is_blank(cell):
        return _EMPTY
    try:
        refuse_fault(cell)
        return parse(cell, today)
    except BadValue as bad:
        # Kept and shared between rows: without its traceback it holds no frame alive.
        return bad.with_traceback(None)


def _note_empty(table: Table, index: int, column: Column) -> None:
    if column.need == "cell":
        add_error(
            table,
            index,
            column,
            "",
            BadValue(_("这一格没有填写"), column.hint),
        )
    elif column.need == "column":
        table.empty.setdefault(column.key, []).append(table.numbers[index])


def add_error(table: Table, index: int, column: Column, cell: Cell, bad: BadValue) -> None:
    """Report the cell of the `index`-th data row."""
    table.errors.add(
        CellError(
            table.numbers[index],
            table.place(column.key),
            column.key,
            column.heading,
            shown(cell, personal=column.personal),
            bad.message,
            bad.expected,
        )
    )
