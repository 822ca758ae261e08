"""The uploaded sheet given back with its bad cells marked and a list of every problem."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from .columns import CellError, fold_heading
from .reading import Cell, Fault, Grid
from .values import text_of
from .vocabulary import LIST_MARK, NOTE_HEADING
from .writing import new_workbook, sheet_title, write_cell

MOST_COMMENTS = 1000  # Excel grows slow with more; the column and the list have all of them


def mark_errors(grid: Grid, errors: Sequence[CellError], *, header_row: int) -> bytes:
    """An xlsx of the grid: bad cells coloured, with a comment and a last column that say why.

    A second sheet lists every error. `header_row` is the row of the headings, from 1. Rows and
    columns stay where they were, so that the file can be corrected and uploaded again. It holds
    the ids and mobile numbers in full, as the upload did: give it to nobody but the uploader.
    """
    stream = io.BytesIO()
    book = new_workbook(stream)
    _write_grid(book, grid, errors, header_row - 1)
    _write_list(book, errors)
    book.close()
    return stream.getvalue()


def _write_grid(book: Any, grid: Grid, errors: Sequence[CellError], header: int) -> None:
    sheet = book.add_worksheet(sheet_title(grid.sheet or _("数据")))
    styles = {
        # As text, so that an id typed anew is not made a number again.
        "text": book.add_format({"num_format": "@"}),
        "head": book.add_format({"bold": True, "bg_color": "#EEF1F3", "num_format": "@"}),
        "bad": book.add_format({"bg_color": "#F9D4CF", "border": 1, "num_format": "@"}),
        "note": book.add_format({"font_color": "#A32D1F", "text_wrap": True}),
    }
    by_row: dict[int, list[CellError]] = {}
    for error in errors:
        by_row.setdefault(error.row - 1, []).append(error)
    note_place = _note_place(grid, header)
    sheet.set_column(0, max(0, note_place - 1), 16)
    sheet.set_column(note_place, note_place, 60)
    sheet.freeze_panes(header + 1, 0)
    last = max([len(grid.rows) - 1, *by_row])
    comments = 0
    for number in range(last + 1):
        row = grid.rows[number] if number < len(grid.rows) else []
        here = by_row.get(number, [])
        bad = {column_place(error.column) for error in here if error.column}
        _write_row(sheet, number, row, bad, note_place, styles, head=number == header)
        if number == header:
            write_cell(sheet, number, note_place, _note(here) or str(NOTE_HEADING), styles["head"])
        elif here:
            write_cell(sheet, number, note_place, _note(here), styles["note"])
        if here and comments < MOST_COMMENTS:
            comments += _comment(sheet, number, here)


def _note_place(grid: Grid, header: int) -> int:
    """The column for the notes: that of an earlier round, else the first one that is free."""
    for place, value in enumerate(grid.rows[header]):
        if fold_heading(value).startswith((fold_heading(NOTE_HEADING.zh), "whattocorrect")):
            return place
    return max(map(len, grid.rows))


def _write_row(
    sheet: Any,
    number: int,
    row: Sequence[Cell],
    bad: set[int],
    note_place: int,
    styles: dict[str, Any],
    *,
    head: bool,
) -> None:
    for place in range(max(len(row), *(place + 1 for place in bad), 0)):
        if place == note_place:
            continue
        value: Any = row[place] if place < len(row) else ""
        if place in bad:
            write_cell(sheet, number, place, _as_text(value), styles["bad"])
        elif head:
            write_cell(sheet, number, place, _as_text(value), styles["head"])
        elif isinstance(value, str):
            write_cell(sheet, number, place, value, styles["text"] if value else None)
        else:
            write_cell(sheet, number, place, str(value) if isinstance(value, Fault) else value)


def _as_text(value: Cell) -> str:
    if isinstance(value, Fault):
        return str(value)
    if isinstance(value, float) and abs(value) >= 1e15:
        return f"{value:.0f}"
    return text_of(value)


def _note(errors: Iterable[CellError]) -> str:
    return "\n".join(
        f"{error.heading}: {error.message}{LIST_MARK}{error.expected}" for error in errors
    )


def _comment(sheet: Any, number: int, errors: Iterable[CellError]) -> int:
    """Comment the bad cells of the row that is being written: later rows close it for good."""
    texts: dict[str, list[str]] = {}
    for error in errors:
        if error.column:
            texts.setdefault(error.column, []).append(f"{error.message}\n{error.expected}")
    for letters, lines in texts.items():
        sheet.write_comment(number, column_place(letters), "\n".join(lines))
    return len(texts)


def column_place(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _write_list(book: Any, errors: Sequence[CellError]) -> None:
    sheet = book.add_worksheet(sheet_title(_("全部问题")))
    bold = book.add_format({"bold": True, "bg_color": "#EEF1F3"})
    for place, width in enumerate((8, 8, 20, 24, 44, 52)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    heads = (_("行"), _("列"), _("列名"), _("原来的内容"), _("问题"), _("应为"))
    for place, head in enumerate(heads):
        write_cell(sheet, 0, place, head, bold)
    for number, error in enumerate(errors, 1):
        cells = (
            error.row,
            error.column,
            str(error.heading),
            error.value,
            str(error.message),
            str(error.expected),
        )
        for place, value in enumerate(cells):
            write_cell(sheet, number, place, value)
