"""The look into a workbook's zip before any reader of workbooks may touch it.

SECURITY: calamine lays a sheet out as one dense block from its first to its last cell, so one
far cell in a file of a few kilobytes makes it ask for hundreds of gigabytes and the process is
killed; and it copies a shared string into every cell that names it. Nothing reaches calamine
that `inspect` has not walked through to the last byte. Every part is inflated here by its
compressed size, because the sizes that a zip declares are only claims.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from .limits import MIB, Limits, SheetRefused
from .words import Phrase

PIECE = MIB
LONGEST_TAIL = 4 * MIB

_ANY_CELL = re.compile(rb"<(?:[^\s<>/\"'=:]+:)?c[\s/>]")
# A cell as every common program writes it: its place first, then attributes in double quotes.
_PLAIN_CELL = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3})([1-9][0-9]{0,6})"'
    rb'(?: (?!r=)[\w:]+="[^"<>&]*")* ?(/?)>'
)
# The same within A1:BH20000, the standard limits: nothing more need be known of such a cell.
_NEAR_CELL = re.compile(
    rb'<c r="(?:[A-Z]|A[A-Z]|B[A-H])(?:[1-9][0-9]{0,3}|1[0-9]{4}|20000)"(?: [st]="\w*")* ?(/?)>'
)
_NEAR_ROWS, _NEAR_COLUMNS = 20_000, 60
_SHARED_INDEX = re.compile(rb' t="s"[^<>]*><(?:\w+:)?v>([0-9]{1,9})</')
_NOTABLE_CELL = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3})([1-9][0-9]{0,6})"([^<>]*)(?<!/)>(.*?)</(?:\w+:)?c>', re.DOTALL
)
_HAS_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_CACHED = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<]*)<")
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row(?= )[^<>]* r="([0-9]{1,7})"[^<>]* hidden="(?:1|true)"')
_STRING_ITEM = re.compile(rb"<(?:\w+:)?si[\s/>]")
_MARKUP_IN_ATTRIBUTE = re.compile(rb"<[A-Za-z][^<>]*=\s*(?:\"[^\"<>]*|'[^'<>]*)<")

_MACRO = _("文件里带有宏，不能接收。请另存为“Excel 工作簿（.xlsx）”后再上传。")
DAMAGED = _("文件已损坏或没有传完，打不开。请用 Excel 或 WPS 打开并重新保存后再上传。")
_UNUSUAL = _("表格的内部格式不规范，无法安全读取。请用 Excel 或 WPS 打开并另存后再上传。")
_BOMB = _("文件解压后过大，不能接收。请把数据复制到新的空白工作簿中，保存后再上传。")


@dataclass(slots=True)
class PartScan:
    """What one worksheet part holds, as far as safety and the report of errors need it."""

    name: str
    rows: int = 0
    columns: int = 0
    cells: int = 0
    shared: int = 0
    merged: bool = False
    plain: bool = True
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Package:
    """A workbook that may be opened, and the scans of its worksheet parts by part name."""

    content: bytes
    sheets: dict[str, PartScan]
    order: list[str]

    def scan_of(self, place: int) -> PartScan | None:
        """The scan of the sheet at `place` in the workbook's own list of sheets."""
        return self.sheets.get(self.order[place]) if place < len(self.order) else None


def inspect(content: bytes, limits: Limits) -> Package:
    """Walk through the zip in `content`; SheetRefused when it is no safe xlsx workbook."""
    members = _members(content, limits)
    sheets: dict[str, PartScan] = {}
    longest, total, read_by_calamine = 0, 0, 0
    for member in members.values():
        kind = _kind_of(member.filename)
        if kind == "book" and member.file_size > limits.book_parts:
            raise SheetRefused("bomb", _BOMB)
        if kind == "strings":
            longest = max(longest, *_string_lengths(content, member, limits), 0)
        elif kind == "media":
            _refuse_hidden_sheet(content, member)
        else:
            scan = _scan_part(content, member, limits)
            if scan is not None:
                sheets[_plain_name(member.filename)] = scan
                kind = "sheet"
        total += member.file_size
        read_by_calamine += member.file_size if kind in {"sheet", "strings", "styles"} else 0
    if read_by_calamine > limits.sheet_parts:
        raise SheetRefused("bomb", _BOMB)
    for scan in sheets.values():
        _refuse_copied_text(content, members, scan, longest, limits)
    return Package(content, sheets, _sheet_order(content, members))


def _members(content: bytes, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The table of contents of a workbook, once its own claims agree with each other."""
    # The list of a hundred thousand names takes more memory than the whole file.
    if content.count(b"PK\x01\x02") > 2 * limits.parts:
        raise SheetRefused("too_many_parts", _BOMB)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            listed = archive.infolist()
    # NotImplementedError is the word of zipfile for a compression that it does not know.
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
        raise SheetRefused("damaged", DAMAGED) from None
    members = {_plain_name(info.filename): info for info in listed}
    _refuse_other_kinds(members)
    # SECURITY: two readers may choose different tables of contents when there are two.
    end = max(0, len(content) - 70_000)
    if content.count(b"PK\x05\x06", end) != 1 or content.count(b"PK\x06\x07", end):
        raise SheetRefused("damaged", DAMAGED)
    if len(listed) > limits.parts:
        raise SheetRefused("too_many_parts", _BOMB)
    if len(members) != len(listed):
        raise SheetRefused("unusual", _UNUSUAL)
    if sum(info.compress_size for info in listed) > len(content):
        raise SheetRefused("bomb", _BOMB)
    for info in listed:
        _refuse_member(info, limits)
    if sum(info.file_size for info in listed) > limits.unzipped:
        raise SheetRefused("bomb", _BOMB)
    return members


def _refuse_member(info: zipfile.ZipInfo, limits: Limits) -> None:
    if info.flag_bits & 0x1:
        raise SheetRefused(
            "encrypted", _("文件设有密码，无法读取。请在 Excel 或 WPS 中取消密码并保存后再上传。")
        )
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise SheetRefused("unusual", _UNUSUAL)
    if info.file_size > MIB and info.file_size > limits.ratio * max(1, info.compress_size):
        raise SheetRefused("bomb", _BOMB)


def _refuse_other_kinds(members: dict[str, zipfile.ZipInfo]) -> None:
    """A zip that is something else than a workbook without macros is named for what it is."""
    names = members.keys()
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise SheetRefused("macro", _MACRO)
    if "xl/workbook.bin" in names:
        raise SheetRefused(
            "xlsb", _("这是二进制工作簿（.xlsb）。请另存为“Excel 工作簿（.xlsx）”后再上传。")
        )
    if "xl/workbook.xml" in names:
        return
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise SheetRefused(
            "other_office",
            _("这是 Word 或演示文稿，不是表格。请把内容填入下载的模板（.xlsx）后再上传。"),
        )
    if "content.xml" in names and "mimetype" in names:
        raise SheetRefused(
            "ods", _("这是 OpenDocument 表格（.ods）。请另存为“Excel 工作簿（.xlsx）”后再上传。")
        )
    if "[content_types].xml" in names:
        raise SheetRefused("damaged", DAMAGED)
    raise SheetRefused(
        "archive", _("这是压缩包。请先解压，再上传里面的表格文件（.xlsx 或 .csv）。")
    )


def _plain_name(name: str) -> str:
    return name.lower().replace("\\", "/").lstrip("/")


def _kind_of(name: str) -> str:
    name = _plain_name(name)
    if name.endswith("sharedstrings.xml"):
        return "strings"
    if name.endswith("styles.xml"):
        return "styles"
    if name.endswith((".rels", "workbook.xml", "[content_types].xml")):
        return "book"
    if name.endswith((".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".bin")):
        return "media"
    return "part"


def _pieces(content: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part inflated piece by piece, held to its declared size and checksum at the end."""
    view = memoryview(content)
    header = view[info.header_offset : info.header_offset + 30]
    if len(header) < 30 or bytes(header[:4]) != b"PK\x03\x04":
        raise SheetRefused("damaged", DAMAGED)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    start = info.header_offset + 30 + name_length + extra_length
    packed = view[start : start + info.compress_size]
    if len(packed) != info.compress_size:
        raise SheetRefused("damaged", DAMAGED)
    pieces = _stored(packed) if info.compress_type == zipfile.ZIP_STORED else _inflated(packed)
    size = checksum = 0
    for piece in pieces:
        size += len(piece)
        if size > info.file_size:
            raise SheetRefused("bomb", _BOMB)
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if size != info.file_size or checksum != info.CRC:
        raise SheetRefused("damaged", DAMAGED)


def _stored(packed: memoryview) -> Iterator[bytes]:
    for offset in range(0, len(packed), PIECE):
        yield bytes(packed[offset : offset + PIECE])


def _inflated(packed: memoryview) -> Iterator[bytes]:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for offset in range(0, len(packed), PIECE):
            waiting: bytes | memoryview = packed[offset : offset + PIECE]
            while waiting:
                piece = machine.decompress(waiting, PIECE)
                if piece:
                    yield piece
                waiting = machine.unconsumed_tail
        piece = machine.flush()
    except zlib.error:
        raise SheetRefused("damaged", DAMAGED) from None
    if piece:
        yield piece
    if not machine.eof or machine.unused_data:
        raise SheetRefused("damaged", DAMAGED)


def _refuse_hidden_sheet(content: bytes, info: zipfile.ZipInfo) -> None:
    """Pictures are not searched for cells, so none of them may be a worksheet in disguise."""
    rest = b""
    for piece in _pieces(content, info):
        if b"sheetData" in rest + piece:
            raise SheetRefused("unusual", _UNUSUAL)
        rest = piece[-16:]


def _segments(content: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in segments that begin and end between cells, or at least between tags."""
    rest = b""
    for piece in _pieces(content, info):
        joined = rest + piece if rest else piece
        cut = max(joined.rfind(b"<c "), joined.rfind(b"<row"), joined.rfind(b"<si"))
        if cut <= 0:
            prefixed = max(joined.rfind(b":c "), joined.rfind(b":row"), joined.rfind(b":si"))
            cut = joined.rfind(b"<", 0, prefixed) if prefixed > 0 else joined.rfind(b"<")
        if cut <= 0 and len(joined) > LONGEST_TAIL:
            raise SheetRefused("unusual", _UNUSUAL)
        cut = max(cut, 0)
        if cut:
            yield joined[:cut]
        rest = joined[cut:]
        if len(rest) > LONGEST_TAIL:
            raise SheetRefused("unusual", _UNUSUAL)
    if rest:
        yield rest


def _scan_part(content: bytes, info: zipfile.ZipInfo, limits: Limits) -> PartScan | None:
    """The scan of a part that holds cells; None for one that holds none."""
    scan = PartScan(info.filename)
    seen_cells = False
    for segment in _segments(content, info):
        found = _scan_segment(segment, scan, limits)
        seen_cells = seen_cells or found or b"sheetData" in segment
    if not seen_cells:
        return None
    if not scan.plain:
        scan = _scan_by_parser(content, info)
    _refuse_far_cells(scan, limits)
    return scan


def _scan_segment(segment: bytes, scan: PartScan, limits: Limits) -> bool:
    """Add what the segment holds to the scan; whether it holds any cell, an empty one included."""
    if b"<!" in segment or segment.find(b"<?", 2) >= 0:
        scan.plain = False
    near = _near_cells(segment, limits)
    if near is None:
        found = _scan_places(segment, scan)
    else:
        scan.cells += near.count(b"")
        found = bool(near)
    if not scan.plain:
        return found
    scan.shared += segment.count(b' t="s"')
    scan.merged = scan.merged or b"mergeCell " in segment
    _note_cells(segment, scan, limits)
    return found


def _near_cells(segment: bytes, limits: Limits) -> list[bytes] | None:
    """The ends ("/" where empty) of all cells, or None unless every one is plain and near.

    Only what can be counted both ways may pass here: any tag that begins like a cell and is not
    matched sends the segment to the thorough scan.
    """
    if limits.rows < _NEAR_ROWS or limits.columns < _NEAR_COLUMNS or b":c" in segment:
        return None
    found: list[bytes] = _NEAR_CELL.findall(segment)
    return found if len(found) == segment.count(b"<c") - segment.count(b"<col") else None


def _scan_places(segment: bytes, scan: PartScan) -> bool:
    cells = _PLAIN_CELL.findall(segment)
    loose = len(_ANY_CELL.findall(segment))
    if loose != len(cells):
        scan.plain = False
    # An empty cell, however far out, is only formatted: the reader passes it over.
    filled = [(letters, row) for letters, row, closed in cells if not closed]
    if filled:
        columns = {letters for letters, _row in filled}
        scan.columns = max(scan.columns, *map(column_number, columns))
        scan.rows = max(scan.rows, *(int(row) for row in {row for _letters, row in filled}))
        scan.cells += len(filled)
    return loose > 0


def _note_cells(segment: bytes, scan: PartScan, limits: Limits) -> None:
    """Error cells and formulas without a stored value: calamine gives both as empty."""
    if b'hidden="' in segment:
        scan.hidden_rows += [int(row) for row in _HIDDEN_ROW.findall(segment)]
    if b' t="e"' not in segment and b"<f" not in segment and b":f" not in segment:
        return
    for letters, row, attributes, inside in _NOTABLE_CELL.findall(segment):
        code = _fault(attributes, inside)
        if code and len(scan.faults) < limits.cells:
            scan.faults[int(row) - 1, column_number(letters) - 1] = code


def _fault(attributes: bytes, inside: bytes) -> str:
    cached = _CACHED.search(inside)
    if b' t="e"' in attributes:
        return cached.group(1).decode("ascii", "replace") if cached else "#ERROR"
    if not _HAS_FORMULA.search(inside) or b' t="str"' in attributes:
        return ""
    return "" if cached and cached.group(1) else "formula"


def column_number(letters: bytes) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


class _Walker:
    """The same scan by a real XML parser, for cells without a place and other rare writing."""

    def __init__(self, name: str) -> None:
        self.scan = PartScan(name, plain=False)
        self.row = self.column = self.seen = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "row":
            self._start_row(attributes)
        elif local == "c":
            self._start_cell(attributes)
        elif local == "mergeCell":
            self.scan.merged = True

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._count()
        given = attributes.get("r", "")
        # Whoever counts the rows may go by their own numbers or by their order: assume the worse.
        self.row = max(self.row + 1, _small_number(given)) if given else self.row + 1
        self.column = 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._count()
        place = re.fullmatch(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})", attributes.get("r", "A1"))
        if place is None:
            raise SheetRefused("unusual", _UNUSUAL)
        self.column += 1
        if "r" in attributes:
            self.column = max(self.column, column_number(place[1].upper().encode()))
            self.row = max(self.row, _small_number(place[2]))
        self.scan.rows = max(self.scan.rows, self.row)
        self.scan.columns = max(self.scan.columns, self.column)
        self.scan.cells += 1
        self.scan.shared += attributes.get("t") == "s"

    def _count(self) -> None:
        self.seen += 1
        if self.seen > 1_000_000:
            raise SheetRefused("unusual", _UNUSUAL)


def _small_number(digits: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,6}", digits):
        raise SheetRefused("unusual", _UNUSUAL)
    return int(digits)


def _scan_by_parser(content: bytes, info: zipfile.ZipInfo) -> PartScan:
    walker = _Walker(info.filename)
    parser = expat.ParserCreate()
    parser.StartElementHandler = walker.start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for piece in _pieces(content, info):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise SheetRefused("damaged", DAMAGED) from None
    return walker.scan


def _sheet_order(content: bytes, members: dict[str, zipfile.ZipInfo]) -> list[str]:
    """The part names of the sheets in the workbook's order; only the report of errors needs it."""
    targets: dict[str, str] = {}
    order: list[str] = []

    def relation(tag: str, given: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            targets[given.get("Id", "")] = given.get("Target", "")

    def sheet(tag: str, given: dict[str, str]) -> None:
        if tag.rpartition(":")[2] != "sheet":
            return
        known = next((value for key, value in given.items() if key.endswith(":id")), "")
        target = _plain_name(targets.get(known, ""))
        order.append(target if target.startswith("xl/") else f"xl/{target}")

    for name, handler in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        if name not in members:
            raise SheetRefused("damaged", DAMAGED)
        parser = expat.ParserCreate()
        parser.StartElementHandler = handler
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            parser.Parse(b"".join(_pieces(content, members[name])), True)
        except expat.ExpatError:
            raise SheetRefused("damaged", DAMAGED) from None
    return order


def _refuse_doctype(*_ignored: Any) -> None:
    raise SheetRefused("unusual", _UNUSUAL)


def _refuse_far_cells(scan: PartScan, limits: Limits) -> None:
    if scan.rows > limits.rows:
        raise too_many_rows(scan.rows, limits)
    if scan.columns > limits.columns:
        raise too_many_columns(scan.columns, limits)
    if scan.cells > limits.cells:
        raise too_many_cells(scan.cells, limits)


def too_many_rows(row: int, limits: Limits) -> SheetRefused:
    """The refusal of a sheet that reaches down to `row`."""
    return SheetRefused(
        "too_many_rows",
        Phrase(
            _(
                "表格用到了第 %(row)s 行，最多 %(limit)s 行。"
                "请删除多余的行（下方没有用的行也要选中删除）后再上传。"
            ),
            row=row,
            limit=limits.rows,
        ),
    )


def too_many_columns(column: int, limits: Limits) -> SheetRefused:
    """The refusal of a sheet that reaches as far right as `column`, counted from 1."""
    return SheetRefused(
        "too_many_columns",
        Phrase(
            _("表格用到了第 %(column)s 列，最多 %(limit)s 列。请删除右侧没有用的列后再上传。"),
            column=column,
            limit=limits.columns,
        ),
    )


def too_many_cells(cells: int, limits: Limits) -> SheetRefused:
    """The refusal of a sheet whose rows and columns are allowed, but not both at once."""
    return SheetRefused(
        "too_many_cells",
        Phrase(
            _("表格里填了 %(cells)s 格，最多 %(limit)s 格。请删除没有用的列，或分成几个文件上传。"),
            cells=cells,
            limit=limits.cells,
        ),
    )


def _string_lengths(content: bytes, info: zipfile.ZipInfo, limits: Limits) -> list[int]:
    """The size in bytes of every shared string, markup included: never less than its text."""
    lengths: list[int] = []
    for segment in _segments(content, info):
        if b"<!" in segment or segment.find(b"<?", 2) >= 0 or _hides_markup(segment):
            raise SheetRefused("unusual", _UNUSUAL)
        starts = [found.start() for found in _STRING_ITEM.finditer(segment)]
        if lengths and (not starts or starts[0]):
            lengths[-1] += starts[0] if starts else len(segment)
        lengths += [end - start for start, end in pairwise([*starts, len(segment)])]
        if len(lengths) > 2 * limits.cells:
            raise SheetRefused("bomb", _BOMB)
    return lengths


def _hides_markup(segment: bytes) -> bool:
    """Whether a tag holds `<` inside an attribute; text that merely looks so does not count."""
    return b'="' in segment and _MARKUP_IN_ATTRIBUTE.search(segment) is not None


def _refuse_copied_text(
    content: bytes,
    members: dict[str, zipfile.ZipInfo],
    scan: PartScan,
    longest: int,
    limits: Limits,
) -> None:
    """Refuse a sheet whose cells, each with its own copy of its string, would fill the memory."""
    if scan.shared * longest <= limits.text:
        return
    lengths: list[int] = []
    for name, info in members.items():
        if _kind_of(name) == "strings":
            lengths = _string_lengths(content, info, limits)
    total = named = 0
    if scan.plain:
        info = members[_plain_name(scan.name)]
        for segment in _segments(content, info):
            for index in _SHARED_INDEX.findall(segment):
                named += 1
                total += lengths[int(index)] if int(index) < len(lengths) else longest
    total += (scan.shared - named) * longest
    if total > limits.text:
        raise SheetRefused("bomb", _BOMB)
