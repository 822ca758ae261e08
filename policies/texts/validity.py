"""How long a document says that it is in force."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from . import marks
from .documents import Document
from .folding import folded

Basis = Literal["printed", "counted"]

_NUMERAL = r"(\d{1,3}|[一二三四五六七八九十两]{1,3}|半)"
_DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_OWN = re.compile(r"本(?:政策|措施|意见|办法|通知|规定|方案|细则|决定|公告|文件|若干)|有效期")
_TERM = re.compile(rf"{_NUMERAL}(个月|年|日|天)(?:内|以内)?(?!后)")
_ABOUT_TERM = re.compile(r"(?:执行期|有效期|实施期|试行期|期限|有效)")
_UNTIL = re.compile(rf"(?:至|到|截止|截至){_DAY}")
_FROM = re.compile(rf"自{_DAY}起")
_FROM_ISSUE = re.compile(r"自[^,。;]{0,12}(?:发布|印发|公布|颁布|成文|下发|施行|实施|执行)之日起")
_LATER = re.compile(rf"之日起{_NUMERAL}(个月|年|日|天)后")


@dataclass(frozen=True, slots=True)
class Validity:
    """First and last day in force, both included, None where the document leaves them open.

    `basis` is "printed" where the last day itself is printed, "counted" where a term is, which is
    then counted from `counted_from`: from the day after it to the same day of the last month.
    `assumes_issue` says that the text counts from its publication, whose day it does not print, so
    the date of the document stands for it. `words` is the sentence it rests on, as printed.
    """

    first: date | None
    last: date | None
    basis: Basis
    words: str
    counted_from: date | None = None
    months: int | None = None
    days: int | None = None
    assumes_issue: bool = False
    is_provisional: bool = False


def validity_of(document: Document, dated: date | None) -> Validity | None:
    """The term that a document sets for itself, None where it sets none.

    A term that stands within a measure is that measure's own unless its sentence speaks of the
    whole text. `dated` is the date of the document.
    """
    for sentence, is_own in _sentences(document):
        plain = marks.plain(folded(sentence))
        if len(plain) <= 200 and (is_own or _OWN.search(plain)):
            found = _read(plain, sentence, dated)
            if found is not None:
                return found
    return None


def months_after(start: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _sentences(document: Document) -> Iterator[tuple[str, bool]]:
    """The sentences that may set a term, and whether they speak of the document by their place."""
    places = [(text, True) for text in document.closing]
    places += [(section.text, False) for section in document.sections]
    places += [(measure.text, False) for measure in reversed(document.measures)]
    places += [(text, False) for text in (*document.preamble, *document.tail)]
    for text, is_own in places:
        for sentence in re.split(r"(?<=[。;；\n])", text):
            if sentence.strip():
                yield sentence.strip(), is_own


def _read(plain: str, words: str, dated: date | None) -> Validity | None:
    provisional = "暂定" in plain or "暂行期" in plain
    start, assumes = _start(plain, dated)
    if until := _UNTIL.search(plain):
        last = _day(until)
        return Validity(start, last, "printed", words, is_provisional=provisional) if last else None
    about = _ABOUT_TERM.search(plain)
    term = about and _term_in(plain, about.end())
    if not term:
        return None
    months, days = term
    counted_from, assumed = (start, assumes) if start else (dated, True)
    return Validity(
        first=counted_from,
        last=_last(counted_from, months, days),
        basis="counted",
        words=words,
        counted_from=counted_from,
        months=months,
        days=days,
        assumes_issue=assumed,
        is_provisional=provisional,
    )


def _start(plain: str, dated: date | None) -> tuple[date | None, bool]:
    if printed := _FROM.search(plain):
        return _day(printed), False
    if not _FROM_ISSUE.search(plain) or dated is None:
        return None, False
    if later := _LATER.search(plain):
        months, days = _length(later[1], later[2])
        return _last(dated, months, days), True
    return dated, True


def _term_in(plain: str, start: int) -> tuple[int | None, int | None] | None:
    for found in _TERM.finditer(plain, start):
        if not (found[2] == "年" and len(found[1]) == 4):
            return _length(found[1], found[2])
    return None


def _length(numeral: str, unit: str) -> tuple[int | None, int | None]:
    count = marks.number_of(numeral)
    if unit in ("日", "天"):
        return None, count
    if unit == "年":
        return (6 if numeral == "半" else 12 * count), None
    return count, None


def _last(start: date | None, months: int | None, days: int | None) -> date | None:
    if start is None:
        return None
    try:
        return start + timedelta(days=days) if days else months_after(start, months or 0)
    except (ValueError, OverflowError):
        return None


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
