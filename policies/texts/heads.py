"""Where each document of a file begins: its number, and the lines of title and issuer around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import marks
from .joining import Line, joined
from .labels import label_of

_PREFIX = r"[\u4e00-\u9fff]{1,12}"
_NUMBER = re.compile(rf"({_PREFIX}\((?:19|20)\d\d\)第?\d{{1,5}}[号號])(?:签发人:.*|簽發人:.*)?")
#: The beginning and the end of a number that stands on two lines.
_NUMBER_BEGUN = re.compile(rf"{_PREFIX}(?:\((?:(?:19|20)\d\d\)?|\d{{0,4}})第?\d{{0,5}})?")
_NUMBER_ENDED = re.compile(r"\(?\d{0,4}\)?第?\d{0,5}[号號]")
_DATE = re.compile(
    r"\(?((?:19|20)\d\d|二[〇○零Oo0]{1,2}[〇○零一二三四五六七八九Oo0]{1,2})年"
    r"(\d{1,2}|[一二三四五六七八九十]{1,3})月(\d{1,2}|[一二三四五六七八九十]{1,3})日\)?"
)
_IMPRINT = re.compile(r".{0,60}年.{1,3}月.{1,3}日印[发發]\.?")
_ATTACHMENT = re.compile(r"附\s?[件表](?:\d{0,2}|[一二三四五六七八九十]{0,2})(?::.*)?")
_KIND_END = re.compile(
    rf"{marks.KIND}(?:\((?:试行|試行|暂行|暫行|修订|修訂|草案|征求意见稿)[^()]*\))?$"
)
_MOST_HEAD = 10
_LONGEST_HEAD = 70


@dataclass(frozen=True, slots=True)
class Start:
    """A document of the file: its number, and its lines from head to end."""

    number: str
    head: tuple[Line, ...]
    rest: tuple[Line, ...]
    place: int


def is_date(line: str) -> bool:
    """Whether a line is nothing but a date."""
    return _DATE.fullmatch(marks.plain(line)) is not None


def is_imprint(line: str) -> bool:
    """Whether a line is the imprint at the foot of a document: who printed it, and when."""
    return len(line) < 90 and _IMPRINT.fullmatch(marks.plain(line)) is not None


def is_attachment(line: str) -> bool:
    """Whether a line begins the attachments of a document."""
    return _ATTACHMENT.fullmatch(marks.plain(line)) is not None


def is_kind(line: str) -> bool:
    """Whether a line ends like the title of a document: 通知, 意见, 若干措施 …"""
    return _KIND_END.search(marks.plain(line[-40:])) is not None


def may_be_head(line: str) -> bool:
    """Whether a line may belong to a title: short, without number, and not a whole sentence."""
    if len(line) > _LONGEST_HEAD or is_date(line) or is_imprint(line) or is_attachment(line):
        return False
    if marks.ends(line) and not is_kind(line) and not line.endswith(("”", "」", "』")):
        return False
    return label_of(line) is None and "\t" not in line


def starts_of(lines: Sequence[Line]) -> list[Start]:
    """The documents of a file. A file without any printed number is one document."""
    lines = _with_whole_numbers(lines)
    found: list[tuple[str, int, int]] = []  # number, first line of the head, line of the number
    floor = 0
    for at, line in enumerate(lines):
        number = _number(line.text)
        if number and not (found and found[-1][0] == number):
            found.append((number, _head_start(lines, at, floor), at))
            floor = at + 1
    if not found:
        return [Start("", (), tuple(lines), lines[0].place)] if lines else []
    bounds = [*(start for _number, start, _at in found[1:]), len(lines)]
    starts = [
        Start(number, tuple(lines[first:at]), tuple(lines[at + 1 : end]), lines[first].place)
        for (number, first, at), end in zip(found, bounds, strict=True)
    ]
    before = tuple(lines[: found[0][1]])
    return [Start("", (), before, before[0].place), *starts] if before else starts


def _number(line: str) -> str:
    if len(line) > 60:
        return ""
    found = _NUMBER.fullmatch(marks.plain(line))
    return line[: found.end(1)] if found else ""


def _with_whole_numbers(lines: Sequence[Line]) -> list[Line]:
    """The lines with a document number that is broken over two or three of them put together."""
    whole: list[Line] = []
    for line in lines:
        whole.append(line)
        for count in (2, 3):
            texts = [one.text for one in whole[-count:]]
            if len(texts) == count and _is_broken_number(texts):
                whole[-count:] = [Line(whole[-count].place, joined(texts))]
                break
    return whole


def _is_broken_number(texts: list[str]) -> bool:
    if any(len(text) > 30 for text in texts) or not _number("".join(texts)):
        return False
    first, last = marks.plain(texts[0]), marks.plain(texts[-1])
    is_begun = _NUMBER_BEGUN.fullmatch(first) is not None and not first.endswith(("文件", "政府"))
    return is_begun and _NUMBER_ENDED.fullmatch(last) is not None


def _head_start(lines: Sequence[Line], at: int, floor: int) -> int:
    start = at
    while start > max(floor, at - _MOST_HEAD) and may_be_head(lines[start - 1].text):
        start -= 1
    return start
