"""From an uploaded official text to its lines: txt, docx, or PDF with text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from . import limits, pdf, word
from .refusals import Unreadable

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
#: Beginnings of files that would otherwise decode as some text or other.
_OTHER_KINDS = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*", b"\x7fELF", b"MZ",
    b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"{\\rtf",
)  # fmt: skip
_CONTROLS = "\t\n\v\f\r\x1a"  # the last one ends a file of old
_MARKUP = ("<html", "<!doctype", "<?xml")

Kind = Literal["txt", "docx", "pdf"]


@dataclass(frozen=True, slots=True)
class ReadText:
    """The lines of a file from top to bottom, empty ones included, as they are printed.

    `pages` is the number of pages of a PDF. A form feed at the start of a line marks a new page.
    """

    lines: tuple[str, ...]
    kind: Kind
    pages: int | None = None


def read_text(content: bytes, *, name: str = "") -> ReadText:
    """The lines of an official text; the content decides what the file is, not its name.

    Txt may be UTF-8, UTF-16 with its mark, or GB18030. `name` only tells a macro file by its
    ending. Raises Unreadable.
    """
    if not content:
        raise Unreadable("empty")
    if len(content) > limits.MOST_BYTES:
        raise Unreadable("too_large", most=limits.MOST_BYTES // limits.MIB)
    if name.lower().endswith((".docm", ".dotm")):
        raise Unreadable("macro")
    read = _read(content)
    if sum(map(len, read.lines)) > limits.MOST_CHARACTERS:
        raise Unreadable("too_long", most=limits.MOST_CHARACTERS)
    if not any(line.strip() for line in read.lines):
        raise Unreadable("scan" if read.kind == "pdf" else "no_text")
    return read


def _read(content: bytes) -> ReadText:
    if content.startswith(_OLD_OFFICE):
        raise Unreadable("old_office")
    if content.startswith(b"PK"):
        return ReadText(word.lines_of(content), "docx")
    if b"%PDF-" in content[:1024]:
        pages = pdf.pages_of(content)
        return ReadText(
            tuple(line for page in pages for line in _page_lines(page)), "pdf", len(pages)
        )
    if content.startswith(_OTHER_KINDS):
        raise Unreadable("kind")
    return ReadText(tuple(_lines(_decoded(content))), "txt")


def _decoded(content: bytes) -> str:
    codecs = ("utf-16",) if content.startswith(_UTF16_MARKS) else ("utf-8-sig", "gb18030")
    for codec in codecs:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if text.lstrip()[:16].lower().startswith(_MARKUP):
            raise Unreadable("kind")
        if _is_text(text):
            return text
    raise Unreadable("encoding")


def _is_text(text: str) -> bool:
    return not any(one < " " and one not in _CONTROLS for one in set(text))


def _lines(text: str) -> list[str]:
    """The lines; a form feed stays in front of the line that begins the page."""
    return text.replace("\f", "\n\f").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _page_lines(page: str) -> list[str]:
    lines = _lines(page.replace("\f", "\n"))
    return ["\f" + lines[0], *lines[1:]]
