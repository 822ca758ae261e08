"""Numbers of documents in the one form in which they are kept and compared."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from jiaozuo_portal.lib.scripts import simplified

#: Whose number it is, of which year, and the how manieth.
_PARTS = re.compile(r"(.+?)〔(\d{4})〕第?(\d+)号").fullmatch
_BRACKETS = str.maketrans("[【(]】)", "〔〔〔〕〕〕")


def document_number(text: str) -> str:
    """The number with its year in 〔〕, Simplified and without spaces: 测政〔2020〕7号."""
    half = unicodedata.normalize("NFKC", simplified(text))
    return "".join(half.translate(_BRACKETS).split())


class NumberParts(NamedTuple):
    """A document number taken apart: 测政, 2020, 7 for 测政〔2020〕7号."""

    whose: str
    year: str
    order: str


def parts_of_number(number: str) -> NumberParts | None:
    """The parts of a number in its kept form; None where it has another form."""
    found = _PARTS(number)
    return NumberParts(*found.groups()) if found else None
