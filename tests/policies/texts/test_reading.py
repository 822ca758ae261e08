"""Reading official texts from files of every kind, and refusing what is no text."""

import io
import zipfile
from contextlib import suppress

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from jiaozuo_portal.lib.typesetting import typeset
from policies.texts import limits, pdf, word
from policies.texts.reading import read_text
from policies.texts.refusals import Unreadable

LINES = ("测政〔2020〕7号", "一、支持灯笼作坊", "1. 每盏补贴 3.5 元。（责任单位：市灯笼局）")


def docx_of(*lines: str) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    return saved(document)


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(content: bytes, parts: dict[str, bytes], leave_out: tuple[str, ...] = ()) -> bytes:
    """The same docx with parts replaced, added or left out."""
    out = io.BytesIO()

    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        kept = {name: old.read(name) for name in old.namelist() if name not in leave_out}
        for name, raw in {**kept, **parts}.items():
            new.writestr(name, raw, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.fixture
def pdf_of(tmp_path):
    def make(source: str) -> bytes:
        paper = tmp_path / "paper.typ"
        paper.write_text(f"#set page(width: 100mm, height: 80mm)\n{source}", "utf-8")
        return typeset(paper, {})

    return make


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def refusal(content: bytes, name: str = "") -> str:
    with pytest.raises(Unreadable) as refused:
        read_text(content, name=name)
    assert str(refused.value)
    return refused.value.code


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_txt_is_read_in_every_encoding_and_with_every_line_end(codec, end):
    read = read_text(end.join(LINES).encode(codec), name="a.txt")

    assert (read.lines, read.kind, read.pages) == (LINES, "txt", None)


def test_a_docx_gives_paragraphs_and_rows_in_their_order():
    document = Document()
    document.add_paragraph(LINES[0])
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "灯笼", "3 元\n以内"
    document.add_paragraph("上行\n下行")

    read = read_text(saved(document))

    assert (read.lines, read.kind) == ((LINES[0], "灯笼\t3 元 以内", "上行", "下行"), "docx")


def test_tracked_changes_and_content_controls_are_read_as_they_stand():
    document = Document()
    document.element.body.insert(
        0,
        parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>旧</w:t></w:r>"
            "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>新</w:t><w:tab/><w:t>增</w:t></w:r></w:ins>"
            "</w:p></w:sdtContent></w:sdt>"
        ),
    )

    assert read_text(saved(document)).lines == ("旧新\t增",)


def test_a_pdf_gives_the_text_of_its_pages_in_their_order(pdf_of):
    read = read_text(pdf_of(f"{LINES[0]}\n\n{LINES[1]}\n#pagebreak()\n尾页"), name="a.pdf")

    assert (read.kind, read.pages) == ("pdf", 2)
    assert read.lines == ("\f" + LINES[0], LINES[1], "\f尾页")


def test_a_pdf_with_a_password_is_refused_and_one_that_only_forbids_copying_is_read(pdf_of):
    closed, open_to_all = (PdfWriter(PdfReader(io.BytesIO(pdf_of("灯笼")))) for _ in range(2))
    closed.encrypt("secret")
    open_to_all.encrypt("", owner_password="secret")

    assert refusal(written(closed)) == "encrypted"
    assert read_text(written(open_to_all)).lines == ("\f灯笼",)


def test_a_scan_is_named_a_scan(pdf_of):
    assert refusal(pdf_of("#rect(width: 10mm)")) == "scan"


def test_too_many_pages_are_counted(pdf_of, monkeypatch):
    monkeypatch.setattr(pdf, "MOST_PAGES", 1)

    with pytest.raises(Unreadable) as refused:
        read_text(pdf_of("灯\n#pagebreak()\n笼"))

    assert (refused.value.code, refused.value.values) == ("too_many_pages", {"pages": 2, "most": 1})


def page_that_runs(program: bytes, forms: dict[str, bytes]) -> bytes:
    """A PDF of one page whose forms may all draw one another."""
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    drawn = DictionaryObject()
    resources = DictionaryObject({NameObject("/XObject"): drawn})
    page[NameObject("/Resources")] = resources
    for name, code in {"": program, **forms}.items():
        stream = DecodedStreamObject()
        stream.set_data(code)
        stream[NameObject("/Resources")] = resources
        stream[NameObject("/Subtype")] = NameObject("/Form")
        reference = writer._add_object(stream)
        if name:
            drawn[NameObject(name)] = reference
        else:
            page[NameObject("/Contents")] = reference
    return written(writer)


def test_a_page_that_runs_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(pdf, "MOST_OPERATORS", 100)

    assert refusal(page_that_runs(b"q Q " * 51, {})) == "too_complex"
    assert refusal(page_that_runs(b"q Q " * 50, {})) == "scan"


def test_forms_that_draw_one_another_over_and_over_are_stopped(monkeypatch):
    forms = {f"/F{n}": f"/F{n + 1} Do ".encode() * 10 for n in range(9)} | {"/F9": b"q Q"}

    monkeypatch.setattr(pdf, "MOST_OPERATORS", 1000)

    assert refusal(page_that_runs(b"/F0 Do", forms)) == "too_complex"


def test_a_stream_that_swells_is_stopped():
    spaces = b" " * (pdf._LIMITS["zlib_maximum_output_length"] + 99_999)
    writer = PdfWriter(PdfReader(io.BytesIO(page_that_runs(spaces, {"/F": b""}))))
    for page in writer.pages:
        page.compress_content_streams()

    assert refusal(written(writer)) == "too_complex"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.txt", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc", "old_office"),
        (b"\x89PNG\r\n\x1a\n", "a.txt", "kind"),
        (b"<!DOCTYPE html><html></html>", "a.txt", "kind"),
        (b"PK\x03\x04 broken", "a.docx", "damaged"),
        (b"%PDF-1.7 broken", "a.pdf", "damaged"),
        (b"\xff\xfe\x00", "a.txt", "encoding"),
        (b"\xff\xff\xff", "a.txt", "encoding"),
        (b"\x00\x01\x02\x03", "a.txt", "encoding"),
        (b" \n\t\n", "a.txt", "no_text"),
        (docx_of(), "a.docx", "no_text"),
        (docx_of("字"), "a.docm", "macro"),
        (repacked(docx_of("字"), {"word/vbaProject.bin": b"x"}), "a.docx", "macro"),
        (repacked(docx_of("字"), {}, leave_out=("word/document.xml",)), "a.docx", "kind"),
        (repacked(docx_of("字"), {}, leave_out=("_rels/.rels",)), "a.docx", "damaged"),
    ],
)
def test_what_is_no_text_is_refused_by_its_content(content, name, code):
    assert refusal(content, name) == code


def test_limits_of_size_are_held(monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", limits.MIB)
    monkeypatch.setattr(limits, "MOST_CHARACTERS", 10)

    assert refusal(b"a" * (limits.MIB + 1)) == "too_large"
    assert refusal(b"a" * 11) == "too_long"


def test_a_docx_that_unpacks_to_too_much_is_refused_whatever_it_declares(monkeypatch):
    monkeypatch.setattr(word, "MOST_UNZIPPED", word.MIB)
    swollen = repacked(docx_of("字"), {"word/media/a.bin": bytes(2 * word.MIB)})
    lying = swollen.replace((2 * word.MIB).to_bytes(4, "little"), (10).to_bytes(4, "little"))

    assert refusal(swollen) == "unpacks_too_large"
    assert lying != swollen
    assert refusal(lying) == "damaged"


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_docx_with_entities_is_refused(codec):
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(codec)

    assert refusal(repacked(docx_of("字"), {"word/document.xml": bomb})) == "unsafe"


def test_a_docx_of_countless_parts_is_refused(monkeypatch):
    monkeypatch.setattr(word, "MOST_PARTS", 30)
    many = {f"word/media/{n}.bin": b"x" for n in range(31)}

    assert refusal(repacked(docx_of("字"), many)) == "too_many_parts"


@settings(deadline=None)
@given(st.binary(max_size=2000), st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.7\n", b"\xff\xfe"]))
def test_any_bytes_are_read_or_refused(content, start):
    with suppress(Unreadable):
        assert read_text(start + content).lines


PAPER = docx_of(*LINES)


@settings(deadline=None)
@given(st.integers(0, len(PAPER) - 1), st.integers(0, 255))
def test_a_docx_with_a_wrong_byte_is_read_or_refused(place, value):
    with suppress(Unreadable):
        read_text(PAPER[:place] + bytes([value]) + PAPER[place + 1 :])
