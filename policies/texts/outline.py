"""The outline of an official text with its wording as printed: title, opening, numbered clauses.

Lines are recognised in the folded form of `split`; what is kept is the line as the file has it, so
the wording stays official. A line broken by a page is joined again, nothing else is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from jiaozuo_portal.lib.scripts import simplified

from .numbers import document_number
from .split import plain

Script = Literal["hans", "hant"]

_NUMBER = re.compile(r"[一-龥]{1,12}[〔\[(【]\d{4}[〕\])】]\d{1,4}号")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_SECTION = re.compile(r"[一二三四五六七八九十]{1,3}、")
_GROUP = re.compile(r"\([一二三四五六七八九十]{1,3}\)")
_CLAUSE = re.compile(r"(\d{1,3})[.．、](?!\d)")
_DUTY = re.compile(r"\(责任单位:([^()]*(?:\([^()]*\)[^()]*)*)\)")
_DUTY_LAST = re.compile(_DUTY.pattern + r"[。.]?$")
_IN_NAMES = str.maketrans("()〔〕", "（）（）")
_NUMERAL = re.compile(r"\s*\d{1,3}\s*[.．、。]\s*")
_ISSUER = re.compile(
    r"(.{2,40}?(?:人民政府办公[厅室]|人民政府|指挥部办公室|指挥部|委员会|管委会|厅|局|委))关于"
)
_STOPS = "。！？；：.!?;:"
#: A heading above a document's number is at most so many lines.
_MOST_HEAD = 8
#: So much of a text in the other script is no accident.
_TRADITIONAL_SHARE = 0.02


@dataclass(slots=True)
class Piece:
    """One numbered clause: wording as printed with its brackets, departments as printed."""

    number: int
    section: str
    body: str
    departments: tuple[str, ...]


@dataclass(slots=True)
class Outline:
    """One document of a file; what the text does not print is empty."""

    number: str = ""
    title: str = ""
    issuer: str = ""
    dated: date | None = None
    script: Script = "hans"
    opening: str = ""
    pieces: list[Piece] = field(default_factory=list)
    closing: str = ""

    @property
    def names_departments(self) -> bool:
        """Whether any clause says who is responsible: what a policy text does and a guide not."""
        return any(piece.departments for piece in self.pieces)


def outlines(lines: Iterable[str]) -> list[Outline]:
    """The documents of a file that hold numbered clauses, in their order."""
    found = [(line.strip(), plain(line)) for line in lines]
    kept = [(raw, folded) for raw, folded in found if folded]
    return [one for one in map(_outline, _parts(kept)) if one.pieces]


def departments_in(body: str) -> tuple[str, ...]:
    """The departments in all responsibility brackets of a wording, each once, in Simplified."""
    names: list[str] = []
    for duty in _DUTY.finditer("".join(plain(body).split())):
        names += filter(None, re.split(r"[、,](?![^(]*\))", duty[1]))
    return tuple(dict.fromkeys(name.translate(_IN_NAMES) for name in names))


def script_of(text: str) -> Script:
    """The script in which a text is written; a few characters of the other one do not count."""
    changed = sum(one != other for one, other in zip(text, simplified(text), strict=False))
    return "hant" if changed > len(text) * _TRADITIONAL_SHARE else "hans"


_Line = tuple[str, str]


def _parts(lines: list[_Line]) -> Iterator[list[_Line]]:
    """The lines of each document: a document begins with the heading above its number."""
    starts = [0]
    for at, (_raw, folded) in enumerate(lines):
        if _NUMBER.fullmatch(folded):
            starts.append(_head_of(lines, at, starts[-1]))
    ends = [*starts[1:], len(lines)]
    for start, end in zip(starts, ends, strict=True):
        if start < end:
            yield lines[start:end]


def _head_of(lines: list[_Line], at: int, least: int) -> int:
    start = at
    while start > max(least, at - _MOST_HEAD) and _is_heading(lines[start - 1][1]):
        start -= 1
    return start


def _is_heading(folded: str) -> bool:
    if folded[-1] in _STOPS + ")" or len(folded) > 60:
        return False
    return not any(one.match(folded) for one in (_DATE, _SECTION, _GROUP, _CLAUSE, _NUMBER))


def _outline(lines: list[_Line]) -> Outline:
    outline = Outline(script=script_of("".join(raw for raw, __ in lines)))
    rest = _take_head(outline, lines)
    body = _Body(outline)
    for raw, folded in rest:
        body.take(raw, folded)
    body.end()
    return outline


def _take_head(outline: Outline, lines: list[_Line]) -> list[_Line]:
    """Number, title and issuer into the outline; the lines after them."""
    at = next((n for n, (__, folded) in enumerate(lines) if _NUMBER.fullmatch(folded)), None)
    above = lines[:at] if at is not None else []
    rest = lines if at is None else lines[at + 1 :]
    if at is not None:
        outline.number = document_number(lines[at][1])
    if not above or above[-1][1].endswith("文件"):
        count = next((n for n, (__, one) in enumerate(rest) if not _is_heading(one)), 0)
        # Before the first stop stands a title only where somebody is addressed or a clause follows.
        above, rest = rest[:count], rest[count:]
    outline.title = "".join("".join(raw.split()) for raw, __ in above)[:300]
    if issuer := _ISSUER.match(outline.title):
        outline.issuer = issuer[1]
    return rest


class _Body:
    """Takes line after line of a document after its head."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.opening: list[str] = []
        self.loose: list[str] = []
        self.section = self.group = ""
        self.number = 0
        self.body = ""
        self._heading_at = 0

    def take(self, raw: str, folded: str) -> None:
        if found := _DATE.fullmatch(folded):
            self.outline.dated = self.outline.dated or _day(found)
            self.loose.append(raw) if self.number else self.opening.append(raw)
        elif _SECTION.match(folded) or _GROUP.match(folded):
            self._heading(raw, is_group=bool(_GROUP.match(folded)))
        elif start := _CLAUSE.match(folded):
            self._close()
            self.number, self.body = int(start[1]), _NUMERAL.sub("", raw, count=1)
        elif not self.number:
            _append(self.opening, raw)
        elif self.loose or _DUTY_LAST.search("".join(plain(self.body).split())):
            self._after(raw, folded)
        else:
            self.body = _joined(self.body, raw)

    def end(self) -> None:
        """Close the last clause; what stands after it is the closing part."""
        if self.number:
            self._keep()
            self.outline.closing = "\n".join(self.loose)
        self.outline.opening = "\n".join(self.opening)

    def _heading(self, raw: str, *, is_group: bool) -> None:
        if not self.number and self.section and not is_group:
            self.opening.insert(self._heading_at, self.section)
        self._close()
        if is_group:
            self.group = raw
        else:
            self.section, self.group = raw, ""
        self._heading_at = len(self.opening)

    def _after(self, raw: str, folded: str) -> None:
        """A line after a clause that seems complete: a further bracket shows that it was not."""
        self.loose.append(raw)
        if _DUTY.search(folded):
            self._absorb()

    def _absorb(self) -> None:
        for line in self.loose:
            self.body = _joined(self.body, line)
        self.loose = []

    def _close(self) -> None:
        if self.number:
            self._absorb()
            self._keep()
        self.number, self.body = 0, ""

    def _keep(self) -> None:
        section = "　".join(filter(None, (self.section, self.group)))
        piece = Piece(self.number, section, self.body, departments_in(self.body))
        self.outline.pieces.append(piece)


def _append(lines: list[str], raw: str) -> None:
    """A further line of the opening: broken lines are joined, short ones stand alone."""
    if lines and len(lines[-1]) >= 25 and lines[-1][-1] not in _STOPS + "”）)":
        lines[-1] = _joined(lines[-1], raw)
    else:
        lines.append(raw)


def _joined(before: str, after: str) -> str:
    """Two parts of a broken line; only Latin words need a space between them."""
    is_latin = before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii()
    return f"{before} {after}" if is_latin and after[:1].isalpha() else before + after


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
