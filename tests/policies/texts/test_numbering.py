"""Numbers that Word counts by itself are read like printed ones."""

import io

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from policies.texts.marks import number_of
from policies.texts.numbering import in_chinese
from policies.texts.reading import read_text
from policies.texts.split import split

LEVELS = (("chineseCounting", "%1、"), ("decimal", "%2."), ("decimalEnclosedCircle", "%3"))


def paper(*paragraphs: tuple[str, int | None]) -> bytes:
    """A docx whose paragraphs Word numbers at the given depth; None is not numbered."""
    document = Document()
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
        for at, (form, pattern) in enumerate(LEVELS)
    )
    numbering = document.part.numbering_part.element
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="99">{levels}</w:abstractNum>')
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="99"><w:abstractNumId w:val="99"/></w:num>')
    )
    for words, depth in paragraphs:
        paragraph = document.add_paragraph(words)
        if depth is not None:
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_numId().val = 99
            properties.get_or_add_ilvl().val = depth
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_each_depth_counts_in_its_own_way_and_begins_anew_below():
    content = paper(
        ("灯", 0), ("油", 1), ("芯", 1), ("无号", None), ("笼", 0), ("纸", 1), ("骨", 2)
    )

    assert read_text(content).lines == ("一、灯", "1.油", "2.芯", "无号", "二、笼", "1.纸", "①骨")


def test_a_paper_numbered_by_word_is_split_into_measures():
    content = paper(
        ("点灯", 0), ("补贴。（责任单位：市灯笼局）", 1), ("办学。（责任单位：市风筝局）", 1)
    )

    (document,) = split(read_text(content).lines).documents

    assert [(m.number, m.path) for m in document.measures] == [
        (1, ("一、点灯",)),
        (2, ("一、点灯",)),
    ]


def test_a_style_numbers_its_paragraphs():
    document = Document()
    for words in ("甲", "乙"):
        document.add_paragraph(words, style="List Number")
    out = io.BytesIO()
    document.save(out)

    assert read_text(out.getvalue()).lines == ("1.甲", "2.乙")


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五")]
)
def test_numbers_are_written_in_chinese(number, words):
    assert in_chinese(number) == words


def test_every_chinese_number_is_read_back():
    assert [number_of(in_chinese(number)) for number in range(1000)] == [*range(1000)]
