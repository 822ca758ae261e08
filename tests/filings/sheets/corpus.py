"""Files that people and attackers upload, each made the same at every run, with its verdict.

`refused` names the key of the refusal; `errors` the bad cells of a file that is read (row and
column letters), or their number.
"""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from filings.sheets.samples import SAMPLE_KEYS, planted_workbook, roster_workbook, sample_people

from .books import SHEET, built, in_sheet, repacked, workbook

HEADINGS = ["姓名", "证件号码", "手机号", "车间", "班组", "健康状况", "春节出行", "聚会情况"]
PEOPLE = [
    ["张三", "11010519491231002X", "13800001234", "一车间", "甲班", "健康", "无", "无"],
    ["李四", "410899198111190299", "13900001234", "一车间", "甲班", "健康", "无", "无"],
]
GOOD = [HEADINGS, *PEOPLE]
STRINGS = "xl/sharedStrings.xml"


@dataclass(frozen=True)
class Upload:
    """One file of the corpus."""

    title: str
    name: str
    build: Callable[[], bytes]
    refused: str = ""
    errors: list[tuple[int, str]] | int = 0


CORPUS: list[Upload] = []


def upload(
    name: str, *, refused: str = "", errors: list[tuple[int, str]] | int = 0
) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Register the decorated builder under its own name."""

    def register(build: Callable[[], bytes]) -> Callable[[], bytes]:
        CORPUS.append(Upload(build.__name__, name, build, refused, errors))
        return build

    return register


def good() -> bytes:
    return workbook(GOOD)


def csv_of(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    return "".join(",".join(row) + "\r\n" for row in rows).encode(encoding)


def spoilt(row: int, column: int, value: Any) -> list[list[Any]]:
    rows = [list(line) for line in GOOD]
    rows[row][column] = value
    return rows


def at_end(xml: bytes) -> bytes:
    """The good workbook with `xml` before the end of its last row."""
    return in_sheet(good(), b"</row></sheetData>", xml + b"</row></sheetData>")


def sheet_of(data: bytes) -> bytes:
    """The good workbook with other rows: `data` is what sheetData holds."""
    head = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    return repacked(good(), {SHEET: lambda _xml: head + data + b"</sheetData></worksheet>"})


# Bombs


@upload("花名册.xlsx", refused="bomb")
def zip_bomb_of_spaces() -> bytes:
    return at_end(b" " * (250 * 1024 * 1024))


@upload("花名册.xlsx", refused="bomb")
def zip_bomb_in_an_unused_part() -> bytes:
    return repacked(good(), extra={"xl/media/image1.png": bytes(250 * 1024 * 1024)})


@upload("花名册.xlsx", refused="bomb")
def zip_bomb_that_declares_a_small_size() -> bytes:
    data = b'<sst xmlns="x"><si><t>' + b"a" * (120 * 1024 * 1024) + b"</t></si></sst>"
    content = bytearray(repacked(good(), {STRINGS: lambda _xml: data}))
    true, lie = struct.pack("<L", len(data)), struct.pack("<L", 5000)
    crc, lied = struct.pack("<L", zlib.crc32(data)), struct.pack("<L", zlib.crc32(data[:5000]))
    return bytes(content).replace(true, lie).replace(crc, lied)


@upload("花名册.xlsx", refused="bomb")
def parts_that_overlap_each_other() -> bytes:
    content = repacked(good(), extra={"xl/media/a.bin": random.Random(1).randbytes(400_000)})
    archive = zipfile.ZipFile(BytesIO(content))
    info = archive.getinfo("xl/media/a.bin")
    start = content.index(b"PK\x01\x02")
    entries = content[start : content.rindex(b"PK\x05\x06")]
    place = entries.index(b"xl/media/a.bin") - 46
    one = entries[place : place + 46 + len(info.filename)]
    copies = b"".join(one.replace(b"a.bin", b"%c.bin" % (98 + n)) for n in range(20))
    listed = entries + copies
    count = len(archive.infolist()) + 20
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(listed), start, 0)
    return content[:start] + listed + end


@upload("花名册.xlsx", refused="too_many_rows")
def far_cell() -> bytes:
    return at_end(b'<c r="XFD1048576"><v>1</v></c>')


@upload("花名册.xlsx", refused="too_many_columns")
def far_cell_written_in_another_way() -> bytes:
    return at_end(b"<c s='0' r = 'XFD3'><v>1</v></c>")


@upload("花名册.xlsx", refused="too_many_columns")
def cells_without_places() -> bytes:
    return sheet_of(
        b"<row>" + b"<c><v>1</v></c>" * 16_000 + b"</row>" + b"<row><c><v>1</v></c></row>" * 9_000
    )


@upload("花名册.xlsx", refused="damaged")
def far_cell_beside_a_near_one_in_the_same_tag() -> bytes:
    return at_end(b'<c r="A3" r="XFD1048576"><v>1</v></c>')


@upload("花名册.xlsx", refused="bomb")
def one_long_string_in_every_cell() -> bytes:
    cells = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{c}{row}" t="s"><v>0</v></c>' for c in "ABCDEFGH")
        + "</row>"
        for row in range(1, 5001)
    )
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"a" * 32_000
        + b"</t></si></sst>"
    )
    return repacked(sheet_of(cells.encode()), {STRINGS: lambda _xml: strings})


@upload("花名册.xlsx", refused="bomb")
def millions_of_shared_strings() -> bytes:
    text = b'<sst xmlns="x">' + random.Random(1).randbytes(3_000).hex().encode().join(
        [b"<si/>" * 40] * 160
    )
    return repacked(good(), {STRINGS: lambda _xml: text + b"<si/>" * 15_000_000 + b"</sst>"})


@upload("花名册.xlsx", refused="unusual")
def entities_that_multiply_in_the_sheet() -> bytes:
    levels = "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "aaaaaaaaaa"}">' for n in range(10)
    )
    doctype = f"<!DOCTYPE x [{levels}]>".encode()
    return repacked(
        at_end(b'<c r="I3" t="str"><v>&a9;</v></c>'),
        {SHEET: lambda xml: xml.replace(b"<worksheet", doctype + b"<worksheet", 1)},
    )


@upload("花名册.xlsx", refused="unusual")
def entities_in_the_shared_strings() -> bytes:
    doctype = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return repacked(good(), {STRINGS: lambda xml: xml.replace(b"<sst", doctype + b"<sst", 1)})


@upload("花名册.xlsx", refused="too_many_parts")
def thousands_of_parts() -> bytes:
    return repacked(good(), extra={f"xl/media/{n}.png": b"" for n in range(2100)})


@upload("花名册.xlsx", refused="too_many_parts")
def a_list_of_contents_longer_than_the_contents() -> bytes:
    content = good()
    start = content.index(b"PK\x01\x02")
    name = b"a" * 4
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 4) + bytes(16) + name
    listed = entry * 390_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_535, 65_535, len(listed), start, 0)
    return content[:start] + listed + end


@upload("花名册.xlsx", refused="unusual")
def the_same_part_twice() -> bytes:
    return repacked(good(), extra={"XL/Worksheets/Sheet1.xml": b"<worksheet/>"})


@upload("花名册.xlsx", refused="unusual")
def sheet_that_passes_for_a_picture() -> bytes:
    cell = b'<c r="XFD1048576"><v>1</v></c>'
    far = b'<worksheet><sheetData><row r="1">' + cell + b"</row></sheetData></worksheet>"
    return repacked(
        good(),
        {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"sheet1.xml", b"sheet1.png")},
        {"xl/worksheets/sheet1.png": far},
    )


# Too much


@upload("花名册.xlsx", refused="too_many_rows")
def twenty_five_thousand_rows() -> bytes:
    return sheet_of(
        b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 25_001))
    )


@upload("花名册.xlsx", refused="too_many_columns")
def seventy_columns() -> bytes:
    return workbook([HEADINGS + ["x"] * 62])


@upload("花名册.xlsx", refused="too_many_cells")
def six_hundred_thousand_cells_and_more() -> bytes:
    row = b"".join(b'<c r="%s@"><v>1</v></c>' % (b"A%c" % c) for c in range(65, 91))
    row += b"".join(b'<c r="%c@"><v>1</v></c>' % c for c in range(65, 91))
    return sheet_of(
        b"".join(
            b'<row r="%d">' % n + row.replace(b"@", b"%d" % n) + b"</row>" for n in range(1, 12_001)
        )
    )


@upload("花名册.xlsx", refused="too_many_sheets")
def fifty_sheets() -> bytes:
    return workbook(*[GOOD] * 50)


@upload("花名册.xlsx", refused="cell_too_long")
def a_cell_of_forty_thousand_characters() -> bytes:
    return at_end(b'<c r="I3" t="inlineStr"><is><t>' + b"a" * 40_000 + b"</t></is></c>")


@upload("花名册.csv", refused="too_large")
def twenty_one_megabytes() -> bytes:
    return csv_of(GOOD) + b"a,b\n" * (21 * 1024 * 256)


@upload("花名册.xlsx", errors=60_000)
def a_full_sheet_in_which_everything_is_wrong() -> bytes:
    wrong = ["", "1", "1", "", "", "x", "", ""]
    return workbook(
        [HEADINGS, *[[*wrong, *[f"{n}-{k}" for k in range(21)]] for n in range(12_000)]]
    )


# Other kinds of file


@upload("花名册.xlsx", refused="macro")
def macro() -> bytes:
    return repacked(good(), extra={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


@upload("花名册.xlsm", refused="macro")
def macro_workbook_by_its_ending() -> bytes:
    return good()


@upload("花名册.xlsx", refused="macro")
def old_macro_sheet() -> bytes:
    return repacked(good(), extra={"xl/macrosheets/sheet1.xml": b"<xm/>"})


@upload("花名册.xlsx", refused="xlsb")
def binary_workbook() -> bytes:
    return repacked(good(), extra={"xl/workbook.bin": b"\x00"}, without=["xl/workbook.xml"])


@upload("花名册.xlsx", refused="encrypted")
def workbook_with_a_password() -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(600)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(3000)
    )


@upload("花名册.xlsx", refused="encrypted")
def zip_with_a_password() -> bytes:
    content = bytearray(good())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@upload("花名册.xls", refused="old_xls")
def old_workbook() -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(600)
        + "Workbook".encode("utf-16-le")
        + bytes(3000)
    )


@upload("花名册.xlsx", refused="ods")
def open_document() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    return stream.getvalue()


@upload("花名册.xlsx", refused="other_office")
def word_document() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", "<x/>")
    return stream.getvalue()


@upload("花名册.xlsx", refused="archive")
def workbook_inside_a_zip() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("花名册.xlsx", good())
    return stream.getvalue()


@upload("花名册.xlsx", refused="archive")
def zips_inside_zips() -> bytes:
    content = bytes(10 * 1024 * 1024)
    for level in range(4):
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(8):
                archive.writestr(f"{level}-{copy}.zip", content)
        content = stream.getvalue()
    return content


@upload("花名册.xlsx", refused="executable")
def renamed_executable() -> bytes:
    return b"MZ\x90\x00\x03" + random.Random(2).randbytes(100_000)


@upload("花名册.exe", refused="not_a_table")
def table_with_the_ending_of_a_program() -> bytes:
    return csv_of(GOOD)


@upload("花名册.xlsx", refused="picture")
def renamed_pdf() -> bytes:
    return b"%PDF-1.7\n" + random.Random(3).randbytes(10_000)


@upload("花名册.xls", refused="html")
def web_page_as_old_workbook() -> bytes:
    return "<html><table><tr><td>姓名</td></tr></table></html>".encode()


@upload("花名册.xls", refused="html")
def xml_spreadsheet_of_2003() -> bytes:
    return b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


# Broken


@upload("花名册.xlsx", refused="empty")
def empty_file() -> bytes:
    return b""


@upload("花名册.xlsx", refused="damaged")
def truncated_workbook() -> bytes:
    return good()[:-900]


@upload("花名册.xlsx", refused="damaged")
def broken_checksum() -> bytes:
    content = bytearray(good())
    place = content.index(b"PK\x01\x02")
    content[place + 16] ^= 0xFF
    return bytes(content)


@upload("花名册.xlsx", refused="damaged")
def sheet_cut_short() -> bytes:
    return repacked(good(), {SHEET: lambda xml: xml[:-400]})


@upload("花名册.xlsx", refused="damaged")
def string_that_does_not_exist() -> bytes:
    return repacked(good(), {"xl/workbook.xml": lambda xml: xml[:-30]})


@upload("花名册.csv", refused="binary")
def nul_bytes() -> bytes:
    return csv_of(GOOD).replace(b"\r\n", b"\x00\r\n")


@upload("花名册.csv", refused="binary")
def random_bytes() -> bytes:
    return random.Random(4).randbytes(200_000)


@upload("花名册.csv", refused="encoding")
def text_in_no_known_encoding() -> bytes:
    return csv_of(GOOD, "utf-8") + b"\xff\xff,\x80\x20\n"


@upload("花名册.csv", refused="quotes")
def quote_that_is_never_closed() -> bytes:
    return csv_of(GOOD) + b'"' + b"abcd,\n" * 3_000_000


@upload("花名册.csv", refused="quotes")
def one_endless_line() -> bytes:
    return b"a," * 9_000_000


@upload("花名册.csv", refused="quotes")
def one_record_over_millions_of_lines() -> bytes:
    return b'"\n\n",' * 3_500_000


@upload("花名册.csv", refused="empty")
def nothing_but_line_ends() -> bytes:
    return b"\n" * 150_000


@upload("花名册.csv", refused="too_many_rows")
def millions_of_line_ends_below_the_data() -> bytes:
    return csv_of(GOOD) + b"\n" * (19 * 1024 * 1024)


# Read, with errors or without


@upload("花名册.xlsx", refused="no_sheet")
def workbook_without_a_cell() -> bytes:
    return workbook([], [])


@upload("花名册.xlsx", refused="header_missing")
def no_header() -> bytes:
    return workbook(PEOPLE)


@upload("花名册.xlsx", errors=[(1, ""), (1, "")])
def two_columns_missing() -> bytes:
    return workbook([row[:5] + row[6:7] for row in GOOD])


@upload("花名册.xlsx", errors=[(2, "B"), (3, "B")])
def ids_as_numbers() -> bytes:
    rows = [list(row) for row in GOOD]
    rows[1][1], rows[2][1] = 1.10105194912310e17, 410899198111190299
    return workbook(rows)


@upload("花名册.csv", errors=[(2, "B"), (3, "B")])
def ids_as_numbers_in_csv() -> bytes:
    rows = [list(row) for row in GOOD]
    rows[1][1], rows[2][1] = "1.10105E+17", "410899198111190000"
    return csv_of(rows)


@upload("花名册.xlsx", errors=[(3, "B")])
def the_same_person_twice() -> bytes:
    return workbook(spoilt(2, 1, PEOPLE[0][1].lower()))


@upload("花名册.xlsx", errors=[(2, "D"), (3, "C")])
def formulas_without_results() -> bytes:
    content = in_sheet(good(), b'<c r="D2" t="s"><v>11</v>', b'<c r="D2"><f>A1</f>')
    return in_sheet(content, b'<c r="C3" t="s"><v>17</v>', b'<c r="C3"><f>B3</f><v/>')


@upload("花名册.xlsx", errors=[(2, "D")])
def error_cell() -> bytes:
    return in_sheet(good(), b'<c r="D2" t="s"><v>11</v>', b'<c r="D2" t="e"><v>#REF!</v>')


@upload("花名册.csv")
def formulas_that_would_start_a_program() -> bytes:
    return csv_of(spoilt(1, 3, "=cmd|' /C calc'!A0"))


@upload("花名册.xlsx")
def formulas_with_results_and_a_link_to_another_file() -> bytes:
    return repacked(
        in_sheet(
            good(), b'<c r="D2" t="s"><v>11</v>', b'<c r="D2" t="s"><f>[1]Sheet1!A1</f><v>11</v>'
        ),
        extra={"xl/externalLinks/externalLink1.xml": b"<externalLink/>"},
    )


@upload("花名册.xlsx")
def merged_cells() -> bytes:
    def build(book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:H1", "返岗职工花名册")
        sheet.write_row("A2", HEADINGS)
        for number, person in enumerate(PEOPLE, 2):
            sheet.write_row(number, 0, person[:3])
            sheet.write_row(number, 4, person[4:])
        sheet.merge_range("D3:D4", "一车间")

    return built(build)


@upload("花名册.xlsx")
def twenty_thousand_merged_ranges() -> bytes:
    ranges = b"".join(b'<mergeCell ref="J%d:J1048576"/>' % n for n in range(1, 20_001))
    return in_sheet(
        at_end(b'<c r="J3"><v>1</v></c>'),
        b"</sheetData>",
        b"</sheetData><mergeCells>" + ranges + b"</mergeCells>",
    )


@upload("花名册.xlsx")
def formatted_far_cell_without_content() -> bytes:
    return at_end(b'<c r="XFD3" s="0"/>')


@upload("花名册.xlsx")
def dimension_that_claims_a_full_sheet() -> bytes:
    return in_sheet(good(), b'<dimension ref="A1:H3"/>', b'<dimension ref="A1:XFD1048576"/>')


@upload("花名册.xlsx")
def large_picture_beside_the_data() -> bytes:
    return repacked(
        good(), extra={"xl/media/image1.png": random.Random(5).randbytes(17 * 1024 * 1024)}
    )


@upload("花名册.xlsx")
def roster_on_the_second_sheet() -> bytes:
    return workbook([["说明", "请先阅读"]], GOOD, names=["说明", "名单"])


@upload("花名册.csv")
def chinese_windows_csv() -> bytes:
    return csv_of(GOOD, "gb18030")


@upload("花名册.txt")
def unicode_text_of_excel() -> bytes:
    return "\r\n".join("\t".join(row) for row in GOOD).encode("utf-16")


@upload("花名册.xlsx", errors=30)
def thirty_planted_errors() -> bytes:
    return planted_workbook(500)[0]


@upload("花名册.xlsx")
def the_largest_roster() -> bytes:
    people = sample_people(9_999)
    more = [{**person, "id_kind": "", "id_number": f"E{n:08d}"} for n, person in enumerate(people)]
    assert len(SAMPLE_KEYS) == 19
    return roster_workbook([*people, *more])


@upload("花名册.xlsx", errors=[(2, "I")])
def day_and_month_only() -> bytes:
    return workbook(
        [[*HEADINGS, "到达日期"], [*PEOPLE[0], "2.20"], [*PEOPLE[1], date(2020, 2, 20)]]
    )
