import io
from datetime import date

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from filings.sheets.ledger import LEDGER, read_ledger
from filings.sheets.roster import ROSTER, ROSTER_COLUMNS, read_roster
from filings.sheets.template import ledger_template, roster_template

TODAY = date(2020, 3, 2)


def filled(content, rows):
    """The template with rows typed in below its example."""
    book = load_workbook(io.BytesIO(content))
    for number, row in enumerate(rows, 3):
        for place, value in row.items():
            book.worksheets[0].cell(number, place, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_column_of_the_roster_template_is_known_to_the_import(language):
    with override(language):
        content = roster_template()

    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    keys = [ROSTER.key_of(cell.value) for cell in sheet[1]]
    assert keys == [column.key for column in ROSTER_COLUMNS if column.key != "origin"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_example_row_is_skipped_and_typed_rows_are_read(language):
    with override(language):
        content = roster_template()
    person = {1: "张三", 3: "11010519491231002X", 4: "13800001234", 5: "一车间"}

    _grid, empty = read_roster(content, "模板.xlsx", today=TODAY)
    _grid, result = read_roster(filled(content, [person]), "模板.xlsx", today=TODAY)

    assert (empty.rows, empty.errors) == ([], [])
    assert not empty.ok
    assert result.ok
    assert [(row.number, row.name) for row in result.rows] == [(3, "张三")]


def test_ids_are_text_and_answers_are_lists():
    sheet = load_workbook(io.BytesIO(roster_template())).worksheets[0]

    assert sheet.column_dimensions["C"].width > 20
    assert sheet["C2"].number_format == "@"
    lists = {
        str(rule.sqref)[0]: rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    assert lists["B"] == '"居民身份证,护照,居住证"'
    assert len(lists) == 3


def test_the_example_would_be_a_valid_row():
    book = load_workbook(io.BytesIO(roster_template()))
    book.worksheets[0]["A2"] = "张三"
    stream = io.BytesIO()
    book.save(stream)

    _grid, result = read_roster(stream.getvalue(), "模板.xlsx", today=TODAY)

    assert result.errors == []
    assert len(result.rows) == 1


def test_the_ledger_template_reads_back():
    content = ledger_template()
    keys = [
        LEDGER.key_of(cell.value) for cell in load_workbook(io.BytesIO(content)).worksheets[0][1]
    ]
    assert keys == list(LEDGER.columns)
    entry = {1: "口罩", 3: "入库", 4: 500, 5: date(2020, 2, 20), 6: "张三", 7: "采购"}

    _grid, result = read_ledger(filled(content, [entry]), "台账.xlsx", today=TODAY)

    assert result.errors == []
    assert result.rows[0].item == "mask"
