"""What an uploaded file really is: its content decides, not its name or what the browser says.

Everything here runs before any parser sees the file, and within fixed memory.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import filetype
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from jiaozuo_portal.lib.punctuation import listed
from jiaozuo_portal.lib.refusals import Refused

UNZIPPED_BYTES = 120 * 1024 * 1024
ZIP_PARTS = 2000
_HEAD_BYTES = 8192
_PIECE = 256 * 1024
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_CODECS = ("utf-8-sig", "gb18030")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

#: What reading a broken zip raises; NotImplementedError is its word for an unknown compression.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError)


@dataclass(frozen=True, slots=True)
class FileKind:
    """One of the types that the portal takes: its short name, extension and media type."""

    name: str
    extension: str
    media_type: str


PDF = FileKind("pdf", ".pdf", "application/pdf")
PNG = FileKind("png", ".png", "image/png")
JPEG = FileKind("jpg", ".jpg", "image/jpeg")
WEBP = FileKind("webp", ".webp", "image/webp")
DOCX = FileKind(
    "docx", ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)
XLSX = FileKind(
    "xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
ZIP = FileKind("zip", ".zip", "application/zip")  # any other zip: taken only where asked for
CSV = FileKind("csv", ".csv", "text/csv")

ATTACHMENTS = (PDF, PNG, JPEG, WEBP, DOCX, XLSX, CSV)
SHEETS = (XLSX, CSV)

_BY_MAGIC = {"application/pdf": PDF, "image/png": PNG, "image/jpeg": JPEG, "image/webp": WEBP}


class BadFile(Refused):
    """The file is not taken; `message` says why and what to do, for the person who sent it."""


def inspect(uploaded: Any, *, allow: tuple[FileKind, ...] = ATTACHMENTS) -> FileKind:
    """The kind of an uploaded file, by its content; leaves the file at its beginning.

    `uploaded` is a Django file: name, size in bytes, read and seek. Raises BadFile where it is
    empty, larger than PORTAL_UPLOAD_BYTES, damaged, of a kind that is not in `allow`, holds macros
    or a password, or would unpack to more than UNZIPPED_BYTES.
    """
    if not uploaded.size:
        raise BadFile(_("文件是空的，请重新选择。"))
    if uploaded.size > settings.PORTAL_UPLOAD_BYTES:
        raise BadFile(
            _("文件有 %(size)s，超过 %(most)s 的上限，请压缩或拆分后再上传。")
            % {
                "size": filesizeformat(uploaded.size),
                "most": filesizeformat(settings.PORTAL_UPLOAD_BYTES),
            }
        )
    try:
        kind = _kind_of(uploaded)
    finally:
        uploaded.seek(0)
    if kind not in allow:
        raise _not_taken(allow)
    return kind


def _kind_of(uploaded: Any) -> FileKind | None:
    uploaded.seek(0)
    head = uploaded.read(_HEAD_BYTES)
    if head.startswith(_OLE_MAGIC):
        raise BadFile(
            _("这是旧版 Office 文件或设了密码的文件，请去掉密码，另存为 .docx 或 .xlsx 再上传。")
        )
    if head.startswith(b"PK"):
        return _kind_in_zip(uploaded)
    kind = _BY_MAGIC.get(filetype.guess_mime(head) or "")
    if kind is None:
        # Text has no mark of its own: a table in GB18030 may begin like a music file.
        return CSV if _is_table_of_text(uploaded) else None
    if kind is PDF and not _ends_like_pdf(uploaded):
        raise BadFile(_("PDF 文件不完整，可能没有传完，请重新生成或下载后再上传。"))
    return kind


def _kind_in_zip(uploaded: Any) -> FileKind | None:
    uploaded.seek(0)
    try:
        with zipfile.ZipFile(uploaded) as archive:
            _refuse_dangerous(archive, uploaded)
            parts = set(archive.namelist())
    except BROKEN_ZIP as error:
        raise BadFile(_("文件已损坏，打不开，请重新保存后再上传。")) from error
    if "[Content_Types].xml" not in parts:
        return ZIP
    if "word/document.xml" in parts:
        return DOCX
    if "xl/workbook.xml" in parts:
        return XLSX
    return None


def _refuse_dangerous(archive: zipfile.ZipFile, uploaded: IO[bytes]) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 0x1 for part in parts):
        raise BadFile(_("文件设了密码，请去掉密码后再上传。"))
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise BadFile(_("文件里有宏，请另存为不含宏的 .docx 或 .xlsx 再上传。"))
    if len(parts) > ZIP_PARTS or sum(part.file_size for part in parts) > UNZIPPED_BYTES:
        raise _unpacks_too_large()
    # SECURITY: the declared sizes may lie and a parser may not check them, so each part is
    # unpacked once, piece by piece, to see its true size.
    room = UNZIPPED_BYTES
    for part in parts:
        size = sum(len(piece) for piece in _unpacked(part, uploaded, room))
        if size != part.file_size:
            raise zipfile.BadZipFile("A part is not as long as it says.")
        room -= size


def _unpacked(part: zipfile.ZipInfo, uploaded: IO[bytes], room: int) -> Iterator[bytes]:
    """The true content of one part in pieces; raises BadFile when it outgrows `room` bytes."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile("A part is packed in a way that Office does not use.")
    uploaded.seek(part.header_offset)
    header = _LOCAL_HEADER.unpack(uploaded.read(_LOCAL_HEADER.size))
    uploaded.seek(part.header_offset + _LOCAL_HEADER.size + header[-2] + header[-1])
    if part.compress_type == zipfile.ZIP_STORED:
        if part.compress_size > room:
            raise _unpacks_too_large()
        yield from iter_pieces(uploaded, part.compress_size)
        return
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    for packed in iter_pieces(uploaded, part.compress_size):
        while packed and not inflate.eof:
            piece = inflate.decompress(packed, _PIECE)
            room -= len(piece)
            if room < 0:
                raise _unpacks_too_large()
            yield piece
            packed = inflate.unconsumed_tail
    yield inflate.flush()


def iter_pieces(file: IO[bytes], length: int) -> Iterator[bytes]:
    """The next `length` bytes of a file in pieces of at most 256 KiB; fewer where it ends."""
    while length > 0 and (piece := file.read(min(length, _PIECE))):
        length -= len(piece)
        yield piece


def _is_table_of_text(uploaded: Any) -> bool:
    if not str(uploaded.name).lower().endswith((".csv", ".txt")):
        return False
    uploaded.seek(0)
    content = uploaded.read()
    if content.startswith(_UTF16_MARKS):
        return _decodes(content, "utf-16")
    return b"\0" not in content and any(_decodes(content, codec) for codec in _TEXT_CODECS)


def _decodes(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _ends_like_pdf(uploaded: Any) -> bool:
    uploaded.seek(max(0, uploaded.size - 2048))
    return b"%%EOF" in uploaded.read()


def _unpacks_too_large() -> BadFile:
    return BadFile(
        _("文件解压后超过 %(most)s，请删去多余的工作表、图片或空白行列后再上传。")
        % {"most": filesizeformat(UNZIPPED_BYTES)}
    )


def _not_taken(allow: tuple[FileKind, ...]) -> BadFile:
    return BadFile(
        _("文件的内容不是可以上传的类型。可以上传：%(kinds)s。")
        % {"kinds": listed(kind.name.upper() for kind in allow)}
    )
