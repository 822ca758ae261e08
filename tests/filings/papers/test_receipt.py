"""The receipt's PDF: its text can be read out, its code leads to the public page, nothing in it is
taken for markup."""

from __future__ import annotations

import io
import re

import segno
from pypdf import PdfReader

from filings.papers.receipt import ReceiptFacts, qr_code, qr_svg, receipt_pdf

URL = "https://portal.example.org/r/0123456789abcdef0123456789abcdef/"


def facts(**changes) -> ReceiptFacts:
    return ReceiptFacts(
        **{
            "number": "焦复备410802-2020-00001",
            "enterprise": "测试机械厂",
            "uscc": "91410800MA90000017",
            "site": "主厂区",
            "address": "工业路 1 号",
            "district": "解放区",
            "zone": "无",
            "version": "第 1 版",
            "submitted": "2020年3月2日 10:00",
            "issued": "2020年3月3日 09:30",
            "agency": "解放区工业和信息化局",
            "standing": "",
            "url": URL,
            "printed": "2020年3月4日 08:00",
        }
        | changes
    )


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_fact_can_be_read_out_of_the_pdf():
    given = facts()

    text = squeezed(text_of(receipt_pdf(given)))

    for name in given.__slots__:
        assert squeezed(getattr(given, name)) in text


def test_it_is_one_page_with_its_font_embedded():
    reader = PdfReader(io.BytesIO(receipt_pdf(facts(enterprise="焦作" * 30, address="路" * 90))))

    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    descriptors = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for font in fonts
    ]

    assert len(reader.pages) == 1
    assert all("/FontFile3" in found or "/FontFile2" in found for found in descriptors)


def test_a_name_full_of_markup_is_shown_as_it_is():
    hostile = '#panic("x") $x$ *粗* #read("/etc/passwd") ] [ "引"'

    text = squeezed(text_of(receipt_pdf(facts(enterprise=hostile))))

    assert squeezed(hostile) in text
    assert "root:" not in text


def test_a_receipt_that_does_not_stand_says_so():
    assert "打印时的状态：已暂停" in squeezed(text_of(receipt_pdf(facts(standing="已暂停"))))


def test_the_drawing_is_the_code_of_the_address():
    modules = segno.make(URL, error="m", micro=False).matrix
    size = len(modules) + 4

    drawing = qr_svg(URL)

    assert tuple(qr_code(URL).matrix) == tuple(modules)
    assert f'width="{size}" height="{size}"' in drawing
    assert drawn(drawing, len(modules)) == [[bool(cell) for cell in row] for row in modules]


def drawn(svg: str, size: int) -> list[list[bool]]:
    """The dark modules that the drawing's strokes cover."""
    grid = [[False] * size for _row in range(size)]
    x = y = 0.0
    for command, given in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg)[1]):
        numbers = [float(number) for number in re.findall(r"-?\d*\.?\d+", given)]
        if command == "M":
            x, y = numbers
        elif command == "m":
            x, y = x + numbers[0], y + numbers[1]
        else:
            for step in range(int(numbers[0])):
                grid[int(y) - 2][int(x) + step - 2] = True
            x += numbers[0]
    return grid
