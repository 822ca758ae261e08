"""The supplies ledger: entries in and out of a sheet, checked (requirements R3.1, R3.2).

That no balance falls below zero is not judged here: it needs what is in the store already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import values
from .columns import CellError, Column, Headings, read_table
from .limits import STANDARD, Limits
from .reading import Cell, Grid, read_grid
from .vocabulary import DIRECTION_ANSWERS, ITEMS, LEDGER_HEADINGS, LEDGER_HINTS, UNIT_ALIASES
from .words import Words

IN, OUT = DIRECTION_ANSWERS
OTHER = "other"


@dataclass(slots=True)
class LedgerRow:
    """One entry. `item` is a key of ITEMS or "other"; `item_name` what the person calls it.

    `quantity` is in `unit`, above zero, with three decimals.
    """

    number: int
    item: str
    item_name: str
    unit: str
    direction: str
    quantity: Decimal
    date: date
    person: str
    purpose: str


@dataclass(slots=True)
class LedgerSheet:
    """What a ledger file holds; the fields are those of RosterSheet."""

    rows: list[LedgerRow]
    errors: list[CellError]
    error_count: int
    ignored: list[str]
    missing: list[Words]
    warnings: list[Any]
    header_row: int
    row_count: int

    @property
    def ok(self) -> bool:
        """Whether the file can be applied: no error, and at least one entry."""
        return self.error_count == 0 and bool(self.rows)


_ITEM_KEYS = {
    values.folded_answer(form): key
    for key, (words, _usual, aliases) in ITEMS.items()
    for form in (key, words.zh, words.en, *aliases)
}
_UNITS = {
    values.folded_answer(form): unit
    for unit, forms in UNIT_ALIASES.items()
    for form in (unit, *forms)
}


def item_key(text: str) -> str:
    """The key of the item that a name stands for, or "other"."""
    return _ITEM_KEYS.get(values.folded_answer(text), OTHER)


def unit_name(text: str) -> str:
    """The usual name of a unit; one that is not known stays as it was written."""
    return _UNITS.get(values.folded_answer(text), text)


def _unit(value: Cell, today: date) -> str:
    result: str = values.text(20)(value, today)
    return unit_name(result)


# key: (need, parser, value of an empty cell)
_CHECKS: dict[str, tuple[str, values.Parser, Any]] = {
    "item": ("cell", values.text(60), ""),
    "unit": ("optional", _unit, ""),
    "direction": ("cell", values.choice(DIRECTION_ANSWERS), ""),
    "quantity": ("cell", values.quantity, None),
    "date": ("cell", values.day_between(366, 0), None),
    "person": ("cell", values.name, ""),
    "purpose": ("cell", values.text(200), ""),
}
LEDGER_COLUMNS: tuple[Column, ...] = tuple(
    Column(key, *LEDGER_HEADINGS[key], need, parse, blank, *LEDGER_HINTS[key])
    for key, (need, parse, blank) in _CHECKS.items()
)
LEDGER = Headings(LEDGER_COLUMNS)


def read_ledger(
    content: bytes, name: str, *, today: date, limits: Limits = STANDARD
) -> tuple[Grid, LedgerSheet]:
    """The grid and the checked entries of an uploaded ledger. Raises SheetRefused."""
    grid = read_grid(content, name, fits=LEDGER.fit, limits=limits)
    return grid, parse_ledger(grid, today=today)


def parse_ledger(grid: Grid, *, today: date) -> LedgerSheet:
    """Check every cell of a ledger. Raises SheetRefused when it has no header."""
    table = read_table(grid, LEDGER, today=today)
    found = table.values
    bad = table.errors.rows
    rows = []
    for index, number in enumerate(table.numbers):
        if number in bad:
            continue
        name = found["item"][index]
        key = item_key(name)
        unit = found["unit"][index] or (ITEMS[key][1].zh if key in ITEMS else "")
        rows.append(
            LedgerRow(
                number,
                key,
                ITEMS[key][0].zh if key in ITEMS else name,
                unit,
                *(found[field][index] for field in _REST),
            )
        )
    table.errors.found.sort(key=lambda error: (error.row, len(error.column), error.column))
    if not table.numbers:
        table.warnings.append(_("表头下面没有任何记录。请填写后再上传。"))
    return LedgerSheet(
        rows,
        table.errors.found,
        table.errors.count,
        table.ignored,
        table.missing,
        table.warnings,
        table.header.row + 1,
        len(table.numbers),
    )


_REST = ("direction", "quantity", "date", "person", "purpose")
