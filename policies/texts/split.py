"""A file of official texts split into documents, sections and measures with their departments.

The text may be broken by lines or pages anywhere; numbers are the numbers of their own only where
they go on from those before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from . import limits, marks
from .documents import Document, Remark, Split
from .heads import Start, is_kind, may_be_head, starts_of
from .joining import joined, tidy
from .measuring import Body, body_of, paragraphs
from .refusals import Unreadable
from .segments import Cut, Segment, cut

_MOST_TITLE_LINES = 8
_BEGINS_SENTENCE = re.compile(r"[为為]|根据|根據|按照|依据|依據|现将|現將|.*[,，]")
_MOST_ADDRESSEE_LINES = 8


def split(text: str | Iterable[str]) -> Split:
    """The documents of a text, or of its lines from top to bottom, in their order.

    Raises Unreadable when the text is longer than the limit.
    """
    lines = text.replace("\f", "\n").splitlines() if isinstance(text, str) else list(text)
    if sum(map(len, lines)) > limits.MOST_CHARACTERS:
        raise Unreadable("too_long", most=limits.MOST_CHARACTERS)
    found = [_document(start) for start in starts_of(tidy(lines))]
    found = [one for one in found if one.measures or one.number]
    naming = tuple(one for one in found if one.names_departments)
    if not naming:
        return Split(tuple(found))
    return Split(naming, tuple(one for one in found if not one.names_departments))


def _document(start: Start) -> Document:
    whole = cut(start.rest)
    at = whole.chosen()
    body = body_of(whole.segments[at].blocks) if at is not None else Body()
    first = whole.segments[0].opening
    head = [line.text for line in start.head]
    head += _take_title(first, has_title=_has_title(head))
    addressees = _take_addressees(first)
    enclosed = _take_title(whole.segments[at].opening, has_title=False) if at else []
    return Document(
        number=start.number,
        head=tuple(head),
        addressees=addressees,
        preamble=tuple(_preamble(whole, at)),
        enclosed=joined(enclosed),
        dates=tuple(one.ended_by for one in whole.segments if _is_dated(one)),
        signatures=tuple(one.signature for one in whole.segments if one.signature),
        sections=tuple(body.sections),
        measures=tuple(body.measures),
        closing=tuple(body.closing),
        tail=tuple(_tail(whole, at)),
        place=start.place,
        remarks=tuple(body.remarks if body.measures else _nothing(start)),
    )


def _nothing(start: Start) -> list[Remark]:
    return [Remark("no_measures", start.place)]


def _has_title(head: list[str]) -> bool:
    words = joined(head)
    return is_kind(words) or "关于" in words or "關於" in words


def _take_title(opening: list[str], *, has_title: bool) -> list[str]:
    """The lines of a title at the beginning, taken out of the opening."""
    if has_title:
        return []
    count = 0
    for at, line in enumerate(opening[:_MOST_TITLE_LINES], 1):
        if not may_be_head(line) or _BEGINS_SENTENCE.match(line):
            break
        if is_kind(joined(opening[:at])):
            count = at
    taken = opening[:count]
    del opening[:count]
    return taken


def _take_addressees(opening: list[str]) -> str:
    """The line that says to whom the document goes, up to its colon, taken out of the opening."""
    for at, line in enumerate(opening[:_MOST_ADDRESSEE_LINES], 1):
        if "。" in line:
            break
        if line.endswith((":", "：")):
            taken = joined(opening[:at])
            del opening[:at]
            return taken
    return ""


def _preamble(whole: Cut, at: int | None) -> list[str]:
    """What is said before the first number of the measures, the covering notice included."""
    said: list[str] = []
    for segment in whole.segments[: len(whole.segments) if at is None else at]:
        if not segment.is_attached or segment.opening:
            said += _said(segment)
    return said + (paragraphs(whole.segments[at].opening) if at is not None else [])


def _tail(whole: Cut, at: int | None) -> list[str]:
    after = whole.segments[at + 1 :] if at is not None else []
    return [line for segment in after for line in _said(segment)] + whole.imprint


def _said(segment: Segment) -> list[str]:
    numbered = [block.label.text + block.text() for block in segment.blocks]
    return [*paragraphs(segment.opening), *numbered]


def _is_dated(segment: Segment) -> bool:
    return bool(segment.ended_by) and marks.plain(segment.ended_by).rstrip(")").endswith("日")
