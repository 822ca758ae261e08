import io
import struct
import zipfile
import zlib
from contextlib import suppress

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiaozuo_portal.lib import files
from jiaozuo_portal.lib.files import BadFile, inspect

PDF_TEXT = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG_HEAD = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0"
JPEG_HEAD = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01"
WEBP_HEAD = b"RIFF\x24\0\0\0WEBPVP8 "
TABLE = "姓名,手机\n张三,13800001234\n"


def uploaded(content: bytes, name: str = "file.bin") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def zipped(parts: dict[str, bytes], **options) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def workbook() -> bytes:
    target = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["姓名", "手机"])
    book.save(target)
    return target.getvalue()


def document(**more: bytes) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF_TEXT, "a.pdf", files.PDF),
        (PNG_HEAD, "a.png", files.PNG),
        (JPEG_HEAD, "a.jpeg", files.JPEG),
        (WEBP_HEAD, "a.webp", files.WEBP),
        (document(), "a.docx", files.DOCX),
        (workbook(), "a.xlsx", files.XLSX),
        (TABLE.encode(), "a.csv", files.CSV),
        (TABLE.encode("utf-8-sig"), "A.CSV", files.CSV),
        (TABLE.encode("gb18030"), "a.csv", files.CSV),
        (TABLE.encode("utf-16"), "a.csv", files.CSV),
        (TABLE.encode("utf-8"), "a.txt", files.CSV),
    ],
)
def test_kind_is_read_from_the_content(content, name, kind):
    assert inspect(uploaded(content, name)) == kind


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a", "a.exe"])
def test_name_does_not_decide(name):
    assert inspect(uploaded(PDF_TEXT, name)) == files.PDF


@pytest.mark.parametrize("content", [PDF_TEXT, workbook(), TABLE.encode(), b"MZ\0\0"])
def test_file_is_left_at_its_beginning(content):
    file = uploaded(content, "a.csv")

    with suppress(BadFile):
        inspect(file)

    assert file.read() == content


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.pdf", "空"),
        (b"MZ\x90\0\x03\0\0\0" + bytes(64), "notes.csv", "可以上传"),
        (b"\x7fELF\x02\x01\x01" + bytes(64), "notes.pdf", "可以上传"),
        (b"<html><script>alert(1)</script></html>", "a.html", "可以上传"),
        (b"GIF89a" + bytes(32), "a.gif", "可以上传"),
        (b"name;value\n", "a.pdf", "可以上传"),
        (b"a,\xff\xff\xff\n", "a.csv", "可以上传"),
        (b"\xff\xfea\0,\0b", "a.csv", "可以上传"),
        (b"a\0b,c", "a.csv", "可以上传"),
        (zipped({"a.txt": b"x"}), "a.zip", "可以上传"),
        (zipped({"xl/workbook.xml": b"<w/>"}), "a.xlsx", "可以上传"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "旧版"),
        (PDF_TEXT[:30], "a.pdf", "不完整"),
        (workbook()[:-40], "a.xlsx", "损坏"),
        (b"PK\x03\x04" + bytes(100), "a.xlsx", "损坏"),
        (document(**{"word/vbaProject.bin": b"\0"}), "a.docx", "宏"),
        (document(**{"word/VBAPROJECT.BIN": b"\0"}), "a.docx", "宏"),
    ],
)
def test_bad_file_is_refused_with_the_reason(content, name, says):
    with pytest.raises(BadFile) as refusal:
        inspect(uploaded(content, name))

    assert says in refusal.value.message


def test_only_the_kinds_that_the_caller_allows():
    with pytest.raises(BadFile) as refusal:
        inspect(uploaded(PDF_TEXT, "a.pdf"), allow=files.SHEETS)

    assert "XLSX、CSV" in refusal.value.message


def test_file_over_the_limit_is_refused_unread(settings):
    settings.PORTAL_UPLOAD_BYTES = 10
    file = uploaded(PDF_TEXT, "a.pdf")
    file.file.close()

    with pytest.raises(BadFile) as refusal:
        inspect(file)

    assert "10" in refusal.value.message


def test_bomb_that_says_its_size_is_refused():
    zeros = bytes(files.UNZIPPED_BYTES + 1)

    with pytest.raises(BadFile) as refusal:
        inspect(uploaded(document(**{"word/media/image1.bin": zeros}), "a.docx"))

    assert "解压" in refusal.value.message


def _with_declared_size(content: bytes, size: int) -> bytes:
    """The same zip file, every part of which claims to unpack to `size` bytes."""
    patched = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        position = patched.find(mark)
        while position >= 0:
            struct.pack_into("<L", patched, position + offset, size)
            position = patched.find(mark, position + 4)
    return bytes(patched)


def test_bomb_that_lies_about_its_size_is_refused(monkeypatch):
    monkeypatch.setattr(files, "UNZIPPED_BYTES", 1024 * 1024)
    bomb = document(**{"word/media/image1.bin": bytes(3 * 1024 * 1024)})

    with pytest.raises(BadFile) as refusal:
        inspect(uploaded(_with_declared_size(bomb, 20), "a.docx"))

    assert "损坏" in refusal.value.message or "解压" in refusal.value.message


def test_part_that_lies_about_its_size_is_refused():
    with pytest.raises(BadFile) as refusal:
        inspect(uploaded(_with_declared_size(document(), 3), "a.docx"))

    assert "损坏" in refusal.value.message


def test_several_parts_share_the_room(monkeypatch):
    monkeypatch.setattr(files, "UNZIPPED_BYTES", 1000)
    parts = {f"word/media/{number}.bin": bytes(400) for number in range(3)}

    with pytest.raises(BadFile):
        inspect(uploaded(document(**parts), "a.docx"))


def test_too_many_parts_are_refused(monkeypatch):
    monkeypatch.setattr(files, "ZIP_PARTS", 3)

    with pytest.raises(BadFile):
        inspect(uploaded(document(a=b"", b=b""), "a.docx"))


def test_part_with_a_password_is_refused():
    content = bytearray(document())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + offset] |= 1

    with pytest.raises(BadFile) as refusal:
        inspect(uploaded(bytes(content), "a.docx"))

    assert "密码" in refusal.value.message


def test_part_packed_in_another_way_is_refused():
    content = bytearray(document())
    position = content.find(b"PK\x01\x02")
    struct.pack_into("<H", content, position + 10, zipfile.ZIP_LZMA)

    with pytest.raises(BadFile):
        inspect(uploaded(bytes(content), "a.docx"))


def test_stored_parts_are_taken():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"<w/>" * 100_000)

    assert inspect(uploaded(target.getvalue(), "a.docx")) == files.DOCX


def test_large_honest_part_is_unpacked_in_pieces():
    content = zlib.compress(b"", 0) + b"<w/>" * 900_000

    assert inspect(uploaded(document(**{"word/big.xml": content}), "a.docx")) == files.DOCX
