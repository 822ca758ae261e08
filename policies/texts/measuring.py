"""From numbered blocks to measures: which kind of number counts them, and what belongs to each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from . import marks
from .documents import Measure, Remark, Section
from .duties import brackets_of, parts_of
from .joining import joined
from .labels import RANK, Kind
from .segments import Block

_SHARE = 0.6
_CLOSING = re.compile(
    r"(?:本|以上|上述|此前|之前)[^。]{0,24}(?:自|起|期|有效|施行|执行|執行|实施|實施|解释|解釋|为准|為準)"
)
_HEADING_LENGTH = 60


@dataclass(slots=True)
class Body:
    """The measures of a document with the sections around them and what closes it."""

    sections: list[Section] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def body_of(blocks: Sequence[Block]) -> Body:
    """The measures among numbered blocks, in their order."""
    body = Body()
    if not blocks:
        return body
    rank = _measure_rank(blocks)
    spans = list(_spans(blocks, rank))
    last = max((at for at, span in enumerate(spans) if span[0].rank == rank), default=-1)
    path: list[tuple[int, str]] = []
    for at, span in enumerate(spans):
        first = span[0]
        body.remarks += _numbering(first)
        if first.rank != rank:
            section = _section(span)
            path = [one for one in path if one[0] < first.rank]
            path.append((first.rank, first.label.text + section.heading))
            body.sections.append(section)
            continue
        if at == last:
            body.closing = _take_closing(span[-1])
        measure = _measure(span, tuple(words for _rank, words in path))
        body.measures.append(measure)
        body.remarks += _open_brackets(measure)
    body.remarks += _without_departments(body.measures)
    body.remarks.sort(key=lambda remark: remark.place)
    return body


def _measure_rank(blocks: Sequence[Block]) -> int:
    """The kind of number that counts the measures, by its rank.

    It is the deepest kind most of whose paragraphs name their departments; where none are named,
    the deepest that covers most of the text.
    """
    kinds = sorted({block.label.kind for block in blocks}, key=RANK.__getitem__, reverse=True)
    names = [any(True for _one in brackets_of(block.text())) for block in blocks]
    weights = [1 + sum(map(len, block.lines)) for block in blocks]
    shares: dict[Kind, float] = {}
    for kind in kinds:
        spans = _ranges(blocks, kind)
        if any(names):
            shares[kind] = sum(any(names[a:b]) for a, b in spans) / len(spans)
        else:
            covered = sum(sum(weights[a:b]) for a, b in spans)
            shares[kind] = covered / sum(weights) if len(spans) > 1 else 0.0
    good = [kind for kind in kinds if shares[kind] >= _SHARE]
    best = good[0] if good else max(kinds, key=lambda kind: shares[kind])
    return RANK[best]


def _ranges(blocks: Sequence[Block], kind: Kind) -> list[tuple[int, int]]:
    """Where each paragraph of this kind begins and ends among the blocks."""
    rank, found, start = RANK[kind], [], None
    for at, block in enumerate(blocks):
        if start is not None and block.rank <= rank:
            found.append((start, at))
            start = None
        if block.label.kind == kind:
            start = at
    return [*found, (start, len(blocks))] if start is not None else found


def _spans(blocks: Sequence[Block], rank: int) -> Iterator[list[Block]]:
    """Headings alone, and each measure with the deeper paragraphs that belong to it."""
    span: list[Block] = []
    for block in blocks:
        if span and span[0].rank == rank and block.rank > rank:
            span.append(block)
            continue
        if span:
            yield span
        span = [block]
    if span:
        yield span


def _section(span: list[Block]) -> Section:
    """A heading and the words under it: a heading has no stop, or is the first short sentence."""
    block = span[0]
    text = block.text()
    if "。" not in text and len(text) <= _HEADING_LENGTH:
        return Section(block.label.text, text, "", block.place)
    first, rest = block.lines[0], block.lines[1:]
    if "。" in first:
        sentence, _stop, after = first.partition("。")
        first, rest = (
            (sentence, [after, *rest]) if len(sentence) <= _HEADING_LENGTH else ("", block.lines)
        )
    return Section(block.label.text, first, joined(rest), block.place)


def _measure(span: list[Block], path: tuple[str, ...]) -> Measure:
    first = span[0]
    under = [block.label.text + block.text() for block in span[1:]]
    text = "\n".join(filter(None, [first.text(), *under]))
    return Measure(first.label.number, first.label.text, path, text, parts_of(text), first.place)


def _take_closing(block: Block) -> list[str]:
    """The lines after the last measure that close the whole document, taken out of its block."""
    for at in range(1, len(block.lines)):
        if not marks.ends(block.lines[at - 1]):
            continue
        rest = block.lines[at:]
        if _CLOSING.match(marks.plain(rest[0])) or _is_after_bracket(block.lines[:at], rest):
            del block.lines[at:]
            return paragraphs(rest)
    return []


def _is_after_bracket(before: list[str], rest: list[str]) -> bool:
    text = joined(before).rstrip("。.;；")
    brackets = list(brackets_of(text))
    if not brackets or not brackets[-1].is_closed or brackets[-1].end != len(text):
        return False
    return not any(brackets_of(joined(rest)))


def paragraphs(lines: Sequence[str]) -> list[str]:
    """Lines put together where they are broken: a paragraph ends where a sentence does."""
    found: list[list[str]] = []
    for line in lines:
        if found and not marks.ends(found[-1][-1]):
            found[-1].append(line)
        else:
            found.append([line])
    return [joined(one) for one in found]


def _numbering(block: Block) -> Iterator[Remark]:
    if block.label.number > block.before + 1:
        code = "gap"
    elif 1 < block.label.number <= block.before:
        code = "back"
    else:
        return
    yield Remark(code, block.place, str(block.before), block.label.text)


def _open_brackets(measure: Measure) -> Iterator[Remark]:
    if any(not bracket.is_closed for bracket in brackets_of(measure.text)):
        yield Remark("open_bracket", measure.place, found=measure.label)


def _without_departments(measures: Sequence[Measure]) -> Iterator[Remark]:
    if any(measure.departments for measure in measures):
        for measure in measures:
            if not measure.departments:
                yield Remark("no_departments", measure.place, found=measure.label)
