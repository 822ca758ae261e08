from datetime import date
from decimal import Decimal

import pytest

from filings.sheets.ledger import LEDGER, LEDGER_COLUMNS, LedgerRow, item_key, parse_ledger
from filings.sheets.reading import Grid

TODAY = date(2020, 3, 2)
HEADINGS = ["日期", "物资名称", "单位", "出入库", "数量", "经手人", "用途"]
ENTRY = ["2020-02-25", "一次性医用口罩", "个", "入库", "500", "张三", "采购"]


def ledger(*rows, headings=HEADINGS):
    return parse_ledger(Grid("csv", [list(headings), *map(list, rows)]), today=TODAY)


def with_cell(heading, value):
    row = list(ENTRY)
    row[HEADINGS.index(heading)] = value
    return ledger(row)


def test_an_entry_is_read_by_its_aliases():
    result = ledger(ENTRY)

    assert result.ok
    assert result.rows == [
        LedgerRow(
            2, "mask", "口罩", "只", "in", Decimal("500.000"), date(2020, 2, 25), "张三", "采购"
        )
    ]


def test_an_item_of_its_own_keeps_its_name_and_unit():
    result = ledger(["2020-02-25", "84 消毒片", "板", "出", 2.5, "张三", "车间"])

    row = result.rows[0]
    assert (row.item, row.item_name, row.unit, row.direction) == ("other", "84 消毒片", "板", "out")
    assert row.quantity == Decimal("2.5")


def test_the_usual_unit_stands_in_for_an_empty_one():
    assert with_cell("单位", "").rows[0].unit == "只"


def test_all_errors_at_once():
    result = ledger(["2.25", "", "", "转移", "-1", "", ""], ENTRY)

    assert [(error.row, error.column, error.key) for error in result.errors] == [
        (2, "A", "date"),
        (2, "B", "item"),
        (2, "D", "direction"),
        (2, "E", "quantity"),
        (2, "F", "person"),
        (2, "G", "purpose"),
    ]
    assert [row.number for row in result.rows] == [3]


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1,000", "1000"), ("０.５", "0.5"), (0.125, "0.125"), (12.0, "12"), ("1e2", "100")],
)
def test_quantities(written, amount):
    assert with_cell("数量", written).rows[0].quantity == Decimal(amount)


@pytest.mark.parametrize(
    "written", ["0", "-5", "0.0001", "十", "NaN", "Infinity", "1e12", "", 0.0, 1e300, "1e-400"]
)
def test_wrong_quantities(written):
    assert [error.key for error in with_cell("数量", written).errors] == ["quantity"]


def test_a_day_after_today_is_refused():
    assert with_cell("日期", "2020-03-02").ok
    assert with_cell("日期", "2020-03-03").errors[0].key == "date"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("口罩", "mask"),
        ("N95 口罩", "mask"),
        ("84消毒液", "disinfectant"),
        ("额温枪", "forehead_thermometer"),
        ("防护服", "protective_suit"),
        ("手套", "gloves"),
        ("Mask", "mask"),
        ("锅炉", "other"),
    ],
)
def test_item_names(name, key):
    assert item_key(name) == key


def test_no_alias_means_two_columns():
    for column in LEDGER_COLUMNS:
        for form in (column.heading.zh, column.heading.en, *column.aliases):
            assert LEDGER.key_of(form) == column.key, form
