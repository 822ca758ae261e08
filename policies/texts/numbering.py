"""The numbers that Word puts in front of paragraphs by itself: they stand nowhere in the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

_DIGITS = "零一二三四五六七八九"
_MOST = 999
_LEVEL = re.compile(r"%([1-9])")
_DEEPEST_STYLE = 20


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    pattern: str
    start: int


class Numbering:
    """Counts the numbered paragraphs of a document from its beginning.

    `numbering` and `styles` are the parts of a docx as elements, or None where it has none.
    """

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, str] = {}
        self._styles: dict[str, Any] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        for one in numbering.iter(qn("w:abstractNum")) if numbering is not None else ():
            self._levels[one.get(qn("w:abstractNumId"))] = _levels_of(one)
        for one in numbering.iter(qn("w:num")) if numbering is not None else ():
            self._lists[one.get(qn("w:numId"))] = _value(one, "w:abstractNumId")
        for one in styles.iter(qn("w:style")) if styles is not None else ():
            self._styles[one.get(qn("w:styleId"))] = one

    def label_of(self, paragraph: Any) -> str:
        """The number in front of the next paragraph, or nothing; each paragraph is counted once."""
        list_id, depth = self._place(paragraph)
        abstract = self._lists.get(list_id, "")
        level = self._levels.get(abstract, {}).get(depth)
        if level is None or level.form == "bullet":
            return ""
        counts = self._counts[abstract]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        return _LEVEL.sub(lambda found: self._number(abstract, int(found[1]) - 1), level.pattern)

    def _number(self, abstract: str, depth: int) -> str:
        level = self._levels[abstract].get(depth)
        if level is None:
            return ""
        return _written(self._counts[abstract].get(depth, level.start), level.form)

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """The list of a paragraph and its depth in it, by its own word or by that of its style."""
        properties = paragraph.find(qn("w:pPr"))
        own = _list_in(properties)
        style_id = _value(properties, "w:pStyle")
        for _step in range(_DEEPEST_STYLE):
            if own is not None or style_id not in self._styles:
                break
            style = self._styles[style_id]
            own = _list_in(style.find(qn("w:pPr")))
            style_id = _value(style, "w:basedOn")
        return own or ("", 0)


def _levels_of(abstract: Any) -> dict[int, _Level]:
    return {
        _whole(level.get(qn("w:ilvl")), 0): _Level(
            _value(level, "w:numFmt") or "decimal",
            _value(level, "w:lvlText")[:40],
            _whole(_value(level, "w:start"), 1),
        )
        for level in abstract.iter(qn("w:lvl"))
    }


def _list_in(properties: Any) -> tuple[str, int] | None:
    numbered = properties.find(qn("w:numPr")) if properties is not None else None
    if numbered is None or numbered.find(qn("w:numId")) is None:
        return None
    return _value(numbered, "w:numId"), _whole(_value(numbered, "w:ilvl"), 0)


def _value(element: Any, name: str) -> str:
    child = element.find(qn(name)) if element is not None else None
    return (child.get(qn("w:val")) or "") if child is not None else ""


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default


def in_chinese(number: int) -> str:
    """A number below 1000 in Chinese: 12 is 十二, 20 is 二十, 105 is 一百零五."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones or not number else "")


def _written(number: int, form: str) -> str:
    if not 0 <= number <= _MOST:
        return str(number)
    if form.startswith(("chinese", "japaneseCounting", "taiwaneseCounting", "ideograph")):
        return in_chinese(number)
    other = _FORMS.get(form)
    return other(number) if other else str(number)


_FORMS: dict[str, Callable[[int], str]] = {
    "decimalEnclosedCircle": lambda n: chr(0x245F + n) if 1 <= n <= 20 else str(n),
    "decimalEnclosedCircleChinese": lambda n: chr(0x245F + n) if 1 <= n <= 20 else str(n),
    "lowerLetter": lambda n: chr(96 + n) if 1 <= n <= 26 else str(n),
    "upperLetter": lambda n: chr(64 + n) if 1 <= n <= 26 else str(n),
    "none": lambda _n: "",
}
