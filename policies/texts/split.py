"""A policy text split into documents, sections and numbered measures with their departments.

The text may be broken by lines or pages anywhere but before a heading or a number of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from jiaozuo_portal.lib.scripts import simplified

MOST_CHARACTERS = 2_000_000
_NUMBER = re.compile(r"[一-龥]{1,12}〔\d{4}〕\d{1,4}号")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_SECTION = re.compile(r"[一二三四五六七八九十]{1,3}、")
_GROUP = re.compile(r"\([一二三四五六七八九十]{1,3}\)")
_MEASURE = re.compile(r"(\d{1,3})[.．、](?!\d)")
_DUTY = re.compile(r"\(责任单位:([^()]*(?:\([^()]*\)[^()]*)*)\)")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, slots=True)
class Measure:
    """A numbered measure: section, words before the bracket, departments as printed."""

    number: int
    section: str
    text: str
    departments: tuple[str, ...]


@dataclass(slots=True)
class Document:
    """A document of the file; number and date are empty where the text does not print them."""

    number: str = ""
    dated: date | None = None
    measures: list[Measure] = field(default_factory=list)


def plain(text: str) -> str:
    """The text in Simplified script and half width without spaces inside lines."""
    half = simplified(text.translate(_WIDE))
    return "\n".join("".join(line.split()) for line in re.split(r"[\n\r\f]+", half))


def split(text: str) -> list[Document]:
    """The documents of a text that hold measures with responsible departments, in their order.

    Raises ValueError when the text is longer than ``MOST_CHARACTERS``.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"text of {len(text)} characters, at most {MOST_CHARACTERS}")
    documents = [Document()]
    section, number, words = "", 0, ""

    def close() -> None:
        nonlocal number, words
        if number:
            documents[-1].measures.append(_measure(number, section, words))
        number, words = 0, ""

    for line in filter(None, plain(text).split("\n")):
        if _NUMBER.fullmatch(line):
            close()
            documents.append(Document(number=line))
            section = ""
        elif found := _DATE.fullmatch(line):
            close()
            documents[-1].dated = documents[-1].dated or _day(found)
        elif _SECTION.match(line) or _GROUP.match(line):
            close()
            section = line
        elif start := _MEASURE.match(line):
            close()
            number, words = int(start[1]), line[start.end() :]
        elif number and not _DUTY.search(words):
            words += line
    close()
    return [one for one in documents if any(measure.departments for measure in one.measures)]


def _measure(number: int, section: str, words: str) -> Measure:
    duty = _DUTY.search(words)
    names = re.split(r"[、,](?![^(]*\))", duty[1]) if duty else []
    text = words[: duty.start()] if duty else words
    return Measure(number, section, text, tuple(name for name in names if name))


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
