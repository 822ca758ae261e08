"""The lines of one document cut at its dates and attachments, and each part into numbered blocks.

A covering notice has its own date before the text that it brings, and a text may bring lists after
it; the part whose blocks name departments is the one that holds the measures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from . import marks
from .duties import brackets_of
from .heads import is_attachment, is_date, is_imprint, may_be_head
from .joining import Line, joined
from .labels import RANK, Kind, Label, Sequence, label_of

_HEADINGS: tuple[Kind, ...] = ("chapter", "section", "group")
_SHORT = 40
_MOST_SIGNATURES = 3  # lines


@dataclass(slots=True)
class Block:
    """A numbered paragraph up to the next number; `before` is the last number of its kind."""

    label: Label
    place: int
    before: int
    lines: list[str]

    @property
    def rank(self) -> int:
        return RANK[self.label.kind]

    def text(self) -> str:
        """Its words without the number, broken lines joined."""
        return joined(self.lines)


@dataclass(slots=True)
class Segment:
    """Lines before the first number, and the blocks; `ended_by` is the date or 附件 after it."""

    place: int = 1
    opening: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    signature: str = ""
    ended_by: str = ""
    is_attached: bool = False

    def names_departments(self) -> bool:
        return any(True for block in self.blocks for _one in brackets_of(block.text()))


@dataclass(slots=True)
class Cut:
    """A document's lines as segments, and the imprint lines that belong to none."""

    segments: list[Segment] = field(default_factory=list)
    imprint: list[str] = field(default_factory=list)

    def chosen(self) -> int | None:
        """Which segment holds the measures; None where nothing is numbered."""
        numbered = [at for at, one in enumerate(self.segments) if one.blocks]
        own = [at for at in numbered if not self.segments[at].is_attached]
        naming = [at for at in numbered if self.segments[at].names_departments()]
        return next(iter([*naming, *own, *numbered]), None)


def cut(lines: Iterable[Line]) -> Cut:
    """Cut a document's lines; every line is kept in its place."""
    result = Cut()
    segment, sequence, previous = Segment(), Sequence(), ""
    for line in lines:
        if is_imprint(line.text):
            result.imprint.append(line.text)
            continue
        if _is_boundary(line.text, segment):
            result.segments.append(_ended(segment, line.text))
            attached = is_attachment(line.text)
            segment, sequence = Segment(line.place, is_attached=attached), Sequence()
        else:
            _take(segment, sequence, line, previous)
        previous = line.text
    result.segments.append(segment)
    return result


def _is_boundary(line: str, segment: Segment) -> bool:
    """Whether a date or 附件 stands for itself: not where it goes on with a broken sentence."""
    if not (is_date(line) or is_attachment(line)):
        return False
    above = segment.blocks[-1].lines if segment.blocks else segment.opening
    for count, words in enumerate(reversed(above)):
        if marks.ends(words):
            return True
        if count == _MOST_SIGNATURES or not _may_sign(words):
            return False
    return not segment.blocks or segment.blocks[-1].label.kind in _HEADINGS


def _take(segment: Segment, sequence: Sequence, line: Line, previous: str) -> None:
    label = label_of(line.text)
    if label is not None:
        before = sequence.last(label.kind)
        if sequence.accepts(label, has_ended=_has_ended(segment, previous)):
            words = line.text[label.end :].lstrip()
            segment.blocks.append(Block(label, line.place, before, [words] if words else []))
            return
    if segment.blocks:
        segment.blocks[-1].lines.append(line.text)
    else:
        segment.opening.append(line.text)


def _has_ended(segment: Segment, previous: str) -> bool:
    if not previous or marks.ends(previous) or is_date(previous):
        return True
    if not segment.blocks:
        return len(previous) <= _SHORT
    last = segment.blocks[-1]
    return last.label.kind in _HEADINGS and not any("。" in words for words in last.lines)


def _ended(segment: Segment, by: str) -> Segment:
    """The segment at its end; the short lines above a date are who signed it."""
    segment.ended_by = by
    if is_date(by):
        lines = segment.blocks[-1].lines if segment.blocks else segment.opening
        keep = 1 if segment.blocks else 0
        signed: list[str] = []
        while len(lines) > keep and len(signed) < _MOST_SIGNATURES and _may_sign(lines[-1]):
            signed.insert(0, lines.pop())
        if lines and not marks.ends(lines[-1]) and segment.blocks:
            lines.extend(signed)  # the end of a sentence that is broken over these lines
        else:
            segment.signature = joined(signed)
    return segment


def _may_sign(line: str) -> bool:
    return may_be_head(line) and len(line) <= _SHORT and not marks.ends(line)
