"""Both scripts as one, character by character, so that a place stays the same place.

For comparing and recognising only. One character always becomes one, in whatever phrase it stands:
web copies in Traditional script are made by machine, and choose wrongly where one Simplified
character has several Traditional ones. Each of those becomes the same character here.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from jiaozuo_portal.lib.scripts import simplified, traditional

#: What the conversion of single characters leaves apart: variants of one and the same character.
_PAIRS = """
採采 麵面 麪面 複复 覆复 製制 係系 繫系 儘尽 闢辟 託托 週周 臺台 颱台 檯台 瞭了 藉借 祇只 衹只 倣仿
妳你 羣群 麽么 於于 裡里 裏里 乾干 幹干 徵征 汙污 佈布
"""
_VARIANTS = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})


@cache
def _single(one: str) -> str:
    changed = simplified(one)
    return (changed if len(changed) == 1 else one).translate(_VARIANTS)


def folded(text: str) -> str:
    """The text in Simplified characters, one for each; marks stay."""
    return "".join(one if one < "\u2e80" else _single(one) for one in text)


def script_of(text: str) -> Literal["simplified", "traditional"]:
    """The script in which most of the characters that differ between the two are written."""
    balance = sum(map(_side, text))
    return "traditional" if balance > 0 else "simplified"


@cache
def _side(one: str) -> int:
    """1 for a character that only Traditional script has, -1 for one of Simplified alone."""
    if one < "\u2e80":
        return 0
    return (simplified(one) != one) - (simplified(one) == one and traditional(one) != one)
