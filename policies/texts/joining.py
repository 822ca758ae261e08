"""Lines of a file made ready for reading: without page numbers, contents pages, mark-up and the
spaces that typesetting leaves around digits.

What the text says and its marks stay as they are printed; only `joined` puts broken lines together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import marks

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\0\x1a]")
_SPACE = re.compile(r"[^\S\t]+")
_LOOSE = re.compile(r"(?<=[^\x21-\x7e]) | (?=[^\x21-\x7e])")
_PAGE_NUMBER = re.compile(
    r"[-–—―─_·~]+\s?\d{1,4}\s?[-–—―─_·~]+|第\d{1,4}[页頁](?:[,，/]?共\d{1,4}[页頁])?|\d{1,4}\s?/\s?\d{1,4}"
)
_BARE_NUMBER = re.compile(r"\d{1,4}")
_LEADER = re.compile(r"(?:[-–—]\s?\d{1,4}\s?[-–—]|[.．·…]{3,}\s?\d{1,4}|[.．·…\s]{2,}\d{1,4})$")
_CONTENTS = re.compile(r"目\s*[录錄次]")
_LABEL = re.compile(r"(?:\d{1,3}[.、]?|[一二三四五六七八九十]{1,3}、?|\(.{1,3}\))")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that says something: its number in the file from 1, and its text."""

    place: int
    text: str


def tidy(lines: Iterable[str]) -> tuple[Line, ...]:
    """The lines that belong to the text itself, each without what typesetting added.

    Left out are empty lines, page numbers, and the lines of a contents page.
    """
    return tuple(_tidy(lines))


def _tidy(lines: Iterable[str]) -> Iterator[Line]:
    in_contents = False
    for place, raw, is_at_edge in _with_edges(lines):
        line = _without_spaces(raw)
        if not line or _is_page_number(marks.half(line), is_at_edge):
            continue
        if _CONTENTS.fullmatch(line):
            in_contents = True
        elif _is_of_contents(raw.strip(), in_contents):
            continue
        else:
            in_contents = False
            yield Line(place, line)


def _with_edges(lines: Iterable[str]) -> Iterator[tuple[int, str, bool]]:
    """The lines with their numbers, and whether each begins or ends a page or a block."""
    waiting: tuple[int, str, bool] | None = None
    is_after_gap = True
    for place, raw in enumerate(lines, 1):
        is_gap = not raw.strip()
        if waiting:
            number, before, is_first = waiting
            yield number, before, is_first or is_gap or raw.startswith("\f")
        waiting = None if is_gap else (place, raw, is_after_gap or raw.startswith("\f"))
        is_after_gap = is_gap
    if waiting:
        yield waiting[0], waiting[1], True


def _is_page_number(line: str, is_at_edge: bool) -> bool:
    """`- 3 -`, 第3页, 3/20; and a bare number where a page or a block begins or ends."""
    if _BARE_NUMBER.fullmatch(line):
        return is_at_edge
    return _PAGE_NUMBER.fullmatch(line) is not None


def _is_of_contents(line: str, in_contents: bool) -> bool:
    """A title followed by its page: `- 4 -` or a row of dots anywhere, a tab on a contents page."""
    if len(line) > 120:
        return False
    end = marks.half(line[-24:])
    if in_contents and re.search(r"[\t ]\d{1,4}$", end):
        return True
    found = _LEADER.search(end)
    return found is not None and found.start() > 0 and not end[found.start()].isspace()


def _without_spaces(raw: str) -> str:
    """The line without invisible characters, `**`, and spaces beside Chinese characters.

    Tabs between the cells of a row stay; one after a number in front of a paragraph does not.
    """
    if not raw or raw.isspace():
        return ""
    text = _INVISIBLE.sub("", raw).replace("**", "")
    cells = [_LOOSE.sub("", _SPACE.sub(" ", cell).strip()) for cell in text.split("\t")]
    cells = [cell for cell in cells if cell]
    if len(cells) > 1 and _LABEL.fullmatch(marks.half(cells[0])):
        cells[:2] = [cells[0] + cells[1]]
    return "\t".join(cells)


def joined(lines: Iterable[str]) -> str:
    """Lines put together as one paragraph; only Latin words get a space where a line broke."""
    words: list[str] = []
    for line in lines:
        if words and _is_latin(words[-1][-1:]) and _is_latin(line[:1]):
            words.append(" ")
        words.append(line)
    return "".join(words)


def _is_latin(one: str) -> bool:
    return one.isascii() and one.isalpha()
