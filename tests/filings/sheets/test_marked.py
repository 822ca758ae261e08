import io

import pytest
from openpyxl import load_workbook

from filings.sheets.marked import mark_errors
from filings.sheets.roster import read_roster
from filings.sheets.samples import SAMPLE_DAY, planted_workbook

CSV = (
    "姓名,证件号码,手机号,车间,班组,健康状况,春节出行,聚会\n"
    "张三,110105194912310021,+8613800001234,=cmd|' /C calc'!A0,甲,健康,无,无\n"
    "\n"
    "李四,11010519491231002X,1390000,一车间,甲,健康,无,无\n"
).encode()


def marked(content, name):
    grid, result = read_roster(content, name, today=SAMPLE_DAY)
    return result, mark_errors(grid, result.errors, header_row=result.header_row)


def fill(cell):
    return cell.fill.fgColor.rgb if cell.fill.fill_type else None


@pytest.fixture(scope="module")
def planted():
    return marked(planted_workbook(100)[0], "样例.xlsx")


def test_exactly_the_bad_cells_are_coloured(planted):
    result, content = planted
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]

    coloured = {
        (cell.row, cell.column_letter)
        for row in sheet.iter_rows()
        for cell in row
        if fill(cell) == "FFF9D4CF"
    }

    assert coloured == {(error.row, error.column) for error in result.errors}


def test_each_bad_cell_has_a_comment_and_its_row_a_note(planted):
    result, content = planted
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    note = next(cell.column for cell in sheet[1] if cell.value == "问题说明")

    for error in result.errors:
        assert str(error.message) in sheet[f"{error.column}{error.row}"].comment.text
        assert str(error.message) in sheet.cell(error.row, note).value
    noted = [number for number in range(2, 102) if sheet.cell(number, note).value]
    assert noted == [error.row for error in result.errors]


def test_a_second_sheet_lists_every_error_masked(planted):
    result, content = planted
    listed = list(
        load_workbook(io.BytesIO(content)).worksheets[1].iter_rows(min_row=2, values_only=True)
    )

    assert [(row[0], row[1]) for row in listed] == [
        (error.row, error.column) for error in result.errors
    ]
    assert listed[0][3] == result.errors[0].value


def test_uploaded_again_unchanged_it_has_the_same_bad_cells_and_one_note_column(planted):
    result, content = planted

    again, twice = marked(content, "样例.xlsx")

    assert [(error.row, error.column) for error in again.errors] == [
        (error.row, error.column) for error in result.errors
    ]
    assert again.ignored == []
    headings = [cell.value for cell in load_workbook(io.BytesIO(twice)).worksheets[0][1]]
    assert headings.count("问题说明") == 1


def test_corrected_it_is_taken():
    grid, result = read_roster(CSV, "a.csv", today=SAMPLE_DAY)
    book = load_workbook(io.BytesIO(mark_errors(grid, result.errors, header_row=1)))
    book.worksheets[0]["B2"] = "410899198111190299"
    book.worksheets[0]["C4"] = "13900001234"
    stream = io.BytesIO()
    book.save(stream)

    _grid, corrected = read_roster(stream.getvalue(), "a.xlsx", today=SAMPLE_DAY)

    assert corrected.errors == []
    assert [row.number for row in corrected.rows] == [2, 4]


def test_a_csv_comes_back_as_a_workbook_without_formulas():
    _result, content = marked(CSV, "a.csv")

    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet["D2"].data_type == "s"
    assert sheet["D2"].value.startswith("'=cmd")
    assert [cell.data_type for row in sheet.iter_rows() for cell in row].count("f") == 0


def test_a_missing_column_is_noted_beside_the_header():
    _result, content = marked(CSV.replace("手机号".encode(), "电邮".encode()), "a.csv")

    assert "缺少这一列" in load_workbook(io.BytesIO(content)).worksheets[0]["I1"].value
