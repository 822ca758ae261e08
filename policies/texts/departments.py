"""The full names of departments that a list prints in short.

In a list only the first name carries 省 or 市, and one body goes by several names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import marks
from .folding import folded

_LEVELS = ("省", "市", "县", "区")
#: Names that carry their own place, or none.
_OWN = ("各", "省", "市", "县", "区", "国家", "中央", "中国", "人行", "人民银行", "河南", "焦作")
_BODIES = ("局", "厅", "委", "办", "院", "站", "会", "中心", "公司", "部门")
_LEVEL_OF = (("province", ("省",)), ("city", ("市",)), ("county", ("县", "区")))


@dataclass(frozen=True, slots=True)
class Named:
    """A department as a text prints it, and its full name in Simplified script.

    `is_known` is False where the full name rests on the list alone and no table confirms it.
    """

    printed: str
    name: str
    is_known: bool


def full_names(printed: Iterable[str], aliases: Mapping[str, str]) -> tuple[Named, ...]:
    """The departments of one list under their full names, each once, in their order.

    `aliases` gives the full name for each name that the document may print, the full ones
    included. Without an entry a name takes the 省 or 市 of the first name of the list.
    """
    found: dict[str, Named] = {}
    known = set(aliases.values())
    level = ""
    for one in printed:
        short = marks.in_name_form(folded(one))
        level = short[0] if short.startswith(_LEVELS) else level
        name, is_known = _full(short, level, aliases, known)
        found.setdefault(name, Named(one, name, is_known))
    return tuple(found.values())


def _full(short: str, level: str, aliases: Mapping[str, str], known: set[str]) -> tuple[str, bool]:
    if short in aliases:
        return aliases[short], True
    with_level = level + short
    if with_level in aliases:
        return aliases[with_level], True
    if with_level in known or short in known:
        return (with_level if with_level in known else short), True
    is_short = bool(level) and not short.startswith(_OWN) and short.endswith(_BODIES)
    return (with_level if is_short else short), False


def level_of(name: str) -> str:
    """The level that the name of an authority tells of: province, city, county, or nothing."""
    simplified = folded(name)
    found = (level for level, marks_ in _LEVEL_OF if any(one in simplified for one in marks_))
    return next(found, "")
