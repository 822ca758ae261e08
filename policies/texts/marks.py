"""Marks and numerals of Chinese official texts, in both widths and both scripts.

Everything here keeps the length of a text, so that a place in the folded form is the same place in
the printed one.
"""

from __future__ import annotations

_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SAME_BRACKETS = str.maketrans("〔〕[]【】{}〈〉", "()()()()()")
_NAMES = str.maketrans("()〔〕[]［］", "（）（）（）（）")

NUMERALS = "零〇一二三四五六七八九十百两兩"
_VALUES = {"〇": 0, "零": 0, "两": 2, "兩": 2} | {
    c: n for n, c in enumerate("一二三四五六七八九", 1)
}

#: Ends of a paragraph; a line that ends otherwise goes on in the next one.
TERMINAL = "。！？!?；;：:）)”』」"
KIND = (
    r"(?:通知|意见|意見|办法|辦法|措施|规定|規定|方案|细则|細則|决定|決定|公告|通告|条例|條例|指南|"
    r"若干政策|政策|规划|規劃|计划|計劃|批复|批覆|函|要点|要點|清单|清單|章程|导则|導則|规范|規範)"
)


def half(text: str) -> str:
    """The text with Latin letters, digits and marks in half width; 、 and 。 stay."""
    return text.translate(_HALF)


def plain(text: str) -> str:
    """Half width, and every shape of brackets as ( and )."""
    return half(text).translate(_SAME_BRACKETS)


def in_name_form(text: str) -> str:
    """A department's name with full-width brackets, as the lists of departments keep it."""
    return text.translate(_NAMES)


def ends(line: str) -> bool:
    """Whether a line ends where a sentence, a list or a quotation ends."""
    return bool(line) and line[-1] in TERMINAL


def number_of(numeral: str) -> int:
    """The value of a numeral below 1000 in Chinese or in digits; 0 where it is none."""
    if numeral.isascii() and numeral.isdigit():
        return int(numeral[:6])
    if not numeral or any(one not in NUMERALS for one in numeral):
        return 0
    if "十" not in numeral and "百" not in numeral:
        return int("".join(str(_VALUES[one]) for one in numeral[:6]))
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    total = 100 * _digit(hundreds, 0) + _digit(ones, 0)
    return total + (10 * _digit(tens, 1) if ten else 0)


def _digit(numeral: str, default: int) -> int:
    return _VALUES.get(numeral[-1:], default)
