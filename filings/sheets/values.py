"""Parsers of single cells: what stood in the cell and the day of today, to a value or BadValue."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from .reading import Cell, Fault
from .vocabulary import (
    ANSWER_ENDS,
    BATCH_PREFIX,
    BATCH_SUFFIXES,
    BLANK_WORDS,
    CHINESE_NUMERALS,
    DATE_PATTERN,
    DATE_WITH_SHORT_YEAR,
    DATE_WITHOUT_YEAR,
    FORMULA_STARTS,
    FULL_STOPS,
    NO_WORDS,
    NONE_ZH,
    Answers,
)
from .words import BadValue, Phrase

Parser = Callable[[Any, date], Any]

_SPACES = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What the portal's own exports put before a cell that a spreadsheet would take for a formula.
_NEUTRALISED = re.compile(f"'(?=[{re.escape(FORMULA_STARTS)}])")

_DATE_EXPECTED = _("年月日俱全的日期，例如 2020-02-20")
_YMD = re.compile(DATE_PATTERN).fullmatch
_COMPACT = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})").fullmatch
_NO_YEAR = re.compile(DATE_WITHOUT_YEAR).fullmatch
_SHORT_YEAR = re.compile(DATE_WITH_SHORT_YEAR).fullmatch
_EPOCH = date(1899, 12, 30)


def refuse_fault(value: Cell) -> None:
    """BadValue for an error cell, or a formula whose result the file does not hold."""
    if type(value) is not Fault:
        return
    if value.code == "formula":
        raise BadValue(
            _("这一格是公式，文件里没有它的结果"), _("请用 Excel 或 WPS 打开并保存，或改填结果本身")
        )
    raise BadValue(Phrase(_("这一格是公式错误 %(code)s"), code=value.code), _("请改填正确的内容"))


def text_of(value: Cell) -> str:
    """The plain text of a cell on one line, without invisible characters."""
    if type(value) is str:
        text = value
    elif type(value) is Fault:
        refuse_fault(value)
        return ""
    elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        text = str(int(value))
    elif isinstance(value, datetime) and value.time() == time():
        text = value.date().isoformat()
    elif isinstance(value, timedelta):
        text = str(value)
    else:
        text = value.isoformat() if isinstance(value, date | time) else str(value)
    if text.isascii() and text.isalnum():
        return text
    text = _SPACES.sub(" ", _CONTROLS.sub("", text)).strip()
    return _NEUTRALISED.sub("", text, count=1) if text[:1] == "'" else text


def is_blank(value: Cell) -> bool:
    """Whether a cell counts as not filled in: empty, spaces, or a dash to say so."""
    if value == "" or value is None:
        return True
    return type(value) is str and _SPACES.sub("", value).lower() in _BLANKS


_BLANKS = BLANK_WORDS | {""}


def text(most: int) -> Parser:
    """A parser of plain text of at most `most` characters."""

    def parse(value: Cell, today: date) -> str:
        result = text_of(value)
        if len(result) > most:
            raise BadValue(
                Phrase(_("内容过长，共 %(length)s 个字"), length=len(result)),
                Phrase(_("最多 %(most)s 个字"), most=most),
            )
        return result

    return parse


def name(value: Cell, today: date) -> str:
    """A person's name: 40 characters at most, no digits alone."""
    result = text_of(value)
    if len(result) > 40:
        raise BadValue(_("姓名过长"), _("最多 40 个字"))
    if not any(map(str.isalpha, result)):
        raise BadValue(_("姓名里没有文字"), _("与证件一致的姓名"))
    return result


def none_or_text(most: int) -> Parser:
    """Plain text where every way to say "none" becomes one."""
    plain = text(most)

    def parse(value: Cell, today: date) -> str:
        result: str = plain(value, today)
        return NONE_ZH if result.strip(FULL_STOPS).lower() in NO_WORDS else result

    return parse


def folded_answer(value: str) -> str:
    """An answer without case, width, spaces and closing marks, for comparison."""
    folded = unicodedata.normalize("NFKC", value).lower()
    return _SPACES.sub("", folded).strip(ANSWER_ENDS)


def choice(answers: Answers) -> Parser:
    """A parser to one of the keys of `answers`."""
    known: dict[str, str] = {}
    for key, (words, aliases) in answers.items():
        for form in (key, words.zh, words.en, *aliases):
            known.setdefault(folded_answer(form), key)
    allowed = [words for words, _aliases in answers.values()]

    def parse(value: Cell, today: date) -> str:
        found = known.get(folded_answer(text_of(value)))
        if found is None:
            raise BadValue(_("不在可选的答案之内"), OneOf(allowed))
        return found

    return parse


class OneOf:
    """The allowed answers as one text in the reader's language."""

    def __init__(self, allowed: list[Any]) -> None:
        self._allowed = allowed

    def __str__(self) -> str:
        return str(_("以下之一：%(answers)s")) % {"answers": " / ".join(map(str, self._allowed))}


def whole_date(value: Cell) -> date:
    """A date from a date cell, a serial number of Excel or the usual ways to write one.

    Raises BadValue where the year is missing or has two digits: 2.20 may be a day or a number.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _date_of_number(value)
    written = unicodedata.normalize("NFKC", text_of(value))
    found = _YMD(written) or _COMPACT(written)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if re.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?", written):
        return _date_of_number(float(written))
    if _NO_YEAR(written):
        raise BadValue(_("日期缺少年份，无法确定是哪一天"), _DATE_EXPECTED)
    if _SHORT_YEAR(written):
        raise BadValue(_("年份只有两位，无法确定是哪一天"), _DATE_EXPECTED)
    raise BadValue(_("这不是日期"), _DATE_EXPECTED)


def _date_of_number(number: float) -> date:
    if number == int(number):
        compact = _COMPACT(str(int(number)))
        if compact:
            return _day(int(compact[1]), int(compact[2]), int(compact[3]))
    if 36526 <= number < 73050:  # the serial numbers of 2000 to 2099
        return _EPOCH + timedelta(days=int(number))
    if 1 <= number < 13:
        raise BadValue(_("日期缺少年份，无法确定是哪一天"), _DATE_EXPECTED)
    raise BadValue(_("这不是日期"), _DATE_EXPECTED)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadValue(_("没有这一天"), _DATE_EXPECTED) from None


def day_between(back: int, ahead: int) -> Parser:
    """A parser of dates from `back` days before today to `ahead` days after it."""

    def parse(value: Cell, today: date) -> date:
        result = whole_date(value)
        first, last = today - timedelta(days=back), today + timedelta(days=ahead)
        if result > last:
            problem = _("日期在今天之后") if not ahead else _("日期过晚")
            raise BadValue(problem, Phrase(_("不晚于 %(day)s"), day=last))
        if result < first:
            raise BadValue(_("日期过早"), Phrase(_("不早于 %(day)s"), day=first))
        return result

    return parse


def batch(value: Cell, today: date) -> int:
    """The number of a return batch, 1 to 99, written in digits or as an ordinal."""
    written = unicodedata.normalize("NFKC", text_of(value)).replace(" ", "")
    written = written.removeprefix(BATCH_PREFIX)
    for suffix in BATCH_SUFFIXES:
        written = written.removesuffix(suffix)
    number = CHINESE_NUMERALS.get(written, 0)
    if re.fullmatch(r"[0-9]{1,2}", written):
        number = int(written)
    if not number:
        raise BadValue(_("批次应为整数"), _("1 到 99 的整数，例如 1"))
    return number


def quantity(value: Cell, today: date) -> Decimal:
    """An amount above zero with at most three decimals and nine digits before them."""
    expected = _("大于 0 的数，最多三位小数，例如 500")
    written = unicodedata.normalize("NFKC", text_of(value)).replace(",", "").replace(" ", "")
    if isinstance(value, float):
        written = repr(value)
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise BadValue(_("数量不是数"), expected) from None
    if not number.is_finite() or number <= 0:
        raise BadValue(_("数量应大于 0"), expected)
    if number >= 10**9:
        raise BadValue(_("数量过大"), expected)
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -3:
        raise BadValue(_("数量的小数超过三位"), expected)
    return number.quantize(Decimal("0.001"))
