"""The lines of a docx file: paragraphs and tables in their order.

SECURITY: the zip is looked through before any parser sees it. Every part is unpacked once, piece
by piece, because the sizes that a zip declares are only claims.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from jiaozuo_portal.lib.files import BROKEN_ZIP

from .limits import MIB
from .numbering import Numbering
from .refusals import Unreadable

MOST_UNZIPPED = 60 * MIB
MOST_XML = 24 * MIB  # of one part: a tree takes many times the memory of its text
MOST_PARTS = 2000
_PIECE = 256 * 1024
_XML = (".xml", ".rels")
#: What was deleted or moved away, what is no text, and what repeats a text box for old programs.
_LEFT_OUT = {
    *(qn(f"w:{name}") for name in ("del", "moveFrom", "instrText", "rPr", "pPr", "sectPr")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_MARKS = {qn("w:tab"): "\t", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


def lines_of(content: bytes) -> tuple[str, ...]:
    """The lines of a docx, a table row as one line with tabs between its cells.

    Raises Unreadable: no docx, damaged, with macros or a password, or larger than may be unpacked.
    """
    _look_through(content)
    try:
        document = Document(io.BytesIO(content))
        return tuple(_lines(document.element.body, _numbering_of(document.part)))
    except Unreadable:
        raise
    except Exception as error:  # a broken part makes the parser raise anything
        raise Unreadable("damaged") from error


def _look_through(content: bytes) -> None:
    # The list of a hundred thousand names takes more memory than the whole file.
    if content.count(b"PK\x01\x02") > 2 * MOST_PARTS:
        raise Unreadable("too_many_parts", most=MOST_PARTS)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _look_at_names(archive)
            _look_at_parts(archive)
    except (*BROKEN_ZIP, OSError) as error:
        raise Unreadable("damaged") from error
    except RuntimeError as error:  # what zipfile raises for a password
        raise Unreadable("encrypted") from error


def _look_at_names(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unreadable("encrypted")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Unreadable("macro")
    if "word/document.xml" not in names or "[content_types].xml" not in names:
        raise Unreadable("kind")
    if len(parts) > MOST_PARTS:
        raise Unreadable("too_many_parts", most=MOST_PARTS)
    if len(names) != len(parts):
        raise Unreadable("unsafe")
    if sum(part.file_size for part in parts) > MOST_UNZIPPED:
        raise Unreadable("unpacks_too_large", most=MOST_UNZIPPED // MIB)


def _look_at_parts(archive: zipfile.ZipFile) -> None:
    room = MOST_UNZIPPED
    for part in archive.infolist():
        is_xml = part.filename.lower().endswith(_XML)
        most = min(room, MOST_XML) if is_xml else room
        size, end = 0, b""
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > most:
                    raise Unreadable("unpacks_too_large", most=most // MIB)
                if is_xml:
                    _refuse_declarations(end + piece)
                    end = piece[-32:]
        room -= size


def _refuse_declarations(piece: bytes) -> None:
    # SECURITY: Word writes no document types and no entities; both serve to swell or to leak.
    plain = piece.replace(b"\0", b"").upper()  # also where it is written in UTF-16
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise Unreadable("unsafe")


def _numbering_of(part: Any) -> Numbering:
    """The parts that say how paragraphs are numbered; a docx may lack either."""
    parts = {relation.reltype: relation for relation in part.rels.values()}
    found = (parts.get(kind) for kind in (RELATIONSHIP_TYPE.NUMBERING, RELATIONSHIP_TYPE.STYLES))
    return Numbering(*(getattr(one.target_part, "element", None) if one else None for one in found))


def _lines(body: Any, numbering: Numbering) -> Iterator[str]:
    for block in _blocks(body, (qn("w:p"), qn("w:tr"))):
        cells = list(_blocks(block, (qn("w:tc"),))) if block.tag == qn("w:tr") else []
        if len(cells) > 1:
            yield "\t".join(" ".join(_words(cell).split()) for cell in cells)
        else:
            label = numbering.label_of(block) if block.tag == qn("w:p") else ""
            yield from (label + _words(block)).split("\n")


def _blocks(inside: Any, tags: tuple[str, ...]) -> Iterator[Any]:
    """The outermost elements with these tags in their order, those in content controls included."""
    waiting = list(reversed(inside))
    while waiting:
        element = waiting.pop()
        if element.tag in tags:
            yield element
        elif element.tag not in _LEFT_OUT:
            waiting.extend(reversed(element))


def _words(block: Any) -> str:
    """The text of a paragraph, cell or row as it stands, without what was deleted."""
    words: list[str] = []
    waiting = [block]
    while waiting:
        element = waiting.pop()
        if element.tag == qn("w:t"):
            words.append(element.text or "")
        elif element.tag in _MARKS:
            words.append(_MARKS[element.tag])
        elif element.tag == qn("w:br"):
            words.append("\f" if element.get(qn("w:type")) == "page" else "\n")
        elif element.tag not in _LEFT_OUT:
            if element.tag == qn("w:p") and words:
                words.append("\n")
            waiting.extend(reversed(element))
    return "".join(words)
