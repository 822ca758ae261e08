"""The workbooks to download and fill in: the roster and the supplies ledger."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from .columns import Column
from .ledger import LEDGER_COLUMNS
from .limits import STANDARD
from .roster import ROSTER_COLUMNS
from .vocabulary import (
    DIRECTION_ANSWERS,
    EXAMPLE_MARK,
    HEALTH_ANSWERS,
    ID_KIND_ANSWERS,
    INSPECTION_ANSWERS,
    ITEMS,
)
from .words import Words
from .writing import new_workbook, sheet_title, write_cell

_DATES = frozenset({"arrived_on", "certificate_on", "date"})
_NUMBERS = frozenset({"quantity", "return_batch"})
_WIDTHS = {"id_number": 24, "mobile": 16, "travel": 26, "gatherings": 22, "name": 20, "item": 20}

Lists = dict[str, list[Words]]


def _words(answers: dict[str, tuple[Words, tuple[str, ...]]]) -> list[Words]:
    return [words for words, _aliases in answers.values()]


_ROSTER_LISTS: Lists = {
    "id_kind": _words(ID_KIND_ANSWERS),
    "health": _words(HEALTH_ANSWERS),
    "inspection": _words(INSPECTION_ANSWERS),
}
_LEDGER_LISTS: Lists = {
    "direction": _words(DIRECTION_ANSWERS),
    "item": [words for words, _unit, _aliases in ITEMS.values()],
}


def roster_template() -> bytes:
    """The roster to fill in, in the active language: text columns, drop-down lists, hints."""
    columns = [column for column in ROSTER_COLUMNS if column.key != "origin"]
    return _template(_("花名册"), columns, _ROSTER_LISTS)


def ledger_template() -> bytes:
    """The supplies ledger to fill in, in the active language."""
    return _template(_("物资台账"), list(LEDGER_COLUMNS), _LEDGER_LISTS)


def _template(title: str, columns: Sequence[Column], lists: Lists) -> bytes:
    stream = io.BytesIO()
    book = new_workbook(stream)
    sheet = book.add_worksheet(sheet_title(title))
    _fill_head(book, sheet, columns)
    for place, column in enumerate(columns):
        _validate(sheet, place, column, lists)
    _explain(book, columns, lists)
    book.close()
    return stream.getvalue()


def _fill_head(book: Any, sheet: Any, columns: Sequence[Column]) -> None:
    needed = book.add_format({"bold": True, "bg_color": "#DCE8E4", "text_wrap": True})
    other = book.add_format({"bold": True, "bg_color": "#EEF1F3", "text_wrap": True})
    grey = book.add_format({"italic": True, "font_color": "#6B7680", "num_format": "@"})
    # Text format, so that Excel does not make a number of an id and lose its last digits.
    as_text = book.add_format({"num_format": "@"})
    as_date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        style = as_date if column.key in _DATES else as_text
        style = None if column.key in _NUMBERS else style
        sheet.set_column(place, place, _WIDTHS.get(column.key, 14), style)
    for place, column in enumerate(columns):
        mark = "*" if column.need == "cell" else ""
        write_cell(
            sheet,
            0,
            place,
            f"{column.heading}{mark}",
            other if column.need == "optional" else needed,
        )
    for place, column in enumerate(columns):
        example = _example(column)
        if place == 0:
            example = _("%(mark)s：%(example)s（此行导入时跳过）") % {
                "mark": EXAMPLE_MARK,
                "example": example,
            }
        write_cell(sheet, 1, place, example, grey)


def _example(column: Column) -> str:
    """The example as it stands, or the answer in the reader's language."""
    for answers in (ID_KIND_ANSWERS, HEALTH_ANSWERS, INSPECTION_ANSWERS, DIRECTION_ANSWERS):
        for words, _aliases in answers.values():
            if column.example == words.zh:
                return str(words)
    return column.example


def _validate(sheet: Any, place: int, column: Column, lists: Lists) -> None:
    options: dict[str, Any] = {
        "validate": "any",
        "input_title": str(column.heading)[:32],
        "input_message": str(column.hint)[:255],
    }
    if column.key in lists:
        # Only a warning for the items: others may be written as well.
        options |= {
            "validate": "list",
            "source": [str(words) for words in lists[column.key]],
            "error_type": "warning" if column.key == "item" else "stop",
            "error_message": _("请从列表中选择。"),
        }
    sheet.data_validation(1, place, STANDARD.rows - 1, place, options)


def _explain(book: Any, columns: Sequence[Column], lists: Lists) -> None:
    sheet = book.add_worksheet(sheet_title(_("填写说明")))
    bold = book.add_format({"bold": True, "bg_color": "#EEF1F3"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for place, width in enumerate((22, 14, 52, 26)):
        sheet.set_column(place, place, width)
    heads = (_("列名"), _("是否必填"), _("怎样填写"), _("例子"))
    for place, head in enumerate(heads):
        write_cell(sheet, 0, place, head, bold)
    needs = {
        "cell": _("必填"),
        "column": _("提交前补齐"),
        "optional": _("选填"),
    }
    for number, column in enumerate(columns, 1):
        hint = str(column.hint)
        if column.key in lists:
            hint += "\n" + " / ".join(map(str, lists[column.key]))
        cells = (str(column.heading), needs[column.need], hint, _example(column))
        for place, text in enumerate(cells):
            write_cell(sheet, number, place, text, wrap)
