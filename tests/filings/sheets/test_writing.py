import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from filings.sheets.reading import read_grid
from filings.sheets.values import text_of
from filings.sheets.writing import OutSheet, csv_lines, neutral, sheet_title, xlsx_bytes

RISKY = [
    "\x1f=1",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\x00=1",
    " =1",
    "＝1",
    "\u200b=1",
    "\n=1",
]


@pytest.mark.parametrize("text", RISKY)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert neutral(text).startswith("'")


@pytest.mark.parametrize("text", ["张三", "1-2", "a=b", "", " ", "'quoted", "13800001234"])
def test_other_text_stays_as_it_is(text):
    assert neutral(text) == text


@given(st.text(max_size=30))
def test_no_cell_of_a_csv_begins_with_a_sign(text):
    data = b"".join(csv_lines(["a"], [[text]])).decode("utf-8-sig")
    (_heading, row) = list(csv.reader(io.StringIO(data, newline="")))[:2] if text else ("", [""])

    assert (row or [""])[0].lstrip(" \u3000\ufeff\u200b")[:1] not in set("=+-@＝＋－＠\t\r\n\x00")


@pytest.mark.parametrize("text", ["=1+1", "+8613800001234", "-5", "@x"])
def test_the_import_takes_the_apostrophe_off_again(text):
    assert text_of(neutral(text)) == text


def test_csv_opens_in_excel_and_streams_in_pieces():
    pieces = list(csv_lines(["姓名", "数"], ([f"人{number}", number] for number in range(1200))))

    data = b"".join(pieces)
    assert len(pieces) > 2
    assert data.startswith(b"\xef\xbb\xbf")
    assert read_grid(data, "a.csv").rows[-1] == ["人1199", "1199"]


def test_xlsx_holds_no_formula_and_keeps_types():
    rows = [["=1+1", "http://example.org", 3, Decimal("2.5"), date(2020, 2, 20), None, True]]

    content = xlsx_bytes([OutSheet("表", ["a", "b", "c", "d", "e", "f", "g"], rows)])

    cells = list(load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2))[0]  # noqa: RUF015
    assert [cell.data_type for cell in cells[:4]] == ["s", "s", "n", "n"]
    assert cells[0].value == "'=1+1"
    assert read_grid(content, "a.xlsx").rows[1] == [
        "'=1+1",
        "http://example.org",
        3.0,
        2.5,
        date(2020, 2, 20),
        "",
        "TRUE",
    ]


@given(
    st.lists(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.dates()), max_size=5)
)
def test_anything_can_be_written_and_read_again(row):
    content = xlsx_bytes([OutSheet("表", ["表头"], [row])])

    assert read_grid(content, "a.xlsx").rows[0][0] == "表头"


def test_sheet_titles():
    assert sheet_title("a/b[c]:*?") == "a b c"
    assert sheet_title("'") == "1"
    assert len(sheet_title("长" * 50)) == 31
