"""Who a person or an enterprise is: id documents, mobile numbers, unified social credit codes.

Every function takes what stood in the cell or the field, returns the normalised text and raises
`BadValue` otherwise. GB 11643-1999 lays down the resident id (six digits of place, eight of
birth, three of order, one check character by ISO 7064 MOD 11-2); the residence permits of Hong
Kong, Macao and Taiwan and the 18-character permanent residence card of foreigners use the same
build.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from operator import mul
from typing import Any

from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as _uscc
from stdnum.exceptions import ValidationError

from .words import BadValue, Phrase

RESIDENT_ID = "resident_id"
PASSPORT = "passport"
RESIDENCE_PERMIT = "residence_permit"
ID_KINDS = (RESIDENT_ID, PASSPORT, RESIDENCE_PERMIT)

FIRST_BIRTH = date(1900, 1, 1)

# The first two digits of GB/T 2260. 71 is carried by people of Taiwan who settled on the mainland.
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71))
    for code in range(first, last + 1)
)
PERMIT_REGIONS = frozenset({"810000", "820000", "830000"})

_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_ZEROS = ord("0") * sum(_WEIGHTS)
_CHECKS = "10X98765432"

_EIGHTEEN = re.compile(r"[1-9][0-9]{16}[0-9X]").fullmatch
_OLD_FOREIGN = re.compile(r"([A-Z]{3})[0-9]{4}([0-9]{2})([0-9]{2})([0-9]{2})[0-9]{2}").fullmatch
_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,15}").fullmatch
_MOBILE = re.compile(r"1[3-9][0-9]{9}").fullmatch
_FROM_EXCEL = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]{1,3}|[0-9]{12,}\.[0-9]+").fullmatch
_DROPPED = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad'`’‘-]+")
_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe63\uff0d]")

EXPECTED_RESIDENT = _("18 位居民身份证号码，最后一位可以是 X，例如 11010519491231002X")
EXPECTED_PERMIT = _(
    "港澳台居民居住证为 18 位（81、82、83 开头），外国人永久居留身份证为 15 或 18 位"
)
EXPECTED_PASSPORT = _("护照或通行证号码：5 至 15 位字母和数字，例如 E12345678")
EXPECTED_MOBILE = _("11 位手机号，例如 13800001234")
EXPECTED_USCC = _("18 位统一社会信用代码，例如 91110000600037341L")
EXPECTED_AS_TEXT = _("请先把这一列的单元格格式设为“文本”，再照证件重新填写全部 18 位")


def folded(value: Any) -> str:
    """The text of an identifier: full-width to half-width, no spaces or dashes, upper case.

    A number without a fraction gives its digits; other kinds of cell their plain text.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = _DASHES.sub("-", str(value))
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_character(first_seventeen: str) -> str:
    """The eighteenth character by ISO 7064 MOD 11-2 for seventeen ASCII digits."""
    return _CHECKS[(sum(map(mul, _WEIGHTS, first_seventeen.encode())) - _ZEROS) % 11]


@lru_cache(maxsize=65536)
def _birth(text: str) -> date | None:
    """The day that eight digits stand for, or None where no such day exists."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _check_birth(text: str, today: date, expected: Any) -> None:
    born = _birth(text)
    if born is None:
        raise BadValue(_("证件号码里的出生日期不存在"), expected)
    if born > today:
        raise BadValue(_("证件号码里的出生日期在今天之后"), expected)
    if born < FIRST_BIRTH:
        raise BadValue(_("证件号码里的出生日期早于 1900 年"), expected)


def _check_checksum(number: str, expected: Any) -> None:
    if check_character(number[:17]) == number[17]:
        return
    if number.endswith("000"):
        raise BadValue(_("校验位不符；末三位是 000，可能被 Excel 改过"), EXPECTED_AS_TEXT)
    raise BadValue(_("校验位不符，号码里有一位或几位写错了"), expected)


def _refuse_excel_number(value: Any) -> None:
    """Excel keeps 15 digits of a number: what it made of an id cannot be brought back."""
    if isinstance(value, int | float):
        spoilt = abs(value) >= 1e14
    else:
        text = str(value)
        spoilt = ("." in text or "e" in text.lower()) and bool(
            _FROM_EXCEL(unicodedata.normalize("NFKC", text).strip())
        )
    if spoilt:
        raise BadValue(_("证件号码被 Excel 当成了数字，后几位已经丢失"), EXPECTED_AS_TEXT)


def resident_id(value: Any, today: date) -> str:
    """A resident id of the mainland: 18 characters, X in upper case.

    `today` bounds the date of birth. Raises BadValue when the shape, the province, the date of
    birth (1900 up to `today`) or the check character is wrong.
    """
    number = value if isinstance(value, str) and _EIGHTEEN(value) else _folded_resident(value)
    if number[:2] not in PROVINCES:
        _refuse_other_region(number)
    _check_birth(number[6:14], today, EXPECTED_RESIDENT)
    _check_checksum(number, EXPECTED_RESIDENT)
    return number


def _folded_resident(value: Any) -> str:
    _refuse_excel_number(value)
    text = folded(value)
    if _EIGHTEEN(text):
        return text
    if len(text) == 15 and text.isdecimal():
        raise BadValue(_("15 位的旧身份证号码已经停用"), EXPECTED_RESIDENT)
    if len(text) != 18:
        raise BadValue(
            Phrase(_("身份证号码应为 18 位，这里是 %(length)s 位"), length=len(text)),
            EXPECTED_RESIDENT,
        )
    raise BadValue(_("身份证号码里有不该出现的字符"), EXPECTED_RESIDENT)


def _refuse_other_region(number: str) -> None:
    if number[:6] in PERMIT_REGIONS:
        raise BadValue(_("这是港澳台居民居住证的号码"), _("请把“证件类型”改为“居住证”"))
    if number[0] == "9":
        raise BadValue(_("这是外国人永久居留身份证的号码"), _("请把“证件类型”改为“居住证”"))
    raise BadValue(_("身份证号码开头两位不是任何省份"), EXPECTED_RESIDENT)


def residence_permit(value: Any, today: date) -> str:
    """A residence permit: of Hong Kong, Macao and Taiwan residents, or permanent of foreigners.

    18 characters beginning with 810000, 820000 or 830000 (Hong Kong, Macao, Taiwan); 18
    beginning with 9, or 15 (three letters and twelve digits) for foreigners. Raises BadValue.
    """
    _refuse_excel_number(value)
    number = folded(value)
    foreign = _OLD_FOREIGN(number)
    if foreign:
        _check_short_birth("".join(foreign.groups()[1:]))
        return number
    if not _EIGHTEEN(number):
        raise BadValue(_("居住证号码的位数或字符不对"), EXPECTED_PERMIT)
    if number[:2] in PROVINCES:
        raise BadValue(_("这是居民身份证的号码"), _("请把“证件类型”改为“居民身份证”"))
    if number[0] != "9" and number[:6] not in PERMIT_REGIONS:
        raise BadValue(_("居住证号码的开头不对"), EXPECTED_PERMIT)
    _check_birth(number[6:14], today, EXPECTED_PERMIT)
    _check_checksum(number, EXPECTED_PERMIT)
    return number


def _check_short_birth(six: str) -> None:
    """Two digits of the year leave the century open: one of the two must give a real day."""
    if _birth("19" + six) is None and _birth("20" + six) is None:
        raise BadValue(_("证件号码里的出生日期不存在"), EXPECTED_PERMIT)


def passport(value: Any, today: date | None = None) -> str:
    """A passport or travel permit number: 5 to 15 letters and digits, at least one digit."""
    _refuse_excel_number(value)
    number = folded(value)
    if not _PASSPORT(number):
        raise BadValue(_("护照或通行证号码的位数或字符不对"), EXPECTED_PASSPORT)
    return number


_BY_KIND: dict[str, Callable[[Any, date], str]] = {
    RESIDENT_ID: resident_id,
    PASSPORT: passport,
    RESIDENCE_PERMIT: residence_permit,
}


def likely_kind(value: Any) -> str:
    """The kind of document that a number looks like, for a sheet that leaves the kind out.

    Whatever is digits alone, or as long as a resident id, counts as one, so that a resident id
    with a missing digit is refused and not taken for a passport.
    """
    if isinstance(value, int | float):
        return RESIDENT_ID
    text = folded(value)
    if text[:6] in PERMIT_REGIONS or (len(text) == 18 and text[:1] == "9"):
        return RESIDENCE_PERMIT
    if _OLD_FOREIGN(text):
        return RESIDENCE_PERMIT
    digits = sum(map(str.isdigit, text))
    if digits >= 12 or text[:-1].isdigit() or not text[:1].isascii():
        return RESIDENT_ID
    return PASSPORT


def id_document(value: Any, kind: str, today: date) -> tuple[str, str]:
    """The kind and the normalised number of a document; an empty `kind` is told from the number.

    Raises BadValue with what is wrong for that kind.
    """
    if isinstance(value, str) and not kind and _EIGHTEEN(value) and value[:2] in PROVINCES:
        return RESIDENT_ID, resident_id(value, today)
    chosen = kind or likely_kind(value)
    return chosen, _BY_KIND[chosen](value, today)


def mobile(value: Any) -> str:
    """A mobile number of the mainland as eleven digits; +86, 0086, spaces and dashes fall away.

    Raises BadValue.
    """
    if isinstance(value, str) and _MOBILE(value):
        return value
    text = folded(value)
    for prefix in ("+86", "0086", "(+86)", "(86)", "86"):
        if text.startswith(prefix) and len(text) == len(prefix) + 11:
            text = text[len(prefix) :]
            break
    if _MOBILE(text):
        return text
    if text.isdecimal() and len(text) != 11:
        raise BadValue(
            Phrase(_("手机号应为 11 位，这里是 %(length)s 位"), length=len(text)), EXPECTED_MOBILE
        )
    raise BadValue(_("这不是中国大陆的手机号"), EXPECTED_MOBILE)


def uscc(value: Any) -> str:
    """A unified social credit code (GB 32100-2015) of 18 characters, or BadValue."""
    text = folded(value)
    if len(text) != 18:
        raise BadValue(
            Phrase(_("统一社会信用代码应为 18 位，这里是 %(length)s 位"), length=len(text)),
            EXPECTED_USCC,
        )
    try:
        return str(_uscc.validate(text))
    except ValidationError:
        raise BadValue(_("统一社会信用代码的字符或校验位不对"), EXPECTED_USCC) from None


_LONG_NUMBER = re.compile(r"(?:[0-9０-９][ .-]?){10,}[0-9０-９XxＸｘ]")


def masked(text: str) -> str:
    """An identifier with its middle starred: three characters stay in front, four behind.

    Shorter ones keep less, and nothing of one or two characters stays.
    """
    if len(text) >= 11:
        return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"
    kept = (len(text) - 1) // 4
    return f"{text[:kept]}{'*' * (len(text) - 2 * kept)}{text[len(text) - kept :]}"


def mask_numbers(text: str) -> str:
    """Any text with every run of eleven and more digits starred.

    An id that landed in the wrong column must not be shown in full by the error about it.
    """
    return _LONG_NUMBER.sub(lambda found: masked(found.group()), text)
