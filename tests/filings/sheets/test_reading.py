import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filings.sheets.limits import Limits, SheetRefused
from filings.sheets.reading import Fault, read_grid

from .books import SHEET, built, in_sheet, repacked, workbook

ROWS = [["姓名", "手机号"], ["张三", "13800001234"], ["李四", "13900001234"]]


def refused(content: bytes, name: str = "花名册.xlsx", **options) -> SheetRefused:
    with pytest.raises(SheetRefused) as caught:
        read_grid(content, name, **options)
    assert str(caught.value.message)
    return caught.value


class TestWorkbooks:
    def test_cells_keep_their_true_rows_and_columns(self):
        content = workbook([[], [], [None, "姓名"], [None, "张三", date(2020, 2, 20), 3]])

        grid = read_grid(content, "a.xlsx")

        assert grid.rows[2][1] == "姓名"
        assert grid.rows[3][1:] == ["张三", date(2020, 2, 20), 3.0]

    def test_the_first_sheet_that_fits_is_taken_and_the_others_are_told(self):
        content = workbook([["说明"]], [], ROWS, ROWS, names=["说明", "空", "花名册", "旧"])

        grid = read_grid(content, "a.xlsx", fits=lambda rows: "姓名" in rows[0])

        assert grid.sheet == "花名册"
        assert grid.passed_over == ("说明", "空", "旧")

    def test_without_a_fitting_sheet_the_first_filled_one_is_taken(self):
        grid = read_grid(workbook([], [["别的"]]), "a.xlsx", fits=lambda rows: False)

        assert grid.rows == [["别的"]]

    def test_hidden_sheets_are_not_read(self):
        def build(book, sheet):
            sheet.write("A1", "看得见")
            hidden = book.add_worksheet("选项")
            hidden.write("A1", "姓名")
            hidden.hide()

        grid = read_grid(built(build), "a.xlsx", fits=lambda rows: rows[0][0] == "姓名")

        assert grid.rows == [["看得见"]]

    def test_formulas_count_by_their_stored_value(self):
        content = built(lambda book, sheet: sheet.write_formula("A1", '="张"&"三"', None, "张三"))

        assert read_grid(content, "a.xlsx").rows == [["张三"]]

    def test_a_formula_without_a_stored_value_is_a_fault_at_its_cell(self):
        content = in_sheet(
            workbook(ROWS), b'<c r="B2" t="s"><v>3</v>', b'<c r="B2"><f>A1</f><v></v>'
        )

        assert read_grid(content, "a.xlsx").rows[1] == ["张三", Fault("formula")]

    def test_an_empty_text_as_stored_value_is_an_empty_cell(self):
        content = in_sheet(
            workbook(ROWS), b'<c r="B2" t="s"><v>3</v>', b'<c r="B2" t="str"><f>A1</f><v></v>'
        )

        assert read_grid(content, "a.xlsx").rows[1] == ["张三", ""]

    def test_error_cells_are_faults_by_their_name_even_in_the_last_row(self):
        def build(book, sheet):
            sheet.write("A1", "姓名")
            sheet.write_formula("B3", "=NA()", None, "#N/A")

        rows = read_grid(built(build), "a.xlsx").rows

        assert rows[2][1] == Fault("#N/A")

    def test_cells_merged_downwards_are_filled_and_titles_are_not(self):
        def build(book, sheet):
            sheet.merge_range("A1:C1", "花名册")
            sheet.merge_range("A2:A4", "一车间")
            sheet.write_column("B2", ["张三", "李四", "王五"])

        grid = read_grid(built(build), "a.xlsx")

        assert [row[0] for row in grid.rows] == ["花名册", "一车间", "一车间", "一车间"]
        assert "合并单元格" in str(grid.notes[0])
        assert grid.rows[0] == ["花名册", ""]

    def test_hidden_rows_are_read_and_told(self):
        def build(book, sheet):
            sheet.write_column("A1", ["姓名", "张三"])
            sheet.set_row(1, None, None, {"hidden": True})

        grid = read_grid(built(build), "a.xlsx")

        assert grid.rows == [["姓名"], ["张三"]]
        assert "隐藏" in str(grid.notes[0])

    def test_rows_that_are_only_formatted_do_not_count(self):
        content = in_sheet(
            workbook(ROWS),
            b"</sheetData>",
            b'<row r="900000"><c r="ZZ900000" s="0"/></row></sheetData>',
        )

        assert len(read_grid(content, "a.xlsx").rows) == 3

    def test_cells_without_a_place_are_counted_by_their_order(self):
        content = repacked(workbook(ROWS), {SHEET: lambda xml: xml.replace(b' r="B2"', b"")})

        assert read_grid(content, "a.xlsx").rows == ROWS

    @pytest.mark.parametrize(
        ("cell", "key"),
        [
            (b'<c r="A20001"><v>1</v></c>', "too_many_rows"),
            (b'<c r="A1048576"><v>1</v></c>', "too_many_rows"),
            (b'<c r="BI3"><v>1</v></c>', "too_many_columns"),
            (b'<c r="XFD3"><v>1</v></c>', "too_many_columns"),
            (b'<c s="0" r="XFD3"><v>1</v></c>', "too_many_columns"),
            (b'<c r = "XFD3"><v>1</v></c>', "too_many_columns"),
            (b"<c r='XFD3'><v>1</v></c>", "too_many_columns"),
            (b'<c\nr="XFD3"><v>1</v></c>', "too_many_columns"),
            (b'<c r="A3" r="XFD3"><v>1</v></c>', "damaged"),
            (b'<c r="A0"><v>1</v></c>', "unusual"),
            (b'<c r="ZZZZZZ3"><v>1</v></c>', "unusual"),
            (b'<c r="&#88;FD3"><v>1</v></c>', "too_many_columns"),
            (b"<!-- <row> --><c><v>1</v></c>", None),
        ],
    )
    def test_far_cells_are_found_however_they_are_written(self, cell, key):
        content = in_sheet(workbook(ROWS), b"</row></sheetData>", cell + b"</row></sheetData>")

        if key is None:
            assert read_grid(content, "a.xlsx").rows
        else:
            assert refused(content).key == key

    def test_limits_hold_at_their_edge(self):
        rows = [["姓名", "手机号"]] + [["张三", "1"]] * 3
        limits = Limits(rows=4, columns=2, cells=8)

        assert len(read_grid(workbook(rows), "a.xlsx", limits=limits).rows) == 4
        assert refused(workbook([*rows, ["李四"]]), limits=limits).key == "too_many_rows"
        assert refused(workbook([["a", "b", "c"]]), limits=limits).key == "too_many_columns"
        assert refused(workbook(rows), limits=Limits(cells=7)).key == "too_many_cells"
        assert refused(workbook([["x" * 11]]), limits=Limits(cell_characters=10)).key == (
            "cell_too_long"
        )

    @given(st.data())
    def test_a_workbook_with_broken_bytes_is_read_or_refused(self, data):
        content = bytearray(workbook(ROWS))
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(4, len(content) - 1))
            content[place] = data.draw(st.integers(0, 255))

        try:
            outcome = read_grid(bytes(content), "a.xlsx").kind
        except SheetRefused as refusal:
            outcome = refusal.key

        assert outcome

    def test_a_damaged_part_is_refused_by_its_checksum(self):
        content = bytearray(workbook(ROWS))
        # The middle of the first part's data, which calamine would never read.
        content[60] ^= 0xFF

        assert refused(bytes(content)).key == "damaged"


class TestCsv:
    @pytest.mark.parametrize(
        ("encoding", "told"),
        [
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8"),
            ("gb18030", "gb18030"),
            ("gbk", "gb18030"),
            ("utf-16", "utf-16"),
        ],
    )
    def test_encodings(self, encoding, told):
        grid = read_grid("姓名,手机号\r\n张三,13800001234\r\n".encode(encoding), "a.csv")

        assert grid.rows == ROWS[:2]
        assert grid.encoding == told

    def test_utf_16_with_the_big_end_first(self):
        content = b"\xfe\xff" + "姓名,手机号\n张三,13800001234\n".encode("utf-16-be")

        assert read_grid(content, "a.csv").rows == ROWS[:2]

    @pytest.mark.parametrize("delimiter", [",", "\t", ";", "，"])
    def test_delimiters(self, delimiter):
        content = "\n".join(delimiter.join(row) for row in ROWS).encode()

        assert read_grid(content, "a.csv").rows == ROWS

    def test_the_separator_line_of_excel_is_a_row_of_its_own(self):
        assert read_grid("sep=;\n姓名;手机号\n".encode(), "a.csv").rows == [[], ROWS[0]]

    def test_quoted_line_ends_stay_inside_one_row(self):
        content = '姓名,备注\n张三,"一\n二"\n李四,"说""好"""\n'.encode()

        assert read_grid(content, "a.csv").rows == [
            ["姓名", "备注"],
            ["张三", "一\n二"],
            ["李四", '说"好"'],
        ]

    def test_blank_lines_count_as_rows_and_those_at_the_end_do_not(self):
        content = "姓名,手机号\n\n,,,\n张三,1\n\n , \n".encode()

        assert read_grid(content, "a.csv").rows == [["姓名", "手机号"], [], [], ["张三", "1"]]

    @given(
        st.lists(
            st.lists(
                st.text(
                    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"),
                    max_size=20,
                ),
                min_size=2,
                max_size=6,
            ),
            min_size=1,
            max_size=12,
        ),
        st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    )
    def test_what_python_writes_comes_back(self, rows, encoding):
        stream = io.StringIO()
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["表,头", "二"], *rows])
        text = stream.getvalue()

        grid = read_grid(text.encode(encoding), "a.csv")

        def trimmed(row):
            while row and not row[-1].strip():
                row = row[:-1]
            return row

        expected = [trimmed(row) for row in rows]
        while expected and not expected[-1]:
            expected.pop()
        assert grid.rows[1:] == expected

    @pytest.mark.parametrize(
        ("content", "key"),
        [
            (b"", "empty"),
            (b"\n\n , ,\n", "empty"),
            ("姓名\x00,手机号\n".encode(), "binary"),
            (b"\xef\xbb\xbf\xff\xfe\xfd,\n", "encoding"),
            (b"\xff\x81\x30,\x80\n", "encoding"),
            ('姓名,手机号\n"张三,1\n李四,2\n'.encode(), "quotes"),
            ('姓名,手机号\n"张三"丰,1\n'.encode(), "quotes"),
            (b",".join([b"x"] * 61), "too_many_columns"),
            (b"a,b\n" * 20_001, "too_many_rows"),
            (b"a,b\n" + b"\n" * 200_002, "too_many_rows"),
            (b"a," + b"x" * 40_000, "cell_too_long"),
            (b"a," + b"x" * 140_000, "cell_too_long"),
            (b"a," + b"x" * 1_100_000, "quotes"),
            (b'a,"' + b"x\n" * 700_000, "quotes"),
            (b'"\n",' * 400_000, "quotes"),
            ((b"x," * 40 + b"\n") * 16_000, "too_many_cells"),
        ],
    )
    def test_refusals(self, content, key):
        assert refused(content, "a.csv").key == key


class TestOtherFiles:
    @pytest.mark.parametrize(
        ("content", "name", "key"),
        [
            (b"MZ\x90\x00" + b"\x00" * 100, "花名册.xlsx", "executable"),
            (b"\x7fELF" + b"\x00" * 100, "花名册.csv", "executable"),
            (b"%PDF-1.7 ...", "花名册.xlsx", "picture"),
            (b"\x89PNG\r\n\x1a\n", "花名册.xlsx", "picture"),
            (b"Rar!\x1a\x07", "花名册.xlsx", "archive"),
            (b"\x1f\x8b\x08", "花名册.csv", "archive"),
            (b"<html><table><tr><td>1", "花名册.xls", "html"),
            (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "花名册.xlsx", "html"),
            (b'<?xml version="1.0"?><Workbook/>', "花名册.xls", "html"),
            (b"{\\rtf1", "花名册.csv", "other_office"),
            (b"a,b\n1,2\n", "花名册.exe", "not_a_table"),
            (b"a,b\n1,2\n", "花名册", "not_a_table"),
            (b"a,b\n1,2\n", "花名册.xlsm", "macro"),
            (b"PK\x03\x04", "花名册.xlsx", "damaged"),
        ],
    )
    def test_are_named_for_what_they_are(self, content, name, key):
        assert refused(content, name).key == key

    def test_the_content_decides_and_not_the_ending(self):
        assert read_grid(workbook(ROWS), "花名册.csv").kind == "xlsx"
        assert read_grid("姓名\t手机号\n".encode("gbk"), "导出.xls").kind == "csv"

    def test_a_file_over_the_limit_is_refused_unread(self):
        assert refused(b"x" * 11, "a.csv", limits=Limits(file=10)).key == "too_large"
